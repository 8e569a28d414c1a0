# `make demo` and `make test` install what they need into .venv; the other targets are for development.

VENV := .venv
RUN := $(VENV)/bin/python
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(shell $(name) -c '$(FITS)' 2>/dev/null && echo $(name))))

.PHONY: help setup demo test test-faults test-mutants engine engine-python test-engine lint types docs wheel-check bench clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

setup: $(VENV)/.ready  ## make .venv and install the lab into it

# A working environment is kept, and so is the torch in it (a CUDA build, say); a broken one is remade.
$(VENV)/.ready: pyproject.toml constraints.txt
	@"$(PYTHON)" -c '$(FITS)' 2>/dev/null || \
		{ echo "the lab needs Python 3.11, 3.12 or 3.13: make setup PYTHON=/path/to/one" >&2; exit 1; }
	@$(RUN) -c '$(FITS)' 2>/dev/null && $(RUN) -m pip --version >/dev/null 2>&1 || \
		"$(PYTHON)" -m venv --clear $(VENV)
	@torch=$$($(RUN) -c 'import importlib.metadata as m; print(m.version("torch"))' 2>/dev/null); \
		sed "s/^torch==.*/torch==$${torch:-$$(sed -n 's/^torch==//p' constraints.txt)}/" \
		constraints.txt > $(VENV)/constraints.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check -c $(VENV)/constraints.txt -e '.[dev]'
	@touch $@

# Two families at once, one core each.
demo: setup  ## train and cross two families of text models, related and unrelated; compare them
	@$(RUN) -m lab.breed parents=independent scale=demo threads=1 name=demo-independent >/dev/null & \
	other=$$!; trap 'kill $$other 2>/dev/null' INT TERM; \
	$(RUN) -m lab.breed parents=shared_ancestor scale=demo threads=1 name=demo-shared_ancestor >/dev/null; \
	mine=$$?; wait $$other && test $$mine = 0
	@$(RUN) -m lab.summarise study='demo-*'
	@$(RUN) -m lab.sample artist=demo-shared_ancestor count=1

# One process a core, eight at most; the tests of one file share their fixtures in one process.
test: setup  ## the fast tests
	$(RUN) -m pytest -n auto --maxprocesses 8 --dist loadfile

test-faults: setup  ## kills, corruptions and full disks at full count
	$(RUN) -m pytest -m faults

test-mutants: setup  ## change the code in sixty places, one at a time: do tests notice?
	$(RUN) -m tests.mutants.run

# Prebuilt for Linux on x86-64; npm runs no scripts of the package. It returns probabilities.
engine: setup  ## install a llama.cpp that reads exports, from npm, in seconds
	npm install --prefix $(VENV)/engines --omit=optional --ignore-scripts --no-fund --no-audit \
		node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1

# Built from source. It returns logits.
engine-python: setup  ## the same from PyPI, built in minutes
	$(RUN) -m venv $(VENV)/engines/python
	$(VENV)/engines/python/bin/python -m pip install --quiet --disable-pip-version-check \
		llama-cpp-python==0.3.36

test-engine: setup  ## read our exports with a real llama.cpp: `make engine` first
	$(RUN) -m pytest -m engine tests/exports

lint: setup  ## ruff, its formatter included
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: setup  ## mypy
	$(RUN) -m mypy

# Without the network: system fonts, no scripts from elsewhere. A warning (a dead link, a page that
# is in no menu) is an error.
docs: setup  ## build the pages of docs/ into site/
	NO_MKDOCS_2_WARNING=true $(RUN) -m mkdocs build --strict --quiet
	@echo "site/index.html"

# The wheel alone, in an environment that sees the packages but not this checkout, from an empty folder.
wheel-check: setup  ## build a wheel, install it, run it from another folder
	@set -e; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	$(RUN) -m pip wheel --quiet --disable-pip-version-check --no-deps -w "$$away/dist" .; \
	$(RUN) -m venv --without-pip "$$away/venv"; \
	site() { "$$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }; \
	site $(RUN) > "$$(site "$$away/venv/bin/python")/packages.pth"; \
	$(RUN) -m pip --python "$$away/venv/bin/python" install --quiet --disable-pip-version-check \
		--no-deps --ignore-installed "$$away"/dist/*.whl; \
	mkdir "$$away/empty"; cd "$$away/empty"; \
	"$$away/venv/bin/lab-train" --help | grep -q '+exp .*ancestor'; \
	"$$away/venv/bin/lab-train" +exp=debug training.steps=3 >/dev/null; \
	test -f experiments/debug/result.json; \
	echo "the wheel works in a folder of its own"

bench: setup  ## time our training loop beside the library's, in one run
	$(RUN) -m lab.bench subject=training

clean:  ## remove the environment and every cache
	rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
