"""Loading the `figures:` of a question file; a part of `load`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from examwright.generator import figures
from examwright.generator.errors import nearest
from examwright.generator.figures.options import TEXTS
from examwright.generator.formula import Formula
from examwright.generator.question import Figure, Option
from examwright.generator.text import Text, TextError, compile_text
from examwright.generator.yamlfile import Y, scalars

if TYPE_CHECKING:
    from examwright.generator.load import _Loader

_WORDS = ("Values", "ValueRows", "Cells", "Blocks")  # in a list of these, what stands in quotes is a word


def read_figures(loader: _Loader, y: Y | None) -> dict[str, Figure]:
    """The figures of a file by name; faults go to the loader's source. Called when all texts and values are known."""
    if y is None:
        return {}
    if not isinstance(y.value, dict):
        loader.fault(y, "figures must be a mapping: a name, then the kind of the figure and its options.")
        return {}
    out = {}
    for name, entry in y.value.items():
        at = y.keys[name]
        if not name.isidentifier():
            loader.fault(at, f"{name!r} cannot be the name of a figure.", name, "Use letters, digits and _, a letter first.")
            continue
        shown = [s for s in loader.shows if s[1] == name]
        figure = _figure(loader, name, entry, at, shown)
        if figure is None:
            continue
        out[name] = figure
        if loader.unclear:
            continue
        if not shown:
            loader.fault(at, f"the figure {name!r} is shown nowhere.", name, f"Write {{{{ figure('{name}') }}}} into a text.")
        elif figure.key and not any([answers for _, _, answers in shown]):
            loader.fault(entry.keys["key"], f"the figure {name!r} has a 'key', but no solution shows it.", "key",
                         f"Write {{{{ figure('{name}') }}}} into a solution.")
    return out


def _figure(loader: _Loader, name: str, y: Y, at: tuple[int, int], shown: list[Any]) -> Figure | None:
    what = f"the figure {name}"
    if not isinstance(y.value, dict) or "kind" not in y.value:
        loader.fault(y if not isinstance(y.value, dict) else at, f"{what} must be a mapping of 'kind' and its options.", name,
                     f"Kinds: {', '.join(figures.kind_names())}.")
        return None
    kind = loader.string(y.value["kind"], f"{what}, kind")
    if kind is None:
        return None
    if kind not in figures.kind_names():
        loader.fault(y.value["kind"], f"{what}: there is no kind {kind!r}.", kind, nearest(kind, figures.kind_names()))
        return None
    allowed = figures.options_of(kind)
    public = [what for what, _, answers in shown if not answers]  # where students see it before they have answered
    options = {}
    for option, entry in loader.keys(y, ("kind", *allowed, "key"), f"{what} ({kind})").items():
        if option not in ("kind", "key"):
            options[option] = _option(loader, f"{what}, {option}", allowed[option][0], entry, public[0] if public else "")
    key: dict[str, Option] = {}
    key_y = y.value.get("key")
    if key_y is not None:
        if not isinstance(key_y.value, dict) or not key_y.value:
            loader.fault(key_y, f"{what}: key must be a mapping of the options that the key adds.", "key")
        else:
            for option, entry in loader.keys(key_y, tuple(allowed), f"the key of {what} ({kind})").items():
                key[option] = _option(loader, f"{what}, {option}", allowed[option][0], entry, "")
    for option, (_, needed) in allowed.items():
        if needed and option not in options and (public or option not in key):
            loader.fault(at, f"{what} ({kind}) needs {option!r}.", option)
    if any([v is None for v in (*options.values(), *key.values())]):
        return None
    return Figure(name, kind, options, key, y.line)


def _option(loader: _Loader, what: str, type_: str, y: Y, public: str) -> Option | None:
    """An option: a formula, or texts. `public` says where students see it before they have answered, if they do."""
    if type_ in TEXTS and not (TEXTS[type_] and isinstance(y.value, str)):
        return _texts(loader, what, y, TEXTS[type_], public)
    if type_ == "Tree" and isinstance(y.value, dict):
        return _tree(loader, what, y, public)
    if type_ in _WORDS and isinstance(y.value, list):
        items = [_option(loader, what, type_, v, public) if isinstance(v.value, list) else _value(loader, what, v, public) for v in y.value]
        return None if any([i is None for i in items]) else tuple(items)
    return _formula(loader, what, y, public)


