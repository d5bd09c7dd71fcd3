# Each target sets up what it needs in .venv: a fresh clone needs only Python 3.11 or newer and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SETUP  := setup.cfg pyproject.toml setup.py $(wildcard nnbp/native/*.[ch] nnbp/native/*.inc)
PART   ?= all
COMMA  := ,

.DEFAULT_GOAL := help
.PHONY: help setup train test lint format types cov sanitize stress mutants readme docs bench dist lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/dev ## install the program and the tools for working on it into .venv

train: $(VENV)/run ## train a 784,30,10 network on MNIST and write model.npz
	$(BIN)/nnbp train --sizes 784,30,10

test: $(VENV)/dev ## run the tests
	$(BIN)/python -m pytest -q -n 3 --dist loadfile

lint: $(VENV)/dev ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/dev ## fix style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev ## check the types
	$(BIN)/mypy

cov: $(VENV)/dev ## run the tests and show the lines they do not cover
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --cov --cov-report=term-missing

sanitize: $(VENV)/dev ## test the compiled engine with GCC's sanitizers
	PYTHONPATH=tests $(BIN)/python -m support.sanitizers asan
	PYTHONPATH=tests $(BIN)/python -m support.sanitizers tsan

stress: $(VENV)/dev ## break the program in every way, for half an hour; OPTIONS=... as in docs/testing.md
	PYTHONPATH=tests $(BIN)/python -m stress $(OPTIONS)

mutants: $(VENV)/mutation ## break the code in small ways and see whether the tests notice; OPTIONS=... as in docs/testing.md
	PYTHONPATH=tests $(BIN)/python -m mutation.python $(OPTIONS)
	PYTHONPATH=tests $(BIN)/python -m mutation.native $(OPTIONS)

readme: $(VENV)/dev ## regenerate the generated parts of the README and docs/
	PYTHONPATH=tests $(BIN)/python -m support.pages

docs: $(VENV)/docs ## build the documentation as a site: build/docs/index.html
	$(BIN)/sphinx-build -q -W -n --keep-going -b html docs build/docs

bench: $(VENV)/bench ## time nnbp and other libraries; PART=... and OPTIONS=... as in docs/speed.md
	$(BIN)/python -m benchmarks $(PART) $(OPTIONS)

dist: $(VENV)/dist ## build the sdist and the wheel into dist/
	rm -rf build dist
	$(BIN)/python -m build

# Made with the oldest Python, so that every release in it serves that one, too.
lock: $(VENV)/dist ## write .ci/requirements.lock: the newest dependencies, with their hashes
	CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-annotate \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file .ci/requirements.lock setup.cfg

clean: ## remove .venv and everything built
	rm -rf $(VENV) build dist mutants *.egg-info htmlcov .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f nnbp/native/*.so nnbp/native/not-built.txt
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call install,WHAT): the package itself, and the packages of an extra. An environment without pip is what an
# interrupted setup leaves, or Debian's Python without python3-venv; it is made again.
define install
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { $(venv); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '$(1)'
	@touch $@
endef

define venv
$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("nnbp needs Python 3.11 or newer, but $(PYTHON) is " + sys.version.split()[0] + "; choose another with PYTHON=...")' || exit 1; \
echo "setting up $(VENV)"; \
$(PYTHON) -m venv --clear $(VENV) && $(BIN)/python -m pip --version >/dev/null || { rm -rf $(VENV); \
echo "$(PYTHON) cannot create a virtual environment with pip; on Debian and Ubuntu, install python3-venv and run make again" >&2; exit 1; }
endef

$(BIN)/python:
	@$(venv)

# A file in .venv stands for each set of packages installed there.
$(VENV)/run: $(BIN)/python $(SETUP)
	$(call install,.[images])

$(VENV)/dev: $(BIN)/python $(SETUP)
	$(call install,.[dev])
	@touch $(VENV)/run

$(VENV)/bench: $(BIN)/python $(SETUP)
	$(call install,.[bench])
	@touch $(VENV)/run

$(VENV)/mutation: $(BIN)/python $(SETUP)
	$(call install,.[dev$(COMMA)mutation])
	@touch $(VENV)/dev $(VENV)/run

$(VENV)/docs: $(BIN)/python $(SETUP)
	$(call install,.[docs])
	@touch $(VENV)/run

$(VENV)/dist: $(BIN)/python $(SETUP)
	$(call install,.[dist])
	@touch $(VENV)/run
