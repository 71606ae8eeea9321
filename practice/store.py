"""What practice keeps: who learns, what was answered, what is due. SQLite in WAL mode, or PostgreSQL, through one layer.

Every answer is an event that is never changed, written in a transaction of its own before the learner is told anything: what was
accepted survives a kill. Only drafts (what stands in the fields), cards (what is due when) and the end of a sitting are overwritten.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from examwright.generator.errors import ExamwrightError

WAIT = 30  # seconds for another writer
FORMAT = "1"

_meta = sa.MetaData()
_setting = sa.Table("setting", _meta, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
_learner = sa.Table("learner", _meta, sa.Column("id", sa.Text, primary_key=True), sa.Column("name", sa.Text, nullable=False),
                    sa.Column("since", sa.Text, nullable=False))
_sitting = sa.Table(  # several questions at once against a clock: a mixed midterm, or an issued paper
    "sitting", _meta, sa.Column("id", sa.Text, primary_key=True), sa.Column("learner", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False), sa.Column("begun", sa.Text, nullable=False), sa.Column("until", sa.Text, nullable=False),
    sa.Column("handed_in", sa.Text), sa.Column("items", sa.Text, nullable=False))
_attempt = sa.Table(
    "attempt", _meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("learner", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False), sa.Column("seed", sa.Text, nullable=False), sa.Column("source", sa.Text, nullable=False),
    sa.Column("begun", sa.Text, nullable=False), sa.UniqueConstraint("learner", "question", "seed"))
_event = sa.Table(
    "event", _meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("attempt", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.Text, nullable=False), sa.Column("what", sa.Text, nullable=False), sa.Column("part", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False), sa.Column("mark", sa.Text))
_draft = sa.Table(
    "draft", _meta, sa.Column("learner", sa.Text, primary_key=True), sa.Column("place", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False), sa.Column("inputs", sa.Text, nullable=False))
_result = sa.Table(  # how a finished attempt came out
    "result", _meta, sa.Column("attempt", sa.Integer, primary_key=True), sa.Column("learner", sa.Text, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False), sa.Column("at", sa.Text, nullable=False), sa.Column("points", sa.Text, nullable=False),
    sa.Column("of", sa.Text, nullable=False))
_card = sa.Table("card", _meta, sa.Column("learner", sa.Text, primary_key=True), sa.Column("question", sa.Text, primary_key=True),
                 sa.Column("due", sa.Text, nullable=False), sa.Column("state", sa.Text, nullable=False))
_client = sa.Table("client", _meta, sa.Column("token", sa.Text, primary_key=True), sa.Column("name", sa.Text, nullable=False, unique=True),
                   sa.Column("since", sa.Text, nullable=False))


class StoreError(ExamwrightError):
    """The database cannot be used: what, and why."""


@dataclass(frozen=True)
class Event:
    """What happened in an attempt: `what` is answer (with its text and mark), hint (its text) or shown."""

    at: str
    what: str
    part: str
    text: str
    mark: dict[str, Any] | None


@dataclass(frozen=True)
class Sitting:
    """Several questions against a clock. `items` are what its room needs to know of them; times are UTC."""

    id: str
    learner: str
    title: str
    begun: str
    until: str
    handed_in: str | None
    items: tuple[dict[str, Any], ...]


def now() -> str:
    """The time, as it is kept: UTC, always of the same length, so that texts compare as times."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def token_hash(token: str) -> str:
    """What is kept of a client's secret token: enough to recognise it, too little to use it. Tokens are random, so one hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def default_place() -> str:
    """The database of this computer's user."""
    home = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return str(Path(home) / "examwright" / "practice.db")


