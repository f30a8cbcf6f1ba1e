# Every target sets up what it needs: Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
AWSCLI := .venv-awscli

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint unit integration e2e format clean

help: ## show the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ecrdrain needs Python 3.11 or newer; $(PYTHON) is older. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.lab: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[lab]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.lab
	$(BIN)/python -m pip install --quiet --editable '.[lab]' --group dev
	@touch $@

$(AWSCLI)/.ready: pyproject.toml $(VENV)/.lab
	$(PYTHON) -m venv $(AWSCLI)
	$(BIN)/python -m pip --python $(AWSCLI)/bin/python install --quiet --group awscli
	@touch $@

demo: $(VENV)/.lab ## run the whole story on the local emulator
	@$(BIN)/ecrdrain demo

test: lint unit integration e2e ## everything that guards main

lint: $(VENV)/.dev ## format, lint, types, import arrows, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/pytest tests/unit

integration: $(VENV)/.dev
	$(BIN)/pytest tests/integration

e2e: $(VENV)/.dev $(AWSCLI)/.ready
	$(BIN)/pytest tests/e2e

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(AWSCLI) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
