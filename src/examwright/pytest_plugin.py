"""`pytest --examwright PATH`: the contract tests on an instructor's own questions, one test for each
question and contract. Nothing of Examwright is imported until the option is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("examwright")
    group.addoption("--examwright", action="append", default=[], metavar="PATH",
                    help="test the question files of this file or folder (repeat)")
    group.addoption("--examwright-seeds", type=int, default=50, metavar="N", help="variants of each question (50)")


def pytest_configure(config: Any) -> None:
    paths = config.getoption("--examwright")
    if paths:
        for path in paths:
            if not Path(path).exists():
                raise pytest.UsageError(f"--examwright: there is no file or folder {path!r}")
        config.args[:] = [a for a in config.args if Path(a).exists() and a not in config.getini("testpaths")] \
            if config.invocation_params.args and not _named_paths(config) else config.args
        config.args += [p for p in paths if p not in config.args]


def _named_paths(config: Any) -> bool:
    """True if the user also named test files of their own."""
    return any(not str(a).startswith("-") and Path(str(a).split("::")[0]).exists() and str(a) not in
               config.getoption("--examwright") for a in config.invocation_params.args)


def pytest_collect_file(file_path: Path, parent: Any) -> Any:
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    for root in parent.config.getoption("--examwright"):
        path = Path(root).resolve()
        if path == file_path or path in file_path.parents:
            return QuestionFile.from_parent(parent, path=file_path)
    return None


class QuestionFile(pytest.File):
    """A question file; its tests are the contracts."""

    def collect(self) -> Iterator[pytest.Item]:
        from examwright.grader import contracts

        yield Loads.from_parent(self, name="loads")
        for contract in contracts.ALWAYS + contracts.MARKING + contracts.TYPESET:
            most = contracts.TYPESET_SEEDS if contract in contracts.TYPESET else None
            yield Holds.from_parent(self, name=contract.__name__, contract=contract, most=most)


class Broken(Exception):
    """A contract that does not hold; its text is for people."""


class _Item(pytest.Item):
    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        from examwright.generator.errors import ExamwrightError

        if isinstance(excinfo.value, (Broken, ExamwrightError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> Any:
        return self.path, 0, f"{self.path.name}: {self.name}"


class Loads(_Item):
    """The file has no faults, and every variant can be drawn and is solved twice."""

    def runtest(self) -> None:
        from examwright.generator.load import load_file
        from examwright.grader.contracts import run

        report = run(load_file(self.path), range(self.config.getoption("--examwright-seeds")), full=0)
        if report.faults:
            raise Broken("\n".join(map(str, report.faults)))


class Holds(_Item):
    """One contract over the seeds."""

    def __init__(self, *, contract: Any, most: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.contract = contract
        self.most = most  # seeds that are enough for this contract

    def runtest(self) -> None:
        from examwright.generator.draw import draw_variant
        from examwright.generator.load import load_file

        question = load_file(self.path)
        seeds = self.config.getoption("--examwright-seeds")
        for seed in range(seeds if self.most is None else min(seeds, self.most)):
            for message in self.contract(draw_variant(question, seed)):
                raise Broken(f"{question.id}, seed {seed}: {message}")
