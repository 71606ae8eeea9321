"""Keys never reach the browser before the answer is in: every page and every answer of the API is made from variants whose keys cannot be looked at."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import effort
import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx2")

from hidden import MARK, hidden  # noqa: E402
from starlette.testclient import TestClient  # noqa: E402

from examwright.generator import wording  # noqa: E402
from examwright.generator.index import question_paths  # noqa: E402
from examwright.practice import attempt, exam, midterm, tasks  # noqa: E402
from examwright.practice.fields import field_of  # noqa: E402
from examwright.practice.hints import gives_away  # noqa: E402
from examwright.practice.store import Store, token_hash  # noqa: E402
from examwright.web.app import make_app  # noqa: E402
from examwright.web.safety import Rate  # noqa: E402
from examwright.web.site import Site  # noqa: E402

SEED = "5"
REAL = tasks.variant
ISSUED = exam.issued
NOTES: list[str] = []  # what was looked at


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    found = Store(str(tmp_path_factory.mktemp("keys") / "practice.db"))
    found.add_client("platform", token_hash("secret"))
    yield found
    found.close()


def site(store: Store, sat: exam.Exam | None = None) -> Site:
    """One that never refuses: these tests send in seconds what a class sends in hours (tests/test_web.py has the limits)."""
    never = Rate(per_minute=1e6, burst=10**6)
    return Site(store, tasks.Catalogue(), sat, rate=never, api_rate=never, guess_rate=never)


@pytest.fixture(scope="module")
def app(store: Store) -> Any:
    return make_app(site(store), warm=False)


class Watch:
    """A browser, and whether it is shown the variants themselves or such as cannot be looked at."""

    def __init__(self, app: Any, monkeypatch: Any):
        self.http = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        self.http.headers["authorization"] = "Bearer secret"
        self.notes = NOTES
        self.notes.clear()
        self.still_open: list[str] | None = None
        self.hiding = True
        monkeypatch.setattr(tasks, "variant", self.variant)
        monkeypatch.setattr(midterm, "variant", self.variant)
        monkeypatch.setattr(exam, "issued", lambda item, sources: hidden(ISSUED(item, sources), self.notes))

    def variant(self, *arguments: Any) -> Any:
        real = REAL(*arguments)
        if not self.hiding:
            return real
        key = "hidden for this test", str(self.still_open)
        if key not in real.cache:
            real.cache[key] = hidden(real, self.notes, self.still_open)
        return real.cache[key]

    def get(self, path: str) -> str:
        return self.looked_at(self.http.get(path))

    def post(self, path: str, form: dict[str, str]) -> str:
        return self.looked_at(self.http.post(path, data={"csrf": self.token, **form}))

    def call(self, path: str, **body: Any) -> str:
        return self.looked_at(self.http.post(path, json=body))

    def looked_at(self, answer: Any) -> str:
        assert self.notes == [], "this was looked at"
        assert answer.status_code == 200 and MARK not in answer.text and MARK.encode("ascii", "xmlcharrefreplace").decode() not in answer.text, answer.text
        assert json.dumps(MARK)[1:-1] not in answer.text
        self.token = (re.findall(r'(?:name="csrf" value|data-csrf)="([^"]+)"', answer.text) or [getattr(self, "token", "")])[0]
        return str(answer.text)

    def does(self, path: str, **form: str) -> None:
        """What needs the key: it is done with the variant itself, and nothing is shown."""
        self.hiding = False
        assert self.http.post(path, data={"csrf": self.token, **form}, follow_redirects=False).status_code == 303
        self.hiding = True

    @property
    def learner(self) -> str:
        return str(json.loads(base64.b64decode(self.http.cookies["examwright"].split(".")[0]))["learner"])


@pytest.fixture
def watch(app: Any, monkeypatch: Any) -> Watch:
    return Watch(app, monkeypatch)


def cells(variant: Any, name: str, text: str) -> dict[str, str]:
    """A whole answer in the fields of a part."""
    field = field_of(wording.kind_of(variant, variant.question.part(name)))
    if field.shape == "many":
        return {f"{name}:{mark}": "on" for mark in field.inputs if mark in text.split(", ")}
    return {f"{name}:{field.inputs[0]}": text}


def wrong_answers(variant: Any) -> dict[str, str]:
    """The first known mistake of each part that has one, something else for the others; no statements of a pool, which would be told at once."""
    out: dict[str, str] = {}
    for part in variant.parts:
        kind = wording.kind_of(variant, part)
        known = [w for w in variant.wrong.get(part.name, ()) if w is not None]
        if not kind.own_key and not kind.manual:
            out |= cells(variant, part.name, kind.rounded(known[0]) if known else "1")
    return out


@pytest.mark.parametrize("question", effort.some(question_paths(), 4))
def test_no_page_looks_at_a_key_before_the_answer_is_in(watch: Watch, question: str) -> None:
    real, path = REAL(question, SEED), f"/q/{question}/{SEED}"
    watch.get(path)
    for part in real.parts:
        read = watch.post("/read", {"question": question, "seed": SEED, "part": part.name, **cells(real, part.name, "1")})
        assert set(json.loads(read)) == {"read", "fault"}
    watch.call("/api/read", question=question, seed=SEED, part=real.parts[0].name, answer="A")
    shown = json.loads(watch.call("/api/variants", question=question, seed=SEED))
    assert [p["part"] for p in shown["parts"]] == [p.name for p in real.parts]


@pytest.mark.slow
@pytest.mark.parametrize("question", list(question_paths())[::3])  # it takes long to typeset; the next test looks at the texts of all
def test_no_page_looks_at_the_key_of_a_part_that_is_still_open(watch: Watch, store: Store, question: str) -> None:
    """When only the last part is closed; and after wrong answers, when all but the last one are."""
    real, path = REAL(question, SEED), f"/q/{question}/{SEED}"

    def look() -> str:
        sheet = attempt.sheet(store, watch.learner, question, real)
        watch.still_open = [p.part.name for p in sheet.parts if not p.closed]
        return watch.get(path)

    watch.get("/progress")
    watch.does(path, do=f"show {real.parts[-1].name}")
    assert f'id="told-{real.parts[-1].name}"' in look()
    watch.does("/progress/forget", sure="yes")
    watch.get("/progress")
    watch.does(path, do="check", **wrong_answers(real))
    for part in real.parts[:-1]:
        watch.does(path, do=f"show {part.name}")
    look()


@pytest.mark.parametrize("question", list(question_paths()))
def test_a_solution_that_tells_another_key_waits(question: str) -> None:
    """Whichever part is closed first: either its solution has to wait for others, or it can be made without a look at their keys."""
    real = REAL(question, SEED)
    for part in real.parts:
        if not gives_away(real, part):
            notes: list[str] = []
            variant = hidden(real, notes, [p.name for p in real.parts if p is not part])
            text = wording.part_solution(variant, variant.question.part(part.name))
            assert notes == [] and MARK not in text


@pytest.mark.parametrize("question", list(question_paths()))
def test_what_is_told_of_a_mistake_is_no_key(question: str) -> None:
    """Messages may ask what a key is, to choose their words, but not print it."""
    variant = REAL(question, SEED)
    names = [p.name for p in variant.parts]
    for i, part in enumerate(variant.parts):
        values = {**variant.values, **dict.fromkeys(names[i:], MARK)}
        for mistake, wrong in zip(part.mistakes, variant.wrong.get(part.name, ())):
            if wrong is not None:
                assert MARK not in wording.say(variant, part, mistake, values)


@pytest.mark.parametrize("question", list(question_paths()))
def test_whatever_tells_a_key_is_noticed(question: str) -> None:
    """The test above could fail: each way to a key, taken on purpose."""
    real = REAL(question, SEED)

    def ways(variant: Any, name: str) -> Iterable[Any]:
        part = variant.question.part(name)
        kind = wording.kind_of(variant, part)
        if part.formula is not None:
            yield lambda: f"{variant.values[name]}"
            yield lambda: kind.rounded(variant.values[name]) + kind.latex(variant.values[name])
            yield lambda: str(wording.accepted(variant, part)) if kind.name != "labels" else MARK  # which says the same of every key
            yield lambda: str(variant.wrong[name][0])
            yield lambda: part.formula.text
            plain = wording.kind_of(real, real.question.part(name))
            yield lambda: plain.judge(plain.read(plain.rounded(real.values[name])), variant.values[name])
        if part.formula is not None or part.solution or kind.own_key:
            yield lambda: wording.part_solution(variant, part)
        yield lambda: "".join([wording.say(variant, part, m) for m in part.mistakes]) if part.mistakes else MARK
        yield lambda: kind.exact(kind.options[0][0]) if kind.options else MARK
        yield lambda: f"{variant.question.source}"

    for part in real.parts:
        notes: list[str] = []
        for number, way in enumerate(ways(hidden(real, notes), part.name)):
            notes.clear()
            try:
                out = way()
            except Exception:  # noqa: BLE001  # of whatever sort: the page would not come about
                out = MARK
            assert notes or MARK in str(out) or out == "", (part.name, number)  # "": there was nothing to tell


def test_no_page_of_a_midterm_looks_at_a_key_before_it_is_handed_in(watch: Watch, store: Store) -> None:
    watch.get("/midterm")
    watch.does("/midterm", plan="midterm")
    id = re.findall(r'/midterm/([\w-]+)"', watch.get("/midterm"))[0]
    sitting = store.sitting(id)
    assert sitting
    watch.get(f"/midterm/{id}")
    for number, item in enumerate(sitting.items, 1):
        page = watch.get(f"/midterm/{id}/{number}")
        real = REAL(item["question"], item["seed"], item["parts"])
        answers = wrong_answers(real)
        for part in real.parts:
            watch.post(f"/midterm/{id}/{number}", {"part": part.name, **answers})
        page = watch.get(f"/midterm/{id}/{number}")
        assert item["seed"] not in page and "Check" not in page
    watch.get(f"/midterm/{id}")


def test_no_page_of_an_exam_looks_at_a_key(issue: Any, tmp_path: Path, store: Store, monkeypatch: Any) -> None:
    questions = ("evaluation/statements", "evaluation/roc-auc", "mdp/value-iteration", "linear-regression/simple-ols", "cnn/stack-table")
    plan = "title: A test\nminutes: 60\nsections: [{title: All, questions: [" + ", ".join([f"{{question: {q}}}" for q in questions]) + "]}]\n"
    sat = exam.Exam(issue(tmp_path, plan, ["1"]), store)
    watch = Watch(make_app(site(store, sat), warm=False), monkeypatch)
    watch.get("/")
    watch.post("/", {"student": "1", "key": sat.key("1")})
    watch.post("/", {"do": "begin"})
    for number in range(1, len(questions) + 1):
        watch.get(f"/exam/{number}")
        for part in sat.variant("1", number).parts:
            watch.post(f"/exam/{number}", {"part": part.name, **cells(sat.variant("1", number), part.name, "1")})
        watch.get(f"/exam/{number}")
    watch.get("/exam")
    watch.post("/exam", {"do": "hand in"})
    watch.get("/exam/result")
    watch.get("/exam/1")
