"""The fuzz target of tests/fuzz_reader.py: on the whole corpus, asked in every way, and a short run of the fuzzer itself."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TARGET = Path(__file__).parent / "fuzz_reader.py"


@pytest.fixture(scope="module")
def target() -> Any:
    spec = importlib.util.spec_from_file_location("fuzz_reader", TARGET)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_target_would_notice(target: Any, monkeypatch: Any) -> None:
    typed = target.read_number("1.5")
    monkeypatch.setattr(target, "READERS", [lambda raw, notation: typed, *target.READERS[1:]])
    with pytest.raises(AssertionError, match="was read as"):
        target.check(0, 0, "2")
    with pytest.raises(AssertionError, match="is shown as"):
        target.shown_is_read_back(typed._replace(text="1.6"))


@pytest.mark.slow
def test_the_corpus_asked_for_everything(target: Any) -> None:
    for i, text in enumerate(target.starts()):
        for asked in range(target.ASKED):
            target.check(asked, i, text)


@pytest.mark.slow
def test_fuzzing(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    done = subprocess.run([sys.executable, str(TARGET), "-runs=20000", "-seed=1", "-max_len=120", "-rss_limit_mb=0", str(tmp_path)],
                          capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
