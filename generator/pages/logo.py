"""Logos: a PNG or an SVG file read by ourselves and turned into drawing operators. Nothing in it is ever loaded or run."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from examwright.generator.errors import ExamwrightError
from examwright.generator.files import beginning
from examwright.generator.mathjax import number, path_operators
from examwright.generator.pages.drawings import Drawing

MAX_BYTES = 2_000_000
MAX_PIXELS = 4_000_000
MAX_SHAPES = 5_000
MAX_DEPTH = 400  # of groups in groups
LARGEST = 1_000_000.0  # of a coordinate or a length
SMALLEST = 0.001  # of the sides of a drawing
MAX_RATIO = 50  # of its sides: more than a page is wide, whatever the height


class LogoError(ExamwrightError):
    """A logo that cannot be used."""


def read_logo(path: str, height: float) -> Drawing:
    """The logo, `height` mm high; an unchanged file is read once. Raises LogoError."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise LogoError(f"{Path(path).name} cannot be read: {error.strerror}.") from None
    return _read_logo(path, height, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _read_logo(path: str, height: float, stamp: int, size: int) -> Drawing:
    try:
        data = beginning(Path(path), MAX_BYTES + 1)
    except OSError as error:
        raise LogoError(f"{Path(path).name} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise LogoError(f"{Path(path).name} is larger than {MAX_BYTES // 10**6} MB.")
    return _png(data, Path(path).name, height) if path.lower().endswith(".png") else _svg(data, Path(path).name, height)


def _png(data: bytes, name: str, height: float) -> Drawing:
    """The picture as an inline image, in at most 400 dots an inch; what is transparent is white."""
    import io
    import zlib

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise LogoError(f"{name} has more than {MAX_PIXELS // 10**6} million dots.")
            _check_sides(picture.width, picture.height, name)
            rgba = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise LogoError(f"{name} is not a PNG picture that can be read.") from None
    most = max(1, int(height / 25.4 * 400))
    if rgba.height > most:
        rgba = rgba.resize((max(1, round(rgba.width * most / rgba.height)), most), Image.Resampling.LANCZOS)
    ground = Image.new("RGBA", rgba.size, "white")
    rgb = Image.alpha_composite(ground, rgba).convert("RGB")
    width = height * rgb.width / rgb.height
    pixels = zlib.compress(rgb.tobytes(), 9).hex().upper()
    return Drawing(width, height, f"q {number(width)} 0 0 {number(-height)} 0 {number(height)} cm BI /W {rgb.width} /H {rgb.height} /CS /RGB /BPC 8 "
                                  f"/F [/AHx /Fl] ID\n{pixels}>\nEI Q")


_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_GROUPS = {"svg", "g"}
_SILENT = {"title", "desc", "metadata", "defs"}
_TRANSFORM = re.compile(r"(translate|scale|matrix|rotate)\(([^)]*)\)")
_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:px|pt|pc|mm|cm|in|em|ex)?\s*")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def _svg(data: bytes, name: str, height: float) -> Drawing:
    """The shapes of a drawing: paths, rectangles, circles, ellipses, lines; plain fills and strokes. Anything else is refused."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", data.replace(b"\0", b"")):  # in UTF-16 too
        raise LogoError(f"{name} has a <!DOCTYPE>, which a logo may not have.")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter two: an encoding that is not known
        raise LogoError(f"{name} is not an SVG drawing ({error}).") from None
    if _tag(root) != "svg":
        raise LogoError(f"{name} is not an SVG drawing.")
    box = _numbers(root, "viewBox", name)
    if len(box) != 4:
        box = [0.0, 0.0, *[_length(root.get(k), root, k, name, 0.0) for k in ("width", "height")]]
    if box[2] <= 0 or box[3] <= 0:
        raise LogoError(f"{name} has no size: give its <svg> a viewBox.")
    if min(box[2:]) < SMALLEST:
        raise LogoError(f"{name} is {min(box[2:])} wide or high by its <svg>; {SMALLEST} is the least that is allowed.")
    _check_sides(box[2], box[3], name)
    scale = height / box[3]
    out = ["q", f"{scale:.6f} 0 0 {scale:.6f} {-box[0] * scale:.4f} {-box[1] * scale:.4f} cm", "1 w 0 J 0 j"]
    try:
        _shapes(root, {"fill": "#000000", "stroke": "none", "stroke-width": "1"}, out, name)
    except (ValueError, IndexError):
        raise LogoError(f"{name} has a shape that cannot be read.") from None
    return Drawing(box[2] * scale, height, "\n".join([*out, "Q"]))


def _check_sides(wide: float, high: float, name: str) -> None:
    """Raises LogoError for a picture that would be a mere line."""
    if wide > MAX_RATIO * high or high > MAX_RATIO * wide:
        raise LogoError(f"{name} is {wide:g} wide and {high:g} high; one side may be {MAX_RATIO} times the other at most.")


def _tag(node: ElementTree.Element) -> str:
    return node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""


def _sane(number: float, text: str, node: ElementTree.Element, key: str, name: str) -> float:
    if not abs(number) <= LARGEST:
        raise LogoError(f"{name}: {key} of <{_tag(node)}> is {text[:30]!r}; numbers up to {LARGEST:.0f} are allowed.")
    return number


def _numbers(node: ElementTree.Element, key: str, name: str, text: str | None = None) -> list[float]:
    """The numbers of an attribute, or of a piece of it."""
    return [_sane(float(v), v, node, key, name) for v in _NUMBER.findall(node.get(key, "") if text is None else text)]


def _length(text: str | None, node: ElementTree.Element, key: str, name: str, missing: float) -> float:
    """A length, whose unit counts for nothing; `missing` where none is written."""
    if not (text or "").strip():
        return missing
    found = _LENGTH.fullmatch(text or "")
    if not found:
        raise LogoError(f"{name}: {key} of <{_tag(node)}> is {(text or '')[:30]!r}, which is no number.")
    return _sane(float(found.group(1)), found.group(1), node, key, name)


def _shapes(node: ElementTree.Element, above: dict[str, str], out: list[str], name: str, depth: int = 0) -> None:
    tag = _tag(node)
    if depth > MAX_DEPTH:
        raise LogoError(f"{name} has more than {MAX_DEPTH} groups in one another.")
    if tag in _SILENT:
        return
    if tag not in _SHAPES | _GROUPS:
        raise LogoError(f"{name} has <{tag}>; a logo may have {', '.join(sorted(_SHAPES))} and groups of them. Turn text into paths.")
    for key in node.keys():  # noqa: SIM118 (an element is no mapping)
        plain = key.rsplit("}", 1)[-1]
        if plain in ("href", "src", "filter", "mask", "clip-path") or plain.startswith("on") or "url(" in node.get(key, "").lower():
            raise LogoError(f"{name}: {plain!r} on <{tag}> is not allowed in a logo.")
    style = dict(above)
    for part in node.get("style", "").split(";"):
        key, colon, value = part.partition(":")
        if colon:
            style[key.strip()] = value.strip()
    for key in ("fill", "stroke", "stroke-width", "fill-rule"):
        style[key] = node.get(key, style.get(key, ""))
    matrix = [_matrix(kind, _numbers(node, "transform", name, inner)) for kind, inner in _TRANSFORM.findall(node.get("transform", ""))]
    out += ["q", *matrix]
    if tag in _GROUPS:
        for child in node:
            _shapes(child, style, out, name, depth + 1)
    else:
        _shape(node, tag, style, out, name)
    out.append("Q")
    if len(out) > MAX_SHAPES * 4:
        raise LogoError(f"{name} has more than {MAX_SHAPES} shapes.")


def _matrix(kind: str, v: list[float]) -> str:
    import math

    if kind == "translate":
        m = [1, 0, 0, 1, v[0], v[1] if v[1:] else 0]
    elif kind == "scale":
        m = [v[0], 0, 0, v[1] if v[1:] else v[0], 0, 0]
    elif kind == "rotate":
        c, s = math.cos(math.radians(v[0])), math.sin(math.radians(v[0]))
        x, y = (v[1], v[2]) if v[2:] else (0.0, 0.0)
        m = [c, s, -s, c, x - c * x + s * y, y - s * x - c * y]
    else:
        m = v[:6]
    return " ".join([f"{x:.6f}".rstrip("0").rstrip(".") for x in m]) + " cm"


def _shape(node: ElementTree.Element, tag: str, style: dict[str, str], out: list[str], name: str) -> None:
    def get(key: str) -> float:
        return _length(node.get(key), node, key, name, 0.0)

    points = _numbers(node, "points", name)
    if tag == "rect":
        path = f"{number(get('x'))} {number(get('y'))} {number(get('width'))} {number(get('height'))} re"
    elif tag in ("circle", "ellipse"):
        rx, ry = (get("r"), get("r")) if tag == "circle" else (get("rx"), get("ry"))
        x, y, k = get("cx"), get("cy"), 0.5522847498
        corners = [(rx, 0), (rx, k * ry), (k * rx, ry), (0, ry), (-k * rx, ry), (-rx, k * ry), (-rx, 0), (-rx, -k * ry), (-k * rx, -ry), (0, -ry),
                   (k * rx, -ry), (rx, -k * ry), (rx, 0)]
        p = [f"{number(x + a)} {number(y + b)}" for a, b in corners]
        path = f"{p[0]} m " + " ".join([f"{p[i]} {p[i + 1]} {p[i + 2]} c" for i in (1, 4, 7, 10)]) + " h"
    elif tag == "line":
        path = f"{number(get('x1'))} {number(get('y1'))} m {number(get('x2'))} {number(get('y2'))} l"
    elif tag in ("polyline", "polygon"):
        pairs = list(zip(points[::2], points[1::2]))
        path = " ".join([f"{number(x)} {number(y)} {'l' if i else 'm'}" for i, (x, y) in enumerate(pairs)]) + (" h" if tag == "polygon" else "")
    else:
        _numbers(node, "d", name)
        path = path_operators(node.get("d", ""))
    fill, stroke = _color(style.get("fill", ""), name), _color(style.get("stroke", ""), name)
    if not path or not (fill or stroke):
        return
    paint = ("B" if fill and stroke else "f" if fill else "S") + ("*" if fill and style.get("fill-rule") == "evenodd" else "")
    width = _length(style.get("stroke-width"), node, "stroke-width", name, 1.0)
    out.append(" ".join([f"{fill} rg" if fill else "", f"{stroke} RG {number(width)} w" if stroke else "", path, paint]).strip())


def _color(text: str, name: str) -> str:
    """Three numbers for PDF, "" for no paint."""
    if text in ("", "none", "transparent"):
        return ""
    from tinycss2.color3 import parse_color

    color = parse_color(text)
    if color is None or not hasattr(color, "red"):
        raise LogoError(f"{name}: {text!r} is not a plain colour.")
    return " ".join([number(v) for v in (color.red, color.green, color.blue)])
