# What there is to do here, by name. `make` alone lists it.
# Needs git, make and Python 3.11 or newer with venv; everything else is fetched into .venv.

.DEFAULT_GOAL := help
.PHONY: help setup demo test bench unit brokers check secrets preflight doctor backup restore size sbom licences lock clean

PYTHON ?= python3
BIN := .venv/bin
UV := $(or $(shell command -v uv),.bootstrap/bin/uv)

SERVICES := listings matching notifications surveys
MEMBERS := shared/schemas chassis $(SERVICES:%=services/%) deploy/embedded
# Each part alone: two services may name a module of their tests alike.
CHECKED := $(MEMBERS) $(wildcard deploy/backup deploy/doctor deploy/gateway deploy/keys deploy/supply $(wildcard tests/*) bench conftest.py docs)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: .venv/.installed .venv/.model ## everything into .venv; a repeat does only what changed

demo: setup ## the whole exchange with sample data, until Ctrl-C (ARGS=--once: verify it and end)
	$(BIN)/python -m embedded demo $(ARGS)

test: setup ## all tests (ARGS="-k word" and the like go to pytest)
	$(BIN)/pytest $(ARGS)

unit: setup ## the tests of pure rules: no server, no model, under a minute
	$(BIN)/pytest -m 'not model' shared/schemas/tests $(wildcard */tests/unit */*/tests/unit) $(ARGS)

bench: setup ## quality, speed and memory, each beside its baseline (ARGS="--sizes 10000,100000")
	$(BIN)/python bench/quality.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python bench/latency.py $(ARGS)
	$(BIN)/python bench/memory.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python bench/burst.py
	$(BIN)/python bench/consumer.py
	$(BIN)/python bench/relay.py

brokers: setup ## one of three brokers dies under traffic, on Docker: what stops, for how long
	$(BIN)/pytest -s tests/integration/three_brokers.py $(ARGS)

check: setup ## what needs no server: style, types, layers, event table and description, pip-audit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@set -e; for part in $(CHECKED); do \
	  echo "mypy $$part"; MYPYPATH=$$part/tests:$$part $(BIN)/mypy $$part; \
	done
	$(BIN)/lint-imports
	$(BIN)/python docs/asyncapi.py --check
	$(BIN)/python docs/event_table.py --check
	$(BIN)/python deploy/supply/audit.py

secrets: | python-new-enough ## keys and passwords for compose, as files, once (ARGS="--rotate NAME" renews)
	@$(PYTHON) deploy/keys/make_secrets.py $(ARGS)

preflight: | python-new-enough ## what an `up` would be refused for, with the remedy for each; changes nothing
	@PYTHON='$(PYTHON)' sh deploy/doctor/preflight.sh

doctor: | python-new-enough ## what is wrong with the exchange that compose runs, and the remedy for each
	@PYTHON='$(PYTHON)' sh deploy/doctor/doctor.sh

backup: | python-new-enough ## a verified backup of the database server that compose runs; every night by cron
	@$(PYTHON) deploy/backup/make_backup.py

restore: | python-new-enough ## the exchange as it was TO=2026-11-20T12:00 (UTC), or as late as can be
	@$(PYTHON) deploy/backup/make_restore.py "$(TO)"

size: ## memory of the exchange that compose runs, by container; where none runs, of the embedded one at rest
	@sh deploy/doctor/memory.sh || { $(MAKE) --no-print-directory setup && $(BIN)/python -m embedded size; }

sbom: setup ## what each service ships, as CycloneDX, into .cache/sbom
	$(BIN)/python deploy/supply/sbom.py .cache/sbom

licences: setup ## the licence of everything that is shipped; fails on one that nobody allowed
	$(BIN)/python deploy/supply/licences.py

lock: | $(UV) ## resolve all dependencies; review the difference, then commit it
	$(UV) lock --quiet
	$(UV) export $(EXPORT) --all-packages --all-groups --output-file requirements.lock
	@set -e; for service in $(SERVICES); do \
	  $(UV) export $(EXPORT) --package kooperationsboerse-$$service --no-default-groups \
	    --output-file services/$$service/requirements.lock; \
	done
	$(UV) export $(EXPORT) --only-group model --output-file services/matching/requirements-model.lock
EXPORT := --quiet --frozen --no-emit-workspace --no-annotate --no-header

clean: ## remove what was made here; package caches stay
	rm -rf .venv .bootstrap .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Members are installed without dependencies and built by the hatchling of the lock.
.venv/.installed: requirements.lock $(MEMBERS:%=%/pyproject.toml) | $(BIN)/python $(UV)
	$(UV) pip sync --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation $(MEMBERS:%=--editable %)
	@touch $@

.venv/.model: .venv/.installed $(wildcard services/matching/src/matching/model*.py)
	$(BIN)/python -m matching model
	@touch $@

$(BIN)/python: | $(UV) python-new-enough
	$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" .venv

.bootstrap/bin/uv: | python-new-enough
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo 'Python has no venv here. On Debian and Ubuntu: sudo apt install python3-venv'; exit 1; }
	$(PYTHON) -m venv .bootstrap
	.bootstrap/bin/pip install --quiet 'uv==0.13.*'

.PHONY: python-new-enough
python-new-enough:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo '$(PYTHON) is missing or older than 3.11. Name another one: make setup PYTHON=python3.12'; \
	  exit 1; }
