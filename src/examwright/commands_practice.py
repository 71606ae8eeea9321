"""`examwright serve`, `practice`, `client`, `access`, `collect`, `release`: practice in the browser and the terminal, exams on screen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

_database = click.option("--database", metavar="FILE|URL", help="Where answers are kept: a file (SQLite), or postgresql://user@host/name "
                                                                "(default: practice.db in your data folder).")
_exam = click.argument("exam", metavar="DIR", type=click.Path(exists=True, file_okay=False))


def _store(database: str | None) -> Any:
    """The open database. Raises ExamwrightError, also where an extra is not installed."""
    _need("sqlalchemy", "practice")
    _need("fsrs", "practice")
    from examwright.practice.store import Store, default_place

    return Store(database or default_place())


def _need(module: str, extra: str) -> None:
    import importlib.util

    if importlib.util.find_spec(module) is None:
        from examwright.generator.errors import ExamwrightError

        raise ExamwrightError(f"This needs {module}: pip install 'examwright[{extra}]'")


class _Time(click.ParamType):
    """A time of this computer's clock, or with its own offset."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            self.fail(f"{value!r} is no time. Write it like 2026-11-30T09:00 (this computer's clock) or 2026-11-30T09:00+01:00.", param, ctx)


@click.command()
@click.option("--bank", "banks", multiple=True, metavar="NAME", help="What is offered: a bank, or a folder of your own questions (repeat for several; default: all questions).")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 for all.")
@click.option("--origin", default="", metavar="URL", help="The address under which the world sees it, where a proxy stands before it.")
@_database
@click.option("--exam", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Nothing to practise, but this issued exam on screen.")
@click.option("--opens", type=_Time(), metavar="TIME", help="When the exam can first be begun.")
@click.option("--closes", type=_Time(), metavar="TIME", help="When it ends for everybody.")
@click.option("--roster", type=click.Path(exists=True, dir_okay=False), help="The class list, for extra minutes.")
def serve(banks: tuple[str, ...], port: int, host: str, origin: str, database: str | None, exam: str | None, opens: datetime | None,
          closes: datetime | None, roster: str | None) -> None:
    """Practise in the browser; or, with --exam, take an issued exam on screen.

    Students answer part by part or all at once and are told at once what went wrong; hints, worked solutions and progress are there. The
    API for course platforms is at /api (see 'examwright client'). For an exam, 'examwright access' gives each student's key, 'examwright collect' marks what
    was handed in, 'examwright release' shows the results.
    """
    for module in ("starlette", "uvicorn", "itsdangerous", "multipart"):
        _need(module, "web")
    if exam is None and (opens or closes or roster):
        raise click.UsageError("--opens, --closes and --roster go with --exam.")
    from urllib.parse import urlsplit

    if origin and (urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).hostname):
        raise click.BadParameter(f"{origin!r} is no address such as https://practice.example.org.", param_hint="--origin")
    import uvicorn

    from examwright.practice.exam import Exam
    from examwright.practice.tasks import Catalogue
    from examwright.web.app import make_app
    from examwright.web.site import Site

    catalogue = Catalogue(banks)
    store = _store(database)
    sat = Exam(Path(exam), store, opens, closes, Path(roster) if roster else None) if exam else None
    everywhere = host in ("0.0.0.0", "::")
    hosts = ["*"] if everywhere and not origin else ["127.0.0.1", "localhost", "[::1]", host]
    app = make_app(Site(store, catalogue, sat), hosts, origin)

    class Server(uvicorn.Server):
        """Says where it listens, once it does."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            for server in self.servers:
                for socket in server.sockets[:1]:
                    where = "localhost" if everywhere else host
                    click.echo(f"{origin or f'http://{where}:{socket.getsockname()[1]}/'}  (Ctrl+C ends it)")

    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False, server_header=False, limit_concurrency=2000,
                            timeout_keep_alive=20, proxy_headers=bool(origin), forwarded_allow_ips="127.0.0.1")
    Server(config).run()


@click.command()
@click.argument("question", metavar="[ID]", required=False)
@click.option("--topic", metavar="T", help="Only questions of this topic (a folder, or a word of 'examwright list').")
@click.option("--bank", "banks", multiple=True, metavar="NAME", help="What is offered: a bank, or a folder of your own questions (repeat for several; default: all questions).")
@click.option("--seed", metavar="S", help="The variant to begin with.")
@click.option("--midterm", metavar="PLAN", help="No single questions, but a whole paper by an exam plan, with a clock.")
@_database
def practice(question: str | None, topic: str | None, banks: tuple[str, ...], seed: str | None, midterm: str | None, database: str | None) -> None:
    """Practise in the terminal.

    Each answer is marked at once and told what went wrong. What is due for repetition comes first. ID names a question to begin with.
    With --midterm, a whole paper is answered against its clock, and marked when it is handed in.
    """
    if midterm is not None and (question or topic or banks or seed):
        raise click.UsageError("--midterm goes with no question, topic, bank or seed: the plan says what is asked.")
    store = _store(database)
    from examwright.practice.tasks import Catalogue
    from examwright.terminal import Session, practise
    from examwright.terminal_midterm import sit

    if midterm is not None:
        sit(Session(store, Catalogue()), midterm)
        return
    practise(store, Catalogue(banks), topic, question, seed)


@click.group()
def export() -> None:
    """Give questions to other programs."""


@export.command()
@click.option("-o", "out", required=True, metavar="FILE.apkg", help="The file to write.")
@click.option("--topic", metavar="T", help="Only questions of this topic.")
@click.option("--bank", "banks", multiple=True, metavar="NAME", help="Which questions: a bank, or a folder of your own (repeat for several; default: all).")
@click.option("--count", default=5, show_default=True, type=click.IntRange(1, 1000), help="Variants of each question.")
@click.option("--seed", metavar="S", help="The same seed gives the same deck (default: fresh variants).")
def anki(out: str, topic: str | None, banks: tuple[str, ...], count: int, seed: str | None) -> None:
    """Make an Anki deck of fresh variants, with keys and worked solutions on the back."""
    _need("genanki", "anki")
    if not out.endswith(".apkg"):
        raise click.BadParameter(f"{out!r} must end in .apkg.", param_hint="-o")
    from examwright.anki import export as write
    from examwright.generator.errors import nearest
    from examwright.practice.tasks import SEED, Catalogue

    if seed is not None and not SEED.fullmatch(f"{seed}-{count}"):
        raise click.BadParameter("a seed has letters, digits, dots, underscores or hyphens.", param_hint="--seed")
    catalogue = Catalogue(banks)
    families = catalogue.choose(topic)
    if not families:
        raise click.UsageError(f"No question has the topic {topic!r}. {nearest(topic or '', catalogue.topics, 40)}")
    click.echo(f"{write(catalogue, families, count, seed, Path(out))} cards: {out}")


@click.command()
@click.argument("name")
@click.option("--remove", is_flag=True, help="Take the client's token away.")
@_database
def client(name: str, remove: bool, database: str | None) -> None:
    """Make a token with which a course platform may use the API of 'examwright serve'. It is shown once."""
    import secrets

    store = _store(database)
    if remove:
        if not store.remove_client(name):
            raise click.UsageError(f"There is no client {name!r}.")
        click.echo(f"{name} has no token any more.")
        return
    from examwright.practice.store import token_hash

    token = secrets.token_urlsafe(32)
    store.add_client(name, token_hash(token))
    click.echo(token)


@click.command()
@_exam
@click.option("-o", "out", required=True, metavar="CSV", help="The file to write.")
@_database
def access(exam: str, out: str, database: str | None) -> None:
    """Write the access keys with which students open an issued exam on screen. Send each student theirs only."""
    from examwright.generator.make import write_atomic
    from examwright.practice.exam import Exam

    found = Exam(Path(exam), _store(database))
    write_atomic(Path(out), found.access().encode())
    Path(out).chmod(0o600)
    click.echo(f"{len(found.papers)} access keys: {out}")


@click.command()
@_exam
@click.option("--wait", is_flag=True, help="Leave out nobody: do nothing while students are at work.")
@_database
@click.pass_context
def collect(ctx: click.Context, exam: str, wait: bool, database: str | None) -> None:
    """Mark what students have handed in on screen, like answers on paper.

    The answers of all who have handed in, or whose time is up, go to DIR/screen-answers.csv and are graded from there, as
    'examwright grade' does. May be repeated. Exit 3: something waits for a person.
    """
    from examwright.commands_grade import OPEN, many
    from examwright.generator.make import write_atomic
    from examwright.grader.grade import grade
    from examwright.practice.exam import Exam

    found = Exam(Path(exam), _store(database))
    text, done, working = found.collected()
    if working:
        click.echo(f"{many(len(working), 'student')} still at work: {', '.join(working[:10])}{' …' if len(working) > 10 else ''}", err=True)
        if wait:
            ctx.exit(1)
    if not done:
        raise click.UsageError("Nobody has handed in.")
    path = Path(exam) / "screen-answers.csv"
    write_atomic(path, text.encode())
    graded = grade(Path(exam), path)
    click.echo(f"{many(len(done), 'student')} marked: {graded.files[0]}   totals: {graded.files[1]}   open: {graded.files[2]}")
    if graded.open or graded.troubles:
        waiting = len(graded.open) + len(graded.troubles)
        click.echo(f"{many(waiting, 'answer')} wait{'s' if waiting == 1 else ''} for a person.")
        ctx.exit(OPEN)


@click.command()
@_exam
@click.option("--hold", is_flag=True, help="Hold the results back again.")
@_database
def release(exam: str, hold: bool, database: str | None) -> None:
    """Let students see their marks and feedback on screen."""
    from examwright.commands_grade import many
    from examwright.grader.grade import current
    from examwright.practice.exam import Exam

    found = Exam(Path(exam), _store(database))
    if not hold:
        working = found.collected()[2]
        if working:
            click.echo(f"{many(len(working), 'student')} still at work: {', '.join(working[:10])}", err=True)
        marks = current(Path(exam))
        if marks.open:
            click.echo(f"{many(len(marks.open), 'mark')} still open until a person has looked; totals are shown as not final.", err=True)
    found.release(not hold)
    click.echo("Results are held back." if hold else "Results are released.")
