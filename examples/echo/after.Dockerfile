# The tutorial's image after it is mended: directories 755, files 644, all of them root's.
# BASE: as in before.Dockerfile.
ARG BASE=busybox:1.37
FROM ${BASE}

COPY src/config /drouter/config
COPY src/local /drouter/local

RUN find /drouter/local /drouter/config -type d | xargs chmod 755 \
 && find /drouter/local /drouter/config -type f | xargs chmod 644

# As DataPower's drouter: not root, but in root's group, to which what COPY brings belongs.
RUN echo 'drouter:x:1000:0:drouter:/drouter:/bin/sh' >> /etc/passwd
USER drouter

EXPOSE 8080
CMD ["sh", "/drouter/local/start.sh"]
