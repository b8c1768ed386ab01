# Short names for what is done often; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup check test coverage types demo nightly mutation bench docs changelog

help:        ## list the targets
	@grep -E "^[a-z]+:.*## " $(MAKEFILE_LIST) | sed -E "s/:[^#]*## /\t/" | expand -t 12

setup:       ## make .venv with everything for development
	@bash scripts/setup dev

check:       ## everything that CI checks: format, lint, floors, types, tests
	@bash scripts/test

test: setup  ## the quick tests, for every save
	.venv/bin/pytest -q -m "not slow and not nightly"

coverage: setup  ## the tests with branch coverage
	.venv/bin/coverage erase
	.venv/bin/coverage run -m pytest -q -m "not nightly"
	.venv/bin/coverage combine --quiet
	.venv/bin/coverage report

types: setup ## pyright as a second witness of the types
	.venv/bin/pyright

demo:        ## the paper analysis, from nothing to its result
	@bash scripts/demo

nightly: setup  ## every harness with its full count; writes benchmarks/NIGHTLY.md
	PERDURE_NIGHTLY=1 .venv/bin/pytest -m "simulation or crash or nightly" \
	  -o timeout=0 -o faulthandler_timeout=0 --counts-file=benchmarks/NIGHTLY.md

mutation: setup  ## mutation tests of the kernel
	.venv/bin/mutmut run
	.venv/bin/mutmut results

bench:       ## the figures of benchmarks/RESULTS.md
	@bash scripts/setup text
	.venv/bin/python -m benchmarks

docs: setup  ## run every code block of the documents
	.venv/bin/pytest -m docs

changelog: setup  ## what the next release's notes would say
	.venv/bin/towncrier build --draft
