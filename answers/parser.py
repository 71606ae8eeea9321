"""From typed characters to one exact number: cleaning, tokens, and a recursive-descent parser.

Bounds: length, depth, digits, exponents, the size of every value on the way, and the number of roots and
logarithms, so that any text costs little. A spelling with two meanings is evaluated in both; they
count as one if they agree (``log(8)/log(2)`` is 3 in any base).

With a `Scope` the same parser reads expressions in the scope's symbols: what has a symbol in it becomes a tree of
`solvers/expression.py`, the rest are numbers as before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flint import arb, fmpq, fmpz

from examwright.answers.symbols import Scope
from examwright.answers.typed import Ambiguous, Blank, Notation, Typed, TypedExpression, Unreadable
from examwright.solvers.arithmetic import (
    Number,
    Real,
    enclosure,
    exp,
    ln,
    log2,
    power,
    significant_exponent,
    sqrt,
    to_decimal,
    to_text,
)
from examwright.solvers.expression import Expression, symbol, tree
from examwright.solvers.expression_values import same_residue

__all__ = ["CONSTANTS", "FUNCTIONS", "ROW", "clean", "evaluate", "evaluate_expression", "same_value"]

MAX_LENGTH = 500  # characters of one answer
MAX_DEPTH = 30  # parentheses, powers and functions inside one another
MAX_DIGITS = 60  # of one number
MAX_EXPONENT = 200  # of a power and of scientific notation
MAX_BITS = 2048  # of a numerator or denominator on the way
MAX_FUNCTIONS = 20  # roots, logarithms and exponentials of numbers in one answer

ROW = "\x1e"  # a LaTeX row break, after cleaning

# ---- characters ----------------------------------------------------------------------------

_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_TABLE: dict[int, str | None] = {
    **{ord(c): " " for c in _SPACES},
    **{ord(c): "-" for c in "−–—‒―﹣⁃"},
    **{ord(c): "*" for c in "×·⋅∙•∗✕✖"},
    **{ord(c): "/" for c in "÷∕⁄"},
    **{ord(c): None for c in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u2061\u2062\u2063"},
    **{0xFF01 + i: chr(0x21 + i) for i in range(94)},
    ord("⟨"): "(", ord("⟩"): ")", ord("〈"): "(", ord("〉"): ")", ord("\r"): "\n",
    ord("’"): "'", ord("ℯ"): "e", ord("；"): ";", ord("、"): ",", ord("٪"): "%", ord(ROW): "\x1f",
}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⸍", "0123456789+-()/")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅐": (1, 7), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
    "⅑": (1, 9), "⅒": (1, 10),
}
_LATEX_DROPPED = re.compile(
    r"\\(?:left|right|displaystyle|textstyle|bigl|bigr|big|Big|quad|qquad|limits)(?![A-Za-z])|\\[,;:! ]|\\(?=\s)")
_LATEX_SYMBOLS = re.compile(r"\\(cdot|times|div|ast|approx|simeq|minus|pi|ln|log|exp|lg|to|rightarrow|succ|prec|gt|lt"
                            r"|langle|rangle|lbrace|rbrace|lbrack|rbrack|top|%|\{|\}|\$)(?![A-Za-z])|\\([%{}$])")
_LATEX_MEANING = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "approx": "≈", "simeq": "≈", "minus": "-", "pi": " π ",
    "ln": " ln ", "log": " log ", "exp": " exp ", "lg": " lg ", "to": "→", "rightarrow": "→", "succ": ">", "prec": "<",
    "gt": ">", "lt": "<", "langle": "(", "rangle": ")", "lbrace": "{", "rbrace": "}", "lbrack": "[",
    "rbrack": "]", "top": "⊤", "%": "%", "{": "{", "}": "}", "$": " ",
}
_FONT = re.compile(r"\\(?:mathrm|mathit|text|textrm|operatorname|mathbf)\s*\{([^{}]*)\}")


def clean(raw: str) -> str:
    """The text with its variants of signs and spaces made one; newlines are kept."""
    if not isinstance(raw, str):
        raise Unreadable("this is not text")
    if len(raw) > MAX_LENGTH:
        if not raw.strip():
            raise Blank
        raise Unreadable(f"the answer is longer than {MAX_LENGTH} characters")
    text = raw.translate(_TABLE).strip()
    if "\\" in text:
        text = text.replace("\\\\", ROW)
        text = _FONT.sub(r"\1", text)
        text = re.sub(r"\\log\s*_\s*", " log_", text)
        text = _LATEX_DROPPED.sub(" ", text)
        text = re.sub(r"\\[\[\]()]", " ", text)
        text = _LATEX_SYMBOLS.sub(lambda m: _LATEX_MEANING[m.group(1) or m.group(2)], text)
    text = text.replace("{,}", ",")
    text = text.replace("$", " ")
    text = re.sub(r"log([₀-₉]+)", lambda m: "log_{" + m.group(1).translate(_SUBSCRIPTS) + "}", text)
    text = re.sub(r"([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)", lambda m: "^(" + m.group(1).translate(_SUPERSCRIPTS) + ")", text)
    text = re.sub(r" +", " ", text).strip()
    if not text:
        if raw.translate(_TABLE).strip(" \n$"):
            raise Unreadable("there is nothing to read")
        raise Blank
    return text


# ---- tokens --------------------------------------------------------------------------------

class _Token(NamedTuple):
    kind: str  # number, name, symbol, fraction (½), command, log, or the sign itself; "end" at the end
    text: str
    spaced: bool = False  # a space stands before it


_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:( [0-9]{3})+|('[0-9]{3})+)(?![0-9])(?:[.,][0-9]+)?(?![0-9.,'])")
_CHUNK = re.compile(r"[0-9.,]*[0-9]")
_SCIENTIFIC = re.compile(r"[eE]([+-]?)([0-9]+)")
_LOG_BASE = re.compile(r"log(?:_\s*(?:\{\s*([0-9]+|e)\s*\}|([0-9]+|e))|(2|10)(?=\s*[({0-9\\√a-z]))(?![0-9])")
_NAME = re.compile(r"[^\W\d_]+")
_DEGREE = re.compile(r"\s*\[\s*([2-9])\s*\]")
_COMMAND = re.compile(r"\\([A-Za-z]+)")

FUNCTIONS = ("ln", "log", "log2", "sqrt", "exp", "lg", "ld", "lb")
CONSTANTS = ("pi", "π", "e")


_INDEX = re.compile(r"\s*_\s*(?:\{\s*([0-9A-Za-z]{1,6})\s*\}|([0-9]{1,6}|[A-Za-z]{1,6}))|([0-9]{1,6})(?![0-9.])")
_AFTER = frozenset(["", *"+-*/^(){}|,;"])  # what ends a name of one letter
_BARS = ("lvert", "rvert", "vert", "mid")
_ARGUMENTS = re.compile(r"(?:max|min)\s*\(")


def _separators(text: str, notation: Notation) -> frozenset[int]:
    """Where a comma or semicolon parts the arguments of max or min. Between digits, ``max(0,1-x)``, a comma does so
    unless commas are decimal or a semicolon parts the arguments."""
    found: set[int] = set()
    for start in [m.end() for m in _ARGUMENTS.finditer(text)][:MAX_DEPTH]:
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


def _named(text: str, i: int, scope: Scope) -> tuple[list[_Token], int] | None:
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
            return [_Token("|", "|")], m.end()
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


def _words(split: list[tuple[str, str]]) -> list[_Token]:
    return [_Token("symbol" if kind == "symbol" else "name", name) for kind, name in split]


def _tokens(text: str, scope: Scope | None = None, notation: Notation | None = None) -> list[_Token]:
    out: list[_Token] = []
    i, n, spaced = 0, len(text), False
    asked = "number" if scope is None else "expression"
    parting = _separators(text, notation) if scope is not None and notation is not None else frozenset()
    while i < n:
        c = text[i]
        if c in " \n":
            spaced, i = True, i + 1
            continue
        if c in "+-/^%(){}" or (c == "*" and text[i + 1:i + 2] != "*"):
            out.append(_Token(c, c, spaced))
            i, spaced = i + 1, False
            continue
        if scope is not None and (c == "\\" or c.isalpha()) and (named := _named(text, i, scope)) is not None:
            words, i = named
            for word in words:
                out.append(word._replace(spaced=spaced))
                spaced = False
            continue
        if i in parting or (c == "|" and scope is not None):
            out.append(_Token("," if i in parting else "|", c, spaced))
            i, spaced = i + 1, False
            continue
        if c in "0123456789" or (c in ".," and i + 1 < n and text[i + 1] in "0123456789"):
            end = min([k for k in parting if k > i], default=n) if parting else n
            m = _GROUPED.match(text, i, end)
            if m:
                body = m.group().replace(" ", "").replace("'", "")
                if m.group(1) and re.match(r"\s*/", text[m.end():]):
                    raise Unreadable(f"the space in '{m.group()}' makes the fraction unclear")
            else:
                m = _CHUNK.match(text, i, end)
                assert m
                body = m.group()
            i = m.end()
            s = _SCIENTIFIC.match(text, i)
            if s and scope is not None and "e" in scope.names:
                raise Unreadable(f"'{body}{s.group()}' is unclear: e is one of the symbols")
            if s:
                body += "e" + s.group(1) + s.group(2)
                i = s.end()
            elif re.match(r"\s*[eE]\s*[-+]?\s*[0-9]", text[i:i + 12]):
                raise Unreadable(f"'{text[i - 1:i + 6].strip()}' is unclear: write a power of ten as 5*10^-1")
            out.append(_Token("number", body, spaced))
            tail = text[i:i + 2]
            if tail[:1] == "." or (scope is None and tail[:1] == "(" and ("." in body or "," in body)):
                raise Unreadable(f"'{text[i - len(m.group()):i + 4]}' is unclear: write a fraction, or * for a product")
        elif c in _VULGAR:
            out.append(_Token("fraction", c, spaced))
            i += 1
        elif c == "\\":
            m = _COMMAND.match(text, i)
            if not m:
                raise Unreadable("a backslash without a command I know")
            name = m.group(1)
            if name in ("frac", "dfrac", "tfrac"):
                out.append(_Token("command", "frac", spaced))
            elif name == "sqrt":
                degree = _DEGREE.match(text, m.end())
                out.append(_Token("√", degree.group(1) if degree else "2", spaced))
                m = degree or m
            else:
                raise Unreadable(f"I do not know the command '\\{name}'")
            i = m.end()
        elif c in "√∛":
            out.append(_Token("√", "2" if c == "√" else "3", spaced))
            i += 1
        elif (m := _LOG_BASE.match(text, i)) is not None:
            out.append(_Token("log", m.group(1) or m.group(2) or m.group(3), spaced))
            i = m.end()
        elif (m := _NAME.match(text, i)) is not None:
            out.append(_Token("name", m.group(), spaced))
            i = m.end()
        elif text.startswith("**", i):
            out.append(_Token("^", "^", spaced))
            i += 2
        elif c in "[]":
            raise Unreadable(f"square brackets belong to a list; one {asked} is asked for here")
        elif c == "_":
            raise Unreadable("an underscore is not part of a number" if scope is None else "an underscore without a name before it")
        elif c in "<>≤≥≠~":
            raise Unreadable(f"'{c}' is a comparison; one {asked} is asked for here")
        elif c == "±":
            raise Unreadable("'±' stands for two numbers")
        elif c == "∞":
            raise Unreadable("infinity is not a number")
        elif c.isdigit() or c.isnumeric():
            raise Unreadable("only the digits 0 to 9 can be read")
        elif c in ",;":
            raise Unreadable(f"'{c}' separates several {asked}s; one {asked} is asked for here")
        else:
            raise Unreadable(f"'{c}' cannot be read here" if c.isprintable() else "a sign that cannot be printed")
        spaced = False
    out.append(_Token("end", "", spaced))
    return out


# ---- numbers -------------------------------------------------------------------------------

@dataclass(frozen=True)
class _Choice:
    """One consistent way to settle the doubtful spellings."""

    comma: str = "decimal"  # 1,234: decimal or thousands
    log: str = "e"
    lg: str = "10"
    loose: bool = False  # ln 5/3 is ln(5/3)
    slash: bool = False  # 1/2π is 1/(2π)
    product: bool = False  # 2\frac{1}{2} is a product
    exponent: bool = False  # e^2x is e^(2x)
    root: bool = False  # √2x is √(2x)
    blurred: bool = False  # not a doubt: decimals stand for the interval of half a unit around them


_ALTERNATIVES: dict[str, tuple[dict[str, Any], ...]] = {
    "comma": ({"comma": "thousands"},),
    "log": ({"log": "2"}, {"log": "10"}),
    "lg": ({"lg": "2"},),
    "loose": ({"loose": True},),
    "slash": ({"slash": True},),
    "product": ({"product": True},), "exponent": ({"exponent": True},), "root": ({"root": True},),
}


class _Node(NamedTuple):
    value: Any  # Number, or Expression where the scope has symbols
    decimals: int | None = None  # of a decimal (or whole) number typed, negative for 5e3
    whole: bool = False  # a plain whole number
    ten: int | None = None  # k of 10^k


def _ten(k: int) -> fmpq:
    return fmpq(10) ** k


def _bits(x: fmpq) -> int:
    return max(int(x.p).bit_length(), int(x.q).bit_length())


_HUGE = arb(10) ** 400
_TINY = arb(10) ** -400


def _bounded(x: Any) -> Any:
    """x, if it is of a size that can be shown; a closed form that grew too long is dropped."""
    if isinstance(x, Expression):
        return x
    if isinstance(x, Real):
        ball = x.ball
        size = abs(ball)
        if not ball.is_finite() or not size < _HUGE or size < _TINY:
            raise Unreadable("a number is too large or too small")
        if x.form and max(_bits(x.form[0]), _bits(x.form[2])) > 256:
            return Real(ball)
        return x
    if _bits(x) > MAX_BITS:
        raise Unreadable("a number has too many digits")
    return x


def _plain_form(x: Number) -> Number:
    """x without a closed form whose coefficient would make combining logarithms costly."""
    if isinstance(x, Real) and x.form and abs(x.form[0]) * _bits(x.form[2]) > 400:
        return Real(x.ball)
    return x


class _Parser:
    """Recursive descent over the tokens, with one `_Choice`; `seen` collects the choices that mattered."""

    def __init__(self, tokens: list[_Token], notation: Notation, choice: _Choice, scope: Scope | None = None):
        self.tokens = tokens
        self.scope = scope
        self.at = 0
        self.depth = 0
        self.functions = 0
        self.bars = 0  # |…| that are open
        self.exponents = 0  # powers that are open
        self.digits: int | None = None  # of the decimal with the fewest
        self.notation = notation
        self.choice = choice
        self.seen: dict[str, None] = {}

    def parse(self) -> _Node:
        node = self.sum()
        token = self.tokens[self.at]
        if token.kind == "end":
            return node
        if token.kind in ")}":
            raise Unreadable("a closing bracket without an opening one")
        if token.kind in ("number", "fraction"):
            raise Unreadable(f"'{token.text}' follows another number without a sign between them")
        raise Unreadable(f"'{token.text}' cannot stand here")

    def peek(self) -> str:
        return self.tokens[self.at].kind

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"more than {MAX_DEPTH} levels inside one another")

    # sums and products

    def sum(self) -> _Node:
        node = self.product()
        terms: list[Any] = []  # what was added so far, once there is a symbol among it
        while self.peek() in "+-":
            sign = self.take().kind
            right = self.product().value
            right = _plain_form(right if sign == "+" else self.negated(right))
            if not terms and not isinstance(node.value, Expression) and not isinstance(right, Expression):
                node = _Node(self.grown("+", _plain_form(node.value), right))
            else:
                terms = terms or [node.value]
                terms.append(right)
        return _Node(self.node("+", *terms)) if terms else node

    def negated(self, x: Any) -> Any:
        return self.grown("*", fmpq(-1), x) if isinstance(x, Expression) else -x

    def grown(self, op: str, a: Any, b: Any) -> Any:
        """a + b, a·b or a/b: a number, or a tree where a symbol is in it or the number would lose its closed form."""
        if not isinstance(a, Expression) and not isinstance(b, Expression):
            value = _bounded(a + b if op == "+" else a * b if op == "*" else a / b)
            if self.scope is None or not isinstance(value, Real) or value.form is not None:
                return value
        return self.node(op, a, b)

    @staticmethod
    def node(op: str, *args: Any) -> Expression:
        try:
            return tree(op, *args)
        except ValueError as error:
            raise Unreadable(str(error)) from None

    def product(self) -> _Node:
        node = self.signed()
        factors: list[Any] = []  # what was multiplied so far, once there is a symbol among it
        before: Any = None  # what stood left of the last "/", with its divisor
        divisor: Any = fmpq(1)
        while True:
            kind = self.peek()
            if kind == "/":
                self.take()
                right = self.signed()
                before, divisor = self.node("*", *factors) if factors else node.value, right.value
                node, factors = _Node(self.divide(before, divisor)), []
                continue
            if kind == "*":
                self.take()
                right = self.signed()
                before = None
            elif self.starts_factor():
                right = self.power()
                if before is not None:
                    self.seen["slash"] = None
                    if self.choice.slash:
                        divisor = self.grown("*", divisor, right.value)
                        node = _Node(self.divide(before, divisor))
                        continue
            else:
                return _Node(self.node("*", *factors)) if factors else node
            if factors or isinstance(node.value, Expression) or isinstance(right.value, Expression):
                factors = factors or [node.value]
                factors.append(right.value)
            else:
                node = self.times(node, right) if kind == "*" else _Node(self.grown("*", node.value, right.value))

    def times(self, a: _Node, b: _Node) -> _Node:
        value = self.grown("*", a.value, b.value)
        if b.ten is not None and a.decimals is not None:
            return _Node(value, a.decimals - b.ten)
        return _Node(value)

    def divide(self, a: Any, b: Any) -> Any:
        if isinstance(b, fmpq) and b == 0:
            raise Unreadable("division by zero")
        return self.grown("/", a, b)

    def starts_factor(self) -> bool:
        """Is a product meant without a sign: 2π, 2(3+1), 2√3, 2 ln 3?"""
        token = self.tokens[self.at]
        if token.kind == "name":
            return self.scope is not None or token.text in FUNCTIONS or token.text in CONSTANTS
        return token.kind in ("(", "√", "log", "command", "{", "symbol") or (token.kind == "|" and not self.bars)

    def signed(self) -> _Node:
        negative = self.sign()
        node = self.power()
        return node._replace(value=self.negated(node.value), ten=None) if negative else node

    def sign(self) -> bool:
        """Is there a minus? Two signs in a row are no number: a dash may be typed as ``--``."""
        if self.peek() not in "+-":
            return False
        negative = self.take().kind == "-"
        if self.peek() in "+-":
            raise Unreadable("two signs in a row")
        return negative

    def power(self) -> _Node:
        node = self.atom()
        if self.peek() != "^":
            return node
        self.take()
        self.deeper()
        self.exponents += 1
        if self.peek() == "{":
            exponent = self.group()
            if self.peek() == "^":
                raise Unreadable("a power of a power needs parentheses")
        else:
            bare = self.peek() != "("
            exponent = self.signed()
            if self.scope is not None and bare:
                exponent = self.glued(node, exponent)
        self.exponents -= 1
        self.depth -= 1
        value = self.raised(node.value, exponent.value)
        ten = None
        if node.whole and node.value == 10 and isinstance(exponent.value, fmpq) and exponent.value.q == 1:
            ten = int(exponent.value.p)
        return _Node(value, ten=ten)

    def glued(self, base: _Node, exponent: _Node) -> _Node:
        """The exponent with what is typed close behind it, where that is doubtful: e^2x. Nobody doubts x^2y."""
        token = self.tokens[self.at]
        if token.spaced or not self.starts_factor() or (exponent.whole and isinstance(base.value, Expression)):
            return exponent
        self.seen["exponent"] = None
        return self.absorbed(exponent) if self.choice.exponent else exponent

    def absorbed(self, node: _Node) -> _Node:
        """The node times the factors that are typed close behind it."""
        while self.starts_factor() and not self.tokens[self.at].spaced:
            node = _Node(self.grown("*", node.value, self.power().value))
        return node

    def raised(self, x: Any, k: Any) -> Any:
        if isinstance(x, Expression) or isinstance(k, Expression):
            if isinstance(x, Real) and x.form and x.form[:2] == (1, "exp"):
                return self.node("exp", k if x.form[2] == 1 else self.grown("*", x.form[2], k))
            if not isinstance(k, Expression) and not abs(enclosure(k)) <= MAX_EXPONENT:
                raise Unreadable(f"an exponent beyond {MAX_EXPONENT}")
            if isinstance(x, fmpq) and x == 0:
                raise Unreadable("a power of 0 with an unknown exponent")
            return self.node("^", x, k)
        value = self.raised_number(x, k)
        if self.scope is not None and isinstance(value, Real) and value.form is None:
            return self.node("^", x, k)
        return value

    def raised_number(self, x: Number, k: Number) -> Number:
        if not (abs(enclosure(k)) <= MAX_EXPONENT):
            raise Unreadable(f"an exponent beyond {MAX_EXPONENT}")
        if isinstance(x, Real) and x.form and x.form[0] == 1 and x.form[1] == "exp":
            self.counted()
            return self.exponential(x.form[2] * k)
        if isinstance(k, fmpq) and k.q == 1:
            if isinstance(x, fmpq):
                if x == 0 and k < 0:
                    raise Unreadable("division by zero")
                if x == 0 and k == 0:
                    raise Unreadable("0^0 has no value")
                if _bits(x) * abs(int(k.p)) > MAX_BITS and abs(x) != 1:
                    raise Unreadable("a power with too many digits")
            return _bounded(power(x, k))
        self.counted()
        if isinstance(k, fmpq) and k.q <= 9 and not (isinstance(x, fmpq) and x < 0):
            root = self.root(x, int(k.q))
            if isinstance(root, fmpq):
                return self.raised_number(root, fmpq(k.p))
            if k.q == 2:
                return _bounded(power(root, fmpq(k.p)))
        if isinstance(x, fmpq) and x == 0:
            if not enclosure(k) > 0:
                raise Unreadable("division by zero")
            return fmpq(0)
        return _bounded(power(x, k))

    # single values

    def atom(self) -> _Node:
        token = self.take()
        kind = token.kind
        if kind == "number":
            return self.number(token)
        if kind == "fraction":
            node = _Node(fmpq(*_VULGAR[token.text]))
        elif kind in "({" and kind:
            self.at -= 1
            node = self.group()
        elif kind == "command":
            node = _Node(self.latex_fraction())
        elif kind == "√":
            node = self.function("√", token.text)
        elif kind == "log":
            node = self.function("log", token.text)
        elif kind == "symbol":
            node = _Node(symbol(token.text))
        elif kind == "name":
            node = self.named(token.text)
        elif kind == "|":
            node = self.absolute()
        elif kind == "end":
            nothing = "there is no number" if self.scope is None else "there is no expression"
            raise Unreadable("the answer stops too early" if self.at > 1 else nothing)
        elif kind in ")}":
            raise Unreadable("empty or unmatched brackets")
        else:
            raise Unreadable(f"'{token.text}' cannot stand here")
        if self.peek() == "%":
            raise Unreadable("'%' belongs directly after a number")
        return node

    def group(self) -> _Node:
        close = {"(": ")", "{": "}"}[self.take().kind]
        self.deeper()
        bars, self.bars = self.bars, 0
        node = self.sum()
        self.bars = bars
        if self.peek() != close:
            if self.peek() in ("number", "fraction"):
                raise Unreadable(f"'{self.take().text}' follows another number without a sign between them")
            raise Unreadable("a bracket is not closed")
        self.take()
        self.depth -= 1
        return node

    def absolute(self) -> _Node:
        """What stands after a first bar, to the second."""
        self.deeper()
        self.bars += 1
        x = self.sum().value
        if self.peek() != "|":
            raise Unreadable("a bar | is not closed")
        self.take()
        self.bars -= 1
        self.depth -= 1
        return _Node(self.applied("abs", "", x))

    def number(self, token: _Token) -> _Node:
        value, decimals, whole = self.literal(token.text)
        following = self.tokens[self.at]
        divided = self.at >= 2 and self.tokens[self.at - 2].kind in "/^"
        mixed: fmpq | None = None
        if whole and following.kind == "fraction":
            self.take()
            mixed = fmpq(*_VULGAR[following.text])
        elif whole and following.kind == "number" and self.tokens[self.at + 1].kind == "/":
            top, bottom = self.tokens[self.at], self.tokens[self.at + 2]
            if bottom.kind == "number" and top.text.isdigit() and bottom.text.isdigit():
                numerator, denominator = self.literal(top.text)[0], self.literal(bottom.text)[0]
                if not 0 < numerator < denominator:
                    raise Unreadable(f"'{top.text}/{bottom.text}' after a number is not a proper fraction")
                self.at += 3
                mixed = numerator / denominator
        elif whole and following.kind == "command" and not divided:
            start = self.at
            self.take()
            part = self.latex_fraction()
            self.seen["product"] = None
            if self.choice.product:
                self.at = start
            else:
                mixed = part if isinstance(part, fmpq) else None
                if mixed is None:
                    self.at = start
        if mixed is not None:
            if divided or self.peek() in ("^", "/", "%", "number", "fraction"):
                raise Unreadable("a mixed number such as '2 1/2' needs parentheses here")
            return _Node(value + mixed)
        if self.peek() == "%":
            self.take()
            if divided or self.peek() == "%":
                raise Unreadable("a percent sign in a denominator or exponent, or two of them")
            value, decimals, whole = value / 100, decimals + 2, False
        if not whole and self.scope is not None and not self.exponents:
            e = significant_exponent(value)
            shown = 0 if e is None else max(e + 1 + decimals, 1)
            self.digits = shown if self.digits is None else min(self.digits, shown)
            if self.choice.blurred:
                return _Node(Real(arb(value, _ten(-decimals) / 2)))
        return _Node(value, decimals, whole)

    def literal(self, text: str) -> tuple[fmpq, int, bool]:
        """Value, decimals, and whether it is a plain whole number."""
        body, _, exponent = text.partition("e")
        if sum(c.isdigit() for c in body) > MAX_DIGITS:
            raise Unreadable(f"a number with more than {MAX_DIGITS} digits")
        whole, fraction = self.separated(body)
        k = 0
        if exponent:
            if len(exponent) > 5 or abs(int(exponent)) > MAX_EXPONENT:
                raise Unreadable(f"an exponent beyond {MAX_EXPONENT}")
            k = int(exponent)
        decimals = len(fraction) - k
        return fmpq(int(whole + fraction or "0")) * _ten(-decimals), decimals, not fraction and not exponent

    def separated(self, body: str) -> tuple[str, str]:
        """The digits before and after the decimal sign."""
        comma = self.notation.decimal_comma
        points, commas = body.count("."), body.count(",")
        bad = Unreadable(f"'{body}' is not a number I can read")
        if not points and not commas:
            return body, ""
        if points and commas:
            mark = "." if body.rfind(".") > body.rfind(",") else ","
            other = "," if mark == "." else "."
            head, _, tail = body.rpartition(mark)
            if mark in head or not tail or not re.fullmatch(rf"[1-9][0-9]{{0,2}}(\{other}[0-9]{{3}})+", head):
                raise bad
            if comma is not None and comma != (mark == ","):
                raise bad
            return head.replace(other, ""), tail
        mark = "." if points else ","
        grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}(\{mark}[0-9]{{3}})+", body) is not None
        if points + commas > 1:
            if not grouped or comma is (mark == ","):
                raise bad
            if comma is None or comma is (mark == "."):
                return body.replace(mark, ""), ""
            raise bad
        head, _, tail = body.partition(mark)
        if mark == ".":
            if comma and grouped:
                self.seen["comma"] = None
                if self.choice.comma == "thousands":
                    return head + tail, ""
            return head, tail
        if not tail:
            raise Unreadable("a comma at the end")
        if comma is False:
            if grouped:
                return head + tail, ""
            raise Unreadable(f"'{body}' has a decimal comma; write a point")
        if comma is None and grouped:
            self.seen["comma"] = None
            if self.choice.comma == "thousands":
                return head + tail, ""
        return head, tail

    def latex_fraction(self) -> Any:
        r"""The two groups (or digits) after ``\frac``."""
        parts: list[Any] = []
        self.deeper()
        for _ in range(2):
            if self.peek() == "{":
                parts.append(self.group().value)
                continue
            token = self.tokens[self.at]
            if token.kind != "number" or not token.text.isdigit() or len(token.text) > 2:
                raise Unreadable("\\frac needs two groups in braces")
            if len(token.text) == 2 and not parts:  # \frac12
                self.at += 1
                parts = [fmpq(int(token.text[0])), fmpq(int(token.text[1]))]
                break
            if len(token.text) == 2:
                raise Unreadable("\\frac needs two groups in braces")
            self.at += 1
            parts.append(fmpq(int(token.text)))
        self.depth -= 1
        return self.divide(parts[0], parts[1])

    def named(self, name: str) -> _Node:
        if name in ("pi", "π", "Pi", "PI"):
            return _Node(Real(arb.pi()) if self.scope is None else tree("pi"))
        if name == "e":
            return _Node(exp(fmpq(1)))
        if name in FUNCTIONS or self.scope is not None:
            return self.function(name)
        if name.casefold() in ("nan", "inf", "infinity"):
            raise Unreadable(f"'{name}' is not a number")
        if name.casefold() in FUNCTIONS:
            return self.named(name.casefold())
        raise Unreadable(f"I do not know '{name}'")

    def counted(self) -> None:
        self.functions += 1
        if self.functions > MAX_FUNCTIONS:
            raise Unreadable("too many roots, logarithms and exponentials")

    def function(self, name: str, base: str = "") -> _Node:
        self.deeper()
        power = self.function_power(name) if self.peek() == "^" else None
        if name in ("max", "min"):
            x = self.extreme(name)
        else:
            x = self.applied(name, base, self.argument(name))
        self.depth -= 1
        return _Node(x if power is None else self.raised(x, power))

    def argument(self, name: str) -> Any:
        """What a function is applied to: a group, or without one the next value."""
        if self.peek() in "({":
            return self.group().value
        if name == "√":
            node = self.atom()
            if self.scope is not None and self.starts_factor() and not self.tokens[self.at].spaced:
                self.seen["root"] = None
                node = self.absorbed(node) if self.choice.root else node
            return node.value
        if self.choice.loose:
            return self.product().value
        negative = self.sign()
        if self.peek() == "end":
            raise Unreadable(f"{name} needs a number after it")
        x = self.atom().value
        if self.peek() == "^":
            raise Unreadable(f"{name} needs parentheses around its argument here")
        if self.peek() in "*/" or (self.starts_factor() and not self.applies()):
            self.seen["loose"] = None
        return self.negated(x) if negative else x

    def applies(self) -> bool:
        """Does a function come next? In ln x ln y nobody means ln(x ln y)."""
        token = self.tokens[self.at]
        return self.scope is not None and (token.kind == "log" or (token.kind == "name" and token.text not in CONSTANTS))

    def function_power(self, name: str) -> fmpq:
        """The k of sin^k x, a whole number from 2 on: sin^-1 has two meanings."""
        if self.scope is None or name == "√":
            raise Unreadable(f"write a power of {name} as ({name}(…))^2")
        self.take()
        k = None if self.peek() == "-" else self.group().value if self.peek() in "({" else self.atom().value
        if not isinstance(k, fmpq) or k.q != 1 or not 2 <= k <= MAX_EXPONENT:
            raise Unreadable(f"write a power of {name} as ({name}(…))^2")
        return k

    def extreme(self, name: str) -> Any:
        """max or min of what stands in the parentheses."""
        if self.peek() != "(":
            raise Unreadable(f"{name} needs parentheses around its arguments")
        self.take()
        bars, self.bars = self.bars, 0
        xs = [self.sum().value]
        while self.peek() == ",":
            self.take()
            xs.append(self.sum().value)
        if self.peek() != ")":
            raise Unreadable("a bracket is not closed")
        self.take()
        self.bars = bars
        if len(xs) < 2:
            raise Unreadable(f"{name} needs two arguments")
        return self.node(name, *xs)

    def applied(self, name: str, base: str, x: Any) -> Any:
        if self.scope is not None:
            return self.applied_in_scope(name, base, x)
        self.counted()
        return _bounded(self.applied_number(name, base, x))

    def applied_in_scope(self, name: str, base: str, x: Any) -> Any:
        """The function as a tree; a number where that keeps its closed form."""
        if name in ("log", "lg", "ld", "lb"):
            base = self.base_of(name, base)
            name = {"e": "ln", "2": "log2", "10": "log10"}.get(base, "")
            if not name:
                return self.divide(self.applied_in_scope("ln", "", x), ln(fmpq(_whole_base(base))))
        if name == "relu":
            return self.node("max", fmpq(0), x)
        if not isinstance(x, Expression) and name in ("ln", "log2", "sqrt", "√", "exp"):
            self.counted()
            value = _bounded(self.applied_number(name, base, x))
            if isinstance(value, fmpq) or value.form is not None:
                return value
        if name == "√":
            return self.node("sqrt", x) if base == "2" else self.node("^", x, fmpq(1, int(base)))
        return self.node(name, x)

    def base_of(self, name: str, base: str) -> str:
        """The base of a logarithm by its name, as typed, or as agreed; a doubt is noted."""
        if name == "log" and not base:
            base = self.notation.log_base or ""
            if not base:
                self.seen["log"] = None
                base = self.choice.log
        elif name == "lg":
            self.seen["lg"] = None
            base = self.choice.lg
        return base or ("e" if name == "ln" else "2")

    def applied_number(self, name: str, base: str, x: Number) -> Number:
        if name in ("sqrt", "√"):
            if isinstance(x, fmpq) and x < 0:
                raise Unreadable("a root of a negative number")
            return self.root(x, int(base or 2))
        if name == "exp":
            return self.exponential(x)
        base = self.base_of(name, base)
        if not enclosure(x) > 0:
            raise Unreadable("the logarithm of a number that is not positive")
        if base == "e":
            return ln(x)
        if base == "2":
            return log2(x)
        b = _whole_base(base)
        if isinstance(x, fmpq):
            k = _exact_log(x, b)
            if k is not None:
                return fmpq(k)
        return _plain_form(ln(x)) / ln(fmpq(b))

    def root(self, x: Number, degree: int) -> Number:
        """The real root, exact where it is rational."""
        if degree == 2:
            return sqrt(x)
        if isinstance(x, fmpq):
            top, bottom = int(fmpz(x.p).root(degree)), int(fmpz(x.q).root(degree))
            if fmpq(top, bottom) ** degree == x:
                return fmpq(top, bottom)
        return power(x, fmpq(1, degree))

    def exponential(self, x: Number) -> Number:
        if not abs(enclosure(x)) <= 900:
            raise Unreadable("an exponential that is too large or too small")
        return _bounded(exp(x))


def _whole_base(base: str) -> int:
    b = int(base) if len(base) <= 3 else 0
    if b < 2:
        raise Unreadable(f"{base} is no base of a logarithm")
    return b


def _exact_log(x: fmpq, base: int) -> int | None:
    """k with base^k = x, if there is one."""
    p, q = int(x.p), int(x.q)
    if q != 1 and p != 1:
        return None
    n, k = max(p, q), 0
    while n % base == 0 and n > 1:
        n, k = n // base, k + 1
    return (k if q == 1 else -k) if n == 1 else None


def same_value(a: Number, b: Number) -> bool:
    """Are two precise values the same number? Irrational ones as far as their enclosures (some 50
    digits) can tell."""
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return a == b
    if isinstance(a, Real) and isinstance(b, Real) and a.form is not None and a.form == b.form:
        return True
    return bool(enclosure(a).overlaps(enclosure(b)))


def evaluate(text: str, notation: Notation) -> Typed:
    """The number that one expression means. Ambiguous if it has several values, Unreadable if none."""
    if SIMPLE.fullmatch(text) and len(text) <= MAX_DIGITS and not notation.decimal_comma:
        whole, _, tail = text.partition(".")
        unit = fmpq(1, 10 ** len(tail))
        value = int(whole + tail) * unit
        if _AS_SHOWN.fullmatch(text):
            return Typed(value, unit if tail else None, text)
        return _typed(_Node(value, len(tail), not tail), text)
    nodes = _readings(_tokens(text), notation, None)
    if len(nodes) > 1:
        raise Ambiguous([_shown(node, "") for node in nodes])
    return _typed(nodes[0], text)


def evaluate_expression(text: str, notation: Notation, scope: Scope) -> TypedExpression:
    """The expression in the scope's symbols that a text means. Ambiguous if it has several meanings, Unreadable if
    none."""
    text = re.sub("[₀-₉]+", lambda m: "_{" + m.group().translate(_SUBSCRIPTS) + "}", text)
    tokens = _tokens(text, scope, notation)
    nodes = _readings(tokens, notation, scope)
    if len(nodes) > 1:
        raise Ambiguous([_shown(node, "") for node in nodes])
    value = nodes[0].value
    if any([t.kind == "number" and not t.text.isdigit() for t in tokens]):
        parser = _Parser(tokens, notation, _Choice(blurred=True), scope)
        try:
            rounded = _run(parser).value
        except Unreadable:  # an interval around a number may hold a zero below a line
            rounded = None
        text = value.text(decimals=True) if isinstance(value, Expression) else to_text(value)
        return TypedExpression(value, text, rounded, parser.digits)
    return TypedExpression(value, to_text(value))


def _readings(tokens: list[_Token], notation: Notation, scope: Scope | None) -> list[_Node]:
    """The different values that the tokens may mean; the first failure where they mean nothing."""
    first = _Choice()
    nodes: list[_Node] = []
    parser = _Parser(tokens, notation, first, scope)
    failure: Unreadable | None = None
    try:
        nodes.append(_run(parser))
    except Unreadable as error:
        failure = error
        if not parser.seen:
            raise
    for name in list(parser.seen):
        for change in _ALTERNATIVES[name]:
            try:
                node = _run(_Parser(tokens, notation, replace(first, **change), scope))
            except Unreadable as error:
                failure = failure or error
                continue
            if not any(_agree(node.value, other.value) for other in nodes):
                nodes.append(node)
            elif isinstance(node.value, fmpq) and not isinstance(nodes[0].value, fmpq):
                nodes[0] = node  # log(8)/log(2) is exactly 3
    if not nodes:
        assert failure
        raise failure
    return nodes


def _agree(a: Any, b: Any) -> bool:
    if isinstance(a, Expression) or isinstance(b, Expression):
        return same_residue(a, b)
    return same_value(a, b)


SIMPLE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_AS_SHOWN = re.compile(r"-?(?:[1-9][0-9]*|0(?=\.[0-9]*[1-9]))(?:\.[0-9]+)?")  # not -0, not 007
_BLUR = arb(10) ** -30


def _run(parser: _Parser) -> _Node:
    try:
        node = parser.parse()
    except Unreadable:
        raise
    except ZeroDivisionError:
        raise Unreadable("division by zero") from None
    except (ValueError, ArithmeticError):
        raise Unreadable("this has no value among the real numbers") from None
    if isinstance(node.value, Real) and parser.scope is None:
        ball = node.value.ball
        # 10^100*(pi - pi) is an enclosure that holds every key: it must not pass for one
        if not ball.rad() < _BLUR * abs(ball.mid()).max(arb(1)):
            raise Unreadable("the digits of this cancel out, so that its value is not certain")
    return node


def _shown(node: _Node, source: str) -> str:
    if node.decimals is not None and isinstance(node.value, fmpq):
        return to_decimal(node.value, decimals=max(node.decimals, 0))
    if isinstance(node.value, Real) and node.value.form is None:
        return source or to_decimal(node.value, digits=6)
    return to_text(node.value)


def _typed(node: _Node, source: str) -> Typed:
    unit = None
    if node.decimals is not None and not node.whole:
        unit = _ten(-node.decimals)
    return Typed(node.value, unit, _shown(node, source))
