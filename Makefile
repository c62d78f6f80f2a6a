PYTHON ?= .venv/bin/python

.PHONY: fix test run demo words reference lock

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

lock:      ## pin every library anew, with hashes
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(PYTHON) -m uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-annotate \
		--custom-compile-command 'make lock' pyproject.toml --all-extras --group dev -c requirements.lock \
		-o requirements-dev.lock
