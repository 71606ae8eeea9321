"""Third-party libraries against our solvers: of the tests that run over seeds the first few are quick, the rest is slow."""

from __future__ import annotations

import pytest

QUICK = 4  # seeds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seen: dict[str, set[object]] = {}
    for item in items:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if item.path.parent.name != "oracles" or "seed" not in parameters:
            continue
        seeds = seen.setdefault(item.nodeid.partition("[")[0], set())
        if len(seeds) < QUICK:
            seeds.add(parameters["seed"])
        if parameters["seed"] not in seeds:
            item.add_marker(pytest.mark.slow)
