"""WeasyPrint: the only file that touches its private parts (pinned to version 70; `tests/test_pages_weasy.py` says what broke).

It is used in two ways. As a compiler: `compiled` lays out one block and gives its boxes, `Face` sets words, `font_object`
makes subsets; the pages are then composed by our own code. And as the reference: `reference` lays out a whole paper.
"""

from __future__ import annotations

import contextlib
import itertools
import marshal
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import isdatadescriptor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from examwright.generator import cache, fontfile
from examwright.generator.mathjax import number
from examwright.generator.pages import nodes
from examwright.generator.pages.drawings import PX, Drawing, drawing
from examwright.generator.pages.holes import FIGURE, HOLE, MATH, WORD, Hole, Math, Size, base_of
from examwright.generator.pages.logo import read_logo
from examwright.generator.pages.pdf import FontObject, compressed
from examwright.generator.pages.sheet import BOTTOM, FOLDER, LEFT, RIGHT, TOP, templates
from examwright.generator.pages.tags import Elem, role_of
from examwright.generator.pages.theme import Theme
from examwright.generator.pages.views import SIZES, TINTS, Look, PagesError
from examwright.generator.wide import SIGN, WIDE

FONTS = (("Examwright", "normal", "normal", "cmunrm.ttf"), ("Examwright", "italic", "normal", "cmunti.ttf"),
         ("Examwright", "normal", "bold", "cmunbx.ttf"), ("Examwright", "italic", "bold", "cmunbi.ttf"),
         ("Examwright Mono", "normal", "normal", "cmuntt.ttf"))
DYSLEXIC = (("normal", "normal", "Regular"), ("italic", "normal", "Italic"), ("normal", "bold", "Bold"), ("italic", "bold", "BoldItalic"))
DYSLEXIC_FOLDERS = ("/usr/share/fonts/opentype/opendyslexic", "/usr/share/fonts/opendyslexic", "/Library/Fonts")
CHINESE = ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
_STYLES = {"regular": ("normal", "normal"), "italic": ("italic", "normal"), "bold": ("normal", "bold"), "bold italic": ("italic", "bold")}


@lru_cache(maxsize=1)
def library() -> Any:
    """WeasyPrint, or a PagesError that says what to install."""
    install = ("Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. macOS: brew install pango "
               "harfbuzz.")
    try:
        import weasyprint
        from weasyprint.text.ffi import harfbuzz_subset
    except OSError as error:
        raise PagesError(f"WeasyPrint cannot load a system library ({str(error).splitlines()[0]}). {install}") from None
    if harfbuzz_subset is None:  # its substitute stamps each font with the time of day: never the same bytes twice
        raise PagesError(f"WeasyPrint cannot load the system library harfbuzz-subset. {install}")
    return weasyprint


@lru_cache(maxsize=1)
def _classes() -> Any:
    """The subclasses of WeasyPrint's classes that we need; made late, as the import takes half a second."""
    import cssselect2
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Refused(FatalURLFetchingError):
        pass

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """Nothing but data: addresses; anything else stops the page."""

        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",), allow_redirects=False)

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.lower().startswith("data:"):
                raise Refused(f"a page wants to load {url[:200]!r}; pages load no files and nothing from the network")
            return super().fetch(url, headers)

    class Own(URLFetcher):  # type: ignore[misc]
        """For our own style sheet: fonts by their place in a list."""

        def __init__(self, fonts: Sequence[str]) -> None:
            super().__init__(allowed_protocols=("font",))
            self.fonts = fonts

        def fetch(self, url: str, headers: Any = None) -> Any:
            return URLFetcherResponse(url, fontfile.data(self.fonts[int(url.removeprefix("font:"))]))

    class Page(library().HTML):  # type: ignore[misc,name-defined]
        """A document from an XML tree, with our own base style sheet."""

        def __init__(self, root: ElementTree.Element, base: Any) -> None:
            self.base_url = None
            self.url_fetcher = DataOnly()
            self.media_type = "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element
            self._base = base

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [self._base]

    return Refused, DataOnly, Own, Page


# ---- fonts -----------------------------------------------------------------------------------

def font_files(theme: Theme, look: Look, language: str = "en") -> list[tuple[str, str, str, str]]:
    """(family, style, weight, font of `fontfile`) of all fonts of a paper in a language. Raises PagesError for one that is missing."""
    files = [(family, style, weight, str(FOLDER / "fonts" / name)) for family, style, weight, name in FONTS]
    for *_, font in files:
        if not Path(font).is_file():
            raise PagesError(f"the font {Path(font).name} is missing: it belongs in {Path(font).parent}")
    more: list[str] = []
    for name, given in theme.fonts:
        if name in _STYLES:
            style, weight = _STYLES[name]
            files.append(("Examwright Theme", style, weight, fontfile.upright(given, 700 if weight == "bold" else 400)))
        elif name == "mono":
            files.append(("Examwright Theme Mono", "normal", "normal", fontfile.upright(given)))
        else:
            more.append(given)
    if look.dyslexic:
        files += _dyslexic()
    more += _in_folder()
    if language == "zh" and not any(["\u9898" in fontfile.characters(font) for *_, font in files] + ["\u9898" in fontfile.characters(path) for path in more]):
        more += _chinese()
    for n, (regular, bold) in enumerate(fontfile.families(more)):
        files.append((f"Examwright Extra{n}", "normal", "normal", regular))
        if bold:
            files.append((f"Examwright Extra{n}", "normal", "bold", bold))
    return files


def _in_folder() -> list[str]:
    """The fonts in the folder that EXAMWRIGHT_FONTS names."""
    folder = os.environ.get("EXAMWRIGHT_FONTS")
    if not folder:
        return []
    found = sorted([p for p in Path(folder).glob("*") if p.suffix.lower() in fontfile.ENDINGS])
    if not found:
        raise PagesError(f"EXAMWRIGHT_FONTS is {folder!r}, where there is no .ttf, .otf or .ttc file")
    more = [str(path) for path in found if "dyslexic" not in path.name.lower()]
    for path in more:
        if fault := fontfile.fault(path):
            raise PagesError(f"EXAMWRIGHT_FONTS is {folder!r}, where {Path(path).name} is not a font that can be used ({fault})")
    return more


