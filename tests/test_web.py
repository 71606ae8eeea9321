"""Practice in the browser, without a browser: pages, what may not be in them, forged forms, other people's work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("httpx2")

from starlette.testclient import TestClient  # noqa: E402

from examwright.generator import wording  # noqa: E402
from examwright.generator.index import question_paths  # noqa: E402
from examwright.practice import tasks  # noqa: E402
from examwright.practice.store import Store, token_hash  # noqa: E402
from examwright.web.app import make_app  # noqa: E402
from examwright.web.safety import HEADERS, MAX_BODY, Rate  # noqa: E402
from examwright.web.site import Site  # noqa: E402

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


@pytest.fixture
def app(store: Store, catalogue: tasks.Catalogue) -> Any:
    return make_app(Site(store, catalogue), warm=False)


class Browser:
    """A browser without scripts: it keeps cookies, reads the token of a page and sends forms."""

    def __init__(self, app: Any):
        self.http = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        self.seen: list[str] = []

    def get(self, path: str, status: int = 200) -> str:
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        self.seen.append(answer.text)
        return answer.text

    def post(self, path: str, status: int = 200, **form: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path))
        assert found
        answer = self.http.post(path, data={"csrf": found.group(1), **form})
        assert answer.status_code == status, answer.text
        self.seen.append(answer.text)
        return answer.text


@pytest.fixture
def browser(app: Any) -> Browser:
    return Browser(app)


def cells(variant: Any, name: str, text: str) -> dict[str, str]:
    """A whole answer in the first input of a part's field."""
    from examwright.practice.fields import field_of

    field = field_of(wording.kind_of(variant, variant.question.part(name)))
    if field.shape == "many":
        return {f"{name}:{mark}": "on" for mark in field.inputs if mark in text.split(", ")}
    return {f"{name}:{field.inputs[0]}": text}


def right(variant: Any, name: str) -> str:
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(variant.values[name]))


def part_of_page(page: str, name: str) -> str:
    """The text of one part's section."""
    found = re.search(rf'<section class="part [^>]*id="part-{name}".*?</section>', page, re.S)
    assert found
    return unescape(re.sub(r"<annotation.*?</annotation>|<[^>]+>", " ", found.group(), flags=re.S))


# ---- a question ------------------------------------------------------------------------------

def test_right_wrong_diagnosed_and_followed_through(browser: Browser) -> None:
    variant = tasks.variant(SIGMOID, "1")
    path = f"/q/{SIGMOID}/1"
    page = browser.post(path, do="check net_h", **cells(variant, "net_h", wording.kind_of(variant, variant.parts[0]).rounded(variant.wrong["net_h"][0])))
    told = part_of_page(page, "net_h")
    assert "Partly right" in told and "exchanged" in told and "A right answer now earns" in told
    page = browser.post(path, do="check net_h", **cells(variant, "net_h", right(variant, "net_h")))
    assert "Right answer:" in part_of_page(page, "net_h") and "Why was mine wrong?" in part_of_page(page, "net_h")
    rest: dict[str, str] = {}
    for part in variant.parts[1:]:
        rest |= cells(variant, part.name, right(variant, part.name))
    page = browser.post(path, do="check", **rest)
    assert "Another one like this" in page and re.search(r'id="result">[\d.]+ of 7 points', page)
    assert "Right from your own value" not in page


def test_what_was_typed_stays_in_the_fields(browser: Browser) -> None:
    path = f"/q/{SIGMOID}/2"
    page = browser.post(path, do="check net_h", **{"net_h:0.0": "1", "net_h:0.1": '<b>"', "out_o:": "0.7"})
    assert 'name="out_o:" id="in-out_o" value="0.7"' in page and 'value="&lt;b&gt;&#34;"' in page and '<b>"' not in page
    assert "could not read" in part_of_page(page, "net_h") and "costs nothing" in part_of_page(page, "net_h")
    assert 'value="0.7"' in browser.get(path)


