# `make` lists the targets. All that they need and that is missing, tests/setup installs first.

.DEFAULT_GOAL := help
.PHONY: help run test lint accept bench probe build release package clean-var tools

deny := target/tools/bin/cargo-deny
concord = target/release/concord
package = target/package

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

# The program, how it is run, and what it is made of: the sources of it all with their hashes
# (Cargo.lock), and what of them is in it, with licences.
package: release ## Pack a release into target/package; sign it with KEY=~/.ssh/id_ed25519
	@$(MAKE) --no-print-directory signed KEY='$(KEY)'

.PHONY: packed signed
packed: files := $(package)/concord
packed:
	@rm -rf $(package) && mkdir -p $(files)
	@cp $(concord) docs/concord.service Cargo.lock LICENSE-APACHE LICENSE-MIT SECURITY.md $(files)
	@cp crates/reports/fonts/LICENSE $(files)/LICENSE-DejaVu
	@cargo tree --locked -p concord -e normal --prefix none -f '{p} {l}' > $(package)/tree
	@sed 's/ ([/*].*)//' $(package)/tree | sort -u > $(files)/made-of.txt
	@cd $(package) && file=concord-$$(./concord/concord --version | cut -d ' ' -f 2)-$$(uname -m).tar && \
		tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode='u+rwX,go+rX,go-w' \
			-cf $$file concord && gzip -n $$file && \
		sha256sum $$file.gz > SHA256SUMS && rm -rf concord tree && echo "$(package)/$$file.gz"

signed: packed
	@test -n '$(KEY)' || { echo 'not signed: say KEY=, the file of an SSH key'; exit 1; }
	@ssh-keygen -q -Y sign -f $(KEY) -n concord-release $(package)/SHA256SUMS

clean-var: ## Remove the data of the demonstration
	rm -rf var

tools:
	@tests/setup run
