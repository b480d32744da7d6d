# A static binary on an empty image, run by nobody in particular.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=development
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/holdfast ./cmd/holdfast && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/holdfast /holdfast
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV HOLDFAST_ADDR=:8080 HOLDFAST_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/holdfast"]
CMD ["serve"]
