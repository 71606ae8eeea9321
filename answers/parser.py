"""From tokens to one exact number: a recursive-descent parser that evaluates as it goes.

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

from examwright.answers.characters import SUBSCRIPTS, VULGAR
from examwright.answers.symbols import Scope
from examwright.answers.tokens import CONSTANTS, FUNCTIONS, Token, tokenize
from examwright.answers.typed import Ambiguous, Notation, Typed, TypedExpression, Unreadable
from examwright.solvers.arithmetic import (
    Number,
    Real,
    absolute,
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

__all__ = ["evaluate", "evaluate_expression", "plain", "same_value"]

MAX_DEPTH = 30  # parentheses, powers and functions inside one another
MAX_DIGITS = 60  # of one number
MAX_EXPONENT = 200  # of a power and of scientific notation
MAX_BITS = 2048  # of a numerator or denominator on the way
MAX_FUNCTIONS = 20  # roots, logarithms, exponentials and factorials of numbers in one answer
MAX_FACTORIAL = 200


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

    def __init__(self, tokens: list[Token], notation: Notation, choice: _Choice, scope: Scope | None = None):
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
            raise Unreadable("'{text}' follows another number without a sign between them", text=token.text)
        raise Unreadable("'{text}' cannot stand here", text=token.text)

    def peek(self) -> str:
        return self.tokens[self.at].kind

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("more than {n} levels inside one another", n=MAX_DEPTH)

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
                if self.scope is None:
                    self.beside_a_bracket()
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

    def beside_a_bracket(self) -> None:
        """``2(3+1)`` is a product, but ``0.5 (1/2)`` may be one number in two forms and ``2(1/2)`` a mixed one."""
        tokens, at = self.tokens, self.at
        if tokens[at].kind != "(" or tokens[at - 1].kind not in ("number", "fraction", "%"):
            return
        if tokens[at].spaced:
            raise Unreadable("a number with another one in brackets after it; write * for a product")
        if [t.kind for t in tokens[at + 1:at + 5]] == ["number", "/", "number", ")"]:
            raise Unreadable("a fraction in brackets after a number is unclear; write * for a product, + for a sum")

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
        if self.peek() == "!":
            self.take()
            node = _Node(self.factorial(node.value))
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

    def factorial(self, n: Any) -> fmpq:
        if self.peek() == "!":
            raise Unreadable("two '!' in a row")
        if not (isinstance(n, fmpq) and n.q == 1 and 0 <= n <= MAX_FACTORIAL):
            raise Unreadable("a factorial of something else than a whole number from 0 to {n}", n=MAX_FACTORIAL)
        self.counted()
        return fmpq(fmpz.fac_ui(n.p))

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
                raise Unreadable("an exponent beyond {n}", n=MAX_EXPONENT)
            if isinstance(x, fmpq) and x == 0:
                raise Unreadable("a power of 0 with an unknown exponent")
            return self.node("^", x, k)
        value = self.raised_number(x, k)
        if self.scope is not None and isinstance(value, Real) and value.form is None:
            return self.node("^", x, k)
        return value

    def raised_number(self, x: Number, k: Number) -> Number:
        if not (abs(enclosure(k)) <= MAX_EXPONENT):
            raise Unreadable("an exponent beyond {n}", n=MAX_EXPONENT)
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
            node = _Node(fmpq(*VULGAR[token.text]))
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
            raise Unreadable("the answer stops too early" if self.at > 1 else "there is no number" if self.scope is None else "there is no expression")
        elif kind in ")}":
            raise Unreadable("empty or unmatched brackets")
        else:
            raise Unreadable("'{text}' cannot stand here", text=token.text)
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
                raise Unreadable("'{text}' follows another number without a sign between them", text=self.take().text)
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

    def number(self, token: Token) -> _Node:
        value, decimals, whole = self.literal(token.text)
        following = self.tokens[self.at]
        divided = self.at >= 2 and self.tokens[self.at - 2].kind in "/^"
        mixed: fmpq | None = None
        if whole and following.kind == "fraction":
            self.take()
            mixed = fmpq(*VULGAR[following.text])
        elif whole and following.kind == "number" and self.tokens[self.at + 1].kind == "/":
            top, bottom = self.tokens[self.at], self.tokens[self.at + 2]
            if bottom.kind == "number" and top.text.isdigit() and bottom.text.isdigit():
                numerator, denominator = self.literal(top.text)[0], self.literal(bottom.text)[0]
                if not 0 < numerator < denominator:
                    raise Unreadable("'{text}' after a number is not a proper fraction", text=f"{top.text}/{bottom.text}")
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
            places = 3 if self.take().text == "‰" else 2
            if divided or self.peek() == "%":
                raise Unreadable("a percent sign in a denominator or exponent, or two of them")
            value, decimals, whole = value / 10**places, decimals + places, False
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
            raise Unreadable("a number with more than {n} digits", n=MAX_DIGITS)
        whole, fraction = self.separated(body)
        k = 0
        if exponent:
            if len(exponent) > 5 or abs(int(exponent)) > MAX_EXPONENT:
                raise Unreadable("an exponent beyond {n}", n=MAX_EXPONENT)
            k = int(exponent)
        decimals = len(fraction) - k
        return fmpq(int(whole + fraction or "0")) * _ten(-decimals), decimals, not fraction and not exponent

    def separated(self, body: str) -> tuple[str, str]:
        """The digits before and after the decimal sign."""
        comma = self.notation.decimal_comma
        points, commas = body.count("."), body.count(",")
        bad = Unreadable("'{text}' is not a number I can read", text=body)
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
            raise Unreadable("'{text}' has a decimal comma; write a point", text=body)
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
            raise Unreadable("'{text}' is not a number", text=name)
        if name.casefold() in FUNCTIONS:
            return self.named(name.casefold())
        raise Unreadable("I do not know '{word}'", word=name)

    def counted(self) -> None:
        self.functions += 1
        if self.functions > MAX_FUNCTIONS:
            raise Unreadable("too many roots, logarithms, exponentials and factorials")

    def function(self, name: str, base: str = "") -> _Node:
        self.deeper()
        following = self.tokens[self.at + 1] if self.peek() == "(" else None
        if name == "log" and not base and following and "," in following.text and self.notation.decimal_comma is not True:
            raise Unreadable("'log({text})' is unclear: a decimal comma, or a base", text=following.text)
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
            raise Unreadable("{name} needs a number after it", name=name)
        x = self.atom().value
        if self.peek() == "^":
            raise Unreadable("{name} needs parentheses around its argument here", name=name)
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
            raise Unreadable("write a power of {name} as ({name}(…))^2", name=name)
        self.take()
        k = None if self.peek() == "-" else self.group().value if self.peek() in "({" else self.atom().value
        if not isinstance(k, fmpq) or k.q != 1 or not 2 <= k <= MAX_EXPONENT:
            raise Unreadable("write a power of {name} as ({name}(…))^2", name=name)
        return k

    def extreme(self, name: str) -> Any:
        """max or min of what stands in the parentheses."""
        if self.peek() != "(":
            raise Unreadable("{name} needs parentheses around its arguments", name=name)
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
            raise Unreadable("{name} needs two arguments", name=name)
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
        if name == "abs":
            return absolute(x)
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
        raise Unreadable("{base} is no base of a logarithm", base=base)
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
    digits) can tell; a closed form is never rational."""
    if isinstance(a, fmpq):
        if isinstance(b, fmpq):
            return bool(a == b)
        return b.form is None and bool(enclosure(b).overlaps(arb(a)))
    if isinstance(b, fmpq):
        return same_value(b, a)
    return (a.form is not None and a.form == b.form) or bool(a.ball.overlaps(b.ball))


