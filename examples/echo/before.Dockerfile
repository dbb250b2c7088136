# The tutorial's image before it is mended: its process may change its own configuration and code.
# BASE: any image with busybox, where no registry can be reached also one made from Debian's busybox-static.
ARG BASE=busybox:1.37
FROM ${BASE}

COPY src/config /drouter/config
COPY src/local /drouter/local

# COPY keeps the modes of the checkout. With umask 002, the default of many systems, they are 775 and 664, and that
# is what the tutorial mends. Git keeps no such modes and every clone differs, so they are set here.
RUN find /drouter/local /drouter/config -type d | xargs chmod 775 \
 && find /drouter/local /drouter/config -type f | xargs chmod 664

# As DataPower's drouter: not root, but in root's group, to which what COPY brings belongs.
RUN echo 'drouter:x:1000:0:drouter:/drouter:/bin/sh' >> /etc/passwd
USER drouter

EXPOSE 8080
CMD ["sh", "/drouter/local/start.sh"]
