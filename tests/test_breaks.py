"""Where pages end, against all ways to end them."""

from __future__ import annotations

import random
from itertools import combinations
from typing import NamedTuple

import pytest
from papers import part, view

from examwright.generator.pages import ItemView, SectionView, breaks, press_of, render
from examwright.generator.pages.compose import Composer
from examwright.generator.pages.sheet import Sheet


class Block(NamedTuple):
    gap: float
    height: float
    keep: bool
    cost: float


def heights(blocks, begins):
    """How high each page is filled; a keep that is broken makes it endless."""
    edges = [0, *begins, len(blocks)]
    return [float("inf") if begin and blocks[begin - 1].keep else sum([(b.gap if n or not begin else 0) + b.height for n, b in enumerate(blocks[begin:end])])
            for begin, end in zip(edges, edges[1:])]


def fits_more(blocks, begin, end, room):
    """Would more fit the page from one block to another?"""
    longer = [e for e in range(end + 1, len(blocks) + 1) if e == len(blocks) or not blocks[e - 1].keep]
    return bool(longer) and sum([b.height + b.gap for b in blocks[begin:longer[0]]]) - (blocks[begin].gap if begin else 0) <= room


def cost(blocks, begins, room):
    """What ending pages there costs."""
    filled = [y / room for y in heights(blocks, begins)]
    return sum([breaks.PAGE + blocks[end - 1].cost + breaks.EMPTY * max(0, breaks.FULL - y) ** 2 + (breaks.EARLY if fits_more(blocks, begin, end, room) else 0)
                for begin, end, y in zip([0, *begins], begins, filled)])


def ways(blocks, room):
    """All ways to end pages of which none is too full, nor emptier than `LEAST` where more would fit."""
    for count in range(len(blocks)):
        for begins in combinations(range(1, len(blocks)), count):
            high = heights(blocks, begins)
            edges = [0, *begins, len(blocks)]
            if max(high) <= room and all([y > breaks.LEAST * room or not fits_more(blocks, b, e, room) for y, b, e in zip(high, edges, edges[1:])]):
                yield list(begins)


def test_no_way_costs_less():
    draw, found, early = random.Random(1), 0, 0
    for _ in range(600):
        blocks = [Block(draw.choice([0, 2, 5]), draw.randint(1, 30), draw.random() < 0.3, draw.choice([0, 10, 30])) for _ in range(draw.randint(1, 11))]
        room = draw.choice([32, 40, 60])
        best, all_ways = breaks.best(blocks, room), list(ways(blocks, room))
        if best is None:
            assert all_ways == []
            continue
        fewest = min([len(way) for way in all_ways]) + 1
        allowed = [way for way in all_ways if len(way) < fewest + fewest % 2]
        assert best in allowed
        assert cost(blocks, best, room) == pytest.approx(min([cost(blocks, way, room) for way in allowed]))
        found += 1
        early += len(best) >= fewest
    assert found > 300 and early > 3


def test_what_does_not_fit():
    assert breaks.best([Block(0, 101, False, 0)], 100) is None
    assert breaks.best([Block(0, 60, True, 0), Block(0, 60, False, 0)], 100) is None
    assert breaks.best([Block(1, 99, False, 10), Block(5, 100, False, 0)], 100) == [1]
    assert breaks.best([Block(2, 99, False, 0)], 100) is None  # the gap above the first of all counts


def pages_of(one, kind="paper"):
    """The texts of the blocks on each page."""
    sheet = Sheet(one, kind)
    return [[placed.block.xhtml for placed in page] for page in Composer(sheet, press_of(sheet)).paged(sheet.blocks_of())]


def room(height):
    return part("", "Explain.", {"shape": "room", "height": height}, asked="", working=False)


def item(n, text, *parts):
    return ItemView(n, f"Question {n}", text, "6", "10", parts or (part(),))


TABLED = "It has this table.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nBelow the table it goes on. " + "More is told. " * 12
POOL = {"shape": "boxes", "options": [(letter, "A statement of one line.") for letter in "ABCDEFG"], "many": True}


def exam(*items):
    return view(rules=(), digits="", sections=(SectionView("", "", items),))


def filled(height):
    """A question that fills so much of the first page, and one with a table in its text."""
    return exam(item("1", "Short.", room(height)), item("2", TABLED, *[part(letter) for letter in "abcdef"]), item("3", "Short."))


HEIGHTS = range(90, 200, 12)


@pytest.mark.parametrize("height", HEIGHTS)
def test_a_text_is_not_torn(height):
    """Wherever it would begin: its table, what stands below that and the first part are on one page."""
    pages = pages_of(filled(height))
    [page] = [page for page in pages if any(["<table" in xhtml and "marks" not in xhtml for xhtml in page])]
    assert any(["goes on" in xhtml for xhtml in page]) and any([">(a)" in xhtml for xhtml in page])


def test_full_pages_would_tear_some():
    """And those end early that WeasyPrint is told of; nothing costs in a key."""
    early = 0
    for height in HEIGHTS:
        sheet = Sheet(filled(height), "paper")
        composer, blocks = Composer(sheet, press_of(sheet)), sheet.blocks_of()
        begins = composer.begins(blocks)
        assert {*begins} <= {blocks.index(page[0].block) for page in composer.paged(blocks)[1:]}
        early += len(begins)
        key = Sheet(filled(height), "key")
        assert Composer(key, press_of(key)).begins(key.blocks_of()) == []
    assert early > 1


def test_a_pool_is_whole_where_it_fits():
    for height in range(60, 200, 10):
        one = exam(item("1", "Short.", room(height)), item("2", "Short.", part("", "Which?", POOL, working=False)), item("3", "Short."))
        assert len([page for page in pages_of(one) if any(["of one line" in xhtml for xhtml in page])]) == 1


def test_a_text_longer_than_a_page_is_cut():
    """Then pages are full, and no sheet is wasted."""
    one = exam(item("1", "Short.", room(150)), item("2", TABLED), item("3", "A sentence of a long text. " * 250), item("4", TABLED))
    pages = pages_of(one)
    assert len([page for page in pages if any(["of a long text" in xhtml for xhtml in page])]) == 2
    assert render(one).startswith(b"%PDF")