def _chinese() -> list[str]:
    """The Chinese font of the system: one that is known, so that papers look the same wherever it is."""
    found = [path for path in CHINESE if Path(path).is_file()]
    if found:
        return found
    raise PagesError("a paper in Chinese needs a font with Chinese signs, and there is none here. Debian and Ubuntu: apt install fonts-noto-cjk, which is then "
                     "found by itself. Elsewhere put a font (.ttf, .otf or .ttc, such as Noto Serif CJK SC, in regular and bold) into a folder and name the folder "
                     "in EXAMWRIGHT_FONTS, or name the font under 'more' in the theme (docs/theme.md).")


def _order(families: Iterable[str]) -> list[str]:
    """The families of upright text, the one that is preferred first."""
    there = dict.fromkeys(families)
    return [*[f for f in ("Examwright Dyslexic", "Examwright Theme", "Examwright") if f in there], *[f for f in there if "Extra" in f]]


def text_face(theme: Theme, look: Look, language: str = "en") -> tuple[str, ...]:
    """The upright fonts of a paper's text, the one that is preferred first."""
    files = {family: font for family, style, weight, font in font_files(theme, look, language) if style == weight == "normal"}
    return tuple([files[family] for family in _order(files)])


def _dyslexic() -> list[tuple[str, str, str, str]]:
    folders = [os.environ.get("EXAMWRIGHT_FONTS", ""), *DYSLEXIC_FOLDERS]
    for folder in [Path(f) for f in folders if f]:
        found = [("Examwright Dyslexic", style, weight, str(folder / f"OpenDyslexic-{name}.otf")) for style, weight, name in DYSLEXIC]
        if all([Path(font).is_file() for *_, font in found]):
            return found
    raise PagesError("a paper in dyslexia-friendly type needs the font OpenDyslexic (Debian: apt install fonts-opendyslexic; elsewhere put "
                     "OpenDyslexic-Regular.otf, -Italic, -Bold and -BoldItalic into a folder and name it in EXAMWRIGHT_FONTS).")


def printable(text: str, theme: Theme, language: str = "en") -> bool:
    """Do the upright text font, or the fonts that the user added, have every character of the text?"""
    covered = [fontfile.characters(font) for font in text_face(theme, Look(), language)]
    return all([any([c in one for one in covered]) for c in text])


# ---- what papers share -----------------------------------------------------------------------

class Press:
    """Fonts and style sheets of a page size, a language, a theme and a look; and the faces and blocks made with them."""

    def __init__(self, size: str, language: str, theme: Theme, look: Look, words: dict[str, str]):
        weasyprint = library()
        _, _, own, _ = _classes()
        from weasyprint.text.fonts import FontConfiguration

        self.size, self.language, self.theme = size, language, theme
        self.width, self.height = [v * PX for v in SIZES[size]]
        self.tint = TINTS[look.tint]
        self.scale, self.math = 1.5 if look.large else 1.0, look.math
        self.fonts = FontConfiguration()
        files = font_files(theme, look, language)
        self.text_face = text_face(theme, look, language)
        faces = "".join([f"@font-face{{font-family:'{family}';font-style:{style};font-weight:{weight};src:url(font:{n})}}"
                         for n, (family, style, weight, _) in enumerate(files)])
        self.fetcher = own([font for *_, font in files])
        families = [family for family, *_ in files]
        order = _order(families)
        extra = [f for f in order if "Extra" in f]
        text, wide = ", ".join(order), ", ".join(sorted(order, key=lambda f: f not in extra))
        mono = ", ".join([*(["Examwright Theme Mono"] if "Examwright Theme Mono" in families else []), "Examwright Mono"])
        across = round(SIZES[size][0] - LEFT - RIGHT, 1)
        in_css = {key: re.sub(r'[\\"\n<>]', "", word) for key, word in words.items()}  # they stand in strings there
        css = templates().get_template("paper.css.j2").render(
            size=size, width=across, left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM, words=in_css, s=self.scale, text=text, mono=mono, wide=wide,
            tint=self.tint, slant="normal" if language == "zh" else "italic", accent=theme.accent, light=_lighter(theme.accent), leading=1.5 if look.dyslexic else 1.36,
            reach=round(across - 14 * self.scale + RIGHT - 9 / self.scale, 2))
        base = (FOLDER / "base.css").read_text("utf-8")
        # for one block: a page without margin boxes, long enough for it; lines are broken by ourselves
        single = f"@page{{size:{SIZES[size][0]}mm 20000mm;margin:0 {RIGHT}mm 0 {LEFT}mm;" + "".join(
            [f"@{place}{{content:none}}" for place in ("top-left", "top-right", "bottom-left", "bottom-right")]) + "}"

        def sheet(text: str) -> Any:
            return weasyprint.CSS(string=text, url_fetcher=self.fetcher, font_config=self.fonts)

        read = [*sorted(Path(__file__).parent.glob("*.py")), *([Path(theme.logo)] if theme.logo else [])]
        self.version = cache.digest(_library_version(), base, faces, css, single, language, theme.logo_height, *map(cache.source, read),
                                    *[fontfile.digest(font) for *_, font in files])
        self.base, self.sheet = sheet(base), sheet(faces + css)
        self.flowing = sheet(single + "*:not(pre){white-space:nowrap!important}")
        self.families = frozenset(families) | {_family_inside(font) for *_, font in files}
        self.regular = {f for f in extra if (f, "bold") not in {(family, weight) for family, _, weight, _ in files}}  # what has no bold font
        self.thin: set[str] = set()  # the fonts that stand in for it, by the name they have in our files: they are drawn heavier
        self.faces: dict[tuple[Any, ...], Face] = {}
        self.used: dict[str, Any] = {}  # WeasyPrint's fonts by the name they have in our files
        self.page_boxes = self._margins()

    def drawn(self, name: str) -> Drawing:
        """The drawing of an address draw:NAME:WIDTH:HEIGHT."""
        if not name.startswith("draw:"):
            raise PagesError(f"{name[:80]!r} is no drawing; pages load no pictures")
        if name == "draw:logo":
            return read_logo(self.theme.logo, self.theme.logo_height)
        what, width, height = name.removeprefix("draw:").rsplit(":", 2)
        return drawing(what, float(width), float(height))

    def page(self, root: ElementTree.Element) -> Any:
        return _classes()[3](root, self.base)

    def _margins(self) -> dict[str, tuple[Face, float, float, float, str]]:
        """The margin boxes: face, left, width, baseline, alignment."""
        root = ElementTree.fromstring(f'<html lang="{self.language}"><body data-foot="x" data-head="x" data-who="x"><div class="b">x</div>'
                                      '<div class="b" style="break-before:page">x</div></body></html>')
        document = self.page(root).render(font_config=self.fonts, stylesheets=[self.sheet])
        out = {}
        for box in document.pages[1]._page_box.children:
            if type(box).__name__ == "MarginBox":
                for line in _line_boxes(box):
                    child = next(_texts(line))
                    out[box.at_keyword] = (self.face(child.style), box.content_box_x(), box.width,
                                           child.position_y + child.baseline, box.style["text_align_all"])
        return out

    def face(self, style: Any) -> Face:
        """The face of a computed style."""
        return self.face_of(tuple([_frozen(style[name]) for name in _FACE]), tuple(style["color"].to("srgb").coordinates))

    def face_of(self, values: tuple[Any, ...], color: tuple[float, ...]) -> Face:
        """The face with such values of the properties `_FACE`."""
        face = self.faces.get((values, color))
        if face is None:
            face = self.faces[values, color] = Face(self, values, color)
        return face