def test_hints_solutions_and_a_new_variant(browser: Browser) -> None:
    path = f"/q/{OLS}/4"
    assert "X is" in " ".join(part_of_page(browser.post(path, do="hint b"), "b").split())
    assert "Worked solution of (b)" in part_of_page(browser.post(path, do="show b"), "b")
    answer = browser.http.get(f"/next?only={OLS}", follow_redirects=False)
    assert answer.status_code == 303 and re.fullmatch(rf"/q/{OLS}/[0-9a-f]{{8}}", answer.headers["location"])


def test_an_address_is_the_same_question_for_everybody(app: Any) -> None:
    pages = [Browser(app).get(f"/q/{OLS}/77") for _ in range(2)]
    assert [re.sub(r'csrf="[^"]+"|name="csrf" value="[^"]+"', "", p) for p in pages][0] == re.sub(
        r'csrf="[^"]+"|name="csrf" value="[^"]+"', "", pages[1])


def test_an_open_part_tells_no_key_after_a_wrong_answer(browser: Browser) -> None:
    variant = tasks.variant(SIGMOID, "6")
    page = browser.post(f"/q/{SIGMOID}/6", do="check out_o", **cells(variant, "out_o", "0.123"))
    assert right(variant, "out_o") not in page and right(variant, "net_o") not in page


# ---- progress and data -----------------------------------------------------------------------

def test_progress_names_data_and_forgetting(browser: Browser) -> None:
    assert "Nothing is answered yet" in browser.get("/progress")
    variant = tasks.variant(SIGMOID, "1")
    browser.post(f"/q/{SIGMOID}/1", do="check net_h", **cells(variant, "net_h", wording.kind_of(variant, variant.parts[0]).rounded(variant.wrong["net_h"][0])))
    page = browser.get("/progress")
    assert "1 ×" in page and "exchanged" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    token = csrf.group(1)
    browser.http.post("/progress/name", data={"csrf": token, "name": "  Ada   <i>Lovelace</i> "})
    assert "Ada &lt;i&gt;Lovelace&lt;/i&gt;" in browser.get("/progress")
    kept = json.loads(browser.get("/progress/export"))
    assert kept["learner"][0]["name"].startswith("Ada") and kept["event"]
    browser.http.post("/progress/forget", data={"csrf": token})
    assert json.loads(browser.get("/progress/export"))["event"]
    browser.http.post("/progress/forget", data={"csrf": token, "sure": "yes"})
    assert not json.loads(browser.get("/progress/export"))["event"] and "Nothing is answered yet" in browser.get("/progress")


def test_home_filters_and_goes_on(browser: Browser) -> None:
    page = browser.get("/?topic=cnn&minutes=5")
    assert "A convolution" not in page and "Pooling" in page and "The area under" not in page
    assert "No question fits" in browser.get("/?topic=nothing")
    assert browser.http.get("/next?topic=nothing").status_code == 404
    assert browser.http.get("/next?minutes=²", follow_redirects=False).status_code == browser.http.get("/next?minutes=٣", follow_redirects=False).status_code == 303
    assert "Bandits" in browser.get("/?minutes=²")
    assert browser.http.get("/next?topic=mdp", follow_redirects=False).headers["location"].startswith("/q/mdp/")


# ---- the mixed midterm -----------------------------------------------------------------------

def test_a_midterm_from_start_to_result(browser: Browser, app: Any) -> None:
    browser.post("/midterm", plan="midterm")
    sitting = re.findall(r'/midterm/([\w-]+)"', browser.get("/midterm"))[0]
    page = browser.get(f"/midterm/{sitting}/1")
    assert "&#34;" not in page and page.count('aria-current="page"') == 1 and "data-left" in page and "Check" not in page and "Hint" not in page
    browser.post(f"/midterm/{sitting}/1", go="next", **{re.findall(r'name="(\w+:[\w.]*)"', page)[0]: "1"})
    assert re.search(r"<td[^>]*>1 of \d", browser.get(f"/midterm/{sitting}"))
    stranger = Browser(app)
    stranger.get("/")
    assert stranger.http.get(f"/midterm/{sitting}").status_code == 404 and stranger.http.get(f"/midterm/{sitting}/1").status_code == 404
    result = browser.post(f"/midterm/{sitting}", do="hand in")
    assert "of 100 points" in result
    assert "Worked solution" in browser.get(f"/midterm/{sitting}/1")
    assert browser.http.post(f"/midterm/{sitting}/1", data={"csrf": token(browser), "part": "x"}).status_code == 409


