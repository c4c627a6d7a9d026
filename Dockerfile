# Build: docker build -t instainstru .      Run: docker run -p 8080:8080 -v instainstru:/data instainstru
FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
# usearch brings the only C++; its runtime goes into the executable.
ENV CXXSTDLIB=static=stdc++
RUN RUSTFLAGS="-L native=$(dirname "$(g++ -print-file-name=libstdc++.a)")" cargo build --profile dist --locked \
 && mkdir /empty

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/dist/instainstru /instainstru
COPY --from=build --chown=nonroot:nonroot /empty /data
VOLUME /data
EXPOSE 8080
ENV INSTAINSTRU_DATA_DIR=/data INSTAINSTRU_BIND=0.0.0.0:8080
ENTRYPOINT ["/instainstru"]
CMD ["serve"]
