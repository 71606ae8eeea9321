"""Where the pages of a paper end: not always as late as they can, if a question's text stays whole that way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

PAGE = 2.0  # what each page costs
EARLY = 1.0  # what one costs that ends although more would fit: readers wonder why
LEAST = 0.45  # how much of a page is filled, if that can be
FULL, EMPTY = 0.75, 20.0  # what is filled less than FULL costs EMPTY times the square of what is missing, but for the last page


class Step(Protocol):
    """A block: the gap above it, its height, whether it stays with the next, and what it costs to end a page below it."""

    @property
    def gap(self) -> float: ...

    @property
    def height(self) -> float: ...

    @property
    def keep(self) -> bool: ...

    @property
    def cost(self) -> float: ...


def best(steps: Iterable[Step], room: float) -> list[int] | None:
    """The blocks at which pages of the height `room` begin, but for the first page, so that the sum of all costs is the least, on no more sheets of
    paper, printed on both sides, than full pages take; None if something does not fit a page. The gap above the first block of a page is left out, but
    for the first page. (The search is that of Knuth and Plass, "Breaking paragraphs into lines", 1981, with pages for lines.)"""
    firsts, gaps, heights, costs = _joined(steps)
    count, room, least = len(firsts), room * (1 + 1e-6), room * LEAST
    ends: list[list[tuple[int, float]]] = []  # for each piece the pages that begin with it: the piece after, and what the page costs
    for begin in range(count):
        y = heights[begin] + (0.0 if begin else gaps[0])
        if y > room:
            return None
        found = []
        n = begin + 1  # the piece after
        while n < count and (deeper := y + gaps[n] + heights[n]) <= room:
            if y > least:
                found.append((n, EARLY + costs[n - 1] + _page(y / room)))
            y = deeper
            n += 1
        found.append((n, costs[n - 1] + _page(y / room) if n < count else 0.0))
        ends.append(found)
    fewest = [0] * (count + 1)  # how many pages are needed from a piece on
    for begin in range(count - 1, -1, -1):
        fewest[begin] = 1 + fewest[ends[begin][-1][0]]
    most = fewest[0] + fewest[0] % 2
    cheapest = [float("inf")] * (count + 1)  # to come to a piece, with the pages so far
    reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}  # by the piece that the next page begins with: the cost so far, and all such
    done: tuple[float, tuple[int, ...]] = (0.0, ())
    for left in range(most - 1, -1, -1):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for begin, (before, path) in reached.items():
            for n, cost in ends[begin]:
                cost += before
                if cost < cheapest[n] and fewest[n] <= left:  # with more pages it has to cost less
                    cheapest[n] = cost
                    following[n] = cost, (*path, n)
        done = following.pop(count, done)
        reached = following
    return [firsts[n] for n in done[1][:-1]]


def _page(filled: float) -> float:
    """What a page costs of which so much is filled."""
    return PAGE if filled > FULL else PAGE + EMPTY * (FULL - filled) ** 2


def _joined(steps: Iterable[Step]) -> tuple[list[int], list[float], list[float], list[float]]:
    """The blocks in pieces that stay together: the first block of each, the gap above it, its height, the cost below it."""
    firsts: list[int] = []
    gaps: list[float] = []
    heights: list[float] = []
    costs: list[float] = []
    together = False
    for n, step in enumerate(steps):
        if together:
            heights[-1] += step.gap + step.height
            costs[-1] = step.cost
        else:
            firsts.append(n)
            gaps.append(step.gap)
            heights.append(step.height)
            costs.append(step.cost)
        together = step.keep
    return firsts, gaps, heights, costs
