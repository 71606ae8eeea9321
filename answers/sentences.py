"""Are the options of a question sentences or words? Without imports: `examwright list` asks it, too."""

from __future__ import annotations

from collections.abc import Iterable


def is_sentence(text: str) -> bool:
    """True for a text that ends as a sentence does."""
    return text.rstrip().endswith((".", "?", "!", "。", "？", "！"))


def are_shuffled(texts: Iterable[str], order: object = None) -> bool:
    """Are these options printed in an order that is drawn? `order` is what the type says: "shuffled", "as written" or nothing."""
    return order == "shuffled" if order is not None else all(map(is_sentence, texts))
