"""Cleaned text cut into tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

from examwright.answers.characters import VULGAR
from examwright.answers.phrases import phrase
from examwright.answers.symbols import Scope
from examwright.answers.typed import Notation, Unreadable

__all__ = ["CONSTANTS", "FUNCTIONS", "Token", "tokenize"]


class Token(NamedTuple):
    kind: str  # number, name, symbol, fraction (½), command, log, or the sign itself (‰ is a %); "end"
    text: str
    spaced: bool = False  # a space stands before it


_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:( [0-9]{3})+|('[0-9]{3})+)(?![0-9])(?:[.,][0-9]+)?(?![0-9.,'])")
_CHUNK = re.compile(r"[0-9.,]*[0-9]")
_SCIENTIFIC = re.compile(r"\.?[eE]([+-]?)([0-9]+)")
_LOOSE_EXPONENT = re.compile(r"\s*[eE]\s*[-+]?\s*[0-9]")
_LOST_EXPONENT = re.compile(r"10(?:[eE][-+]?|-)[0-9]")
_LOG_BASE = re.compile(r"log(?:_\s*(?:\{\s*([0-9]+|e)\s*\}|([0-9]+|e))|(2|10)(?=\s*[({0-9\\√a-z]))(?![0-9])")
_NAME = re.compile(r"[^\W\d_]+")
_TIMES = re.compile(r"[xX](?=\s*10\s*(?:\^|\*\*))|(?<= )[xX](?= [0-9])")  # 1.5x10^3, 3 x 4
_DEGREE = re.compile(r"\s*\[\s*([2-9])\s*\]")
_COMMAND = re.compile(r"\\([A-Za-z]+)")

FUNCTIONS = ("ln", "log", "log2", "sqrt", "exp", "lg", "ld", "lb", "abs")
CONSTANTS = ("pi", "π", "e")

def _strange(sign: str, number: bool) -> Unreadable:
    """Why a sign cannot stand in a number, or an expression."""
    one = phrase("one number" if number else "one expression")
    if sign in "[]":
        return Unreadable("square brackets belong to a list; {one} is asked for here", one=one)
    if sign in ",;":
        return Unreadable("'{sign}' separates {several}; {one} is asked for here", sign=sign, one=one,
                          several=phrase("several numbers" if number else "several expressions"))
    if sign in "<>≤≥≠":
        return Unreadable("'{sign}' is a comparison; {one} is asked for here", sign=sign, one=one)
    if sign in "–—‒―":
        return Unreadable("'{sign}' between digits is a range; {one} is asked for here", sign=sign, one=one)
    if sign == "_":
        return Unreadable("an underscore without a name before it")
    if sign == "±":
        return Unreadable("'{sign}' stands for two numbers", sign=sign)
    if sign == "∞":
        return Unreadable("infinity is not a number")
    return Unreadable("'{sign}' cannot be read here", sign=sign) if sign.isprintable() else Unreadable("a sign that cannot be printed")


_INDEX = re.compile(r"\s*_\s*(?:\{\s*([0-9A-Za-z]{1,6})\s*\}|([0-9]{1,6}|[A-Za-z]{1,6}))|([0-9]{1,6})(?![0-9.])")
_AFTER = frozenset(["", *"+-*/^(){}|,;"])  # what ends a name of one letter
_BARS = ("lvert", "rvert", "vert", "mid")
_MAX_CALLS = 30  # of max and min
_ARGUMENTS = re.compile(r"(?:max|min)\s*\(")


def _separators(text: str, notation: Notation) -> frozenset[int]:
    """Where a comma or semicolon parts the arguments of max or min. Between digits, ``max(0,1-x)``, a comma does so
    unless commas are decimal or a semicolon parts the arguments."""
    found: set[int] = set()
    for start in [m.end() for m in _ARGUMENTS.finditer(text)][:_MAX_CALLS]:
        depth = 0
        commas: list[int] = []
        inside: list[int] = []  # commas between digits
        semicolons: list[int] = []
        for i in range(start, len(text)):
            c = text[i]
            if c in "({":
                depth += 1
            elif c in ")}":
                if not depth:
                    break
                depth -= 1
            elif c == ";" and not depth:
                semicolons.append(i)
            elif c == "," and not depth:
                (inside if text[i - 1].isdigit() and text[i + 1:i + 2].isdigit() else commas).append(i)
        if inside and not semicolons and notation.decimal_comma is None and commas:
            raise Unreadable("the commas between the arguments are unclear: write max(0; 0,5) or max(0, 0.5)")
        found.update(semicolons, commas, inside if not semicolons and not notation.decimal_comma else ())
    return frozenset(found)


def _named(text: str, i: int, scope: Scope) -> tuple[list[Token], int] | None:
    """The tokens of the run of letters (or the LaTeX command) at i and where it ends; None if it is none of the scope's."""
    following = text[i + 1:i + 3]
    if text[i] in scope.words and (following[:1] in _AFTER or (following[:1] == " " and following[1:] != "_")):  # nearly always
        return _words([scope.words[text[i]]]), i + 1
    if text[i] == "\\":
        m = _COMMAND.match(text, i)
        if not m or m.group(1) in ("frac", "dfrac", "tfrac", "sqrt"):
            return None
        run = m.group(1)
        if run in _BARS:
            return [Token("|", "|")], m.end()
    else:
        m = None if text.startswith("log", i) and _LOG_BASE.match(text, i) else _NAME.match(text, i)
        if not m:
            return None
        run = m.group()
        if run.endswith("log") and len(run) > 3 and _LOG_BASE.match(text, m.end() - 3):  # xlog_2(y): the rest comes next
            return _words(scope.split(run[:-3], None, False)), m.end() - 3
    end, index = m.end(), None
    found = _INDEX.match(text, end)
    glued = found is not None and found.group(3) is not None
    if found is not None and not (glued and scope.applies(run)):  # ln2 is ln(2)
        index, end = found.group(1) or found.group(2) or found.group(3), found.end()
    return _words(scope.split(run, index, glued)), end


