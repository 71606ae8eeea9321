"""What papers share: texts with symbols, layouts with open holes, words from their digits. None of it may show."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from papers import many, part, view
from pypdf import PdfReader

from examwright.generator.mathjax import MathError
from examwright.generator.pages import Look, compose, press_of, render, sheet
from examwright.generator.pages.holes import WORD, Math, filled
from examwright.generator.pages.sheet import Sheet
from examwright.generator.pages.symbols import Symbolic, Symbols

TEXTS = (
    "Let $x = 3$ and $y = \\frac{1}{2}$, so 12 of 13 (or 14, or 15%) are left: 3.5; 1/2.",
    "A table:\n\n| a | $b$ |\n|---|---|\n| 12 | $x_1$ |\n| -3.5 | 4/5 |\n\n1. one of 2\n2. two of 30\n\n- 5 apples\n- $6$ pears",
    "A long one: $(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) = (a + b + c)$, and $$\\sum_{i=1}^{10} i = 55$$ at the end.",
    "**Bold 3** and *$x$*, \"quoted 7\" and '8', 5'10\", $a$-$b$, ($c$), `code 9`, 3 \\* 4, 50 %.",
    "Costs \\$5 and \\$6.", "Costs $5 and 6.", "`$x$` is code, $y$ is not.", "    indented $x$ 12", "```3\nfenced $x$ 4\n```",
    "1. 2. 3. 4", "1) 2) 3 4", "- 1) 2. 3", "12", "> 5 quoted 6", "5 of 6 $x$7 8$y$ 9,10", "[link 3](https://example.org/4 5)", "# 6 heads of 7", "a 1\nb 2\n3 c",
)


def blocks(one: Any, kind: str) -> list[str]:
    """What the blocks of a sheet say, with their holes filled."""
    return [filled(b.xhtml, b.holes, lambda hole: f"[{hole.latex}|{hole.whole}]" if isinstance(hole, Math) else "[figure]")
            for b in Sheet(one, kind).blocks_of()]


def text(pdf: bytes) -> str:
    return "\n".join([page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages])


def forget() -> None:
    """Let go of all that papers share."""
    sheet._known.cache_clear()
    compose._LAYOUTS.clear()
    compose._DRAWN.clear()


@pytest.mark.parametrize("kind", ["paper", "key"])
@pytest.mark.parametrize("source", TEXTS)
def test_symbols_do_not_show(monkeypatch: pytest.MonkeyPatch, source: str, kind: str) -> None:
    """A text gives the same with symbols as without."""
    options = {"shape": "boxes", "options": [("A", source), ("B", "x")], "many": False}
    one = view(part(ask=source, solution=source, space=options, accepted="-1.5 … 3", mistakes=(("-\\frac{1}{2}", "1", source), ("", "0", "x"))))
    forget()
    with_symbols = blocks(one, kind)
    forget()
    monkeypatch.setattr(Symbols, "_text", lambda self, text, find, block: text)
    assert blocks(one, kind) == with_symbols


def test_texts_that_differ_in_numbers_have_one_shape() -> None:
    forget()
    made = [Sheet(view(part(ask=f"Let $x = {n}$; then {n + 1} of {n + 2}, or {n}.5%, are left.", solution=f"It is ${n}$.")), "key").blocks_of() for n in range(2, 9)]
    assert len({tuple([b.xhtml for b in m]) for m in made}) == 1
    assert len({tuple([b.holes for b in m]) for m in made}) == len(made)


@pytest.mark.parametrize("source", ["\x020:1", chr(WORD), "\U000f0000 and \U000fa000", "\ue001m0:\ue002 \ue003"])
def test_no_text_can_name_a_hole(source: str) -> None:
    """Characters that stand for our own things mean nothing in a text."""
    for kind in ("paper", "key"):
        said = "".join(blocks(view(part(ask=f"{source} and $x$ and 12 more", solution=source, mistakes=((r"\text{" + source.replace("$", "") + "}", "1", source),))), kind))
        assert "[x|x]" in said and "12" in said


@pytest.mark.parametrize("source", ["$\x020:1$", "$$\x02 9:9$$", "$x\x02$"])
def test_a_formula_can_name_no_hole(source: str) -> None:
    with pytest.raises(MathError, match="no character"):
        render(view(part(ask=f"{source} and 12")))


def test_symbols_stand_for_what_was_there() -> None:
    into = Symbols(lambda role, address: None if role == "blank" else f"<{address}>")
    made = into.block("Let $x$ be 12 and ![](figure:abc) ![](blank:def) $(1, 2)$.")
    assert isinstance(made, Symbolic) and "12" not in made and "abc" not in made and "def" not in made
    assert [h.latex if isinstance(h, Math) else h for h in into.held] == ["x", "12", "<abc>", "(1, 2)"]
    assert into.unfit("en") == set()
    assert Symbols(lambda role, address: None, {"so 12"}).inline("so 12") == "so 12"
    code = Symbols(lambda role, address: None)
    code.block("`$x$`")
    assert code.unfit("en") == {"`$x$`"}


# ---- layouts --------------------------------------------------------------------------------

def papers(count: int) -> list[Any]:
    """Papers that differ in their numbers, of one to four digits."""
    draw = random.Random(5)

    def number() -> str:
        return f"{draw.choice(['', '-'])}{draw.randrange(10 ** draw.randint(1, 4))}{draw.choice(['', '.5', '.25'])}"

    def one() -> Any:
        row = " | ".join([f"${number()}$" for _ in range(3)])
        words = " | ".join([number().removeprefix("-") for _ in range(3)])
        table = f"With {number()} of ${number()}$:\n\n| $a$ | b | $c$ |\n|---|---|---|\n| {row} |\n| {words} |\n\nand $x = ({number()}, {number()})$."
        mistakes = tuple([(number(), "1", f"Not ${number()}$ but {number()}.") for _ in range(3)])
        return view(part("a", ask=table, solution=table, accepted=f"{number()} … {number()}", mistakes=mistakes), part("b", ask=f"And ${number()}$?"))

    return [one() for _ in range(count)]


@pytest.mark.parametrize("look", [Look(), Look(large=True)])
@pytest.mark.parametrize("kind", ["paper", "key"])
def test_what_was_kept_does_not_show_in_the_bytes(kind: str, look: Look) -> None:
    """Each paper is the same whatever was printed before it."""
    from dataclasses import replace

    made = [replace(p, look=look) for p in papers(12)]
    forget()
    together = [render(one, kind) for one in made]
    for one, there in zip(reversed(made), reversed(together)):
        forget()
        assert render(one, kind) == there
    forget()
    assert [render(one, kind) for one in reversed(made)] == together[::-1]


def test_a_table_is_laid_out_once_while_its_columns_are_as_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    laid = []
    flow = compose.nodes.flow
    monkeypatch.setattr(compose.nodes, "flow", lambda node, holes, width=None: laid.append(node) or flow(node, holes, width))
    said = []
    for n in range(1, 10):
        row = f"| ${n}.25$ | ${n}$ | {n} |"
        said.append(text(render(view(part(ask=f"| $a$ | b | c |\n|---|---|---|\n| $77.25$ | $77$ | 77 |\n{row}")))))
    assert all([f"{n}.25" in t for n, t in enumerate(said, 1)])
    tables = [node for node in laid if isinstance(node, compose.nodes.Table)]
    assert len(tables) == 2  # the other is that of the points


def test_numbers_from_their_digits_are_what_pango_makes() -> None:
    one = many(3)
    render(one, "key")
    draw = random.Random(1)
    faces = list(press_of(Sheet(one, "key")).faces.values())
    assert len(faces) > 5
    for face in faces:
        for _ in range(40):
            word = draw.choice(["", "-", "−"]) + "".join([draw.choice("0123456789.,") for _ in range(draw.randint(2, 7))])
            made, there = face._shape(word), face._laid_out(word)
            assert (made.width, made.above, made.below) == (there.width, there.above, there.below), word
            assert [(r.font, r.shown, r.width, r.glyphs) for r in made.runs] == [(r.font, r.shown, r.width, r.glyphs) for r in there.runs], word
    assert sum([sum(face.beside.values()) for face in faces]) > 50
