.DEFAULT_GOAL := help
.PHONY: help run quick test test-quick test-programs test-browser test-proxy test-attacks test-wheels test-faults test-containers test-ha test-openapi test-stores test-attestations test-installers test-log docs screenshots workflows reproducible bench check format lint types imports audit audited containers cloudnative-pg sbom lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUNS := $(VENV)/.runs
AUDITED := $(VENV)/.audited-$(shell date +%F)
LINTERS := .data/linters
CLUSTER := .data/cloudnative-pg
HA := .data/ha
OPENAPI := .data/openapi
STORES := .data/stores
ATTESTATIONS := .data/attestations
INSTALLERS := .data/installers
LOG := .data/log
WITNESS_PYTHON ?= python3.12
DOCS := .data/docs
WORKFLOWS := .data/workflows
define NEW_VENV
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.13"; exit 1; }
@echo "Setting up $(VENV) (once; takes up to a minute)"
@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
endef
EDITABLE = @$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
SBOM ?= dist/provider-registry.cdx.json
ARGS ?=
PYTEST_ARGS ?= -n auto --dist worksteal
PROGRAMS := $(addprefix tests/e2e/,$(addsuffix .py,test_backup test_check_command test_command_line test_customer_indexes test_development_mode test_installers test_pipelines test_tutorial test_operator_commands test_operator_guide \
	test_register_command test_settings_command test_tokens_command test_verify_command test_yank_command))
QUICK := tests/domain tests/application tests/entrypoints/http/test_recorded_contract.py --ignore=tests/application/ports
SLOW := tests/e2e tests/test_benchmarks.py tests/test_examples.py tests/test_supply_chain.py

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUNS) ## Start a local registry with three providers in it (ARGS=--once stops after that)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/provider-registry dev $(ARGS)

quick: $(READY) ## The inner loop, in seconds: domain, use cases and the recorded HTTP contract, without a server
	$(BIN)/python -m pytest -q -n0 -p no:schemathesis -p no:faker --hypothesis-profile=quick -m "not hostile" -k "not postgres and not random_pairs" $(QUICK)

test: check ## Check everything, then run the suite against real parts
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(addprefix --ignore=,$(PROGRAMS))
	@echo "make test-programs starts every command, pip, uv and pg_dump as well; make test-browser needs Debian's chromium, make test-proxy its nginx."

test-quick: $(READY) ## The suite without what starts servers and breaks them (PYTHON=python3.13 VENV=.data/python3.13)
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(addprefix --ignore=,$(SLOW))

test-programs: $(READY) ## Start what starts slowly: each command of the command line, pip, uv, backups
	$(BIN)/python -m pytest $(PYTEST_ARGS) $(PROGRAMS)

test-browser: $(READY) ## Look at the pages in a real Chromium (Debian's package chromium)
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/browser/catalog_pages.py

test-proxy: $(READY) ## Put the container files' proxy in front of two replicas (Debian's package nginx)
	$(BIN)/python -m pytest -n0 tests/proxy/two_replicas.py tests/proxy/floods.py

test-attacks: $(READY) ## Attack a registry behind that proxy for a minute, while a release machine registers (Debian's package nginx)
	$(BIN)/python -m pytest -n0 -s tests/attacks/all_at_once.py

test-wheels: $(READY) ## Check published wheels of 2013 to 2026, our locked dependencies, and what pip and uv make of odd wheels
	@mkdir -p .data/wheels-cache/locked
	$(BIN)/python -m pip download --quiet --no-deps --only-binary :all: --require-hashes -r requirements/dev.txt --dest .data/wheels-cache/locked
	WHEELS_FOLDER=.data/wheels-cache/locked $(BIN)/python -m pytest -n0 tests/wheels/published_wheels.py
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/wheels/odd_wheels.py

test-faults: $(READY) ## Survive the faults that take a minute each
	$(BIN)/python -m pytest -n0 tests/e2e/hung_primary.py

