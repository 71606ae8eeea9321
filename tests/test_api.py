"""The API against its own description: schemathesis sends what the description allows, and what it does not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import effort
import pytest

schemathesis = pytest.importorskip("schemathesis")
pytest.importorskip("starlette")

from hypothesis import HealthCheck, assume, settings  # noqa: E402

from examwright.practice.store import Store, token_hash  # noqa: E402
from examwright.practice.tasks import Catalogue  # noqa: E402
from examwright.web.app import make_app  # noqa: E402
from examwright.web.safety import Rate  # noqa: E402
from examwright.web.site import Site  # noqa: E402

pytestmark = pytest.mark.slow
TOKEN = "a token for the tests"


def _app() -> Any:
    store = Store(str(Path(tempfile.mkdtemp()) / "practice.db"))
    store.add_client("schemathesis", token_hash(TOKEN))
    fast = Rate(per_minute=1e6, burst=10**6)  # the limits have a test of their own
    return make_app(Site(store, Catalogue(["lecture-deck", "machine-learning"]), api_rate=fast, guess_rate=fast), hosts=["*"], warm=False)


if not effort.QUICK:  # schemathesis thinks about each operation for seconds when tests are collected, in every process
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", _app())

    @schema.parametrize()
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def test_the_api_is_what_it_says(case: Any) -> None:
        assume([] not in (case.query or {}).values())  # it is not sent, so it violates nothing
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})
