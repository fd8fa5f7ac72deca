# Everything people do with a checkout. Recipes are short; the logic is in tools/.
PYTHON ?= python3
VENV := .venv/bin

# Where this is set, every start would compile every module anew, which takes longer than the start itself.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help up down demo test check ci bench drill lock client docs clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

up: ## install what is missing, build, start; prints the address and the one-time set-up link
	@$(PYTHON) tools/prepare.py up
	@$(VENV)/opsloom serve --detach

down: ## stop the server and its PostgreSQL
	@if [ -x $(VENV)/opsloom ]; then $(VENV)/opsloom stop; else echo "Opsloom is not installed here; nothing to stop."; fi

demo: up ## start, and fill in the demo world
	@$(VENV)/opsloom demo

test: ## every test: Python, web, browser
	@$(PYTHON) tools/prepare.py test
	@$(VENV)/python tools/verify.py test

check: ## lint, types, layers, budgets, drift
	@$(PYTHON) tools/prepare.py check
	@$(VENV)/python tools/verify.py check

ci: ## check and test, counted together
	@$(PYTHON) tools/prepare.py test
	@$(VENV)/python tools/verify.py check test

bench: ## measure; prints figures with the machine's limits beside them
	@$(PYTHON) tools/prepare.py test
	@$(VENV)/python bench/run.py

drill: ## kill the server many times under load and count what was lost
	@$(PYTHON) tools/prepare.py test
	@$(VENV)/python bench/run.py --drills
	@OPSLOOM_TEST_EXAMPLES=60 $(VENV)/pytest -q -n 2 tests/meta/test_bad_input.py

lock: ## resolve requirements*.in into exact versions with hashes
	@$(PYTHON) tools/prepare.py development
	@$(VENV)/python tools/lock.py

client: ## write the API document and the web app's typed client anew
	@$(PYTHON) tools/prepare.py check
	@$(VENV)/python tools/client.py --write

docs: ## write the generated parts of docs/ anew
	@$(PYTHON) tools/prepare.py development
	@$(VENV)/python tools/docs.py --write

clean: ## remove what was built (not the data)
	rm -rf .make .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis web/dist web/node_modules web/tools/openapi/node_modules
