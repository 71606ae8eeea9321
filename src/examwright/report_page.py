"""The class report as one web page."""

from __future__ import annotations

from typing import Any

from examwright import plots
from examwright.generator.webpage import web_page
from examwright.grader.report import EACH, REASONS, PartFigures, QuestionFigures, Report, histogram

SHOWN = 25  # mistakes on the page; all stand in mistakes.csv
NAMES = ("right", "carried on", "partly", "known mistake", "wrong", "blank", "open", "by hand", "void")


def report_page(report: Report) -> bytes:
    """The report as an HTML file that needs nothing else: the same report gives the same bytes."""
    from markupsafe import Markup

    percent = sum(report.percents) / len(report.percents) if report.percents else None
    used = [k for k in range(len(REASONS)) if any([p.why[REASONS[k]] for q in report.questions for p in q.parts])]

    def composition(q: QuestionFigures) -> Any:
        rows = [(f"{p.label + ' ' if p.label else ''}{p.part}", [p.why[REASONS[k]] for k in used]) for p in q.parts]
        return Markup(plots.composition(rows, [NAMES[k] for k in used], f"How the parts of {q.title} were answered"))

    def strips(groups: Any, title: str) -> Any:
        return Markup(plots.strips([(f"{g.name} ({len(g.percents)})", g.percents) for g in groups], title))

    return web_page(
        "report.html.j2", report=report, mistakes=([m for m in report.mistakes if m.count >= EACH] or list(report.mistakes))[:SHOWN],
        number=number, composition=composition, strips=strips, used=used, legend=Markup(plots.legend([NAMES[k] for k in used])),
        reasons=REASONS, names=NAMES, distribution=Markup(plots.histogram(histogram(report.percents), percent, "Students by their share of the points")),
        bar=lambda share, title: Markup(plots.bar(share, title)), place=place, where=where, p_text=p_text)


def number(x: float | None, places: int = 2) -> str:
    """A figure as printed; – where there is none."""
    return "–" if x is None else f"{x:.{places}f}".replace("-", "−")


def p_text(p: float) -> str:
    """A p-value as printed."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def place(q: QuestionFigures) -> str:
    """Where a question stands on the papers."""
    return ", ".join(map(str, q.places))


def where(q: QuestionFigures, p: PartFigures) -> str:
    """A part as printed: 3b."""
    return f"{q.places[0]}{p.label}" if len(q.places) == 1 else p.label or "–"
