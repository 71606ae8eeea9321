"""Loading: whatever stands in a file, the loader answers with a question or with faults at places that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from effort import examples
from flint import fmpq
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from examwright.generator import draw, wording
from examwright.generator.bank import load_bank
from examwright.generator.errors import ExamwrightError, Problems, nearest
from examwright.generator.index import bank_paths, entries, entry, id_of, question_paths
from examwright.generator.load import UnknownQuestion, find, load, load_file, load_text
from examwright.generator.yamlfile import Source, Y, read

SOURCES = {i: p.read_text(encoding="utf-8") for i, p in question_paths().items()}
SNIPPETS = ["&a ", "*a", "!!python/object:x ", "<<: ", "no", "012", "1:30", "1e3", ".inf", "null", "~", "[", "]", "{", "}", ": ", "- ", "|", ">", "'", '"', "\t", "\x00", "﻿",
            "{{", "}}", "{%", "%}", "{{ self }}", "{{ total.x }}", "{% include 'x' %}", "{% for i in range(10**9) %}x{% endfor %}", "$", "\\", "0", "-1", "1/0", "9" * 70,
            "  ", "\n", "\r", "# ", "true", "mean(", "f(x)", "xs", "**99999", "[0]", " if ", "é", "²", "\u2028", "answer: ", "type: {vector: 2}", "points: 0", "{count: 3}", "design: x"]


@st.composite
def mutated(draw_: Any) -> tuple[str, str]:
    """A good question file with one to four small changes."""
    question = draw_(st.sampled_from(sorted(SOURCES)))
    text = SOURCES[question]
    for _ in range(draw_(st.integers(1, 4))):
        how = draw_(st.integers(0, 7))
        lines = text.split("\n")
        row = draw_(st.integers(0, len(lines) - 1))
        at = draw_(st.integers(0, len(text)))
        words = [m.span() for m in re.finditer(r"[A-Za-z0-9_.]+", text)]
        if how == 0:
            text = text[:at] + text[at + draw_(st.integers(1, 12)):]
        elif how == 1:
            text = text[:at] + draw_(st.sampled_from(SNIPPETS)) + text[at:]
        elif how == 2:
            text = "\n".join(lines[:row] + lines[row + 1:])
        elif how == 3:
            text = "\n".join(lines[:row] + [lines[row]] + lines[row:])
        elif how == 4:
            lines[row] = " " * draw_(st.integers(0, 8)) + lines[row].lstrip()
            text = "\n".join(lines)
        elif words:
            start, end = draw_(st.sampled_from(words))
            other = draw_(st.sampled_from(words)) if how < 7 else None
            text = text[:start] + (text[slice(*other)] if other else draw_(st.sampled_from(SNIPPETS))) + text[end:]
    return question, text


@pytest.mark.slow
@examples(120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutated())
def test_mutated_files_give_a_question_or_faults(case: tuple[str, str]) -> None:
    name, text = case
    try:
        question = load_text(text, Path("mutated.yaml"), name)
    except Problems as error:
        rows = text.split("\n")
        assert error.problems == sorted(set(error.problems))
        for p in error.problems:
            assert 1 <= p.line <= len(rows) + 1 and 1 <= p.column <= max(map(len, rows)) + 2, p
            assert p.message.strip() and "\n" not in str(p).replace("\\n", ""), p
            assert "Y(" not in str(p) and "Traceback" not in str(p)
        assert str(error).count("mutated.yaml:") >= len(error.problems)
        return
    assert question.id == name and question.parts


@pytest.mark.slow
@examples(250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                                                                  HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture])
@given(case=mutated(), seed=st.integers(0, 3))
def test_mutated_questions_that_load_give_a_variant_or_an_error(case: tuple[str, str], seed: int,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    name, text = case
    monkeypatch.setattr(draw, "MAX_REDRAWS", 20)
    try:
        question = load_text(text, Path("mutated.yaml"), name)
        variant = draw.draw_variant(question, seed)
        wording.as_json(variant)
    except ExamwrightError as error:
        assert str(error).strip()


@examples(150)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from([*SNIPPETS, "a", "b: ", "title: ", "parts:\n", "- name: "]), max_size=30).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        source, root = read(Path("x.yaml"), text)
    except Problems as error:
        assert len(error.problems) >= 1
        return
    assert isinstance(source, Source) and isinstance(root, Y)
    try:
        load_text(text, Path("x.yaml"), "x")
    except Problems:
        pass
    else:
        pytest.fail("no random text is a question")


@examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=mutated())
def test_listing_never_stops(case: tuple[str, str], tmp_path: Path) -> None:
    try:
        (tmp_path / "q.yaml").write_text(case[1], encoding="utf-8")
    except UnicodeEncodeError:
        return
    (found,) = entries(tmp_path)
    assert found["id"] == f"{tmp_path.name}/q" and ("error" in found or found["parts"])


# ---- positions -------------------------------------------------------------------------------

@pytest.mark.parametrize("text, word, place", [
    ("k: one two", "two", (1, 8)), ("k: 'one two'", "two", (1, 9)), ('k: "one two"', "two", (1, 9)), ("k:    one", "one", (1, 7)),
    ("k: |\n  one\n  two", "two", (2 + 1, 3)), ("k: |\n  one\n    two", "two", (3, 5)), ("k: |\n\n  one\n\n\n  two", "two", (6, 3)), ("k: >\n  one\n  two", "two", (3, 3)),
    ("k: |-\n  one two", "two", (2, 7)), ("k: one\n  two", "two", (2, 3)), ("k: 'one\n\n  two'", "two", (3, 3)), ("k: 'it''s two'", "two", (1, 11)), (r'k: "a\"b two"', "two", (1, 10)),
    (r'k: "a\n two"', "two", (1, 9)), (r'k: "\u00e9 two"', "two", (1, 12)), ('k: "one \\\n  two"', "two", (2, 3)), ("- x\n- k: two", "two", (2, 6)), ("k: ééé two", "two", (1, 8)),
])
def test_places_inside_scalars(text: str, word: str, place: tuple[int, int]) -> None:
    source, root = read(Path("x.yaml"), text)

    def find_scalar(y: Y) -> Y | None:
        if isinstance(y.value, (dict, list)):
            for v in y.value.values() if isinstance(y.value, dict) else y.value:
                found = find_scalar(v)
                if found:
                    return found
            return None
        return y if word in y.text else None

    scalar = find_scalar(root)
    assert scalar is not None and source.position(scalar, scalar.text.index(word)) == place


@examples(200)
@given(st.lists(st.lists(st.sampled_from(["one", "two2", "x", "é", "a_b", "½"]), min_size=1, max_size=4), min_size=1, max_size=5), st.integers(1, 6),
       st.sampled_from("|>"))
def test_places_of_every_word_of_a_block(lines: list[list[str]], indent: int, style: str) -> None:
    numbered = [[f"{w}{i}_{j}" for j, w in enumerate(ws)] for i, ws in enumerate(lines)]
    text = f"k: {style}\n" + "\n".join(" " * indent + " ".join(ws) for ws in numbered) + "\nrest: 1\n"
    source, root = read(Path("x.yaml"), text)
    y = root.value["k"]
    for i, ws in enumerate(numbered):
        for w in ws:
            assert source.position(y, y.text.index(w)) == (i + 2, text.split("\n")[i + 1].index(w) + 1)


# ---- values ----------------------------------------------------------------------------------

def test_scalars_are_exact_and_strict() -> None:
    _, root = read(Path("x.yaml"), "[0, -3, 0.10, .5, -.25, true, 'no', \"012\", 1/2, ~, word, 2026-01-01, 1 000]")
    values = root.python()
    assert values[:2] == [0, -3] and [str(v) for v in values[2:5]] == ["0.10", "0.5", "-0.25"]
    assert values[5:] == [True, "no", "012", "1/2", None, "word", "2026-01-01", "1 000"]


def test_a_float_never_comes_out() -> None:
    for text in SOURCES.values():
        def look(v: Any) -> None:
            assert not isinstance(v, float)
            for x in v.values() if isinstance(v, dict) else v if isinstance(v, list) else ():
                look(x)
        look(read(Path("x.yaml"), text)[1].python())


def test_point_five_and_tenths_are_rationals(tiny: Any) -> None:
    question = tiny(("a: {from: [2, 9]}", "a: {choice: [.5]}"), ("b: {from: [2, 9]}", "b: {from: [0.1, 0.1], decimals: 1}"),
                    ("type: integer", "type: fraction"))
    variant = draw.draw_variant(question, 0)
    assert variant.values["a"] == fmpq(1, 2) and variant.values["b"] == fmpq(1, 10) and variant.values["total"] == fmpq(3, 5)


# ---- ids -------------------------------------------------------------------------------------

def test_every_question_and_bank_loads() -> None:
    for question_id, path in question_paths().items():
        question = load(question_id)
        assert question is load_file(path) or question.id == load_file(path).id
        listed = entry(question_id, read(path)[1].python())
        assert listed["parts"] == [p.name for p in question.parts] and list(listed["draw"]) == list(question.draw_names)
        assert listed["points"] == float(question.points) and listed["title"] == question.title
    assert all(load_bank(name).title for name, path in bank_paths().items() if "items" in path.read_text(encoding="utf-8"))


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "question.yaml").write_text("", encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    for name, told in (("qestion.yaml", "There is no file '.*qestion.yaml'. Did you mean 'question.yaml'?"), ("zzz.yml", "There is no file '.*zzz.yml'.$"),
                       ("folder.yaml", "folder.yaml is a folder, not a file."), ("no/such.yaml", "there is no folder '.*no'.$")):
        with pytest.raises(UnknownQuestion, match=told):
            load(str(tmp_path / name))


@pytest.mark.parametrize("old, new, told", [
    ("parts:\n", "parts:\n" + "  - {name: p, ask: a, answer: a, type: integer, points: 1}\n" * 5000, "5002 parts; at most 100 are allowed."),
    ("text: |", "let: {" + ", ".join(f"v{i}: a" for i in range(501)) + "}\ntext: |", "501 values under 'let'; at most 500 are allowed."),
    ("text: |", "require: [" + ", ".join(["a > 0"] * 101) + "]\ntext: |", "101 conditions under 'require'; at most 100 are allowed."),
    ("        say: Add, do not subtract.\n", "        say: Add, do not subtract.\n" + "      - {answer: a, say: No.}\n" * 50, "51 mistakes in part total; at most 50 are allowed."),
    ("text: |", "".join(f"k{i}: 1\n" for i in range(2000)) + "text: |", "these are 500 faults; there may be more."),
])
def test_sizes_of_files_are_bounded(tiny: Any, old: str, new: str, told: str) -> None:
    with pytest.raises(Problems) as caught:
        tiny((old, new))
    assert told in str(caught.value) and len(caught.value.problems) <= 501


def test_a_check_may_write_a_matrix_as_a_list(tiny: Any) -> None:
    question = tiny(("answer: a + b\n    type: integer", "answer: [[a, b], [b, a]]\n    type: {matrix: [2, 2]}"), ("answer: a - b", "answer: [[b, a], [a, b]]"),
                    ("answer: total*a", "answer: a*b"), ("{total: a + b, area: (a + b)*a}", "{total: [[a, b], [b, a]], area: a*b}"))
    assert draw.draw_variant(question, 1).values["total"][0][0] == draw.draw_variant(question, 1).values["a"]
    with pytest.raises(Problems, match="check must be a formula for each part, or one call that solves them all, not a list"):
        tiny(("{total: a + b, area: (a + b)*a}", "[a + b, (a + b)*a]"))


def test_unknown_ids_get_the_nearest() -> None:
    with pytest.raises(UnknownQuestion, match=r"There is no question 'cnn/poling'. Did you mean 'cnn/pooling'\?"):
        load("cnn/poling")
    with pytest.raises(UnknownQuestion, match=r"There is no file 'cnn/pooling.yaml': there is no folder 'cnn'\.|There is no file 'cnn/pooling.yaml'. The question is called 'cnn/pooling'\."):
        load("cnn/pooling.yaml")
    for hostile in ("../../etc/passwd", "/etc/passwd", "cnn/../cnn/pooling", "", "cnn/pooling.yaml/x", "a" * 5000, "\x00", "cnn//pooling", "é", "a" * 300 + ".yaml", "\x00.yaml"):
        with pytest.raises(UnknownQuestion):
            find(hostile)


def test_ids_of_paths(tmp_path: Path) -> None:
    assert id_of(tmp_path / "questions" / "topic" / "name.yaml") == "topic/name"
    assert id_of(Path("/somewhere/own/name.yaml")) == "own/name"
    assert id_of(Path("/somewhere/questions/topic/questions.yaml")) == "topic/questions"
    assert id_of(Path("/somewhere/questions/name.yaml")) == "name" and id_of(Path("/questions/old/questions/a/b.yaml")) == "a/b"


def test_a_changed_file_is_loaded_again(write_question: Any) -> None:
    import os

    path = write_question()
    first = load_file(path)
    assert load_file(path) is first
    path.write_text(path.read_text().replace("A tiny question", "Another"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_file(path).title == "Another"


def test_nearest() -> None:
    assert nearest("anwser", ["answer", "ask"]).startswith("Did you mean 'answer'?")
    assert nearest("zzz", ["answer", "ask"]) == "Allowed: answer, ask."
    items = [f"deck/S{i:02}" for i in range(1, 40)]
    for typed, meant in (("deck/S6", "S06"), ("deck/S006", "S06"), ("deck/s6", "S06"), ("deck/S36x", "S36"), ("dek/S6", "S06"), ("deck/S10", "S10")):
        assert nearest(typed, items) == f"Did you mean 'deck/{meant}'?"
    assert nearest("rate 0.5", ["rate 0.05", "rate 0.5", "rate 0.50"], 0) == "Did you mean 'rate 0.5'?"
    assert nearest("zzz", [f"n{i}" for i in range(20)]) == "" and nearest("x", []) == ""
