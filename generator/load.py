"""Loading question files: every fault of a file is found and told at once."""

from __future__ import annotations

import functools
import inspect
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flint import fmpq

from examwright.answers import kinds
from examwright.answers.kinds.options import OptionsKind
from examwright.answers.symbols import Symbol
from examwright.generator.bank import refuse_ours
from examwright.generator.draw import MAX_COUNT, MAX_RANGE, Draw
from examwright.generator.errors import ExamwrightError, nearest
from examwright.generator.formula import Formula, FormulaError, parse
from examwright.generator.index import id_of, order_name, own_questions, question_paths, questions_root, shown_name
from examwright.generator.load_figures import read_figures
from examwright.generator.question import Check, Follow, Mistake, Part, Question, Step
from examwright.generator.text import Text, TextError, compile_text
from examwright.generator.vocabulary import design_functions, exact_functions, numeric_functions
from examwright.generator.yamlfile import Source, Y, read, scalars
from examwright.solvers.arithmetic import exact

TOP_KEYS = ("title", "topics", "minutes", "draw", "let", "require", "figures", "text", "parts", "check", "slip", "uneven", "few", "solution")
PART_KEYS = ("name", "ask", "answer", "accept", "accept_if", "type", "points", "let", "must", "follow", "mistakes", "solution")
STATEMENT_KEYS = ("says", "is", "why")
MISTAKE_KEYS = ("answer", "instead", "points", "say", "when")
DRAW_KEYS = ("from", "step", "decimals", "except", "choice", "count", "shape", "distinct", "sorted", "sum",
             "shuffle", "design", "value")

MAX_PARTS, MAX_MISTAKES, MAX_DRAWS, MAX_LETS, MAX_RULES = 100, 50, 200, 500, 100  # of a question; mistakes, let and must also of a part

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_RESERVED = {"and", "or", "not", "in", "if", "else", "true", "false", "none", "loop", "for", "set", "is"}
_FRACTION = re.compile(r"\s*(-?[0-9]{1,40})\s*/\s*([0-9]{1,40})\s*\Z")


class UnknownQuestion(ExamwrightError):
    """No question has that id."""


def find(question_id: str) -> Path:
    """The path of a question: an id, or a path to an instructor's own file. Raises UnknownQuestion."""
    if question_id.endswith((".yaml", ".yml")) and len(question_id) < 4000 and os.path.isfile(question_id):
        return Path(question_id)
    if len(question_id) < 200 and re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", question_id):
        for suffix in (".yaml", ".yml"):
            path = questions_root() / (question_id + suffix)
            if path.is_file():
                return path
        if question_id in own_questions():
            return own_questions()[question_id]
    if question_id.endswith((".yaml", ".yml")):
        raise UnknownQuestion(_no_file(question_id))
    raise UnknownQuestion(f"There is no question {question_id!r}. {nearest(question_id, question_paths(), 0)}".strip())


