# Every target sets up what it needs: Python 3.11+, git and make are enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
AWSCLI := .venv-awscli
TEMPLATES := .venv-templates
CDK    := benchmarks/peers/cdk/node_modules
COVER  ?= --cov --cov-append --cov-report=
PYTEST  = $(BIN)/pytest -n auto $(COVER)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo bench bench-quick bench-many safety test lint unit integration e2e coverage function docs format clean

help: ## show the targets
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ecrdrain needs Python 3.11 or newer; $(PYTHON) is older. Name one: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lab: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[lab]'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.lab
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' # the first that knows groups
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

$(VENV)/.e2e: pyproject.toml $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group e2e
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

$(AWSCLI)/.ready: pyproject.toml $(VENV)/.test
	$(PYTHON) -m venv $(AWSCLI)
	$(BIN)/python -m pip --python $(AWSCLI)/bin/python install --quiet --group awscli
	@touch $@

# AWS CDK's handler, one of those that are compared; without npm it is left out.
$(CDK)/.ready: benchmarks/peers/cdk/package-lock.json
	@if command -v npm >/dev/null; \
	  then cd benchmarks/peers/cdk && npm ci --silent --ignore-scripts --no-audit --no-fund && touch node_modules/.ready; \
	  else echo "npm is not installed: AWS CDK's handler is left out"; fi

$(TEMPLATES)/.ready: tests/unit/fate/real_templates.txt | $(BIN)/python
	$(BIN)/python -m pip download --quiet --no-deps --require-hashes \
	  --no-binary cfn-lint,cfripper --dest $(TEMPLATES) --requirement $<
	@touch $@

demo: $(VENV)/.lab ## run the whole story on the local emulator
	@$(BIN)/ecrdrain demo

bench: $(VENV)/.lab $(AWSCLI)/.ready $(CDK)/.ready ## compare with other tools and write docs/performance.md
	$(BIN)/python -m benchmarks.bench

bench-quick: $(VENV)/.lab $(AWSCLI)/.ready $(CDK)/.ready ## the same smaller, in a few minutes, below build/bench
	$(BIN)/python -m benchmarks.bench --quick

bench-many: $(VENV)/.lab ## hundreds and thousands of repositories under throttling, in a few minutes
	$(BIN)/python -m benchmarks.many

safety: $(VENV)/.lab ## play every scenario, ours beside the article's, and write docs/safety.md
	$(BIN)/python -m benchmarks.safety

test: ## everything that guards main
	@rm -f .coverage .coverage.*
	$(MAKE) --no-print-directory lint unit integration e2e coverage

lint: $(VENV)/.dev ## format, lint, types, import arrows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

templates: $(TEMPLATES)/.ready ## fetch the real templates that the guard's reader is tested on

unit: $(VENV)/.test $(TEMPLATES)/.ready ## tests of single rules, nothing outside the process
	$(PYTEST) tests/unit

integration: $(VENV)/.test ## tests of one room against the lab
	$(PYTEST) tests/integration

e2e: $(VENV)/.e2e $(AWSCLI)/.ready ## tests of whole stacks on the lab
	$(PYTEST) tests/e2e

coverage: ## what the tests before it have left out
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --precision=1 --fail-under=99.5 --include='*/engine/*,*/fate/*,*/resource/*' # 100, but for a seed

function: $(VENV)/.test ## write the Lambda function of the templates from its modules, and say how large it is
	$(BIN)/python -m tools.function

docs: $(VENV)/.dev ## write docs/cli.md, and the tables of other pages in docs/, from the code
	$(BIN)/python -m ecrdrain.cli.reference > docs/cli.md
	$(BIN)/python -m benchmarks.decisions
	$(BIN)/python -m benchmarks.custom_resource
	$(BIN)/python -m benchmarks.python_page

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(AWSCLI) $(TEMPLATES) $(CDK) build dist .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
