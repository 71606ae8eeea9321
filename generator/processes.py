"""Worker processes that end with the run that started them, even if it is killed."""

from __future__ import annotations

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


def _begin(parent: int, start: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops the workers
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    start(*arguments)


def _watch(parent: int) -> None:
    """Workers of a killed run would wait for ever, and hold its locks: each has the others' pipes open."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)
