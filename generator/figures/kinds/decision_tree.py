"""A decision tree: tests at the nodes, answers at the edges, decisions at the leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from examwright.generator.figures.options import Tree
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Decision tree"
EXAMPLE = """\
tree:
  test: $x_1 \\le 3$
  then: {test: $x_2 \\le 1$, then: A, else: B}
  else: {test: colour, branches: {red: A, green: B, blue: B}}
"""
_HIGH = 6.4  # mm, of a node
_ALONG = (0.55, 0.6, 0.5, 0.65, 0.45, 0.7, 0.4)


def describe(say: Speech, *, tree: Tree) -> str:
    """The tests from the root down, each with what follows from each answer."""
    if not isinstance(tree, tuple):
        return say("A single leaf: {rest}.", rest=say.label(tree))
    if _leaves(tree) > 16:
        raise FigureError("a tree of more than 16 leaves cannot be drawn legibly")
    return _told(say, tree)


def _leaves(tree: Any) -> int:
    return sum([_leaves(t) for _, t in tree[1:]]) if isinstance(tree, tuple) else 1


def _told(say: Speech, tree: Any) -> str:
    """Depth first; each test is one sentence that leads to leaves or to later tests."""
    sentences = []
    queue = [tree]
    while queue:
        node = queue.pop(0)
        ways = []
        for branch, below in node[1:]:
            name = say.label(_answer(say, branch))
            if isinstance(below, tuple):
                ways.append(say("{branch}: test {test}", branch=name, test=say.label(below[0])))
                queue.append(below)
            else:
                ways.append(say("{name}: {rest}", name=name, rest=say.label(below)))
        sentences.append(say("Root test {test}; {ways}." if node is tree else "Test {test}; {ways}.", test=say.label(node[0]), ways=say("; ").join(ways)))
    return say.text(sentences)


def _answer(word: Callable[[str], str], branch: str | bool) -> str:
    """What a branch is called; `word` gives a word of ours in the language of the figure."""
    return branch if isinstance(branch, str) else word("yes" if branch else "no")


@dataclass
class _Node:
    text: str
    width: float
    leaf: bool
    branches: list[tuple[str, _Node]] = field(default_factory=list)
    x: float = 0.0
    depth: int = 0


def draw(canvas: Canvas, *, tree: Tree) -> None:
    """A tree from the root at the top.

    tree: a leaf, or a mapping of a test and what follows: {test: …, then: …, else: …} (edges yes and no), or {test: …, branches: {answer: …}};
      or a formula that gives [test, [answer, tree], [answer, tree]], or [test, tree, tree] for yes and no
    """
    root = _node(canvas, tree, 0)
    _spread(canvas, root, 0.0)
    _show(canvas, root, (_HIGH + 11.0) * canvas.scale)


def _node(canvas: Canvas, tree: Any, depth: int) -> _Node:
    if not isinstance(tree, tuple):
        return _Node(number_label(tree), max(canvas.size_of(number_label(tree))[0] + 3.6, 7.0), True, depth=depth)
    text = number_label(tree[0])
    return _Node(text, canvas.size_of(text)[0] + 4.4, False, [(_answer(canvas.word, b), _node(canvas, t, depth + 1)) for b, t in tree[1:]], depth=depth)


def _spread(canvas: Canvas, node: _Node, left: float) -> float:
    """Put the leaves side by side from `left` on, each node over the middle of what is below it; the right end."""
    if node.leaf:
        node.x = left + node.width / 2
        return left + node.width + 4.0 * canvas.scale
    at = left
    last: tuple[float, float] | None = None  # of the branch before: where it is, and how wide its answer is
    for answer, below in node.branches:
        at = _spread(canvas, below, at)
        wide = canvas.size_of(answer)[0]
        if last is not None:  # the answers stand about half way down, where the branches are that much nearer
            short = ((last[1] + wide) / 2 + 1.8) / _ALONG[0] - (below.x - last[0])
            if short > 0:
                _move(below, short)
                at += short
        last = below.x, wide
    node.x = (node.branches[0][1].x + node.branches[-1][1].x) / 2
    short = left - (node.x - node.width / 2)
    if short > 0:  # the test is wider than all that is below it
        _move(node, short)
        at += short
    return max(at, node.x + node.width / 2 + 4.0 * canvas.scale)


def _move(node: _Node, by: float) -> None:
    node.x += by
    for _, below in node.branches:
        _move(below, by)


def _show(canvas: Canvas, node: _Node, down: float) -> None:
    x, y, w = node.x, node.depth * down, node.width
    for answer, below in node.branches:
        canvas.edge((x, y + _HIGH / 2), (below.x, below.depth * down - _HIGH / 2), answer, along=_ALONG)
        _show(canvas, below, down)
    if node.leaf:
        canvas.rectangle(x - w / 2, y - _HIGH / 2, w, _HIGH, fill=0.88)
    else:
        canvas.rectangle(x - w / 2, y - _HIGH / 2, w, _HIGH)
    canvas.write(node.text, x, y)
