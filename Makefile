# `make` alone lists what there is. The first two commands need Python 3.11 or later and nothing else.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
export AERICH_NO_TORTOISE_V1_WARNING = 1

.DEFAULT_GOAL := help
.PHONY: help run test check migrate migration bench constraints clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## open the shop, with the demo catalogue on its first start
	@$(BIN)/python main.py --demo

test: $(INSTALLED)-dev ## run the tests, with coverage; needs no service
	@$(BIN)/coverage run -m pytest && $(BIN)/coverage report

check: $(INSTALLED)-dev ## format, lint, types and architecture, as CI checks them
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config pyproject.toml

migrate: $(INSTALLED) ## bring the database of DB_URL up to date
	@$(BIN)/lavka migrate

migration: $(INSTALLED)-dev ## write the next revision for both dialects: make migration NAME=add_colour
	@$(BIN)/python scripts/make_migration.py $(NAME)

bench: $(INSTALLED)-dev ## measure against the limit (PostgreSQL on 127.0.0.1; wrk if it is there)
	@$(BIN)/python -m benchmarks

constraints: $(INSTALLED)-dev ## note the versions that are installed
	@$(BIN)/pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==' | LC_ALL=C sort -f > constraints.txt

clean: ## remove what was installed (the shop's data in var/ stay)
	rm -rf .venv

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(INSTALLED)-dev: $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
