# The two commands of README.md are `make demo` and `make test`; the rest is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-slow bench bench-relevance check lint types clean

demo: $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tools/demo.sh

test: $(STAMP)
	$(BIN)/python -m pytest -q

# Long fuzz and crash rounds, beside the ordinary suite.
test-slow: $(STAMP)
	$(BIN)/python -m pytest -q -m "slow or not slow"

# Askive beside other search engines: tables, and in bench/results/ the numbers as JSON and a picture.
# `.venv/bin/python bench/speed.py --help` says what else it can measure.
bench: $(VENV)/.bench
	$(BIN)/python bench/speed.py
	$(BIN)/python -m askive.bench.ingest

# How well Askive ranks by people's judgments, beside the same engines; fails where it falls below a floor of
# bench/relevance_floors.json. `.venv/bin/python bench/relevance.py --help` says how floors are pinned.
bench-relevance: $(VENV)/.bench
	$(BIN)/python bench/relevance.py

$(VENV)/.bench: $(STAMP)
	@$(PIP_INSTALL) --editable '.[dev,bench]'
	@touch $@

check: lint types test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The root is the package `askive`, whatever the checkout is called; mypy finds it under that name
# through a symbolic link, and checks tests/ and bench/ along with it.
types: $(STAMP)
	@mkdir -p $(VENV)/tree && ln -sfn ../.. $(VENV)/tree/askive
	MYPYPATH=$(VENV)/tree $(BIN)/mypy -p askive

# Says what is missing and how to get it, before pip or venv would say it in thirty lines.
$(STAMP): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Askive needs Python 3.11 or later, and $(PYTHON) is not here." >&2; \
	  echo "Install it (Debian: apt install python3 python3-venv), or name one: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Askive needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name a newer one: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments: its venv module is not complete." >&2; \
	  echo "On Debian and Ubuntu it comes with: apt install python3-venv" >&2; \
	  exit 1; }
	@echo "Setting up $(VENV) with Askive and its tools; this takes about a minute, once." >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) --editable '.[dev]'
	@$(PIP_INSTALL) --editable '.[containers]' || \
	  echo "7z, ZIM and Brotli are left out, and their tests skip: no packages of theirs for this machine." >&2
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
