"""Files for the printer: all papers in one, two pages on a sheet, or booklets to be folded. They are for paper only: without tags."""

from __future__ import annotations

import io
from typing import Any

from examwright.generator.pages.views import PagesError

LAYOUTS = ("two-up", "booklet")


def merge(pdfs: list[bytes], duplex: bool) -> bytes:
    """All papers in one file for the printer; with `duplex` each begins on the front of a sheet."""
    from pypdf import PdfReader, PdfWriter

    if not pdfs:
        raise PagesError("there are no papers to put together")
    writer = PdfWriter()
    for pdf in pdfs:
        reader = PdfReader(io.BytesIO(pdf))
        writer.append(reader, import_outline=False)
        if duplex and len(reader.pages) % 2:
            box = reader.pages[-1].mediabox
            writer.add_blank_page(box.width, box.height)
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    return _finished(writer)


def _finished(writer: Any) -> bytes:
    writer.metadata = {"/Producer": "Examwright"}
    writer._ID = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def impose(pdfs: list[bytes], layout: str) -> bytes:
    """All papers, two pages side by side on each side of a sheet: "two-up" in their order, each paper on sheets of its own;
    "booklet" so that each paper's stack, printed on both sides (short edge) and folded, is a booklet of half the size."""
    from pypdf import PageObject, PdfReader, PdfWriter, Transformation

    if layout not in LAYOUTS:
        raise PagesError(f"there is no layout {layout!r}; there are {', '.join(LAYOUTS)}")
    writer = PdfWriter()
    for pdf in pdfs:
        pages: list[Any] = list(PdfReader(io.BytesIO(pdf)).pages)
        step = 4  # pages of a sheet, front and back: papers never share one
        pages += [None] * (-len(pages) % step)
        n = len(pages)
        order = list(range(n))
        if layout == "booklet":
            order = [p for s in range(n // 4) for p in (n - 1 - 2 * s, 2 * s, 2 * s + 1, n - 2 - 2 * s)]
        width, height = float(pages[0].mediabox.width), float(pages[0].mediabox.height)
        scale = min(height / (2 * width), width / height)
        for i in range(0, n, 2):
            side = PageObject.create_blank_page(writer, height, width)
            for half, at in enumerate(order[i:i + 2]):
                page = pages[at]
                if page is not None:
                    x = half * height / 2 + (height / 2 - width * scale) / 2
                    side.merge_transformed_page(page, Transformation().scale(scale).translate(x, (width - height * scale) / 2))
            writer.add_page(side)
    for page in writer.pages:
        page.compress_content_streams()
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    return _finished(writer)