class Store:
    """An open database; any number of threads and processes may have it open."""

    def __init__(self, place: str):
        """`place` is a file, or postgresql://… Tables are made where there are none. Raises StoreError."""
        self.place = place
        self._engine = _engine(place)
        # SQLite lets one write at a time, and others look again every few ms: threads of one process queue up instead
        self._turn: Any = threading.Lock() if self._engine.dialect.name == "sqlite" else contextlib.nullcontext()
        with self._writing() as db:
            _meta.create_all(db)
            self._add(db, _setting, name="format", value=FORMAT)
            self._add(db, _setting, name="secret", value=secrets.token_urlsafe(32))
        with self._reading() as db:
            found = {r[0]: r[1] for r in db.execute(sa.select(_setting.c.name, _setting.c.value))}
        if found["format"] != FORMAT:
            raise StoreError(f"{_named(place)} was made by another version of Examwright; this one cannot read it.")
        self.secret = found["secret"]  # signs sessions; the same for all processes at this database

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """All that is written inside is there, or nothing of it."""
        try:
            with self._turn, self._engine.connect().execution_options(write=True) as db, db.begin():
                yield db
        except SQLAlchemyError as error:
            raise StoreError(f"{_named(self.place)}: {_reason(error)}") from None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as db:
                yield db
        except SQLAlchemyError as error:
            raise StoreError(f"{_named(self.place)}: {_reason(error)}") from None

    def _insert(self, table: sa.Table) -> Any:
        return (postgresql if self._engine.dialect.name == "postgresql" else sqlite).insert(table)

    def _add(self, db: sa.Connection, table: sa.Table, **values: Any) -> bool:
        """A new row; False where there is one with that key."""
        key = next(iter(table.primary_key))
        return db.execute(self._insert(table).values(values).on_conflict_do_nothing().returning(key)).first() is not None

    def _put(self, db: sa.Connection, table: sa.Table, **values: Any) -> None:
        """A row, in the place of one with the same key."""
        keys = [c.name for c in table.primary_key]
        new = {k: v for k, v in values.items() if k not in keys}
        db.execute(self._insert(table).values(values).on_conflict_do_update(index_elements=keys, set_=new))

    # ---- learners ----

    def learner(self, learner: str) -> tuple[str, str] | None:
        """(name, since) of a learner; None for one who has done nothing yet."""
        with self._reading() as db:
            row = db.execute(sa.select(_learner.c.name, _learner.c.since).where(_learner.c.id == learner)).first()
        return None if row is None else (row[0], row[1])

    def call(self, learner: str, name: str) -> None:
        """Give a learner a name."""
        with self._writing() as db:
            self._put(db, _learner, id=learner, name=name, since=now())

    def export(self, learner: str) -> dict[str, Any]:
        """All that is kept about a learner."""
        attempts = sa.select(_attempt.c.id).where(_attempt.c.learner == learner)
        wanted = {t.name: t.c.learner == learner for t in (_attempt, _draft, _result, _card, _sitting)}
        out: dict[str, Any] = {}
        with self._reading() as db:
            for table in (_learner, _attempt, _event, _draft, _result, _card, _sitting):
                where = _learner.c.id == learner if table is _learner else (
                    _event.c.attempt.in_(attempts) if table is _event else wanted[table.name])
                out[table.name] = [dict(r) for r in db.execute(sa.select(table).where(where)).mappings()]
        return out

    def forget(self, learner: str) -> None:
        """Delete all that is kept about a learner."""
        with self._writing() as db:
            attempts = sa.select(_attempt.c.id).where(_attempt.c.learner == learner)
            db.execute(sa.delete(_event).where(_event.c.attempt.in_(attempts)))
            for table in (_attempt, _draft, _result, _card, _sitting):
                db.execute(sa.delete(table).where(table.c.learner == learner))
            db.execute(sa.delete(_learner).where(_learner.c.id == learner))

    # ---- attempts ----

    def events(self, learner: str, question: str, seed: str) -> tuple[str | None, list[Event]]:
        """(hash of the question's text when it was begun, or None; what happened) in a learner's attempt at a variant."""
        join = sa.outerjoin(_attempt, _event, _attempt.c.id == _event.c.attempt)
        wanted = sa.select(_attempt.c.source, _event.c.at, _event.c.what, _event.c.part, _event.c.text, _event.c.mark).select_from(join).where(
            _attempt.c.learner == learner, _attempt.c.question == question, _attempt.c.seed == seed).order_by(_event.c.id)
        with self._reading() as db:
            rows = db.execute(wanted).all()
        found = [Event(r[1], r[2], r[3], r[4], None if r[5] is None else json.loads(r[5])) for r in rows if r[1] is not None]
        return (rows[0][0] if rows else None), found

    def record(self, learner: str, question: str, seed: str, source: str, seen: int, events: Sequence[Event],
               draft: tuple[str, Mapping[str, Mapping[str, str]]] | None = None) -> bool:
        """Add events to an attempt, which is begun if there is none, and keep what stands in the fields (place, inputs). `seen` is how many it had when
        they were made: if another tab was quicker no event is written, and the answer is False."""
        with self._writing() as db:
            at = now()
            if draft is not None:
                self._put(db, _draft, learner=learner, place=draft[0], at=at, inputs=json.dumps(draft[1], ensure_ascii=False))
            self._add(db, _learner, id=learner, name="", since=at)
            self._add(db, _attempt, learner=learner, question=question, seed=seed, source=source, begun=at)
            attempt = db.execute(sa.select(_attempt.c.id).where(
                _attempt.c.learner == learner, _attempt.c.question == question, _attempt.c.seed == seed).with_for_update()).scalar_one()
            there = db.execute(sa.select(sa.func.count()).where(_event.c.attempt == attempt)).scalar_one()
            if there != seen:
                return False
            for e in events:
                db.execute(_event.insert().values(attempt=attempt, at=e.at, what=e.what, part=e.part, text=e.text,
                                                  mark=None if e.mark is None else json.dumps(e.mark)))
        return True

    def finish(self, learner: str, question: str, seed: str, points: str, of: str, due: str, card: str) -> bool:
        """Note how an attempt came out and when the question is due again. False where that was noted before."""
        with self._writing() as db:
            attempt = db.execute(sa.select(_attempt.c.id).where(
                _attempt.c.learner == learner, _attempt.c.question == question, _attempt.c.seed == seed)).scalar_one()
            if not self._add(db, _result, attempt=attempt, learner=learner, question=question, at=now(), points=points, of=of):
                return False
            self._put(db, _card, learner=learner, question=question, due=due, state=card)
        return True

    # ---- drafts ----

    def draft(self, learner: str, place: str) -> dict[str, dict[str, str]]:
        """What stood in the fields of a place: part → input → text."""
        with self._reading() as db:
            found = db.execute(sa.select(_draft.c.inputs).where(_draft.c.learner == learner, _draft.c.place == place)).scalar()
        return json.loads(found) if found else {}

    def save_draft(self, learner: str, place: str, inputs: Mapping[str, Mapping[str, str]]) -> None:
        """Keep what stands in the fields."""
        with self._writing() as db:
            self._put(db, _draft, learner=learner, place=place, at=now(), inputs=json.dumps(inputs, ensure_ascii=False))

    # ---- progress ----

    def results(self, learner: str) -> list[tuple[str, str, str, str]]:
        """(question, at, points, of) of all finished attempts, in the order of time."""
        with self._reading() as db:
            rows = db.execute(sa.select(_result.c.question, _result.c.at, _result.c.points, _result.c.of)
                              .where(_result.c.learner == learner).order_by(_result.c.at))
            return [(r[0], r[1], r[2], r[3]) for r in rows]

    def cards(self, learner: str) -> dict[str, tuple[str, str]]:
        """Question → (due, state) of a learner."""
        with self._reading() as db:
            rows = db.execute(sa.select(_card.c.question, _card.c.due, _card.c.state).where(_card.c.learner == learner))
            return {r[0]: (r[1], r[2]) for r in rows}

    def marks(self, learner: str) -> list[tuple[str, str, dict[str, Any]]]:
        """(question, at, mark) of all answers of a learner, in the order of time."""
        join = sa.join(_attempt, _event, _attempt.c.id == _event.c.attempt)
        with self._reading() as db:
            rows = db.execute(sa.select(_attempt.c.question, _event.c.at, _event.c.mark).select_from(join)
                              .where(_attempt.c.learner == learner, _event.c.mark.is_not(None)).order_by(_event.c.id))
            return [(r[0], r[1], json.loads(r[2])) for r in rows]

    # ---- sittings ----

    def begin_sitting(self, sitting: Sitting) -> bool:
        """Note that a sitting has begun; False where there is one of that id."""
        with self._writing() as db:
            self._add(db, _learner, id=sitting.learner, name="", since=now())
            return self._add(db, _sitting, id=sitting.id, learner=sitting.learner, title=sitting.title, begun=sitting.begun,
                             until=sitting.until, handed_in=None, items=json.dumps(sitting.items))

    def sittings(self, learner: str) -> list[Sitting]:
        """A learner's sittings, the latest first."""
        with self._reading() as db:
            rows = db.execute(sa.select(_sitting).where(_sitting.c.learner == learner).order_by(_sitting.c.begun.desc())).mappings().all()
        return [_sitting_of(r) for r in rows]

    def sittings_of(self, prefix: str) -> list[Sitting]:
        """All sittings whose id begins like that, in the order of the ids."""
        with self._reading() as db:
            rows = db.execute(sa.select(_sitting).where(_sitting.c.id.startswith(prefix, autoescape=True)).order_by(_sitting.c.id)).mappings().all()
        return [_sitting_of(r) for r in rows]

    def sitting(self, id: str) -> Sitting | None:
        """The sitting of an id."""
        with self._reading() as db:
            row = db.execute(sa.select(_sitting).where(_sitting.c.id == id)).mappings().first()
        return None if row is None else _sitting_of(row)

    def save_open(self, id: str, place: str, inputs: Mapping[str, Mapping[str, str]], over: Callable[[Sitting], bool]) -> bool:
        """Keep what stands in the fields of a sitting's question; False, and nothing kept, where the sitting is over. To look and to keep is one
        transaction, and it waits for one that hands in: so nothing is added after that, and nothing that was kept before comes too late for it."""
        with self._writing() as db:
            found = self._locked(db, id)
            if found is None or over(found):
                return False
            self._put(db, _draft, learner=found.learner, place=place, at=now(), inputs=json.dumps(inputs, ensure_ascii=False))
        return True

    def over_drafts(self, id: str, over: Callable[[Sitting], bool]) -> dict[str, dict[str, dict[str, str]]] | None:
        """Place → inputs of a sitting's learner, when the sitting is over; None before. What `save_open` has accepted is there."""
        with self._writing() as db:  # waits for a saving that is under way
            found = self._locked(db, id)
            if found is None or not over(found):
                return None
            return {r[0]: json.loads(r[1]) for r in db.execute(sa.select(_draft.c.place, _draft.c.inputs).where(_draft.c.learner == found.learner))}

    def _locked(self, db: sa.Connection, id: str) -> Sitting | None:
        """A sitting, which nobody else changes before this transaction ends."""
        row = db.execute(sa.select(_sitting).where(_sitting.c.id == id).with_for_update()).mappings().first()
        return None if row is None else _sitting_of(row)

    def hand_in(self, sitting: str, at: str) -> bool:
        """Note that a sitting is over: once. False where it was before."""
        with self._writing() as db:
            done = db.execute(sa.update(_sitting).where(_sitting.c.id == sitting, _sitting.c.handed_in.is_(None)).values(handed_in=at))
            return bool(done.rowcount)

    # ---- settings ----

    def setting(self, name: str) -> str:
        """A setting; "" where there is none."""
        with self._reading() as db:
            return str(db.execute(sa.select(_setting.c.value).where(_setting.c.name == name)).scalar() or "")

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        with self._writing() as db:
            self._put(db, _setting, name=name, value=value)

    # ---- clients of the API ----

    def add_client(self, name: str, token_hash: str) -> None:
        """A client that may use the API. Raises StoreError where the name is taken."""
        try:
            with self._turn, self._engine.connect().execution_options(write=True) as db, db.begin():
                db.execute(_client.insert().values(token=token_hash, name=name, since=now()))
        except IntegrityError:
            raise StoreError(f"There is a client {name!r} already. 'examwright client --remove {name}' takes its token away.") from None

    def remove_client(self, name: str) -> bool:
        """Take a client's token away; False where there is none of that name."""
        with self._writing() as db:
            return bool(db.execute(sa.delete(_client).where(_client.c.name == name)).rowcount)

    def client(self, token_hash: str) -> str | None:
        """The name of the client with that token."""
        with self._reading() as db:
            return db.execute(sa.select(_client.c.name).where(_client.c.token == token_hash)).scalar()


