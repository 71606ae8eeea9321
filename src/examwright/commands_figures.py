"""`examwright figures`: what figures there are, for authors of questions."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("kind", required=False)
@click.option("-o", "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
              help="Write the gallery: figures.md, and a picture of each kind.")
def figures(kind: str | None, out: Path | None) -> None:
    """List the kinds of figures, tell the options of one, or write the gallery of all."""
    from examwright.generator import figures as room
    from examwright.generator.errors import ExamwrightError, nearest
    from examwright.generator.figures import gallery

    if kind is not None and kind not in room.kind_names():
        raise ExamwrightError(f"There is no figure of the kind {kind!r}. {nearest(kind, room.kind_names())}")
    if out is not None:
        for name, text in gallery.pages().items():
            if kind is None or name.endswith(f"/{kind}.svg"):
                try:
                    (out / name).parent.mkdir(parents=True, exist_ok=True)
                    (out / name).write_text(text, encoding="utf-8")
                except OSError as error:
                    raise ExamwrightError(f"{out / name}: {error.strerror}.") from None
                click.echo(out / name)
        return
    if kind is None:
        width = max(map(len, room.kind_names()))
        for name in room.kind_names():
            click.echo(f"{name:<{width}}  {gallery.about(name)[0]}")
        click.echo("Options and an example: examwright figures KIND. Pictures: examwright figures -o DIR.")
        return
    first, options = gallery.about(kind)
    click.echo(f"{first}\n\nfigures:\n{gallery.example(kind)}")
    for name, what, needed, meaning in options:
        click.echo(f"{name} ({what}{', needed' if needed else ''}): {meaning}")
