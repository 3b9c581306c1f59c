# Two commands: `make run` starts the control room, `make test` runs every test. Both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --no-emit-index-url pyproject.toml
PARALLEL = --numprocesses auto --dist worksteal

.PHONY: run install test test-random test-all lock browser benchmark soak clean

run: install
	@$(BIN)/control-room

install: $(VENV)/runtime.stamp

# As many tests at once as there are cores. PYTEST_ARGS goes to pytest: `make test PYTEST_ARGS="-n 0 tests/cli"`.
test: $(VENV)/development.stamp browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar queries tests/benchmarks/queries
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST_ARGS)

# For the night: rows and scopes that no run has tried, ten times as many. SEED=… draws the same again.
SEED ?= $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
test-random: seed := $(SEED)
test-random: $(VENV)/development.stamp
	@echo "Seed $(seed); the same again: make test-random SEED=$(seed)"
	@TEST_SEED=$(seed) $(BIN)/python -m pytest $(PARALLEL) --hypothesis-seed=$(seed) -m "hypothesis or random" $(PYTEST_ARGS)

# With every Python from 3.11 to 3.14 that this machine has: `make test`, and .venv-3.12 and its like.
test-all:
	+@$(PYTHON) -m tests.packaging.every_python

benchmark: $(VENV)/development.stamp
	@$(BIN)/python -m tests.benchmarks --episodes 150000 --indexes
	@$(BIN)/python -m tests.benchmarks.pages_in_browser

# More than an hour: one wall refreshed 7,200 times in a browser, then fifty walls at once.
soak: $(VENV)/development.stamp browser
	@$(BIN)/python -m tests.benchmarks.soak --refreshes 7200 --every 0.5
	@$(BIN)/python -m tests.benchmarks.soak --walls 50 --every 10

# The project itself goes in as it lies here (`-e`): what is edited is what runs.
$(VENV)/runtime.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Control Room needs …"
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/development.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@echo "Installing what the tests need …"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

# Works out again what pyproject.toml needs, for every Python at once. What is pinned stays as it is unless
# pyproject.toml asks for more; `make lock UPGRADE=--upgrade` takes the newest of everything.
lock: $(VENV)/development.stamp
	@$(COMPILE) $(UPGRADE) --output-file requirements.txt
	@$(COMPILE) $(UPGRADE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

# Chromium for the browser tests: fetched where that is possible without asking, else named.
browser:
	@if ! $(BIN)/python -m tests.browser_path >/dev/null 2>&1; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
		else \
			echo "No Chromium: browser tests are skipped. Get it with: sudo apt install chromium (Debian), brew install --cask chromium (macOS)."; \
		fi; \
	fi

clean:
	rm -rf $(VENV) .venv-3.* .pytest_cache .ruff_cache .mypy_cache .hypothesis