def token(browser: Browser) -> str:
    return token_at(browser, "/progress")


def token_at(browser: Browser, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path))
    assert found
    return found.group(1)


def test_a_midterm_whose_time_is_up_is_marked_by_what_was_saved(store: Store, monkeypatch: Any) -> None:
    from datetime import datetime, timedelta

    from examwright.practice import midterm

    id = midterm.start(store, "ann", "midterm")
    sitting = midterm.find(store, "ann", id)
    item = midterm.items(sitting)[0]
    part = item.variant.parts[0]
    inputs = cells(item.variant, part.name, right(item.variant, part.name))
    assert midterm.save(store, sitting, 1, {part.name: {cell.partition(":")[2]: text for cell, text in inputs.items()}})
    later = (datetime.fromisoformat(sitting.until) + timedelta(minutes=1)).isoformat(timespec="microseconds")
    monkeypatch.setattr(midterm, "now", lambda: later)
    assert not midterm.save(store, sitting, 1, {})
    done = midterm.find(store, "ann", id)
    assert done.handed_in == sitting.until and midterm.sheet(store, done, item).points == part.points
    assert midterm.hand_in(store, done) == done


# ---- safety ----------------------------------------------------------------------------------

def test_every_response_carries_the_headers(browser: Browser) -> None:
    for path in ("/", f"/q/{OLS}/1", "/nothing", "/static/practice.js", "/api/openapi.json", "/static/../app.py", "/q/" + "x" * 500):
        answer = browser.http.get(path)
        assert {k: answer.headers.get(k) for k in HEADERS} == HEADERS, path
    assert "unsafe-inline" not in HEADERS["content-security-policy"] and "http" not in HEADERS["content-security-policy"]


def test_pages_hold_no_scripts_styles_or_foreign_addresses(browser: Browser) -> None:
    for path in ("/", f"/q/{OLS}/1", "/q/cnn/pooling/1", "/q/mdp/value-iteration/1", "/progress", "/midterm"):
        page = browser.get(path)
        assert re.findall(r"<script(?![^>]*src=\"/static/)", page) == [] and "<style" not in page and " on" not in re.findall(r"<body([^>]*)>", page)[0]
        assert re.findall(r'(?:href|src|action)="(?!/|#)[^"]*"', page) == []
        assert set(re.findall(r'style="([^"]*)"', page)) <= {"text-align:left", "text-align:right", "text-align:center", "border:1px solid;padding:.15em"}


def test_forged_and_old_forms_change_nothing(browser: Browser, store: Store) -> None:
    path = f"/q/{SIGMOID}/1"
    browser.get(path)
    for data, headers in (({}, {}), ({"csrf": "x" * 24}, {}), ({"csrf": token(browser)}, {"origin": "http://evil.example"})):
        answer = browser.http.post(path, data={**data, "do": "show net_h"}, headers=headers)
        assert answer.status_code == 403
    assert "Worked solution" not in browser.get(path)


def test_a_session_cannot_be_made_up(app: Any) -> None:
    import base64

    browser = Browser(app)
    browser.post(f"/q/{SIGMOID}/1", do="show net_h")
    cookie = browser.http.cookies["examwright"]
    payload = json.loads(base64.b64decode(cookie.split(".")[0]))
    thief = Browser(app)
    forged = base64.b64encode(json.dumps(payload).encode()).decode() + "." + ".".join(cookie.split(".")[1:])[:-3] + "abc"
    thief.http.cookies.set("examwright", forged)
    assert "Worked solution" not in thief.get(f"/q/{SIGMOID}/1")


