# Any Python from 3.11 to 3.13: make install PYTHON=python3.12
PYTHON = python3
BIN = .venv/bin
INSTALLED = .venv/.installed
RUNNABLE = .venv/.runnable
SCHEDULERS = .venv/schedulers
OLDEST_DBT = .venv/dbt-1.10
WHEEL = .venv/wheel
SPARK = .venv/spark
AZURITE = .venv/azurite/node_modules/.bin/azurite-blob
SITE = .venv/site
CHROMIUM = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
SQL = $(wildcard models macros dbt_package recipes tests/dbt sample connector bench)
LONG = $(addprefix tests/test_,accounts.py answers_at_random.py backfill.py dockerfile.py guards_everywhere.py kills.py jobs.py kills_of_records.py ledger.py ledger_command.py ledger_in_a_store.py model_based.py model_by_watermark.py model_of_records.py month.py poison.py recipes.py required_columns.py)
MODELS = $(wildcard models tests/dbt dbt_package/tests)
PARALLEL = --numprocesses 3 --dist loadfile --no-loadscope-reorder --durations 10
# What every warehouse owes, and what is about PostgreSQL alone.
READ = $(addprefix tests/test_,models_on_postgres.py init_on_postgres.py conformance_delivery.py watermark.py kills.py guards.py)
CHOSEN = -k "not conformance_delivery or triple_whale"
READ_SPARK = $(addprefix tests/test_,models_on_spark.py init_on_spark.py fit_on_spark.py conformance_source.py warehouses.py spark.py spark_windows.py)
LINTERS = $(addprefix lint-,models types sql python spelling)
TYPED = $(wildcard connector sample demo docs bench seeds)

# Disable telemetry and the version check of dbt.
export DO_NOT_TRACK = 1
export DBT_SEND_ANONYMOUS_USAGE_STATS = False
export DBT_VERSION_CHECK = False
# Tests start hundreds of processes: none is to compile what another one has compiled.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL = help
.PHONY: help install demo demo-postgres month bench compare test coverage test-long test-dbt test-page test-postgres test-schedulers test-spark test-warehouses test-wheel lint $(LINTERS) format docs site seeds sandbox lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## make .venv with the locked versions, connector and dbt

define install-locked
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make install PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
endef

$(INSTALLED): requirements.lock pyproject.toml
	$(install-locked)

# Connector, dbt and sandbox, without what lints and tests.
$(RUNNABLE): requirements-run.lock pyproject.toml
	$(install-locked)

demo: $(or $(wildcard $(INSTALLED)),$(RUNNABLE)) ## build the sample, sync it into local destinations, edit a few orders, sync again; OPEN=1 keeps the page of what arrived
	$(BIN)/python -m demo $(if $(OPEN),--open)

demo-postgres: install ## build and test the sample in a PostgreSQL server of its own, sync it, change an order, sync again
	$(BIN)/python -m demo.postgres

month: install ## go through a month in production in which everything goes wrong; DUCKDB=1.5.0 begins with that version
	$(BIN)/python -m demo.month $(DUCKDB:%=--duckdb %)

test: lint ## lint, then run every test
	$(BIN)/python -m pytest $(PARALLEL)

coverage: install ## measure which branches the tests reach: 95 % at least; without the tests that reach no others
	$(BIN)/python -m pytest --cov -m "not untraced or measured" $(PARALLEL)

test-long: install ## the tests that have no natural end, at full length: minutes each
	$(BIN)/python -m pytest --long --numprocesses 2 --dist loadfile --no-loadscope-reorder $(LONG)
	$(BIN)/python -m pytest --long --warehouse postgres tests/test_models_on_postgres.py

bench: install ## measure the connector beside other senders: 10,000, 100,000 and 1,000,000 orders
	$(BIN)/python -m bench

compare: install ## measure the connector, rows by hand, dlt and drt in one call: 10,000 and 100,000 orders
	$(BIN)/python -m bench --compare

test-warehouses: READ += $(addprefix tests/test_,backfill.py taking_back.py conformance_watermark.py)
test-warehouses: CHOSEN =
test-warehouses: test-postgres test-spark ## read the views of a real PostgreSQL and a real Spark, which are started on loopback and ended again

