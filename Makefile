# Steelthread. `make` alone explains the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

DATA    ?= data
PORT    ?= 8080
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The version is told here, not by the repository, so that a build works in any checkout. No -trimpath: it would
# compile the Temporal server a second time besides the one that tests use.
GOFLAGS_BUILD := -buildvcs=false -ldflags "-s -w -X main.version=$(VERSION)"
# Packages that do not hold the Temporal server: the race detector would compile that a second time.
RACE_PACKAGES = $(shell go list -test -f '{{.ImportPath}} {{join .Deps ","}}' ./... | grep '\.test ' | grep -v 'go.temporal.io/server/temporal' | sed 's/\.test .*//')
BIN := bin

## —— The everyday ones ——

help: ## This list
	@echo "Steelthread, a Manufacturing Execution System. Needs Go 1.26, Node 20 and make; all else is fetched or found."
	@awk 'BEGIN {FS = ":.*## "} /^## —— / {gsub(/^## —— | ——$$/, ""); printf "\n%s\n", $$0} /^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' Makefile
	@echo; echo "Variables: DATA=$(DATA) (data folder of run), PORT=$(PORT) (0 takes a free one)"

run: build postgres ## Build everything, start it with the demo plant, print one URL and the logins
	@exec $(BIN)/mes up --data $(DATA) --port $(PORT) --demo --autopilot

build: web ## The binary bin/mes with the screens inside
	@echo "go build: the first time compiles the Temporal server, 5 to 8 minutes on 2 cores"
	go build $(GOFLAGS_BUILD) -o $(BIN)/mes ./cmd/mes

check: lint arch workflowcheck audit ## Everything that reads the code without running it

test: setup build ## Install what tests need, then run Go, web and whole-system tests
	tools/test.sh

## —— What check and test are made of ——

setup: ## Install PostgreSQL, mosquitto and chromium where missing (Debian, Ubuntu), and npm packages
	tools/setup/system.sh
	@$(MAKE) web/node_modules/.package-lock.json devices/devicetest/peer/node_modules/.package-lock.json test/identity/provider/node_modules/.package-lock.json

lint: tools web/node_modules/.package-lock.json ## golangci-lint, gofmt, eslint, prettier, types, i18n
	$(BIN)/golangci-lint run --timeout 20m
	cd web && npm run --silent lint && npm run --silent typecheck && npm run --silent i18n

audit: $(BIN)/govulncheck ## Known vulnerabilities of Go modules and npm packages; says what could not be asked
	@cd tools && go build -o ../$(BIN)/audit ./audit
	$(BIN)/audit -govulncheck $(BIN)/govulncheck web deploy/postgres devices/devicetest/peer

arch: ## Who may import whom, transitively
	go test -count=1 ./internal/arch

workflowcheck: tools ## Workflows hold nothing that replays differently
	$(BIN)/workflowcheck ./workflows/...

race: ## Go tests under the race detector, without the packages that hold the Temporal server
	go test -race -p 2 -timeout 20m $(RACE_PACKAGES)

replay: ## Replay every recorded workflow history against the present code
	go test -count=1 -timeout 10m -run 'Replay' ./workflows/...

engine: ## Workflows on a real Temporal server: events per step, 5,000 lots in one order
	go test -count=1 -v -tags engine -timeout 30m ./test/engine

e2e: setup build ## Whole-system, fault and browser tests alone
	MES_SYSTEM=1 MES_BINARY=$(CURDIR)/$(BIN)/mes go test -count=1 -v -p 1 -timeout 40m ./test/...

drill: setup build ## Back up a plant at work, destroy it, restore it, complete its orders; prints times and sizes
	MES_SYSTEM=1 MES_BINARY=$(CURDIR)/$(BIN)/mes CI=true go test -count=1 -v -timeout 10m ./test/drill

bench: build ## Measure a running system; prints a table and writes bin/bench.json
	MES_BINARY=$(CURDIR)/$(BIN)/mes go run ./test/bench

generate: web/node_modules/.package-lock.json ## Queries, OpenAPI document and types; commits hold their output
	cd store && go tool -modfile=../tools/go.mod sqlc generate
	go run ./api/openapigen
	cd web && npm run --silent types

## —— Parts ——

web: web/dist/index.html ## The screens, built into web/dist

web/dist/index.html: web/node_modules/.package-lock.json web/index.html web/vite.config.ts $(shell find web/src web/public -type f 2>/dev/null | sed 's/ /\\ /g')
	cd web && npm run build
	@touch web/dist/.gitkeep $@

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	@touch $@

postgres: ## PostgreSQL's programs: this machine's own, else an npm package
	@command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || \
		$(MAKE) deploy/postgres/node_modules/.package-lock.json

tools: $(BIN)/golangci-lint $(BIN)/workflowcheck ## The linters, built from tools/lint

$(BIN)/golangci-lint: tools/lint/go.mod tools/lint/go.sum
	cd tools/lint && go build -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(BIN)/workflowcheck: tools/lint/go.mod tools/lint/go.sum
	cd tools/lint && go build -o ../../$@ go.temporal.io/sdk/contrib/tools/workflowcheck

$(BIN)/govulncheck: tools/vuln/go.mod tools/vuln/go.sum
	cd tools/vuln && go build -o ../../$@ golang.org/x/vuln/cmd/govulncheck

clean: ## Remove what was built; data folders stay
	rm -rf $(BIN) web/dist/assets web/dist/index.html

.PHONY: help run build check test setup lint audit arch workflowcheck race replay engine e2e drill bench generate web postgres tools clean
