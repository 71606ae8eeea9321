"""What worker processes and caches keep in memory does not grow with the class."""

from __future__ import annotations

import gc
import weakref

import pytest

from examwright.generator.cache import Recent
from examwright.generator.processes import Tidy, each, pool


def nothing() -> None:
    pass


def square(x: int) -> int:
    if x == 77:
        raise ValueError("seventy-seven")
    return x * x


def test_each_gives_every_result_and_holds_few():
    taken = []

    def tasks():
        for n in range(60):
            taken.append(n)
            yield n

    found = []
    with pool(2, nothing, ()) as workers:
        for result in each(workers, 2, square, tasks()):
            found.append(result)
            assert len(taken) - len(found) < 4 * 2 + 1
    assert sorted(found) == [n * n for n in range(60)]


def test_each_passes_on_what_goes_wrong():
    with pool(1, nothing, ()) as workers, pytest.raises(ValueError, match="seventy-seven"):
        list(each(workers, 1, square, [1, 77, 2]))


def test_what_many_share_is_kept_and_what_one_had_goes():
    kept: Recent[str] = Recent(8)
    made = 0
    for paper in range(100):
        for key in ("head", "rules", *[f"own {paper} {n}" for n in range(10)]):
            if kept.get(key) is None:
                made += key in ("head", "rules")
                kept.put(key, key)
    assert made <= 4  # each at most twice
    assert len(kept.new) <= 2 and len(kept.again) <= 8 and len(kept.missed) <= 128
    kept.clear()
    assert kept.get("head") is None


class Ring:
    def __init__(self) -> None:
        self.me = self
        self.more = [[self] for _ in range(Tidy.MANY + 1)]


@pytest.fixture
def ungathered():
    yield
    gc.unfreeze()
    gc.enable()


def test_circles_are_let_go(ungathered):
    tidy = Tidy()
    ring = weakref.ref(Ring())
    assert ring() is not None
    tidy()
    assert ring() is None
    held = Ring()  # kept at first, let go later: found when everything is looked at
    tidy()
    later = weakref.ref(held)
    del held
    for _ in range(Tidy.WHOLE):
        tidy()
    assert later() is None
