"""Theme files: the look of an institution, without code. See docs/theme.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """An institution's look. `fonts` are (style, path) with style regular, italic, bold, bold italic, mono or extra; `logo` is the
    path of a PNG or SVG file, read and checked; `words` replace fixed words."""

    institution: str = ""
    logo: str = ""
    logo_height: float = 12.0
    accent: str = "#14508c"
    fonts: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


PLAIN = Theme()
