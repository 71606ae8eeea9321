"""The server as a process: what it says, what it refuses, and that it can be killed at any moment."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
httpx2 = pytest.importorskip("httpx2")

from click.testing import CliRunner  # noqa: E402
from serving import Server  # noqa: E402

from examwright.cli import main  # noqa: E402
from examwright.practice import attempt, tasks  # noqa: E402
from examwright.practice.store import Store  # noqa: E402

QUESTION = "cnn/output-size"


def browser(url: str) -> Any:
    return httpx2.Client(base_url=url, timeout=60, trust_env=False, verify=False)


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


@pytest.mark.slow
def test_killed_while_many_answer_it_loses_nothing_that_it_accepted(tmp_path: Path) -> None:
    place = str(tmp_path / "practice.db")
    variant = tasks.variant(QUESTION, "1")
    part = variant.parts[0].name
    server = Server("--database", place)
    accepted: set[str] = set()
    sent: set[str] = set()

    def work(n: int) -> None:
        with browser(server.url) as http:
            try:
                csrf = token(http.get(f"/q/{QUESTION}/1").text)
                for i in range(29):
                    text = f"{n}.{i}5"
                    sent.add(text)
                    answer = http.post(f"/q/{QUESTION}/1", data={"csrf": csrf, "do": f"check {part}", f"{part}:": text})
                    if answer.status_code == 303:
                        accepted.add(text)
            except httpx2.HTTPError:
                return

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    while len(accepted) < 40 and any(t.is_alive() for t in threads):
        time.sleep(0.01)
    server.kill()
    for thread in threads:
        thread.join()
    assert 40 <= len(accepted) < 8 * 29, "it was killed in the middle"
    import sqlite3

    with sqlite3.connect(place) as db:
        kept = {row[0] for row in db.execute("SELECT text FROM event")}
    assert accepted <= kept <= sent
    store = Store(place)  # and the database goes on
    found = attempt.sheet(store, "new", QUESTION, variant)
    assert attempt.answer(store, found, {part: "1"}).begun
    store.close()


@pytest.mark.slow
def test_it_says_where_it_is_and_ends_quietly(tmp_path: Path) -> None:
    server = Server("--database", str(tmp_path / "p.db"), "--bank", "lecture-deck", "--origin", "https://practice.example.org")
    try:
        assert server.url == "https://practice.example.org"
    finally:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(60) == 130  # as all commands that are interrupted


@pytest.mark.slow
def test_cookies_of_a_site_with_https_stay_there(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from examwright.web.app import make_app
    from examwright.web.site import Site

    app = make_app(Site(Store(str(tmp_path / "p.db")), tasks.Catalogue(["lecture-deck"])), origin="https://practice.example.org", warm=False)
    http = TestClient(app, base_url="https://practice.example.org")
    assert "secure" in http.get("/").headers["set-cookie"] and http.get("/", headers={"host": "other.example.org"}).status_code == 400
    path = "/q/lecture-deck/S01/1"
    form = {"csrf": token(http.get(path).text), "do": "check", "x:": "1"}
    assert http.post(path, data=form, headers={"origin": "https://practice.example.org"}, follow_redirects=False).status_code == 303
    assert http.post(path, data=form, headers={"origin": "https://evil.example.org"}).status_code == 403


@pytest.mark.parametrize(("arguments", "told"), [
    (["serve", "--bank", "nothing"], "no bank 'nothing'"), (["serve", "--opens", "2026-11-30T09:00"], "go with --exam"),
    (["serve", "--exam", ".", "--opens", "tomorrow"], "is no time"), (["serve", "--origin", "practice.example.org"], "is no address"),
    (["serve", "--exam", "."], "no exam here"), (["serve", "--database", "mysql://x"], "a database is a file"),
    (["client", "x", "--remove"], "no client 'x'"), (["release", "."], "no exam here"), (["access", ".", "-o", "a.csv"], "no exam here"),
])
def test_what_cannot_be_is_told(arguments: list[str], told: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2 and told in run.output and "Traceback" not in run.output, run.output


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = subprocess.run([sys.executable, "-m", "examwright", "serve", "--port", str(taken.getsockname()[1]), "--database", str(tmp_path / "p.db")],
                             capture_output=True, text=True, timeout=120)
    assert run.returncode != 0 and "in use" in run.stderr and "Traceback" not in run.stderr


def test_screen_exam_commands(two: Path, tmp_path: Path) -> None:
    from examwright.practice.exam import Exam

    database = str(tmp_path / "p.db")

    def run(*arguments: str, code: int) -> str:
        result = CliRunner().invoke(main, [*arguments, "--database", database])
        assert result.exit_code == code, result.output
        return str(result.output)

    assert "3 access keys" in run("access", str(two / "out"), "-o", str(tmp_path / "a.csv"), code=0)
    store = Store(database)
    exam = Exam(two / "out", store)
    assert exam.key("007") in (tmp_path / "a.csv").read_text()
    assert "Nobody has handed in" in run("collect", str(two / "out"), code=2)
    assert "nothing is marked" in run("release", str(two / "out"), code=2)
    for who in ("007", "008"):
        exam.begin(who)
        exam.save(who, 1, {"total": {"": "1"}, "reason": {"": "because"}})
    exam.hand_in("007")
    assert "1 student still at work: 008" in run("collect", str(two / "out"), "--wait", code=1)
    assert "1 student marked" in run("collect", str(two / "out"), code=3)
    out = run("release", str(two / "out"), code=0)
    assert "1 student still at work" in out and "not final" in out and "released" in out
    view = exam.feedback("007")
    assert view and view.student == "007" and exam.feedback("008") is None and exam.feedback("009") is None
    assert "held back" in run("release", str(two / "out"), "--hold", code=0) and exam.feedback("007") is None
    exam.hand_in("008")
    assert "2 students marked" in run("collect", str(two / "out"), code=3)
