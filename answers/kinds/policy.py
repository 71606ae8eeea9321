"""A policy: one action for each state, where several may be best."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from flint import fmpq

from examwright.answers.kinds.base import DEFAULT, Judgement, Kind, KindError, Notation, Said, described, word_latex
from examwright.answers.kinds.options import word_of
from examwright.answers.phrases import either, known, phrase, told
from examwright.answers.precision import ONE
from examwright.answers.reader import Ambiguous, Blank, Unreadable
from examwright.solvers.arithmetic import is_number, to_text

_ARROWS = {"←": "left", "→": "right", "↑": "up", "↓": "down"}
_PAIR = re.compile(r"\s*(?::|=|→|->|↦|\\to\b|\\mapsto\b)\s*")

Heads = Any  # tuple of texts, or a formula as str


class PolicyKind(Kind):
    """``{policy: {states: [$s_1$, $s_2$], actions: [left, right]}}``; the states may be a formula. The key has for each
    state the list of the best actions (or the only one as a word); any of them is right. Typed as ``s1: left, s2: right``,
    or just the actions in the order of the states; an action by its word, any beginning of it that no other action
    has, its number (``2`` for ``a2``) or an arrow. ``each: step`` is the word for what the states are, where that is another."""

    name = "policy"

    def __init__(self, states: Heads, actions: tuple[str, ...], each: str = "state"):
        self.states = states
        self.actions = actions
        self.each = each

    @classmethod
    def from_options(cls, options: Any) -> Kind:
        allowed, needed = ["states", "actions", "each"], ["states", "actions"]
        if not isinstance(options, dict):
            raise KindError("a policy needs 'states' and 'actions'", "policy", allowed)
        for word in options:
            if word not in allowed:
                raise KindError(f"the type 'policy' has no option '{word}'", str(word), allowed)
        for word in needed:
            if word not in options:
                raise KindError(f"a policy needs '{word}'", "policy", allowed)
        states, actions = options["states"], options["actions"]
        if not isinstance(states, str):
            if not isinstance(states, (list, tuple)) or not 1 <= len(states) <= 40:
                raise KindError("'states' is a list of names, or a formula that gives one", "states")
            states = tuple([_head(s) for s in states])
            if len({_bare(s) for s in states}) != len(states):
                raise KindError("two states have the same name", "states")
        if not isinstance(actions, (list, tuple)) or not 2 <= len(actions) <= 12 or not all([isinstance(a, (str, int)) for a in actions]):
            raise KindError("'actions' is a list of 2 to 12 words", "actions")
        words = tuple([word_of(a) for a in actions])
        if len({_bare(w) for w in words}) != len(words):
            raise KindError("two actions have the same name", "actions")
        each = options.get("each", "state")
        if not isinstance(each, str) or not each.isalpha():
            raise KindError(f"'each' is one word for what the states are, such as step, not {each}", "each")
        return cls(states, words, each)

    def with_texts(self, render: Callable[[str], str]) -> Kind:
        states = self.states if isinstance(self.states, str) else tuple([render(s) for s in self.states])
        return type(self)(states, self.actions, self.each)

    def formulas(self) -> list[str]:
        return [self.states] if isinstance(self.states, str) else []

    def resolve(self, evaluate: Callable[[str], Any]) -> Kind:
        if not isinstance(self.states, str):
            return self
        value = evaluate(self.states)
        if not isinstance(value, (tuple, list)) or not value:
            raise KindError(f"'{self.states}' does not give a list of states", self.states)
        return type(self)(tuple([_head(v) for v in value]), self.actions, self.each)

    def key_fault(self, value: Any) -> str | None:
        if not isinstance(value, tuple):
            return f"is {described(value)}, where a list with the best actions of each state is asked for"
        if len(value) != len(self.states) and not isinstance(self.states, str):
            return f"has {len(value)} states, where the type says {len(self.states)}"
        for best in _sets(value):
            if not best:
                return "has a state without an action"
            for a in best:
                if a not in self.actions:
                    return f"has the action '{a}', which is none of {', '.join(self.actions)}"
        return None

    # the answer

    def read(self, raw: str, notation: Notation = DEFAULT) -> tuple[str, ...]:
        if not raw.strip():
            raise Blank
        if len(raw) > 2000:
            raise Unreadable("the answer is longer than {n} characters", n=2000)
        text = re.sub(r"\\left(?![a-z])|\\right(?![a-z])", "", raw).replace("\n", ",")
        text = " ".join(text.split())
        text = re.sub(r"^(?:π|pi|\\pi|policy)\s*[:=]\s*", "", text, flags=re.I)
        pieces = [p.strip() for p in re.split(r"[,;|]", text) if p.strip(" ()[]{}")]
        if len(pieces) == 1 and len(self.states) > 1:
            pieces = self._at_spaces(pieces[0].strip("()[]{} "))
        if len(pieces) > len(self.states):  # nothing else costs time with thousands of entries
            raise self._miscounted(len(pieces))
        named: dict[int, str] = {}
        bare: list[str] = []
        for piece in pieces:
            if len(piece) > 100:
                raise Unreadable("an entry is longer than {n} characters", n=100)
            state, action = self._split(piece)
            if state is None:
                bare.append(self._action(action))
            elif state in named:
                raise Unreadable("the {each} {name} stands there twice", each=known(self.each), name=self.states[state])
            else:
                named[state] = self._action(action)
        if named and bare:
            raise Unreadable("some have a {each} before them and some have none", each=known(self.each))
        found = tuple(bare) if bare else tuple([named[i] for i in sorted(named)])
        if len(found) != len(self.states):
            raise self._miscounted(len(found))
        return found

    def _miscounted(self, count: int) -> Unreadable:
        return Unreadable("{n} typed, one for each of {of} {each} asked for", n=count, of=len(self.states), each=known(self.each + "s"))

    def _split(self, piece: str) -> tuple[int | None, str]:
        """(number of the state or None, action) of ``s1: left``, ``π(s1) = left`` or ``left``."""
        names = [_bare(s) for s in self.states]
        for mark in _PAIR.finditer(piece):
            if piece[mark.end():].strip(" ()[]{}"):
                state = _bare(re.sub(r"^(?:π|\\?pi)\s*\((.*)\)$", r"\1", piece[:mark.start()].strip(" [{")))
                if state in names:
                    return names.index(state), piece[mark.end():]
        if re.search(r"[:=]", piece):
            raise Unreadable("'{text}' has none of the {each} {names} before it", text=piece[:40], each=known(self.each + "s"), names=", ".join(self.states))
        return None, piece

    def _at_spaces(self, text: str) -> list[str]:
        """``left right``, ``s1: left s2: right``, ``← →``, ``LR``."""
        words = _PAIR.sub(lambda m: m.group().strip() if m.group().strip() in (":", "=") else m.group(), text).split()
        if len(words) == 1 and len(words[0]) == len(self.states) and (
                words[0].isupper() or all([c in _ARROWS for c in words[0]])):
            return list(words[0])
        return words

    def _action(self, typed: str) -> str:
        word = _bare(typed.strip(" ()[]{}'\".$"))
        word = _ARROWS.get(word, word)
        same = [a for a in self.actions if _bare(a) == word]
        found = same or [a for a in self.actions if word and _bare(a).startswith(word)]
        if not found and word.isdigit():  # 2 for a_2
            found = [a for a in self.actions if re.sub(r"^[^0-9]+", "", _bare(a)) == word]
        if not found:
            raise Unreadable("'{text}' is none of {names}", text=typed.strip()[:40], names=", ".join(self.actions))
        if len(found) > 1:
            raise Ambiguous(found)
        return found[0]

    def value(self, structure: Any) -> Any:
        return tuple([(a,) for a in structure])

    def show(self, structure: Any) -> str:
        return ", ".join([f"{s}: {a}" for s, a in zip(self.states, structure)])

    def judge(self, structure: Sequence[str], key: Any, slack: Any = None) -> Judgement:
        wrong = [s for s, a, best in zip(self.states, structure, _sets(key)) if a not in best]
        if not wrong:
            return Judgement(ONE, "key", phrase("right in every {each}", each=known(self.each)))
        return Judgement(fmpq(len(structure) - len(wrong), len(structure)), "wrong", phrase("not right in {names}", names=", ".join(wrong)))

    def confusable(self, a: Any, key: Any, slack: Any = None) -> bool:
        return isinstance(a, tuple) and len(a) == len(key) and all(
            [not set(x).isdisjoint(best) for x, best in zip(_sets(a), _sets(key))])

    def in_other_form(self, structure: Any, key: Any, slack: Any = None) -> bool:
        return bool(self.value(structure) != tuple(_sets(key)))

    def equivalents(self, key: Any) -> list[Any]:
        last = tuple([(best[-1],) for best in _sets(key)])
        return [last] if last != tuple(_sets(key)) else []

    # printing

    def latex(self, value: Any, language: str = "en") -> str:
        return word_latex(self.show([told(either(*best), language) for best in _sets(value)]))

    def plain(self, value: Any) -> str:
        return ", ".join([f"{_typeable(s)}: {best[0]}" for s, best in zip(self.states, _sets(value))])

    def rounded(self, value: Any) -> str:
        return ", ".join([best[0] for best in _sets(value)])

    def asked(self) -> Said:
        return phrase("one for each", actions=", ".join(self.actions), each=known(self.each))

    def space(self) -> dict[str, Any]:
        heads = [] if isinstance(self.states, str) else list(self.states)
        return {"shape": "grid", "rows": max(len(heads), 1), "columns": 1, "row_heads": heads, "column_heads": []}

    def samples(self, key: Any) -> list[str]:
        first = [best[0] for best in _sets(key)]
        states = [_typeable(s) for s in self.states]
        out = [self.rounded(key), "; ".join([f"{s} = {a}" for s, a in zip(states, first)]), "(" + " ".join(first) + ")",
               "\n".join([f"π({s}) = {a}" for s, a in zip(states, first)])]
        short = [a[0].upper() for a in first]
        return [*out, " ".join(short)] if len({_bare(a)[0] for a in self.actions}) == len(self.actions) else out


def _sets(value: Any) -> list[tuple[str, ...]]:
    """The best actions of each state as words."""
    return [tuple([word_of(a) for a in best]) if isinstance(best, tuple) else (word_of(best),) for best in value]


def _head(value: Any) -> str:
    return to_text(value) if is_number(value) else str(value)


def _bare(text: str) -> str:
    r"""A name without what people leave out or add: ``$s_{1}$``, ``s_1`` and ``S1`` are one."""
    return re.sub(r"[\s$_{}\\'\"]", "", text).casefold()


def _typeable(state: str) -> str:
    return re.sub(r"[$_{}\\]", "", state)


KIND = PolicyKind
