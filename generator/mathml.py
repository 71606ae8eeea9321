"""LaTeX math as MathML for browsers: what MathJax understood, so that a web page shows what the paper shows.

Only elements of MathML Core and a few attributes come out; whatever stands in a formula is text. (latex2mathml, the usual
converter, copies the HTML in `\\text{…}`, `\\href` and `\\style` into the page, and does not know `\\operatorname*`.)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape
from typing import Any

from examwright.generator.mathjax import MathError, math_tree

_LEAVES = {"mi", "mn", "mo", "mtext", "ms"}
_LENGTH = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:em|ex|px|pt|mu|%)|[-+]?0")
_COLOR = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,20}")
_SWITCH = re.compile(r"true|false")
_NUMBER = re.compile(r"[-+]?[0-9]")
_KEPT = {  # attributes that browsers know, and what may stand in them
    "mo": {"stretchy": _SWITCH, "fence": _SWITCH, "symmetric": _SWITCH, "largeop": _SWITCH, "movablelimits": _SWITCH,
           "lspace": _LENGTH, "rspace": _LENGTH, "minsize": _LENGTH, "maxsize": _LENGTH},
    "mspace": {"width": _LENGTH, "height": _LENGTH, "depth": _LENGTH},
    "mpadded": {"width": _LENGTH, "height": _LENGTH, "depth": _LENGTH, "lspace": _LENGTH, "voffset": _LENGTH},
    "mfrac": {"linethickness": _LENGTH}, "mover": {"accent": _SWITCH}, "munder": {"accentunder": _SWITCH},
    "munderover": {"accent": _SWITCH, "accentunder": _SWITCH}, "mtd": {"rowspan": _NUMBER, "columnspan": _NUMBER},
}
_ELEMENTS = _LEAVES | {"mrow", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts",
                       "mtable", "mtr", "mtd", "mstyle", "mspace", "mphantom", "mpadded", "none", "mprescripts", "merror"}


@lru_cache(maxsize=4096)
def mathml(latex: str, display: bool = False) -> str:
    """The formula as a `<math>` element, with its LaTeX as an annotation for those who copy it. Raises MathError."""
    inner = _with_numbers(latex, display) or _inner(latex, display)
    block = ' display="block"' if display else ""
    return (f'<math{block}><semantics><mrow>{inner}</mrow><annotation encoding="application/x-tex">{escape(latex)}</annotation>'
            "</semantics></math>")


def _inner(latex: str, display: bool) -> str:
    return _children(math_tree(latex, display), latex)


# ---- formulas that differ in their numbers only ----------------------------------------------

_FREE = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9])")
_ARGUMENT = re.compile(r"(?:\\[A-Za-z]+|\\.|[\^_}\[#])\s*\Z")  # before a number of which the first digit may be an argument


def _with_numbers(latex: str, display: bool) -> str:
    """The formula from its shape: every page has new numbers, but few new shapes, and MathJax takes some ms for each. "" where
    the numbers do not stand in the tree as they stand in the formula."""
    between, numbers, end = [], [], 0
    for found in _FREE.finditer(latex):
        if not _ARGUMENT.search(latex[max(0, found.start() - 40):found.start()]):
            between.append(latex[end:found.start()])
            numbers.append(found.group())
            end = found.end()
    if not numbers:
        return ""
    pieces = _shape((*between, latex[end:]), display)
    return "".join([t for pair in zip(pieces, (*numbers, "")) for t in pair]) if pieces else ""


@lru_cache(maxsize=4096)
def _shape(between: tuple[str, ...], display: bool) -> tuple[str, ...]:
    """The tree of a formula as text, in pieces between its numbers; () if they cannot be told from the rest. It is tried out with numbers
    that stand nowhere else."""
    stand_ins = [f"9{n:04}7{n:04}9" for n in range(len(between) - 1)]
    latex = "".join([t for pair in zip(between, (*stand_ins, "")) for t in pair])
    try:
        inner = _inner(latex, display)
    except MathError:
        return ()
    pieces = []
    for number in stand_ins:
        if inner.count(number) != 1:
            return ()
        before, _, inner = inner.partition(number)
        pieces.append(before)
    return (*pieces, inner)


_SIGN = re.compile(r"<mo>[−+±]</mo>")
_OPERATOR = re.compile(r"<mo[^>]*>[^)\]}|!′⊤%∗*\u2061]+</mo>\Z")


def _children(node: list[Any], latex: str) -> str:
    out: list[str] = []
    for child in node[2]:
        text = _element(child, latex)
        if out and _SIGN.fullmatch(text) and _OPERATOR.search(out[-1]):  # a sign, not a difference: browsers see one at the head of a row only
            text = text.replace("<mo", '<mo form="prefix"')
        out += [text] if text else []
    return "".join(out)


def _element(node: Any, latex: str) -> str:
    if isinstance(node, str):
        return escape(node)
    kind, attributes, children = node
    if kind == "mtable":
        return _table(node, latex)
    if kind == "inferredMrow":  # within elements that make a row of what they hold
        return _children(node, latex)
    if kind in ("TeXAtom", "mathchoice"):
        return f"<mrow>{_children(node, latex)}</mrow>"
    if kind == "mtd":
        return f"<mtd>{_children(node, latex)}</mtd>"
    style = _style(kind, attributes)
    if kind == "menclose":  # not in MathML Core: a frame is one of CSS
        return f'<mrow style="border:1px solid;padding:.15em">{_children(node, latex)}</mrow>'
    if kind not in _ELEMENTS:
        raise MathError(f"${latex}$: there is no {kind} in web pages")
    if kind in _LEAVES:
        text = "".join([c for c in children if isinstance(c, str)])
        variant = attributes.get("mathvariant", "")
        if variant == "normal":
            style += ' mathvariant="normal"' if kind == "mi" and len(text) == 1 else ""
        elif variant:
            text = "".join([styled(c, variant) for c in text])
        if kind == "mo" and not text and not style:
            return ""
        return f"<{kind}{style}>{escape(text)}</{kind}>"
    return f"<{kind}{style}>{_children(node, latex)}</{kind}>"


def _style(kind: str, attributes: dict[str, Any]) -> str:
    """The attributes of an element that browsers know."""
    out = ""
    known = {**_KEPT.get(kind, {}), "displaystyle": _SWITCH, "scriptlevel": _NUMBER, "mathcolor": _COLOR}
    for name, allowed in known.items():
        value = attributes.get(name)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if value is not None and allowed.fullmatch(text):
            out += f' {name}="{text}"'
    return out


def _table(node: list[Any], latex: str) -> str:
    """A table; browsers align its columns by CSS."""
    _, attributes, rows = node
    align = str(attributes.get("columnalign", "")).split()
    out = []
    for row in rows:
        cells = []
        for n, cell in enumerate(row[2]):
            side = align[min(n, len(align) - 1)] if align else "center"
            css = f' style="text-align:{side}"' if side in ("left", "right") else ""
            cells.append(f"<mtd{css}>{_children(cell, latex)}</mtd>")
        out.append(f"<mtr>{''.join(cells)}</mtr>")
    return f"<mtable>{''.join(out)}</mtable>"


_VARIANTS = {"bold": "BOLD", "italic": "ITALIC", "bold-italic": "BOLD ITALIC", "double-struck": "DOUBLE-STRUCK", "script": "SCRIPT",
             "bold-script": "BOLD SCRIPT", "fraktur": "FRAKTUR", "bold-fraktur": "BOLD FRAKTUR", "sans-serif": "SANS-SERIF",
             "bold-sans-serif": "SANS-SERIF BOLD", "sans-serif-italic": "SANS-SERIF ITALIC", "monospace": "MONOSPACE",
             "-tex-calligraphic": "SCRIPT", "-tex-bold-calligraphic": "BOLD SCRIPT"}
_DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


def styled(character: str, variant: str) -> str:
    """A letter in a math style as Unicode has it (𝐱, ℝ): MathML Core has no other way. The letter itself if there is none."""
    style = _VARIANTS.get(variant)
    if style is None:
        return character
    name = unicodedata.name(character, "")
    if "0" <= character <= "9":
        word = f"DIGIT {_DIGITS[int(character)]}"
    else:
        found = re.fullmatch(r"(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER ([A-Z]+)", name)
        if not found:
            return character
        word = f"{found.group(1)} {found.group(2)}"
    for tried in (f"MATHEMATICAL {style} {word}", f"{style} {word}", f"BLACK-LETTER {word}" if style == "FRAKTUR" else "",
                  "PLANCK CONSTANT" if (style, word) == ("ITALIC", "SMALL H") else ""):
        try:
            return unicodedata.lookup(tried)
        except KeyError:
            continue
    return character
