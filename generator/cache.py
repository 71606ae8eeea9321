"""Results that take long to come by and never change, kept on disk: the next paper, process and run find them.

Whatever decides a result is in its key, the code that computes it included; so a result is never out of date, and what is printed is
the same with the cache and without it. The cache is one SQLite file in the user's cache folder: `EXAMWRIGHT_CACHE` names another
folder, or "off". It holds formulas and layouts of blocks with their numbers left out, and how much work questions are, so no student's paper. Where it cannot be
read or written, everything works as without it, only slower.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
import threading
import zlib
from array import array
from collections.abc import Hashable
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

LIMIT = 200_000_000  # bytes; a file that has grown beyond is begun anew


def digest(*parts: object) -> bytes:
    """The key of what follows from these texts, bytes and numbers."""
    return blake2b(b"\0".join([p if isinstance(p, bytes) else str(p).encode("utf-8", "surrogatepass") for p in parts]), digest_size=16).digest()


def source(path: Path) -> bytes:
    """A file in a key: what stands in it."""
    return digest(path.read_bytes())


def folder() -> Path | None:
    """Where the cache is; None if there is to be none."""
    given = os.environ.get("EXAMWRIGHT_CACHE", "")
    if given == "off":
        return None
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "examwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "examwright" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "examwright"


def packed(value: Any) -> bytes:
    """A JSON value as it is kept."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 3)


def unpacked(data: bytes) -> Any:
    """The value that `packed` packed. Raises ValueError for a damaged one."""
    try:
        return json.loads(zlib.decompress(data))  # which has a checksum
    except zlib.error as error:
        raise ValueError(str(error)) from None


class Cache:
    """JSON values by key. `get` and `put` never fail; what was put is on disk after `save`."""

    def __init__(self) -> None:
        self.new: dict[bytes, bytes] = {}
        self.lock = threading.RLock()
        self.opened: tuple[Path | None, int] | None = None  # for which folder and process
        self.db: sqlite3.Connection | None = None

    def get(self, key: bytes) -> Any:
        """The value of a key, or None."""
        data = self.get_packed(key)
        if data is not None:
            with contextlib.suppress(ValueError):
                return unpacked(data)
        return None

    def get_packed(self, key: bytes) -> bytes | None:
        """The value of a key, still `packed`, or None."""
        with self.lock:
            data = self.new.get(key)
            if data is None and (db := self._database()) is not None:
                with contextlib.suppress(sqlite3.Error):
                    row = db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
                    data = row[0] if row else None
        return data if isinstance(data, bytes) else None

    def put(self, key: bytes, value: Any) -> None:
        """Note a value."""
        if self._database() is not None:
            self.put_packed(key, packed(value))

    def put_packed(self, key: bytes, data: bytes) -> None:
        """Note a value that is `packed`."""
        if self._database() is not None:
            with self.lock:
                self.new[key] = data

    def save(self) -> None:
        """Write what is new, all at once."""
        with self.lock:
            new, self.new = self.new, {}
            if not new or (db := self._database()) is None:
                return
            try:
                with db:
                    db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", list(new.items()))
            except sqlite3.Error:  # locked for long, full, or not ours to write: the next one is as slow as this one
                with contextlib.suppress(sqlite3.Error):
                    db.rollback()

    def _database(self) -> sqlite3.Connection | None:
        place = (folder(), os.getpid())
        if self.opened != place:  # a connection is of no use in a process that was forked
            self.opened, self.db = place, None
            with contextlib.suppress(OSError, sqlite3.Error):
                self.db = _connected(place[0]) if place[0] else None
        return self.db


def _connected(place: Path) -> sqlite3.Connection | None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and place.stat().st_uid != os.getuid():
        return None  # somebody else's
    path = place / "pages.sqlite"
    if path.exists() and path.stat().st_size > LIMIT:
        path.unlink()
    try:
        return _database(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # damaged: begun anew
        path.unlink()
        return _database(path)


def _database(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=2, check_same_thread=False)
    db.execute("PRAGMA synchronous = OFF")  # a cache may be lost
    db.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
    db.commit()
    return db


CACHE = Cache()


class Sharing:
    """Called with a value, it gives the equal one that it was given before, as long as no more than `size` differ; then it begins anew. Of the thousands
    of values that are kept most are equal, and need to be in memory once. (`sys.intern` does so for texts.)"""

    def __init__(self, size: int):
        self.size = size
        self.kept: dict[Any, Any] = {}

    def __call__(self, value: T) -> T:
        kept = self.kept
        if len(kept) >= self.size:
            kept.clear()
        found: T = kept.setdefault(value, value)
        return found


class Recent(Generic[T]):
    """What was made lately, in memory: `size` values that were asked for again, and a quarter as many that were not yet. Most of what is made for a
    paper stands on that paper only; were all values equal, it would drive out those that many papers share. Of a value that nobody asked for in
    time its hash is kept for a while, so that it stays if it is made once more. (`functools.lru_cache` keeps the arguments as well, which may be larger, and
    computes the hash of a long key many times.)"""

    def __init__(self, size: int):
        self.size = size
        self.lock = threading.Lock()
        self.new: dict[int, tuple[Hashable, T]] = {}  # keys and values by the hash of the key, the one used last at the end
        self.again: dict[int, tuple[Hashable, T]] = {}
        self.sets = (1 << (size // 2 - 1).bit_length()) - 1  # each has places for the latest eight of its hashes
        self.missed = array("q", bytes(8 * 8 * (self.sets + 1)))

    def get(self, key: Hashable) -> T | None:
        """The value of a key, or None."""
        place = hash(key)
        with self.lock:
            found = self.again.pop(place, None)
            if found is not None:
                self.again[place] = found
            elif found := self.new.pop(place, None):
                self._keep(place, found)
            else:
                return None
        return found[1] if found[0] == key else None

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value, and let go of one that was not used for longest."""
        place = hash(key)
        with self.lock:
            first = 8 * (place & self.sets)
            if place in self.again or place in self.missed[first : first + 8]:
                self._keep(place, (key, value))
                return
            self.new[place] = key, value
            if len(self.new) > self.size // 4:
                oldest = next(iter(self.new))
                del self.new[oldest]
                first = 8 * (oldest & self.sets)
                self.missed[first + 1 : first + 8] = self.missed[first : first + 7]
                self.missed[first] = oldest

    def _keep(self, place: int, found: tuple[Hashable, T]) -> None:
        self.again[place] = found
        if len(self.again) > self.size:
            del self.again[next(iter(self.again))]

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.new.clear()
            self.again.clear()
            self.missed = array("q", bytes(8 * 8 * (self.sets + 1)))
