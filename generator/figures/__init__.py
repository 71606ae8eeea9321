"""Figures of questions: each kind is a function that draws and one that says what is shown.

A question file names its figures under `figures:` and puts them into its texts by `{{ figure('name') }}`. In a text whose
values are filled in, a figure is a Markdown picture whose address holds the whole of it, `![](figure:…)`: its kind and the
exact values of its options. So a text can be stored, sent and printed anywhere. Two things can be done with it:

    described(text, language)       the text with each figure replaced by what it shows, in brackets
    drawn(address, language, face)  the figure behind an address, a `Drawn` (see `display.py`): for PDF pages and web pages; its words
                                    stand in the fonts of a face (`face.py`)

A kind is a module in `kinds/`; its name is the word of the format. It has TITLE, EXAMPLE (options in YAML, for the gallery), and two
functions with the same keyword parameters, whose annotations (`options.py`) say what the options are: `describe` gives the
alternative text in the language of a `Speech` and raises FigureError where options do not fit together (it is always called first),
`draw` draws on a `Canvas`. The other languages than English are in `phrases.py`.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from flint import fmpq

from examwright.generator.figures import kinds as _package
from examwright.generator.figures.options import READ
from examwright.generator.figures.words import FigureError, speech
from examwright.solvers.arithmetic import Real, to_decimal

if TYPE_CHECKING:
    from examwright.generator.figures.display import Drawn
    from examwright.generator.figures.face import Face

__all__ = ["FigureError", "IN_TEXT", "address", "describe", "described", "drawn", "kind_names", "options_of"]

IN_TEXT = re.compile(r"!\[\]\((figure|blank):([A-Za-z0-9_=-]+)\)")
SCALES = (1.0, 1.2, 1.45, 1.75, 2.1, 2.5)  # of the layout, until every label has its place
NARROWER = (0.85, 0.72, 0.6)  # where there is little room
MAX_LENGTH = 60_000  # of an address


@lru_cache(maxsize=1)
def kind_names() -> tuple[str, ...]:
    """The names of all kinds, sorted."""
    return tuple(sorted([m.name for m in pkgutil.iter_modules(_package.__path__)]))


@cache
def kind(name: str) -> Any:
    """The module of a kind. Raises FigureError."""
    if name not in kind_names():
        raise FigureError(f"there is no figure of the kind {name!r}")
    return importlib.import_module(f"{_package.__name__}.{name}")


@cache
def options_of(name: str) -> dict[str, tuple[str, bool]]:
    """The options of a kind: name → (what it is: a word of `options.READ`, must it be given?)."""
    return {p.name: (str(p.annotation), p.default is p.empty) for p in inspect.signature(kind(name).describe).parameters.values()
            if p.kind is p.KEYWORD_ONLY}


# ---- addresses -------------------------------------------------------------------------------

def address(name: str, options: Mapping[str, Any], called: str = "figure") -> str:
    """A kind and exact values as an address; `called` is what errors call it. Raises FigureError where a value is none that a
    figure can have. Whether the options fit together is seen when it is described or drawn."""
    text = json.dumps([name, {k: _plain(v) for k, v in options.items()}, called], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _plain(x: Any) -> Any:
    """A value for JSON: words have an apostrophe in front, so that they are not taken for numbers."""
    if type(x) is fmpq:
        return int(x.p) if x.q == 1 else f"{x.p}/{x.q}"
    if isinstance(x, bool):
        return x
    if isinstance(x, (tuple, list)):
        return [_plain(v) for v in x]
    if isinstance(x, str):
        return "'" + x
    if isinstance(x, Real):
        return to_decimal(x)
    if isinstance(x, int):
        return x
    raise FigureError(f"{x!r} is no value that a figure can show")


def _exact(x: Any) -> Any:
    if isinstance(x, list):
        return tuple([fmpq(v) if type(v) is int else _exact(v) for v in x])
    if isinstance(x, bool):
        return x
    if isinstance(x, int):
        return fmpq(x)
    if isinstance(x, str):
        return x[1:] if x.startswith("'") else _fraction(x)
    raise FigureError(f"{x!r} is no value of a figure")


@lru_cache(maxsize=4096)
def _fraction(text: str) -> fmpq:
    match = re.fullmatch(r"(-?[0-9]{1,400})(?:/([0-9]{1,400})|\.([0-9]{1,400}))?", text)
    if not match:
        raise FigureError(f"{text!r} is no value of a figure")
    whole, below, decimals = match.groups()
    if decimals:
        return fmpq(int(whole + decimals), 10 ** len(decimals))
    return fmpq(int(whole), int(below or 1))


@lru_cache(maxsize=128)
def _read(text: str) -> tuple[str, dict[str, Any], str]:
    """(kind, options, what it is called) of an address, each option looked at by itself."""
    if len(text) > MAX_LENGTH:
        raise FigureError(f"a figure with more than {MAX_LENGTH} characters of values")
    try:
        name, given, called = json.loads(base64.urlsafe_b64decode(text).decode())
        given = {str(k): _exact(v) for k, v in given.items()}
    except (ValueError, TypeError, AttributeError, ZeroDivisionError, RecursionError, binascii.Error):
        raise FigureError("the address of a figure cannot be read") from None
    allowed, called = options_of(str(name)), str(called)[:60]
    for option in given:
        if option not in allowed:
            raise FigureError(f"the figure {called}: the kind {name} has no option {option!r}")
    out = {}
    for option, (what, needed) in allowed.items():
        if option in given:
            try:
                out[option] = READ[what](given[option])
            except ValueError as error:
                raise FigureError(f"the figure {called}: {option} {error}") from None
        elif needed:
            raise FigureError(f"the figure {called}: the kind {name} needs {option}")
    return name, out, called


# ---- what can be done with one -----------------------------------------------------------------

@lru_cache(maxsize=128)
def describe(text: str, language: str = "en") -> str:
    """What the figure behind an address shows, with its numbers. Raises FigureError where its options do not fit together."""
    name, options, called = _read(text)
    say = speech(language)
    try:
        return say("{title}. {text}", title=say(kind(name).TITLE), text=kind(name).describe(say, **options))
    except FigureError as error:
        raise FigureError(f"the figure {called}: {error}") from None


def described(text: str, language: str = "en") -> str:
    """A text with each figure replaced by what it shows, in brackets."""
    return IN_TEXT.sub(lambda m: f"[{describe(m.group(2), language)}]", text)


@lru_cache(maxsize=64)
def drawn(text: str, language: str = "en", face: Face = (), room: float = 0.0) -> Drawn:
    """The figure behind an address, drawn, if it can be at most `room` mm wide (0: as wide as it likes). Raises FigureError, which names
    labels that overlap whatever its size."""
    from examwright.generator.figures.canvas import Canvas

    alt = speech(language).aloud(describe(text, language))
    name, options, called = _read(text)
    title = speech(language)(kind(name).TITLE)

    def on(scale: float) -> tuple[Drawn, list[str]]:
        canvas = Canvas(scale, face, speech(language))
        try:
            kind(name).draw(canvas, **options)
            return canvas.finish(title, alt, language), canvas.missed
        except FigureError as error:
            raise FigureError(f"the figure {called}: {error}") from None

    missed: list[str] = []
    for scale in SCALES:
        made, missed = on(scale)
        if not missed:
            break
    else:
        raise FigureError(f"the figure {called}: there is no room for its labels {', '.join(sorted(set(missed))[:6])}")
    for scale in NARROWER if room and made.width > room else ():
        narrower, missed = on(scale)
        if not missed and narrower.width < made.width:
            made = narrower
        if made.width <= room:
            break
    return made
