#!/bin/sh
# Writes agent.pb.go and agent_grpc.pb.go. Needs protoc (Debian: protobuf-compiler); the plugins are pinned here.
set -eu
cd "$(dirname "$0")/../../.."
plugins=$(mktemp -d)
trap 'rm -rf "$plugins"' EXIT
go build -o "$plugins/" google.golang.org/protobuf/cmd/protoc-gen-go
(cd "$plugins" && GOBIN="$plugins" go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2)
PATH="$plugins:$PATH" protoc --proto_path=. \
	--go_out=. --go_opt=paths=source_relative \
	--go-grpc_out=. --go-grpc_opt=paths=source_relative \
	api/agent/v1/agent.proto
