"""Independent checks of the logistic regression questions, by way of the logit."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["cross_entropy_by_logit"]


def cross_entropy_by_logit(y: int, q: float, base: str) -> dict[str, Any]:
    """Every part of logistic-regression/ce-point: the loss as ln(1 + e^(∓z)) at the logit z = ln(q/(1 − q)), its
    slope in z by a complex step."""
    h = 1e-30
    z = np.log(q) - np.log1p(-q) + 1j * h
    loss = np.log(1 + np.exp(-z if y == 1 else z))
    unit = np.log(2.0) if base == "log2" else 1.0
    return {"loss": float(loss.real / unit), "slope": float(loss.imag / h)}
