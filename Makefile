# `make help` lists the targets. All of them work inside .venv, which `make setup` builds.
# `make test PYTHON=/path/to/python3.13 VENV=.venv-3.13` does so beside it, with another Python.

VENV  := .venv
BIN   := $(VENV)/bin
READY := $(VENV)/.ready
PIP   := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
UV    := uv==0.13.9

# Candidates are tried by running them: a pyenv shim can be there and still fail.
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)

IS_SUPPORTED := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
ITS_COMPILER := import sysconfig; print((sysconfig.get_config_var("CC") or "cc").split()[0])
ITS_HEADERS  := import sysconfig; print("-I" + sysconfig.get_path("include"))

SAY_AND_STOP = say_and_stop() { printf 'make: %s\n' "$$1" >&2; exit 1; }

FIND_PYTHON = python=; for candidate in $(PYTHONS); do \
	  if "$$candidate" -c '$(IS_SUPPORTED)' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	[ -n "$$python" ] || say_and_stop "no Python 3.11, 3.12 or 3.13 with venv runs here (tried: $(PYTHONS)); \
	install one (Debian: apt-get install python3-venv python3-dev) or name yours: \
	make setup PYTHON=/path/to/python3.13"

FIND_COMPILER = CC=$$(command -v "$${CC:-$$("$$python" -c '$(ITS_COMPILER)')}" \
	  || command -v cc || command -v gcc || command -v clang) \
	  || say_and_stop "no C compiler was found, and durable_rules has to be compiled; \
	install one (Debian: apt-get install gcc libc6-dev; macOS: xcode-select --install)"; \
	export CC; \
	"$$CC" $$("$$python" -c '$(ITS_HEADERS)') -include Python.h -fsyntax-only -x c /dev/null 2>/dev/null \
	  || say_and_stop "the C headers of $$python (Python.h) are missing, and durable_rules has to be compiled; \
	install them (Debian: apt-get install python3-dev libc6-dev) or name another Python: \
	make setup PYTHON=/path/to/python3.13"

.DEFAULT_GOAL := help
.PHONY: help setup demo test agree lint bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What was built stays as it is; who names another Python is not to test that one unawares.
setup: $(READY) ## install everything into .venv, from requirements.lock
	@$(SAY_AND_STOP); built=$$($(BIN)/python --version); \
	[ -z '$(PYTHON)' ] || [ "$$built" = "$$($(PYTHON) --version)" ] \
	  || say_and_stop "$(VENV) was built with $$built; name another beside it, such as VENV=.venv-other"

# A .venv without the stamp is half finished and built anew; one with it is brought up to date.
# durable_rules has no wheel, so everything else goes first: its build needs the locked setuptools.
# It calls what Python 3.13 took away, under a name that 3.11 and 3.12 have, too; its setup.py sets
# CFLAGS anew. Without cache, for what pip kept of a build without the flag fails when imported.
$(READY): pyproject.toml requirements.lock
	@set -e; $(SAY_AND_STOP); $(FIND_PYTHON); $(FIND_COMPILER); \
	if [ -f $(READY) ] && $(BIN)/python -c '$(IS_SUPPORTED)' 2>/dev/null; then \
	  echo 'updating $(VENV)'; rm $(READY); \
	else \
	  echo "building $(VENV) with $$("$$python" --version)"; "$$python" -m venv --clear $(VENV); \
	fi; \
	awk '/^[^ #]/ {keep = !/^(durable-rules|$(OF_SPARK))==/} keep' requirements.lock > $(VENV)/wheels.lock; \
	awk '/^[^ #]/ {keep = /^durable-rules==/} keep' requirements.lock > $(VENV)/durable.lock; \
	$(PIP) install --require-hashes --only-binary :all: -r $(VENV)/wheels.lock; \
	CPPFLAGS="$${CPPFLAGS:-} -DPyEval_CallObject=PyObject_CallObject" \
	  $(PIP) install --require-hashes --no-build-isolation --use-pep517 --no-cache-dir -r $(VENV)/durable.lock; \
	$(PIP) install --no-deps --no-build-isolation --no-index -e .; \
	$(PIP) check; \
	touch $(READY)

