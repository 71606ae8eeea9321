"""The SymPy keys of the benchmark are the keys that we print."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examwright.generator.index import question_paths

FILE = Path(__file__).resolve().parent.parent / "benchmarks" / "sympy_keys.py"
SEEDS = 3


def _sympy_keys() -> Any:
    spec = importlib.util.spec_from_file_location("sympy_keys", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sympy_keys() -> Any:
    return _sympy_keys()


def test_every_sympy_key_belongs_to_a_question(sympy_keys: Any) -> None:
    assert set(sympy_keys.KEYS) <= set(question_paths()) and len(sympy_keys.KEYS) >= 20


@pytest.mark.parametrize("question", sorted(_sympy_keys().KEYS))
def test_sympy_gives_our_key(question: str, sympy_keys: Any, variant_of: Callable[[str, int], Any]) -> None:
    assert [d for seed in range(SEEDS) for d in sympy_keys.differences(variant_of(question, seed))] == []


def test_a_wrong_key_would_be_noticed(sympy_keys: Any, variant_of: Callable[[str, int], Any], monkeypatch: Any) -> None:
    question = "neural-networks/forward-sigmoid"
    variant = variant_of(question, 0)
    right = sympy_keys.KEYS[question](**sympy_keys.drawn(variant))
    nearly = {**right, "out_o": right["out_o"] + sympy_keys.Rational(1, 10**29), "net_h": list(right["net_h"])[:1]}
    monkeypatch.setitem(sympy_keys.KEYS, question, lambda **_: nearly)
    told = sympy_keys.differences(variant)
    assert [d.split(":")[0] for d in told] == ["net_h", "out_o"]
    del nearly["label"]
    assert "label: SymPy's key is missing" in sympy_keys.differences(variant)