def _library_version() -> str:
    """What lays out: WeasyPrint, and the libraries below it."""
    from importlib.metadata import version

    from weasyprint.text.ffi import pango

    return f"{version('weasyprint')} {pango.pango_version()}"


def _lighter(color: str) -> str:
    """The colour, more than half way to white."""
    r, g, b = [int(color[i:i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join([f"{round(v + (255 - v) * 0.6):02x}" for v in (r, g, b)])


@lru_cache(maxsize=64)
def _family_inside(called: str) -> str:
    with fontfile.opened(called) as font:
        return str(font["name"].getBestFamilyName() or "")


@lru_cache(maxsize=16)
def press(size: str, language: str, theme: Theme, look: Look, words: tuple[tuple[str, str], ...]) -> Press:
    """The press of a page size, a language, a theme and a look, made once."""
    return Press(size, language, theme, look, dict(words))


# ---- words -----------------------------------------------------------------------------------

_FACE = ("font_family", "font_style", "font_weight", "font_size", "font_variant_numeric", "letter_spacing", "line_height", "lang")


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, (list, tuple)) else value


_DECIMAL = re.compile(r"[-+−]?[0-9.,]{2,}")


class _Style(dict[str, Any]):
    """As much of a computed style as the setting of words needs."""

    font_config: Any


class Face:
    """A font in a size and colour, as a style says (`values` of the properties `_FACE`); it sets words with Pango."""

    def __init__(self, owner: Press, values: tuple[Any, ...], color: tuple[float, ...]):
        from weasyprint.css.properties import INITIAL_VALUES, Dimension
        from weasyprint.text.line_break import strut

        self.owner, self.values, self.tone = owner, values, color
        self.style = _Style(INITIAL_VALUES)
        self.style.update(zip(_FACE, values))
        if isinstance(self.style["line_height"], tuple):
            self.style["line_height"] = Dimension(*self.style["line_height"])
        self.style.font_config = owner.fonts
        self.size = float(self.style["font_size"])
        self.em = self.size * owner.math
        self.color = " ".join([number(v) for v in color])
        self.line_height, self.baseline = strut(self.style)
        self.shape = lru_cache(maxsize=4096)(self._shape)
        self.pieces = lru_cache(maxsize=2048)(self._pieces)
        self.measured = lru_cache(maxsize=2048)(self._measured)
        self.beside: dict[str, bool] = {}
        self.layout: Any = None  # one for all words, one after the other: most of the time goes into making it
        self.lock = threading.Lock()

    def _shape(self, text: str) -> nodes.Shaped:
        """The text, set on one line. Raises PagesError if none of our fonts has a character."""
        if _DECIMAL.fullmatch(text) and all([self._side_by_side(text[n:n + 2]) for n in range(len(text) - 1)]):
            runs = [self.shape(c).runs[0] for c in text]
            one = self.shape(text[0])
            glyphs = tuple([glyph for run in runs for glyph in run.glyphs])
            run = nodes.Run(runs[0].font, "".join([r.shown for r in runs]).replace(")(", ""), sum([r.width for r in runs]), glyphs)
            return nodes.Shaped((run,), run.width, one.above, one.below)
        return self._laid_out(text)

    def _side_by_side(self, two: str) -> bool:
        """Do two characters of a number stand beside each other as they are? Then no layout is needed for the number."""
        found = self.beside.get(two)
        if found is None:
            first, second, both = self.shape(two[0]), self.shape(two[1]), self._laid_out(two)
            found = self.beside[two] = len(both.runs) == len(first.runs) == len(second.runs) == 1 and (
                both.width, both.above, both.below, both.runs[0].glyphs, both.runs[0].shown) == (
                first.width + second.width, first.above, first.below, first.runs[0].glyphs + second.runs[0].glyphs,
                (first.runs[0].shown + second.runs[0].shown).replace(")(", "")) and first.runs[0].font == second.runs[0].font
        return found

    def _laid_out(self, text: str) -> nodes.Shaped:
        """The text as Pango sets it."""
        from weasyprint.text.ffi import FROM_UNITS, ffi, pango
        from weasyprint.text.line_break import create_layout, line_size

        with self.lock:
            if self.style["letter_spacing"] != "normal":  # it belongs to a text
                layout = create_layout(text, self.style, None, None, 0)
            elif (layout := self.layout) is None:
                layout = self.layout = create_layout(text, self.style, None, None, 0)
            else:
                layout.set_text(text)
            line, _ = layout.get_first_line()
            width, height = line_size(line, self.style)
            baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
            half = (self.line_height - height) / 2
            runs = []
            utf8 = text.encode()
            run = line.runs[0] if line.runs != ffi.NULL else ffi.NULL
            while run != ffi.NULL:
                item = run.data
                run = run.next
                runs.append(self._run(item, utf8))
            return nodes.Shaped(tuple(runs), width, baseline + half, self.line_height - baseline - half)

    def _run(self, item: Any, utf8: bytes) -> nodes.Run:
        """A run of glyphs, as WeasyPrint's draw_first_line shows it."""
        from weasyprint.text.ffi import FROM_UNITS, ffi, pango
        from weasyprint.text.fonts import get_pango_font_key

        key, _, size = get_pango_font_key(item.item.analysis.font)
        start = item.item.offset
        font = self._font(item.item.analysis.font, utf8[start:start + item.item.length].decode())
        shown: list[str] = []  # strings, and numbers between them
        text, glyphs, whole = "", [], 0.0
        common = _letters(self.owner, font.hash)

        def by(move: str) -> None:
            nonlocal text
            shown.extend((f"({text})" if text else " ", move))
            text = ""

        clusters, n = item.glyphs.log_clusters, item.glyphs.num_glyphs
        for i, info in enumerate(item.glyphs.glyphs[0:n]):
            glyph, width = info.glyph, info.geometry.width
            whole += width * FROM_UNITS
            if glyph == pango.PANGO_GLYPH_EMPTY:
                by(number(-width * FROM_UNITS * 1000 / size))
                continue
            if glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG:
                raise PagesError(_lacking(chr(glyph - pango.PANGO_GLYPH_UNKNOWN_FLAG)))
            if item.item.analysis.level % 2:
                raise PagesError(f"the pages cannot set text from right to left: {utf8.decode()[:40]!r}")
            end = item.item.length if i == n - 1 else clusters[i + 1]
            if glyph not in common:
                glyphs.append(_glyph((glyph, utf8[start + clusters[i]:start + end].decode())))
            offset = info.geometry.x_offset / size
            if offset:
                by(number(-offset))
            text += _code(glyph)
            if glyph not in font.widths:
                logical = ffi.new("PangoRectangle *")
                pango.pango_font_get_glyph_extents(item.item.analysis.font, glyph, ffi.NULL, logical)
                font.widths[glyph] = _advance(self.owner, font.hash, glyph, logical.width * FROM_UNITS / size)
            kerning = int(font.widths[glyph] + offset - width * 1000 * FROM_UNITS / size)
            if kerning:
                by(str(kerning))
        return nodes.Run(font.hash, "".join(shown) + (f"({text})" if text else ""), whole, tuple(glyphs))

    def _font(self, pango_font: Any, text: str) -> Any:
        from weasyprint.pdf.fonts import Font
        from weasyprint.text.fonts import get_pango_font_key

        key, description, size = get_pango_font_key(pango_font)
        found = self.owner.used.get(str(key))
        if found is None:
            found = Font(pango_font, description, size)
            found.file_content = _CONTENTS.setdefault(found.file_content, found.file_content)  # of presses that differ in their colour, say
            if found.family not in self.owner.families:
                raise PagesError(_lacking(text, f" ({found.family} would have stood in)"))
            if found.weight >= 600 and found.family in self.owner.regular and "fvar" not in found.tables:  # a variable font has its own bold
                self.owner.thin.add(found.hash)
            self.owner.used[str(key)] = found
            self.owner.used[found.hash] = found
            if not found.variations and not _extra(found):  # the same whatever size is measured first
                found.widths.update(_common(self.owner, found.hash)[1])
        return found

    def _measured(self, word: str) -> nodes.Measured:
        found = () if word.isalnum() and not SIGN.search(word) else self._pieces(word)
        return nodes.measured([self._shape(t) for t in (word, *(found if len(found) > 1 else ()))])

    def _pieces(self, word: str) -> tuple[str, ...]:
        return tuple([word[a:b] for a, b in itertools.pairwise([0, *_cuts(word, self.style["lang"]), len(word)])])


_glyph = cache.Sharing(2048)
_CONTENTS: dict[bytes, bytes] = {}  # font files, each once: one with Chinese signs has 25 MB
_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)", "\r": r"\r", "%": "%%"})


@lru_cache(maxsize=4096)
def _code(glyph: int) -> str:
    """A glyph in a string that PDF shows, which is filled in with %."""
    return (chr(glyph >> 8) + chr(glyph & 255)).translate(_ESCAPED)


def _lacking(text: str, instead: str = "") -> str:
    """What is said of a text that no font has."""
    chinese = " In an exam whose plan has 'language: zh' a Chinese font that is installed (Debian: fonts-noto-cjk) is found by itself." if SIGN.search(text) else ""
    return (f"the fonts of the pages have no {text!r}{instead}. Put a font that has it into a folder and name the folder in EXAMWRIGHT_FONTS, or name the font in "
            f"the theme.{chinese}")


_LATIN = "".join([chr(c) for c in [*range(32, 127), *range(160, 256), 0x2010, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022,
                                   0x2026, 0x2212]])
_LIGATURES = {"fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "ffl": "ffl", "f_f": "ff", "f_i": "fi", "f_l": "fl", "f_f_i": "ffi", "f_f_l": "ffl"}


def font_object(owner: Press, name: str, texts: dict[int, str]) -> FontObject:
    """A font as it goes into a file in which its glyphs read as these texts: always with the Latin letters, so that most files have the same, but for fonts
    that are there for other characters."""
    common = _letters(owner, name)
    if common and texts.keys() <= common.keys():
        return _font_object(owner, name, ())
    return _font_object(owner, name, tuple(sorted((texts | common).items())))


def _letters(owner: Press, name: str) -> dict[int, str]:
    """The glyphs that a font has in all files, with what they read as."""
    return {} if _extra(owner.used[name]) else _common(owner, name)[0]


@lru_cache(maxsize=64)
def _font_object(owner: Press, name: str, texts: tuple[tuple[int, str], ...]) -> FontObject:
    font = owner.used[name]
    texts = texts or tuple(sorted(_common(owner, name)[0].items()))
    program, length, sort = _subset(owner, name, frozenset([g for g, _ in texts]))
    return FontObject(font.name.decode().lstrip("/"), program, length, sort, font.flags, font.ascent, font.descent,
                      tuple([(g, font.widths[g]) for g, _ in texts]), texts)


@lru_cache(maxsize=64)
def _common(owner: Press, name: str) -> tuple[dict[int, str], dict[int, int]]:
    """What the glyphs of the Latin letters read as, and how wide they are, in thousandths."""
    import io

    from fontTools.ttLib import TTFont

    font = owner.used[name]
    with TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True) as read:
        cmap, order = read.getBestCmap(), read.getGlyphOrder()
        glyphs = {t: g for g, t in _LIGATURES.items() if g in order} | {chr(c): cmap[c] for c in map(ord, _LATIN) if c in cmap}
        metrics, em = read["hmtx"].metrics, read["head"].unitsPerEm
        texts: dict[int, str] = {}
        for text, glyph in glyphs.items():
            texts.setdefault(read.getGlyphID(glyph), text)
        return texts, {read.getGlyphID(g): round(metrics[g][0] * 1000 / em) for g in glyphs.values()}


_CLEANING = threading.Lock()  # WeasyPrint puts the subset into the place of the whole font


@lru_cache(maxsize=128)
def _subset(owner: Press, name: str, subset: frozenset[int]) -> tuple[bytes, int, str]:
    """A font with these glyphs only: compressed, its length, what PDF calls its sort ("" for TrueType)."""
    font = owner.used[name]
    if _numbered(owner, name):
        bare = _bare(font, sorted(subset))
        return compressed(bare, 9), len(bare), "CIDFontType0C"
    whole, tables = font.file_content, list(font.tables)
    with _CLEANING:
        font.clean(dict.fromkeys(sorted(subset), ""), False)
        data, font.file_content, font.tables = font.file_content, whole, tables
    return compressed(data, 9), len(data), "OpenType" if data[:4] == b"OTTO" else ""


def _extra(font: Any) -> bool:
    """Is a font there for the characters that those of the text lack? It may have 65,000 glyphs, so no more of it is read than must be."""
    return "Extra" in font.family and not font.variations


@lru_cache(maxsize=64)
def _advances(owner: Press, name: str) -> tuple[bytes, int, int]:
    """The widths of a font's glyphs as its file has them, how many have one of their own, and what an em is in their unit."""
    import io

    from fontTools.ttLib import TTFont

    font = owner.used[name]
    with TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True) as read:
        return bytes(read.reader["hmtx"]), read["hhea"].numberOfHMetrics, read["head"].unitsPerEm


