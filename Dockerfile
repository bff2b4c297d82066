FROM rust:1.91-bookworm AS build
WORKDIR /build

# Dependencies first, against empty sources: this layer lasts until Cargo.toml or Cargo.lock changes.
# Tests and benches are not copied, and cargo refuses a manifest that names files which are not there.
COPY Cargo.toml Cargo.lock ./
RUN sed -i -E '/^\[\[(test|bench)\]\]/,/^$/d' Cargo.toml \
    && mkdir -p src/bin \
    && touch src/lib.rs \
    && for file in src/main.rs src/bin/genesys-simulator.rs; do echo 'fn main() {}' >"$file"; done \
    && cargo build --release --locked --bins \
    && rm -rf src

COPY src src
# COPY keeps the files' own times, which may be older than the build of the empty sources above.
# Line tables would be most of the image; a panic names its place without them.
RUN find src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --bins \
    && strip --strip-debug target/release/interceptor target/release/genesys-simulator

# The C library, certificates and nothing else: no shell, no package manager. Its user is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /build/target/release/interceptor /build/target/release/genesys-simulator /usr/local/bin/
# By number, so that Kubernetes can tell that it is not root.
USER 65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/interceptor", "check", "--live"]
# The exec form: SIGTERM reaches the worker itself, which then drains.
ENTRYPOINT ["/usr/local/bin/interceptor"]
CMD ["run"]
