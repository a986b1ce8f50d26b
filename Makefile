# The verbs. `make run` and `make test` need Rust and a C compiler, nothing else.

CARGO ?= cargo
# A test may stop where it cannot go on; the helper functions of tests are not marked as tests.
IN_TESTS := -A clippy::unwrap_used -A clippy::expect_used -A clippy::panic

# With the tests, so that dependencies have the features that they were tested with, and are built once.
AS_TESTED := --workspace --all-targets

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: run up down test test-all check bench docs story trace kills faults rolling validators

run: ## Build the suite and start it on ./data, with a demo
	$(CARGO) build --workspace --bin testamur
	$(TARGET)/debug/testamur

up: ## Build the four services and start them on PostgreSQL and RabbitMQ, under ./run
	$(CARGO) build --workspace --bins
	PROGRAMS=$(TARGET)/debug deploy/up.sh run $(if $(INSTANCES),--instances $(INSTANCES))

down: ## Stop what `make up` started; its data stays under ./run
	PROGRAMS=$(TARGET)/debug deploy/down.sh run

test: ## All tests that need no server
	$(CARGO) test --workspace --no-fail-fast
	@echo "Not run: the same tests on PostgreSQL, RabbitMQ and an S3-compatible store, the story, the kills and the validators end to end. To run all: make test-all"

test-all: ## Everything, as CI runs it; finds or starts PostgreSQL, RabbitMQ and an S3-compatible store
	deploy/postgres/with-server.sh deploy/rabbitmq/with-broker.sh deploy/s3/with-store.sh $(MAKE) --no-print-directory check test-everywhere story trace kills faults rolling validators

.PHONY: test-everywhere
test-everywhere:
	env -u TEST_DATABASE_URL -u TEST_S3_URL $(CARGO) test --workspace --no-fail-fast
	$(CARGO) test --workspace --no-fail-fast --test api --test messages --test rabbit --test lanes --test s3
	$(CARGO) test --workspace --no-fail-fast --lib -- s3

check: ## Format, lints, licences, files of deployment
	deploy/docker/check.sh
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --lib --bins -- -D warnings
	$(CARGO) clippy --workspace --tests --benches -- -D warnings $(IN_TESTS)
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny --log-level error check; \
	else echo "Not run: licences and advisories. To run: cargo install cargo-deny"; fi

story: ## The main job from outside, in one process and apart, with the time of each step
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/story --programs $(TARGET)/debug
	$(TARGET)/debug/story --programs $(TARGET)/debug --apart --instances 3 --awards 100

trace: ## One award's way through HTTP and the broker, as text
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/trace --programs $(TARGET)/debug

kills: ## Kill the suite at random moments under load, and count
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/kills --programs $(TARGET)/debug --awards $(or $(AWARDS),120) --kills $(or $(KILLS),6)

faults: ## Make trouble around a suite under load, and compare with what clients were told
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/faults --programs $(TARGET)/debug --instances 2 --minutes $(or $(MINUTES),10) --rate $(or $(RATE),5) \
		$(if $(FAULTS),--faults $(FAULTS)) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

rolling: ## Restart every process and change every key under load
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/rolling --programs $(TARGET)/debug

validators: ## Programs that are not ours judge the demo's badges and documents
	$(CARGO) build $(AS_TESTED)
	$(TARGET)/debug/validators --programs $(TARGET)/debug --environment $(TARGET)/validators

bench: ## Figures of speed, each beside a ceiling of the same run: docs/performance.md
	$(CARGO) build --release --workspace --bins
	$(TARGET)/release/story --programs $(TARGET)/release
	$(TARGET)/release/load --programs $(TARGET)/release $(if $(BULK),--bulk $(BULK))

docs: ## Renew the documents that are made from code
	UPDATE_DOCUMENTS=1 $(CARGO) test --workspace --no-fail-fast -- document
