"""`examwright preview`: one question as a picture, while its author writes it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

POLL = 0.15  # seconds between two looks at the file


@click.command()
@click.argument("question", metavar="PATH|ID")
@click.option("--seed", default="0", show_default=True, metavar="S", help="Which variant.")
@click.option("--key", is_flag=True, help="The key with solutions, not the paper.")
@click.option("--theme", type=click.Path(exists=True, dir_okay=False), help="A theme file.")
@click.option("-o", "out", metavar="FILE", help="Where it goes: .png or .pdf (default: preview.png here).")
@click.option("--watch", is_flag=True, help="Draw it again whenever the file changes, until interrupted.")
def preview(question: str, seed: str, key: bool, theme: str | None, out: str | None, watch: bool) -> None:
    """A picture of one question as it will be printed.

    With --watch it is drawn again in less than a second after each change; an error in the file is shown and waited out. Open the
    picture in a viewer that follows changes. A PNG needs pypdfium2 (pip install 'examwright[preview]'); a PDF needs nothing more.
    """
    from examwright.generator.errors import ExamwrightError

    target = Path(out or "preview.png")
    if target.suffix.lower() not in (".png", ".pdf"):
        raise click.BadParameter(f"{str(target)!r} must end in .png or .pdf.", param_hint="-o")
    if target.suffix.lower() == ".png":
        _need_pdfium()
    if not watch:
        pages = draw(question, seed, key, theme, target)
        click.echo(f"{target}: {pages} page{'s' if pages != 1 else ''}")
        return
    files = _files(question, theme)
    seen: Any = None
    try:
        while True:
            stamps = [(p, p.stat().st_mtime_ns if p.exists() else 0) for p in files]
            if stamps != seen:
                seen = stamps
                began = time.perf_counter()
                try:
                    pages = draw(question, seed, key, theme, target)
                    click.echo(f"{target}: {pages} page{'s' if pages != 1 else ''}, {time.perf_counter() - began:.2f} s")
                except ExamwrightError as error:
                    click.echo(str(error), err=True)
            time.sleep(POLL)
    except KeyboardInterrupt:
        click.echo("")


def draw(question: str, seed: str, key: bool, theme: str | None, target: Path) -> int:
    """Draw a question into a file; how many pages it has. Raises ExamwrightError."""
    from examwright.generator.bank import resolve
    from examwright.generator.culprit import of_question
    from examwright.generator.draw import draw_variant
    from examwright.generator.errors import ExamwrightError
    from examwright.generator.make import sample_view, write_atomic
    from examwright.generator.pages import render
    from examwright.generator.pages.theme import PLAIN, load_theme

    loaded, pins, parts = resolve(question)
    variant = draw_variant(loaded, seed, pins, parts)
    look = load_theme(Path(theme)) if theme else PLAIN
    view = sample_view(variant, look)
    try:
        pdf = render(view, "key" if key else "paper")
    except ExamwrightError as error:
        place = of_question(view, view.sections[0].items[0], variant, error)
        raise ExamwrightError(f"{question}: {error}{f', at {place}' if place else ''}") from None
    if target.suffix.lower() == ".pdf":
        from pypdf import PdfReader

        write_atomic(target, pdf)
        return len(PdfReader(target).pages)
    data, pages = png(pdf)
    write_atomic(target, data)
    return pages


def png(pdf: bytes) -> tuple[bytes, int]:
    """The pages below each other in one picture, and how many they are; white ends are cut off."""
    import io

    from PIL import Image, ImageChops

    document = _need_pdfium().PdfDocument(pdf)
    pictures = [page.render(scale=1.6).to_pil().convert("RGB") for page in document]
    width, height = pictures[0].width, sum([p.height for p in pictures])
    whole = Image.new("RGB", (width, height), "white")
    y = 0
    for picture in pictures:
        whole.paste(picture, (0, y))
        y += picture.height
    box = ImageChops.difference(whole, Image.new("RGB", whole.size, "white")).getbbox() or (0, 0, width, height)
    out = io.BytesIO()
    whole.crop((0, 0, width, min(height, box[3] + 30))).save(out, "PNG")
    return out.getvalue(), len(pictures)


def _need_pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError:
        from examwright.generator.errors import ExamwrightError

        raise ExamwrightError("A picture needs pypdfium2: pip install 'examwright[preview]'. Or ask for a PDF: -o preview.pdf") from None
    return pypdfium2


def _files(question: str, theme: str | None) -> list[Path]:
    """The files whose change calls for a new picture."""
    from examwright.generator.index import bank_paths, question_paths

    path = Path(question)
    found = [path] if path.suffix in (".yaml", ".yml") else []
    if not found:
        known = question_paths()
        found = [known[question]] if question in known else list(bank_paths().values())
    return [*found, *([Path(theme)] if theme else [])]
