"""Characters of scripts that are written without spaces between words: Chinese and Japanese signs, and the punctuation that is as wide as they are."""

from __future__ import annotations

import re

WIDE = ("\u2e80-\u303e\u3041-\u30ff\u3105-\u312f\u3190-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6"
        "\U00020000-\U0003fffd")  # for a class of a regular expression
SIGN = re.compile(f"[{WIDE}]")
HALF = "“”‘’…—"  # signs that Chinese shares with other languages, where they are narrower
_QUOTED = re.compile("(?:[“”‘…—]|(?<![A-Za-z])’)+")
_JOINED = re.compile(f"[{WIDE}][{WIDE}“‘—…]|[”’—…][{WIDE}]")


def quoted(html: str) -> str:
    """XHTML in which the quotation marks, dots and dashes of a text with signs are marked, so that they are as wide as those."""
    return _QUOTED.sub(r'<span class="q">\g<0></span>', html) if SIGN.search(html) else html


def joined(before: str, after: str) -> bool:
    """Do two characters stand side by side although the source has a line break between them? (Between words it is a space.)"""
    return _JOINED.fullmatch(before + after) is not None


OURS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff\U000f0000-\U0010ffff]")  # what XML does not allow, and what stands for our own things


def code_of(sign: str) -> str:
    """A character by its number, as U+F0000."""
    return f"U+{ord(sign):04X}"
