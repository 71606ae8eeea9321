"""docs/catalogue.md and what `examwright list` shows are those of the question files."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import effort
import pytest
from click.testing import CliRunner
from conftest import ROOT

from examwright.cli import main
from examwright.generator.index import FACTS, entries, entry, hash_of, question_paths
from examwright.generator.load import load
from examwright.generator.yamlfile import read
from examwright.grader.contracts import measure

KNOWN: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
AGAIN = "run `make catalogue`"


@pytest.fixture(scope="module")
def catalogue() -> Any:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_figures_are_those_of_the_files() -> None:
    now = {i: hash_of(path) for i, path in question_paths().items()}
    assert {i: f["sha256"] for i, f in KNOWN.items()} == now, AGAIN


@pytest.mark.parametrize("question_id", effort.some(KNOWN, 3))
def test_every_question_has_enough_variants_and_few_redraws(question_id: str) -> None:
    facts, question = KNOWN[question_id], load(question_id)
    assert facts["distinct"] >= (50 if question.few else 500) and facts["redraws"] < 20
    usual, least, most = facts["work"]
    assert question.uneven or max(usual - least, most - usual) * 4 <= usual


def test_the_list_shows_what_the_files_say() -> None:
    for e in entries():
        plain = entry(e["id"], read(question_paths()[e["id"]])[1].python())
        assert {k: v for k, v in e.items() if k in plain} == plain
        assert {"distinct", "redraws", "work"} <= set(e), AGAIN
    text = CliRunner().invoke(main, ["list", "--topic", "cnn"]).output
    assert f"parts:  {', '.join(KNOWN['cnn/params']['parts'])}; {KNOWN['cnn/params']['distinct']} of 1000 draws differ; work" in text


def test_a_file_that_has_changed_is_listed_without_old_figures(tmp_path: Any, monkeypatch: Any) -> None:
    facts = {**KNOWN, "cnn/params": {**KNOWN["cnn/params"], "sha256": "0", "minutes": 77}}
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    monkeypatch.setattr("examwright.generator.index.FACTS", tmp_path / "facts.json")
    found = {e["id"]: e for e in entries()}
    assert found["cnn/params"]["minutes"] != 77 and "work" not in found["cnn/params"] and "work" in found["cnn/pooling"]


@pytest.mark.slow
def test_the_page_is_current(catalogue: Any) -> None:
    assert catalogue.page(KNOWN) == catalogue.PAGE.read_text(encoding="utf-8"), AGAIN


@pytest.mark.slow
@pytest.mark.parametrize("question_id", ["cnn/params", "vc-dimension/growth-function"])
def test_the_figures_can_be_measured_again(question_id: str) -> None:
    assert measure(load(question_id)) == {k: KNOWN[question_id][k] for k in ("distinct", "redraws", "work")}


def test_links_of_the_page_lead_somewhere(catalogue: Any) -> None:
    import re

    text = catalogue.PAGE.read_text(encoding="utf-8")
    ids = set(re.findall(r'<a id="([^"]+)">', text)) | {catalogue._anchor(h) for h in re.findall(r"^## (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= ids
    for path in set(re.findall(r"\]\((?!#)([^)#]+)", text)):
        assert (ROOT / "docs" / path).exists(), path
    assert text.count("\n### ") == len(KNOWN) and "$`" in text and not re.search(r"\{\{|\{%|\bNone\b.*earns", text)
