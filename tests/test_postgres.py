"""The same layer on a real PostgreSQL server, which the test starts and stops."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg")

from examwright.generator import wording  # noqa: E402
from examwright.practice import attempt, tasks  # noqa: E402
from examwright.practice.progress import progress  # noqa: E402
from examwright.practice.store import Sitting, Store, StoreError, now, token_hash  # noqa: E402

BIN = [str(Path(p).parent) for p in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)]
INITDB = shutil.which("initdb", path=os.pathsep.join([os.environ.get("PATH", ""), *BIN]))
QUESTION = "neural-networks/forward-sigmoid"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(INITDB is None, reason="there is no PostgreSQL here")]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database; the server listens at a socket in its own folder, and nowhere else."""
    assert INITDB
    home, bin = Path(tempfile.mkdtemp(prefix="pg")), Path(INITDB).resolve().parent
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        who = {"user": "postgres"}
        shutil.chown(home, "postgres")
    home.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([str(bin / program), *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home, **who)

    run("initdb", "-D", str(home / "data"), "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    run("pg_ctl", "-D", str(home / "data"), "-w", "-l", str(home / "log"), "-o", f"-k {home} -c listen_addresses=''", "start")
    try:
        run("createdb", "-h", str(home), "-U", "tester", "practice")
        yield f"postgresql://tester@/practice?host={home}"
    finally:
        run("pg_ctl", "-D", str(home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def test_practice_works_the_same(database: str) -> None:
    store = Store(database)
    variant = tasks.variant(QUESTION, "1")
    found = attempt.sheet(store, "ann", QUESTION, variant)
    wrong = wording.kind_of(variant, variant.parts[0]).rounded(variant.wrong["net_h"][0])
    found = attempt.answer(store, found, {"net_h": wrong})
    found = attempt.answer(store, found, {p.name: wording.kind_of(variant, p).rounded(variant.values[p.name]) for p in variant.parts})
    assert found.done
    other = Store(database)
    assert other.secret == store.secret and attempt.sheet(other, "ann", QUESTION, variant).points == found.points
    seen = progress(other, "ann", tasks.Catalogue(["machine-learning"]))
    assert seen.attempts == 1 and seen.habits[0].cause == "net_h/1"
    store.save_draft("ann", "x", {"a": {"": "½"}})
    store.save_draft("ann", "x", {"a": {"": "2"}})
    assert other.draft("ann", "x") == {"a": {"": "2"}}
    sitting = Sitting("s 1", "ann", "Midterm", now(), now(), None, ({"question": QUESTION},))
    assert store.begin_sitting(sitting) and not other.begin_sitting(sitting) and other.sittings_of("s ") == [sitting]
    assert store.hand_in("s 1", now()) and not other.hand_in("s 1", now())
    store.add_client("x", token_hash("t"))
    assert other.client(token_hash("t")) == "x"
    with pytest.raises(StoreError, match="already"):
        other.add_client("x", token_hash("u"))
    kept = other.export("ann")
    assert len(kept["event"]) == 6
    store.forget("ann")
    assert not any(other.export("ann").values())


def test_many_writers_lose_nothing(database: str) -> None:
    stores = [Store(database) for _ in range(4)]
    variant = tasks.variant("cnn/output-size", "1")

    def work(n: int) -> None:
        for i in range(8):
            attempt.answer(stores[n], attempt.sheet(stores[n], f"w{n}-{i}", "cnn/output-size", variant), {variant.parts[0].name: "1"})
            attempt.answer(stores[n], attempt.sheet(stores[n], "same", "cnn/output-size", variant), {variant.parts[0].name: str(100 * n + i)})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(attempt.sheet(stores[0], f"w{n}-{i}", "cnn/output-size", variant).seen == 1 for n in range(4) for i in range(8))
    same = attempt.sheet(stores[0], "same", "cnn/output-size", variant)
    assert 8 <= same.seen == len({t.text for p in same.parts for t in p.tries}) <= 32


def test_the_command_line_takes_its_address_and_hides_its_password(database: str) -> None:
    run = subprocess.run([sys.executable, "-m", "examwright", "client", "platform", "--database", database], capture_output=True, text=True)
    assert run.returncode == 0 and len(run.stdout.strip()) > 30, run.stderr
    run = subprocess.run([sys.executable, "-m", "examwright", "client", "platform", "--database", "postgresql://me:hush@127.0.0.1:1/none"],
                         capture_output=True, text=True)
    assert run.returncode == 2 and "hush" not in run.stderr and "Traceback" not in run.stderr


def test_many_tabs_save_while_one_hands_in(database: str, two: Path) -> None:
    from test_hand_in import rush

    from examwright.practice.exam import Exam

    stores = [Store(database) for _ in range(2)]
    rush(stores, lambda s: Exam(two / "out", s), "008")
