"""`examwright serve` in a process of its own, for the tests."""

from __future__ import annotations

import signal
import subprocess
import sys


def _interruptible() -> None:
    """Ctrl+C ends it, even where the tests run in the background of a script, which lets it be ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Server:
    """`examwright serve` in a process of its own, at any free port."""

    def __init__(self, *arguments: str):
        self.arguments = arguments
        self.start("0")

    def start(self, port: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "examwright", "serve", "--port", port, *self.arguments],
                                        stdout=subprocess.PIPE, text=True, preexec_fn=_interruptible)
        assert self.process.stdout
        self.url = self.process.stdout.readline().split()[0].rstrip("/")
        self.port = self.url.rpartition(":")[2]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def kill_and_start_again(self) -> None:
        self.kill()
        self.start(self.port)
