"""What worker processes and caches keep in memory does not grow with the class."""

from __future__ import annotations

import gc
import weakref

import pytest
from papers import part, view

from examwright.generator.cache import Recent, Sharing
from examwright.generator.pages import PaperView, nodes, render
from examwright.generator.pages.sheet import Sheet
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
    assert len(kept.new) <= 2 and len(kept.again) <= 8 and len(kept.missed) <= 32
    kept.clear()
    assert kept.get("head") is None


def test_equal_values_are_one_in_memory():
    one = Sharing(2)
    first, same = (1, "a"), tuple([1, "a"])
    assert one(first) is first and one(same) is first
    one((2, "b")), one((3, "c"))  # it begins anew
    assert one(same) is same


@pytest.mark.parametrize("kind", ["paper", "key", "booklet"])
def test_a_printed_paper_leaves_nothing_for_the_garbage_collection(kind):
    def printed(n):
        pdf = render(view(part(ask=f"What is ${n}$ and {n + 0.5}?", solution=f"So $x = {n}$.\n\nWhat is never the same: {'word ' * (n % 7)}"), part("b"), student=f"s{n}"), kind)
        return len(pdf)

    def there():
        return {id(o): o for o in gc.get_objects() if isinstance(o, (Sheet, nodes.Laid, PaperView))}

    assert printed(1)
    gc.collect()
    before = there()  # other tests keep some
    gc.disable()
    try:
        for n in range(2, 12):
            printed(n)
        left = [type(o).__name__ for place, o in there().items() if place not in before]
    finally:
        gc.enable()
    assert not left


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