test-containers: $(READY) ## Build and run the image and the compose file, kill a replica, upgrade (ARGS are for docker build)
	@docker info >/dev/null 2>&1 || { echo "No Docker Engine answers: start one, or name one in DOCKER_HOST."; exit 1; }
	@{ docker compose version || docker-compose version; } >/dev/null 2>&1 || { echo "Neither docker compose nor docker-compose is installed."; exit 1; }
	DOCKER_BUILD_OPTIONS="$(ARGS)" $(BIN)/python -m pytest -n0 $(addprefix tests/containers/,image.py replicas.py upgrade.py)

test-ha: $(READY) $(HA)/.ready ## Kill the leader of a Patroni cluster under registrations (Debian's package etcd-server)
	PATRONI=$(HA)/bin $(BIN)/python -m pytest -n0 -s tests/ha/patroni_failover.py

$(HA)/.ready: requirements/ha.txt
	@$(PYTHON) -m venv $(HA)
	@$(HA)/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/ha.txt
	@touch $@

test-stores: $(READY) $(STORES)/.ready ## Keep wheels on two servers of the S3 API (fetches 100 MB once)
	STORES_BIN=$(abspath $(STORES))/bin $(BIN)/python -m pytest -n0 tests/stores/s3_servers.py

$(STORES)/.ready: requirements/stores.txt
	@$(PYTHON) -m venv $(STORES)
	@$(STORES)/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/stores.txt
	@touch $@

test-attestations: $(READY) $(ATTESTATIONS)/.ready ## Verify attestations that real pipelines made, with a second opinion (fetches 1 MB once)
	ATTESTATIONS_FOLDER=$(abspath $(ATTESTATIONS))/assets $(BIN)/python -m pytest -n0 tests/attestations/real_attestations.py tests/attestations/served_attestations.py

$(ATTESTATIONS)/.ready: requirements/dev.txt
	@mkdir -p $(ATTESTATIONS)/assets
	@awk '/^pypi-attestations==/ {on = 1} on {print} on && !/\\$$/ {exit}' $< > $(ATTESTATIONS)/requirements.txt
	@$(BIN)/python -m pip download --quiet --no-deps --no-binary :all: --require-hashes -r $(ATTESTATIONS)/requirements.txt --dest $(ATTESTATIONS)
	@tar -xzf $(ATTESTATIONS)/pypi_attestations-*.tar.gz -C $(ATTESTATIONS)/assets --strip-components=3 --wildcards '*/test/assets/*'

test-installers: $(READY) $(INSTALLERS)/.ready ## Install from the mirror with pip and uv of 2024 (fetches 17 MB once)
	INSTALLERS_PYTHON=$(abspath $(INSTALLERS))/bin/python $(BIN)/python -m pytest -n0 tests/installers/two_years_old.py

# Not audited: they are old on purpose, and meet nothing but a registry on loopback.
$(INSTALLERS)/.ready: tests/installers/requirements.txt
	@$(PYTHON) -m venv $(INSTALLERS)
	@$(INSTALLERS)/bin/python -m pip install --quiet --no-compile --require-hashes -r $<
	@touch $@

test-log: $(READY) $(LOG)/.ready ## Have Go's own packages and a witness verify a log of 70,000 entries (Debian's golang-go and golang-golang-x-mod-dev, Python 3.12)
	LOG_TOOLS=$(abspath $(LOG)) $(BIN)/python -m pytest -n0 tests/log/others_verify.py