def plain(text: str, notation: Notation) -> Typed | None:
    """The number, if the text is nothing but a whole number or a decimal in the usual form: most answers are."""
    m = _PLAIN.fullmatch(text)
    if m is None or notation.decimal_comma:
        return None
    whole, tail = m.groups()
    if tail is None:
        return Typed(fmpq(int(whole)), None, text)
    value, unit = fmpq(int(whole + tail), _TENS[len(tail)]), fmpq(1, _TENS[len(tail)])
    return Typed(value, unit, text) if value != 0 or whole == "0" else None


def evaluate(text: str, notation: Notation) -> Typed:
    """The number that one expression means. Ambiguous if it has several values, Unreadable if none."""
    simple = plain(text, notation)
    if simple is not None:
        return simple
    nodes = _readings(tokenize(text), notation, None)
    if len(nodes) > 1:
        raise Ambiguous([_shown(node, "") for node in nodes])
    return _typed(nodes[0], text)


def evaluate_expression(text: str, notation: Notation, scope: Scope) -> TypedExpression:
    """The expression in the scope's symbols that a text means. Ambiguous if it has several meanings, Unreadable if
    none."""
    text = re.sub("[₀-₉]+", lambda m: "_{" + m.group().translate(SUBSCRIPTS) + "}", text)
    tokens = tokenize(text, scope, notation)
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


def _readings(tokens: list[Token], notation: Notation, scope: Scope | None) -> list[_Node]:
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


_PLAIN = re.compile(rf"(0|-?[1-9][0-9]{{0,{MAX_DIGITS // 2 - 1}}}|-0(?=\.))(?:\.([0-9]{{1,{MAX_DIGITS // 2}}}))?")
_TENS = [10**k for k in range(MAX_DIGITS // 2 + 1)]
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
        if not ball.rad() < _BLUR * abs(ball.mid()):
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
