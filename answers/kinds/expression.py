"""An expression in free symbols, in any form that is the same function."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import arb, fmpq

from examwright.answers.equivalence import compare, may_agree
from examwright.answers.kinds.base import (
    DEFAULT,
    Judgement,
    Kind,
    KindError,
    Notation,
    Precision,
    Said,
    described,
    is_exact_number,
)
from examwright.answers.phrases import joined, phrase
from examwright.answers.precision import NIL, ONE
from examwright.answers.reader import read_expression
from examwright.answers.symbols import Scope, Symbol, SymbolError, symbols_of
from examwright.answers.typed import TypedExpression
from examwright.solvers.arithmetic import (
    Number,
    Real,
    Undecided,
    round_half_up,
    significant_exponent,
    to_latex,
    to_text,
)
from examwright.solvers.expression import Expression, number_of, with_numbers, wrapped
from examwright.solvers.expression_text import symbol_latex
from examwright.solvers.expression_values import same_residue

OPTIONS = ("symbols", "digits", "log")


class ExpressionKind(Kind):
    """``{expression: [x, lambda > 0]}`` or ``{expression: {symbols: [x, lambda > 0], digits: 3, log: e}}``.

    A symbol's domain stands with it; without one it is any real number. `digits`: numbers in the answer may be rounded to so
    many significant digits; without it only the exact function is right. `log`: the base of a bare ``log``.
    """

    name = "expression"

    def __init__(self, symbols: tuple[Symbol, ...], digits: int | None = None, log: str | None = None):
        self.symbols = symbols
        self.precision = Precision(digits)
        self.log = log
        self.scope = Scope(symbols)

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if not isinstance(options, dict):
            options = {"symbols": options}
        for word in options:
            if word not in OPTIONS:
                raise KindError(f"the type 'expression' has no option '{word}'", str(word), list(OPTIONS))
        if options.get("symbols") is None:
            raise KindError("the type 'expression' needs its symbols, such as {expression: [x, lambda > 0]}", "expression")
        try:
            symbols = symbols_of(options["symbols"])
        except SymbolError as error:
            raise KindError(str(error), error.word) from None
        digits, log = options.get("digits"), options.get("log")
        if digits is not None and not (isinstance(digits, int) and not isinstance(digits, bool) and 1 <= digits <= 15):
            raise KindError(f"'digits' is a whole number from 1 to 15, not {digits}", "digits")
        if log is not None and str(log) not in ("e", "2", "10"):
            raise KindError(f"'log' is the base of log: e, 2 or 10, not {log}", "log", ["e", "2", "10"])
        return cls(symbols, digits, None if log is None else str(log))

    @property
    def digits(self) -> int | None:
        """The significant digits asked for; None: only the exact function is right."""
        return self.precision.digits

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, Expression):
            return None if is_exact_number(value) else f"is {described(value)}, where an expression is asked for"
        strange = sorted(value.symbols() - self.scope.names)
        if strange:
            return f"holds {', '.join(strange)}, where the symbols are {', '.join(sorted(self.scope.names))}"
        if value.rough and self.digits is None:
            return phrase("holds a number that has no short exact form; ask for digits")
        return None

    def read(self, raw: str, notation: Notation = DEFAULT) -> TypedExpression:
        if self.log is not None:
            notation = replace(notation, log_base=self.log)
        return read_expression(raw, self.scope, notation)

    def value(self, structure: TypedExpression) -> Any:
        value = structure.value
        if isinstance(value, Expression):
            if same_residue(value, fmpq(0)):
                return fmpq(0)  # x - x, in whatever disguise, is a trivial answer
            if not value.symbols():
                try:
                    return number_of(value)
                except (ValueError, ZeroDivisionError):
                    return value
        return value

    def show(self, structure: TypedExpression) -> str:
        return structure.text

    def judge(self, structure: TypedExpression, key: Any, slack: Any = None) -> Judgement:
        found = compare(structure.value, key, self.symbols)
        if found.verdict == "equal":
            return Judgement(ONE, "key", phrase("{typed} is {key}, {reason}", typed=structure.text, key=to_text(key), reason=found.reason))
        if self.digits is not None:
            close = self._rounded(structure, key, slack)
            if close is not None:
                return close
        if found.verdict == "undecided":
            raise Undecided(f"whether {structure.text} is {to_text(key)} could not be decided: {found.reason}")
        one, other = [v if v == "no value" else phrase("the value {value}", value=v) for v in found.values()]
        said = phrase("{typed} has {one}, {key} has {other}", typed=structure.text, one=one, key=to_text(key), other=other)
        return Judgement(NIL, "wrong", phrase("at {point}, {reason}", point=found.at, reason=said) if found.at else said)

    def _rounded(self, structure: TypedExpression, key: Any, slack: Any) -> Judgement | None:
        """The answer with its decimals taken for what they are rounded from; None if it is wrong all the same."""
        typed = structure.value if structure.rounded is None else structure.rounded
        full = structure.digits is None or structure.digits >= (self.digits or 0)
        if may_agree(typed, key, self.symbols):
            if full:
                return Judgement(ONE, "rounded", phrase("{typed} is {key} with rounded numbers", typed=structure.text, key=to_text(key)))
            if structure.digits:  # the first digit at least
                return Judgement(self.precision.fewer_digits, "fewer digits",
                                 phrase("{typed} is {key} rounded to fewer digits than asked: {asked}",
                                        typed=structure.text, key=to_text(key), asked=str(self.digits)))
        if full and slack is not None and may_agree(typed, slack, self.symbols):
            return Judgement(ONE, "rounded", phrase("{typed} is what {key} becomes when steps on the way are rounded",
                                                    typed=structure.text, key=to_text(key)))
        return None

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        if compare(a, key, self.symbols).verdict != "different":
            return True
        if self.digits is None:
            return False
        wide = with_numbers(wrapped(a), self._widened)
        return may_agree(wide, key, self.symbols) or (slack is not None and may_agree(wide, slack, self.symbols))

    def _widened(self, x: Number) -> Number:
        """A number as the interval of three half units of the digits asked; whole numbers stay."""
        e = significant_exponent(x)
        if e is None or self.digits is None or (isinstance(x, fmpq) and x.q == 1):
            return x
        reach = arb(0, arb(fmpq(10) ** (e - self.digits + 1) * fmpq(3, 2)))
        return Real((x.ball if isinstance(x, Real) else arb(x)) + reach)

    def latex(self, value: Any, language: str = "en") -> str:
        return to_latex(value)

    def plain(self, value: Any) -> str:
        return to_text(value)

    def rounded(self, value: Any) -> str:
        if self.digits is None:
            return to_text(value)
        return with_numbers(wrapped(value), self._shortened).text(decimals=True)

    def _shortened(self, x: Number) -> Number:
        e = significant_exponent(x)
        if e is None or self.digits is None or (isinstance(x, fmpq) and x.q == 1):
            return x
        return round_half_up(x, self.digits - 1 - e)

    def asked(self) -> Said:
        names = [f"${symbol_latex(s.name)}$" for s in self.symbols]
        symbols: Said = phrase("and", first=", ".join(names[:-1]), last=names[-1]) if names[1:] else names[0]
        conditions = ", ".join([f"${s.condition(latex=True)}$" for s in self.symbols if s.condition()])
        how = self.precision.asked()
        return joined(phrase("in terms of, for", symbols=symbols, conditions=conditions) if conditions else phrase("in terms of", symbols=symbols),
                      phrase("numbers", how=how) if how else "")

    def space(self) -> dict[str, Any]:
        return {"shape": "line", "long": True}

    def samples(self, key: Any) -> list[str]:
        text = to_text(key)
        out = [text, "y = " + text, text.replace("-", "−").replace("*", "·"), text.replace("^", "**"), f"${to_latex(key)}$"]
        if isinstance(key, Expression) and key.op == "+":
            out.append(" + ".join([f"({a.text()})" for a in reversed(key.args)]))
        return out + [self.rounded(key)] if self.digits else out


KIND = ExpressionKind
