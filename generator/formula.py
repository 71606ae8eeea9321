"""The formula language: exact numbers, names, calls, indexing, comparison, and nothing else.

A formula is parsed by our own Pratt parser and compiled to closures over a dictionary of values. No
Python ever sees the text.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from examwright.generator.errors import nearest
from examwright.generator.vocabulary import arity
from examwright.solvers.arithmetic import Real, TooLarge, Undecided, as_int, power
from examwright.solvers.expression import symbol

Env = Mapping[str, Any]
Run = Callable[[Any], Any]

MAX_LENGTH = 2000
MAX_DEPTH = 40
MAX_DIGITS = 1_000  # of a number's numerator or denominator
MAX_BITS = (10 ** MAX_DIGITS - 1).bit_length()
MAX_POWER = 300  # of ten, for the size of a number
_TINY, _HUGE = 1e-300, 1e300
_LEAST, _MOST = fmpq(1, 10 ** MAX_POWER), fmpq(10 ** MAX_POWER)
_SMALL_BITS = MAX_POWER * 3  # a rational of so few bits lies between them
MAX_LONG = 10_000  # entries of what a formula hands on within itself
MAX_ENTRIES = 4_000  # of a value, all its lists together
MAX_NESTING = 4  # of lists in lists

# What a formula may run into on some draws; anything else is a fault of the code.
RUNTIME_ERRORS = (ZeroDivisionError, ValueError, IndexError, TypeError, Undecided, OverflowError, KeyError)


class FormulaError(ValueError):
    """A formula that cannot be read: `offset` characters in, at `word`."""

    def __init__(self, message: str, offset: int, word: str = "", hint: str = ""):
        super().__init__(message)
        self.message, self.offset, self.word, self.hint = message, offset, word, hint


@dataclass(frozen=True)
class Formula:
    """A compiled formula: `run(values)` computes it; `names` are the values it reads, with the
    offset of each first use in `text`."""

    text: str
    run: Run
    names: dict[str, int]


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+))
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<string>'[^'\n]*'|"[^"\n]*")
    | (?P<op>\*\*|==|!=|<=|>=|[-+*/<>()\[\],])
    )""",
    re.X,
)
_NUMERIC = "The functions of check: are the numeric ones, in solvers/numeric; `examwright functions` lists them."
_INSTEAD = {  # what people type or paste → what to write
    "^": "Write ** for a power.", "=": "Write == to compare.", ".": "There are no attributes.", "&": "Write and.", "|": "Write or.", "!": "Write not, or !=.",
    **dict.fromkeys("−–—‐‑", "Write -, the hyphen of the keyboard."), **dict.fromkeys("·×∙⋅∗", "Write * for a product."), **dict.fromkeys("÷∕⁄", "Write / for a quotient."),
    **dict.fromkeys("‘’‚‛“”„«»´`", "Write ', the straight quote of the keyboard."), "≤": "Write <=.", "≥": "Write >=.", "≠": "Write !=.", "√": "Write sqrt(…).",
    **dict.fromkeys("²³", "Write ** for a power."), "∧": "Write and.", "∨": "Write or.", "¬": "Write not."}
_WORDS = {"and", "or", "not", "in", "if", "else", "true", "false"}
_PYTHON = {"lambda", "for", "import", "is", "None", "True", "False", "yield", "await", "while", "def"}


def _elementwise(op: Callable[[Any, Any], Any], symbol: str) -> Callable[[Any, Any], Any]:
    """op on numbers, and entry by entry on vectors and matrices."""

    def apply(a: Any, b: Any) -> Any:
        kind, other = type(a), type(b)
        if kind is fmpq and other is fmpq:  # nearly always
            return op(a, b)
        ta, tb = kind is tuple, other is tuple
        if not (ta or tb):
            if isinstance(a, (str, bool)) or isinstance(b, (str, bool)):
                raise TypeError(f"{symbol} needs numbers")
            return op(a, b)
        if ta and tb:
            if len(a) != len(b):
                raise ValueError(f"{symbol} on vectors of different lengths")
            return tuple([op(x, y) if type(x) is fmpq and type(y) is fmpq else apply(x, y) for x, y in zip(a, b)])
        if ta:
            return tuple([op(x, b) if other is fmpq and type(x) is fmpq else apply(x, b) for x in a])
        return tuple([op(a, y) if kind is fmpq and type(y) is fmpq else apply(a, y) for y in b])

    return apply


