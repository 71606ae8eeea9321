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
        named = config.args if config.args_source is config.ArgsSource.ARGS else []  # only what the user asked for
        config.args[:] = [*named, *[p for p in paths if p not in named]]


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
        from examwright.generator.errors import ExamwrightError
        from examwright.generator.load import load_file

        seeds = self.config.getoption("--examwright-seeds")
        for seed in range(seeds if self.most is None else min(seeds, self.most)):
            try:
                question = load_file(self.path)
                variant = draw_variant(question, seed)
            except ExamwrightError:
                pytest.skip("there is no variant to try it on: see what 'loads' says")  # once is enough
            for message in self.contract(variant):
                raise Broken(f"{question.id}, seed {seed}: {message}")