def _advance(owner: Press, name: str, glyph: int, measured: float) -> int:
    """How wide a glyph is, in thousandths: the same whatever size it is set in, in which it was `measured` (in ems). A variable font's table has other widths
    than those of its instance, which are whole numbers of its unit too."""
    widths, own, em = _advances(owner, name)
    at = 4 * min(glyph, own - 1)
    units = round(measured * em) if owner.used[name].variations else int.from_bytes(widths[at:at + 2], "big")
    return round(units * 1000 / em)


@lru_cache(maxsize=64)
def _numbered(owner: Press, name: str) -> bool:
    """Are the glyphs of an extra font known by their numbers alone, as in most fonts of Chinese signs with CFF outlines?"""
    import io

    from fontTools.cffLib import CFFFontSet
    from fontTools.ttLib import TTFont

    font = owner.used[name]
    if "CFF " not in font.tables or not _extra(font):
        return False
    with TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True) as read:
        data, count = read.reader["CFF "], read["maxp"].numGlyphs
    outlines = CFFFontSet()
    outlines.decompile(io.BytesIO(data), None)
    top = outlines[0].rawDict
    at = top.get("charset", 0)
    # one range from 1 on (format 2): the n-th glyph is number n
    return "ROS" in top and data[at:at + 3] == b"\2\0\1" and int.from_bytes(data[at + 3:at + 5], "big") >= count - 2


