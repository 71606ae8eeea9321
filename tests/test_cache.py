"""The cache on disk: what comes from it is what is computed, and nothing goes wrong where it cannot be used."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from examwright.generator import mathjax, mathset
from examwright.generator.cache import Cache

FORMULAS = [r"\frac{12}{345}+x^2_1", r"\begin{bmatrix}1 & -2\\ 3 & 4.5\end{bmatrix}^{-67}", r"\sqrt{\boxed{a}}", "x = (1, -2.5, 33)", r"\text{no 7 of 8}"]


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A cache of this test's own."""
    monkeypatch.setenv("EXAMWRIGHT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mathset.cache, "CACHE", Cache())
    yield tmp_path / "cache"
    clear()  # the outlines of what was set here go with the test


def clear():
    """Forget all formulas that were set."""
    for known in (mathset.typeset, mathset._once, mathset._layout, mathset._shape, mathset._composable):
        known.cache_clear()


def forget(monkeypatch):
    """As in a new process."""
    monkeypatch.setattr(mathset.cache, "CACHE", Cache())
    outlines: dict[str, str] = {}
    for module in (mathjax, mathset):
        monkeypatch.setattr(module, "outlines", outlines)
    monkeypatch.setattr(mathset, "_saved", set())
    clear()


def test_formulas_come_back_as_they_were(own, monkeypatch):
    forget(monkeypatch)
    made = [mathset.typeset(f) for f in FORMULAS]
    drawn = {m.name: mathjax.outline(m.name) for f in made for m in f.marks if isinstance(m, mathjax.Glyph)}
    mathset.cache.CACHE.save()
    forget(monkeypatch)
    monkeypatch.setattr(mathjax, "_mathjax", lambda *a: pytest.fail("MathJax is asked again"))
    assert [mathset.typeset(f) for f in FORMULAS] == made
    assert {name: mathjax.outline(name) for name in drawn} == drawn


def test_a_damaged_value_or_file_is_computed_again(own, monkeypatch):
    forget(monkeypatch)
    made = [mathset.typeset(f) for f in FORMULAS]
    mathset.cache.CACHE.save()
    with sqlite3.connect(own / "pages.sqlite") as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone()[0] > len(FORMULAS)
        db.execute("UPDATE kept SET value = substr(value, 1, length(value) - 3) || x'000000'")
    forget(monkeypatch)
    assert [mathset.typeset(f) for f in FORMULAS] == made
    (own / "pages.sqlite").write_bytes(b"this is no database " * 100)
    forget(monkeypatch)
    assert [mathset.typeset(f) for f in FORMULAS] == made
    mathset.cache.CACHE.save()
    assert mathset.cache.CACHE.get(mathset._key("set", FORMULAS[2], False))


def test_an_outline_that_is_missing_is_made_again(own, monkeypatch):
    forget(monkeypatch)
    made = mathset.typeset(FORMULAS[0])
    mathset.cache.CACHE.save()
    with sqlite3.connect(own / "pages.sqlite") as db:
        db.execute("DELETE FROM kept WHERE key = ?", (mathset._key("outline", "N-34", False),))
    forget(monkeypatch)
    assert mathset.typeset(FORMULAS[0]) == made and mathjax.outline("N-34")


@pytest.mark.parametrize("place", ["off", "/dev/null/nowhere", "/proc/nowhere"])
def test_without_a_cache_everything_works(place, monkeypatch):
    monkeypatch.setenv("EXAMWRIGHT_CACHE", place)
    forget(monkeypatch)
    assert mathset.typeset(FORMULAS[0]).marks
    mathset.cache.CACHE.save()
    assert mathset.cache.CACHE.get(b"anything") is None


def test_what_one_saved_another_finds(own):
    one, other = Cache(), Cache()
    for n in range(50):
        one.put(b"%d" % n, ["one", n])
    assert other.get(b"1") is None
    one.save()
    assert [other.get(b"%d" % n) for n in range(50)] == [["one", n] for n in range(50)]
    assert own.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_same_bytes_with_the_cache_and_without(tmp_path):
    code = (f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
            "import hashlib\nfrom papers import many, part, view\nfrom examwright.generator.pages import render_key, render_paper\n"
            "from examwright.generator.pages import weasy\n"
            "laid = []\nplain = weasy._laid_out\nweasy._laid_out = lambda *a: laid.append(a) or plain(*a)\n"
            "one = view(part(ask='A | b\\n--|--\\n$x_1$ | 2\\n\\n* so long *and* on'), part(space={'shape': 'boxes', 'options': [('A', 'x')]}))\n"
            "print(hashlib.sha256(render_paper(one) + render_key(one) + render_key(many(3))).hexdigest(), len(laid))")
    said = [subprocess.run([sys.executable, "-c", code], env={**os.environ, "EXAMWRIGHT_CACHE": place}, capture_output=True, text=True,
                           check=True).stdout.split() for place in ("off", str(tmp_path), str(tmp_path))]
    assert said[0][0] == said[1][0] == said[2][0] and len(said[0][0]) == hashlib.sha256().digest_size * 2
    assert int(said[1][1]) == int(said[0][1]) > 0 and said[2][1] == "0"
