"""Practice in the terminal: the practice room, with rich. It needs no more than lines of text, so it works over ssh."""

from __future__ import annotations

import shlex
import shutil
import sys

from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Part, Variant
from examwright.practice import attempt, tasks
from examwright.practice.attempt import PartSheet, Sheet
from examwright.practice.fields import field_of
from examwright.practice.progress import SITS, due, progress, suggestion
from examwright.practice.store import Store
from examwright.terminal_math import terminal_text, terminal_words, unicode_math

LEARNER = "terminal"  # who practises at this computer's account
COMMANDS = ":hint  :solution  :why  :skip  :all  :next  :again  :progress  :help  :quit"
_TONES = {"right": "bold green", "partly": "bold yellow", "wrong": "bold red", "open": "bold cyan"}


class Quit(Exception):
    """The learner has had enough."""


class Next(Exception):
    """Another question: the same family (`again`), or what comes next."""

    def __init__(self, again: bool):
        super().__init__()
        self.again = again


class Session:
    """A conversation about questions."""

    def __init__(self, store: Store, catalogue: tasks.Catalogue, topic: str | None = None, console: Console | None = None):
        self.store, self.catalogue, self.topic = store, catalogue, topic
        self.console = console or Console(highlight=False, width=min(100, shutil.get_terminal_size().columns))

    def run(self, question: str | None, seed: str | None) -> None:
        """Ask until the learner quits; `question` and `seed` say what to begin with. Raises ExamwrightError."""
        last = ""
        self.console.print(Text(COMMANDS, style="dim"))
        try:
            while True:
                chosen = question or self.suggested(last)
                question = None
                variant = self.catalogue.variant(chosen, seed or tasks.fresh_seed())
                seed, last = None, chosen
                try:
                    self.question(attempt.sheet(self.store, LEARNER, chosen, variant))
                except Next as way:
                    question = chosen if way.again else None
        except Quit:
            self.console.print("Until next time.")

    def suggested(self, last: str) -> str:
        """What to practise next."""
        chosen = {f.id for f in self.catalogue.choose(self.topic)}
        if not chosen:
            from examwright.generator.errors import nearest

            raise ExamwrightError(f"No question has the topic {self.topic!r}. {nearest(self.topic or '', self.catalogue.topics, 40)}")
        standings = [s for found in progress(self.store, LEARNER, self.catalogue).topics.values() for s in found if s.family.id in chosen]
        best = suggestion(standings, last)
        assert best is not None
        return best.family.id

    # ---- one question ----

    def question(self, found: Sheet) -> None:
        """Ask all parts of a question. Raises Next or Quit."""
        variant, say = found.variant, self.console.print
        say()
        say(Text(terminal_words(variant.question.title), style="bold"), Text(f"{found.question}  seed {variant.seed}", style="dim"))
        say(Markdown(terminal_text(wording.question_text(variant))))
        for name in [p.part.name for p in found.parts]:
            found = self.part(found, name)
        if found.of:
            say(Text(f"\n{wording.points(found.points)} of {wording.points(found.of)} points.", style="bold"))
        closing = wording.closing(variant)
        if closing and found.done:
            say(Markdown(terminal_text(closing)))
        if found.done:
            self.standing(found)
        while True:
            self.command(self.line("Enter: next question, :again, :progress, :quit > ") or ":next", found, None)

    def part(self, found: Sheet, name: str) -> Sheet:
        """Ask one part until it is closed or skipped."""
        part = found.part(name)
        self.asks(found.variant, part.part, part.label)
        if part.closed:
            self.closed(found, part)
        while not found.part(name).closed:
            text = self.line(f"{part.label or 'answer'} > ")
            if not text:
                continue
            if text.startswith(":"):
                if text.split()[0] == ":skip":
                    return found
                if text.split()[0] == ":all" and len(found.parts) > 1:
                    found = self.together(found)
                    continue
                found = self.command(text, found, name)
                continue
            found = attempt.answer(self.store, found, {name: text})
            self.told(found, found.part(name))
        return found

    def asks(self, variant: Variant, part: Part, label: str) -> None:
        """What a part asks, and its options."""
        say, kind = self.console.print, wording.kind_of(variant, part)
        title = (f"({label}) " if label else "") + f"{wording.points(part.points)} point{'' if part.points == 1 else 's'}"
        field = field_of(kind)
        asked = "; ".join([w for w in ("all letters, from the first to the last" if field.shape == "order" else "", str(kind.asked())) if w])
        say(Text(f"\n{title}", style="bold"), Text(f"[{terminal_words(asked)}]" if asked else "", style="dim"))
        say(Markdown(terminal_text(wording.ask(variant, part))))
        grid = Table.grid(padding=(0, 1))
        for mark, text in field.options:
            grid.add_row(Text(f"  {mark}."), Text(terminal_words(text)))
        if field.options:
            say(grid)

    def together(self, found: Sheet) -> Sheet:
        """Ask all parts that are open, and mark the answers at once. Raises Next or Quit."""
        self.console.print(Text("All parts; they are marked when you are through. Enter leaves one out.", style="dim"))
        texts = {}
        for part in [p for p in found.parts if not p.closed]:
            self.asks(found.variant, part.part, part.label)
            while (text := self.line(f"{part.label} > ")).startswith(":"):
                found = self.command(text, found, None)
            if text:
                texts[part.part.name] = text
        found = attempt.answer(self.store, found, texts)
        for name in texts:
            self.console.print(Text(f"\n({found.part(name).label})", style="bold"))
            self.told(found, found.part(name))
        return found

    def told(self, found: Sheet, part: PartSheet) -> None:
        """What is said about the latest answer."""
        latest = part.latest
        if latest is None:
            return
        if part.fault:
            self.console.print(Text(part.fault, style=_TONES["open"]))
            return
        read = latest.mark.read
        shown = f"  read as {terminal_words(read)}" if read and read != latest.text.strip() and not part.kind.manual else ""
        self.console.print(Text(f"{part.verdict}.", style=_TONES.get(part.tone, "bold")), Text(shown, style="dim"))
        if part.say:
            self.console.print(Markdown(terminal_text(part.say)))
        if part.closed:
            self.closed(found, part)
        else:
            self.console.print(Text(f"A right answer now earns {wording.points(part.worth)}.", style="dim"))

    def closed(self, found: Sheet, part: PartSheet) -> None:
        """The key, why the answer was wrong, the worked solution; after a right answer the key only."""
        if part.part.formula is not None:
            value = found.variant.values[part.part.name]
            self.console.print(Text.assemble(("Right answer: ", "dim"), _value((part.kind.latex(value), part.kind.plain(value)))))
        if not part.right:
            self.why(found, part)
            self.solution(found, part)

    def solution(self, found: Sheet, part: PartSheet) -> None:
        """The worked solution of a closed part, or what has to be closed before."""
        waits = found.waits_for(part)
        if waits:
            told = " and ".join([f"({label})" for label in waits])
            self.console.print(Text(f"The worked solution tells the answer to {told} too, and is shown when that is closed.", style="dim"))
            return
        text = wording.part_solution(found.variant, part.part)
        if text:
            self.console.print(Markdown(terminal_text(text)))

    def why(self, found: Sheet, part: PartSheet) -> None:
        """The chain run from the known mistake of the latest answer that had one."""
        labels = {p.part.name: f"({p.label})" for p in found.parts if p.label}
        for route in found.routes_of(part):
            table = Table("value", "as it should be", "with the mistake", title="Why was mine wrong?", title_justify="left")
            for line in route.lines:
                table.add_row(*[Text(cell) for cell in (
                    labels.get(line.name, line.name.replace("_", " ")), f"{_value(line.right)}\n{line.formula}",
                    f"{_value(line.wrong)}\n{line.wrong_formula or 'follows'}")])
            self.console.print(table)

    # ---- what else a learner may say ----

    def line(self, prompt: str) -> str:
        """What is typed. Raises Quit at the end of the input."""
        try:
            return input(prompt).strip()
        except EOFError:
            self.console.print()
            raise Quit from None

    def command(self, text: str, found: Sheet, part: str | None) -> Sheet:
        """Do what a word with a colon says. Raises Next or Quit."""
        word = shlex.split(text.replace("'", ""))[0] if text.strip() else ""
        if word in (":q", ":quit"):
            raise Quit
        if word in (":n", ":next"):
            raise Next(False)
        if word in (":a", ":again"):
            raise Next(True)
        if word in (":p", ":progress"):
            self.progress()
        elif word in (":h", ":hint") and part:
            return self.hint(found, part)
        elif word in (":s", ":solution") and part:
            found = attempt.show(self.store, found, part)
            self.closed(found, found.part(part))
        elif word in (":w", ":why") and part:
            self.console.print("That is told when the part is closed: :solution closes it.")
        else:
            self.console.print(Text(COMMANDS, style="dim"))
        return found

    def hint(self, found: Sheet, part: str) -> Sheet:
        """The next hint, or that there is none."""
        if not found.part(part).more:
            self.console.print("There is no hint left. :solution shows the way.")
            return found
        found = attempt.hint(self.store, found, part)
        hint = found.part(part).hints[-1]
        labels = {p.part.name: f"({p.label})" for p in found.parts if p.label}
        said = f"{labels.get(hint.name, hint.name.replace('_', ' '))} is {_value((hint.latex, hint.text))}" if hint.name else f"Method: {hint.text}"
        self.console.print(Text(said, style="cyan"), Text(f"A right answer now earns {wording.points(found.part(part).worth)}.", style="dim"))
        return found

    def standing(self, found: Sheet) -> None:
        """How the learner stands to this question, and when to repeat it."""
        standings = progress(self.store, LEARNER, self.catalogue).topics
        mine = next(s for every in standings.values() for s in every if s.family.id == found.question)
        often = "with 90 % of the points or more"
        state = f"mastered: {mine.row} times in a row {often}" if mine.mastered else f"{mine.row} of {SITS} times in a row {often}"
        self.console.print(Text(f"{state}; repeat it {due(mine.due)}.", style="dim"))

    def progress(self) -> None:
        """Progress by topic, and the mistakes."""
        found = progress(self.store, LEARNER, self.catalogue)
        table = Table("topic", "mastered", "tried", "of", "due now")
        for topic, standings in found.topics.items():
            waiting = len([s for s in standings if s in found.due])
            table.add_row(tasks.topic_name(topic), *[str(n) for n in (
                len([s for s in standings if s.mastered]), len([s for s in standings if s.attempts]), len(standings), waiting)])
        self.console.print(table)
        for habit in found.habits[:5]:
            self.console.print(Text(f"{habit.times} × {terminal_words(' '.join(habit.say.split()))}", style="yellow"))


def _value(pair: tuple[str, str]) -> str:
    """A value of the chain for the terminal: exact text where it is short, else as it is typeset."""
    latex, text = pair
    return unicode_math(latex) if latex else text


def practise(store: Store, catalogue: tasks.Catalogue, topic: str | None, question: str | None, seed: str | None) -> None:
    """Practise at this terminal until the learner quits. Raises ExamwrightError."""
    if sys.stdin.isatty():
        import contextlib

        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # lines can be edited
    Session(store, catalogue, topic).run(question, seed)
