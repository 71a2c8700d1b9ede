# The API: one program and the libraries that it names, as user 1000, with nothing else in the image.
#
#   docker build --file infra/docker/api.Dockerfile --tag freeagentics/api .

# The same version as `rust-version` in Cargo.toml.
FROM rust:1.95.0-bookworm AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --locked --release --package freeagentics \
    && cp target/release/freeagentics /freeagentics
RUN infra/docker/fileset.sh /freeagentics /image

FROM scratch
COPY --from=build /image /
# Copying gives files to root; a new volume takes over the owner that such a folder has.
COPY --from=build --chown=1000:1000 /image/var/lib/freeagentics /var/lib/freeagentics
COPY --from=build --chown=1000:1000 /image/var/backups/freeagentics /var/backups/freeagentics
USER 1000:1000
WORKDIR /var/lib/freeagentics
ENV FREEAGENTICS__SERVER__DATA=/var/lib/freeagentics \
    FREEAGENTICS__TELEMETRY__LOG_FORMAT=json
EXPOSE 8080 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/usr/local/bin/freeagentics", "health"]
ENTRYPOINT ["/usr/local/bin/freeagentics"]
CMD ["serve"]