def test_one_learner_does_not_see_anothers_work(app: Any) -> None:
    one, other = Browser(app), Browser(app)
    one.post(f"/q/{SIGMOID}/1", do="check net_h", **{"net_h:0.0": "(123, 456)"})
    for path in (f"/q/{SIGMOID}/1", "/progress", "/progress/export", "/"):
        assert "456" not in other.get(path) and "You wrote" not in other.get(path)


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/..%2f..%2fpyproject.toml", "/static/home.html.j2", "/q/../../etc/passwd/1", "/q/%2e%2e/%2e%2e/etc/1",
                                  "/q//1", "/q/x/y", "/q/" + "a/" * 150, "/midterm/none", "/midterm/none/1", "/midterm/x/99999999999999999999", "/exam", "/nothing"])
def test_what_is_not_there_is_told(browser: Browser, path: str) -> None:
    answer = browser.http.get(path)
    assert answer.status_code in (404, 414) and "Traceback" not in answer.text and "/home" not in answer.text


def test_sizes_and_hosts_are_limited(browser: Browser) -> None:
    path = f"/q/{SIGMOID}/1"
    browser.get(path)
    assert browser.http.post(path, content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert browser.http.post(path, content=iter([b"x" * MAX_BODY, b"y" * 10])).status_code == 413
    assert browser.http.post(path, data={"csrf": token(browser), **{f"a{i}:": "1" for i in range(1001)}}).status_code == 400
    assert browser.http.get("/", headers={"host": "evil.example"}).status_code == 400
    long = browser.post(path, do="check out_o", **{"out_o:": "9" * 5000})
    assert "9" * 2001 not in long and "9" * 2000 in long


def test_what_is_wrong_inside_is_not_told_outside(browser: Browser, store: Store, capsys: Any) -> None:
    import sqlite3

    browser.get(f"/q/{SIGMOID}/1")
    with sqlite3.connect(store.place) as db:
        db.execute("DROP TABLE event")
    answer = browser.http.get(f"/q/{SIGMOID}/1")
    assert answer.status_code == 503 and "Nothing was recorded" in answer.text and store.place not in answer.text
    assert "no such table" in capsys.readouterr().err


HOSTILE = ["x" * 2000, "9**9**9**9", "((((" * 400, "1e999999", "__import__('os')", "\x00", "𝟜", "<script>alert(1)</script>", "'; DROP TABLE event; --",
           "{{ 7*7 }}", "a:b" * 300, "½" * 999]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_are_answers_and_get_no_key_out(browser: Browser, text: str) -> None:
    variant = tasks.variant(SIGMOID, "3")
    page = browser.post(f"/q/{SIGMOID}/3", do="check", **{"out_o:": text, "net_h:0.0": text, "nothing:0": text, "label:": text})
    assert "<script>alert" not in page
    for part in variant.parts[:4]:
        assert right(variant, part.name) not in page


def test_a_caller_may_not_ask_too_often() -> None:
    rate = Rate(per_minute=60, burst=3)
    assert [rate.wait("a", 0.0) for _ in range(3)] == [0, 0, 0] and rate.wait("a", 0.0) == 1 and rate.wait("b", 0.0) == 0
    assert rate.wait("a", 1.0) == 0 and rate.wait("a", 1.0) > 0


# ---- the API ---------------------------------------------------------------------------------

@pytest.fixture
def api(app: Any, store: Store) -> Callable[..., Any]:
    store.add_client("moodle", token_hash("secret"))
    http = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)

    def call(path: str, status: int = 200, token: str = "secret", **body: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"}
        answer = http.get(path, headers=headers) if path.startswith("/api/questions") else http.post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


def test_variants_and_marks_for_machines(api: Callable[..., Any]) -> None:
    assert {q["question"] for q in api("/api/questions?topic=cnn")["questions"]} == {q for q in question_paths() if q.startswith("cnn/")}
    shown = api("/api/variants", question=SIGMOID)
    variant = tasks.variant(SIGMOID, shown["seed"])
    assert right(variant, "out_o") not in json.dumps(shown) and "<math" in shown["text_html"] + shown["parts"][0]["ask_html"]
    given = {"question": SIGMOID, "seed": shown["seed"]}
    marked = api("/api/mark", **given, answers={p.name: right(variant, p.name) for p in variant.parts})
    assert marked["points"] == marked["of"] == 7 and {m["why"] for m in marked["marks"]} <= {"key", "rounded"}
    marked = api("/api/mark", **given, answers={"out_o": "0.5"})
    assert right(variant, "out_o") not in json.dumps(marked)
    assert api("/api/read", **given, part="out_o", answer="5/2") == {"read": "5/2", "latex": r"\frac{5}{2}", "fault": ""}
    assert api("/api/solution", **given)["parts"][-2]["key"]["rounded"] == right(variant, "out_o")


def test_bad_calls_are_told(api: Callable[..., Any]) -> None:
    for body in ({}, {"question": 1, "seed": "1"}, {"question": SIGMOID, "seed": "a b"}, {"question": SIGMOID, "seed": "1", "answers": []},
                 {"question": SIGMOID, "seed": "1", "answers": {"out_o": 5}}, {"question": SIGMOID, "seed": "1", "answers": {}, "more": 1}):
        assert api("/api/mark", 400, **body)["error"]
    assert "no part" in api("/api/mark", 404, question=SIGMOID, seed="1", answers={"nothing": "1"})["error"]
    assert "no question" in api("/api/variants", 404, question="a/b")["error"]
    assert api("/api/questions?level=absurd", 400)["error"]


def test_the_api_wants_a_token_and_slows_guessers_down(api: Callable[..., Any], app: Any) -> None:
    assert "token" in api("/api/variants", 401, token="guess", question=SIGMOID)["error"]
    http = TestClient(app, base_url="http://localhost")
    codes = [http.post("/api/mark", json={}, headers={"authorization": f"Bearer guess{i}"}).status_code for i in range(30)]
    assert codes[0] == 401 and codes[-1] == 429 and api("/api/questions")
    assert http.get("/api/openapi.json").json()["openapi"] == "3.1.0"


def test_a_client_may_call_so_often_and_others_are_not_slowed_down(store: Store, catalogue: tasks.Catalogue) -> None:
    """One process counts, whatever thread answers; `serve` never runs more than one."""
    for name in ("a", "b"):
        store.add_client(name, token_hash(name))
    http = TestClient(make_app(Site(store, catalogue, api_rate=Rate(per_minute=1, burst=3)), warm=False), base_url="http://localhost")

    def call(client: str) -> Any:
        return http.get("/api/questions?topic=cnn", headers={"authorization": f"Bearer {client}"})

    assert [call("a").status_code for _ in range(5)] == [200, 200, 200, 429, 429] and call("b").status_code == 200
    refused = call("a")
    assert 1 <= int(refused.headers["retry-after"]) <= 61 and "Try again later" in refused.json()["error"]


# ---- an exam on screen -----------------------------------------------------------------------

def test_an_exam_on_screen_serves_nothing_else_and_keeps_papers_apart(two: Path, store: Store, catalogue: tasks.Catalogue) -> None:
    from examwright.practice.exam import Exam

    exam = Exam(two / "out", store)
    app = make_app(Site(store, catalogue, exam))
    ann, bob = Browser(app), Browser(app)
    for path in (f"/q/{OLS}/1", "/progress", "/midterm", "/api/questions", "/next"):
        assert ann.http.get(path).status_code == 404
    assert "Sign in" in ann.get("/exam/1") and "Sign in" in ann.get("/exam")
    ann.post("/", student="007", key=exam.key("007"))
    bob.post("/", student="008", key=exam.key("008"))
    ann.post("/", do="begin")
    bob.post("/", do="begin")
    values = exam.variant("007", 1).values
    page = ann.get("/exam/1")
    assert f"<mn>{values['a']}</mn>" in page and "Check" not in page and "solution" not in page.lower()
    ann.post("/exam/1", go="stay", **{"total:": "one of mine"})
    saved = ann.http.post("/exam/1", data={"csrf": token_at(ann, "/exam/1"), "part": "reason", "reason:": "<img src=x>", "total:": "one of mine"})
    assert saved.json()["read"] == "&lt;img src=x&gt;" and "<img" not in ann.get("/exam/1")
    assert "one of mine" in ann.get("/exam/1") and "one of mine" not in bob.get("/exam/1")
    assert ann.http.get("/exam/2").status_code == 404
    ann.post("/exam", do="hand in")
    assert not exam.save("007", 1, {}) and not exam.hand_in("007") and "Handed in" in ann.get("/exam/1")
    text, done, working = exam.collected()
    assert done == ["007"] and working == ["008"] and "007,1a,one of mine" in text
    assert "Results will be here" in ann.get("/exam/result")


def test_an_exam_reads_numbers_as_its_plan_says_and_shows_its_rules(issue: Any, tmp_path: Path, store: Store, catalogue: tasks.Catalogue) -> None:
    from examwright.practice.exam import Exam

    plan = ("title: Ein Test\nminutes: 10\npoints: 7\nnotation: {decimal: comma}\ninstructions: [Show *your* way.]\n"
            f"sections: [{{title: Networks & *weights*, instructions: Every part counts., questions: [{{question: {SIGMOID}, points: 7}}]}}]\n")
    exam = Exam(issue(tmp_path, plan, ["1"]), store)
    ann = Browser(make_app(Site(store, catalogue, exam)))
    ann.post("/", student="1", key=exam.key("1"))
    assert "Show <em>your</em> way." in ann.get("/")
    ann.post("/", do="begin")
    saved = ann.http.post("/exam/1", data={"csrf": token_at(ann, "/exam/1"), "part": "out_o", "out_o:": "1,234"}).json()
    assert (saved["read"], saved["fault"]) == ("1.234", "")
    for page in (ann.get("/exam"), ann.get("/exam/1")):
        assert "Networks &amp; <em>weights</em>" in page and "Every part counts." in page
    assert "Carry at least 4 significant digits" in ann.get("/exam/1")


@pytest.mark.parametrize(("sections", "items", "found"), [
    ("[{title: A, questions: [x, {question: y}]}, {instructions: I, questions: [{pick: 3, points: 1}]}]", 5, (("A", "", 1), ("", "I", 3))),
    ("[{title: A, questions: [x, {pick: all}]}, {title: B, questions: [y]}]", 6, (("A", "", 1), ("B", "", 6))),
    ("[{title: A, questions: [{pick: all}]}, {title: B, questions: [{pick: all}]}]", 6, ()), ("[{title: A, questions: [x]}]", 2, ()),
])
def test_which_section_a_question_stands_in(sections: str, items: int, found: tuple[tuple[str, str, int], ...]) -> None:
    from examwright.generator.exam import sections_of

    assert sections_of(f"title: T\nsections: {sections}\n", items) == found


def test_the_time_window_and_extra_minutes(two: Path, store: Store, tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    from examwright.practice.exam import Exam

    at, hour = datetime.now(UTC), timedelta(hours=1)
    (tmp_path / "class.csv").write_text("id,name,extra\n007,A,\n008,B,30\n", encoding="utf-8")
    early = Exam(two / "out", store, opens=at + hour)
    assert "opens" in early.closed_now("007")
    late = Exam(two / "out", store, closes=at - timedelta(minutes=5), roster=tmp_path / "class.csv")
    assert "closed" in late.closed_now("007") and not late.closed_now("008")
    soon = Exam(two / "out", store, closes=at + timedelta(minutes=4), roster=tmp_path / "class.csv")
    assert datetime.fromisoformat(soon.begin("007").until) == at + timedelta(minutes=4)
    assert datetime.fromisoformat(soon.begin("008").until) == at + timedelta(minutes=34)
    assert soon.begin("007") == soon.begin("007")


def test_access_keys_open_one_paper_only(two: Path, store: Store) -> None:
    from examwright.practice.exam import Exam

    exam = Exam(two / "out", store)
    keys = {who: exam.key(who) for who in exam.papers}
    assert len(set(keys.values())) == 3 and all(k in exam.access() for k in keys.values())
    assert exam.admitted(" 007 ", keys["007"][:4] + "-" + keys["007"][4:].lower()) == "007"
    for student, key in (("007", keys["008"]), ("007", ""), ("", ""), ("nobody", keys["007"]), ("007", "ÄÖÜ")):
        assert exam.admitted(student, key) is None


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "theme"), [("language: de\n", ""), ("", "language: de\n")])
def test_an_exam_on_screen_is_in_its_language(issue: Any, tmp_path: Path, store: Store, catalogue: tasks.Catalogue, plan: str, theme: str) -> None:
    """Whether the plan says so or only the theme of the papers."""
    from examwright.grader.grade import grade
    from examwright.practice.exam import Exam
    from examwright.web.words import SCREEN

    questions = [SIGMOID, "evaluation/roc-auc", "mdp/value-iteration", "neural-networks/forward-relu", "linear-regression/lasso-soft-threshold",
                 "clustering/k-means-steps", "pca/cov-eig"]
    out = issue(tmp_path, f"title: Prüfung\nminutes: 90\npoints: 70\n{plan}sections: [{{questions: ["
                + ", ".join([f"{{question: {q}, points: 10}}" for q in questions]) + "]}]\n", ["1"])
    (out / "theme").mkdir()
    (out / "theme" / "theme.yaml").write_text(theme)
    exam = Exam(out, store)
    ann = Browser(make_app(Site(store, catalogue, exam)))
    assert "Anmelden" in ann.get("/")
    ann.post("/", status=403, student="1", key="wrong")
    ann.post("/", student="1", key=exam.key("1"))
    ann.post("/", do="begin")
    ann.get("/nowhere", 404)
    ann.get("/exam/99", 404)
    for n in range(1, len(questions) + 1):
        ann.get(f"/exam/{n}")
        variant, fields = exam.variant("1", n), {}
        for part in variant.parts:
            fields.update(cells(variant, part.name, "1 maybe"))
            saved = ann.http.post(f"/exam/{n}", data={"csrf": token_at(ann, f"/exam/{n}"), "part": part.name, **fields}).json()
            ann.seen += [saved["read"], saved["fault"]]
    ann.get("/exam")
    ann.post("/exam", do="hand in")
    assert ann.http.post("/exam/1", data={"csrf": token_at(ann, "/"), "part": "out_o", "out_o:": "1"}).json()["error"] == SCREEN["de"]["too_late"]
    (tmp_path / "answers.csv").write_text(exam.collected()[0], encoding="utf-8")
    grade(out, tmp_path / "answers.csv")
    exam.release()
    assert "Ihr Ergebnis" in ann.get("/")
    result = ann.get("/exam/result")
    assert "Nicht lesbar" in result and "„maybe“ ist unbekannt" in result and '<html lang="de">' in result
    told = " ".join([re.sub(r"<style>.*?</style>", "", page, flags=re.S) for page in ann.seen])
    for name, english in {**SCREEN["en"], **SCREEN["en"]["script"]}.items():
        german = {**SCREEN["de"], **SCREEN["de"]["script"]}[name]
        for piece in re.split(r"[{}]+", str(english)) if isinstance(english, str) and english != german else ():
            if len(piece.strip(" .:,")) > 5:
                assert not re.search(rf"(?:>|aria-label=\")\s*{re.escape(piece.strip(' .:,'))}\s*[<\"]", told), piece
    assert "I do not know" not in told and "significant" not in re.sub(r"<div class=\"text\">.*?</div>", "", told, flags=re.S)


def test_words_on_screen_are_there_in_every_language() -> None:
    from examwright.web.words import SCREEN

    for language, words in SCREEN.items():
        assert words.keys() == SCREEN["en"].keys() and words["script"].keys() == SCREEN["en"]["script"].keys() and words["language"] == language
        for mine, english in ((words, SCREEN["en"]), (words["script"], SCREEN["en"]["script"])):
            for name, text in mine.items():
                assert name == "script" or (text and str(text).count("{}") == str(english[name]).count("{}")), (language, name)
    templates = "".join([path.read_text("utf-8") for path in (Path(__file__).parent.parent / "templates" / "pages" / "web").glob("*.j2")])
    used = set(re.findall(r"\bwords\.(\w+)", templates))
    assert used <= SCREEN["en"].keys()
