# What one does here. `make` alone lists it; each target installs what it needs and is quick when that is there.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

NEXTEST_VERSION := 0.9.143
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
TOOLS := .cache/tools-$(NEXTEST_VERSION)
FREEAGENTICS := cargo run --quiet --locked --package freeagentics --

.PHONY: help run test check lint bench fmt

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(TOOLS) ## See it at work: the watchdog agent over a recorded hour, beside the usual rule
	@cargo build --locked --package freeagentics
	@$(FREEAGENTICS) --version

check: lint ## Formatting, lints, unit tests: before every commit (under two minutes when warm)
	cargo nextest run --locked --workspace --lib --bins --no-tests=warn

lint: $(TOOLS) ## Formatting and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings

# The golden digests must be the same bits however the engine was compiled: in tests (optimised, with assertions), as
# users run it, and without any optimisation.
test: lint ## Everything that has to hold before a change lands
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --workspace --no-deps --quiet
	cargo test --locked --workspace --doc --quiet
	cargo nextest run --locked --workspace --profile ci
	for profile in unoptimised release; do \
	  cargo nextest run --locked --package freeagentics-inference --profile ci --cargo-profile $$profile \
	    --no-tests=warn -E 'test(golden)'; \
	done

bench: $(TOOLS) ## Measure the engine
	cargo bench --locked --workspace

fmt: $(TOOLS) ## Format the sources
	cargo fmt --all

# A stamp: what a fresh Debian with Rust and Node may lack. nextest is built without optimisation because that takes a
# third of the time, and the tests themselves are what runs long.
$(TOOLS):
	@{ command -v cc && command -v git; } >/dev/null || { $(SUDO) apt-get update -q && $(SUDO) apt-get install -q -y build-essential git; }
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
	@cargo nextest --version >/dev/null 2>&1 || cargo install --locked --debug cargo-nextest --version $(NEXTEST_VERSION)
	@mkdir -p $(@D) && touch $@