def _value(loader: _Loader, what: str, y: Y, public: str) -> Option | None:
    """An entry of a list of numbers and words: in quotes a word, else a formula."""
    if isinstance(y.value, str) and not y.plain:
        return _text(loader, what, y, public) if y.value.strip() else Text("", None, {})
    if isinstance(y.value, str) and y.value.isidentifier() and y.value not in loader.known and y.value not in loader.all_names:
        loader.fault(y, f"{what} names {y.value!r}, which is not defined.", y.value,
                     nearest(y.value, loader.known, 0) or "Put a word in quotes.")
        return None
    return _formula(loader, what, y, public)


def _formula(loader: _Loader, what: str, y: Y, public: str) -> Formula | None:
    formula = loader.formula(y, what)
    if formula is not None and public:
        for name, offset in formula.names.items():
            _hide(loader, y, what, name, offset, public)
    return formula


def _hide(loader: _Loader, y: Y, what: str, name: str, offset: int, public: str) -> None:
    """Note a fault if the value is an answer: a figure that stands before the answers may not show it."""
    if loader.known.get(name) not in ("part", "part let"):
        return
    found = [(v, m.start()) for v in scalars(y) for m in [re.search(rf"\b{name}\b", v.text)] if m]
    place, start = found[0] if isinstance(y.value, list) and found else (y, offset)
    loader.source.fault_inside(place, start, f"{what} shows {name!r}, which is an answer, and {public} shows the figure: the paper would give it away.",
                               name, "Put it under 'key', which only solutions show.")


def _texts(loader: _Loader, what: str, y: Y, depth: int, public: str) -> Option | None:
    if depth == 0:
        return _text(loader, what, y, public)
    if not isinstance(y.value, list):
        loader.fault(y, f"{what} must be a list of {'texts' if depth == 1 else 'lists of texts'}, or a formula that gives one.", y.text)
        return None
    items = [_texts(loader, what, v, depth - 1, public) for v in y.value]
    return None if any([i is None for i in items]) else tuple(items)


def _text(loader: _Loader, what: str, y: Y, public: str) -> Text | None:
    if y.value is None or isinstance(y.value, (dict, list, bool)):
        loader.fault(y, f"{what} must be a text.", y.text, "Put it in quotes.")
        return None
    try:
        text = compile_text(y.text)
    except TextError as error:
        loader.source.fault_inside(y, error.offset, f"{what}: {error.message}", error.word, error.hint)
        return None
    for name, offset in text.figures.items():
        loader.source.fault_inside(y, offset, f"{what} shows the figure {name!r}; figures stand in text, ask and solution only.", name)
    for name, offset in text.names.items():
        loader.printable(y, what, name, offset, loader.known, answers=True)
        if public:
            _hide(loader, y, what, name, offset, public)
    return text


_NODE = ("test", "then", "else", "branches")


def _tree(loader: _Loader, what: str, y: Y, public: str) -> Option | None:
    """A mapping of a test and what follows, or a leaf."""
    if not isinstance(y.value, dict):
        return _text(loader, what, y, public)
    found = loader.keys(y, _NODE, what)
    test = loader.need(found, "test", y, what)
    if test is None:
        return None
    ways: list[Option] = []  # what is below; with its answer where the file says it
    if "branches" in found:
        branches = found["branches"]
        if "then" in found or "else" in found or not isinstance(branches.value, dict) or len(branches.value) < 2:
            loader.fault(y.keys["branches"], f"{what}: a node has then and else, or branches: a mapping of at least two answers to what follows.",
                         "branches")
            return None
        for answer, below in branches.value.items():
            tree = _tree(loader, what, below, public)
            ways.append(None if tree is None else (Text(answer, None, {}), tree))
    else:
        for key in ("then", "else"):
            below = loader.need(found, key, y, what)
            ways.append(None if below is None else _tree(loader, what, below, public))
    node = _text(loader, what, test, public)
    return None if node is None or any([way is None for way in ways]) else (node, *ways)

