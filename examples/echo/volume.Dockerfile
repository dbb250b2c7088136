# The mended image with a volume for its configuration. A VOLUME stays writable under --read-only, and this one is
# group-writable, as a configuration that an administrator's tool changes has to be.
# BASE: as in before.Dockerfile.
ARG BASE=busybox:1.37
FROM ${BASE}

COPY src/config /drouter/config
COPY src/local /drouter/local

RUN find /drouter/local -type d | xargs chmod 755 \
 && find /drouter/local -type f | xargs chmod 644 \
 && find /drouter/config -type d | xargs chmod 775 \
 && find /drouter/config -type f | xargs chmod 664

# As DataPower's drouter: not root, but in root's group, to which what COPY brings belongs.
RUN echo 'drouter:x:1000:0:drouter:/drouter:/bin/sh' >> /etc/passwd
USER drouter

# After the RUN: what a later one changes in a volume is lost.
VOLUME /drouter/config

EXPOSE 8080
CMD ["sh", "/drouter/local/start.sh"]
