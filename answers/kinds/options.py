"""What the kinds with printed options share: letters, and finding an option by what was typed."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flint import fmpq

from examwright.answers.characters import AND_WORDS, THEN, visible
from examwright.answers.kinds.base import Kind, KindError
from examwright.answers.reader import Ambiguous, Blank, Unreadable, read_words
from examwright.answers.sentences import are_shuffled, is_sentence
from examwright.answers.symbols import without_greek
from examwright.answers.words import option_typed
from examwright.solvers.arithmetic import as_int, exact, is_number, to_text

Options = tuple[tuple[str, str], ...]

ORDERS = ("as written", "shuffled")
_CUTS = re.compile(r"[,;<>|→⇒≻≺=≈∼~&+(){}\[\]]|\\(?:to|sim|succ|prec|rightarrow)\b" + rf"|\b(?:{AND_WORDS})\b|和|与|及|{THEN}", re.I)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def word_of(value: Any) -> str:
    """A word of a chain or a type as text: booleans and numbers too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return to_text(value) if is_number(value) else str(value)


def values_of(given: Any) -> dict[str, Any]:
    """The value in a chain of each option: the word itself, but a number or a boolean stays one."""
    return {word_of(v): v if isinstance(v, (str, bool)) else exact(v) for v in given}


def options_of(given: Any, kind: str) -> Options:
    """(id, text) from a list of texts or a mapping from id to text. Raises KindError."""
    for item in [x for pair in given.items() for x in pair] if isinstance(given, dict) else given or ():
        if not isinstance(item, (str, bool, int, Decimal, fmpq)):
            raise KindError(f"an option is a word or a number, not {item}", str(item))
    if isinstance(given, dict):
        pairs = tuple([(word_of(i), word_of(t)) for i, t in given.items()])
    elif isinstance(given, (list, tuple)):
        pairs = tuple([(word_of(t), word_of(t)) for t in given])
    else:
        raise KindError(f"the type '{kind}' needs a list of options", kind)
    if not 2 <= len(pairs) <= 40:
        raise KindError(f"the type '{kind}' needs 2 to 40 options, not {len(pairs)}", kind)
    seen: dict[str, None] = {}
    for i, _ in pairs:
        if i in seen:
            raise KindError(f"the option '{i}' stands there twice", i)
        seen[i] = None
    return pairs


def names_of(option: str, text: str) -> tuple[str, ...]:
    """What an option is called by, besides its letter: its text, and its id unless that is one letter which stands nowhere on paper."""
    return (text,) if len(option) == 1 and is_sentence(text) else (option, text)


def _normal(text: str) -> str:
    text = re.sub(r"[\s$]+", " ", text.casefold()).strip().strip("'\"").strip()
    return text[:-1].rstrip() if len(text) > 1 and text.endswith(".") else text


def _symbol(text: str) -> str:
    r"""The name of a symbol without what people leave out or write otherwise: ``$\theta_{1}$``, ``θ₁`` and ``theta1`` are one."""
    return re.sub(r"[\s$_]", "", without_greek(text.strip().strip("$").strip())).casefold()


