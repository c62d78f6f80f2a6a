PYTHON ?= .venv/bin/python

.PHONY: fix test run demo words reference compiled plain lock fuzz nightly

fix:       ## format, and mend what can be mended
	$(PYTHON) -m ruff check --fix --quiet
	$(PYTHON) -m ruff format --quiet

test:      ## everything CI asks, quickest first
	$(PYTHON) -m ruff check --quiet
	$(PYTHON) -m ruff format --check --quiet
	$(PYTHON) -m mypy
	$(dir $(PYTHON))lint-imports
	$(PYTHON) -m pytest

run:       ## the hub, with the configuration in config/
	$(PYTHON) -m hub run

demo:      ## an invented district, from first message to joined record
	$(PYTHON) -m hub demo

words:     ## the catalogue in hub/locale: gather what the code says, compile, name what is not yet in Chinese
	$(PYTHON) .ci/catalogue.py

reference: ## docs/reference/hl7-mapping.md, from the tables of plugins/hl7
	$(PYTHON) .ci/reference.py

SECONDS ?= 600

.fuzz/bin/python:
	@$(PYTHON) -m uv venv -q --clear --python $(PYTHON) .fuzz
	@$(PYTHON) -m uv pip install -q --python $@ -e . --group fuzz || \
		{ rm -rf .fuzz; echo "atheris cannot be installed here: it needs Linux, a Python it has a wheel for, and a network" >&2; exit 1; }

fuzz: .fuzz/bin/python ## atheris looks for bytes that break the lexer or the door: SECONDS for each, 600 unless told
	.fuzz/bin/python -m tests.fuzz lexer --seconds $(SECONDS)
	.fuzz/bin/python -m tests.fuzz door --seconds $(SECONDS)

nightly: fuzz ## what takes too long for every change: fuzzing, and very many mutations of sound messages
	HUB_MUTATIONS=50000 $(PYTHON) -m pytest --timeout 7200 tests/plugins/hl7/test_mutation.py
	$(MAKE) compiled && $(PYTHON) -m pytest tests/plugins/hl7; tested=$$?; $(MAKE) plain; exit $$tested

compiled:  ## the HL7 parser as machine code, in place (minutes); an edit of it has no effect until it is made again
	$(PYTHON) hatch_build.py

plain:     ## without what `make compiled` made
	$(PYTHON) hatch_build.py plain

lock:      ## pin every library anew, with hashes
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml --extra postgres --group dev -c requirements.lock \
		-o requirements-dev.lock
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml --all-extras -c requirements-dev.lock \
		-o requirements-bench.lock