def _bare(font: Any, glyphs: list[int]) -> bytes:
    """The outlines of such a font and nothing else: a file has some hundred of its 65,000 glyphs, and in a whole font the others would cost 130 kB
    although they are empty."""
    import io

    from fontTools.ttLib import TTFont
    from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
    from weasyprint.text.fonts import get_hb_object_data

    def add(into: Any, numbers: list[int]) -> None:
        harfbuzz.hb_set_add_sorted_array(into, ffi.new(f"hb_codepoint_t[{len(numbers)}]", numbers), len(numbers))

    wanted = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    add(harfbuzz_subset.hb_subset_input_glyph_set(wanted), glyphs)
    add(harfbuzz_subset.hb_subset_input_set(wanted, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG),
        sorted([harfbuzz.hb_tag_from_string(tag.encode(), -1) for tag in font.tables if tag not in ("CFF ", "head", "hhea", "maxp")]))
    harfbuzz_subset.hb_subset_input_set_flags(wanted, harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE)
    made = ffi.gc(harfbuzz_subset.hb_subset_or_fail(font.hb_face, wanted), harfbuzz.hb_face_destroy)
    with TTFont(io.BytesIO(get_hb_object_data(made)), lazy=True) as read:
        return bytes(read.reader["CFF "])


# ---- blocks ----------------------------------------------------------------------------------

class _Hole:
    """A picture in the place of a formula, while its block is laid out."""

    def get_intrinsic_size(self, resolution: Any, font_size: float) -> tuple[float, float, float]:
        return font_size, font_size, 1.0

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        raise AssertionError("a hole is never drawn")


class _Sized:
    """A drawing while its block is laid out, or in the reference."""

    def __init__(self, drawn: Drawing):
        self.drawn = drawn

    def get_intrinsic_size(self, resolution: Any, font_size: float) -> tuple[float, float, float | None]:
        return self.drawn.width * PX, self.drawn.height * PX, None if self.drawn.stretch else self.drawn.width / self.drawn.height

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        from tinycss2.color5 import parse_color

        stream.set_color(parse_color("#000"), stroke=True)
        scale = PX if self.drawn.stretch else width / self.drawn.width
        stream.transform(scale, 0, 0, scale, 0, 0)
        stream.stream.append(self.drawn.painted(scale, width).encode())


@dataclass(frozen=True, eq=False)
class Tree:
    """A block, laid out once: the gap above it, its boxes, its elements, whether it stays with the next, whether a page may end in
    it, what it costs to end one below it, its bookmark."""

    gap: float
    dx: float
    node: nodes.Node
    elems: tuple[Elem, ...]
    keep: bool
    long: bool
    cost: float
    mark: tuple[int, str] | None


