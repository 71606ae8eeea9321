"""When a question is due again: FSRS, a free spaced-repetition scheduler, as its library computes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flint import fmpq

GOOD, HARD = fmpq(9, 10), fmpq(1, 2)  # shares of the points from which an attempt counts as recalled well, or with effort


@lru_cache(maxsize=1)
def _scheduler() -> Any:
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)


def after(card: tuple[str, str] | None, share: fmpq, at: datetime | None = None) -> tuple[str, str]:
    """(due, state) of a question after an attempt that earned this share of its points; `card` is what stood there before."""
    from fsrs import Card, Rating

    old = Card() if card is None else Card.from_dict(json.loads(card[1]))
    rating = Rating.Good if share >= GOOD else Rating.Hard if share >= HARD else Rating.Again
    new, _ = _scheduler().review_card(old, rating, at or datetime.now(UTC))
    return new.due.astimezone(UTC).isoformat(timespec="microseconds"), json.dumps(new.to_dict())
