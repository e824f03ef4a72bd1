# Two commands are all that a fresh machine with Go needs: make run, make test.

SHELL   := bash
GO      ?= go
BIN     := bin/cardea
TOOLS   := -modfile=.ci/tools/go.mod
RACE    ?=
VET     ?=
# Code of others that shares no Go memory with ours: a database translated from C, which
# keeps its own memory, the arithmetic of bcrypt, and the compiler of WASM modules. Watching
# it finds no race of ours and takes most of the time.
WAZEVO    := github.com/tetratelabs/wazero/internal/engine/wazevo
UNWATCHED := modernc.org/... golang.org/x/crypto/blowfish $(WAZEVO)/ssa $(WAZEVO)/frontend $(WAZEVO)/backend/...
# Under the race detector each program that a test starts would sleep a second at its end.
export GORACE ?= atexit_sleep_ms=50
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.PHONY: help run build generate test check bench torture timing fuzz mutate lint fmt imports cross narrow

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: ## build, and start a server that needs no configuration
	@echo "==> Fetching modules and building cardea (about a minute the first time, seconds later)"
	@$(MAKE) --no-print-directory build
	@echo "==> Starting cardea dev; data in ./cardea-data"
	@./$(BIN) dev $(ARGS)

build: ## build bin/cardea
	@mkdir -p bin
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/cardea

generate: ## write anew what follows from the catalogue of hook points
	$(GO) run ./core/point/internal/generate
	$(GO) test -count=1 ./plugins/abi -update

test: ## run all tests; RACE=-race for the race detector, VET=-vet=off after make check
	$(GO) test $(RACE) $(VET) $(if $(RACE),$(UNWATCHED:%=-gcflags=%=-race=false)) -timeout 30m ./... ./.ci/mutate

check: fmt lint imports cross ## format, vet, staticcheck, import rules, other systems and 32 bits

fmt:
	@echo "==> gofmt"
	@bad="$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)"; \
	if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi

lint:
	@echo "==> go vet"
	@$(GO) vet ./... ./.ci/mutate
	@$(GO) vet -tags timing ./core
	@echo "==> staticcheck"
	@$(GO) tool $(TOOLS) staticcheck ./... ./.ci/mutate

imports:
	@echo "==> import rules"
	@$(GO) test -count=1 -run '^TestHouse' ./cmd/cardea

cross:
	@for os in windows darwin; do echo "==> build for $$os"; \
	GOOS=$$os CGO_ENABLED=0 $(GO) build -o /dev/null ./... || exit 1; done
	@for arch in 386 arm; do echo "==> vet for $$arch"; \
	GOARCH=$$arch CGO_ENABLED=0 $(GO) vet ./... || exit 1; done
	@if [ "$$($(GO) env GOHOSTARCH)" = amd64 ]; then $(MAKE) --no-print-directory narrow; \
	else echo "==> tests for 386: not run, this machine cannot"; fi

# What counts, decides and runs plugins; on Linux on amd64 it needs nothing further.
# Modules are interpreted there, so tests of the compiler skip themselves: in no
# environment are they required.
narrow: ## run the tests for 32 bits
	@echo "==> tests for 386"
	@CARDEA_REQUIRE_ALL= GOARCH=386 CGO_ENABLED=0 $(GO) test -timeout 30m ./core/... ./hooks/... ./methods/... ./plugins/...

bench: ## run the benchmarks and print their lines
	$(GO) test -run '^$$' -bench . -benchmem ./core ./core/token ./core/session ./core/throttle ./core/route ./hooks ./plugins ./plugins/internal/wasm ./server/gateway ./server/wordpress

torture: ## kill a store 500 times in the middle of its work (CARDEA_TORTURE=n), print figures
	@set -o pipefail; CARDEA_TORTURE=$${CARDEA_TORTURE:-500} $(GO) test -count=1 -timeout 30m -run '_killed$$' -v ./core/store/sqlite | grep -vE '^=== '

timing: ## measure 2 x 500 logins each of unknown, wrong and disabled users, and of mixed directories (CARDEA_TIMING=n)
	@set -o pipefail; $(GO) test -tags timing -count=1 -timeout 30m -run '^TestLogin_timing' -v ./core | grep -vE '^=== '

FUZZTIME ?= 10s

fuzz: ## run every fuzz target for a while (FUZZTIME=10m)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | sort | while read -r file; do \
	for target in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$file | cut -d' ' -f2); do \
	echo "==> $$target in $$(dirname $$file) for $(FUZZTIME)"; \
	$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname $$file)" </dev/null || exit 1; done; done

SEED    ?= 1
CHANGES ?= 500

mutate: ## make 500 small changes to what decides, one at a time, and print those that no test notices (SEED, CHANGES=n)
	@$(GO) run ./.ci/mutate -n $(CHANGES) -seed $(SEED) -known .ci/mutate/known.txt \
	./core/... ./methods/... ./server/httpauth ./server/gateway ./server/assertion ./server/wordpress ./plugins ./plugins/manifest \
	./plugins/internal/compile ./plugins/internal/concurrency ./plugins/internal/fetch ./plugins/internal/sandbox
