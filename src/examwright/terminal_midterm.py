"""The mixed midterm in the terminal: a whole paper against a clock, marked when it is handed in or the time is up."""

from __future__ import annotations

from datetime import datetime

from flint import fmpq
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from examwright.generator import wording
from examwright.practice import midterm
from examwright.practice.fields import WHOLE, as_read
from examwright.practice.store import Sitting, now
from examwright.terminal import LEARNER, Quit, Session
from examwright.terminal_math import terminal_text, terminal_words


def sit(session: Session, plan: str) -> None:
    """Sit a midterm of a plan, or go on with the one that is open, until it is handed in or the learner quits. Raises ExamwrightError, Problems."""
    store, say = session.store, session.console.print
    found = next((s for s in store.sittings(LEARNER) if not midterm.over(s)), None)
    if found is not None:
        say(Text(f"You have begun this one, and its clock goes on: {terminal_words(found.title)}.", style="bold"))
    id = found.id if found is not None else midterm.start(store, LEARNER, plan)
    try:
        while (sitting := midterm.find(store, LEARNER, id)).handed_in is None:
            items = midterm.items(sitting)
            _overview(session, sitting, items)
            word = session.line(f"{_left(sitting)}  number of a question, :hand-in, :quit > ")
            if word in (":q", ":quit"):
                raise Quit
            if word == ":hand-in" and session.line("Nothing can be changed after this. Hand in? yes > ") == "yes":
                midterm.hand_in(store, midterm.find(store, LEARNER, id))
            elif word.isascii() and word.isdigit() and 1 <= int(word) <= len(items):
                _question(session, sitting, items[int(word) - 1])
        _results(session, sitting)
    except Quit:
        say("Until next time." if midterm.find(store, LEARNER, id).handed_in else "Your answers are kept, and the clock goes on. The same command leads back here.")


def _left(sitting: Sitting) -> str:
    """The time that is left."""
    left = max(0, int((datetime.fromisoformat(sitting.until) - datetime.fromisoformat(now())).total_seconds()))
    return f"[{left // 60}:{left % 60:02} left]"


def _overview(session: Session, sitting: Sitting, items: list[midterm.Item]) -> None:
    table = Table("", "question", "points", "answered", title=terminal_words(sitting.title))
    section = ("", "")
    for item in items:
        if item.section != section:
            section = item.section
            table.add_row("", Text(terminal_words(section[0]), style="bold"), "", "")
        given = _given(session, sitting, item)
        table.add_row(str(item.number), terminal_words(item.variant.question.title), wording.points(item.points),
                      f"{len([p for p in item.variant.parts if given.get(p.name)])} of {len(item.variant.parts)}")
    session.console.print(table)


def _given(session: Session, sitting: Sitting, item: midterm.Item) -> dict[str, dict[str, str]]:
    return session.store.draft(sitting.learner, midterm.place(sitting, item.number))


def _question(session: Session, sitting: Sitting, item: midterm.Item) -> None:
    """Ask all parts; each answer is saved when it is typed. Raises Quit."""
    say, variant = session.console.print, item.variant
    say(Text(f"\n{item.number}. {terminal_words(variant.question.title)}", style="bold"), Text(f"{wording.points(item.points)} points", style="dim"))
    if item.section[1]:
        say(Markdown(terminal_text(item.section[1])))
    say(Markdown(terminal_text(wording.question_text(variant))))
    say(Text("Enter keeps what stands there, - takes it away, :back leads to all questions.", style="dim"))
    for i, part in enumerate(variant.parts):
        label = wording.label(i) if len(variant.parts) > 1 else ""
        session.asks(variant, part, label)
        given = _given(session, sitting, item)
        if before := given.get(part.name, {}).get(WHOLE):
            say(Text("your answer: ", style="dim"), Text(before), sep="")
        text = session.line(f"{_left(sitting)} {label or 'answer'} > ")
        if text in (":q", ":quit"):
            raise Quit
        if text.startswith(":"):
            return
        if not text:
            continue
        if not midterm.save(session.store, sitting, item.number, {**given, part.name: {} if text == "-" else {WHOLE: text}}):
            say(Text("The time is up. This answer was not saved.", style="bold red"))
            return
        read, _, fault = ("", "", "") if text == "-" else as_read(wording.kind_of(variant, part), text)
        say(Text(f"Saved, but I cannot read it: {fault}" if fault else f"read as {terminal_words(read)}" if read else "", style="cyan" if fault else "dim"))


def _results(session: Session, sitting: Sitting) -> None:
    """The points, and on demand each question with what was answered, the key and the solution. Raises Quit."""
    items = midterm.items(sitting)
    sheets = [midterm.sheet(session.store, sitting, item) for item in items]
    earned = [midterm.scaled(item, found) for item, found in zip(items, sheets)]
    table = Table("", "question", "points", "of")
    for item, points in zip(items, earned):
        table.add_row(str(item.number), terminal_words(item.variant.question.title), wording.points(points), wording.points(item.points))
    session.console.print(table)
    session.console.print(Text(f"{wording.points(sum(earned, fmpq(0)))} of {wording.points(sum([i.points for i in items], fmpq(0)))} points.", style="bold"))
    while (word := session.line("number of a question to see its solution, Enter: end > ")) and not word.startswith(":"):
        if word.isascii() and word.isdigit() and 1 <= int(word) <= len(items):
            found = sheets[int(word) - 1]
            session.console.print(Markdown(terminal_text(wording.question_text(found.variant))))
            for part in found.parts:
                session.asks(found.variant, part.part, part.label)
                if part.latest:
                    session.console.print(Text("you wrote ", style="dim"), Text(part.latest.text), sep="")
                    session.told(found, part)
                else:
                    session.closed(found, part)
    raise Quit