EXACT_OPS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _elementwise(operator.add, "+"), "-": _elementwise(operator.sub, "-"),
    "*": _elementwise(operator.mul, "*"), "/": _elementwise(operator.truediv, "/"),
    "**": _elementwise(power, "**"),
}


def entries(value: Any, most: int = MAX_ENTRIES, nesting: int = 0) -> int:
    """How many entries a value has, all its lists together. TooLarge for more than `most`, and for a number
    of too many digits or of no sane size: `let` values that double their sizes step by step stay affordable so."""
    if type(value) is fmpq:
        if value.height_bits() > _SMALL_BITS:
            _affordable(value)
            if not _LEAST <= abs(value) <= _MOST:
                raise TooLarge(_SIZE)
        return 1
    if isinstance(value, (tuple, list)):
        total = 1
        if nesting > MAX_NESTING:
            raise TooLarge(f"a value with too many lists in lists; at most {MAX_NESTING + 1} are allowed")
        if _small_numbers(value):  # nearly always
            total += len(value)
        elif len(value) < most:
            for v in value:
                total += entries(v, most, nesting + 1)
                if total > most:
                    break
        if total > most or len(value) >= most:
            raise TooLarge(f"a value with too many entries; at most {most} are allowed")
        return total
    if isinstance(value, Real):
        for size in (abs(value.ball.mid()), abs(value.ball).upper()):  # an enclosure may be wide around a middle of 0
            if not _TINY < float(size) < _HUGE and size != 0:  # its power of ten would have millions of digits
                raise TooLarge(_SIZE)
        if value.form is not None:
            _affordable(value.form[0])
            _affordable(value.form[2])
        return 1
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise TooLarge(_DIGITS)
    return 1


def _small_numbers(values: Any) -> bool:
    """Is this a list of rationals of few bits?"""
    try:
        return bool(values) and isinstance(values[0], fmpq) and max(map(_BITS, values)) <= _SMALL_BITS
    except AttributeError:  # others are among them
        return False


_BITS = operator.methodcaller("height_bits")  # the method of the class itself would take any object for a rational
_SIZE = f"a number that is too large or too small (10^{MAX_POWER} and 10^-{MAX_POWER} are the limits)"
_DIGITS = f"a number with too many digits (at most {MAX_DIGITS} are allowed, or {MAX_DIGITS} above and below a fraction bar)"


def _affordable(value: fmpq) -> None:
    if value.height_bits() > MAX_BITS:
        raise TooLarge(_DIGITS)


def _handed_on(value: Any, nesting: int = 0) -> int:
    """What a function is given may be larger than a value of the chain, but a function of functions must not grow without end."""
    if type(value) is fmpq:
        _affordable(value)
    elif type(value) is tuple:
        total = 1 + (len(value) if _small_numbers(value) else sum([_handed_on(v, nesting + 1) for v in value]))
        if total > MAX_LONG + 1 or nesting > 2 * MAX_NESTING:
            raise TooLarge(f"a value with too many entries; at most {MAX_LONG} are allowed within a formula")
        return total
    return 1


def _numeric_power(a: Any, b: Any) -> Any:
    if isinstance(b, int) and (abs(b) > 1000 or isinstance(a, int) and a.bit_length() * abs(b) > 40_000):
        raise ValueError("a power with too many digits")
    return a ** b


def _numeric(op: Callable[[Any, Any], Any], symbol: str) -> Callable[[Any, Any], Any]:
    """op on floats and arrays; lists count as arrays, words are refused (Python would repeat them)."""

    def apply(a: Any, b: Any) -> Any:
        for x in (a, b):
            if isinstance(x, (str, bool)):
                raise TypeError(f"{symbol} needs numbers")
        if isinstance(a, (list, tuple)) or isinstance(b, (list, tuple)):
            import numpy as np

            a, b = (np.asarray(x, dtype=float) if isinstance(x, (list, tuple)) else x for x in (a, b))
        return op(a, b)

    return apply


