"""Figures: CPU milliseconds for each one on a page, next to the same picture given to WeasyPrint as SVG."""

from __future__ import annotations

import base64
import time
from typing import Any

from examwright.generator import figures
from examwright.generator.draw import draw_variant
from examwright.generator.index import question_paths
from examwright.generator.load import load
from examwright.generator.wording import ask, question_text, solution


def measure(count: int) -> dict[str, dict[str, float]]:
    """For each question with figures, over the figures of `count` variants: mean and largest ms of ours, mean ms of the SVG."""
    import weasyprint

    out = {}
    for question_id in question_paths():
        question = load(question_id)
        if not question.figures:
            continue
        found: list[str] = []
        for seed in range(-1, count):  # the first typesets the shapes of the labels
            variant = draw_variant(question, f"bench {seed}")
            text = " ".join([question_text(variant), *[ask(variant, p) for p in variant.parts], solution(variant)])
            addresses = [a for _, a in figures.IN_TEXT.findall(text)]
            if seed < 0:
                [figures.drawn(a).operators(len) for a in addresses]
            else:
                found += addresses
        figures.drawn.cache_clear()
        times = []
        for address in found:
            began = time.process_time()
            figures.drawn(address).operators(len)
            times.append(1000 * (time.process_time() - began))

        def page(pictures: list[str]) -> float:
            html = "".join([f'<img src="data:image/svg+xml;base64,{base64.b64encode(p.encode()).decode()}"/>' for p in pictures])
            began = time.process_time()
            weasyprint.HTML(string=html).write_pdf()
            return 1000 * (time.process_time() - began)

        pictures = [figures.drawn(a).svg() for a in found]
        out[question_id] = {"ours": sum(times) / len(times), "most": max(times), "svg": (page(pictures) - page([])) / len(pictures)}
    return out


def show(table: Any, count: int) -> dict[str, dict[str, float]]:
    """Measure and print."""
    out = measure(count)
    print(f"\nCPU ms for a figure (drawn and as PDF operators; figures of {count} variants), next to the same picture as SVG in WeasyPrint\n")
    table(["", "ours", "slowest", "SVG", "ratio"],
          [[q, f"{r['ours']:.2f}", f"{r['most']:.2f}", f"{r['svg']:.1f}", f"{r['svg'] / r['ours']:.1f}"] for q, r in out.items()])
    return out