class Compiled:
    """A laid-out block as it is kept: what every paper needs of it. Its `tree` is twenty times as large, but needed only where what comes into the holes
    has another size than before; so most stay packed. `faces` has the face of each hole for a word, `reach` how high and deep formulas may be without
    making their lines higher, `columns` what decides how wide those of its tables are; `plans` how its elements go into a file, by what
    stands where (`pieces.tagged`); `number` is no other block's."""

    __slots__ = ("columns", "cost", "faces", "gap", "keep", "long", "mark", "number", "owner", "packed", "plans", "reach")

    def __init__(self, owner: Press, packed: bytes):
        """Raises ValueError if what is packed is damaged."""
        self.owner, self.packed = owner, packed
        tree = self.tree
        self.gap, self.keep, self.long, self.cost, self.mark = tree.gap, tree.keep, tree.long, tree.cost, tree.mark
        self.faces: dict[int, Face] = {atom.hole: atom.face for atom in nodes.atoms(tree.node) if isinstance(atom, nodes.Word) and atom.hole >= 0}  # type: ignore[misc]
        self.reach = nodes.reach(tree.node)
        self.columns = tuple([table.sized for table in nodes.tables(tree.node) if table.sized.loose])
        self.plans: dict[Any, Any] = {}
        self.number = next(_NUMBERS)

    @property
    def tree(self) -> Tree:
        """What was laid out."""
        tree = _TREES.get(self)
        if tree is None:
            block, faces = cache.unpacked(self.packed)
            tree = _unpacked(block, [self.owner.face_of(*_tuples(face)) for face in faces])
            _TREES.put(self, tree)
        return tree

    def layout_key(self, measures: nodes.Measures) -> bytes:
        """What decides its layout: how large what comes into its holes is, as far as it counts."""
        reach = self.reach
        keys: list[Any] = []
        for n, measure in enumerate(measures):
            if isinstance(measure, nodes.Measured):
                keys.append(measure.key)
            elif n in reach:
                high, deep = reach[n]
                keys.append((measure.width, measure.height if measure.height > high else 0.0, measure.depth if measure.depth > deep else 0.0, measure.whole))
            else:
                keys.append(tuple(measure))
        for columns in self.columns:
            widths = columns.widths(measures)
            if widths is not None:
                for loose in columns.loose:
                    measure = measures[loose.hole]
                    keys[loose.hole] = measure.high if isinstance(measure, nodes.Measured) else keys[loose.hole][1:]
                keys.append(widths)
        return marshal.dumps((self.number, keys), 2)  # a tenth as large as the tuples, and faster to look up; since version 3 it may differ for equal ones

    def measures(self, holes: Sequence[Hole]) -> list[nodes.Measure]:
        """The measures of what comes into its holes."""
        faces = self.faces
        return [faces[n].measured(hole) if isinstance(hole, str) else hole.size if isinstance(hole, Math) else Size(hole.width, hole.height)
                for n, hole in enumerate(holes)]


_TREES: cache.Recent[Tree] = cache.Recent(192)
_NUMBERS = itertools.count()
TOGETHER = 24  # blocks that are laid out in one go


def compiled(owner: Press, *blocks: str) -> list[Compiled]:
    """Blocks laid out, their holes open: by WeasyPrint, or at an earlier time."""
    keys = [cache.digest("block", owner.version, xhtml) for xhtml in blocks]
    made = [_kept(owner, cache.CACHE.get_packed(key)) for key in keys]
    missing = [n for n, found in enumerate(made) if found is None]
    for start in range(0, len(missing), TOGETHER):
        some = missing[start:start + TOGETHER]
        for n, tree in zip(some, _laid_out_together(owner, [blocks[n] for n in some])):
            faces: dict[Face, int] = {}
            packed = cache.packed([_packed(tree, faces), [[face.values, face.tone] for face in faces]])
            cache.CACHE.put_packed(keys[n], packed)
            made[n] = Compiled(owner, packed)
    return made  # type: ignore[return-value]  # none is missing now


def _kept(owner: Press, packed: bytes | None) -> Compiled | None:
    """What was kept on disk, unless it is damaged."""
    if packed is not None:
        with contextlib.suppress(ValueError):
            return Compiled(owner, packed)
    return None


def _putter(kind: Any, name: str) -> Callable[[Any, Any], None]:
    """What sets a field of a frozen object."""
    slot: Any = kind.__dict__.get(name)
    if isdatadescriptor(slot):
        return slot.__set__  # type: ignore[union-attr,no-any-return]
    return lambda made, value: made.__dict__.__setitem__(name, value)


_PACKED: tuple[Any, ...] = (nodes.Word, nodes.MathHole, nodes.FigureHole, nodes.Image, nodes.Inline, nodes.Token, nodes.Edge, nodes.Lines, nodes.Stack, nodes.Cell,
           nodes.Table, Elem, Tree)
_PLACE = {kind: n for n, kind in enumerate(_PACKED)}
_NAMES = {kind: tuple(kind.__dataclass_fields__) for kind in _PACKED}
_PUT = {kind: [_putter(kind, name) for name in names] for kind, names in _NAMES.items()}


def _packed(value: Any, faces: dict[Face, int]) -> Any:
    """A block as JSON values: tuples are lists that begin with nothing, objects such that begin with the place of their kind, faces the
    place of theirs by itself. Lengths are rounded, so that it makes no difference below which others a block was laid out."""
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, tuple):
        return [None, *[_packed(v, faces) for v in value]]
    if isinstance(value, Face):
        return [-1, faces.setdefault(value, len(faces))]
    kind = type(value)
    return [_PLACE[kind], *[_packed(getattr(value, name), faces) for name in _NAMES[kind]]] if kind in _PLACE else value


def _unpacked(value: Any, faces: list[Face]) -> Any:
    if type(value) is not list:
        return value
    kind = value[0]
    if kind == -1:
        return faces[value[1]]
    inside = [v if type(v) is not list else _unpacked(v, faces) for v in value]
    if kind is None:
        return tuple(inside[1:])
    made = object.__new__(_PACKED[kind])
    for put, v in zip(_PUT[_PACKED[kind]], inside[1:]):
        put(made, v)
    return made


def _tuples(value: Any) -> Any:
    return tuple([_tuples(v) for v in value]) if isinstance(value, list) else value


def _laid_out_together(owner: Press, blocks: Sequence[str]) -> list[Tree]:
    """Lay out blocks below each other, their holes open; if one of them cannot be, each by itself, which tells which one."""
    try:
        return _laid_out(owner, blocks)
    except PagesError:
        if len(blocks) == 1:
            raise
        return [made for xhtml in blocks for made in _laid_out(owner, [xhtml])]


_PARAGRAPH = re.compile("</?(?:p|li|ul|ol|td|th|tr|table|div|blockquote|pre|br|h[1-3])[ />]")
MOST, LONGEST = 400, 2000  # formulas and marked words in a paragraph, letters in a word: WeasyPrint takes the square of these, seconds for twice as many


def _bounded(xhtml: str) -> None:
    """Raise PagesError for a block that takes too long to lay out."""
    for text in _PARAGRAPH.split(xhtml):
        count = text.count("<") - text.count("</") + len(_PICTURES.findall(text))
        if count > MOST:
            raise PagesError(f"a paragraph has more than {MOST} formulas and marked words: make it several paragraphs")
        if longest := max(map(len, _WORD.findall(text)), default=0):
            raise PagesError(f"a word has {longest} letters, more than {LONGEST}")


