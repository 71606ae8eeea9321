"""States and the transitions between them: a Markov chain, or a Markov decision process with its actions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from examwright.generator.figures.options import Cells, Flag, Labels, Tensor, Values
from examwright.generator.figures.style import DASHES
from examwright.generator.figures.words import FigureError, Speech, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "State graph"
EXAMPLE = """\
states: [$s_1$, $s_2$, $T$]
actions: [$a$, $b$]
probabilities: [[[0.4, 0.6, 0], [0, 0, 1], [0, 0, 0]], [[0, 0, 1], [0.5, 0.5, 0], [0, 0, 0]]]
rewards: [[2, 5], [10, -1], ['', '']]
"""


def describe(say: Speech, *, states: Labels, probabilities: Tensor, actions: Labels = (), rewards: Cells = (), values: Values = (),
             row: Flag = False) -> str:
    """Every transition with its probability, state by state."""
    n = len(states)
    if not 1 <= n <= 8:
        raise FigureError("from 1 to 8 states can be drawn")
    if len(probabilities) != max(1, len(actions)):
        raise FigureError(f"probabilities must be a list of {max(1, len(actions))} matrices, one for each action")
    if len(actions) > 3:
        raise FigureError("at most 3 actions can be told apart")
    for p in probabilities:
        if len(p) != n or any([len(r) != n for r in p]):
            raise FigureError(f"each matrix of probabilities must be {n}×{n}, a row and a column for each state")
        if any([not 0 <= v <= 1 for r in p for v in r]):
            raise FigureError("a probability lies between 0 and 1")
    if rewards and (len(rewards) != n or len(rewards[0]) != max(1, len(actions))):
        raise FigureError(f"rewards must be a {n}×{max(1, len(actions))} matrix, a row for each state, a column for each action")
    if values and len(values) != n:
        raise FigureError(f"values has {len(values)} entries, but there are {n} states")
    names = [say.label(s) for s in states]
    out = [say.counted(n, "{n} state: {rest}.", "{n} states: {rest}.", rest=say.all(names))]
    ends = [names[i] for i in range(n) if not _leaves(probabilities, i)]
    for i in range(n):
        for k, p in enumerate(probabilities):
            to = [say("to {name}" if v == 1 else "to {name} with probability {p}", name=names[j], p=say.number(v)) for j, v in enumerate(p[i]) if v != 0]
            if to:
                reward = rewards[i][k] if rewards else ""
                out.append(say(_LEAVING[bool(actions), reward != ""], name=names[i], action=say.label(actions[k]) if actions else "",
                               reward=say.number(reward), rest=say.row(to)))
    if ends:
        out.append(say("No arrow leaves {rest} (double circle).", rest=say.all(ends)))
    if values:
        out.append(say("Values: {rest}.", rest=say.row([f"{s} {say.number(v)}" for s, v in zip(names, values) if v != ""])))
    return say.text(out)


_LEAVING = {(False, False): "From {name}: {rest}.", (False, True): "From {name} (reward {reward}): {rest}.",
            (True, False): "From {name} by {action}: {rest}.", (True, True): "From {name} by {action} (reward {reward}): {rest}."}


def _leaves(probabilities: Tensor, i: int) -> bool:
    return any([v != 0 for p in probabilities for v in p[i]])


def draw(canvas: Canvas, *, states: Labels, probabilities: Tensor, actions: Labels = (), rewards: Cells = (), values: Values = (),
         row: Flag = False) -> None:
    """States as circles, transitions as arrows; a state that nothing leaves has a double circle.

    states: the names of the states
    probabilities: a matrix, or a list of one for each action: row i holds the probabilities of going from state i to each state
    actions: the names of the actions; the arrows of the second are dashed, those of the third dotted
    rewards: a row for each state with the reward of each action, written at the arrows; '' for none
    values: the value of each state, written below its name; '' for none
    row: true puts the states side by side instead of in a circle
    """
    n = len(states)
    inside = [number_label(v) if v != "" else "" for v in values]
    lines = [s for s in (*states, *inside) if s]
    r = max(4.2, max([math.hypot(*canvas.size_of(s)) / 2 + 1.2 for s in lines]) + (1.6 if any(inside) else 0.0))
    arcs: dict[tuple[int, int], list[tuple[int, int, int]]] = {}  # pair of states → (from, to, action), in order
    for k, p in enumerate(probabilities):
        for i in range(n):
            for j in range(n):
                if p[i][j] != 0:
                    arcs.setdefault((min(i, j), max(i, j)), []).append((i, j, k))
    texts = {(i, j, k): _text(probabilities[k][i][j], actions[k] if actions else "", rewards[i][k] if rewards else "")
             for found in arcs.values() for i, j, k in found}
    widest = max([canvas.size_of(t)[0] for t in texts.values()], default=5.0)
    most = max([len(found) for (i, j), found in arcs.items() if i != j], default=1)
    far = 2 * r + max(22.0, 8.0 + 1.5 * widest + 6.0 * (most - 1)) * canvas.scale
    places = _places(n, far, row)
    middle = (sum([x for x, _ in places]) / n, sum([y for _, y in places]) / n)
    for (i, j), found in arcs.items():
        if i == j:
            for m, arc in enumerate(found):
                _loop(canvas, places[i], r, _away(places[i], middle, 0 < i < n - 1 and row, m), texts[arc], DASHES[arc[2]])
            continue
        found.sort(key=lambda arc: (arc[0] > arc[1], arc[2] if arc[0] < arc[1] else -arc[2]))
        outer = _outer(places[i], places[j], middle)
        bends = _BENDS[min(len(found), 6)] if outer else _EVEN[min(len(found), 6)]
        if _between(places, i, j):  # around what lies between, to both sides in turn
            bends = tuple([(-1) ** m * (0.2 * (j - i) + 0.16 * (m // 2)) for m in range(len(found))])
        for arc, bend in zip(found, bends):
            side = (outer or 1) * (1 if arc[0] < arc[1] else -1)
            _arc(canvas, places[arc[0]], places[arc[1]], r, side * bend * far, texts[arc], DASHES[arc[2]])
    for i, name in enumerate(states):
        x, y = places[i]
        canvas.circle(x, y, r, owner=i)
        if not _leaves(probabilities, i):
            canvas.circle(x, y, r - 0.8, owner=i)
        if any(inside):
            canvas.write(name, x, y - 2.0, owner=i)
            if inside[i]:
                canvas.write(inside[i], x, y + 2.1, owner=i)
        else:
            canvas.write(name, x, y, down="ink", owner=i)


def _text(p: Any, action: str, reward: Any) -> str:
    """What stands at an arrow: a: 0.4, +3."""
    paid = "" if reward == "" else number_label(reward) if isinstance(reward, str) or reward < 0 else f"$+{number_label(reward).strip('$')}$"
    if action:
        text = action if p == 1 else f"{action}: {number_label(p)}"
    else:
        text = number_label(p)
    return f"{text}, {paid}" if paid else text


# how far the arcs between two states bend, as shares of their distance: outwards, and to both sides alike
_BENDS = {1: (0.0,), 2: (0.17, -0.07), 3: (0.35, 0.13, -0.08), 4: (0.52, 0.31, 0.11, -0.08), 5: (0.72, 0.52, 0.32, 0.12, -0.08),
          6: (0.92, 0.72, 0.52, 0.32, 0.12, -0.08)}
_EVEN = {1: (0.0,), 2: (0.14, -0.14), 3: (0.27, 0.0, -0.27), 4: (0.42, 0.14, -0.14, -0.42), 5: (0.5, 0.25, 0.0, -0.25, -0.5),
         6: (0.65, 0.39, 0.13, -0.13, -0.39, -0.65)}


def _outer(a: tuple[float, float], b: tuple[float, float], middle: tuple[float, float]) -> int:
    """On which side of the way from a to b is the outside (1: to the left of it)? 0 where the middle lies on the way."""
    side = (b[0] - a[0]) * (middle[1] - a[1]) - (b[1] - a[1]) * (middle[0] - a[0])
    return 0 if abs(side) < 1.0 else 1 if side > 0 else -1


def _places(n: int, far: float, row: bool) -> list[tuple[float, float]]:
    if row or n <= 2:
        return [(k * far, 0.0) for k in range(n)]
    if n == 3:
        return [(0.0, 0.0), (far * 1.15, 0.0), (far * 0.575, far * 0.8)]
    radius = far / (2 * math.sin(math.pi / n))
    start = math.pi + math.pi / n if n == 4 else -math.pi / 2
    return [(1.15 * radius * math.cos(start + 2 * math.pi * k / n), 0.9 * radius * math.sin(start + 2 * math.pi * k / n)) for k in range(n)]


def _between(places: list[tuple[float, float]], i: int, j: int) -> bool:
    """Does another state lie on the straight way?"""
    (ax, ay), (bx, by) = places[i], places[j]
    n = math.hypot(bx - ax, by - ay)
    for k, (x, y) in enumerate(places):
        if k not in (i, j):
            t = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / n
            if 0 < t < n and abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / n < 8.0:
                return True
    return False


def _away(place: tuple[float, float], middle: tuple[float, float], within: bool, m: int) -> float:
    """The direction of the m-th loop: away from the middle, upwards and downwards within a row."""
    if within:
        return (-math.pi / 2, math.pi / 2, -math.pi / 2 + 1.15)[m]
    if math.hypot(place[0] - middle[0], place[1] - middle[1]) < 1.0:
        return -math.pi / 2 + (0.0, 1.4, -1.4)[m]
    return math.atan2(place[1] - middle[1], place[0] - middle[0]) + (0.0, 1.15, -1.15)[m]


def _loop(canvas: Canvas, centre: tuple[float, float], r: float, angle: float, text: str, dash: tuple[float, ...]) -> None:
    """An arrow from a state to itself, with its label beyond it."""

    def at(a: float, d: float) -> tuple[float, float]:
        return centre[0] + d * math.cos(a), centre[1] + d * math.sin(a)

    reach = r + 10.5
    canvas.edge(at(angle - 0.42, r), at(angle + 0.42, r + 0.2), via=(at(angle - 0.62, reach), at(angle + 0.62, reach)), arrow=True, dash=dash)
    u, v = round(math.cos(angle), 3), round(math.sin(angle), 3)
    near = [(u if abs(u) > 0.3 else 0, v if abs(v) > 0.3 else 0), (u, 0), (0, v), (u, v)]
    canvas.label(text, *at(angle, r + 0.72 * (reach - r)), near=[n for n in near if n != (0, 0)], far=(0.6, 1.4))


def _arc(canvas: Canvas, a: tuple[float, float], b: tuple[float, float], r: float, bend: float, text: str, dash: tuple[float, ...]) -> None:
    n = math.hypot(b[0] - a[0], b[1] - a[1])
    ux, uy = (b[0] - a[0]) / n, (b[1] - a[1]) / n
    q = ((a[0] + b[0]) / 2 + 2 * bend * uy, (a[1] + b[1]) / 2 - 2 * bend * ux)
    da, db = math.hypot(q[0] - a[0], q[1] - a[1]), math.hypot(q[0] - b[0], q[1] - b[1])
    start = (a[0] + r * (q[0] - a[0]) / da, a[1] + r * (q[1] - a[1]) / da)
    end = (b[0] + (r + 0.2) * (q[0] - b[0]) / db, b[1] + (r + 0.2) * (q[1] - b[1]) / db)
    via = None
    if bend:
        via = ((start[0] + 2 * (q[0] - start[0]) / 3, start[1] + 2 * (q[1] - start[1]) / 3),
               (end[0] + 2 * (q[0] - end[0]) / 3, end[1] + 2 * (q[1] - end[1]) / 3))
    canvas.edge(start, end, text, via=via, arrow=True, dash=dash)
