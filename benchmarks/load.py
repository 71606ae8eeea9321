"""200 students at once: `examwright serve` in one process, the students in another, over the loopback.

Each student opens a fresh variant, thinks, answers a part, reads what is told, and goes on. Measured: how long an answer takes from the click to the page
that tells about it, CPU time of the server for each request, and whether every answer that was accepted is in the database. Baseline, in the same run:
a style sheet from the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

STUDENTS, SECONDS, THINK = 200, 30.0, 6.0  # students at once, how long, seconds between a page and the click that follows


def main() -> int:
    """Run it and print the figures. Exit status 1 if an answer was lost or refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--students", type=int, default=STUDENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--think", type=float, default=THINK, help="mean seconds between a page and the next click")
    options = parser.parse_args()
    found = run(options.students, options.seconds, options.think)
    print("\n".join([f"{name}: {value}" for name, value in found.items()]))
    return 1 if found["lost"] or found["refused"] else 0


def show(quick: bool) -> dict[str, Any]:
    """The figures of one run, printed; those of `make bench`."""
    found = run(STUDENTS, 8.0 if quick else SECONDS, THINK)
    print("\nself-test: students at once, in the browser")
    print("\n".join([f"  {name}: {value}" for name, value in found.items()]))
    return found


def run(students: int, seconds: float, think: float) -> dict[str, Any]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "practice.db"
        server = subprocess.Popen([sys.executable, "-m", "examwright", "serve", "--port", "0", "--database", str(database)],
                                  stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout
            url = server.stdout.readline().split()[0].rstrip("/")
            _settled(server.pid)
            before = _cpu(server.pid)
            queue: Any = multiprocessing.get_context("spawn").SimpleQueue()
            client = multiprocessing.get_context("spawn").Process(target=_class, args=(url, students, seconds, think, queue))
            client.start()
            answers, pages, plain, told, refused = queue.get()
            client.join()
            cpu = _cpu(server.pid) - before
        finally:
            server.kill()  # what was accepted must be there all the same
            server.wait()
        with sqlite3.connect(database) as db:
            kept = {row[0] for row in db.execute("SELECT text FROM event WHERE what = 'answer'")}
    requests = 2 * len(answers) + len(pages) + len(plain)
    return {
        "load of the machine before": " ".join([f"{x:.1f}" for x in os.getloadavg()]), "students": students,
        "answers": len(answers), "requests per second": round(requests / seconds, 1),
        "an answer, median ms": round(1000 * median(answers), 1), "an answer, 95 % ms": round(1000 * quantiles(answers, n=20)[-1], 1),
        "a fresh question, median ms": round(1000 * median(pages), 1), "a style sheet (baseline), median ms": round(1000 * median(plain), 1),
        "answer / baseline": round(median(answers) / median(plain), 1), "CPU ms of the server for a request": round(1000 * cpu / requests, 1),
        "refused": refused, "lost": len(told - kept)}


def _settled(pid: int) -> None:
    """Wait until the server has typeset what it does beforehand."""
    idle = 0
    last = _cpu(pid)
    while idle < 3:
        time.sleep(0.5)
        now = _cpu(pid)
        idle = idle + 1 if now - last < 0.03 else 0
        last = now


def _cpu(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _class(url: str, students: int, seconds: float, think: float, queue: Any) -> None:
    queue.put(asyncio.run(_all(url, students, seconds, think)))


async def _all(url: str, students: int, seconds: float, think: float) -> Any:
    import httpx2

    answers: list[float] = []
    pages: list[float] = []
    plain: list[float] = []
    told: set[str] = set()
    refused: list[str] = []
    # making a client takes time: they are all there before the clock starts
    clients = [httpx2.AsyncClient(base_url=url, timeout=60, follow_redirects=True, verify=False, trust_env=False) for _ in range(students)]
    until = time.monotonic() + seconds
    await asyncio.gather(*[_student(c, n, until, think, answers, pages, plain, told, refused) for n, c in enumerate(clients)])
    return answers, pages, plain, told, len(refused)


async def _student(http: Any, n: int, until: float, think: float, answers: list[float], pages: list[float], plain: list[float], told: set[str],
                   refused: list[str]) -> None:
    dice = random.Random(n)
    await asyncio.sleep(dice.random() * think)
    for turn in range(10**6):
        began = time.monotonic()
        page = await http.get("/next")
        pages.append(time.monotonic() - began)
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        fields = re.findall(r'<input class="l[^>]*name="([^":]+:)"', page.text)
        if page.status_code != 200 or csrf is None:
            refused.append(page.text)
            return
        if not fields:
            continue
        for part in fields[:3]:
            await asyncio.sleep(dice.expovariate(1 / think) if think else 0)
            if time.monotonic() > until:
                return
            text = f"{n}.{turn}{len(told)}"  # told apart from all others
            began = time.monotonic()
            answer = await http.post(str(page.url.path), data={"csrf": csrf.group(1), part: text, "do": f"check {part[:-1]}"})
            answers.append(time.monotonic() - began)
            if answer.status_code != 200:
                refused.append(answer.text)
            else:
                told.add(text)
        began = time.monotonic()
        await http.get("/static/practice.css")
        plain.append(time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
