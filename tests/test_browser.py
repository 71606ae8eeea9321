"""End to end in a real Chromium: a server of its own, a browser, and what a student sees and does."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
pytest.importorskip("uvicorn")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")]

from serving import Server  # noqa: E402

from examwright.answers.phrases import told  # noqa: E402
from examwright.generator import wording  # noqa: E402
from examwright.generator.draw import draw_variant  # noqa: E402
from examwright.generator.feedback_pages import render_feedback_page  # noqa: E402
from examwright.generator.feedback_view import FeedbackItem, FeedbackPart, FeedbackView  # noqa: E402
from examwright.generator.load import load  # noqa: E402
from examwright.practice import tasks  # noqa: E402
from examwright.practice.exam import Exam  # noqa: E402
from examwright.practice.store import Store  # noqa: E402

OLS = "linear-regression/simple-ols"
SIGMOID = "neural-networks/forward-sigmoid"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server("--database", str(tmp_path_factory.mktemp("web") / "practice.db"))
    yield found
    found.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page_of(chromium: Any) -> Iterator[Callable[..., Any]]:
    """A new browser's page; at the end nothing may have gone wrong in its console."""
    contexts, faults = [], []

    def make(**options: Any) -> Any:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") and not re.search("status of (403|409)", m.text) else None)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("request", lambda r: faults.append(r.url) if not re.match(r"http://127\.0\.0\.1:|data:", r.url) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def right(variant: Any, name: str) -> str:
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(variant.values[name]))


def wrong(variant: Any, name: str, number: int = 0) -> str:
    return str(wording.kind_of(variant, variant.question.part(name)).rounded(variant.wrong[name][number]))


def check(page: Any, part: str, **inputs: str) -> str:
    """Type an answer, press Check; what is told about it."""
    for cell, text in inputs.items():
        page.fill(f'[name="{part}:{cell.replace("_", ".").removeprefix("c")}"]', text)
    page.click(f'button[value="check {part}"]')
    return str(page.inner_text(f"#part-{part}"))


# ---- practice --------------------------------------------------------------------------------

