# Thin verbs over the `sluice` command. Each sets up `.venv` by itself; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PYTHONS := $(PYTHON) python3 python3.13 python3.12 python3.11

# What pip prints is shown only if it fails.
PIP = said=$$($(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
OR_SAY = 2>&1) || { echo "$$said" >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help asic gds bitstream program report sweep bench prove sim mine test bench-sim bench-host mutants formal \
  formal-selftest mutation faults fuzz coverage lint lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

sim: $(INSTALLED) ## find the nonces of real blocks on the simulated hardware; WAVES=1 leaves build/sim.fst
	@mkdir -p build
	@$(BIN)/sluice sim $(if $(filter 1,$(WAVES)),--wave build/sim.fst) $(ARGS)

mine: $(INSTALLED) ## mine regtest blocks with a simulated chip; needs nodejs and npm
	@$(BIN)/sluice demo $(ARGS)

bench-host: $(INSTALLED) ## results that the host verifies a second, and how soon a new job is out
	@$(BIN)/sluice bench-host $(ARGS)

bitstream: $(INSTALLED) ## a bitstream: BOARD=… (`.venv/bin/sluice boards` lists them)
	@$(BIN)/sluice build $(if $(BOARD),--board $(BOARD)) $(ARGS)

program: $(INSTALLED) ## load the bitstream into the board: BOARD=…
	@$(BIN)/sluice program $(if $(BOARD),--board $(BOARD)) $(ARGS)

report: $(INSTALLED) ## figures of a board's build, and its critical path: BOARD=…
	@$(BIN)/sluice report $(if $(BOARD),--board $(BOARD)) $(ARGS)

asic: $(INSTALLED) ## a core in standard cells: area, timing, energy a hash; LIBERTY=… names the cells
	@$(if $(LIBERTY),LIBERTY=$(LIBERTY)) $(BIN)/sluice asic --core ring --ring 8 --against 4 $(ARGS)

gds: $(INSTALLED) ## a round of SHA-256 as a layout, checked against rules and netlist; figures, build/gds
	@$(if $(LIBERTY),LIBERTY=$(LIBERTY)) $(BIN)/sluice gds $(ARGS)

prove: $(INSTALLED) ## the bitstream, simulated, mines a real block: BOARD=…; or a chip in cells: LIBERTY=…
	@$(BIN)/sluice prove $(if $(BOARD),--board $(BOARD)) $(if $(LIBERTY),--liberty $(LIBERTY)) $(ARGS)

sweep: $(INSTALLED) ## many builds: ARGS="--board … --seed 1-8"
	@$(BIN)/sluice sweep $(if $(BOARD),--board $(BOARD)) $(ARGS)

bench: $(INSTALLED) ## the lines of docs/results.md once more; BOARD=… for one board
	@$(BIN)/sluice bench $(if $(BOARD),--board $(BOARD)) $(ARGS)

bench-sim: $(INSTALLED) ## hashes a second of the compiled simulation
	@$(BIN)/sluice bench-sim $(ARGS)

# What some tests need besides, and the Debian packages that have it. promtool is not among them: its
# package, prometheus, starts a server.
TOOLS := iverilog:iverilog ngspice:ngspice ccache:ccache sta:opensta chromium:chromium icebox_vlog:fpga-icestorm node:nodejs npm:npm jq:jq nc:netcat-openbsd
MISSING = for tool in $(TOOLS); do command -v $${tool%:*} >/dev/null || printf '%s ' $${tool\#*:}; done

test: $(INSTALLED) ## all tests
	@missing=$$($(MISSING)); \
	[ -z "$$missing" ] || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
	  echo "Installing $$missing(apt-get install)"; \
	  { apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $$missing; \
	  } >/dev/null 2>&1 || true; }; \
	status=0; $(BIN)/pytest -n 3 --dist worksteal $(ARGS) || status=$$?; \
	missing=$$($(MISSING)); [ -z "$$missing" ] || \
	  echo "Not all tests ran: install the Debian packages $$missing"; \
	exit $$status

mutants: $(INSTALLED) ## break the hardware on purpose: the tests must notice
	@$(BIN)/python -m tests.mutants $(ARGS)

formal: $(INSTALLED) ## prove what always holds of the hardware
	@$(BIN)/python -m tests.formal $(ARGS)

formal-selftest: $(INSTALLED) ## break the hardware on purpose: each proof must fail
	@$(BIN)/python -m tests.formal --self-test $(ARGS)

mutation: $(INSTALLED) ## change the netlist at random places: the proofs must notice
	@$(BIN)/python -m tests.mutation $(ARGS)

faults: $(INSTALLED) ## change single bits of a running chip: it must find its way back
	@$(BIN)/python -m tests.faults $(ARGS)

fuzz: $(INSTALLED) ## look for inputs that a parser does not survive
	@$(BIN)/python -m tests.fuzz $(ARGS)

coverage: $(INSTALLED) ## say everything to a chip of every model, in every state
	@$(BIN)/python -m tests.coverage $(ARGS)

lint: $(INSTALLED) ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@rm -rf build/types
	@mkdir -p build/types/sluice
	@for room in rtl sim boards firmware; do ln -s ../../../$$room build/types/sluice/$$room; done
	@$(BIN)/mypy

# All that is developed with, and the same versions of what the daemon alone needs.
DAEMON_LOCK := firmware/packaging/requirements.lock
COMPILE = $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock: $(INSTALLED) ## requirements.lock from pyproject.toml
	@$(COMPILE) --all-extras --output-file requirements.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --output-file $(DAEMON_LOCK) pyproject.toml
	@rm -rf *.egg-info

clean: ## what was built here; not .venv, and not the compiled models in the user's cache
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The environment, again whenever what is installed in it changes. What setuptools leaves here is removed:
# with this folder in Python's path it is found before what is installed, and may be older.
$(INSTALLED): requirements.lock pyproject.toml
	@for python in $(PYTHONS); do \
	  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	    && break || python=; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "sluice: Python 3.11 to 3.13 not found: install the Debian package python3" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "sluice: Python's venv not found: install the Debian package python3-venv" >&2; exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then \
	  echo "Making $(VENV) with $$("$$python" --version)"; \
	  "$$python" -m venv --clear $(VENV) || exit 1; \
	fi
	@echo "Installing requirements.lock into $(VENV): a minute or two the first time"
	@$(PIP) --require-hashes --requirement requirements.lock $(OR_SAY)
	@$(PIP) --no-build-isolation --no-deps --editable . $(OR_SAY)
	@rm -rf *.egg-info
	@touch $@
