# syntax=docker/dockerfile:1

FROM rust:1-bookworm AS build
WORKDIR /build

# Dependencies first, against empty sources: this layer lasts until Cargo.toml or Cargo.lock changes.
# Tests and benches are not copied, and cargo refuses a manifest that names files which are not there.
COPY Cargo.toml Cargo.lock ./
RUN sed -i -E '/^\[\[(test|bench)\]\]/,/^$/d' Cargo.toml \
    && mkdir -p src/bin \
    && echo 'fn main() {}' | tee src/main.rs src/bin/genesys-simulator.rs >/dev/null \
    && touch src/lib.rs \
    && cargo build --release --locked --bins \
    && rm -rf src

COPY src src
# COPY keeps the files' own times, which may be older than the build of the empty sources above.
RUN find src -name '*.rs' -exec touch {} + && cargo build --release --locked --bins

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 65532 --no-create-home interceptor
COPY --from=build /build/target/release/interceptor /build/target/release/genesys-simulator /usr/local/bin/
# By number, so that Kubernetes can tell that it is not root.
USER 65532
# The exec form: SIGTERM reaches the worker itself, which then drains.
ENTRYPOINT ["/usr/local/bin/interceptor"]
CMD ["run"]
