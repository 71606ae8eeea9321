"""`examwright.judge`: a safe answer checker without any question around it. Numbers, lists and words: tests/corpus/judging.yaml."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import examwright


@pytest.mark.parametrize(("kind", "key", "answer", "options", "verdict", "why"), [
    ("number", "10", "10.1", {"within": Decimal("0.1")}, "equal", "rounded"), ("number", "10", "10.11", {"within": Fraction(1, 10)}, "different", "wrong"),
    ("number", "10", "10.1", {"within": "0.1"}, "equal", "rounded"),
    ("expression", "2*x + 1", "1 + x + x", {}, "equal", "key"), ("expression", "2*x + 1", "2x - 1", {}, "different", "wrong"),
    ("expression", "ln(x^2)", "2 ln x", {"symbols": "x"}, "different", "wrong"), ("expression", "ln(x^2)", "2 ln x", {"symbols": ["x > 0"]}, "equal", "key"),
    ("expression", "x/2", "1/2x", {"symbols": "x"}, "ambiguous", "ambiguous"), ("expression", "ln(x)", "log x", {}, "ambiguous", "ambiguous"),
    ("expression", "lambda*x", "λx", {"symbols": "x, lambda"}, "equal", "key"), ("expression", "x", "y", {"symbols": "x"}, "unreadable", "unreadable"),
    ("expression", "x", "", {"symbols": "x"}, "unreadable", "blank"), ("expression", "sigmoid(x)", "1", {"symbols": "x > 300"}, "undecided", "undecided"),
    ("expression", "2*x/3", "0.667x", {"symbols": "x", "digits": 3}, "equal", "rounded"), ("expression", "2*x/3", "0.667x", {}, "different", "wrong"),
    ("expression", "beta*N + S", "S + Nβ", {"symbols": "beta, N, S"}, "equal", "key"), ("expression", "5", "2+3", {}, "equal", "key"),
    ("interval", "(0, 1]", "0 < x <= 1", {}, "equal", "key"), ("interval", "(0, 1]", "]0; 1]", {}, "equal", "key"), ("interval", "(0, 1]", "[0, 1]", {}, "different", "wrong"),
    ("interval", "(-inf, 1/3)", "x < 0.333", {"digits": 3}, "equal", "rounded"), ("interval", "x > 3", "(3, ∞)", {"symbols": "x"}, "equal", "key"),
    ("interval", "(0, 1)", "y > 0", {"symbols": "x"}, "unreadable", "unreadable"), ("interval", "x < 1 or x > 2", "(-∞,1) ∪ (2,∞)", {}, "equal", "key"),
])
def test_verdicts(kind: str, key: str, answer: str, options: dict[str, Any], verdict: str, why: str) -> None:
    found = examwright.judge(answer, key, kind, **options)
    assert (found.verdict, found.why) == (verdict, why), found


@pytest.mark.parametrize(("kind", "key", "options", "said"), [
    ("expression", "xy", {}, "say which symbols"), ("expression", "x", {"symbols": "x >"}, "declares no symbol"), ("expression", "x", {"within": 1}, "belongs to numbers"),
    ("expression", "y", {"symbols": "x"}, "cannot be read"), ("interval", "(2, 1)", {}, "cannot be read"), ("number", "1", {"symbols": "x"}, "symbols belong"), ("number", "1", {"within": "a lot"}, "positive"),
    ("numbr", "1", {}, "no kind"), ("number", "x y", {}, "cannot be read"), ("number", "1", {"within": 0}, "positive"),
    ("number", "1", {"digits": 99}, "from 1 to 50"), ("integer", "1/2", {}, "key '1/2'"),
])
def test_faults_of_the_caller(kind: str, key: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        examwright.judge("1", key, kind, **options)