# Half a gigabyte, which only tests need, and only where they can run Java. pyspark has no wheel.
OF_SPARK := py4j|pyspark
SPARK    := $(VENV)/.spark
HAS_JAVA := java -version 2>&1 | grep -Eq '"(1[7-9]|[2-9][0-9])[.0-9]*"'

$(SPARK): $(READY)
	@set -e; if $(HAS_JAVA); then \
	  echo 'adding Spark to $(VENV)'; \
	  awk '/^[^ #]/ {keep = /^($(OF_SPARK))==/} keep' requirements.lock > $(VENV)/spark.lock; \
	  $(PIP) install --require-hashes --no-build-isolation --use-pep517 -r $(VENV)/spark.lock; \
	  touch $(SPARK); \
	else echo 'make: no Java 17 runs here, so nothing is tested on Spark' >&2; fi

NIGHTS := fixtures/nights
DEMO   := $(BIN)/lapse run --out out/demo --holds $(NIGHTS)/holds.csv

# The last night is shown whole: its last lines are the orders. Of the others only the counts.
demo: setup ## three nights of a small estate, into out/demo
	@rm -rf out/demo
	@$(BIN)/lapse history import $(NIGHTS)/before.csv --out out/demo
	@set -e; for day in 2026-11-23 2026-11-24; do \
	  $(DEMO) --as-of $$day $(NIGHTS)/$$day/subscriptions.csv --invoices $(NIGHTS)/$$day/invoices.csv \
	    --show 0 > out/demo/.night; \
	  echo "$$day: $$(head -n 1 out/demo/.night)"; sed -n '/^Actions/,/^$$/p' out/demo/.night; \
	done; rm out/demo/.night
	@$(DEMO) --as-of 2026-11-25 $(NIGHTS)/2026-11-25/subscriptions.csv \
	  --invoices $(NIGHTS)/2026-11-25/invoices.csv --show 1

# By file, for the tests of one share the worlds that it has played.
test: $(SPARK) lint ## lint, then run all tests
	@$(BIN)/pytest -n auto --dist loadfile

lint: setup ## formatting, lint, types and import rules; shows all that fail
	@failed=; \
	$(BIN)/ruff format --check || failed="$$failed format"; \
	$(BIN)/ruff check || failed="$$failed lint"; \
	$(BIN)/mypy || failed="$$failed types"; \
	$(BIN)/lint-imports --no-logo || failed="$$failed imports"; \
	[ -z "$$failed" ] || { echo "make lint: failed:$$failed" >&2; exit 1; }

# What does not fit into the minutes of `make test`: 100 times as many worlds, and a million rows in
# batches, which are decided twice: BATCHES worlds of three nights with ROWS rows each. LIVES more worlds
# are foreseen in both ways.
agree: setup $(SPARK) ## hold every executor to the reference on WORLDS worlds (default: 20000)
	@LAPSE_WORLDS=$(or $(WORLDS),20000) LAPSE_BATCHES=$(or $(BATCHES),224) LAPSE_ROWS=$(or $(ROWS),1500) LAPSE_LIVES=$(or $(LIVES),60) $(BIN)/pytest -q -n auto tests/agreement/test_agreement.py::test_executors_agree_with_the_reference tests/agreement/test_batch.py tests/agreement/test_lives.py

bench: setup ## measure: the functions in tests/bench/bench_*.py
	@$(BIN)/pytest -s -o python_files='bench_*.py' tests/bench

# Keeps the versions already locked that still fit; delete requirements.lock first to take new ones.
lock: ## write requirements.lock anew from pyproject.toml
	@set -e; $(SAY_AND_STOP); $(FIND_PYTHON); \
	scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	"$$python" -m venv "$$scratch"; \
	"$$scratch/bin/python" -m pip --disable-pip-version-check -qq install $(UV); \
	"$$scratch/bin/uv" pip compile pyproject.toml --extra dev --extra spark --group build \
	  --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make lock' --quiet --output-file requirements.lock

clean: ## delete what make made
	rm -rf $(VENV) out dist build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find engine tests -name __pycache__ -prune -exec rm -rf {} +