def _sitting_of(row: Any) -> Sitting:
    return Sitting(row["id"], row["learner"], row["title"], row["begun"], row["until"], row["handed_in"], tuple(json.loads(row["items"])))


def _engine(place: str) -> sa.Engine:
    if "://" in place:
        if not place.startswith(("postgresql://", "postgres://")):
            raise StoreError(f"{_named(place)}: a database is a file, or postgresql://user@host/name.")
        url = sa.engine.make_url(place).set(drivername="postgresql+psycopg")
        try:
            return sa.create_engine(url, pool_pre_ping=True, pool_size=20, max_overflow=30)
        except ImportError:
            raise StoreError("PostgreSQL needs psycopg: pip install 'examwright[web]'.") from None
    path = Path(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # it holds what students did, and a secret
    except OSError as error:
        raise StoreError(f"{place} cannot be made: {error.strerror}.") from None
    engine = sa.create_engine(sa.engine.URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT}, pool_size=20, max_overflow=30)

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # what was committed survives a power cut

    @sa.event.listens_for(engine, "begin")
    def begun(db: sa.Connection) -> None:
        db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get("write") else "BEGIN")

    return engine


def _named(place: str) -> str:
    """The database for an error, without its password."""
    return sa.engine.make_url(place).render_as_string() if "://" in place else place


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n")[0] + "."
