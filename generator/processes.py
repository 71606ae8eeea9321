"""Worker processes that end with the run that started them, even if it is killed."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def pool(jobs: int, start: Callable[..., None], arguments: tuple[Any, ...]) -> ProcessPoolExecutor:
    """So many processes, each of which first calls `start(*arguments)`."""
    return ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(), start, arguments))


class Tidy:
    """Garbage collection for a worker process that keeps a lot in memory, through which Python would look again and again: made once, it is
    called after each piece of work, and looks after every sixteenth one at what is new, now and then at everything: what was kept then, in a
    circle, may have been let go since."""

    EVERY, WHOLE = 16, 64

    def __init__(self) -> None:
        gc.disable()
        self.done = 0

    def __call__(self) -> None:
        self.done += 1
        if self.done % self.EVERY == 1:
            if self.done % self.WHOLE == 1:
                gc.unfreeze()
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
