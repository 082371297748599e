# Everything anyone runs here, on a machine with Python 3.11 or newer and nothing else. `make` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo serve check test coverage contracts bench fmt lock

BIN := .venv/bin
STAMP := .venv/set-up
# The first Python that the lock has packages for; override with `make setup PYTHON=...`.
PYTHON = $(firstword $(foreach python,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(python) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' >/dev/null 2>&1 && echo $(python))))

help: ## list the commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(STAMP) ## create .venv from the lock; does nothing when it is up to date

demo: $(STAMP) ## cancel real orders through all five vendor APIs and watch; ends by itself
	$(BIN)/countermand demo

serve: $(STAMP) ## start a server with the sandbox on
	$(BIN)/countermand serve --sandbox

check: $(STAMP) ## format, lint, types, imports, shape: what needs no server
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy src tests $(wildcard bench)
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/shape

# Exit status 5 is "nothing was marked serial", which is no failure.
test: $(STAMP) ## every test, first those that may run side by side, then those that need the machine
	$(BIN)/pytest -q -m "not serial" -n 2 --dist loadfile
	$(BIN)/pytest -q -m serial || [ $$? -eq 5 ]

# In one process, because the page is written from what all of them show.
coverage: $(STAMP) ## write docs/reference/coverage.md: which test shows which declared answer
	$(BIN)/pytest -q -m "not serial" --coverage-page tests/vendors tests/native tests/coverage tests/bulk tests/conformance

contracts: $(STAMP) ## ten minutes of generated requests for each served OpenAPI document
	$(BIN)/pytest -q --contracts-s 600 tests/contracts

bench: $(STAMP) ## measure what the project promises
	$(BIN)/python -m bench

fmt: $(STAMP) ## format, and fix what lint can fix
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# Only versions and hashes go into the lock, no address: whoever installs chooses where from.
lock: $(STAMP) ## write requirements.lock anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet $(UPGRADE) \
		--output-file requirements.lock

# uv comes out of the lock by pip, then installs the rest in seconds. Where it can't (a package index that only
# pip's settings know), pip does it in a minute.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Countermand needs Python 3.11, 3.12, 3.13 or 3.14, and found none." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r .venv/uv.lock
	VIRTUAL_ENV=.venv UV_HTTP_TIMEOUT=15 UV_HTTP_RETRIES=1 \
		$(BIN)/uv pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements.lock \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --only-binary :all: --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	touch $@
