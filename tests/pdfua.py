"""Reads the structure of a PDF file back and says what a screen reader would miss (the machine-checkable part of PDF/UA-1)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

STANDARD = {"Document", "Sect", "Div", "H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "THead", "TBody", "TR", "TH", "TD", "Span",
            "Figure", "Formula", "BlockQuote"}
PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "EI"}


def elements(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, list[str]]]:
    """Every element with the roles above it, in reading order."""
    def walk(element: Any, above: list[str]) -> Iterator[tuple[Any, list[str]]]:
        yield element, above
        for kid in kids(element):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield from walk(kid, [*above, str(element.S)[1:]])

    for kid in kids(pdf.Root.StructTreeRoot):
        yield from walk(kid, [])


def kids(element: Any) -> list[Any]:
    found = element.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def faults(data: bytes) -> list[str]:
    """What is wrong with the file; empty if nothing is."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [*document_faults(pdf), *content_faults(pdf), *structure_faults(pdf), *font_faults(pdf)]


def document_faults(pdf: pikepdf.Pdf) -> list[str]:
    root, out = pdf.Root, []
    if not str(root.get("/Lang", "")):
        out.append("the document has no language")
    if not str(pdf.docinfo.get("/Title", "")):
        out.append("the document has no title")
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)):
        out.append("the document is not marked")
    if not bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)):
        out.append("the title is not displayed")
    xmp = bytes(root.Metadata.read_bytes()).decode() if "/Metadata" in root else ""
    if "<pdfuaid:part>1</pdfuaid:part>" not in xmp:
        out.append("no PDF/UA identifier")
    if "<dc:title>" not in xmp:
        out.append("no title in the metadata")
    if any(["/Tabs" not in page or page.Tabs != "/S" for page in pdf.pages]):
        out.append("the tab order is not that of the structure")
    return out


def content_faults(pdf: pikepdf.Pdf) -> list[str]:
    out = []
    tree = pdf.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(tree[i]): tree[i + 1] for i in range(0, len(tree), 2)}
    claimed: dict[tuple[int, int], int] = {}
    pages = {page.obj.objgen: n for n, page in enumerate(pdf.pages)}
    for element, _ in elements(pdf):
        for kid in kids(element):
            if isinstance(kid, int):
                claimed[pages[element.Pg.objgen], kid] = claimed.get((pages[element.Pg.objgen], kid), 0) + 1
            elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
                key = (pages[kid.Pg.objgen], int(kid.MCID))
                claimed[key] = claimed.get(key, 0) + 1
    seen = set()
    for n, page in enumerate(pdf.pages):
        stack: list[Any] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                tag = str(operands[0])[1:]
                mcid = operands[1].get("/MCID") if name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) else None
                if stack:
                    out.append(f"page {n + 1}: {tag} within {stack[-1]}")
                if tag != "Artifact" and mcid is None:
                    out.append(f"page {n + 1}: {tag} without number")
                if mcid is not None:
                    seen.add((n, int(mcid)))
                    if str(parents[n][int(mcid)].S)[1:] != tag:
                        out.append(f"page {n + 1}: piece {mcid} is a {tag} but belongs to a {parents[n][int(mcid)].S}")
                stack.append(tag)
            elif name == "EMC":
                stack.pop()
            elif name in PAINTING and not stack:
                out.append(f"page {n + 1}: {name} is neither in an element nor an artifact")
        if stack:
            out.append(f"page {n + 1}: {stack[-1]} is not closed")
    if seen != set(claimed):
        out.append(f"pieces that are in no element, or in one only: {sorted(seen ^ set(claimed))[:5]}")
    out += [f"piece {key} is in {times} elements" for key, times in claimed.items() if times != 1]
    return out


def structure_faults(pdf: pikepdf.Pdf) -> list[str]:
    out, level = [], 0
    for element, above in elements(pdf):
        role = str(element.S)[1:]
        if role not in STANDARD:
            out.append(f"{role} is no standard role")
        if role in ("Figure", "Formula") and not str(element.get("/Alt", "")).strip():
            out.append(f"a {role} has no alternative text")
        if role in ("Figure", "Formula") and "\\" in str(element.get("/Alt", "")):
            out.append(f"a {role} is described in LaTeX: {element.Alt}")
        if role in ("H1", "H2", "H3"):
            if int(role[1]) > level + 1:
                out.append(f"{role} after a heading of level {level}")
            level = int(role[1])
        wanted = {"LI": {"L"}, "Lbl": {"LI"}, "LBody": {"LI"}, "TR": {"Table", "THead", "TBody"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"},
                  "TBody": {"Table"}}.get(role)
        if wanted and (not above or above[-1] not in wanted):
            out.append(f"{role} in {above[-1:]}")
        if role == "Table":
            rows = table_rows(element)
            if len({len(r) for r in rows}) != 1:
                out.append(f"a table with rows of {[len(r) for r in rows]} cells")
            heads = [c for r in rows for c in r if c.S == "/TH"]
            if not heads:
                out.append("a table without headers")
            if any(["/A" not in c or "/Scope" not in c.A for c in heads]):
                out.append("a header without scope")
    if level == 0:
        out.append("no headings")
    return out


def table_rows(element: Any) -> list[list[Any]]:
    if element.S == "/TR":
        return [[k for k in kids(element) if isinstance(k, pikepdf.Dictionary)]]
    return [row for kid in kids(element) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid for row in table_rows(kid)]


def font_faults(pdf: pikepdf.Pdf) -> list[str]:
    out = []
    for page in pdf.pages:
        for name, font in page.Resources.Font.items():
            if "/ToUnicode" not in font:
                out.append(f"the font {name} cannot be read as text")
            descriptor = font.DescendantFonts[0].FontDescriptor
            if not {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                out.append(f"the font {name} is not embedded")
    return out


def said(data: bytes) -> list[tuple[str, str]]:
    """(role, alternative text) of all elements, in reading order."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [(str(e.S)[1:], str(e.get("/Alt", e.get("/ActualText", "")))) for e, _ in elements(pdf)]