_WORD = re.compile(f"[^\\s<>{WIDE}]{{{LONGEST + 1},}}")
_PICTURES = re.compile(f"[{chr(MATH)}-{chr(WORD - 1)}]")


def _laid_out(owner: Press, blocks: Sequence[str]) -> list[Tree]:
    images: dict[str, Any] = {}
    for xhtml in blocks:
        _bounded(xhtml)

    def open_(match: re.Match[str]) -> str:
        code = ord(match.group())
        if code >= WORD:
            return f"\u2063{code - WORD}\u2063"
        images["hole:"] = _Hole()
        figure = ' data-figure="1"' if code >= FIGURE else ""
        return f'<img src="hole:" alt="" data-hole="{code - base_of(code)}"{figure}/>'

    text = "".join([HOLE.sub(open_, xhtml) for xhtml in blocks])
    try:
        root = ElementTree.fromstring(f'<html lang="{owner.language}"><body>{text}</body></html>')
    except ElementTree.ParseError as error:
        raise PagesError(f"templates/pages does not give well-formed XML: {error}") from None
    for img in root.iter("img"):
        name = img.get("src", "")
        if name != "hole:":
            images[name] = _Sized(owner.drawn(name))
    try:
        document = owner.page(root).render(font_config=owner.fonts, cache=images, stylesheets=[owner.sheet, owner.flowing])
    except _classes()[0] as error:
        raise PagesError(str(error)) from None
    body = document.pages[0]._page_box.children[0].children[0]
    if len(body.children) != len(blocks) or len(root[0]) != len(blocks):
        raise PagesError("templates/pages gives blocks that are not one box each")
    return [_read(owner, element, box, body.content_box_x()) for element, box in zip(root[0], body.children)]


def _read(owner: Press, element: ElementTree.Element, box: Any, x: float) -> Tree:
    """A block as WeasyPrint has laid it out, in a page's body that begins at `x`."""
    walker = _Walker(owner, element)
    node = walker.block(box, x)
    classes = (element.get("class") or "").split()
    heading = next((e for e in element.iter() if e.get("data-mark")), None)
    mark = None if heading is None else (int(heading.tag[1]), heading.get("data-mark", ""))
    cost = float(element.get("data-cost") or 0)
    return Tree(box.margin_top, node.dx + x, node, tuple(walker.elems), "k" in classes, "l" in classes, cost, mark)