test-postgres: install ## run suites over a real PostgreSQL, and build the models there
	@ls /usr/lib/postgresql/*/bin/postgres > /dev/null 2>&1 || { echo "there is no PostgreSQL server; install it: apt-get install postgresql"; exit 1; }
	$(BIN)/python -m pytest --warehouse postgres --kills 5 $(PARALLEL) $(READ) $(CHOSEN)

test-spark: install ## build the models, and run what every source owes, over a real Spark cluster
	@command -v java > /dev/null || { echo "there is no Java, which Spark needs; install it: apt-get install openjdk-17-jre-headless"; exit 1; }
	test -e $(SPARK) || $(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check 'pyspark==4.3.*'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dbt-spark,spark]'
	$(BIN)/python -m pytest --spark $(SPARK)/bin/python $(READ_SPARK) -k spark

test-schedulers: install ## read the schedules with Airflow 3 and Dagster, in an environment of their own
	test -e $(SCHEDULERS) || $(PYTHON) -m venv $(SCHEDULERS)
	$(SCHEDULERS)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[schedulers]'
	$(BIN)/python -m pytest tests/test_schedules.py tests/test_library.py --schedulers $(SCHEDULERS)/bin/python

test-dbt: install ## let another project install the dbt package with dbt 1.10, in an environment of its own
	test -e $(OLDEST_DBT) || $(PYTHON) -m venv $(OLDEST_DBT)
	$(OLDEST_DBT)/bin/python -m pip install --quiet --disable-pip-version-check 'dbt-core==1.10.*' 'dbt-duckdb==1.10.*'
	$(BIN)/python -m pytest tests/test_dbt_package.py --dbt $(OLDEST_DBT)/bin/python

test-wheel: install ## build the wheel into dist, and try it alone, in an environment of its own
	rm -rf $(WHEEL) dist/*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	$(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	$(BIN)/python -m pytest tests/test_wheel.py --wheel $(WHEEL)/bin/python

test-azure: install ## keep blobs and ledgers in Azurite, an emulator of Azure's storage, which npm installs
	test -e $(AZURITE) || npm install --silent --no-audit --no-fund --prefix .venv/azurite azurite@3
	$(BIN)/python -m pytest tests/test_conformance_blobs.py tests/test_conformance_store.py --azurite $(AZURITE) -k azure

test-page: install ## look at the pages with the system's Chromium; CHROMIUM=path names another
	@test -n "$(CHROMIUM)" || { echo "there is no Chromium; install it, or name one: make test-page CHROMIUM=path"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[browser]'
	$(BIN)/python -m pytest tests/test_page_in_a_browser.py --browser $(CHROMIUM)

lint: install ## check layout, sense, types, imports and spelling, changing nothing
	@$(MAKE) --no-print-directory --jobs 2 --output-sync $(LINTERS)

# The slowest first, so that none is left running alone at the end.
lint-models:
	$(BIN)/sqlfluff lint --processes 2 $(MODELS)

lint-types:
	$(BIN)/mypy $(TYPED)

lint-sql:
	$(BIN)/sqlfmt --check --quiet $(SQL)

lint-python:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

lint-spelling:
	$(BIN)/codespell

format: install ## lay out Python and SQL, and put right what can be put right by machine
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	-$(BIN)/sqlfluff fix --quiet $(MODELS)
	$(BIN)/sqlfmt $(SQL)

docs: install ## write the pages and column descriptions that follow from the contracts
	$(BIN)/python -m docs

seeds: install ## write the seed and the macros that follow from the library of phone numbers
	$(BIN)/python -m seeds

licences: install ## write the list of the licences of others
	$(BIN)/python -m docs.materials

bill: install ## write the software bill of materials of a release into dist
	$(BIN)/python -m docs.materials dist/bill-of-materials.cdx.json

site: install ## build the documentation as a site in .site/html, with strict links
	$(BIN)/python -m docs.site .site/pages
	test -e $(SITE) || $(PYTHON) -m venv $(SITE)
	$(SITE)/bin/python -m pip install --quiet --disable-pip-version-check 'zensical>=0.0.73,<0.1'
	$(SITE)/bin/zensical build --strict

sandbox: install ## start local destinations on 127.0.0.1
	$(BIN)/connector sandbox

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml --no-header --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate

lock: install ## write what pyproject.toml asks for into requirements.lock, keeping the versions that still fit
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) --extra dev --output-file requirements.lock
	cp requirements.lock requirements-run.lock
	$(COMPILE) --extra bucket --extra dbt --extra metrics --extra postgres --extra sandbox --output-file requirements-run.lock

clean: ## remove what make, dbt and the tools have made; the ledger stays
	rm -rf .venv .site target logs build dist .coverage .coverage.* htmlcov *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
