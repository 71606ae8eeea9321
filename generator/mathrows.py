r"""Rows of terms: how a formula's LaTeX comes apart, so that each term is set by itself.

Sums of products and lists of numbers have hardly two papers on which the same numbers are negative or fractions, but their terms are
few. What stands between two terms has the same space on both sides whatever they are (TeXbook, ch. 18), so a row is set by
setting its terms and signs one after another. Only plain rows come apart: a formula that has anything else is set as a whole.
"""

from __future__ import annotations

import re
from typing import NamedTuple

PIECE = re.compile(r"\\begin\{[A-Za-z*]+\}|\\end\{[A-Za-z*]+\}|\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.S)

_BINARY = {"+", "-", r"\cdot", r"\times"}
_RELATIONS = {"=", "<", ">", r"\approx", r"\le", r"\leq", r"\ge", r"\geq"}
_MARKS = {",", ";"}
_SPACE = r"\ "
_THIN = re.compile(r"\s*\\,")
_FENCED = re.compile(r"\\left([(\[])(.*)\\right([)\]])", re.S)
_PLAIN = re.compile(r"(?:[A-Za-z0-9.()\[\]/ {}=,+-]|[_^](?=[A-Za-z0-9{\\])|\\,|\\(?:frac|sqrt|left|right|cdot|times|ln|log|exp|top|hat|bar|infty|ell"
                    r"|alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|Sigma)(?![A-Za-z]))*")
_FUNCTION = re.compile(r"\\(?:ln|log|exp)(?![A-Za-z])")


class Part(NamedTuple):
    """A term of a row, or a sign between two (a space is one too)."""

    latex: str
    sign: bool


def parts(latex: str) -> list[Part] | None:
    """The terms and signs of a row, in their order; None if it is to be set as a whole."""
    out: list[Part] = []
    depth = at = start = 0
    before = ""  # what stands before: "sign", an opening bracket, or anything that a term may end in; "" is the beginning
    while at < len(latex):
        found = PIECE.match(latex, at)
        assert found
        word = found.group()
        sign = ""
        if word in ("{", r"\left") or word.startswith(r"\begin{"):
            depth += 1
        elif word in ("}", r"\right") or word.startswith(r"\end{"):
            depth -= 1
        elif depth == 0 and (word in _RELATIONS or word in _MARKS or word == _SPACE or (word in _BINARY and before not in ("", "sign", "(", "["))):
            sign = word
        end = found.end()
        if sign:
            term = latex[start:at].strip()
            if not term and sign != _SPACE and (not out or out[-1].latex != _SPACE):
                return None  # it has no space where nothing is before it
            out.append(Part(term, False))
            if word == "," and (thin := _THIN.match(latex, end)):
                sign, end = r",\,", thin.end()
            out.append(Part(sign, True))
            start = end
        if not word.isspace() and word != r"\,":
            before = "sign" if sign and (sign != _SPACE or not before) else word  # MathJax takes a minus behind a space for a sign between two terms
        at = end
    last = latex[start:].strip()
    if not out or not last:
        return None
    out = [part for part in [*out, Part(last, False)] if part.latex not in ("", "{}")]
    return out if all([part.sign or _stands_alone(part.latex) for part in out]) else None


def fenced(latex: str) -> tuple[str, str, str] | None:
    r"""The opening bracket, the inside and the closing bracket of a formula that is \left(…\right) and nothing else."""
    found = _FENCED.fullmatch(latex.strip())
    return None if found is None or r"\left" in found[2] else (found[1], found[2], found[3])


def _stands_alone(term: str) -> bool:
    """Is a term set the same by itself? Not where a function meets a bracket whose other half stands in another term."""
    return bool(_PLAIN.fullmatch(term)) and (term.count("(") == term.count(")") or not _FUNCTION.search(term))
