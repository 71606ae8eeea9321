"""The symbols that the answers to one question may use: their names, their spellings, and where they may lie.

A symbol is declared as a person would write it down: ``x``, ``x > 0``, ``0 <= p < 1``, ``whole n >= 1``. `Scope` finds the
symbols in what a student typed: ``λ``, ``\\lambda`` and ``lambda`` are one, so are ``theta_1``, ``θ1`` and ``\\theta_{1}``, and
``2xy`` holds x and y unless there is a symbol ``xy`` too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flint import fmpq

from examwright.answers.phrases import phrase
from examwright.answers.typed import Ambiguous, Unreadable
from examwright.solvers.arithmetic import to_text
from examwright.solvers.expression import FUNCTIONS
from examwright.solvers.expression_text import GREEK, symbol_latex

__all__ = ["Scope", "Symbol", "SymbolError", "inferred_symbols", "symbols_of", "without_greek"]

MAX_SYMBOLS = 20
MAX_RUN = 80  # letters typed without a space

CONSTANTS = ("pi", "e")
# spelling → function of solvers/expression.py, or one that the parser takes apart
SPELLED = {**{name: name for name in FUNCTIONS}, "log": "log", "lg": "lg", "ld": "ld", "lb": "lb", "sigmoid": "sigmoid", "relu": "relu",
           "logistic": "sigmoid", "σ": "sigmoid", "sigma": "sigmoid"}
_VARIANTS = {"ϵ": "ε", "ϑ": "θ", "ϕ": "φ", "ϱ": "ρ", "ς": "σ", "µ": "μ", "ϖ": "π", "∆": "Δ", "Ω": "Ω", "ϰ": "κ"}
_LATEX_VARIANTS = {"var" + name: name for name in ("epsilon", "theta", "phi", "rho", "sigma", "kappa")}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


_LETTERS = {name: letter for letter, name in GREEK.items()}


class SymbolError(ValueError):
    """A declaration that is not understood; `word` is the offending piece."""

    def __init__(self, message: str, word: str):
        super().__init__(message)
        self.word = word


@dataclass(frozen=True)
class Symbol:
    """A free symbol and its domain: an interval (None: no bound), with or without its ends, of all or of whole numbers.

    `base` and `index` are the two parts of a name such as ``theta_1`` or ``x1``; the index may be "".
    """

    name: str
    low: fmpq | None = None
    high: fmpq | None = None
    low_open: bool = True
    high_open: bool = True
    whole: bool = False

    @property
    def base(self) -> str:
        """The letters of the name, before its index."""
        return re.split(r"[_0-9]", self.name)[0]

    @property
    def index(self) -> str:
        """What stands below the line: "1" of ``theta_1`` and of ``x1``."""
        return self.name[len(self.base):].lstrip("_")

    def allows(self, value: fmpq) -> bool:
        """Does the value lie in the domain?"""
        if self.whole and value.q != 1:
            return False
        if self.low is not None and (value < self.low or (value == self.low and self.low_open)):
            return False
        return self.high is None or not (value > self.high or (value == self.high and self.high_open))

    def condition(self, latex: bool = False) -> str:
        """The domain as a condition: ``x > 0``, ``0 <= p < 1``, ``whole n >= 1``; "" if there is none."""
        name = symbol_latex(self.name) if latex else self.name
        less = (r" \le ", " < ") if latex else (" <= ", " < ")
        more = (r" \ge ", " > ") if latex else (" >= ", " > ")
        if self.low is not None and self.high is not None:
            text = to_text(self.low) + less[self.low_open] + name + less[self.high_open] + to_text(self.high)
        elif self.low is not None:
            text = name + more[self.low_open] + to_text(self.low)
        elif self.high is not None:
            text = name + less[self.high_open] + to_text(self.high)
        else:
            text = name if self.whole else ""
        return (r"\text{whole } " if latex else "whole ") + text if self.whole else text


_NUMBER = r"[-+−]?\s*(?:[0-9]{1,20}(?:\.[0-9]{1,20})?|\.[0-9]{1,20})(?:\s*/\s*[0-9]{1,20})?"
_LESS = r"<=|≤|=<|\\leq?(?![a-z])|<|\\lt(?![a-z])"
_MORE = r">=|≥|=>|\\geq?(?![a-z])|>|\\gt(?![a-z])"
_SYMBOL = r"(?P<name>\\?[^\W\d_]+(?:_?\{?[0-9A-Za-z]{1,6}\}?)?)"
_DECLARED = re.compile(
    rf"(?P<whole>(?:whole|integer|int)\s+)?"
    rf"(?:(?P<left>{_NUMBER})\s*(?P<first>{_LESS}|{_MORE})\s*)?{_SYMBOL}"
    rf"(?:\s*(?P<second>{_LESS}|{_MORE})\s*(?P<right>{_NUMBER}))?")
_NAME = re.compile(r"[A-Za-z]+(?:_?[0-9]{1,4}|_[A-Za-z0-9]{1,6})?")


def without_greek(text: str) -> str:
    """A name with its Greek letter and its index spelled out: ``θ₁`` is theta1, ``\\lambda`` lambda, ``x_{2}`` x_2."""
    for variant, letter in _VARIANTS.items():
        text = text.replace(variant, letter)
    text = text.lstrip("\\").replace("{", "").replace("}", "").translate(_SUBSCRIPTS)
    text = _LATEX_VARIANTS.get(text, text)
    return GREEK[text[0]] + text[1:] if text[:1] in GREEK else text


def _fraction(text: str) -> fmpq:
    q = Fraction(text.replace(" ", "").replace("−", "-"))
    return fmpq(q.numerator, q.denominator)


def _declared(text: str) -> Symbol:
    match = _DECLARED.fullmatch(text.strip())
    if match is None:
        raise SymbolError(f"'{text}' declares no symbol: write a name or a condition, such as x, x > 0, 0 < p <= 1, whole n >= 1", text)
    name = without_greek(match["name"])
    if not _NAME.fullmatch(name):
        raise SymbolError(f"'{match['name']}' cannot be a symbol: one word, perhaps with an index, such as x, lambda, theta_1", text)
    if name in SPELLED and name != "sigma":
        raise SymbolError(f"'{name}' is the name of a function, not a symbol", text)
    found = Symbol(name, whole=match["whole"] is not None)
    try:
        for sign, number, left in ((match["first"], match["left"], True), (match["second"], match["right"], False)):
            if sign is None:
                continue
            up = re.fullmatch(_LESS, sign) is None  # x > number, or number > x
            is_low = up != left
            is_open = sign in ("<", ">", "\\lt", "\\gt")
            bound = _fraction(number)
            found = _narrowed(found, bound if is_low else None, None if is_low else bound, is_open, is_open)
    except ZeroDivisionError:
        raise SymbolError(f"'{text}' divides by zero", text) from None
    return _checked(found, text)


def _narrowed(symbol: Symbol, low: fmpq | None, high: fmpq | None, low_open: bool, high_open: bool) -> Symbol:
    """The symbol with bounds added: the narrower one counts."""
    if low is not None and (symbol.low is None or low > symbol.low or (low == symbol.low and low_open)):
        symbol = replace(symbol, low=low, low_open=low_open)
    if high is not None and (symbol.high is None or high < symbol.high or (high == symbol.high and high_open)):
        symbol = replace(symbol, high=high, high_open=high_open)
    return symbol


def _checked(symbol: Symbol, text: str) -> Symbol:
    if symbol.low is not None and symbol.high is not None:
        inside = (symbol.low + symbol.high) / 2
        if symbol.whole:
            inside = fmpq(symbol.low.ceil())
            inside = inside if symbol.allows(inside) else inside + 1
        if not symbol.allows(inside):
            raise SymbolError(f"'{text}' leaves no value for {symbol.name}", text)
    return symbol


def symbols_of(given: Any) -> tuple[Symbol, ...]:
    """The symbols of a declaration: a text such as ``x, 0 < p < 1`` or a list of such texts. Conditions on one
    symbol add up. Raises SymbolError."""
    if isinstance(given, str):
        given = re.split(r"[,;]", given)
    if not isinstance(given, (list, tuple)) or not given:
        raise SymbolError("symbols are a list of names or conditions, such as [x, lambda > 0]", str(given))
    found: dict[str, Symbol] = {}
    for item in given:
        if not isinstance(item, str):
            raise SymbolError(f"'{item}' declares no symbol: write a name or a condition, such as x or x > 0", str(item))
        new = _declared(item)
        old = found.get(new.name)
        if old is not None:
            new = _checked(_narrowed(replace(old, whole=old.whole or new.whole), new.low, new.high, new.low_open, new.high_open), item)
        found[new.name] = new
    seen: dict[tuple[str, str], str] = {}
    for one in found.values():
        other = seen.setdefault((one.base, one.index), one.name)
        if other != one.name:
            raise SymbolError(f"'{other}' and '{one.name}' would be typed alike", one.name)
    if len(found) > MAX_SYMBOLS:
        raise SymbolError(f"more than {MAX_SYMBOLS} symbols", str(given))
    return tuple(found.values())


_RUN = re.compile(r"\\?[^\W\d_]+(?:\s*_\s*(?:\{\s*[0-9A-Za-z]{1,6}\s*\}|[0-9A-Za-z]{1,6}))?")


def inferred_symbols(text: str) -> tuple[Symbol, ...]:
    """The symbols of a cleaned expression where nobody declared any: each letter, Latin or Greek, that is no constant.
    Raises SymbolError for longer words that are no functions: they might be products."""
    found: dict[str, Symbol] = {}
    for match in _RUN.finditer(text):
        name = without_greek(match.group().replace(" ", ""))
        if name.split("_")[0] in ("log", "frac", "dfrac", "tfrac", "sqrt", "vert", "lvert", "rvert") or name in CONSTANTS:
            continue
        if name in SPELLED and not (name == "sigma" and text[match.end():].lstrip()[:1] != "("):
            continue
        base = name.split("_")[0]
        if len(base) > 1 and base not in _LETTERS:
            raise SymbolError(f"'{match.group()}' may be one symbol or a product: say which symbols there are", match.group())
        found[name] = Symbol(name)
    if not found:
        found["x"] = Symbol("x")
    return tuple(found.values())


class Scope:
    """The words that an answer may be made of. `split` takes a run of letters apart."""

    def __init__(self, symbols: Iterable[Symbol]):
        self.symbols = tuple(symbols)
        self.names = frozenset([s.name for s in self.symbols])
        self.indexed = {(s.base, s.index): s.name for s in self.symbols}
        self.words: dict[str, tuple[str, str]] = {}  # spelling → (kind, name)
        for constant in CONSTANTS:
            self._add(constant, "constant", constant)
        for word, function in SPELLED.items():
            self.words[word] = ("function", function)
        for s in self.symbols:
            if not s.index:
                self._add(s.name, "symbol", s.name)
        self.longest = max(map(len, self.words))
        self.known: dict[tuple[str, str | None], list[list[tuple[str, str]]]] = {}  # runs cut before

    def _add(self, word: str, kind: str, name: str) -> None:
        self.words[word] = (kind, name)
        if word in _LETTERS:
            self.words[_LETTERS[word]] = (kind, name)

    def split(self, run: str, index: str | None, glued: bool) -> list[tuple[str, str]]:
        """(kind, name) of each word in a run of letters that was typed without spaces, the last one with an index or None.
        `glued`: the index is only digits that follow, as in ``x2``. Kinds are symbol, function, constant.

        Raises Unreadable for a word that is none, Ambiguous where the run can be cut in several ways.
        """
        if len(run) > MAX_RUN:
            raise Unreadable("'{text}' is too long for a word", text=run[:20] + "…")
        for variant, letter in _VARIANTS.items():
            run = run.replace(variant, letter)
        run = _LATEX_VARIANTS.get(run, run)
        ways = self._ways(run, index)
        if len(ways) > 1:
            ways = [w for w in ways if any([kind == "function" for kind, _ in w])] or ways  # exp is not e·x·p
        if len(ways) == 1:
            return ways[0]
        if ways:
            raise Ambiguous([phrase("'{text}' as {product}", text=run, product="*".join([name for _, name in way])) for way in ways[:4]])
        if index is None and run.casefold() in SPELLED:  # LN, Exp
            return [self.words[run.casefold()]]
        word = run if index is None else f"{run}{'' if glued else '_'}{index}"
        if index is not None and glued and self._ways(run, None):
            raise Unreadable("'{text}' is unclear: write a power as {power}, a product as {product}", text=word, power=f"{run}^{index}", product=f"{index}*{run}")
        raise self.unknown(word)

    def applies(self, run: str) -> bool:
        """Does the run end in the name of a function?"""
        return any([way[-1][0] == "function" for way in self._ways(run[:MAX_RUN], None)])

    def _ways(self, run: str, index: str | None) -> list[list[tuple[str, str]]]:
        """All ways (up to 5) to cut the run into words."""
        found = self.known.get((run, index))
        if found is None:
            if len(self.known) > 500:
                self.known.clear()
            found = self.known[run, index] = self._cut(run, index)
        return found

    def _cut(self, run: str, index: str | None) -> list[list[tuple[str, str]]]:
        # ways[i]: of run[i:], built from the end, so that what cannot be finished is never begun
        ways: list[list[list[tuple[str, str]]]] = [[] for _ in run] + [[[]]]
        for i in range(len(run) - 1, -1, -1):
            for n in range(1, min(self.longest, len(run) - i) + 1):
                tails = ways[i + n]
                if not tails:
                    continue
                word = run[i:i + n]
                if i + n == len(run) and index is not None:
                    name = self.indexed.get((GREEK.get(word, word), index))
                    found = None if name is None else ("symbol", name)
                else:
                    found = self.words.get(word)
                if found is not None and len(ways[i]) < 5:
                    ways[i] += [[found, *tail] for tail in tails[:5 - len(ways[i])]]
        return ways[0]

    def unknown(self, word: str) -> Unreadable:
        """Why a word cannot be read, with what may have been meant."""
        names = sorted(self.names)
        close = difflib.get_close_matches(without_greek(word), names, 1, 0.5) or [
            n for n in names if n.casefold() == word.casefold()]
        symbols = ", ".join(names)
        if close:
            return Unreadable("I do not know '{word}'; did you mean {close}? The symbols are {symbols}", word=word[:40], close=close[0], symbols=symbols)
        return Unreadable("I do not know '{word}'; the symbols are {symbols}", word=word[:40], symbols=symbols)