def _line_boxes(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if type(child).__name__ == "LineBox":
            yield child
        else:
            yield from _line_boxes(child)


def _texts(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        if type(child).__name__ == "TextBox":
            yield child
        else:
            yield from _texts(child)


_NUMBERED = re.compile("\u2063(\\d+)\u2063")


def _signs(piece: str, language: str) -> list[str]:
    """What stands between two spaces, in the pieces between which a line may end if it has signs of a script without spaces. (Other words are taken to pieces
    where lines are broken, if they must be.)"""
    if not SIGN.search(piece):
        return [piece]
    units = re.findall("\u2063\\d+\u2063|.", piece, re.S)
    cuts = _cuts("".join(["0" if unit[0] == "\u2063" else unit for unit in units]), language)
    return ["".join(units[a:b]) for a, b in itertools.pairwise([0, *cuts, len(units)])]


def _cuts(text: str, language: str | None) -> list[int]:
    """Where in a text a line may end."""
    from weasyprint.text.line_break import get_log_attrs

    attributes = get_log_attrs(text, language)
    return [i for i in range(1, len(text)) if attributes[i].is_line_break]


class _Walker:
    """Turns WeasyPrint's boxes into nodes, and elements into the structure that a reader hears."""

    def __init__(self, owner: Press, block: ElementTree.Element):
        self.owner = owner
        self.elems: list[Elem] = []
        self.index: dict[Any, int] = {}
        self.body: dict[Any, int] = {}  # of a list item: its label's index
        self._elements(block, -1)

    def _elements(self, element: ElementTree.Element, parent: int, row: ElementTree.Element | None = None) -> None:
        found = role_of(element)
        at = parent
        if found:
            role, alt = found
            scope = ""
            if role == "TH" and row is not None:
                scope = "Column" if all([cell.tag == "th" for cell in row]) else "Row"
            late = role == "Span" and "end" in element.get("class", "").split()
            at = self._add(Elem(role, parent, alt, int(element.get("data-hole", "-1")), scope, late))
            if role == "LI":
                self.body[element] = self._add(Elem("Lbl", at))
                at = self._add(Elem("LBody", at))
        self.index[element] = at
        for child in element:
            self._elements(child, at, element if element.tag == "tr" else row)

    def _add(self, elem: Elem) -> int:
        self.elems.append(elem)
        return len(self.elems) - 1

    def elem(self, box: Any) -> int:
        if box.element_tag == "li::before":
            return self.body[box.element]
        return self.index.get(box.element, -1)

    # boxes

    def edge(self, box: Any) -> nodes.Edge:
        from weasyprint.draw.color import get_color

        inset = (box.border_left_width + box.padding_left, box.border_top_width + box.padding_top,
                 box.border_right_width + box.padding_right, box.border_bottom_width + box.padding_bottom)
        borders = []
        for side in ("top", "bottom", "left", "right"):
            width = getattr(box, f"border_{side}_width")
            if width:
                color = get_color(box.style, f"border_{side}_color")
                borders.append((side, width, " ".join([number(v) for v in color.to("srgb").coordinates])))
        return nodes.Edge(inset, tuple(borders), "")

    def block(self, box: Any, x: float, wraps: bool = True, parent: Any = None) -> nodes.Lines | nodes.Stack | nodes.Table:
        """A block container, in its `parent`; `x` is the left edge that its place is counted from."""
        kind = type(box).__name__
        if getattr(box, "is_table_wrapper", False):
            return self.table(box, x, parent)
        left = box.border_box_x()
        width = box.border_width()
        height = None
        if box.style["height"] != "auto" or not box.children:
            height = box.border_height()
        if box.children and type(box.children[0]).__name__ == "LineBox":
            hard = tuple([tuple(self.tokens(line)) for line in box.children])
            face = self.owner.face(box.children[0].style)
            return nodes.Lines(left - x, width, self.edge(box), hard, box.style["text_align_all"], face.baseline,
                               face.line_height - face.baseline, wraps, height)
        if kind == "BlockReplacedBox":
            return self.replaced(box, x)
        children, y = [], box.content_box_y()
        for child in box.children:
            top = child.border_box_y()
            children.append((top - y, self.block(child, left, wraps, box)))
            y = top + child.border_height()
        end = box.content_box_y() + box.height - y
        return nodes.Stack(left - x, width, self.edge(box), tuple(children), end, height)

    def replaced(self, box: Any, x: float) -> nodes.Lines:
        """A picture that is a block: a line with nothing else."""
        image = nodes.Image(box.element.get("src"), box.width, box.height, box.height, 0.0, 0.0, 0.0, self.elem(box))
        token = nodes.Token(None, (image,))
        return nodes.Lines(box.content_box_x() - x, box.width, nodes.Edge(), ((token,),), "start", 0.0, 0.0, False, None)

    def table(self, wrapper: Any, x: float, parent: Any) -> nodes.Table:
        table = wrapper.get_wrapped_table()
        fixed = table.style["table_layout"] == "fixed" or table.style["width"] != "auto"
        rows = []
        widths: list[tuple[float, bool]] = []  # at least so wide; may it be wider?
        for group in table.children:
            for row in group.children:
                cells = []
                least = 0.0
                for n, cell in enumerate(row.children):
                    given = cell.style["width"] != "auto"
                    inside = self.block(cell, cell.border_box_x())
                    align = cell.style["vertical_align"]
                    cells.append(nodes.Cell(inside, align if align in ("baseline", "middle") else "top", self.elem(cell)))
                    if cell.style["height"] != "auto":
                        least = max(least, row.height)
                    if n == len(widths):
                        widths.append((0.0, not fixed))
                    if fixed or given:
                        widths[n] = (cell.border_width(), not fixed)
                rows.append((tuple(cells), least))
        # cells in nodes may be as high as their row: that is the row's to say
        rows = [(tuple([nodes.Cell(_loose(c.node), c.align, c.elem) for c in cells]), least) for cells, least in rows]
        centered = wrapper.style["margin_left"] == "auto"
        left = parent.content_box_x() if centered else table.border_box_x()
        room = parent.content_box_x() + parent.width - left
        return nodes.Table(left - x, table.border_width(), self.edge(table), tuple(rows), tuple(widths), centered, room)

    # lines

    def tokens(self, line: Any) -> list[nodes.Token]:
        """What stands in a line, in pieces that stay together."""
        from weasyprint.text.line_break import can_break_text

        out: list[nodes.Token] = []
        group: list[nodes.Atom] = []
        space: nodes.Face | None = None
        last, last_tied = "", None

        def close(next_space: nodes.Face | None) -> None:
            nonlocal group, space
            if group:
                out.append(nodes.Token(space, tuple(group)))
            group, space = [], next_space

        for box, tied in _leaves(line, None):
            if type(box).__name__ == "TextBox":
                face = self.owner.face(box.style)
                elem = self.elem(box)
                for piece in re.split("( )", box.text):
                    if piece == " ":
                        close(face)
                        last = " "
                    elif piece:
                        first = "0" if piece[0] == "\u2063" else piece[0]
                        if last not in ("", " ") and not (tied is not None and tied is last_tied) and can_break_text(last + first, box.style["lang"]):
                            close(None)
                        for part, some in enumerate(_signs(piece, box.style["lang"])):
                            if part:
                                close(None)
                            for n, text in enumerate(_NUMBERED.split(some)):
                                if n % 2:
                                    group.append(nodes.Word(face, "", elem, int(text)))
                                elif text:
                                    group.append(nodes.Word(face, text, elem))
                        last = "0" if piece[-1] == "\u2063" else piece[-1]
                        last_tied = tied
                continue
            if last not in ("", " ") and not (tied is not None and tied is last_tied) and can_break_text(last + "\ufffc", box.style["lang"]):
                close(None)
            group.append(self.atom(box, line))
            last, last_tied = "\ufffc", tied
        close(None)
        return out

    def atom(self, box: Any, line: Any) -> nodes.Atom:
        """A picture or a box in a line."""
        baseline = line.position_y + line.baseline
        if type(box).__name__ == "InlineReplacedBox":
            hole = box.element.get("data-hole")
            if hole is not None:
                limit = 1.0 if box.style["max_width"].value != float("inf") else 0.0
                kind = nodes.FigureHole if box.element.get("data-figure") else nodes.MathHole
                return kind(self.owner.face(box.style), int(hole), self.elem(box), limit)
            top = box.content_box_y()
            return nodes.Image(box.element.get("src"), box.width, box.height, baseline - top, top + box.height - baseline,
                               box.margin_left, box.margin_right, self.elem(box))
        node = self.block(box, box.border_box_x(), wraps=False)
        fits = box.style["width"] == "auto"
        bare = not any(_line_boxes(box))
        own = None if not bare else box.border_height() + box.margin_bottom
        return nodes.Inline(node, box.margin_left, box.margin_right, box.margin_top, box.margin_bottom, own, fits)


def _loose(node: Any) -> Any:
    """A cell's content without its height."""
    from dataclasses import replace

    return replace(node, height=None, end=0.0) if isinstance(node, nodes.Stack) else replace(node, height=None)


def _leaves(box: Any, tied: Any) -> Iterator[tuple[Any, Any]]:
    """The texts, pictures and boxes of a line, each with the element that keeps it together with others."""
    for child in box.children:
        inside = child.element if child.element is not None and "w" in (child.element.get("class") or "").split() else tied
        if type(child).__name__ == "InlineBox":
            yield from _leaves(child, inside)
        elif type(child).__name__ not in ("TextBox", "InlineReplacedBox", "InlineBlockBox"):
            raise PagesError(f"the pages cannot place a {type(child).__name__} in a line")
        else:
            yield child, inside


# ---- the reference ---------------------------------------------------------------------------

def reference(owner: Press, xhtml: str) -> bytes:
    """A whole document laid out and drawn by WeasyPrint alone; formulas are SVG pictures in `data:` addresses."""
    images = {name: _Sized(owner.drawn(name)) for name in sorted(set(re.findall(r'src="(draw:[^"]+)"', xhtml)))}
    try:
        return bytes(owner.page(ElementTree.fromstring(xhtml)).write_pdf(
            font_config=owner.fonts, stylesheets=[owner.sheet], cache=images))
    except _classes()[0] as error:
        raise PagesError(str(error)) from None
