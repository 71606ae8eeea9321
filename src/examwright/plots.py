"""Plots as inline SVG. Colours are CSS variables of the page (web.css), so that they follow light, dark and print; every plot has a
title and says in words what it shows, and no label can meet another."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH = 720


def _svg(height: float, title: str, told: str, body: list[str]) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" class="plot" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
            f"<desc>{escape(told)}</desc>{''.join(body)}</svg>")


def _text(x: float, y: float, text: str, anchor: str = "start", css: str = "") -> str:
    style = f' class="{css}"' if css else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{style}>{escape(text)}</text>'


def histogram(counts: Sequence[int], mean: float | None, title: str) -> str:
    """Bars for each tenth of 100 %, with the mean as a line."""
    left, top, height = 24.0, 44.0, 170.0
    step = (WIDTH - 2 * left) / len(counts)
    most = max([*counts, 1])
    body = []
    for k, n in enumerate(counts):
        h = height * n / most
        x = left + k * step
        if n:
            body.append(f'<rect class="bar" x="{x + 2:g}" y="{top + height - h:g}" width="{step - 4:g}" height="{h:g}"/>')
            body.append(_text(x + step / 2, top + height - h - 5, str(n), "middle"))
    base = top + height
    body.append(f'<path class="axis" d="M{left:g} {base:g}H{left + step * len(counts):g}"/>')
    for k in range(len(counts) + 1):
        body.append(f'<path class="axis" d="M{left + k * step:g} {base:g}v4"/>')
        body.append(_text(left + k * step, base + 18, f"{100 * k // len(counts)} %", "middle"))
    if mean is not None:
        x = left + step * len(counts) * mean / 100
        body.append(f'<path class="mean" d="M{x:g} 18V{base:g}"/>')
        body.append(_text(min(max(x, 40), WIDTH - 40), 12, f"mean {mean:.0f} %", "middle", "soft"))
    told = "; ".join([f"{100 * k // len(counts)} to {100 * (k + 1) // len(counts)} %: {n}" for k, n in enumerate(counts) if n])
    return _svg(base + 26, title, told + (f"; mean {mean:.1f} %." if mean is not None else "."), body)


def legend(kinds: Sequence[str]) -> str:
    """What the colours of `composition` mean."""
    body, x = [], 4.0
    for k, kind in enumerate(kinds):
        body.append(f'<rect class="k{k}" x="{x:g}" y="4" width="12" height="12"/>{_text(x + 16, 15, kind)}')
        x += 30 + 7.2 * len(kind)
    return _svg(22, "Legend", ", ".join(kinds), body)


def composition(rows: Sequence[tuple[str, Sequence[int]]], kinds: Sequence[str], title: str) -> str:
    """A bar of 100 % for each row, cut in proportion to its counts."""
    left, line = 190.0, 22.0
    full = WIDTH - left - 8
    body, told = [], []
    for r, (name, counts) in enumerate(rows):
        y = 2 + r * line
        n = sum(counts) or 1
        body.append(_text(left - 8, y + 13, name if len(name) <= 26 else name[:25] + "…", "end"))
        x = left
        for k, count in enumerate(counts):
            w = full * count / n
            if count:
                body.append(f'<rect class="k{k}" x="{x:g}" y="{y:g}" width="{max(w - 1, 0.5):g}" height="{line - 5:g}"/>')
                if w > 26:
                    body.append(_text(x + w / 2, y + 13, str(count), "middle", f"on{k}"))
            x += w
        told.append(f"{name}: " + ", ".join([f"{c} {kind}" for c, kind in zip(counts, kinds) if c]))
    return _svg(line * len(rows), title, ". ".join(told) + ".", body)


def strips(rows: Sequence[tuple[str, Sequence[float]]], title: str) -> str:
    """A line of dots from 0 to 100 % for each group, equal values piled up, with the group's mean as a tick."""
    left, line = 240.0, 34.0
    full = WIDTH - left - 20
    body, told = [], []
    for r, (name, values) in enumerate(rows):
        y = 14 + r * line + line / 2
        body.append(_text(left - 12, y + 4, name if len(name) <= 33 else name[:32] + "…", "end"))
        body.append(f'<path class="axis" d="M{left:g} {y + 9:g}H{left + full:g}"/>')
        piled: dict[int, int] = {}
        for v in values:
            spot = round(v * full / 100 / 6)
            piled[spot] = piled.get(spot, 0) + 1
        step = min(5.0, 24 / max([*piled.values(), 1]))
        for spot, count in sorted(piled.items()):
            body += [f'<circle class="dot" cx="{left + 6 * spot:g}" cy="{y + 5 - step * k:g}" r="2.6"/>' for k in range(count)]
        if values:
            mean = sum(values) / len(values)
            body.append(f'<path class="mean" d="M{left + full * mean / 100:g} {y - 14:g}v26"/>')
            told.append(f"{name}: {len(values)} students, mean {mean:.1f} %")
    base = 14 + line * len(rows) + 8
    for k in range(0, 101, 20):
        body.append(_text(left + full * k / 100, base + 12, f"{k} %", "middle"))
    return _svg(base + 20, title, ". ".join(told) + ".", body)


def bar(share: float | None, title: str) -> str:
    """A small bar for a table cell, from 0 to 1; "" where there is no figure."""
    if share is None:
        return ""
    width = 60 * min(max(share, 0.0), 1.0)
    return (f'<svg viewBox="0 0 60 10" class="cell" role="img" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>'
            f'<rect class="track" width="60" height="10"/><rect class="bar" width="{width:.1f}" height="10"/></svg>')
