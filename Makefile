# Two commands: `make run` starts the control room, `make test` runs every test. Both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test browser benchmark soak clean

run: $(VENV)/runtime.stamp
	@$(BIN)/python -m dashboard

test: $(VENV)/development.stamp browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest $(PYTEST_ARGS)

benchmark: $(VENV)/development.stamp
	@$(BIN)/python -m dashboard bench --episodes 150000 --indexes
	@$(BIN)/python -m tests.benchmark

# More than an hour: one wall refreshed 7,200 times in a browser, then fifty walls at once.
soak: $(VENV)/development.stamp browser
	@$(BIN)/python -m tests.soak --refreshes 7200 --every 0.5
	@$(BIN)/python -m tests.soak --walls 50 --every 10

$(VENV)/runtime.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Control Room needs …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/development.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

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
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