def _no_file(name: str) -> str:
    """What is said of a path that leads to no file: the name of the file that is meant, or the question of that id."""
    path = Path(name)
    if len(name) >= 4000:
        return "There is no file with a name of so many characters."
    try:
        if path.is_dir():
            return f"{name} is a folder, not a file."
        beside = [p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml")] if path.parent.is_dir() else None
    except (OSError, ValueError):
        beside = []
    if beside is None:
        return f"There is no file {name!r}: there is no folder {str(path.parent)!r}."
    ids = question_paths()
    hint = f"The question is called {str(path.with_suffix(''))!r}." if str(path.with_suffix("")) in ids else nearest(path.name, beside, 0)
    return f"There is no file {name!r}. {hint}".strip()


def load(question_id: str) -> Question:
    """The question of an id or of a path. Raises Problems with all faults of the file."""
    return load_file(find(question_id))


def load_file(path: Path | str, question_id: str | None = None) -> Question:
    """Load a question file; unchanged files are loaded once. Raises Problems with all its faults."""
    path = Path(path)
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        stamp = 0
    return _load_file(path, question_id, stamp)


@functools.lru_cache(maxsize=2048)
def _load_file(path: Path, question_id: str | None, stamp: int) -> Question:
    return load_text(None, path, question_id or id_of(path))


def load_text(text: str | None, path: Path, question_id: str) -> Question:
    """Load a question from its text (or, if None, from the file). Raises Problems."""
    source, root = read(path, text)
    loader = _Loader(source, question_id)
    question = loader.question(root)
    source.finish()
    assert question is not None
    return question


class _Loader:
    """One pass over one file. Faults go to `source`; a value that has one becomes None."""

    def __init__(self, source: Source, question_id: str):
        self.source = source
        self.id = question_id
        self.functions = exact_functions()
        self.known: dict[str, str] = {}  # name → what it is
        self.all_names: set[str] = set()  # every name of the file, for "stands below"
        self.steps: list[Step] = []
        self.kind_formulas: dict[str, Formula] = {}
        self.type_draws: list[Draw] = []  # the statements of pools, the order of options
        self.figure_names: set[str] = set()
        self.shows: list[tuple[str, str, bool]] = []  # (what the text is, figure, may it show answers?)
        self.unclear = False  # a text could not be read, so what it shows is not known
        self.symbols: dict[str, Symbol] = {}  # free symbols of expressions, by name
        self.option_words: set[str] = set()  # of the parts read so far
        self.doubtful: set[str] = set()  # words of types that have faults: perhaps symbols

    # -- small readers --

    def fault(self, at: Y | tuple[int, int], message: str, word: str = "", hint: str = "") -> None:
        self.source.fault(at, message, word, hint)

    def keys(self, y: Y, allowed: tuple[str, ...], what: str) -> dict[str, Y]:
        if not isinstance(y.value, dict):
            self.fault(y, f"{what} must be a mapping of {', '.join(allowed[:4])} …", str(y.value)[:20])
            return {}
        for key, at in y.keys.items():
            if key not in allowed:
                self.fault(at, f"unknown key {key!r} in {what}.", key, nearest(key, allowed))
        return {k: v for k, v in y.value.items() if k in allowed}

    def need(self, found: Mapping[str, Y], key: str, at: Y, what: str) -> Y | None:
        y = found.get(key)
        if y is None:
            self.fault(at, f"{what} has no {key!r}.", key, "It is needed.")
        return y

    def too_many(self, y: Y, most: int, what: str) -> bool:
        """A fault for a list or mapping of more than `most`."""
        n = len(y.value)
        if n > most:
            self.fault(y, f"{n} {what}; at most {most} are allowed.")
        return bool(n > most)

    def string(self, y: Y | None, what: str) -> str | None:
        if y is None:
            return None
        if not isinstance(y.value, str):
            self.fault(y, f"{what} must be a text, not {_named(y)}.", y.text, "Put it in quotes.")
            return None
        refuse_ours(self.source, y, what)
        return y.value

    def number(self, y: Y | None, what: str, positive: bool = False) -> fmpq | None:
        if y is None:
            return None
        value: Any = y.value
        if isinstance(value, str):
            match = _FRACTION.match(value)
            if match and int(match.group(2)):
                value = fmpq(int(match.group(1)), int(match.group(2)))
            else:
                self.fault(y, f"{what} must be a number, not {value[:30]!r}.", value[:30])
                return None
        elif value is None or isinstance(value, (bool, dict, list)):
            self.fault(y, f"{what} must be a number, not {_named(y)}.", y.text)
            return None
        out: fmpq = exact(value)
        if out < 0 or (positive and out == 0):
            self.fault(y, f"{what} must be {'positive' if positive else 'zero or more'}, not {y.text or value}.", y.text)
            return None
        return out

    def text(self, y: Y | None, what: str, allowed: Mapping[str, str] | None, answers: bool) -> Text | None:
        """Compile a text; it may print the names of `allowed` (None: not checked yet), and answers
        only where `answers` is true."""
        source = self.string(y, what)
        if source is None or y is None:
            return None
        if not source.strip():
            self.fault(y, f"{what} is empty.")
            return None
        try:
            text = compile_text(source)
        except TextError as error:
            self.source.fault_inside(y, error.offset, f"{what}: {error.message}", error.word, error.hint)
            self.unclear = True
            return None
        for name, offset in text.figures.items():
            if allowed is None:
                self.source.fault_inside(y, offset, f"{what} shows the figure {name!r}; figures stand in text, ask and solution only.", name)
            elif name not in self.figure_names:
                self.source.fault_inside(y, offset, f"{what} shows the figure {name!r}, which is not defined.", name,
                                         nearest(name, self.figure_names) or "The figures of a question stand under 'figures'.")
                self.unclear = True
            else:
                self.shows.append((what, name, answers))
        if allowed is not None:
            for name, offset in text.names.items():
                self.printable(y, what, name, offset, allowed, answers)
        return text

    def printable(self, y: Y, what: str, name: str, offset: int, allowed: Mapping[str, str], answers: bool) -> None:
        kind = allowed.get(name)
        if kind is None:
            known = [n for n, k in allowed.items() if answers or k in ("draw", "let")]
            hint = f"A free symbol is written as it is: ${name}$." if name in self.symbols else nearest(name, known)
            if name in self.all_names:
                self.source.fault_inside(y, offset, f"{what} prints {name!r}, which is only computed below.", name)
            else:
                self.source.fault_inside(y, offset, f"{what} prints {name!r}, which is not defined.", name, hint)
        elif not answers and kind not in ("draw", "let"):
            self.source.fault_inside(y, offset, f"{what} prints {name!r}, which is an answer: the paper would give it away.",
                                     name, "Only drawn values and `let` values of the top level may stand here.")

    def formula(self, y: Y | None, what: str, names: Mapping[str, str] | None = None,
                functions: Mapping[str, Callable[..., Any]] | None = None, numeric: bool = False) -> Formula | None:
        if y is None:
            return None
        value = y.value
        pieces: list[tuple[int, Y]] = []  # of a YAML list: where in the formula each scalar begins
        if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
            if isinstance(value, list):
                text = self.flow(y, pieces)
            elif isinstance(value, bool):
                text = "true" if value else "false"
            else:
                self.fault(y, f"{what} must be a formula, not {_named(y)}.", y.text)
                return None
        else:
            text = y.text if y.plain else str(value)
        try:
            found = parse(text, self.functions if functions is None else functions, numeric, self.symbols)
        except FormulaError as error:
            piece, offset = _piece(y, pieces, error.offset)
            self.source.fault_inside(piece, offset, f"{what}: {error.message}", error.word, error.hint)
            return None
        self.resolve_names(y, what, found, self.known if names is None else names, pieces)
        return found

    def flow(self, y: Y, pieces: list[tuple[int, Y]], start: int = 0) -> str:
        """A YAML list as a formula: `[1, 2]`; `pieces` takes down where each scalar begins in it."""
        if not isinstance(y.value, list):
            pieces.append((start, y))
            return y.text if y.plain else str(y.value)
        text = "["
        for v in y.value:
            text += ", " if len(text) > 1 else ""
            text += self.flow(v, pieces, start + len(text))
        return text + "]"

    def resolve_names(self, whole: Y, what: str, formula: Formula, known: Mapping[str, str],
                      pieces: list[tuple[int, Y]]) -> None:
        for name, place in formula.names.items():
            if name in known or name in self.symbols or name in self.doubtful:
                continue
            y, offset = _piece(whole, pieces, place)
            if name in self.known:  # the names of a check are fewer
                self.source.fault_inside(y, offset, f"{what} names {name!r}, which is {_OWN[self.known[name]]}: a wrong key would prove itself.", name,
                                         "A check may name drawn values and `let` values of the top level only; work it out from these.")
            elif name in self.all_names:
                self.source.fault_inside(y, offset, f"{what} names {name!r}, which stands below it.", name,
                                         "A formula may name only what stands above.")
            elif name in self.option_words:
                self.source.fault_inside(y, offset, f"{what} names {name!r}, which is not defined.", name,
                                         f"An option is written in quotes: \"'{name}'\".")
            elif name in self.functions:
                self.source.fault_inside(y, offset, f"{what}: {name!r} is a function.", name, f"Write {name}(…).")
            else:
                self.source.fault_inside(y, offset, f"{what} names {name!r}, which is not defined.", name,
                                         nearest(name, [*known, *self.symbols, *self.functions], 0) or nearest(name, [*known, *self.symbols]))

    def define(self, name: str, at: Y | tuple[int, int], kind: str) -> bool:
        if not _NAME.match(name):
            self.fault(at, f"{name!r} cannot be a name.", name, "Use letters, digits and _, a letter first.")
            return False
        if name in _RESERVED:
            self.fault(at, f"{name!r} is a word of the formula language.", name, "Choose another name.")
            return False
        if name in self.symbols:
            self.fault(at, f"{name!r} is a free symbol of an expression in this file.", name, "Choose another name.")
            self.known.setdefault(name, kind)
            return False
        if name in self.functions:
            self.fault(at, f"{name!r} is the name of a function.", name, "Choose another name.")
            self.known.setdefault(name, kind)  # so that its uses are not faults as well
            return False
        if name in self.known:
            self.fault(at, f"the name {name!r} is already taken by a {_KINDS[self.known[name]]}.", name,
                       "Choose another name.")
            return False
        self.known[name] = kind
        return True

    # -- the file --

    def question(self, root: Y) -> Question | None:
        top = self.keys(root, TOP_KEYS, "a question")
        if not top:
            return None
        self.collect_names(top)
        self.collect_symbols(top)
        title = self.string(self.need(top, "title", root, "the question"), "title")
        topics = self.words(self.need(top, "topics", root, "the question"), "topics")
        minutes = self.number(self.need(top, "minutes", root, "the question"), "minutes", positive=True)
        draws = self.draws(top.get("draw"))
        self.lets(top.get("let"), "let")
        given = dict(self.known)
        text = self.text(self.need(top, "text", root, "the question"), "text", given, answers=False)
        parts_y = self.need(top, "parts", root, "the question")
        parts: list[Part] = []
        if parts_y is not None:
            if not isinstance(parts_y.value, list) or not parts_y.value:
                self.fault(parts_y, "parts must be a list of at least one part.")
            elif not self.too_many(parts_y, MAX_PARTS, "parts"):
                parts = [p for p in (self.part(y, given) for y in parts_y.value) if p is not None]
        requires = []
        require_y = top.get("require")
        if require_y is not None:
            items = _listed(require_y)
            if len(items) <= MAX_RULES or not self.too_many(require_y, MAX_RULES, "conditions under 'require'"):
                requires = [f for f in (self.formula(y, "require") for y in items) if f is not None]
        check = self.check(top.get("check"), root, parts, given)
        solution = self.text(top.get("solution"), "solution", self.known, answers=True)
        figures = read_figures(self, top.get("figures"))
        slip = self.number(top.get("slip"), "slip")
        if slip is not None and slip > 1:
            self.fault(top["slip"], f"slip is the share of the points that a slip of the pen leaves, from 0 to 1, not {slip}.", top["slip"].text)
        uneven, branches = self.uneven(top.get("uneven"), [n for d in draws for n in d.names])
        few = self.string(top.get("few"), "few")
        if self.source.problems or title is None or minutes is None or text is None:
            return None
        question = Question(self.id, self.source.path, self.source.text, title, tuple(topics), minutes, (*draws, *self.type_draws),
                            tuple(self.steps), tuple(requires), text, tuple(parts), check, solution, figures, slip or fmpq(0), uneven or "", few or "", branches)
        question.cache["kind formulas"] = self.kind_formulas
        return question

    def uneven(self, y: Y | None, drawn: list[str]) -> tuple[str | None, tuple[str, ...]]:
        """Why the work of variants differs, and the drawn values by which it does."""
        if y is None or not isinstance(y.value, dict):
            return self.string(y, "uneven"), ()
        found = self.keys(y, ("by", "why"), "uneven")
        names = [v for v in _listed(self.need(found, "by", y, "uneven")) if self.string(v, "uneven, by")]
        for v in names:
            if v.value not in drawn:
                self.fault(v, f"uneven, by: {v.value!r} is no drawn value.", str(v.value), nearest(str(v.value), drawn))
        return self.string(self.need(found, "why", y, "uneven"), "uneven, why"), tuple([str(v.value) for v in names])

    def collect_names(self, top: Mapping[str, Y]) -> None:
        for key in ("draw", "let"):
            y = top.get(key)
            if y is not None and isinstance(y.value, dict):
                for names in y.value:
                    self.all_names.update(n.strip() for n in names.split(","))
        figures = top.get("figures")
        if figures is not None and isinstance(figures.value, dict):
            self.figure_names.update(figures.value)
        parts = top.get("parts")
        if parts is not None and isinstance(parts.value, list):
            for part in parts.value:
                if isinstance(part.value, dict):
                    name, lets = part.value.get("name"), part.value.get("let")
                    if name is not None and isinstance(name.value, str):
                        self.all_names.add(name.value)
                    if lets is not None and isinstance(lets.value, dict):
                        self.all_names.update(lets.value)

    def collect_symbols(self, top: Mapping[str, Y]) -> None:
        """The free symbols of all parts: every formula of the file may name them."""
        parts = top.get("parts")
        for part in parts.value if parts is not None and isinstance(parts.value, list) else ():
            y = part.value.get("type") if isinstance(part.value, dict) else None
            if y is None:
                continue
            try:
                symbols = kinds.make(_plain_spec(y)).symbols
            except kinds.KindError:  # told when the part is read
                self.doubtful.update(w for v in scalars(y) for w in re.findall(r"[A-Za-z]\w*", str(v.value)))
                continue
            for symbol in symbols:
                at = _find_word(y, symbol.name) or y
                other = self.symbols.setdefault(symbol.name, symbol)
                if other != symbol:
                    self.fault(at, f"the symbol {symbol.name!r} has another domain in an earlier part "
                                  f"({other.condition() or 'all real numbers'}).", symbol.name)
                if symbol.name in self.functions:
                    self.fault(at, f"the symbol {symbol.name!r} is the name of a function.", symbol.name, "Choose another name.")

    def words(self, y: Y | None, what: str) -> list[str]:
        if y is None:
            return []
        items = y.value if isinstance(y.value, list) else [y]
        out = []
        for item in items:
            word = self.string(item, what)
            if word:
                out.append(word)
        return out

    # -- draws --

    def draws(self, y: Y | None) -> list[Draw]:
        if y is None:
            return []
        if not isinstance(y.value, dict):
            self.fault(y, "draw must be a mapping: a name, then how it is drawn.")
            return []
        if self.too_many(y, MAX_DRAWS, "draws"):
            return []
        out = []
        for key, entry in y.value.items():
            at = y.keys[key]
            names = tuple(n.strip() for n in key.split(","))
            draw = self.draw(names, entry, at)
            fine = True
            for name in names:
                fine = self.define(name, at, "draw") and fine
            if draw is not None and fine:
                out.append(draw)
        return out

    def draw(self, names: tuple[str, ...], y: Y, at: tuple[int, int]) -> Draw | None:
        what = f"the draw of {', '.join(names)}"
        if not isinstance(y.value, dict):
            self.fault(y, f"{what} must be a mapping such as {{from: [0, 5]}}, not {_named(y)}.", y.text)
            return None
        if "design" in y.value:
            return self.design(names, y, what)
        if len(names) > 1:
            self.fault(at, f"{what}: only a design gives several values.", ", ".join(names))
            return None
        found = self.keys(y, DRAW_KEYS, what)
        ways = [k for k in ("from", "choice", "shuffle", "value") if k in found]
        if len(ways) != 1:
            if len(found) == len(y.value):  # otherwise a misspelt key has been told already
                self.fault(y, f"{what} needs one of from, choice, shuffle, design, value" +
                           (f", not {' and '.join(ways)}." if ways else "."), " ".join(ways))
            return None
        how = ways[0]
        options: dict[str, Any] = {}
        before = len(self.source.problems)
        for key, value in found.items():
            if key == "distinct":
                if not isinstance(value.value, bool):
                    self.fault(value, f"{what}: distinct must be true or false.", value.text)
                options[key] = value.value
            elif key == "sorted":
                word = "ascending" if value.value is True else value.value
                if word not in ("ascending", "descending", False):
                    self.fault(value, f"{what}: sorted must be ascending or descending.", str(value.value))
                options[key] = word
            elif key == "decimals":
                if not isinstance(value.value, int) or not 0 <= value.value <= 12:
                    self.fault(value, f"{what}: decimals must be a whole number from 0 to 12.", value.text)
                else:
                    options["step"] = fmpq(1, 10 ** value.value)
            elif key in ("from", "shape"):
                items = value.value
                if not isinstance(items, list) or len(items) != 2:
                    self.fault(value, f"{what}: {key} must be a list of two, such as [0, 5].", value.text)
                else:
                    options[key] = tuple(self.amount(v, f"{what}: {key}") for v in items)
            elif key in ("choice", "shuffle", "except"):
                items = value.value
                if isinstance(items, str):
                    options[key] = self.formula(value, f"{what}: {key}")
                elif not isinstance(items, list) or not items:
                    self.fault(value, f"{what}: {key} must be a list of at least one value.", value.text)
                elif not self.too_many(value, MAX_COUNT, f"values in {key} of {what}"):
                    options[key] = tuple(self.literal(v, f"{what}: {key}") for v in items)
            elif key == "value":
                options[key] = self.amount(value, what)
            else:
                options[key] = self.amount(value, f"{what}: {key}")
        if len(self.source.problems) > before:
            return None
        ends = options.get("from")
        if ends and all(isinstance(e, fmpq) for e in ends):
            if ends[0] > ends[1]:
                self.fault(found["from"], f"{what}: from [{ends[0]}, {ends[1]}] runs backwards.", "from")
                return None
            if "step" not in options and not all(e.q == 1 for e in ends):
                self.fault(found["from"], f"{what}: bounds with decimals need step or decimals.", "from",
                           "For example step: 0.1.")
                return None
        step = options.get("step")
        if isinstance(step, fmpq) and step <= 0:
            self.fault(found.get("step", y), f"{what}: step must be positive.", "step")
            return None
        for key in ("count",):
            if isinstance(options.get(key), fmpq) and (options[key].q != 1 or options[key] < 1):
                self.fault(found[key], f"{what}: {key} must be a whole number of at least 1, not {found[key].text}.",
                           found[key].text)
                return None
            if isinstance(options.get(key), fmpq) and options[key] > MAX_COUNT:
                self.fault(found[key], f"{what}: {key} is {found[key].text}; at most {MAX_COUNT} values can be drawn.", found[key].text)
                return None
        shape = options.get("shape")
        if shape and all([isinstance(n, fmpq) for n in shape]) and abs(shape[0] * shape[1]) > MAX_COUNT:
            self.fault(found["shape"], f"{what}: shape makes {shape[0] * shape[1]} values; at most {MAX_COUNT} can be drawn.", "shape")
            return None
        if isinstance(options.get("except"), tuple) and isinstance(options.get("choice"), tuple) and not [
                v for v in options["choice"] if v not in options["except"]]:
            self.fault(found["except"], f"{what}: except leaves nothing to draw.", "except")
            return None
        if ends and isinstance(options.get("except"), tuple) and all(isinstance(e, fmpq) for e in ends):
            size = step if isinstance(step, fmpq) else fmpq(1)
            n = int(((ends[1] - ends[0]) / size).floor()) + 1
            if n <= len(options["except"]) and all(ends[0] + k * size in options["except"] for k in range(n)):
                self.fault(found["except"], f"{what}: except leaves nothing to draw.", "except")
                return None
        if ends and all(isinstance(e, fmpq) for e in ends) and (step is None or isinstance(step, fmpq)):
            n = int(((ends[1] - ends[0]) / (step or 1)).floor()) + 1
            single = "except" in options or options.get("distinct")
            if n > (MAX_RANGE if single else 1 << 64):
                self.fault(found["from"], f"{what}: more than {MAX_RANGE} values to choose from, which is the limit with distinct or except." if single else
                           f"{what}: more than 2^64 values to choose from, which is the limit.", "from")
                return None
        for key in ("sum",):
            if key in options and how != "from":
                self.fault(found[key], f"{what}: {key} goes with from only.", key)
                return None
        for key in ("distinct", "sorted", "sum"):
            if key in options and "count" not in options and "shape" not in options:
                self.fault(y.keys[key], f"{what}: {key} needs a count.", key)
                return None
        return Draw(names, how, options, y.line)

    def design(self, names: tuple[str, ...], y: Y, what: str) -> Draw | None:
        word = self.string(y.value["design"], f"{what}: design")
        if word is None:
            return None
        functions = design_functions()
        function = functions.get(word)
        if function is None:
            self.fault(y.value["design"], f"{what}: there is no design {word!r}.", word, nearest(word, functions))
            return None
        allowed = [p for p in inspect.signature(function).parameters][1:]
        options: dict[str, Any] = {"design": function}
        for key, value in y.value.items():
            if key == "design":
                continue
            if key not in allowed:
                self.fault(y.keys[key], f"{what}: the design {word} has no argument {key!r}.", key, nearest(key, allowed))
                continue
            options[key] = self.literal(value, f"{what}: {key}", formulas=True)
        for name, p in list(inspect.signature(function).parameters.items())[1:]:
            if p.default is p.empty and name not in options and p.kind is not p.VAR_KEYWORD:
                self.fault(y, f"{what}: the design {word} needs {name!r}.", name)
        return Draw(names, "design", options, y.line)

    def amount(self, y: Y, what: str) -> Any:
        """A number, or a formula over the draws above."""
        if isinstance(y.value, str):
            return self.formula(y, what)
        if y.value is None or isinstance(y.value, (bool, dict)):
            self.fault(y, f"{what} must be a number or a formula, not {_named(y)}.", y.text)
            return None
        return self.literal(y, what)

    def literal(self, y: Y, what: str, formulas: bool = False) -> Any:
        """A number, a word, or a list of them."""
        if isinstance(y.value, list):
            return tuple(self.literal(v, what, formulas) for v in y.value)
        if isinstance(y.value, dict) or y.value is None:
            self.fault(y, f"{what}: {_named(y)} is no value.", y.text)
            return None
        if isinstance(y.value, str):
            match = _FRACTION.match(y.value)
            if match and int(match.group(2)):
                return fmpq(int(match.group(1)), int(match.group(2)))
            if formulas and set(re.findall(r"[A-Za-z_]\w*", y.value)) & set(self.known):
                return self.formula(y, what)
        return exact(y.value)

    # -- chain --

    def lets(self, y: Y | None, kind: str) -> None:
        if y is None:
            return
        if not isinstance(y.value, dict):
            self.fault(y, "let must be a mapping: a name, then its formula.")
            return
        if self.too_many(y, MAX_LETS, "values under 'let'"):
            return
        for name, value in y.value.items():
            formula = self.formula(value, name)
            if self.define(name, y.keys[name], kind) and formula is not None:
                self.steps.append(Step(name, formula, part=False))

    def part(self, y: Y, given: Mapping[str, str]) -> Part | None:
        found = self.keys(y, PART_KEYS, "a part")
        if not found:
            return None
        before = len(self.source.problems)
        name = self.string(self.need(found, "name", y, "the part"), "name")
        what = f"part {name}" if name else "the part"
        kind = self.kind(self.need(found, "type", y, what), what, given, name)
        self.option_words.update([i for i, _ in kind.options] if isinstance(kind, OptionsKind) else ())
        if "ask" not in found and kind is not None and kind.own_key:
            ask: Text | None = compile_text(str(kind.usual_ask()))
        else:
            ask = self.text(self.need(found, "ask", y, what), f"{what}, ask", given, answers=False)
        points = self.number(self.need(found, "points", y, what), f"{what}, points", positive=True)
        self.lets(found.get("let"), "part let")
        formula = None
        if kind is not None and (kind.manual or kind.own_key):
            why = "a text is marked by hand and has no" if kind.manual else "the pool says which statements are true; there is no"
            for key, word in (("answer", "answer formula"), ("accept", "'accept'"), ("accept_if", "'accept_if'"), ("mistakes", "'mistakes'"),
                              ("must", "'must'")):
                if key in found and (kind.own_key or key != "mistakes"):
                    self.fault(found[key], f"{what}: {why} {word}.", key)
            if kind.own_key:
                formula = _true_statements(kind)
        elif kind is not None or "answer" in found:
            formula = self.formula(self.need(found, "answer", y, what), what)
        if name:  # its mistakes may start from the part's own key: swap(theta)
            self.define(name, found["name"], "part")
            if formula is not None:
                self.steps.append(Step(name, formula, part=True))
        accept = [self.formula(v, f"{what}, accept") for v in _listed(found.get("accept"))]
        accept_if = self.formula(found.get("accept_if"), f"{what}, accept_if")
        if accept_if is not None and name and name not in accept_if.names:
            self.fault(found["accept_if"], f"{what}, accept_if does not name {name!r}, the student's own answer.", accept_if.text,
                       f"It is a condition on {name}.")
        mistakes = []
        mistakes_y = found.get("mistakes")
        if mistakes_y is not None:
            if not isinstance(mistakes_y.value, list):
                self.fault(mistakes_y, f"{what}: mistakes must be a list.")
            elif not self.too_many(mistakes_y, MAX_MISTAKES, f"mistakes in {what}"):
                for m in mistakes_y.value:
                    mistake = self.mistake(m, what, points, name)
                    if mistake is not None:
                        mistakes.append(mistake)
        solution = self.text(found.get("solution"), f"{what}, solution", self.known, answers=True)
        must = self.must(found.get("must"), what)
        for m in mistakes:
            for word, offset in m.say.names.items():
                say_y = next(v.value["say"] for v in mistakes_y.value if v.line == m.line)  # type: ignore[union-attr]
                self.printable(say_y, f"{what}, say", word, offset, self.known, answers=True)
        follow = self.follow(found.get("follow"), what, points)
        if len(self.source.problems) > before or name is None or ask is None or kind is None or points is None:
            return None
        return Part(name, ask, formula, kind, points, follow or Follow(points), tuple(mistakes), solution, y.line,
                    tuple([f for f in accept if f is not None]), accept_if, must)

    def pool(self, y: Y, what: str, given: Mapping[str, str]) -> None:
        """Tell the faults of a pool of statements at their places."""
        if not isinstance(y.value, list):
            self.fault(y, f"{what}: pool must be a list of statements {{says, is, why}}.", "pool")
            return
        lines: dict[str, int] = {}  # statement → where it stands
        for item in y.value:
            found = self.keys(item, STATEMENT_KEYS, f"a statement of {what}")
            if not found:
                continue
            says = found.get("says")
            if says is not None and says.text in lines:
                self.fault(says, f"{what}: this statement stands in the pool twice (first on line {lines[says.text]}).", says.text[:40])
            elif says is not None:
                lines[says.text] = says.line
            for key in ("says", "why"):
                self.text(self.need(found, key, item, "the statement"), f"{what}, {key}", given, answers=False)
            true = self.need(found, "is", item, "the statement")
            if true is not None and not isinstance(true.value, bool):
                self.fault(true, f"{what}: is must be true or false, not {_named(true)}.", true.text)

    def pooled(self, kind: Any, y: Y, name: str) -> Any:
        """The kind with the draw of its statements."""
        shown = shown_name(name)
        self.type_draw(shown, y, "pool", {"pick": fmpq(kind.pick), "true": tuple([s.true for s in kind.pool])})
        return kind.drawn_as(shown)

    def shuffled(self, kind: Any, y: Y, name: str) -> Any:
        """The kind with the draw of the order of its options."""
        order = order_name(name)
        free = [fmpq(n) for n, (i, _) in enumerate(kind.options, 1) if i not in kind.last]
        last = [fmpq(n) for n, (i, _) in enumerate(kind.options, 1) if i in kind.last]
        self.type_draw(order, y, "order", {"free": tuple(free), "last": tuple(last)})
        return kind.order_drawn_as(order)

    def type_draw(self, name: str, y: Y, how: str, options: dict[str, Any]) -> None:
        """A drawn value that a type needs; it comes after those of the file, whose values do not change for it."""
        self.define(name, y, "draw")
        self.kind_formulas[name] = parse(name, self.functions)
        self.type_draws.append(Draw((name,), how, options, y.line))

    def kind(self, y: Y | None, what: str, given: Mapping[str, str], name: str | None) -> Any:
        if y is None:
            return None
        choices = y.value.get("choices") if isinstance(y.value, dict) else None
        pool = choices.value.get("pool") if choices is not None and isinstance(choices.value, dict) else None
        before = len(self.source.problems)
        if pool is not None and not isinstance(pool.value, str):
            self.pool(pool, what, given)
        if len(self.source.problems) > before:
            return None
        try:
            kind = kinds.make(_plain_spec(y))
        except kinds.KindError as error:
            told = {(p.line, p.column) for p in self.source.problems}
            if not any((v.line, v.column) in told for v in scalars(y)):  # otherwise that fault explains this one
                at = _find_word(y, error.word) or (y.line, y.column)
                self.fault(at, f"{what}, type: {str(error).rstrip('.')}.", error.word, nearest(error.word, error.allowed or ()))
            return None

        def fault(text: str, offset: int, message: str, word: str, hint: str) -> None:
            at = next((v for v in scalars(y) if text in (v.value, v.text)), None)
            if at is None:
                self.fault(_find_word(y, text) or y, message, word, hint)
            else:
                self.source.fault_inside(at, offset, message, word, hint)

        def look(text: str) -> str:
            try:
                compiled = compile_text(text)
            except TextError as error:
                fault(text, error.offset, f"{what}, type: {error.message}", error.word, error.hint)
                return text
            for name, offset in compiled.figures.items():
                fault(text, offset, f"{what}, type shows the figure {name!r}; figures stand in text, ask and solution only.", name, "")
            for name, offset in compiled.names.items():
                if given.get(name) not in ("draw", "let"):
                    fault(text, offset, f"{what}, type prints {name!r}, which is not drawn.", name, nearest(name, given))
            return text

        for text in kind.formulas():
            try:
                formula = parse(text, self.functions)
            except FormulaError as error:
                fault(text, error.offset, f"{what}, type: {error.message}", error.word, error.hint)
                continue
            for name, offset in formula.names.items():
                if given.get(name) not in ("draw", "let"):
                    fault(text, offset, f"{what}, type names {name!r}, which is not drawn.", name, nearest(name, given))
            self.kind_formulas[text] = formula
        if not kind.formulas():
            kind.with_texts(look)
        if pool is not None and kind.own_key:
            return self.pooled(kind, y, name or "")
        return self.shuffled(kind, y, name or "") if isinstance(kind, OptionsKind) and kind.shuffled else kind

    def mistake(self, y: Y, what: str, points: fmpq | None, part_name: str | None) -> Mistake | None:
        found = self.keys(y, MISTAKE_KEYS, f"a mistake of {what}")
        if not found:
            return None
        before = len(self.source.problems)
        label = f"{what}, mistake"
        formula = None
        instead: dict[str, Formula] = {}
        if "answer" in found and "instead" in found:
            self.fault(y.keys["instead"], f"{label}: either answer or instead, not both.", "instead")
        elif "answer" in found:
            formula = self.formula(found["answer"], label)
        elif "instead" in found:
            if not isinstance(found["instead"].value, dict) or not found["instead"].value:
                self.fault(found["instead"], f"{label}: instead must be a mapping of a name to a formula.", "instead")
            else:
                for name, value in found["instead"].value.items():
                    if self.known.get(name) not in ("let", "part let", "part"):
                        self.fault(found["instead"].keys[name], f"{label}: {name!r} is no earlier value of the chain.",
                                   name, nearest(name, [n for n, k in self.known.items() if k != "draw"]))
                    wrong = self.formula(value, label)
                    if wrong is not None:
                        instead[name] = wrong
        else:
            self.fault(y, f"{label} has neither 'answer' nor 'instead'.", "answer", "One of them is needed.")
        earned = self.number(found["points"], f"{label}, points") if "points" in found else fmpq(0)
        if earned is not None and points is not None and earned >= points:
            self.fault(found["points"], f"{label}: a mistake cannot earn {earned} of {points} points.", str(earned))
        say_y = self.need(found, "say", y, f"the mistake of {what}")
        say = self.text(say_y, f"{what}, say", None, answers=True)
        when = self.formula(found.get("when"), f"{label}, when")
        if len(self.source.problems) > before or say is None or earned is None:
            return None
        return Mistake(formula, instead, earned, say, when, y.line)

    def must(self, y: Y | None, what: str) -> tuple[Formula, ...]:
        """One formula, or a list of them."""
        if y is None:
            return ()
        if isinstance(y.value, list) and self.too_many(y, MAX_RULES, f"conditions under 'must' of {what}"):
            return ()
        rules = [self.formula(v, f"{what}, must") for v in _listed(y)]
        return tuple([rule for rule in rules if rule is not None])

    def follow(self, y: Y | None, what: str, points: fmpq | None) -> Follow | None:
        if y is None or points is None:
            return None
        if y.value == "none":
            return Follow(fmpq(0))
        if not isinstance(y.value, dict):
            self.fault(y, f"{what}: follow must be none or a mapping of points and only_if.", y.text)
            return None
        found = self.keys(y, ("points", "only_if"), f"follow of {what}")
        earned = self.number(found["points"], f"{what}, follow points") if "points" in found else points
        if earned is not None and earned > points:
            self.fault(found["points"], f"{what}: follow-through cannot earn {earned} of {points} points.", str(earned))
        only_if = self.formula(found.get("only_if"), f"{what}, only_if")
        return Follow(earned if earned is not None else points, only_if)

    def check(self, y: Y | None, root: Y, parts: list[Part], given: Mapping[str, str]) -> Check | None:
        computed = [p for p in parts if p.formula is not None and not p.kind.own_key]
        if y is None:
            if computed:
                self.fault(root, "the question has no 'check'.", "check",
                           "Each variant is also solved by an independent function of solvers/numeric.")
            return None
        functions = numeric_functions()
        if isinstance(y.value, dict):
            each = {}
            for name, value in y.value.items():
                if name not in self.known or self.known[name] == "draw":
                    self.fault(y.keys[name], f"check: {name!r} is no value of the chain.", name,
                               nearest(name, [n for n, k in self.known.items() if k != "draw"]))
                formula = self.formula(value, f"check of {name}", given, functions, numeric=True)
                if formula is not None:
                    each[name] = formula
            for part in computed:
                if part.name not in y.value:
                    self.fault(y, f"check does not cover part {part.name!r}.", part.name)
            return Check(None, each, y.line)
        if isinstance(y.value, list):
            self.fault(y, "check must be a formula for each part, or one call that solves them all, not a list.")
            return None
        formula = self.formula(y, "check", given, functions, numeric=True)
        return Check(formula, {}, y.line) if formula is not None else None


_OWN = {"part let": "a `let` value of a part", "part": "the answer of a part"}
_KINDS = {"draw": "drawn value", "let": "let value", "part let": "let value", "part": "part"}


def _listed(y: Y | None) -> list[Y]:
    """The items of a list, or a single value as one."""
    if y is None:
        return []
    return y.value if isinstance(y.value, list) else [y]


def _true_statements(kind: Any) -> Formula:
    """The key of a pool: which of the statements drawn are true."""
    return Formula("the true statements", lambda values: kind.true_ones(values[kind.shown]), {kind.shown: 0})


def _piece(y: Y, pieces: list[tuple[int, Y]], offset: int) -> tuple[Y, int]:
    """The scalar of a formula written as a YAML list, and the offset in it; y itself where it is none."""
    for start, piece in reversed(pieces):
        if start <= offset:
            return piece, offset - start
    return y, offset


def _named(y: Y) -> str:
    if isinstance(y.value, dict):
        return "a mapping"
    if isinstance(y.value, list):
        return "a list"
    if y.value is None:
        return "nothing"
    if isinstance(y.value, bool):
        return f"{y.text} (true or false)"
    if isinstance(y.value, str):
        return f"the word {y.value[:30]!r}"
    return f"the number {y.text}"


def _plain_spec(y: Y) -> Any:
    """A `type:` value as the kinds take it: plain Python, decimals exact."""
    if isinstance(y.value, dict):
        return {k: _plain_spec(v) for k, v in y.value.items()}
    if isinstance(y.value, list):
        return [_plain_spec(v) for v in y.value]
    if isinstance(y.value, (str, bool, int)) or y.value is None:
        return y.value
    return exact(y.value)


def _find_word(y: Y, word: str) -> tuple[int, int] | None:
    """The place of a key or a scalar below y."""
    if isinstance(y.value, dict):
        for key, value in y.value.items():
            if key == word:
                return y.keys[key]
            found = _find_word(value, word)
            if found:
                return found
    elif isinstance(y.value, list):
        for value in y.value:
            found = _find_word(value, word)
            if found:
                return found
    elif str(y.value) == word or y.text == word:
        return y.line, y.column
    return None


__all__ = ["UnknownQuestion", "find", "load", "load_file", "load_text", "question_paths",
           "questions_root"]
