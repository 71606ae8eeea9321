"""Theme files: the look of an institution, without code. See docs/theme.md."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examwright.generator.yamlfile import Source, Y

KEYS = ("institution", "logo", "logo_height", "accent", "language", "fonts", "words")
FONT_KEYS = ("regular", "italic", "bold", "bold italic", "mono", "more")
LANGUAGES = ("en", "de", "es", "fr", "zh")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True)
class Theme:
    """An institution's look. `fonts` are (style, path) with the styles of FONT_KEYS; `logo` is the path of a PNG or SVG file that was
    read and found good; `words` replace fixed words; `language` is that of the fixed words where the plan says none."""

    institution: str = ""
    logo: str = ""
    logo_height: float = 12.0
    accent: str = "#14508c"
    language: str = ""
    fonts: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


PLAIN = Theme()


def load_theme(path: Path) -> Theme:
    """The theme of a YAML file. Raises Problems with all its faults, fonts and logo looked into."""
    from examwright.generator.bank import TITLE, WORD, check_keys, text_of
    from examwright.generator.errors import nearest
    from examwright.generator.pages.words import WORDS
    from examwright.generator.yamlfile import read

    source, root = read(path)
    top = check_keys(source, root, KEYS, "a theme")
    if not isinstance(root.value, dict):
        source.finish()
    institution = text_of(source, top.get("institution"), "institution", most=TITLE)
    accent = text_of(source, top.get("accent"), "accent", PLAIN.accent)
    if not _COLOR.match(accent):
        source.fault(top["accent"], f"accent {accent!r} is not a colour such as \"#14508c\" (with the quotes).", accent)
        accent = PLAIN.accent
    language = text_of(source, top.get("language"), "language")
    if language and language not in LANGUAGES:
        source.fault(top["language"], f"language {language!r} is not known.", language, nearest(language, LANGUAGES))
    height = PLAIN.logo_height
    if "logo_height" in top:
        given = top["logo_height"].value
        if isinstance(given, bool) or not isinstance(given, (int, Decimal)) or not 4 <= given <= 40:
            source.fault(top["logo_height"], "logo_height must be a number of millimetres from 4 to 40.", top["logo_height"].text)
        else:
            height = float(given)
    logo = ""
    if "logo" in top:
        found = _beside(source, top["logo"], "logo", (".png", ".svg"))
        if found:
            from examwright.generator.pages.logo import LogoError, read_logo

            try:
                read_logo(str(found), height)
                logo = str(found)
            except LogoError as error:
                source.fault(top["logo"], str(error), top["logo"].text)
    fonts = _fonts(source, top.get("fonts"))
    words = []
    if "words" in top:
        for key, y in check_keys(source, top["words"], tuple(WORDS["en"]), "words").items():
            word = text_of(source, y, key, most=WORD)
            if word.count("{}") != WORDS["en"][key].count("{}"):
                source.fault(y, f"the word {key!r} must hold {{}} as often as {WORDS['en'][key]!r} does.", word)
            words.append((key, word))
    source.finish()
    return Theme(institution, logo, height, accent.lower(), language, fonts, tuple(words))


# ---- kept with an exam -------------------------------------------------------------------------


def keep_theme(theme: Theme, folder: Path) -> None:
    """Write a theme into a folder, with its logo and fonts, so that `kept_theme` gives the same look for as long as the folder is
    there. Raises ExamwrightError."""
    from examwright.generator.files import unchanged
    from examwright.generator.make import write_atomic

    lines = [f"{key}: {json.dumps(getattr(theme, key), ensure_ascii=False)}" for key in ("institution", "accent", "language", "logo_height")
             if getattr(theme, key) != getattr(PLAIN, key)]
    files: dict[str, str] = {}  # name there → path here
    if theme.logo:
        files["logo" + Path(theme.logo).suffix] = theme.logo
        lines.append(f"logo: {next(iter(files))}")
    named: dict[str, Any] = {}
    for style, path in theme.fonts:
        name = f"{style.replace(' ', '-')}{len(named.get('more', ())) + 1 if style == 'more' else ''}{Path(path).suffix}"
        files[name] = path
        named.update({"more": [*named.get("more", ()), name]} if style == "more" else {style: name})
    if named:
        lines.append(f"fonts: {json.dumps(named)}")
    if theme.words:
        lines.append(f"words: {json.dumps(dict(theme.words), ensure_ascii=False)}")
    for name, path in files.items():
        _keep(Path(path), folder / name)
    text = "\n".join([*lines, ""]).encode()
    if not unchanged(folder / "theme.yaml", (sha256(text).hexdigest(), len(text))):
        write_atomic(folder / "theme.yaml", text)


def _keep(path: Path, there: Path) -> None:
    """Copy a file, piece by piece, unless it is there already."""
    from examwright.generator.errors import ExamwrightError
    from examwright.generator.files import hashed, opened, unchanged
    from examwright.generator.make import write_atomic

    here = hashed(path)
    if here is None or not unchanged(there, here):
        try:
            with opened(path) as file:
                write_atomic(there, iter(lambda: file.read(1 << 20), b""))
        except OSError as error:
            raise ExamwrightError(f"{path.name} cannot be read: {error.strerror}.") from None


def kept_theme(folder: Path) -> Theme:
    """The theme that was kept in a folder; the plain one where there is none. Raises Problems."""
    path = folder / "theme.yaml"
    return load_theme(path) if path.is_file() else PLAIN


# ---- reading -----------------------------------------------------------------------------------


def _beside(source: Source, y: Y, what: str, endings: tuple[str, ...]) -> Path | None:
    """The file that a theme names: beside the theme or below its folder, nowhere else."""
    from examwright.generator.bank import text_of

    name = text_of(source, y, what)
    if not name:
        return None
    folder = source.path.resolve().parent
    try:
        path = (folder / name).resolve()
        is_file, there = path.is_file(), path.exists()
    except (ValueError, OSError):  # a sign that no name has, or a name that is too long
        source.fault(y, f"{what} {name[:60]!r} cannot be the name of a file.", name)
        return None
    except RuntimeError:
        source.fault(y, f"{what} {name!r} is a link that leads back to itself.", name)
        return None
    if not path.is_relative_to(folder):
        source.fault(y, f"{what} {name!r} is outside the theme's folder. Put the file beside the theme.", name)
    elif path.suffix.lower() not in endings:
        source.fault(y, f"{what} {name!r} must end in {' or '.join(endings)}.", name)
    elif there and not is_file:
        source.fault(y, f"{what} {name!r} is no file.", name)
    elif not is_file:
        from examwright.generator.errors import nearest

        files = [p.name for p in folder.iterdir() if p.suffix.lower() in endings]
        source.fault(y, f"{what} {name!r} is not there.", name, nearest(name, files))
    else:
        return path
    return None


def _fonts(source: Source, y: Y | None) -> tuple[tuple[str, str], ...]:
    from examwright.generator import fontfile
    from examwright.generator.bank import check_keys

    if y is None:
        return ()
    out = []
    for key, value in check_keys(source, y, FONT_KEYS, "fonts").items():
        for item in value.value if isinstance(value.value, list) and key == "more" else [value]:
            path = _beside(source, item, f"the font {key}", fontfile.ENDINGS)
            if path and _readable(source, item, path):
                out.append((key, str(path)))
    styles = {k for k, _ in out}
    if styles & {"italic", "bold", "bold italic"} and "regular" not in styles:
        source.fault(y, "fonts need 'regular' where another style is given.", "fonts")
    if "regular" in styles and not {"italic", "bold", "bold italic"} <= styles:
        missing = [k for k in ("italic", "bold", "bold italic") if k not in styles]
        source.fault(y, f"fonts lack {', '.join(missing)}: a text face comes in regular, italic, bold and bold italic.", "fonts")
    return tuple(out)


def _readable(source: Source, y: Any, path: Path) -> bool:
    from examwright.generator import fontfile

    if fault := fontfile.fault(str(path)):
        source.fault(y, f"{path.name} is not a font that can be used ({fault}).", y.text)
    return not fault
