"""From typed characters to one exact number: cleaning, tokens, and a recursive-descent parser.

Bounds: length, depth, digits, exponents, the size of every value on the way, and the number of roots and
logarithms, so that any text costs little. A spelling with two meanings is evaluated in both; they
count as one if they agree (``log(8)/log(2)`` is 3 in any base).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flint import arb, fmpq, fmpz

from examwright.answers.typed import Ambiguous, Blank, Notation, Typed, Unreadable
from examwright.solvers.arithmetic import (
    Number,
    Real,
    enclosure,
    exp,
    ln,
    log2,
    power,
    sqrt,
    to_decimal,
    to_text,
)

__all__ = ["CONSTANTS", "FUNCTIONS", "ROW", "clean", "evaluate", "same_value"]

MAX_LENGTH = 500  # characters of one answer
MAX_DEPTH = 30  # parentheses, powers and functions inside one another
MAX_DIGITS = 60  # of one number
MAX_EXPONENT = 200  # of a power and of scientific notation
MAX_BITS = 2048  # of a numerator or denominator on the way
MAX_FUNCTIONS = 20  # roots, logarithms and exponentials in one answer

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
        text = re.sub(r"\\log\s*_\s*", "log_", text)
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
    kind: str  # number, name, fraction (½), command, log, or the sign itself; "end" at the end
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


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    i, n, spaced = 0, len(text), False
    while i < n:
        c = text[i]
        if c in " \n":
            spaced, i = True, i + 1
            continue
        if c in "0123456789" or (c in ".," and i + 1 < n and text[i + 1] in "0123456789"):
            m = _GROUPED.match(text, i)
            if m:
                body = m.group().replace(" ", "").replace("'", "")
                if m.group(1) and re.match(r"\s*/", text[m.end():]):
                    raise Unreadable(f"the space in '{m.group()}' makes the fraction unclear")
            else:
                m = _CHUNK.match(text, i)
                assert m
                body = m.group()
            i = m.end()
            s = _SCIENTIFIC.match(text, i)
            if s:
                body += "e" + s.group(1) + s.group(2)
                i = s.end()
            elif re.match(r"\s*[eE]\s*[-+]?\s*[0-9]", text[i:i + 12]):
                raise Unreadable(f"'{text[i - 1:i + 6].strip()}' is unclear: write a power of ten as 5*10^-1")
            out.append(_Token("number", body, spaced))
            tail = text[i:i + 2]
            if tail[:1] == "." or (tail[:1] == "(" and ("." in body or "," in body)):
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
        elif c in "+-*/^%(){}":
            out.append(_Token(c, c, spaced))
            i += 1
        elif c in "[]":
            raise Unreadable("square brackets belong to a list; one number is asked for here")
        elif c == "_":
            raise Unreadable("an underscore is not part of a number")
        elif c in "<>≤≥≠~":
            raise Unreadable(f"'{c}' is a comparison; one number is asked for here")
        elif c == "±":
            raise Unreadable("'±' stands for two numbers")
        elif c == "∞":
            raise Unreadable("infinity is not a number")
        elif c.isdigit() or c.isnumeric():
            raise Unreadable("only the digits 0 to 9 can be read")
        elif c in ",;":
            raise Unreadable(f"'{c}' separates several numbers; one number is asked for here")
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


_ALTERNATIVES: dict[str, tuple[dict[str, Any], ...]] = {
    "comma": ({"comma": "thousands"},),
    "log": ({"log": "2"}, {"log": "10"}),
    "lg": ({"lg": "2"},),
    "loose": ({"loose": True},),
    "slash": ({"slash": True},),
    "product": ({"product": True},),
}


class _Node(NamedTuple):
    value: Number
    decimals: int | None = None  # of a decimal (or whole) number typed, negative for 5e3
    whole: bool = False  # a plain whole number
    ten: int | None = None  # k of 10^k


def _ten(k: int) -> fmpq:
    return fmpq(10) ** k


def _bits(x: fmpq) -> int:
    return max(int(x.p).bit_length(), int(x.q).bit_length())


_HUGE = arb(10) ** 400
_TINY = arb(10) ** -400


def _bounded(x: Number) -> Number:
    """x, if it is of a size that can be shown; a closed form that grew too long is dropped."""
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

    def __init__(self, tokens: list[_Token], notation: Notation, choice: _Choice):
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.functions = 0
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
        while self.peek() in "+-":
            sign = self.take().kind
            right = self.product()
            a, b = _plain_form(node.value), _plain_form(right.value)
            node = _Node(_bounded(a + b if sign == "+" else a - b))
        return node

    def product(self) -> _Node:
        node = self.signed()
        before: Number | None = None  # what stood left of the last "/", with its divisor
        divisor: Number = fmpq(1)
        while True:
            kind = self.peek()
            if kind == "*":
                self.take()
                right = self.signed()
                node = self.times(node, right)
                before = None
            elif kind == "/":
                self.take()
                right = self.signed()
                before, divisor = node.value, right.value
                node = _Node(self.divide(before, divisor))
            elif self.starts_factor():
                right = self.power()
                if before is not None:
                    self.seen["slash"] = None
                    if self.choice.slash:
                        divisor = _bounded(divisor * right.value)
                        node = _Node(self.divide(before, divisor))
                        continue
                node = _Node(_bounded(node.value * right.value))
            else:
                return node

    def times(self, a: _Node, b: _Node) -> _Node:
        value = _bounded(a.value * b.value)
        if b.ten is not None and a.decimals is not None:
            return _Node(value, a.decimals - b.ten)
        return _Node(value)

    def divide(self, a: Number, b: Number) -> Number:
        if isinstance(b, fmpq) and b == 0:
            raise Unreadable("division by zero")
        return _bounded(a / b)

    def starts_factor(self) -> bool:
        """Is a product meant without a sign: 2π, 2(3+1), 2√3, 2 ln 3?"""
        token = self.tokens[self.at]
        if token.kind == "name":
            return token.text in FUNCTIONS or token.text in CONSTANTS
        return token.kind in ("(", "√", "log", "command", "{")

    def signed(self) -> _Node:
        negative = self.sign()
        node = self.power()
        return node._replace(value=-node.value, ten=None) if negative else node

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
        if self.peek() == "{":
            exponent = self.group()
            if self.peek() == "^":
                raise Unreadable("a power of a power needs parentheses")
        else:
            exponent = self.signed()
        self.depth -= 1
        value = self.raised(node.value, exponent.value)
        ten = None
        if node.whole and node.value == 10 and isinstance(exponent.value, fmpq) and exponent.value.q == 1:
            ten = int(exponent.value.p)
        return _Node(value, ten=ten)

    def raised(self, x: Number, k: Number) -> Number:
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
                return self.raised(root, fmpq(k.p))
            if k.q == 2:
                return _bounded(power(root, fmpq(k.p)))
        if isinstance(x, fmpq) and x == 0:
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
        elif kind == "name":
            node = self.named(token.text)
        elif kind == "end":
            raise Unreadable("the answer stops too early" if self.at > 1 else "there is no number")
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
        node = self.sum()
        if self.peek() != close:
            if self.peek() in ("number", "fraction"):
                raise Unreadable(f"'{self.take().text}' follows another number without a sign between them")
            raise Unreadable("a bracket is not closed")
        self.take()
        self.depth -= 1
        return node

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
            return _Node(value / 100, decimals + 2)
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

    def latex_fraction(self) -> Number:
        r"""The two groups (or digits) after ``\frac``."""
        parts: list[Number] = []
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
            return _Node(Real(arb.pi()))
        if name == "e":
            return _Node(exp(fmpq(1)))
        if name in FUNCTIONS:
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
        self.counted()
        self.deeper()
        if self.peek() == "^":
            raise Unreadable(f"write a power of {name} as ({name}(…))^2")
        if self.peek() in "({":
            x = self.group().value
        elif name == "√":
            x = self.atom().value
        elif self.choice.loose:
            x = self.product().value
        else:
            negative = self.sign()
            if self.peek() == "end":
                raise Unreadable(f"{name} needs a number after it")
            x = self.atom().value
            if self.peek() == "^":
                raise Unreadable(f"{name} needs parentheses around its argument here")
            x = -x if negative else x
            if self.peek() in "*/" or self.starts_factor():
                self.seen["loose"] = None
        self.depth -= 1
        return _Node(_bounded(self.applied(name, base, x)))

    def applied(self, name: str, base: str, x: Number) -> Number:
        if name in ("sqrt", "√"):
            if isinstance(x, fmpq) and x < 0:
                raise Unreadable("a root of a negative number")
            return self.root(x, int(base or 2))
        if name == "exp":
            return self.exponential(x)
        if name == "log":
            if not base:
                base = self.notation.log_base or ""
                if not base:
                    self.seen["log"] = None
                    base = self.choice.log
        elif name == "lg":
            self.seen["lg"] = None
            base = self.choice.lg
        else:
            base = "e" if name == "ln" else "2"
        if not enclosure(x) > 0:
            raise Unreadable("the logarithm of a number that is not positive")
        if base == "e":
            return ln(x)
        if base == "2":
            return log2(x)
        b = int(base) if len(base) <= 3 else 0
        if b < 2:
            raise Unreadable(f"{base} is no base of a logarithm")
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
    tokens = _tokens(text)
    first = _Choice()
    nodes: list[_Node] = []
    parser = _Parser(tokens, notation, first)
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
                node = _run(_Parser(tokens, notation, replace(first, **change)))
            except Unreadable as error:
                failure = failure or error
                continue
            if not any(same_value(node.value, other.value) for other in nodes):
                nodes.append(node)
            elif isinstance(node.value, fmpq) and not isinstance(nodes[0].value, fmpq):
                nodes[0] = node  # log(8)/log(2) is exactly 3
    if not nodes:
        assert failure
        raise failure
    if len(nodes) > 1:
        raise Ambiguous([_shown(node, "") for node in nodes])
    return _typed(nodes[0], text)


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
    if isinstance(node.value, Real):
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
