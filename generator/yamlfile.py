"""YAML with positions and without YAML's surprises.

Values come from the written text by our own strict rules: `no` is not False, `012` is not 10, and a
decimal is exact. Every value knows its line and column, and all faults of a file are collected.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from examwright.generator.errors import Problem, Problems, short_path
from examwright.generator.files import beginning

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_VALUES = 50_000
MAX_FAULTS = 500  # that are told at once

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+\Z")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TRAPS = (
    (re.compile(r"(?i:yes|no|on|off)\Z"), "YAML reads {0} as true or false"),
    (re.compile(r"[-+]?0[0-9]+\Z"), "YAML reads {0} as an octal number"),
    (re.compile(r"[-+]?[0-9][0-9.]*[eE][-+]?[0-9]+\Z"), "{0} is a binary float or a word, depending on the reader"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?\Z"), "YAML reads {0} as a number in base 60"),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+\Z"), "{0} is not a decimal number"),
    (re.compile(r"[-+]?[0-9][0-9.]*_[0-9_.]*\Z"), "{0} has an underscore in a number"),
    (re.compile(r"[-+]?\.(?i:inf|nan)\Z"), "{0} is not a number an exam can use"),
    (re.compile(r"[-+]?[0-9]+\.\Z"), "{0} ends in a point"),
)
_MENDS = {
    0: "Write true or false, or put it in quotes.",
    1: "Write it without the leading zero, or in quotes.",
    2: "Write it as a decimal (0.001) or a fraction in quotes.",
    3: "Put it in quotes.",
    4: "Write it in decimal digits.",
    5: "Write the digits without underscores.",
    6: "",
    7: "Write a digit after the point, or none.",
}


_SPECIAL = re.compile("[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"\\(?:([A-Za-z]+)|.)")
_LATEX = frozenset(["nabla", "natural", "ne", "neg", "neq", "nexists", "ngeq", "ni", "nleq", "nmid", "nolimits", "not", "notin", "nu", "tan", "tanh", "tau", "tbinom", "text", "textbf", "textit", "textrm", "tfrac", "therefore", "theta", "thinspace", "tilde", "times", "to", "top", "triangle"])  # those that begin like a line break or a tab


@dataclass
class Y:
    """A value of a YAML file: `value` is a dict of Y, a list of Y, str, int, Decimal, bool or None.
    `line` and `column` count from 1; `keys` has the position of each key; `plain` is true for an unquoted
    scalar, whose text stands in `text`."""

    value: Any
    line: int
    column: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    plain: bool = False
    text: str = ""
    block: bool = False

    def python(self) -> Any:
        """The value without positions: dicts, lists, scalars."""
        if isinstance(self.value, dict):
            return {k: v.python() for k, v in self.value.items()}
        if isinstance(self.value, list):
            return [v.python() for v in self.value]
        return self.value


def scalars(y: Y) -> Iterator[Y]:
    """All scalars below a value."""
    if isinstance(y.value, (dict, list)):
        for v in y.value.values() if isinstance(y.value, dict) else y.value:
            yield from scalars(v)
    else:
        yield y


@dataclass
class Source:
    """A file being read: its text and the problems found so far."""

    path: Path
    text: str
    problems: list[Problem] = field(default_factory=list)
    places: set[tuple[int, int]] = field(default_factory=set)  # of the problems
    values: int = 0

    @cached_property
    def line_at(self) -> list[int]:
        """Where each line begins."""
        return [0] + [m.end() for m in re.finditer("\n", self.text)]

    @property
    def name(self) -> str:
        return short_path(self.path)

    def fault(self, at: Y | tuple[int, int], message: str, word: str = "", hint: str = "") -> None:
        """Note a problem at a value or a (line, column); only the first of a place is kept."""
        line, column = (at.line, at.column) if isinstance(at, Y) else at
        if (line, column) in self.places:
            return  # the first fault of a place explains the others
        self.places.add((line, column))
        self.problems.append(Problem(self.name, line, column, message, word, hint))
        if len(self.problems) >= MAX_FAULTS:
            raise Problems([*self.problems, Problem(self.name, len(self.line_at), 1, f"these are {MAX_FAULTS} faults; there may be more.")])

    def fault_inside(self, at: Y, offset: int, message: str, word: str = "", hint: str = "") -> None:
        """Note a problem `offset` characters into the text of a scalar."""
        self.fault(self.position(at, offset), message, word, hint)

    def position(self, at: Y, offset: int) -> tuple[int, int]:
        """(line, column) of the character `offset` of a scalar's text. Folding and indentation change nothing but
        white space, so the other characters are counted."""
        raw = self.text
        line_at = self.line_at
        j = line_at[min(at.line, len(line_at) - 1)] if at.block else line_at[at.line - 1] + at.column - 1
        quote = raw[j:j + 1] if not (at.block or at.plain) else ""
        j += len(quote)
        wanted = sum(not c.isspace() for c in at.text[:offset])
        on_one = offset < len(at.text) and not at.text[offset].isspace()
        end = j
        while j < len(raw) and (wanted or on_one):
            if raw[j].isspace():
                j += 1
                continue
            size, seen = 1, True
            if quote == "'" and raw[j] == "'":
                size = 2
            elif quote == '"' and raw[j] == "\\":
                size = {"x": 4, "u": 6, "U": 10}.get(raw[j + 1:j + 2], 2)
                seen = raw[j + 1:j + 2] not in "ntr \n"
            if seen and not wanted:
                end = j
                break
            wanted -= seen
            j += size
            end = j if seen else end
        line = bisect.bisect_right(line_at, end)
        return line, end - line_at[line - 1] + 1

    def finish(self) -> None:
        """Raise Problems if any was found."""
        if self.problems:
            raise Problems(self.problems)


_HINTS = {  # of what the YAML reader says, in words of somebody who writes questions
    "did not find expected '-' indicator": "The line is indented otherwise than those it belongs to.",
    "did not find expected key": "Is the line indented otherwise than those it belongs to, or does a text with quotes begin or end before?",
    "found unknown escape character": "In double quotes a backslash is written twice. Use single quotes, or | and the text below it.",
    "found unexpected end of stream": "A quote is not closed.",
}


def read(path: Path, text: str | None = None) -> tuple[Source, Y]:
    """Read a YAML file (or the text given). Raises Problems for what cannot be read at all; milder faults
    are left in `Source.problems`, so that the caller can report them together with its own."""
    if text is None:
        try:
            raw = beginning(path, MAX_BYTES + 1)
        except OSError as error:
            raise Problems([Problem(short_path(path), 1, 1, f"cannot be read: {error.strerror}.")]) from None
        if len(raw) > MAX_BYTES:
            raise Problems([Problem(short_path(path), 1, 1, f"is larger than {MAX_BYTES} bytes.")])
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
            raise Problems([Problem(short_path(path), line, column, "is not UTF-8 text here.",
                                    hint="Save the file as UTF-8.")]) from None
    source = Source(path, text)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        strange = _UNPRINTABLE.search(text)
        if strange:
            before = text[:strange.start()]
            at = before.count("\n") + 1, strange.start() - (before.rfind("\n") + 1) + 1
            source.fault(at, f"the character {strange.group()!r} is not allowed.", repr(strange.group()).strip("'"))
            raise Problems(source.problems) from None
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = getattr(error, "problem", None) or str(error).split("\n")[0]
        hint = ""
        lines = text.split("\n")
        row = lines[at[0] - 1] if at[0] <= len(lines) else ""
        if "\t" in row[: len(row) - len(row.lstrip())] or "cannot start any token" in said and "\t" in row:
            said, hint = "a tab in the indentation", "Use spaces."
        elif ": " in row and "mapping values" in said:
            hint = "A text with a colon needs quotes."
        elif said == "but found another document":
            said, hint = "a second document begins here", "One file holds one."
        else:
            hint = next((h for start, h in _HINTS.items() if said.startswith(start)), "")
        source.fault(at, f"not valid YAML: {said}.", hint=hint)
        raise Problems(source.problems) from None
    except RecursionError:
        raise Problems([Problem(source.name, 1, 1, "is nested too deeply.")]) from None
    if node is None:
        raise Problems([Problem(source.name, 1, 1, "is empty.")])
    return source, _convert(source, node, set(), 0)


def value_at(path: Path, text: str, *keys: Any) -> tuple[Source, Y] | None:
    """The value that stands under the keys (for a list: the number of an item) of a file that has been read once, and the file; None where
    there is none."""
    source, y = read(path, text)
    for key in keys:
        holder = y.value
        if not (isinstance(holder, dict) and key in holder or isinstance(holder, list) and isinstance(key, int) and key < len(holder)):
            return None
        y = holder[key]
    return source, y


def _convert(source: Source, node: Any, seen: set[int], depth: int) -> Y:
    mark = node.start_mark
    at = (mark.line + 1, mark.column + 1)
    if id(node) in seen:
        anchor = re.match(r"&[^\s,\[\]{}]+", source.text.split("\n")[mark.line][mark.column:])
        source.fault(at, "is referred to by a YAML alias (&name, *name), which is not allowed.",
                     anchor.group() if anchor else "", "Write the value out.")
        return Y(None, *at)
    seen.add(id(node))
    source.values += 1
    if source.values > MAX_VALUES:
        raise Problems([Problem(source.name, *at, f"the file holds more than {MAX_VALUES} values, and no more are allowed.")])
    if depth > MAX_DEPTH:
        source.fault(at, "is nested too deeply.")
        return Y(None, *at)
    if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.startswith("tag:yaml.org,2002:python"):
        source.fault(at, f"the tag {node.tag!r} is not allowed.", node.tag)
        return Y(None, *at)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(source, node, at)
    if isinstance(node, yaml.SequenceNode):
        return Y([_convert(source, child, seen, depth + 1) for child in node.value], *at)
    out: dict[str, Y] = {}
    keys: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        key_at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            source.fault(key_at, "a key must be a word.")
            continue
        key = key_node.value
        if key_node.tag == "tag:yaml.org,2002:merge" or key == "<<":
            source.fault(key_at, "the merge key '<<' is not allowed.", "<<", "Write the values out.")
            continue
        if not key_node.style and _TRAPS[0][0].match(key):
            source.fault(key_at, f"{_TRAPS[0][1].format(repr(key))}, so it cannot be a key.", key,
                         "Put it in quotes, or use another name.")
        if key in out:
            first = keys[key]
            source.fault(key_at, f"the key {key!r} stands here a second time (first on line {first[0]}).", key,
                         "Keep one of them.")
            continue
        keys[key] = key_at
        out[key] = _convert(source, value_node, seen, depth + 1)
    return Y(out, *at, keys=keys)


def _latex_in_double_quotes(source: Source, node: Any) -> None:
    """Faults for commands of LaTeX whose backslash YAML has read: "\\frac" is a form feed and "rac", "\\theta" a tab and "heta"."""
    first, last = node.start_mark, node.end_mark
    lines = source.text.split("\n")[first.line:last.line + 1]
    lines[-1] = lines[-1][:last.column]
    lines[0] = " " * first.column + lines[0][first.column:]
    for i, line in enumerate(lines):
        for found in _ESCAPE.finditer(line):
            word = found.group(1) or ""
            if word in _LATEX or word[:1] in tuple("abefv") or (word[:1] == "r" and word[1:]):
                source.fault((first.line + i + 1, found.start() + 1), f"in double quotes YAML reads \\{word[0]} of \\{word} as a character of its own.",
                             f"\\{word}", "Use single quotes, or | and the text below it.")


def _scalar(source: Source, node: Any, at: tuple[int, int]) -> Y:
    text = node.value
    if node.style:  # the C parser says "" for a plain scalar, the Python one None
        if node.style == '"' and _SPECIAL.search(text):
            _latex_in_double_quotes(source, node)
        strange = _UNPRINTABLE.search(text)
        if strange and not any(p.line == at[0] for p in source.problems):  # written as an escape
            source.fault(at, f"the character {strange.group()!r} is not allowed.", repr(strange.group()).strip("'"))
        return Y(text, *at, text=text, block=node.style in "|>")
    value: Any = text
    if text in ("", "~", "null", "Null", "NULL"):
        value = None
    elif text in ("true", "True", "TRUE"):
        value = True
    elif text in ("false", "False", "FALSE"):
        value = False
    elif _INTEGER.match(text):
        if len(text) > 60:
            source.fault(at, "a number of more than 60 digits.", text[:12] + "…")
        else:
            value = int(text)
    elif _DECIMAL.match(text):
        if len(text) > 60:
            source.fault(at, "a number of more than 60 digits.", text[:12] + "…")
        else:
            value = Decimal(text)
    else:
        for number, (pattern, message) in enumerate(_TRAPS):
            if pattern.match(text):
                source.fault(at, message.format(repr(text)) + ".", text, _MENDS[number])
                break
    return Y(value, *at, plain=True, text=text)
