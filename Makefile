# Each target sets up what it needs; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install demo replay screenshots test check format lock bench fuzz clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

# The locks are complete, so nothing need be resolved (--no-deps); pip's resolver also refuses the
# lock of a package that another one asks for with an extra (sqlalchemy[asyncio]).
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-compile
# pip compiles on one core; this does on all, and passes over what is no Python 3, as pip does. Tests
# of others, a quarter of the whole, are left out.
COMPILE := $(BIN)/python -W ignore -m compileall -qq -j 0 -x '/tests?/' .venv/lib || true

# pip compares each file of each version with each tag, which takes minutes; uv does not. It comes by
# its lock, and beside the environment. Whoever gave pip an index, or has no uv, has pip install.
UV := .venv/uv/bin/uv
fetch_uv = [ -x $(UV) ] || { awk '/^[^ ]/ {on = /^uv==/} on' requirements-dev.txt > .venv/uv.txt && \
  $(PIP_INSTALL) --target .venv/uv --require-hashes -r .venv/uv.txt; }
define install
	@if ! $(BIN)/python -m pip config list | grep -q '[.]index-url=' && $(fetch_uv) && \
	  UV_SYSTEM_CERTS=1 $(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1); \
	then :; else $(PIP_INSTALL) --require-hashes -r $(1); fi
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "copytrail needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what copytrail needs into .venv (a minute or two) …"
	$(call install,requirements.txt)
	$(PIP_INSTALL) --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(call install,requirements-dev.txt)
	@$(COMPILE)
	@touch $@

install: .venv/installed ## make .venv with copytrail in it: .venv/bin/copytrail

demo: .venv/installed ## crawl the bundled outlets, show the trails, check the archive
	@$(BIN)/python -m tests.demo

# AGPL-3.0, so it is fetched and no part of this repository; tests/replayweb.py has its sum.
REPLAYWEB := replaywebpage@2.4.6
REPLAYWEB_SHA256 := 6faef5c261e94b6e83cd6ee975bd0378fd4bc948bb14d36d45c709ffecb261b8

replay: ## fetch replayweb.page for `copytrail serve --replay .venv/replay`
	@mkdir -p .venv/replay && cd .venv/replay && npm pack --silent $(REPLAYWEB) > /dev/null
	@cd .venv/replay && echo "$(REPLAYWEB_SHA256)  $(subst @,-,$(REPLAYWEB)).tgz" | sha256sum --quiet -c
	@cd .venv/replay && tar -xzf $(subst @,-,$(REPLAYWEB)).tgz --strip-components=1 package/ui.js package/sw.js
	@echo "Now: $(BIN)/copytrail serve --replay .venv/replay"

screenshots: .venv/installed-dev ## take the pictures in docs/ anew, of the demo's archive
	@$(BIN)/python -m tests.screenshots

.PHONY: servers
servers:
	@tests/install-servers

test: .venv/installed-dev servers ## run the tests
# A thousand processes import the rooms; where bytecode is not kept, each would compile them anew.
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

check: .venv/installed-dev ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/installed-dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.venv/installed-bench: requirements-bench.txt .venv/installed-dev
	$(call install,requirements-bench.txt)
	@$(COMPILE)
	@touch $@

bench: .venv/installed-bench ## measure, beside peers (installs them)
	$(BIN)/python -m bench

fuzz: .venv/installed-dev ## fuzz each reader of foreign bytes, SECONDS=60 each
	$(BIN)/python -m tests.fuzz all $(or $(SECONDS),60)

lock: .venv/installed-dev ## lock the dependencies anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --custom-compile-command "make lock" pyproject.toml --group build -o requirements.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --custom-compile-command "make lock" pyproject.toml --group build --group dev \
	  --constraint requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	  --custom-compile-command "make lock" pyproject.toml --group build --group dev --group bench \
	  --constraint requirements-dev.txt -o requirements-bench.txt

clean: ## remove .venv and caches; archives stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
