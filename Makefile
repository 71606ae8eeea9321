# make demo: the sample midterm, marked.   make test: all tests.   make bench: the figures.   make pictures: those of README and docs.
# make catalogue: docs/catalogue.md, and the figures that `examwright list` shows.
.PHONY: demo test bench pictures catalogue style clean
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
SEED ?= 2026

demo: .venv/.installed .venv/.pango
	@echo "== making the sample midterm (banks/midterm.yaml) for the sample class (examples/class.csv)"
	@$(BIN)/examwright make banks/midterm.yaml --roster examples/class.csv --seed $(SEED) -o demo/exam
	@echo "== marking the sample answers (examples/answers.csv)"
	@$(BIN)/examwright grade demo/exam examples/answers.csv -o demo/marks.csv || test $$? -eq 3
	@echo
	@echo "papers: demo/exam/papers/   keys: demo/exam/keys/   all papers in one file: demo/exam/papers-all.pdf"
	@echo "marks:  demo/marks.csv (each mark with its reason)   totals: demo/marks-totals.csv"
	@$(BIN)/examwright report demo/exam -o demo/report | tail -1

# (the asserts that pytest rewrites are kept for the next run, whatever the environment says: they are half of collecting the tests)
test: .venv/.tested .venv/.pango
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

bench: .venv/.tested .venv/.pango
	$(BIN)/python benchmarks/run.py

catalogue: .venv/.installed .venv/.pango
	$(BIN)/python docs/catalogue.py

pictures: .venv/.tested .venv/.pango
	$(BIN)/python docs/pictures.py

style: .venv/.tested
	$(BIN)/ruff check .
	$(BIN)/mypy

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Examwright needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 …")'
	@echo "== setting up .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }

.venv/.installed: .venv/bin/python pyproject.toml
	@echo "== installing Examwright and what it needs (a minute or two)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q -e .
	@touch $@

.venv/.tested: .venv/.installed
	@echo "== installing what the tests need (some minutes)"
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q -e '.[test]'
	@touch $@

.venv/.pango: .venv/.installed
	@PYTHON=$(BIN)/python sh .ci/pango.sh
	@touch $@

clean:
	rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
