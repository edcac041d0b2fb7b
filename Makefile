# One word for each habit. `make up` runs the platform here, `make test` proves it; both need only git, make,
# Python 3.11 and, the first time, the internet.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-is-installed
TOOLS := $(VENV)/.tools-are-installed

.PHONY: help setup up down test test-faults test-compose check journey plan asyncapi clean

help:  ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(RUNTIME) $(TOOLS)  ## the environment with everything, in .venv

up: $(RUNTIME)  ## start the platform and run it until Ctrl-C
	@$(BIN)/brandmeester up

down: $(RUNTIME)  ## stop the platform that runs with this data folder
	@$(BIN)/brandmeester down

test: $(TOOLS) browsers  ## every test, on a real Kafka and MongoDB and in a browser
	@$(BIN)/pytest

check: $(TOOLS)  ## lint, types, import rules and the tests that need nothing else
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not stack and not browser"

test-faults: $(TOOLS)  ## break a stack and kill processes; BRANDMEESTER_FAULTS=full for the long form
	@$(BIN)/python -m pytest tests/faults -m faults --durations=0

test-compose: $(TOOLS)  ## build the image and run docker-compose.yml with it; needs Docker with Compose
	@BRANDMEESTER_TEST_COMPOSE=1 $(BIN)/pytest tests/deploy/test_compose_up.py

bench: $(TOOLS)  ## the benchmarks against their peers, about half an hour, into build/bench.json
	@$(BIN)/python -m tests.bench

journey: $(TOOLS)  ## send three real shapes of 2020 through the running platform
	@$(BIN)/python -m deploy.journey

plan: $(TOOLS)  ## each row of the plan with the tests that prove it
	@$(BIN)/python -m tests.plan

asyncapi: $(RUNTIME)  ## the AsyncAPI document of the whole platform
	@$(BIN)/brandmeester topics asyncapi

clean:  ## remove the environment and what tools left behind; the data folder stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: browsers
browsers:
	@{ command -v chromium >/dev/null || command -v google-chrome >/dev/null; } \
	  && command -v lynx >/dev/null && command -v w3m >/dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { \
	    echo "Tests need Chromium, lynx and w3m: install the packages chromium, lynx and w3m, then try again." >&2; \
	    exit 1; }; \
	  echo "Installing Chromium, lynx and w3m for the tests in browsers"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium lynx w3m >/dev/null; }

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is not here. Install Python 3.11, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
	  echo "$(PYTHON) is not Python 3.11." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make environments. On Debian and Ubuntu: apt-get install python3.11-venv" >&2; exit 1; }
	@echo "Making the environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the platform needs, a minute or two the first time"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(TOOLS): requirements-dev.txt $(RUNTIME)
	@echo "Installing the tools and tests"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