# Not audited: they are clients of the tests, and meet nothing but a registry on loopback.
$(LOG)/.ready: tests/log/requirements.txt tests/log/audit.go
	@command -v go >/dev/null || { echo "Go is absent: apt-get install golang-go golang-golang-x-mod-dev"; exit 1; }
	@mkdir -p $(LOG)
	GO111MODULE=off GOPATH=/usr/share/gocode CGO_ENABLED=0 GOCACHE=$(abspath $(LOG))/cache go build -o $(LOG)/audit tests/log/audit.go
	@$(WITNESS_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { echo "The witness needs Python 3.12 or newer; name it with make WITNESS_PYTHON=python3.13"; exit 1; }
	@$(WITNESS_PYTHON) -m venv $(LOG)/python
	@$(LOG)/python/bin/python -m pip install --quiet --require-hashes -r tests/log/requirements.txt
	@touch $@

test-openapi: $(READY) $(OPENAPI)/.ready ## Hold the OpenAPI document against linters and client generators (needs npm; fetches 300 MB once)
	OPENAPI_NODE_MODULES=$(OPENAPI)/node_modules OPENAPI_PYTHON=$(OPENAPI)/python \
		$(BIN)/python -m pytest -n0 tests/openapi/linters_and_generators.py

$(OPENAPI)/.ready: requirements/openapi.txt tests/openapi/package.json
	@mkdir -p $(OPENAPI)
	@$(PYTHON) -m venv $(OPENAPI)/python
	@$(OPENAPI)/python/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/openapi.txt
	@cp tests/openapi/package.json $(OPENAPI)/
	@npm install --prefix $(OPENAPI) --silent --ignore-scripts --no-audit --no-fund --no-package-lock
	@touch $@

bench: $(READY) ## Measure, as ratios within one run of minutes (ARGS=--quick, ARGS=--full, ARGS="read register")
	@$(BIN)/python -m benchmarks $(ARGS)

check: lint types imports audited ## Check format, lint, types, import rules and declared dependencies; audit dependencies once a day

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports
	$(BIN)/deptry src

audit: $(READY) ## Ask for known vulnerabilities of the locked dependencies
	@$(BIN)/python -m requirements.audit requirements/build.txt requirements/client.txt requirements/containers.txt requirements/dev.txt requirements/development.txt requirements/docs.txt requirements/ha.txt requirements/openapi.txt requirements/provenance.txt requirements/runtime.txt requirements/stores.txt requirements/workflows.txt

audited: $(AUDITED)

$(AUDITED): requirements/dev.txt requirements/development.txt requirements/runtime.txt requirements/build.txt requirements/client.txt requirements/containers.txt requirements/docs.txt requirements/ha.txt requirements/openapi.txt requirements/provenance.txt requirements/stores.txt requirements/workflows.txt | $(READY)
	@$(MAKE) --no-print-directory audit
	@rm -f $(VENV)/.audited-*
	@touch $@

docs: $(READY) $(DOCS)/.ready ## Build the documentation site into .data/docs/site, strictly (Debian's package npm; fetches 30 MB once)
	@rm -rf $(DOCS)/generated && $(BIN)/python -m tools.reference $(DOCS)/generated >/dev/null
	@NO_MKDOCS_2_WARNING=1 $(DOCS)/tools/bin/python -m mkdocs build --quiet --strict
	@$(BIN)/python -m tools.site_check $(DOCS)/site

$(DOCS)/.ready: requirements/docs.txt tools/mermaid.sh
	@mkdir -p $(DOCS)
	@$(PYTHON) -m venv $(DOCS)/tools
	@$(DOCS)/tools/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/docs.txt
	@tools/mermaid.sh $(DOCS)
	@touch $@

screenshots: $(READY) ## Take the pictures of the documents from a running registry (Debian's package chromium)
	$(BIN)/python -m tools.screenshots docs/assets

workflows: $(WORKFLOWS)/.ready ## Lint workflows, shell scripts and the systemd unit, and install the client as pipelines do (fetches 10 MB)
	PATH="$(abspath $(WORKFLOWS))/bin:$$PATH" $(WORKFLOWS)/bin/actionlint
	$(WORKFLOWS)/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@sed '1,/^---$$/d' templates/release.yml >$(WORKFLOWS)/component.yml
	$(WORKFLOWS)/bin/check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci $(WORKFLOWS)/component.yml
	$(WORKFLOWS)/bin/shellcheck .ci/run pipelines/*.sh tools/*.sh
	@rm -rf $(WORKFLOWS)/client && pipelines/install.sh $(WORKFLOWS)/client $(PYTHON)
	@if command -v systemd-analyze >/dev/null; then tools/verify_unit.sh; else echo "Left out: the systemd unit. There is no systemd-analyze."; fi

$(WORKFLOWS)/.ready: requirements/workflows.txt
	@$(PYTHON) -m venv $(WORKFLOWS)
	@$(WORKFLOWS)/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/workflows.txt
	@touch $@

reproducible: $(READY) ## Build the distributions twice, in two folders, and compare their bytes
	@tools/build_twice.sh $(BIN)/python

containers: $(LINTERS)/.ready ## Hold the container files against what Docker and Kubernetes know (fetches 200 MB of linters once)
	$(LINTERS)/bin/hadolint docker/Dockerfile
	$(LINTERS)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml
	$(LINTERS)/bin/kubernetes-validate --strict --quiet docker/kubernetes/*.yaml docker/kubernetes/cloudnative-pg/role.example.yaml

cloudnative-pg: $(CLUSTER)/.ready ## Hold the example for CloudNativePG against its schema (Debian's package npm)
	cd $(CLUSTER) && node check.mjs $(CURDIR)/docker/kubernetes/cloudnative-pg/cluster.yaml

$(CLUSTER)/.ready: $(wildcard requirements/cloudnative-pg/*)
	@command -v npm >/dev/null || { echo "npm is absent, which fetches the schema of CloudNativePG: apt-get install npm"; exit 1; }
	@mkdir -p $(CLUSTER)
	@cp requirements/cloudnative-pg/* $(CLUSTER)
	@cd $(CLUSTER) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(LINTERS)/.ready: requirements/containers.txt
	@$(PYTHON) -m venv $(LINTERS)
	@$(LINTERS)/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements/containers.txt
	@touch $@

sbom: $(READY) ## Write the bill of materials (CycloneDX) of what is shipped, the same for the same lock
	@mkdir -p $(dir $(SBOM))
	@$(BIN)/python -W ignore -m cyclonedx_py requirements requirements/runtime.txt --pyproject pyproject.toml --output-reproducible -o $(SBOM)

format: $(READY) ## Format the code and apply safe fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(READY) ## Lock the newest dependencies that pyproject.toml admits, with hashes
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra server pyproject.toml --output-file requirements/runtime.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group build --output-file requirements/build.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements/runtime.txt pyproject.toml --output-file requirements/client.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group docs --output-file requirements/docs.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group workflows --output-file requirements/workflows.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group containers --output-file requirements/containers.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group ha --output-file requirements/ha.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group openapi --output-file requirements/openapi.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --constraint requirements/runtime.txt --extra provenance pyproject.toml --output-file requirements/provenance.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group stores --output-file requirements/stores.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements/runtime.txt --extra development --extra tracing --group dev pyproject.toml --output-file requirements/dev.txt
	$(BIN)/uv pip compile -q --no-strip-extras --universal --python-version 3.11 --generate-hashes --no-header --constraint requirements/dev.txt --extra development --group build pyproject.toml --output-file requirements/development.txt
	$(BIN)/python -m requirements.extras requirements/*.txt

clean: ## Remove the virtual environment, caches and local data
	rm -rf $(VENV) .data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist

# What `make run` needs is a third of what the tests do; modules are compiled when they are first imported.
$(RUNS): requirements/development.txt pyproject.toml
	$(NEW_VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --no-deps --require-hashes -r requirements/development.txt
	$(EDITABLE)
	@touch $@

$(READY): requirements/dev.txt pyproject.toml
	$(NEW_VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements/dev.txt
	$(EDITABLE)
	@$(BIN)/python -W ignore -m compileall -q -j 0 $(VENV)/lib src || true # halves the start of every process where PYTHONDONTWRITEBYTECODE is set
	@touch $(RUNS) $@