_NUMERIC_OPS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _numeric(operator.add, "+"), "-": _numeric(operator.sub, "-"), "*": _numeric(operator.mul, "*"),
    "/": _numeric(operator.truediv, "/"), "**": _numeric(_numeric_power, "**"),
}
_PLAIN_OPS = {EXACT_OPS[symbol]: op for symbol, op in (("+", operator.add), ("-", operator.sub), ("*", operator.mul), ("/", operator.truediv))}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "in": lambda a, b: a in b,
}


class _Parser:
    def __init__(self, text: str, functions: Mapping[str, Callable[..., Any]], numeric: bool, symbols: Collection[str]):
        self.text, self.functions, self.numeric, self.symbols = text, functions, numeric, symbols
        self.ops = _NUMERIC_OPS if numeric else EXACT_OPS
        self.names: dict[str, int] = {}
        self.whole_numbers: dict[Run, int] = {}  # what stands there as a number, for an index
        self.constants: set[Run] = set()
        self.tokens: list[tuple[str, str, int]] = []
        self.at = 0
        self.depth = 0
        if len(text) > MAX_LENGTH:
            raise FormulaError(f"a formula longer than {MAX_LENGTH} characters", 0)
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if not match:
                start = position + len(text[position:]) - len(text[position:].lstrip())
                bad = text[start]
                hint = _INSTEAD.get(bad, "")
                raise FormulaError(f"{bad!r} has no meaning in a formula.", start, bad, hint)
            kind = match.lastgroup or ""
            value = match.group(kind)
            start = match.start(kind)
            position = match.end()
            if kind == "number" and position < len(text) and (text[position].isalnum() or text[position] in "_."):
                bad = re.match(r"[0-9A-Za-z_.+-]*", text[start:]).group()  # type: ignore[union-attr]
                raise FormulaError(f"{bad!r} is not a number.", start, bad,
                                   "Write it as a decimal or as a fraction (1/1000).")
            if kind == "number" and len(value) > 60:
                raise FormulaError("a number of more than 60 digits.", start, value[:12] + "…")
            self.tokens.append((kind, value, start))
        self.tokens.append(("end", "", end))

    def peek(self, *values: str) -> bool:
        kind, value, _ = self.tokens[self.at]
        return kind in ("op", "name") and value in values

    def next(self) -> tuple[str, str, int]:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            _, word, start = self.tokens[self.at]
            raise FormulaError("the formula is nested too deeply.", start, word)

    def expect(self, value: str) -> None:
        kind, found, start = self.tokens[self.at]
        if kind != "op" or found != value:
            what = repr(found) if found else "the end"
            raise FormulaError(f"{value!r} is missing before {what}.", start, found)
        self.at += 1

    def whole(self) -> Run:
        if self.tokens[0][0] == "end":
            raise FormulaError("the formula is empty.", 0)
        run = self.conditional()
        kind, value, start = self.tokens[self.at]
        if kind != "end":
            if value in _PYTHON:
                raise FormulaError(f"{value!r} has no meaning in a formula.", start, value)
            raise FormulaError(f"unexpected {value!r}.", start, value, "Is an operator missing?")
        return run

    def conditional(self) -> Run:
        self.deeper()
        run = self.disjunction()
        if self.peek("if"):
            self.next()
            condition = self.disjunction()
            if not self.peek("else"):
                raise FormulaError("'else' is missing.", self.tokens[self.at][2], self.tokens[self.at][1])
            self.next()
            other = self.conditional()
            yes = run

            def choose(v: Env) -> Any:
                return yes(v) if condition(v) else other(v)

            run = choose
        self.depth -= 1
        return run

    def disjunction(self) -> Run:
        runs = [self.conjunction()]
        while self.peek("or"):
            self.next()
            runs.append(self.conjunction())
        if len(runs) == 1:
            return runs[0]

        def either(v: Env) -> bool:
            for run in runs:  # noqa: SIM110 (twice as fast as any())
                if run(v):
                    return True
            return False

        return either

    def conjunction(self) -> Run:
        runs = [self.negation()]
        while self.peek("and"):
            self.next()
            runs.append(self.negation())
        if len(runs) == 1:
            return runs[0]

        def every(v: Env) -> bool:
            for run in runs:  # noqa: SIM110 (twice as fast as all())
                if not run(v):
                    return False
            return True

        return every

    def negation(self) -> Run:
        if self.peek("not"):
            self.deeper()
            self.next()
            inner = self.negation()
            self.depth -= 1
            return lambda v: not inner(v)
        return self.comparison()

    def comparison(self) -> Run:
        first = self.sum()
        links: list[tuple[Callable[[Any, Any], Any], Run]] = []
        while self.peek(*_COMPARE) or (self.peek("not") and self.tokens[self.at + 1][1] == "in"):
            word = self.next()[1]
            if word == "not":
                self.next()
                links.append((lambda a, b: a not in b, self.sum()))
            else:
                links.append((_COMPARE[word], self.sum()))
        if not links:
            return first
        if len(links) == 1:
            op, right = links[0]
            return lambda v: op(first(v), right(v))

        def chain(v: Env) -> bool:
            a = first(v)
            for compare, run in links:
                b = run(v)
                if not compare(a, b):
                    return False
                a = b
            return True

        return chain

    def sum(self) -> Run:
        return self.chain(self.product, "+", "-")

    def product(self) -> Run:
        return self.chain(self.unary, "*", "/")

    def chain(self, operand: Callable[[], Run], *symbols: str) -> Run:
        """Operands joined by operators of one rank, from left to right; a loop, so that a long sum is not deep."""
        first = operand()
        links: list[tuple[Callable[[Any, Any], Any], Run]] = []
        while self.peek(*symbols):
            op = self.ops[self.next()[1]]
            links.append((op, operand()))
        if not links:
            return first
        if len(links) == 1:
            return self._binary(links[0][0], first, links[0][1])

        def fold(v: Env) -> Any:
            total = first(v)
            for op, run in links:
                total = op(total, run(v))
            return total

        return fold

    @staticmethod
    def _binary(op: Callable[[Any, Any], Any], a: Run, b: Run) -> Run:
        plain = _PLAIN_OPS.get(op)
        if plain is None:
            return lambda v: op(a(v), b(v))

        def compute(v: Env) -> Any:
            x, y = a(v), b(v)
            return plain(x, y) if type(x) is fmpq and type(y) is fmpq else op(x, y)  # nearly always the first, without a call

        return compute

    def unary(self) -> Run:
        if self.peek("-", "+"):
            self.deeper()
            symbol = self.next()[1]
            inner = self.unary()
            self.depth -= 1
            if symbol == "+":
                return inner
            if self.numeric:
                return lambda v: -inner(v)
            times = self.ops["*"]
            minus = fmpq(-1)

            def negate(v: Env) -> Any:
                x = inner(v)
                return -x if isinstance(x, (fmpq, Real)) else times(minus, x)

            return negate
        return self.power()

    def power(self) -> Run:
        base = self.postfix()
        if self.peek("**"):
            self.next()
            self.deeper()
            run = self._binary(self.ops["**"], base, self.unary())
            self.depth -= 1
            return run
        return base

    def postfix(self) -> Run:
        run = self.atom()
        before = self.depth
        while self.peek("["):
            self.deeper()
            self.next()
            index = self.conditional()
            self.expect("]")
            run = self._index(run, index, self.whole_numbers.get(index))
        self.depth = before
        if self.peek("("):
            raise FormulaError("only a function's name can be called.", self.tokens[self.at][2], "(")
        return run

    @staticmethod
    def _index(run: Run, index: Run, fixed: int | None) -> Run:
        def get(v: Env) -> Any:
            sequence = run(v)
            if type(sequence) is not tuple and isinstance(sequence, (str, fmpq, Real, bool, int, float)):
                raise TypeError("a number or word has no entries")
            if fixed is not None:  # nearly always
                return sequence[fixed]
            i = index(v)
            return sequence[i if type(i) is int else as_int(i)]

        return get

    def arguments(self, close: str) -> list[Run]:
        out: list[Run] = []
        while not self.peek(close):
            out.append(self.conditional())
            if not self.peek(close):
                self.expect("," if self.tokens[self.at][0] != "end" else close)
        self.next()
        return out

    def atom(self) -> Run:
        kind, value, start = self.next()
        if kind == "number":
            return self.number(value)
        if kind == "string":
            text = value[1:-1]
            return lambda v: text
        if kind == "op" and value == "(":
            run = self.conditional()
            self.expect(")")
            return run
        if kind == "op" and value == "[":
            items = self.arguments("]")
            if self.numeric:
                return lambda v: [run(v) for run in items]
            return lambda v: tuple([run(v) for run in items])
        if kind == "name":
            if value in self.symbols and not self.peek("("):
                if self.numeric:
                    self.names.setdefault(value, start)
                    return operator.itemgetter(value)
                free = symbol(value)
                return lambda v: free
            if value in ("true", "false"):
                truth = value == "true"
                return lambda v: truth
            if value in _WORDS:
                raise FormulaError(f"unexpected {value!r}.", start, value)
            if value in _PYTHON or value.startswith("__"):
                raise FormulaError(f"{value!r} has no meaning in a formula.", start, value)
            if self.peek("("):
                return self.call(value, start)
            self.names.setdefault(value, start)
            return operator.itemgetter(value)
        what = repr(value) if value else "the end of the formula"
        raise FormulaError(f"unexpected {what}.", start, value)

    def number(self, text: str) -> Run:
        if "." in text:
            whole, decimals = text.split(".")
            exact = fmpq(int((whole or "0") + decimals), 10 ** len(decimals))
        else:
            exact = fmpq(int(text))
        if self.numeric:
            constant: Any = float(exact) if exact.q != 1 else int(exact.p)
        else:
            constant = exact

        def run(v: Env) -> Any:
            return constant

        self.constants.add(run)
        if exact.q == 1:
            self.whole_numbers[run] = int(exact.p)
        return run

    def bounded(self, run: Run) -> Run:
        """An argument whose size is looked at, where it is worked out here: names and numbers have been looked at."""
        if self.numeric or type(run) is operator.itemgetter or run in self.constants:
            return run

        def checked(v: Env) -> Any:
            value = run(v)
            if type(value) is fmpq or type(value) is tuple:
                _handed_on(value)
            return value

        return checked

    def call(self, name: str, start: int) -> Run:
        function = self.functions.get(name)
        self.next()
        arguments = [self.bounded(run) for run in self.arguments(")")]
        if function is None:
            raise FormulaError(f"there is no function {name!r}.", start, name,
                               nearest(name, self.functions) or (_NUMERIC if self.numeric else "The functions stand in solvers/exact."))
        low, high = arity(function)
        n = len(arguments)
        if n < low or (high is not None and n > high):
            wanted = str(low) if low == high else f"{low} to {high}" if high is not None else f"at least {low}"
            raise FormulaError(f"{name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {n}.", start, name)
        if n == 1:
            only = arguments[0]
            return lambda v: function(only(v))
        if n == 2:
            first, second = arguments
            return lambda v: function(first(v), second(v))
        if n == 3:
            one, two, three = arguments
            return lambda v: function(one(v), two(v), three(v))
        return lambda v: function(*[run(v) for run in arguments])


def parse(text: str, functions: Mapping[str, Callable[..., Any]], numeric: bool = False,
          symbols: Collection[str] = ()) -> Formula:
    """Compile a formula over the functions given. `numeric` runs it in floats (for `check:`). `symbols` are names of
    free symbols: they stand for themselves, and in a numeric formula for an array of points.

    Raises FormulaError with the offset of the offending word.
    """
    parser = _Parser(text, functions, numeric, symbols)
    compute = parser.whole()
    if numeric:
        return Formula(text, compute, parser.names)

    def run(values: Env) -> Any:
        result = compute(values)
        if type(result) is fmpq:
            if result.height_bits() > _SMALL_BITS:
                entries(result)
        elif type(result) is not bool:
            entries(result)
        return result

    return Formula(text, run, parser.names)
