"""The kinds of answers, one small file each; the file's name is the kind's name in a question.

`make` finds a kind by its name: a new kind is a new module here that defines `KIND`, a subclass of
`base.Kind`. There is no list to keep.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Any

from examwright.answers.kinds.base import Kind, KindError

__all__ = ["Kind", "KindError", "make", "names"]

_HELPERS = ("base", "equivalence", "grid", "options")


def names() -> list[str]:
    """The names of all kinds, sorted."""
    return list(_found())


@functools.cache
def _found() -> tuple[str, ...]:
    return tuple(sorted([m.name for m in pkgutil.iter_modules(__path__) if m.name not in _HELPERS]))


def make(spec: Any) -> Kind:
    """The kind that a question's ``type:`` describes: a name, or a mapping with that one name.

    Raises KindError, with the offending word and what is allowed there.
    """
    if isinstance(spec, str):
        name, options = spec, None
    elif isinstance(spec, dict) and len(spec) == 1:
        name, options = next(iter(spec.items()))
    elif isinstance(spec, dict):
        words = [str(w) for w in spec]
        raise KindError("a type is one word with its options below it", words[1] if words[1:] else "type", names())
    else:
        raise KindError("a type is a word, or a word with options", str(spec), names())
    if not isinstance(name, str) or name not in _found():
        raise KindError(f"there is no type '{name}'", str(name), names())
    kind: type[Kind] = importlib.import_module(f"{__name__}.{name}").KIND
    return kind.from_options(options)
