"""Worker processes that end with the run that started them, even if it is killed."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def pool(jobs: int, start: Callable[..., None], arguments: tuple[Any, ...]) -> ProcessPoolExecutor:
    """So many processes, each of which first calls `start(*arguments)`."""
    return ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(), start, arguments))


def each(workers: ProcessPoolExecutor, jobs: int, work: Callable[[_Task], _Result], tasks: Iterable[_Task]) -> Iterator[_Result]:
    """The result of each task as soon as it is there, in any order. At most four tasks for each of the `jobs` processes are in hand, so that a
    large class takes no more memory than a small one: a pool that is given all tasks at once keeps all results until the last."""
    waiting = iter(tasks)
    in_hand: set[Future[_Result]] = set()
    while True:
        for task in waiting:
            in_hand.add(workers.submit(work, task))
            if len(in_hand) >= 4 * jobs:
                break
        if not in_hand:
            return
        done, in_hand = wait(in_hand, return_when=FIRST_COMPLETED)
        while done:
            yield done.pop().result()


class Tidy:
    """Garbage collection for a worker process that keeps a lot in memory, through which Python would look again and again: made once, it is
    called after each piece of work. Where many objects are new, it looks at these. What was kept then, in a circle, may have been let go
    since: so it looks at everything too, but ever more seldom, for it takes as long as a dozen papers and has hardly ever found anything."""

    MANY, WHOLE = 20_000, 256

    def __init__(self) -> None:
        gc.disable()
        self.done = 0

    def __call__(self) -> None:
        self.done += 1
        whole = self.done >= self.WHOLE and self.done & (self.done - 1) == 0  # 256, 512, 1024, …
        if whole:
            gc.unfreeze()
        if whole or gc.get_count()[0] > self.MANY:
            gc.collect()
            gc.freeze()


def _begin(parent: int, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    start(*arguments)


def _watch(parent: int) -> None:
    """Workers of a killed run would wait for ever, and hold its locks: each has the others' pipes open."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)
