# Each line calls the same code: start.py, which runs on a bare Python 3.11 or newer.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: run test check demo-reset help

run: ; @$(PYTHON) start.py
test: ; @$(PYTHON) start.py test
check: ; @$(PYTHON) start.py check
demo-reset: ; @$(PYTHON) start.py demo-reset
help: ; @$(PYTHON) start.py help
