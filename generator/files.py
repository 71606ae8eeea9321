"""Files that other people may have made: no more of one is read than is wanted, nothing is waited for, and nothing is written through a link."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from examwright.generator.errors import ExamwrightError, short_path

LARGEST = 10**10  # bytes of a file whose hash is asked for: as far as a PDF file can be, whose offsets have ten digits


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file, open for reading. Raises OSError, also for a pipe or a device, which might be read for ever."""
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        yield file


def beginning(path: Path, most: int) -> bytes:
    """So many bytes of a file, or all of it where it has fewer: with one more than is allowed it is known to be too large. Raises OSError."""
    with opened(path) as file:
        return file.read(most)


def hashed(path: Path) -> tuple[str, int] | None:
    """The SHA-256 of a file, which is read piece by piece, and how many bytes it has; None where there is no such file."""
    try:
        with opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            return (hashlib.file_digest(file, "sha256").hexdigest(), size) if size <= LARGEST else None
    except OSError:
        return None


def unchanged(path: Path, noted: tuple[str, int] | None) -> bool:
    """Has a file the SHA-256 and the size that were noted of it (None: is there none)? One of another size is not read."""
    if noted is not None:
        try:
            if path.stat().st_size != noted[1]:
                return False
        except OSError:
            return False
    return hashed(path) == noted


def lengthened(path: Path) -> BinaryIO:
    """A file of our own, open for writing at its end, made where there is none. Raises ExamwrightError for a link, which may lead to somebody's file,
    and for what is no file."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise OSError(errno.EINVAL, "it is a link, a folder or a pipe where a file is to be written; delete it")
        return open(path, "ab", opener=_itself)
    except OSError as error:
        raise ExamwrightError(f"{short_path(path.parent)}/{path.name}: {error.strerror}.") from None


def _at_once(path: str, flags: int) -> int:
    """Without waiting for somebody who writes into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _itself(path: str, flags: int) -> int:
    """Not what a link of that name leads to, even if it is put there at this moment (there is no such flag on Windows)."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)
