"""The practice room: an attempt from its first answer to its result, hints and reasons out of the chain, and what is kept."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from examwright.answers.kinds import make
from examwright.generator import wording
from examwright.generator.errors import ExamwrightError, Problems
from examwright.generator.index import question_paths
from examwright.practice import attempt, schedule, tasks
from examwright.practice.fields import as_read, field_of, typed
from examwright.practice.hints import hints, routes
from examwright.practice.progress import progress, suggestion
from examwright.practice.store import Sitting, Store, StoreError, now

OLS = "linear-regression/simple-ols"
SIGMOID = "neural-networks/forward-sigmoid"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    found = Store(str(tmp_path / "practice.db"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def catalogue() -> tasks.Catalogue:
    return tasks.Catalogue()


def right(variant: Any, name: str) -> str:
    part = variant.question.part(name)
    return str(wording.kind_of(variant, part).rounded(variant.values[name]))


def wrong(variant: Any, name: str, number: int = 0) -> str:
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(variant.wrong[name][number]))


def begin(store: Store, question: str = SIGMOID, seed: str = "1", learner: str = "ann") -> attempt.Sheet:
    return attempt.sheet(store, learner, question, tasks.variant(question, seed))


# ---- an attempt ------------------------------------------------------------------------------

def test_right_at_once_earns_everything_and_is_due_later(store: Store) -> None:
    found = begin(store)
    found = attempt.answer(store, found, {p.part.name: right(found.variant, p.part.name) for p in found.parts})
    assert found.done and found.points == found.of == found.variant.points
    due, _ = store.cards("ann")[SIGMOID]
    assert due > now() and store.results("ann")[0][2:] == (str(found.points), str(found.of))


def test_a_known_mistake_is_told_and_a_second_try_costs_a_quarter(store: Store) -> None:
    found = begin(store)
    found = attempt.answer(store, found, {"net_h": wrong(found.variant, "net_h")})
    part = found.part("net_h")
    assert part.latest and part.latest.mark.why == "mistake" and "exchanged" in part.latest.mark.say and not part.closed
    assert part.worth == part.part.points * fmpq(3, 4)
    found = attempt.answer(store, found, {"net_h": right(found.variant, "net_h")})
    assert found.part("net_h").closed and found.part("net_h").points == part.worth


def test_a_wrong_value_is_followed_through(store: Store) -> None:
    found = begin(store, OLS)
    found = attempt.answer(store, found, {"theta": wrong(found.variant, "theta")})
    own = attempt.answer(store, found, {"prediction": follow(found.variant, {"theta": wrong(found.variant, "theta")}, "prediction")})
    mark = own.part("prediction").latest
    assert mark and mark.mark.why == "follow-through"


def follow(variant: Any, texts: dict[str, str], name: str) -> str:
    """What a student who goes on from these answers writes."""
    from examwright.generator.chain import rerun

    own = {n: variant.kinds[n].value(variant.kinds[n].read(t)) for n, t in texts.items()}
    values = rerun(variant.question, variant.values, own)
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(values[name]))


def test_what_cannot_be_read_costs_nothing(store: Store) -> None:
    found = attempt.answer(store, begin(store), {"net_h": "(1, potato)"})
    part = found.part("net_h")
    assert part.latest and part.latest.mark.why == "unreadable" and part.worth == part.part.points and not part.closed


def test_the_same_answer_again_and_blank_ones_change_nothing(store: Store) -> None:
    found = attempt.answer(store, begin(store), {"net_h": "(1, 1)"})
    assert attempt.answer(store, found, {"net_h": "(1, 1)", "out_h": "  "}) is found
    with pytest.raises(ExamwrightError, match="no part 'nothing'"):
        attempt.answer(store, found, {"nothing": "1"})


def test_hints_are_the_next_values_and_close_the_part_they_give_away(store: Store) -> None:
    found = attempt.hint(store, begin(store), "net_o")
    part = found.part("net_o")
    assert [h.name for h in part.hints] == ["net_h"] and part.worth == part.part.points * fmpq(3, 4)
    assert found.part("net_h").closed and found.part("net_h").points == 0 and not found.part("out_h").closed
    found = attempt.hint(store, found, "net_o")
    assert [h.name for h in found.part("net_o").hints] == ["net_h", "out_h"] and not found.part("net_o").more
    assert attempt.hint(store, found, "net_o") is found


def test_a_solution_ends_a_part_and_earns_nothing(store: Store) -> None:
    found = attempt.show(store, begin(store), "net_h")
    assert found.part("net_h").closed and found.part("net_h").worth == 0
    after = attempt.answer(store, found, {"net_h": right(found.variant, "net_h")})
    assert after is found


def test_another_tab_was_quicker(store: Store) -> None:
    first, second = begin(store), begin(store)
    attempt.answer(store, first, {"net_h": "(1, 1)"})
    found = attempt.answer(store, second, {"net_h": "(2, 2)"})
    assert [t.text for t in found.part("net_h").tries] == ["(1, 1)"]


def test_learners_and_variants_are_apart(store: Store) -> None:
    attempt.answer(store, begin(store), {"net_h": "(1, 1)"})
    assert not begin(store, learner="bob").begun and not begin(store, seed="2").begun and begin(store).begun


def test_a_revised_question_is_not_marked_by_another_text(store: Store, write_question: Any) -> None:
    path = str(write_question())
    found = attempt.answer(store, begin(store, path), {"total": "1"})
    Path(path).write_text(Path(path).read_text().replace("a + b", "a + b + 0"))
    os.utime(path, (1, 1))
    with pytest.raises(attempt.Revised):
        begin(store, path)
    assert found.begun


# ---- hints and reasons -----------------------------------------------------------------------

@pytest.mark.parametrize("question", list(question_paths()))
def test_hints_give_no_key_away_before_its_time(question: str) -> None:
    """A hint is never the key of the part itself, nor that of a later part."""
    variant = tasks.variant(question, "3")
    names = [p.name for p in variant.parts]
    for i, part in enumerate(variant.parts):
        for hint in hints(variant, part, names):
            assert hint.latex or hint.text
            assert hint.name not in names[i:]
            if hint.name and not hint.part:
                assert all(variant.values[hint.name] != variant.values[n] or type(variant.values[hint.name]) is not type(variant.values[n])
                           for n in names[i:] if n in variant.values)


def test_a_solution_that_tells_a_later_key_waits(store: Store) -> None:
    found = attempt.show(store, begin(store, "evaluation/roc-auc", "1"), "points")
    assert "auc" in [p.part.name for p in found.parts if p.label in found.waits_for(found.part("points"))]  # the filled figure has the area
    for p in found.parts:
        found = attempt.show(store, found, p.part.name)
    assert found.waits_for(found.part("points")) == []
    plain = begin(store)
    assert plain.waits_for(plain.part("net_h")) == []


def test_why_was_mine_wrong_shows_the_chain_from_the_mistake() -> None:
    variant = tasks.variant("mdp/value-iteration", "1")
    part = variant.question.part("V2")
    text = wrong(variant, "V2", 0)
    (route,) = routes(variant, part, ("V2/1",), {"V2": text})
    assert [line.name for line in route.lines] == ["q2", "V2"] and route.lines[0].wrong_formula and not route.lines[1].wrong_formula
    assert "discount" in route.say


def test_why_starts_from_the_learners_own_value() -> None:
    variant = tasks.variant(SIGMOID, "1")
    texts = {"net_h": "(1, 2)", "out_h": "(1, 2)"}
    (route,) = routes(variant, variant.question.part("out_h"), ("out_h/1",), texts)
    assert route.lines[-1].wrong[1] == "(1, 2)"


@pytest.mark.parametrize("question", list(question_paths()))
def test_every_known_mistake_can_be_explained(question: str) -> None:
    variant = tasks.variant(question, "2")
    for part in variant.parts:
        for i, value in enumerate(variant.wrong.get(part.name, ())):
            if value is not None:
                found = routes(variant, part, (f"{part.name}/{i + 1}",), {part.name: wrong(variant, part.name, i)})
                assert found and found[0].lines[-1].name == part.name


# ---- fields ----------------------------------------------------------------------------------

@pytest.mark.parametrize(("spec", "inputs", "shown"), [
    ("integer", {"": "12"}, "12"), ({"vector": 2}, {"0.0": "0,5", "0.1": "2 1/2"}, "(0.5, 5/2)"), ({"vector": 2}, {"0.0": "(1, 2/3)"}, "(1, 2/3)"),
    ({"matrix": [2, 2]}, {"0.0": "1", "0.1": "-2", "1.0": "½", "1.1": "0,5"}, "[[1, -2], [1/2, 0.5]]"),
    ({"matrix": [1, 2]}, {"0.0": "1", "0.1": "2"}, "[[1, 2]]"), ({"labels": 4}, {f"0.{i}": x for i, x in enumerate("ABBA")}, "A B B A"),
    ({"choice": ["rises", "falls"]}, {"": "B"}, "B. falls"), ({"choices": ["x", "y", "z"]}, {"A": "on", "C": "on"}, "A. x, C. z"),
    ({"choices": ["x", "y", "z"]}, {"none": "on"}, "none"), ({"ordering": ["x", "y", "z"]}, {"0": "3", "1": "1", "2": "2"}, "y, z, x"),
    ({"ordering": {"options": ["x", "y", "z"], "ties": True}}, {"0": "2", "1": "1", "2": "2"}, "y > x = z"),
    ({"ordering": {"options": ["x", "y", "z"], "ties": True, "sign": "<"}}, {"0": "2", "1": "1", "2": "2"}, "y < x = z"),
    ({"policy": {"states": ["$s_1$", "$s_2$"], "actions": ["left", "right"]}}, {"0.0": "left", "1.0": "right"}, "$s_1$: left, $s_2$: right"),
    ({"expression": ["x"]}, {"": "2x+1"}, "2*x + 1"), ("text", {"": "because"}, "because"),
])
def test_what_stands_in_the_fields_is_read(spec: Any, inputs: dict[str, str], shown: str) -> None:
    kind = make(spec)
    field = field_of(kind)
    assert set(inputs) <= set(field.inputs)
    assert as_read(kind, typed(field, kind, inputs))[0] == shown


def test_cells_that_were_left_out_are_seen() -> None:
    for spec, inputs in (({"matrix": [2, 2]}, {"0.0": "1", "1.1": "2"}), ({"vector": 3}, {"0.0": "1", "0.2": "2"}),
                         ({"ordering": ["x", "y", "z"]}, {"0": "1"}), ({"ordering": ["x", "y", "z"]}, {"0": "1", "1": "1", "2": "2"})):
        kind = make(spec)
        assert as_read(kind, typed(field_of(kind), kind, inputs))[2]
    assert typed(field_of(make("integer")), make("integer"), {}) == ""


def test_two_at_one_place_are_not_put_in_an_order_for_the_student() -> None:
    kind = make({"ordering": ["x", "y", "z"]})
    for inputs in ({"0": "1", "1": "1", "2": "2"}, {"0": "1", "1": "1", "2": "1"}, {"0": "2", "1": "1", "2": "2"}):
        shown, _, fault = as_read(kind, typed(field_of(kind), kind, inputs))
        assert (shown, fault) == ("", "two of them have the same place")


# ---- what is kept ----------------------------------------------------------------------------

def test_progress_by_topic_and_by_mistake(store: Store, catalogue: tasks.Catalogue) -> None:
    for seed in ("1", "2"):
        found = begin(store, seed=seed)
        found = attempt.answer(store, found, {"net_h": wrong(found.variant, "net_h")})
        for p in found.parts:
            found = attempt.show(store, found, p.part.name)
    seen = progress(store, "ann", catalogue)
    (habit,) = seen.habits
    assert (habit.question, habit.cause, habit.times) == (SIGMOID, "net_h/1", 2) and seen.attempts == 2
    standing = next(s for s in seen.topics["neural-networks"] if s.family.id == SIGMOID)
    assert standing.share is not None and standing.share < 0.5 and not standing.mastered and standing.due
    for seed in ("3", "4"):
        found = begin(store, seed=seed)
        attempt.answer(store, found, {p.part.name: right(found.variant, p.part.name) for p in found.parts})
    standing = next(s for s in progress(store, "ann", catalogue).topics["neural-networks"] if s.family.id == SIGMOID)
    assert standing.mastered and standing.attempts == 4
    assert progress(store, "bob", catalogue).attempts == 0


def test_better_answers_come_back_later() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    due = [datetime.fromisoformat(schedule.after(None, share, at)[0]) for share in (fmpq(0), fmpq(1, 2), fmpq(1))]
    assert at < due[0] < due[1] < due[2]
    card = schedule.after(None, fmpq(1), at)
    for _ in range(4):
        card = schedule.after(card, fmpq(1), datetime.fromisoformat(card[0]))
    assert datetime.fromisoformat(card[0]) - at > timedelta(days=20)


def test_what_to_practise_next(store: Store, catalogue: tasks.Catalogue) -> None:
    standings = progress(store, "ann", catalogue).topics["cnn"]
    first = suggestion(standings)
    assert first and first.family.minutes == min(s.family.minutes for s in standings)
    other = suggestion(standings, first.family.id)
    assert other and other.family.id != first.family.id


def test_export_and_forget(store: Store) -> None:
    attempt.answer(store, begin(store), {"net_h": "(1, 1)"})
    attempt.answer(store, begin(store, learner="bob"), {"net_h": "(7, 8)"})
    store.call("ann", "Ann")
    store.save_draft("ann", "x", {"a": {"": "draft"}})
    kept = store.export("ann")
    assert kept["learner"][0]["name"] == "Ann" and [e["text"] for e in kept["event"]] == ["(1, 1)"] and "(7, 8)" not in str(kept)
    store.forget("ann")
    assert not any(store.export("ann").values()) and store.learner("ann") is None and len(store.export("bob")["event"]) == 1


def test_drafts_and_sittings(store: Store) -> None:
    store.save_draft("ann", "x", {"a": {"0.0": "1"}})
    store.save_draft("ann", "x", {"a": {"0.0": "2"}})
    assert store.draft("ann", "x") == {"a": {"0.0": "2"}} and store.draft("bob", "x") == {}
    sitting = Sitting("s", "ann", "Midterm", now(), now(), None, ({"question": OLS},))
    assert store.begin_sitting(sitting) and not store.begin_sitting(sitting) and store.sittings("ann") == [sitting]
    assert store.sitting("s") == sitting and store.sitting("t") is None and store.sittings_of("s") == [sitting] and not store.sittings_of("%")
    assert store.hand_in("s", now()) and not store.hand_in("s", now())


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    place = str(tmp_path / "p.db")
    stores = [Store(place) for _ in range(4)]

    def work(n: int) -> None:
        for i in range(5):
            found = begin(stores[n], "cnn/output-size", f"{i}", f"learner{n}")
            attempt.answer(stores[n], found, {found.parts[0].part.name: "1"})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with sqlite3.connect(place) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (20,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_accepted_survives_a_kill(tmp_path: Path) -> None:
    """A process records answers and says so; it is killed in the middle, and all that it said is there."""
    place = str(tmp_path / "p.db")
    code = (f"from examwright.practice import attempt, tasks\nfrom examwright.practice.store import Store\ns = Store({place!r})\n"
            "v = tasks.variant('cnn/output-size', '1')\n"
            "for i in range(10**6):\n"
            "    attempt.answer(s, attempt.sheet(s, f'l{i}', 'cnn/output-size', v), {v.parts[0].name: '1'})\n    print(i, flush=True)")
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    for _ in range(25):
        run.stdout.readline()
    run.send_signal(signal.SIGKILL)
    said = 25 + len(run.stdout.read().splitlines())
    run.wait()
    store = Store(place)
    assert all(begin(store, "cnn/output-size", learner=f"l{i}").begun for i in range(said))
    found = begin(store, "cnn/output-size")
    assert attempt.answer(store, found, {found.parts[0].part.name: "1"}).begun
    store.close()


@pytest.mark.parametrize("place", ["mysql://x/y", "/proc/nothing/p.db"])
def test_a_database_that_cannot_be_used_is_named(place: str) -> None:
    with pytest.raises(StoreError):
        Store(place)


def test_nobody_else_can_read_the_file(tmp_path: Path) -> None:
    Store(str(tmp_path / "a b?%41" / "p.db")).close()
    assert (tmp_path / "a b?%41" / "p.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    path.write_text("this is no database, whatever its name may be" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Store(str(path))


# ---- what is offered -------------------------------------------------------------------------

def test_banks_say_what_is_offered() -> None:
    found = tasks.Catalogue(["lecture-deck"])
    assert all(i.startswith("lecture-deck/") for i in found.families)
    with pytest.raises(ExamwrightError, match="simple-ols"):
        found.variant(OLS, "1")
    with pytest.raises(ExamwrightError, match="no bank"):
        tasks.Catalogue(["nothing"])


def test_families_are_chosen_by_topic_time_and_level(catalogue: tasks.Catalogue) -> None:
    assert {f.topic for f in catalogue.choose(topic="cnn")} == {"cnn"} and catalogue.choose(topic="pooling")
    assert all(f.minutes <= 5 and f.level == "medium" for f in catalogue.choose(minutes=5, level="medium"))


@pytest.mark.parametrize(("question", "seed"), [("../../etc/passwd", "1"), ("no/such", "1"), (OLS, "a b"), (OLS, "x" * 50), (OLS, ""), ("", "1")])
def test_addresses_that_lead_nowhere(catalogue: tasks.Catalogue, question: str, seed: str) -> None:
    with pytest.raises(ExamwrightError):
        catalogue.variant(question, seed)


def test_when_to_repeat_in_words() -> None:
    from examwright.practice.progress import due

    at = datetime.now(UTC) + timedelta(seconds=1)
    said = [due((at + timedelta(**d)).isoformat()) for d in ({"days": -1}, {"minutes": 1}, {"minutes": 10}, {"hours": 5}, {"days": 3})]
    assert said[:4] == ["now", "in 1 minute", "in 10 minutes", "in 5 hours"] and said[4].startswith("on 20")


class TestOwnQuestions:
    """A folder of an instructor's own."""

    @pytest.fixture(autouse=True)
    def _forgotten(self, monkeypatch):
        monkeypatch.setattr("examwright.generator.index._own", {})

    def test_they_are_offered_by_folder_and_name(self, write_question):
        folder = write_question("mine/tiny").parent
        catalogue = tasks.Catalogue([str(folder)])
        assert list(catalogue.families) == ["mine/tiny"] and catalogue.topics["mine"][0].parts == 2
        assert catalogue.variant("mine/tiny", "7").question.id == "mine/tiny"
        both = tasks.Catalogue([str(folder), "lecture-deck"])
        assert {"mine/tiny", "lecture-deck/S06"} <= set(both.families)

    def test_their_faults_are_told_at_the_start(self, write_question):
        folder = write_question("mine/tiny", ("draw:", "drwa:")).parent
        with pytest.raises(Problems, match="drwa"):
            tasks.Catalogue([str(folder)])

    def test_what_cannot_be_offered(self, write_question, tmp_path):
        (tmp_path / "empty").mkdir()
        with pytest.raises(ExamwrightError, match="no question file"):
            tasks.Catalogue([str(tmp_path / "empty")])
        with pytest.raises(ExamwrightError, match="there is a question mdp/return already"):
            tasks.Catalogue([str(write_question("mdp/return").parent)])
        with pytest.raises(ExamwrightError, match="letters, digits"):
            tasks.Catalogue([str(write_question("mine too/tiny").parent)])