def _words(split: list[tuple[str, str]]) -> list[Token]:
    return [Token("symbol" if kind == "symbol" else "name", name) for kind, name in split]


def tokenize(text: str, scope: Scope | None = None, notation: Notation | None = None) -> list[Token]:
    """The tokens of a cleaned text, with one of kind "end" after them. Raises Unreadable."""
    out: list[Token] = []
    i, n, spaced = 0, len(text), False
    parting = _separators(text, notation) if scope is not None and notation is not None else frozenset()
    while i < n:
        c = text[i]
        if c in " \n":
            spaced, i = True, i + 1
            continue
        if c in "+-/^%(){}!" or (c == "*" and text[i + 1:i + 2] != "*"):
            out.append(Token(c, c, spaced))
            i, spaced = i + 1, False
            continue
        if c in "xX" and out and out[-1].kind in ("number", ")") and (scope is None or c not in scope.words) \
                and _TIMES.match(text, i) and not (out[-1].text == "0" and not spaced):  # 0x10 is no product
            out.append(Token("*", "*", spaced))
            i, spaced = i + 1, False
            continue
        if scope is not None and (c == "\\" or c.isalpha()) and (named := _named(text, i, scope)) is not None:
            words, i = named
            for word in words:
                out.append(word._replace(spaced=spaced))
                spaced = False
            continue
        if i in parting or c == "|":
            out.append(Token("," if i in parting else "|", c, spaced))
            i, spaced = i + 1, False
            continue
        if c in "0123456789" or (c in ".," and i + 1 < n and text[i + 1] in "0123456789"):
            end = min([k for k in parting if k > i], default=n) if parting else n
            m = _GROUPED.match(text, i, end)
            if m:
                body = m.group().replace(" ", "").replace("'", "")
                if m.group(1) and re.match(r"\s*/", text[m.end():]):
                    raise Unreadable("the space in '{text}' makes the fraction unclear", text=m.group())
            else:
                m = _CHUNK.match(text, i, end)
                assert m
                body = m.group()
            if scope is None and out and out[-1].kind == "*" and (lost := _LOST_EXPONENT.match(text, i)):
                raise Unreadable("'{text}' after a sign of multiplication is unclear: write a power as 10^-1", text=lost.group())
            i = m.end()
            s = _SCIENTIFIC.match(text, i)
            if s and scope is not None and "e" in scope.names:
                raise Unreadable("'{text}' is unclear: e is one of the symbols", text=body + s.group())
            if s:
                body += "e" + s.group(1) + s.group(2)
                i = s.end()
            elif _LOOSE_EXPONENT.match(text, i, i + 12):
                raise Unreadable("'{text}' is unclear: write a power of ten as 5*10^-1", text=text[i - 1:i + 6].strip())
            out.append(Token("number", body, spaced))
            tail = text[i:i + 2]
            if tail[:1] == "." or (scope is None and tail[:1] == "(" and ("." in body or "," in body)):
                raise Unreadable("'{text}' is unclear: write a fraction, or * for a product", text=text[i - len(m.group()):i + 4])
        elif c in VULGAR:
            out.append(Token("fraction", c, spaced))
            i += 1
        elif c.isnumeric():
            raise Unreadable("only the digits 0 to 9 can be read")
        elif c == "\\":
            m = _COMMAND.match(text, i)
            if not m:
                raise Unreadable("a backslash without a command I know")
            name = m.group(1)
            if name in ("frac", "dfrac", "tfrac", "cfrac"):
                out.append(Token("command", "frac", spaced))
            elif name == "sqrt":
                degree = _DEGREE.match(text, m.end())
                out.append(Token("√", degree.group(1) if degree else "2", spaced))
                m = degree or m
            else:
                raise Unreadable("I do not know the command '{command}'", command="\\" + name)
            i = m.end()
        elif c in "√∛":
            out.append(Token("√", "2" if c == "√" else "3", spaced))
            i += 1
        elif (m := _LOG_BASE.match(text, i)) is not None:
            out.append(Token("log", m.group(1) or m.group(2) or m.group(3), spaced))
            i = m.end()
        elif (m := _NAME.match(text, i)) is not None:
            out.append(Token("name", m.group(), spaced))
            i = m.end()
        elif text.startswith("**", i):
            out.append(Token("^", "^", spaced))
            i += 2
        elif c == "‰":
            out.append(Token("%", c, spaced))
            i += 1
        else:
            raise _strange(c, scope is None)
        spaced = False
    out.append(Token("end", "", spaced))
    return out