class OptionsKind(Kind):
    """A kind whose answers are among printed options. Where they are `shuffled`, their order is a drawn value: the numbers of the
    options (from 1) as they are printed, `last` ones at the end. The words `options`, `order` and `last` of a type say so; without
    them, whole sentences are shuffled, and words stay as they are written."""

    def __init__(self, options: Options, values: dict[str, Any] | None = None):
        self.options = options
        self.values = values or {}
        self.marks = _marks(options)
        self.shuffled = len(options) > 1 and are_shuffled([t for _, t in options])
        self.last: tuple[str, ...] = ()
        self.order = ""  # the name of the drawn value, until it is resolved

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        if not isinstance(options, dict) or not isinstance(options.get("options"), (dict, list)):
            return cls(options_of(options, cls.name), values_of(options))
        given = options["options"]
        kind = cls(options_of(given, cls.name), values_of(given))
        kind._take({word: value for word, value in options.items() if word != "options"})
        if kind.last and not kind.shuffled:
            raise KindError("'last' needs 'order: shuffled'", "last")
        return kind

    words: tuple[str, ...] = ("order", "last")  # of a type, beside `options`

    def _take(self, given: dict[str, Any]) -> None:
        """The words of a type that stand beside its options. Raises KindError."""
        for word in given:
            if word not in self.words:
                raise KindError(f"the type '{self.name}' has no option '{word}'", str(word), ["options", *self.words])
        if "order" in given:
            if given["order"] not in ORDERS:
                raise KindError(f"there is no order '{given['order']}'", str(given["order"]), list(ORDERS))
            self.shuffled = given["order"] == ORDERS[1]
        last = given.get("last", ())
        self.last = tuple([word_of(i) for i in (last if isinstance(last, (list, tuple)) else [last])])
        ids = [i for i, _ in self.options]
        for i in self.last:
            if i not in ids:
                raise KindError(f"'last' names '{i}', which is none of the options", i, ids)

    # the order

    def order_drawn_as(self, name: str) -> Kind:
        """The kind with the name of the drawn value that says in which order its options are printed."""
        kind = copy.copy(self)
        kind.order = name
        return kind

    def formulas(self) -> list[str]:
        return [self.order] if self.order else []

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not self.order:
            return self
        numbers = [as_int(n) for n in evaluate(self.order)]
        if sorted(numbers) != list(range(1, len(self.options) + 1)):
            raise ValueError(f"{self.order} is not the numbers from 1 to {len(self.options)}, the options, in some order")
        kind = self._with(tuple([self.options[n - 1] for n in numbers]))
        kind.order = ""
        return kind

    def with_texts(self, render: Callable[[str], str]) -> Kind:
        return self._with(tuple([(i, render(t)) for i, t in self.options]))

    def _with(self, options: Options) -> OptionsKind:
        kind = copy.copy(self)
        kind.options, kind.marks = options, self.marks if options == self.options else _marks(options)
        return kind

    def value(self, structure: Any) -> Any:
        if isinstance(structure, tuple):
            return tuple([self.value(s) for s in structure])
        return self.values.get(structure, structure)

    def text_of(self, option: str) -> str:
        """The printed text of an option."""
        return dict(self.options)[option]

    def mark_of(self, option: str) -> str:
        """The letter printed before an option."""
        for mark, (i, _) in zip(self.marks, self.options):
            if i == option:
                return mark
        raise KeyError(option)

    def find(self, typed: str) -> str:
        """The id of the option meant by its letter, its id or its text. Raises Unreadable or Ambiguous."""
        bare = visible(typed).strip()
        for i, text in self.options:
            if bare in names_of(i, text) and (self._letter(bare) in (None, i) or bare.islower()):
                return i
        wanted = _normal(bare)
        found = [i for i, called in _called(self.options) if wanted in called]
        letter = self._letter(bare)
        if letter is not None and letter not in found:
            found.append(letter)
        if not found:
            m = re.match(r"[(\[]?([A-Za-z]|[0-9]{1,2})[)\].:]\s*(\S.*)$", bare)  # "B) It falls."
            if m:
                first, second = self._letter(m.group(1)), _normal(m.group(2))
                same = [i for i, called in _called(self.options) if second in called]
                if first is not None and (same == [first] or self._letter(m.group(2)) == first):
                    return first
            named = [i for i, text in self.options if re.fullmatch(r"\$[^\s$]+\$", text) and _symbol(text) == _symbol(bare)]
            if len(named) == 1:
                return named[0]
            if option_typed(bare) != bare:
                return self.find(option_typed(bare))
            raise Unreadable("'{text}' is none of the options: {options}", text=bare[:60], options=", ".join(self.marks))
        if len(found) > 1:
            raise Ambiguous([f"{self.mark_of(i)}. {self.text_of(i)}" for i in found])
        return found[0]

    def _letter(self, typed: str) -> str | None:
        m = re.fullmatch(r"[(\[]?\s*([A-Za-z]|[0-9]{1,2})\s*[)\].:]{0,2}", typed)
        if not m:
            return None
        mark = m.group(1).upper()
        return self.options[self.marks.index(mark)][0] if mark in self.marks else None

    def find_all(self, raw: str, sign: str = "") -> tuple[str, ...]:
        """The ids of several options in a `lettered` text; `sign` as in `read_words`. Raises Unreadable, Ambiguous or Blank."""
        if not raw.strip():
            raise Blank
        try:
            return (self.find(raw),)
        except Unreadable as error:
            words = read_words(raw, sign)
            compact = re.sub(r"[\s,;]+", "", raw)
            if len(words) == 1 and len(compact) > 1 and compact.isalpha() and compact.isupper():
                words = tuple(compact)  # "BCA"
            if len(words) == 1 and words[0] != raw.strip():  # "{a}"
                return (self.find(words[0]),)
            if len(words) < 2:
                raise error
        return tuple([self.find(word) for word in words])

    def lettered(self, raw: str) -> str:
        """The text with its letter in the place of each option whose own words could be taken for several: there is a comma, a sign or
        a bracket in them. Raises Ambiguous where two of them share words."""
        if all([w.upper() in self.marks for w in re.findall(r"\w+", raw)]):
            return raw
        found = sorted([(m.start(1), -m.end(1), i) for i, words in _own_words(self.options) for m in words.finditer(raw)])
        out, at, last = [], 0, ""
        for start, end, i in found:
            if start < at:
                if -end > at:
                    raise Ambiguous([f"{self.mark_of(o)}. {self.text_of(o)}" for o in (last, i)])
                continue  # within a longer one
            out += [raw[at:start], self.mark_of(i)]
            at, last = -end, i
        return "".join([*out, raw[at:]])

    def show(self, structure: Any) -> str:
        if isinstance(structure, tuple):
            return ", ".join([self.show(s) for s in structure])
        mark, text = self.mark_of(structure), self.text_of(structure)
        return text if mark == text else f"{mark}. {text}"

    def space(self) -> dict[str, Any]:
        boxes = [(m, t) for m, (_, t) in zip(self.marks, self.options)]
        return {"shape": "boxes", "options": boxes, "many": False}


