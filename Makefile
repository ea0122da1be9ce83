# The two commands of README.md are `make demo` and `make test`; the rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-slow check lint types clean

demo: $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tools/demo.sh

test: $(STAMP)
	$(BIN)/python -m pytest -q

# Long fuzz and crash rounds, beside the ordinary suite.
test-slow: $(STAMP)
	$(BIN)/python -m pytest -q -m "slow or not slow"

check: lint types test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The root is the package `askive`, whatever the checkout is called; mypy finds it under that name
# through a symbolic link, and checks tests/ and bench/ along with it.
types: $(STAMP)
	@mkdir -p $(VENV)/tree && ln -sfn ../.. $(VENV)/tree/askive
	MYPYPATH=$(VENV)/tree $(BIN)/mypy -p askive

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
