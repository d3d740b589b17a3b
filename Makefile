# `make` lists the targets. All that they need and that is missing, tests/setup installs first.

.DEFAULT_GOAL := help
.PHONY: help run test lint accept bench probe build release clean-var tools

deny := target/tools/bin/cargo-deny

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: tools ## Serve a demonstration on 127.0.0.1:8080, with samples and their accounts
	@cargo run -q -p concord -- serve --demo

test: ## Check everything, as CI does; stops at the first failure
	@tests/setup
	@$(MAKE) --no-print-directory lint
	cargo test --workspace
	$(deny) check licenses bans sources

lint: tools ## Check the format, the documentation, and what clippy finds
	cargo fmt --all --check
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace
	cargo clippy --workspace --all-targets -- -D warnings

# OpenAPI, bundle schema, policy matrix, rule catalogue, help of the command line.
accept: tools ## Write the golden files anew; read the difference before you commit it
	UPDATE_GOLDEN=1 cargo test --workspace golden

bench: ## Measure speed beside plain SQL, and write docs/benchmarks.md; SIZES="10000 100000" for less
	@tests/setup
	cargo bench -q -p concord-tests --bench speed -- $(SIZES)

probe: ## Print what a hostile member locates of hidden lines in 30 days, against guessing
	@cargo test -q -p concord-tests --test prober -- --ignored --nocapture --test-threads 1

build: tools ## Build the binary for development
	cargo build -p concord

release: tools ## Build the binary for production
	cargo build --release --locked -p concord

clean-var: ## Remove the data of the demonstration
	rm -rf var

tools:
	@tests/setup run