@functools.lru_cache(maxsize=1024)
def _names(option: str, text: str) -> frozenset[str]:
    """The names of an option as they are compared."""
    return frozenset(map(_normal, names_of(option, text)))


@functools.lru_cache(maxsize=512)
def _called(options: Options) -> tuple[tuple[str, frozenset[str]], ...]:
    """(id, its names as they are compared) of each option."""
    return tuple([(i, _names(i, text)) for i, text in options])


@functools.lru_cache(maxsize=512)
def _own_words(options: Options) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """(id, where its words stand in a text) of the options that signs stand in by which lists are cut; overlapping places too."""
    out = []
    for i, text in options:
        for name in dict.fromkeys(names_of(i, text)):
            if not _CUTS.search(name):
                continue
            pattern, before = "", ""
            for piece in re.findall(r"\w+|[^\w\s$]", _normal(name)):
                pattern += (r"[\s$]++" if before and before[-1].isalnum() and piece[0].isalnum() else r"[\s$]*+" if before else "")
                pattern += "[,;]" if piece in ",;" else re.escape(piece)
                before = piece
            out.append((i, re.compile(rf"(?<![\w\\])(?=((?<!\w)\$?{pattern}\.?\$?(?![\w]|[.,]\d)))", re.I)))
    return tuple(out)


def _marks(options: Options) -> tuple[str, ...]:
    """A, B, C, …; numbers instead where a letter would also be the name of another option."""
    letters = tuple(_LETTERS[:len(options)])
    numbers = tuple([str(n + 1) for n in range(len(options))])
    names = [called for _, called in _called(options)]
    for marks in (letters, numbers):
        if len(marks) == len(options) and not any(
                m.casefold() in called for k, m in enumerate(marks) for j, called in enumerate(names) if j != k):
            return marks
    return letters if len(letters) == len(options) else numbers
