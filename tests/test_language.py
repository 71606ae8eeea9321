"""What students are told is in the language of their exam: reasons of marks, comments, and the exam on screen."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from pypdf import PdfReader

from examwright.answers.phrases import SENTENCES, Phrase, as_json, from_json, listed, phrase, spelled, told
from examwright.answers.reader import Ambiguous, Unreadable, read_list, read_matrix, read_number
from examwright.generator import wording
from examwright.generator.chain import dependents, rerun
from examwright.generator.draw import draw_variant
from examwright.generator.feedback_pages import render_feedback, render_feedback_page
from examwright.generator.feedback_view import FeedbackView
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.question import Variant
from examwright.generator.random import Stream
from examwright.grader.feedback import feedback, lines, note
from examwright.grader.grade import grade
from examwright.grader.mark import Mark, mark_variant
from examwright.grader.papers import rules_of, variant_of
from examwright.grader.records import Marked, _detail, _mark_of, read
from examwright.grader.students import other_value

OTHERS = sorted(set(SENTENCES) - {"en"})
NONSENSE = ("?", "see back", "1/0", "about half", "3 or 4", "42 maybe", "3–4", "1,234", "ln 5/3", "[1,2", "2 1/2 3", "3 cm", "(1, 2, 3", "x_", "2^(", "a,b,c,d,e",
            "1;2;3;4;5;6;7;8;9;10;11", "A, B, C, D", "x > 3 < 2", "∞", "±2", "0", "1", "none", "--3", "5!!", "0^0")
# questions with every kind of answer
KINDS = ("rnn/statements", "neural-networks/forward-relu", "clustering/k-means-steps", "linear-regression/lasso-soft-threshold", "mdp/value-iteration", "bandits/eps-greedy-prob",
         "kernels/psd-check", "kernels/feature-map", "evaluation/roc-auc", "pca/cov-eig", "bandits/sample-average", "linear-regression/simple-ols")


def answers(variant: Variant, stream: Stream) -> Iterator[tuple[str, str]]:
    """(part, what a student types): right ones, known mistakes, what follows from them, slips of the pen, nonsense, blanks."""
    values: dict[str, Any] = dict(variant.values)
    own: dict[str, Any] = {}
    for part in variant.parts:
        kind = wording.kind_of(variant, part)
        if any([part.name in dependents(variant.question, n) for n in own]):
            values = rerun(variant.question, variant.values, own)
        value = None if part.formula is None else values.get(part.name)
        if value is None or kind.key_fault(value):
            yield part.name, stream.choice(NONSENSE)
            continue
        known = [w for w in variant.wrong[part.name] if w is not None]
        luck = stream.below(10)
        if luck < 3:
            yield part.name, stream.choice([kind.rounded(value), *kind.samples(value)])
        elif luck < 6:
            wrong = stream.choice(known) if known and luck < 5 else other_value(part, variant, stream)
            if wrong is not None:
                own[part.name] = wrong
            yield part.name, stream.choice(NONSENSE) if wrong is None else kind.rounded(wrong)
        elif luck == 6:
            yield part.name, stream.choice(["-" + kind.rounded(value), kind.rounded(value) + " cm", kind.rounded(value)[:3]])
        elif luck < 9:
            yield part.name, stream.choice(NONSENSE)


def marks(question: str, students: int) -> Iterator[tuple[Variant, Mark]]:
    variant = draw_variant(load(question), "told", check=False)
    stream = Stream("told", question)
    for _ in range(students):
        for mark in mark_variant(variant, dict(answers(variant, stream))):
            yield variant, mark


def said_in(said: Any) -> Iterator[Phrase]:
    """A phrase and those in it."""
    if isinstance(said, Phrase):
        yield said
        for value in said.given.values():
            yield from said_in(value)


def texts_in(said: Any) -> Iterator[str]:
    """The texts in it that are the same in every language, but for an author's or a student's words."""
    if isinstance(said, Phrase):
        for name, value in said.given.items():
            if not (said.name.startswith(("{mark} is", "Two things", "{first} ", "This is what you get")) and name in ("why", "first", "second", "then", "say")):
                yield from texts_in(value)
    elif isinstance(said, str):
        yield said


def check(question: str, students: int) -> Counter[str]:
    """Every reason that a student may be told is a phrase, all in it that is none are words of the question or of the answer, and it comes back
    from the database as it was. The names of the phrases that were told."""
    met: Counter[str] = Counter()
    for variant, mark in marks(question, students):
        kept = _mark_of(mark.part, json.loads(_detail(mark)))
        assert kept == mark
        ours, back = [note(Marked("x", "1", question, m, m.points, m.of, 0)) for m in (mark, kept)]
        for language in SENTENCES:
            assert [told(t, language) for t in (ours, mark.say, mark.read)] == [told(t, language) for t in (back, kept.say, kept.read)]
        if mark.causes and not isinstance(ours, Phrase):
            continue  # the author's words
        met.update([p.name for said in (ours, mark.say) for p in said_in(said)])
        assert not ours or isinstance(ours, Phrase), ours
        for text in texts_in(ours):
            for word in re.findall("[A-Za-z]{4,}", re.sub(r"\$[^$]*\$", "", text)):
                assert word in variant.question.source or word in mark.raw or word == "sqrt", (question, mark.part, text)
    return met


def test_reasons_are_phrases_whatever_is_answered() -> None:
    met = sum([check(question, 15) for question in KINDS], Counter())
    assert len(met) > 50 and {"{typed} is not {key}", "Right from your own answer to {places}.", "{mark} is false. {why}",
                              "The numbers are right but for the sign.", "{x} lies in {one} and not in {other}", "Too few digits."} <= met.keys()


@pytest.mark.slow
def test_reasons_are_phrases_in_the_whole_bank() -> None:
    met = sum([check(question, 15) for question in question_paths()], Counter())
    assert len(met) > 80


# ---- a class -------------------------------------------------------------------------------------

def pieces(sentence: Any, least: int) -> set[str]:
    """What stands between the places of a sentence, where it is long enough to be told from other words."""
    found = [text.strip(" .,:;()'") for one in ([sentence] if isinstance(sentence, str) else sentence) for text, *_ in Formatter().parse(one)]
    return {text for text in found if len(text) >= least and re.search("[a-z]{3}", text)}


def english_in(text: str, language: str, least: int) -> set[str]:
    """What of our English sentences stands in a text, as whole words."""
    found = {p for name, sentence in SENTENCES["en"].items() for p in pieces(sentence, least) - pieces(SENTENCES[language][name], 1)}
    return {p for p in found if p in text and re.search(rf"(?<!\w){re.escape(p)}(?!\w)", text)}


def own_words(view: FeedbackView) -> str:
    """What we say in a feedback, without the words of authors and students."""
    parts = [p for item in view.items for p in item.parts]
    return "\n".join([t for p in parts for t in (re.sub(r"[“„«](.*?)[”“»]", "", p.note).replace(p.typed or "\0", ""), p.asked, p.accepted)])


def handed_in(folder: Path, out: Path, students: list[str]) -> Path:
    record = read(out)
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "item", "answer"])
        for who in students:
            for item in record.items[who]:
                labels = {name: label for name, label, _ in item.parts}
                stream = Stream("class", who, item.number)
                rows.writerows([[who, f"{item.number}{labels[name]}", typed] for name, typed in answers(variant_of(item, rules_of(record)), stream)])
    return folder / "answers.csv"


PLAN = "title: Prüfung\nminutes: 200\npoints: 120\nsections: [{questions: [" + ", ".join([f"{{question: {q}, points: 10}}" for q in KINDS]) + "]}]\n"


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_a_class_is_told_in_its_language(issue: Any, tmp_path: Path, language: str) -> None:
    students = [str(n) for n in range(6)]
    out = issue(tmp_path, f"language: {language}\n{PLAN}", students)
    graded = grade(out, handed_in(tmp_path, out, students))
    record = read(out)
    rules = rules_of(record)
    ours, comments = "", []
    for who in students:
        mine = [m for m in graded.marks if m.student == who]
        view = feedback(record.about, {"name": "", "code": who}, record.items[who], mine, rules)
        assert view.language == language
        ours += own_words(view)
        page = render_feedback_page(view).decode()
        assert "ignored)" not in page and not english_in(re.sub("<[^>]*>", " ", page), language, 24)
        comments += lines(mine, language)
    if language != "zh":  # a PDF in Chinese needs a font of one's own
        pdf = "".join([page.extract_text() for page in PdfReader(io.BytesIO(render_feedback(view))).pages])
        assert pdf and "[U+" not in re.sub(r"\[U\+221E\]|\[U\+00B1\]", "", pdf)
    assert english_in(own_words(view).replace("\n", " "), "en", 5) == set() and english_in(ours, language, 5) == set()
    assert len(ours) > 3000 and english_in("\n".join(comments), language, 12) == set()


def test_english_that_is_left_would_be_found() -> None:
    assert english_in("Nicht richtig: 3 is not 4", "de", 5) == {"is not"}
    assert english_in("A person will look at this answer.", "fr", 24) and not english_in("3 ist nicht 4", "de", 5)


def test_old_marks_are_told_as_they_stand() -> None:
    mark = Mark("x", 0, 1, "wrong", "3", phrase("{typed} is not {key}", typed="3", key="4"), "", "3")  # type: ignore[arg-type]
    detail = json.loads(_detail(mark))
    assert detail["evidence"] == "3 is not 4" and told(_mark_of("x", detail).evidence, "de") == "3 ist nicht 4"
    del detail["phrases"]
    assert told(_mark_of("x", detail).evidence, "de") == "3 is not 4"
    for strange in (["no such phrase", {}], ["{typed} is not {key}", {"typed": "3"}], ["{typed} is not {key}", {"typed": "3", "key": "5"}]):
        assert told(_mark_of("x", {**detail, "phrases": {"evidence": strange}}).evidence, "de") == "3 is not 4"


def test_a_phrase_is_its_english_text_wherever_it_goes() -> None:
    import copy
    import pickle

    inner = phrase("row {n}: {reason}", n=2, reason=phrase("an entry is missing"))
    whole = listed([spelled("(", inner, ")"), "{x}"], "; ")
    for said in (whole, pickle.loads(pickle.dumps(whole)), copy.deepcopy(whole), from_json(json.loads(json.dumps(as_json(whole))))):
        assert said == "(row 2: an entry is missing); {x}" and told(said, "en") == str(said) and type(told(said, "en")) is str
        assert told(said, "zh") == "(第 2 行：缺少一项); {x}"
    assert type(spelled("a", "b")) is str and told("a {b}", "de") == "a {b}"


@pytest.mark.parametrize(("call", "german"), [
    (lambda: read_number("x = "), "nach dem Gleichheitszeichen steht nichts"), (lambda: read_number("1;2"), "„;“ trennt mehrere Zahlen; gefragt ist hier eine Zahl"),
    (lambda: read_number("3 – 4"), "das kann 3 - 4 oder von 3 bis 4 bedeuten"), (lambda: read_number("1,234"), "das kann 1.234 oder 1234 bedeuten"),
    (lambda: read_list("1, 2", size=3), "2 Einträge eingegeben, 3 verlangt"), (lambda: read_matrix("1 2; 3 $"), "die Zeilen sind verschieden lang: 2, 1"),
    (lambda: read_matrix("[[1, 2], [3, ,]]"), "Zeile 2: ein Eintrag fehlt"), (lambda: read_number("{x}"), "„x“ ist unbekannt"),
    (lambda: read_number("%(a)s {}"), "„%“ kann hier nicht stehen")])
def test_why_an_answer_cannot_be_read(call: Any, german: str) -> None:
    with pytest.raises((Unreadable, Ambiguous)) as error:
        call()
    assert told(error.value.reason, "de") == german and str(error.value) == error.value.reason


def test_what_no_author_asks_is_asked_in_the_language() -> None:
    variant = draw_variant(load("rnn/statements"), 1)
    part = next(p for p in variant.parts if p.kind.own_key)
    asked = [wording.ask(variant, part, language) for language in ("en", "de", "fr", "es", "zh")]
    assert asked[0] == wording.ask(variant, part) and asked[0].startswith("Which of these statements are true? Each true statement that you tick earns")
    assert [a.split("?")[0].split("？")[0].strip() for a in asked[1:]] == [
        "Welche dieser Aussagen sind wahr", "Lesquelles de ces affirmations sont vraies", "¿Cuáles de estas afirmaciones son verdaderas", "下列陈述中哪些是正确的"]
    solutions = [wording.part_solution(variant, part, language) for language in ("en", "de")]
    assert "This is" in solutions[0] and "This is" not in solutions[1] and "*Das ist " in solutions[1]
