# Stoa: `make up` runs it, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CACHE  := $(CURDIR)/.cache
TOOLS  := $(CACHE)/bin
HELPER := internal/agent/sandbox/helper
BUNDLE := internal/platform/pg/bundle/postgres.tar.zst
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export GOTOOLCHAIN := local
export PATH := $(TOOLS):$(PATH)

GOLANGCI := v2.15.0
SCHEMATHESIS := 4.32.5

go_sources  := $(shell git ls-files -co --exclude-standard '*.go' '*.sql' go.mod go.sum)
web_sources := $(shell git ls-files -co --exclude-standard web sdk/ts | grep -v '\.go$$')

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

up: build ## build and start everything on this machine; flags in ARGS="--listen …"
	@exec bin/stoad up $(ARGS)

build: bin/stoad bin/stoa bin/stoa-agent bin/stoa-runsc ## leave bin/stoad, bin/stoa, bin/stoa-agent and bin/stoa-runsc

bin/stoad: $(go_sources) $(BUNDLE) web/dist/index.html
	go build -trimpath -ldflags "-s -w" -o $@ ./cmd/stoad
bin/stoa: $(go_sources)
	go build -trimpath -ldflags "-s -w" -o $@ ./cmd/stoa
bin/stoa-agent: $(go_sources) $(HELPER)/stoa-sandbox
	go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $@ ./cmd/stoa-agent

# gVisor has a module of its own, and must be linked statically.
bin/stoa-runsc: engines/gvisor/main.go engines/gvisor/go.mod engines/gvisor/go.sum
	cd engines/gvisor && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(CURDIR)/$@ .

$(HELPER)/stoa-sandbox: $(wildcard $(HELPER)/*.c $(HELPER)/*.h) | .cache/base
	$(MAKE) -C $(HELPER)

$(BUNDLE): $(wildcard hack/pgbundle/*.go)
	go run ./hack/pgbundle -out $@

web/dist/index.html: $(web_sources) web/node_modules/.package-lock.json
	cd web && npm run build
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

test/compatibility/node_modules/.package-lock.json: test/compatibility/package-lock.json
	cd test/compatibility && npm ci --no-audit --no-fund
	@touch $@

# What the host must have, installed where it is missing.
.cache/base: hack/install
	hack/install base
	@mkdir -p .cache && touch $@
.cache/testing: hack/install
	hack/install testing
	@mkdir -p .cache && touch $@
$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
.cache/python/bin/st: .cache/testing
	python3 -m venv .cache/python
	.cache/python/bin/pip install --quiet schemathesis==$(SCHEMATHESIS)
.cache/python/sdk: sdk/python/pyproject.toml test/compatibility/requirements.txt | .cache/python/bin/st
	.cache/python/bin/pip install --quiet --editable 'sdk/python[dev]' --requirement test/compatibility/requirements.txt
	@touch $@

check: generated build $(TOOLS)/golangci-lint ## the quick checks: vet, lint, architecture, unit tests, console types (< 2 minutes)
	golangci-lint run ./...
	go test -short ./...
	cd web && npm run check && npm test

test: check .cache/testing .cache/python/sdk test/compatibility/node_modules/.package-lock.json ## everything once: race detector, scripts, crashes, attacks, browser, API fuzzing (< 15 minutes)
	hack/test

soak: build .cache/testing ## the long runs: 1,000 kills of one installation, 200 more that start it anew
	go test -timeout 4h -count=1 -v ./test/crash -kills 1000 -rounds 200 -run 'TestManyKills|TestKills'

attack: build ## every attack in every language and class, as a table; fuzzing for FUZZ=20s each
	hack/attack

bench: build ## the head-to-head measurements, as ratios
	go run ./bench all
	go run ./bench/sandbox
	go run ./bench/attack

generate: .cache/python/sdk ## write what is generated: the API's contract and its clients, the agent protocol, docs
	go run ./cmd/stoad openapi > api/openapi.yaml
	go generate ./...
	cd web && npm run generate
	.cache/python/bin/python sdk/python/generate.py

generated: ## fail if the API's contract is not what the code says
	@go run ./cmd/stoad openapi | diff -q - api/openapi.yaml >/dev/null || { echo "api/openapi.yaml is not what the code says: make generate"; exit 1; }

fmt: $(TOOLS)/golangci-lint ## format
	golangci-lint fmt ./...

clean: ## remove what was built
	rm -rf bin web/dist $(BUNDLE) && $(MAKE) -C $(HELPER) clean

.PHONY: help up build check test soak attack bench generate generated fmt clean