def test_wrong_with_its_diagnosis_then_right(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant(SIGMOID, "1")
    page.goto(f"{server.url}/q/{SIGMOID}/1")
    told = check(page, "net_h", c0_0=wrong(variant, "net_h"))
    assert "Partly right." in told and "exchanged" in told and "Worked solution" not in told
    a, b = right(variant, "net_h").strip("()").split(", ")
    told = check(page, "net_h", c0_0=a, c0_1=b)
    assert "Right." in told and "Right answer:" in told and page.locator("#part-net_h .route").count() == 1


def test_an_odd_spelling_is_read_while_it_is_typed(server: Server, page_of: Callable[..., Any]) -> None:
    page = page_of()
    page.goto(f"{server.url}/q/{SIGMOID}/2")
    page.fill('[name="net_o:"]', "−1 1/2")
    page.wait_for_selector("#echo-net_o math mfrac")
    page.fill('[name="net_o:"]', "1,234")
    page.wait_for_selector("#echo-net_o:has-text('two ways')")
    page.fill('[name="net_o:"]', "<img src=x onerror=alert(1)>")
    page.wait_for_selector("#echo-net_o:has-text('.'):not(:has-text('two ways'))")
    assert page.locator("#echo-net_o img").count() == 0
    page.reload()
    assert page.input_value('[name="net_o:"]').startswith("<img")  # what stood in the fields is kept


def test_a_wrong_value_is_followed_through(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant(OLS, "3")
    page.goto(f"{server.url}/q/{OLS}/3")
    check(page, "theta", c0_0="(1, 2)")
    at = variant.values["at"]
    told = check(page, "prediction", c=str(1 + 2 * at))
    assert "Right from your own value" in told and "Right from your own answer to (c)" in told


def test_a_reload_in_the_middle_and_a_killed_server_lose_nothing(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant(SIGMOID, "4")
    page.goto(f"{server.url}/q/{SIGMOID}/4")
    check(page, "net_h", c0_0=right(variant, "net_h"))
    server.kill_and_start_again()
    page.reload()
    assert "Right." in page.inner_text("#part-net_h")


def test_keyboard_only(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant("pac-learning/finite-consistent", "1")
    page.goto(server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.goto(f"{server.url}/q/pac-learning/finite-consistent/1")
    first = variant.parts[0].name
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name || ''"))
        if seen[-1] == f"{first}:":
            break
    page.keyboard.type(right(variant, first))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#part-{first} .verdict")
    assert "Right" in page.inner_text(f"#part-{first} .verdict")


def test_without_scripts(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(java_script_enabled=False), tasks.variant(SIGMOID, "5")
    page.goto(f"{server.url}/q/{SIGMOID}/5")
    page.fill('[name="net_h:0.0"]', right(variant, "net_h"))
    page.fill('[name="out_o:"]', right(variant, "out_o"))
    page.click("text=Check all that is filled in")
    assert page.locator(".verdict", has_text="Right").count() == 2


def test_what_was_typed_last_is_kept_by_whatever_way_one_leaves(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant(OLS, "9")
    cell = '[name="theta:0.0"]'
    for number, leave in enumerate((lambda: page.click("nav >> text=Midterm"), lambda: page.reload(), lambda: page.click(f'button[value="check {variant.parts[0].name}"]'))):
        page.goto(f"{server.url}/q/{OLS}/9")
        page.fill(cell, f"{number} 1/2")
        leave()  # at once: before it is saved by itself
        for _ in range(100):  # it is on its way when the next page is asked for
            page.goto(f"{server.url}/q/{OLS}/9")
            if page.input_value(cell) == f"{number} 1/2":
                break
        else:
            raise AssertionError(number)
    for text in ("1", "12", "123", "1.25"):  # while the one before is on its way
        page.fill('[name="prediction:"]', text)
        page.wait_for_timeout(410)
    page.wait_for_selector("#echo-prediction:has-text('1.25')")
    page.reload()
    assert page.input_value('[name="prediction:"]') == "1.25"


def test_progress_and_forgetting(server: Server, page_of: Callable[..., Any]) -> None:
    page, variant = page_of(), tasks.variant(SIGMOID, "1")
    page.goto(f"{server.url}/q/{SIGMOID}/1")
    check(page, "net_h", c0_0=wrong(variant, "net_h"))
    page.goto(f"{server.url}/progress")
    assert "exchanged" in page.inner_text(".habits")
    with page.expect_download() as download:
        page.click("text=Download all that is kept")
    assert json.loads(Path(download.value.path()).read_text())["event"]
    page.check("[name=sure]")
    page.click("text=Delete all that is kept about me")
    page.goto(f"{server.url}/progress")
    assert "Nothing is answered yet" in page.inner_text("main")


# ---- accessible, light and dark, small and large ------------------------------------------------

WAYS = [dict(viewport={"width": 320, "height": 700}, color_scheme="light"), dict(viewport={"width": 1600, "height": 900}, color_scheme="dark")]


@pytest.mark.parametrize("way", WAYS, ids=["small and light", "wide and dark"])
def test_axe_finds_nothing(server: Server, page_of: Callable[..., Any], way: dict[str, Any]) -> None:
    page = page_of(**way)
    page.goto(f"{server.url}/q/{SIGMOID}/1")
    variant = tasks.variant(SIGMOID, "1")
    check(page, "net_h", c0_0=wrong(variant, "net_h"))
    page.click('button[value="hint out_h"]')
    looked_at(page)
    for path in ("/", "/progress", f"/q/{OLS}/1", "/q/evaluation/statements/1", "/q/cnn/stack-table/1", "/q/mdp/value-iteration/1", "/q/cnn/pooling/1"):
        page.goto(server.url + path)
        looked_at(page)
    page.goto(f"{server.url}/midterm")
    looked_at(page)
    page.click("text=Begin: midterm")
    looked_at(page)
    page.click("nav >> text=2")
    looked_at(page)
    page.click("nav >> text=All")
    page.check("[name=sure]")
    page.click("text=Hand in")
    looked_at(page)
    page.click("tbody a >> nth=1")
    looked_at(page)


OUTSIDE = """() => [...document.querySelectorAll('math, table, svg')].filter(e => {
  for (let a = e.parentElement; a && a !== document.body; a = a.parentElement) if (getComputedStyle(a).overflowX !== 'visible') return false
  return e.getBoundingClientRect().right > e.closest('dd, .text, section').getBoundingClientRect().right + 0.5 }).map(e => e.outerHTML.slice(0, 300))"""


def feedback_of(question: str, language: str) -> bytes:
    """The feedback page of someone who got all parts of a question wrong."""
    variant = draw_variant(load(question), "1")
    parts = []
    for label, part in zip("abcdefghijkl", variant.parts):
        kind, key = wording.kind_of(variant, part), variant.values.get(part.name)
        say = wording.say(variant, part, part.mistakes[0]) if part.mistakes else ""
        parts.append(FeedbackPart(
            label, wording.ask(variant, part), "0", "2", "wrong", "wrong", say, "", kind.plain(key), "", told(kind.asked(), language), kind.latex(key), kind.plain(key),
            told(wording.accepted(variant, part), language), wording.part_solution(variant, part), tuple(kind.space().get("options", ()))))
    item = FeedbackItem("1", variant.question.title, wording.question_text(variant), "0", "2", tuple(parts), wording.closing(variant))
    return render_feedback_page(FeedbackView("Midterm", "CS", "2026", "s1", "Ada", "M", "0", "2", "0", 0, (item,), language))


@pytest.mark.parametrize("width", [320, 1100])
def test_wide_formulas_of_a_feedback_scroll_in_their_box(page_of: Callable[..., Any], width: int) -> None:
    page = page_of(viewport={"width": width, "height": 700})
    scrolled = 0
    for question, language in ((OLS, "en"), ("cnn/conv2d", "de"), ("evaluation/roc-auc", "fr"), ("linear-regression/lagged", "zh"), ("svm/two-point-dual", "es"),
                               ("pca/project-reconstruct", "en"), ("evaluation/confusion-metrics", "en")):
        page.set_content(feedback_of(question, language).decode())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        looked_at(page)
        assert page.evaluate(OUTSIDE) == [], question
        assert not page.evaluate("[...document.querySelectorAll('.wide')].some(e => e.scrollHeight > e.clientHeight)"), question
        scrolled += page.evaluate("[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth).length")
    assert (scrolled > 5) == (width == 320)  # with room nothing is cut


def looked_at(page: Any) -> None:
    """axe-core finds nothing, headings are in order, and nothing but wide formulas and tables is wider than the window."""
    import axe_playwright_python

    script = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
    found = _axe(page, script)
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found["violations"]] == [], page.url
    levels = [int(h[1]) for h in page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName)")]
    assert levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:]))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    tree = page.locator("main").aria_snapshot()
    assert "heading" in tree and not re.search(r"(?:textbox|combobox|button|link|checkbox|radio)(?: \[[^\]]*\])*\s*$", tree, re.M), tree


def _axe(page: Any, script: Path) -> Any:
    """Run axe beside the page's own policy, in a world of its own."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame})["executionContextId"]
    session.send("Runtime.evaluate", {"expression": script.read_text(encoding="utf-8"), "contextId": world})
    run = ("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
           ".then(r => JSON.stringify({violations: r.violations}))")
    answer = session.send("Runtime.evaluate", {"expression": run, "contextId": world, "awaitPromise": True, "returnByValue": True})
    session.detach()
    assert "exceptionDetails" not in answer, answer
    return json.loads(answer["result"]["value"])


# ---- an exam on screen -----------------------------------------------------------------------

def test_an_exam_from_start_to_release(two: Path, tmp_path: Path, page_of: Callable[..., Any]) -> None:
    """Sign in, answer, lose the connection, go on elsewhere, hand in, wait, read the result; and nobody sees another's paper."""
    database = str(tmp_path / "practice.db")
    exam = Exam(two / "out", Store(database))
    server = Server("--exam", str(two / "out"), "--database", database)
    try:
        page = page_of()
        come_in(page, server, "007", "WRONGKEY", expect="do not belong together")
        come_in(page, server, "007", exam.key("007"), expect="10 minutes from the moment you begin")
        page.click("text=Begin now")
        assert "Two numbers" in page.inner_text("h1") and "left" in page.inner_text("#clock")
        page.fill('[name="total:"]', right(exam.variant("007", 1), "total"))
        page.wait_for_selector("#saved:has-text('saved')")
        server.kill_and_start_again()
        again = page_of()  # another computer
        come_in(again, server, "007", exam.key("007").lower(), expect="until")
        again.goto(f"{server.url}/exam/1")
        assert again.input_value('[name="total:"]') == right(exam.variant("007", 1), "total")
        again.fill('[name="share:"]', right(exam.variant("007", 1), "share"))
        again.check(f'[name="larger:"][value="{right(exam.variant("007", 1), "larger")}"]')
        again.click("text=Save and go on")
        looked_at(again)
        assert "3 of 4" in again.inner_text("main")
        again.check("[name=sure]")
        again.click("text=Hand in")
        assert "Handed in" in again.inner_text("main") and "Results will be here" in again.inner_text("main")
        page.fill('[name="reason:"]', "too late")
        page.wait_for_selector("#saved:has-text('nothing was saved')")
        run = subprocess.run([sys.executable, "-m", "examwright", "collect", str(two / "out"), "--database", database], capture_output=True, text=True)
        assert run.returncode in (0, 3) and "1 student marked" in run.stdout, run.stdout + run.stderr
        again.goto(f"{server.url}/exam/result")
        assert "Results will be here" in again.inner_text("main")
        run = subprocess.run([sys.executable, "-m", "examwright", "release", str(two / "out"), "--database", database], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        again.goto(server.url)
        again.click("text=Your result")
        assert "Feedback" in again.inner_text("h1") and "007" in again.inner_text("header")
        looked_at(again)
        again.set_viewport_size({"width": 320, "height": 700})
        looked_at(again)
        again.click("text=Back")
        assert "Sign out" in again.inner_text("main")
        stranger = page_of()
        come_in(stranger, server, "008", exam.key("008"), expect="Begin now")
        stranger.goto(f"{server.url}/exam/result")
        assert "Begin now" in stranger.inner_text("main") and "Feedback" not in stranger.inner_text("main")
    finally:
        server.kill()


def come_in(page: Any, server: Server, student: str, key: str, expect: str) -> None:
    page.goto(server.url)
    page.fill("[name=student]", student)
    page.fill("[name=key]", key)
    page.click("text=Sign in")
    assert expect in page.inner_text("main")
