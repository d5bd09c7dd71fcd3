# Each target sets up what it needs in .venv: a fresh clone wants only Python 3.11 or newer and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SETUP  := setup.cfg pyproject.toml
PART   ?= all

.DEFAULT_GOAL := help
.PHONY: help setup train test lint format types cov readme bench dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/dev ## install the program and the tools for working on it into .venv

train: $(VENV)/run ## train a 784,30,10 network on MNIST and write model.npz
	$(BIN)/nnbp train --sizes 784,30,10

test: $(VENV)/dev ## run the tests
	$(BIN)/python -m pytest -q -n 2

lint: $(VENV)/dev ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/dev ## mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev ## check the types
	$(BIN)/mypy

cov: $(VENV)/dev ## run the tests and show the lines that none of them reaches
	$(BIN)/python -m pytest -q -n 2 --cov --cov-report=term-missing

readme: $(VENV)/dev ## write the generated parts of the README
	$(BIN)/python tests/readme.py

bench: $(VENV)/bench ## time nnbp beside other libraries: PART=epochs|process|growth|accuracy|busy|loop|gradients, OPTIONS=...
	$(BIN)/python -m benchmarks $(PART) $(OPTIONS)

dist: $(VENV)/dist ## build the sdist and the wheel into dist/
	rm -rf build dist
	$(BIN)/python -m build

clean: ## remove .venv and whatever was built
	rm -rf $(VENV) build dist *.egg-info htmlcov .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("nnbp needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; name another with PYTHON=...")'
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# A file in .venv stands for each set of packages installed there.
$(VENV)/run: $(BIN)/python $(SETUP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: $(BIN)/python $(SETUP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/run

$(VENV)/bench: $(BIN)/python $(SETUP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@ $(VENV)/run

$(VENV)/dist: $(BIN)/python $(SETUP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dist]'
	@touch $@
