r"""LaTeX math as it is read aloud: "x squared", "fraction 2 over 9", "theta sub 1", "the 2 by 2 matrix with rows 1, 2; 3, 4".

The words are a table for each language (`LANGUAGES`; the others than English in `spoken_words.py`). Anything that typesets can be
read: an unknown command is read by its name.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from functools import lru_cache

from examwright.generator.pages.spoken_words import WORDS

DEPTH = 80  # of braces; deeper ones are read as a flat text

_ENGLISH: dict[str, str] = {
    "+": "plus", "-": "minus", "*": "times", "/": "over", "=": "equals", "<": "is less than", ">": "is greater than", "'": "prime",
    "!": "factorial", ":": "colon", "|": "vertical bar", "~": "", "[": "open bracket", "]": "close bracket", "(": "open parenthesis",
    ")": "close parenthesis", "−": "minus",
    "cdot": "times", "times": "times", "div": "divided by", "pm": "plus or minus", "mp": "minus or plus", "ast": "star", "star": "star",
    "circ": "composed with", "odot": "elementwise times", "otimes": "tensor", "oplus": "circled plus",
    "le": "is at most", "leq": "is at most", "ge": "is at least", "geq": "is at least", "ne": "is not equal to", "neq": "is not equal to",
    "lt": "is less than", "gt": "is greater than", "ll": "is much less than", "gg": "is much greater than",
    "approx": "is approximately", "equiv": "is identical to", "sim": "is distributed as", "propto": "is proportional to", "in": "in",
    "notin": "not in", "ni": "contains", "subset": "is a subset of", "subseteq": "is a subset of", "cup": "union", "cap": "intersected with",
    "setminus": "without", "to": "goes to", "rightarrow": "goes to", "mapsto": "maps to", "gets": "becomes", "leftarrow": "becomes",
    "longrightarrow": "goes to", "leftrightarrow": "corresponds to", "Rightarrow": "implies", "implies": "implies",
    "iff": "if and only if", "Leftrightarrow": "if and only if", "uparrow": "up arrow", "downarrow": "down arrow", "mid": "given",
    "dots": "and so on", "ldots": "and so on", "cdots": "and so on", "vdots": "and so on", "ddots": "and so on",
    "infty": "infinity", "partial": "partial", "nabla": "gradient of", "emptyset": "the empty set", "varnothing": "the empty set",
    "forall": "for all", "exists": "there is", "neg": "not", "lnot": "not", "land": "and", "wedge": "and", "lor": "or", "vee": "or",
    "top": "top", "prime": "prime", "ell": "ell", "hbar": "h bar", "Re": "real part of", "Im": "imaginary part of",
    "ln": "natural log", "log": "log", "exp": "exponential", "det": "determinant of", "dim": "dimension of", "Pr": "probability",
    "gcd": "greatest common divisor", "tr": "trace of", "rank": "rank of", "argmax": "arg max", "argmin": "arg min",
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "%": "percent", "$": "dollars", "&": "and", "#": "number", "_": "underscore",
    "lbrace": "open brace", "rbrace": "close brace", "{": "open brace", "}": "close brace", "langle": "open angle", "rangle": "close angle",
    "colon": "colon", "therefore": "therefore", "because": "because", "perp": "is perpendicular to", "parallel": "is parallel to",
    "capital": "capital", "fraction": "fraction", "fraction over": "over", "end fraction": "end fraction", "squared": "squared", "cubed": "cubed",
    "inverse": "inverse", "transposed": "transposed", "to the": "to the power", "end power": "end power", "sub": "sub",
    "end sub": "end sub", "super": "superscript", "root": "square root of", "nth root": "root of order {} of", "end root": "end root",
    "choose": "choose", "of": "of", "base": "base", "by": "by", "from": "from", "up to": "to", "over": "over", "sum": "the sum",
    "prod": "the product", "int": "the integral", "max": "the maximum", "min": "the minimum", "sup": "the supremum", "inf": "the infimum",
    "lim": "the limit", "bigcup": "the union", "bigcap": "the intersection", "matrix": "the {} by {} matrix with rows {}",
    "column": "the column vector {}", "row": "the row vector {}", "determinant": "the determinant of the {} by {} matrix with rows {}",
    "such that": "such that", "end matrix": "end matrix", "end vector": "end vector", "xrightarrow": "arrow labelled {} to", "xleftarrow": "arrow labelled {} from",
    "cases": "by cases: {}", "abs": "the absolute value of", "end abs": "end absolute value", "norm": "the norm of", "end norm": "end norm",
    "floor": "the floor of", "end floor": "end floor", "ceil": "the ceiling of", "end ceil": "end ceiling", "set": "the set of",
    "end set": "end set", "bold": "bold", "hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "vec": "vector", "tilde": "tilde",
    "widetilde": "tilde", "dot": "dot", "ddot": "double dot", "not": "not", "indicator": "the indicator of",
    "R": "the real numbers", "N": "the natural numbers", "Z": "the integers", "Q": "the rational numbers", "C": "the complex numbers",
    "E": "the expectation", "P": "the probability", "1": "the indicator",
}
LANGUAGES: dict[str, dict[str, str]] = {"en": _ENGLISH, **WORDS}

_TOKEN = re.compile(r"\\begin\{[A-Za-z]+\*?\}|\\end\{[A-Za-z]+\*?\}|\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?(?:\{,\}\d+)?|\s+|.", re.S)
_SKIPPED = {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", r"\displaystyle", r"\textstyle", r"\scriptstyle", r"\limits", r"\nolimits",
            r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\big", r"\Big", r"\bigg", r"\biggl", r"\biggr", r"\Bigg", r"\middle", r"\hline",
            r"\rm", r"\bf", r"\it", r"\strut", r"\null", r"\phantom", r"\thinspace", r"\hfill", "~"}
_PLAIN = {r"\text", r"\textrm", r"\textbf", r"\textit", r"\texttt", r"\mathrm", r"\mathsf", r"\mathtt", r"\mathit", r"\operatorname",
          r"\operatorname*", r"\mbox"}
_PASSED = {r"\boxed", r"\cancel", r"\underline", r"\mathop", r"\mathrel", r"\mathbin", r"\mathord", r"\mathcal", r"\mathscr", r"\mathfrak",
           r"\boldsymbol", r"\pmb", r"\smash", r"\ensuremath", r"\vphantom", r"\substack"}
_ACCENTS = {r"\hat", r"\widehat", r"\bar", r"\overline", r"\vec", r"\tilde", r"\widetilde", r"\dot", r"\ddot"}
_BIG = {r"\sum", r"\prod", r"\int", r"\max", r"\min", r"\sup", r"\inf", r"\lim", r"\bigcup", r"\bigcap"}
_FUNCTIONS = {r"\ln", r"\log", r"\exp", r"\sin", r"\cos", r"\tan", r"\tanh", r"\sinh", r"\cosh", r"\arctan", r"\Pr", r"\gcd"}
_STYLES = {r"\mathbf", r"\bm", r"\boldsymbol", r"\pmb", r"\vec"}  # of vectors and matrices
_GREEK = {*re.findall(r"\\[A-Za-z]+", r"\alpha\beta\gamma\delta\epsilon\varepsilon\zeta\eta\theta\vartheta\iota\kappa\lambda\mu\nu\xi\pi\rho\sigma\tau\upsilon\phi\varphi\chi\psi"
                      r"\omega\Gamma\Delta\Theta\Lambda\Xi\Pi\Sigma\Upsilon\Phi\Psi\Omega\ell")}
_ALWAYS_APPLIED = {*"fghEFGHIJKLOPQTV", r"\sigma", r"\phi", r"\varphi", r"\psi", r"\kappa", r"\ell", r"\Gamma", r"\Theta", r"\Phi", r"\Psi", r"\Omega"}
_OFTEN_APPLIED = {"p", "R", r"\pi"}  # but not to sums
_SHAPES = {"^": "^", "_": "_", "'": "'", "{": "g", "(": "p", "[": "p", r"\{": "p", r"\lbrace": "p", r"\prime": "'", r"\times": "x", r"\frac": "f", r"\dfrac": "f",
           r"\tfrac": "f", **dict.fromkeys([",", ";", "|", r"\|", r"\mid", r"\vert", r"\Vert"], ","), **dict.fromkeys(["+", "-", "−", r"\pm", r"\mp"], "-"),
           **dict.fromkeys(["=", "<", ">", r"\in", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\lt", r"\gt", r"\approx", r"\sim"], "="),
           **dict.fromkeys(["*", "/", "!", r"\cdot", r"\div", r"\odot", r"\circ", r"\otimes"], "o"), **dict.fromkeys([r"\dots", r"\ldots", r"\infty"], "a"),
           **dict.fromkeys([*_GREEK, *string.ascii_letters], "a"), **dict.fromkeys([*_ACCENTS, *_STYLES, *_PASSED, r"\mathbb"], "k"), **dict.fromkeys(_PLAIN, "t")}
_WRAPPED = {*_ACCENTS, *_STYLES, *_PASSED, r"\mathbb", "{"}
_LETTERS = {*_GREEK, *_ACCENTS, *_STYLES, *string.ascii_letters}  # what begins with them
_FACTORS = _LETTERS | _BIG | _FUNCTIONS
_CLOSES = {")": "([", "]": "([", r"\}": (r"\{", r"\lbrace"), r"\rbrace": (r"\{", r"\lbrace")}
_NAMED = r"(?:a+|[kt][ga])(?:'|[\^_].)*"
_FENCES = {r"\lvert": "abs", r"\lVert": "norm", r"\lfloor": "floor", r"\lceil": "ceil", r"\{": "set", r"\lbrace": "set"}
_CLOSING = {r"\rvert": "end abs", r"\rVert": "end norm", r"\rfloor": "end floor", r"\rceil": "end ceil", r"\}": "end set", r"\rbrace": "end set"}
_BARS = {"|": "abs", r"\vert": "abs", r"\|": "norm", r"\Vert": "norm"}
_LEFT, _RIGHT = [{"\\" + size + side for size in ("big", "Big", "bigg", "Bigg")} | {word} for side, word in (("l", r"\left"), ("r", r"\right"))]
_ENDS = {")", "]", "}", r"\}", r"\rbrace", "'", "!", r"\prime", r"\%", *_CLOSING, *[token for token, kind in _SHAPES.items() if kind == "a"]}

_NUMBER = re.compile(r"([0-9]+)")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_MARK = re.compile("([０-９]{5})")  # stands for a number of more than one digit
_SENTENCES = 2048  # kept in memory
_Sentence = tuple[str, tuple[int, ...]]  # the words with %s for each of these numbers


def say(latex: str, language: str = "en") -> str:
    """A formula (without its dollar signs) in words. Formulas that differ in their numbers only are read once, but for numbers whose value decides
    the words (squared, cubed)."""
    parts = _NUMBER.split(latex)
    skeleton, numbers = "0".join(parts[::2]), parts[1::2]
    sentence, deciding = _skeleton(skeleton, language)
    if deciding:
        sentence = _sentence(skeleton, deciding, tuple([numbers[i] if len(numbers[i]) == 1 else "" for i in deciding]), language)
    if sentence is None:
        return _read(latex, language)
    words, order = sentence
    return words % tuple([numbers[i] for i in order])


def _read(latex: str, language: str) -> str:
    """A formula in words, read by itself."""
    table = LANGUAGES[language]
    try:
        words = _Reader(latex, language).sentence()
    except RecursionError:  # commands in commands, hundreds deep
        words = _tidy(" ".join([table.get(t.strip("\\"), t.strip("\\{}")) for t in _TOKEN.findall(latex)]))
    return words or latex


def _tidy(words: str) -> str:
    return re.sub(r" ([,;.])", r"\1", re.sub(r"\s+", " ", words).strip())


@lru_cache(maxsize=_SENTENCES)
def _skeleton(skeleton: str, language: str) -> tuple[_Sentence | None, tuple[int, ...]]:
    """How the formulas are read that have other numbers, counted from 0, in the place of each 0; or which numbers decide that by being a certain digit, or
    a digit at all. Neither if each is to be read by itself."""
    if _MARK.search(skeleton) or skeleton.count("0") > 99_999 or r"\0" in _TOKEN.findall(skeleton):
        return None, ()
    reader, sentence = _marked(skeleton, {}, language)
    minus = reader.words["-"] + " "
    found = [_MARK.fullmatch(words.removeprefix(minus)) for words in [*reader.weighed, *reader.single]]
    deciding = tuple(sorted({int(mark.group()) for mark in found if mark}))
    return None if deciding else sentence, deciding


@lru_cache(maxsize=_SENTENCES)
def _sentence(skeleton: str, deciding: tuple[int, ...], values: tuple[str, ...], language: str) -> _Sentence | None:
    """How they are read if the deciding numbers are these digits, or others where it is ""; None if each is to be read by itself."""
    reader, sentence = _marked(skeleton, dict(zip(deciding, values)), language)
    return None if reader.single else sentence


def _marked(skeleton: str, given: dict[int, str], language: str) -> tuple[_Reader, _Sentence | None]:
    """What a skeleton is read by, and how, with marks for the numbers that are not given."""
    first, *others = skeleton.split("0")
    latex = first + "".join([(given.get(i) or f"{i:05}".translate(_WIDE)) + words for i, words in enumerate(others)])
    reader = _Reader(latex, language, True)
    try:
        parts = _MARK.split(reader.sentence().replace("%", "%%"))
    except RecursionError:
        return reader, None
    return reader, ("%s".join(parts[::2]), tuple([int(i) for i in parts[1::2]])) if parts != [""] else None


_MARKED = ("squared", "cubed", "'", "inverse", "transposed", "star", "!", *sorted([token[1:] for token in _ACCENTS]))


@lru_cache(maxsize=16)
def _single(language: str) -> re.Pattern[str]:
    """One thing in words: a number, a letter with one mark or index at most, a name of capitals, a differential. Not 2 x: where would a fraction over it end?"""
    words = LANGUAGES[language]
    minus, capital, sub, partial, bold, *marks = [re.escape(words[w]) for w in ("-", "capital", "sub", "partial", "bold", *_MARKED)]
    return re.compile(rf"({minus} )?(({capital}|{bold}|{partial}|d) )?\S+( {sub} \S+| ({'|'.join(marks)}))?|[A-Z]( [A-Z])+")


def _pairs(tokens: list[str]) -> dict[int, int]:
    """Where the bracket is that closes the one at a token, and the other way round. Half-open intervals are pairs, too."""
    out: dict[int, int] = {}
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token in ("(", "[", "{", r"\{", r"\lbrace") or token.startswith(r"\begin{"):
            opened.append(i)
        elif token == "}" or token.startswith(r"\end{"):
            kind = "{" if token == "}" else r"\begin{"
            while opened and not tokens[opened[-1]].startswith(kind):  # what is open within stays so
                opened.pop()
            if opened:
                out[i] = opened.pop()
        elif token in _CLOSES and opened and tokens[opened[-1]] in _CLOSES[token]:
            out[i] = opened.pop()
    return {**out, **{start: end for end, start in out.items()}}


def _bars(tokens: list[str], pairs: dict[int, int]) -> dict[int, int]:
    """Which bar closes a size or a norm that opens at a bar; for one that says what is given, in which bracket that is (-1: in none).

    What opens has no operand before it, or enough bars behind it to make pairs, in the same bracket and up to a comma."""
    parts: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    opened, done = [-1], []
    for i, token in enumerate(tokens):
        if pairs.get(i, -1) > i:
            opened.append(i)
        elif i in pairs or token in (",", ";", "&", r"\\"):
            done.append((opened[-1], parts.pop(opened[-1], [])))
            del opened[len(opened) - (i in pairs):]
        elif token in _BARS:
            parts.setdefault(opened[-1], []).append(i)
        elif token == r"\mid":
            found[i] = opened[-1]
    for bracket, bars in [*done, *parts.items()]:
        waiting: list[int] = []
        closing: set[int] = set()
        for n, i in enumerate(bars):
            kind, side = _BARS[tokens[i]], tokens[i - 1] if i else ""
            if side != r"\middle" and (side in _LEFT or side not in _RIGHT and not _ended(tokens, pairs, i, closing)):
                waiting.append(i)
            elif side != r"\middle" and waiting and _BARS[tokens[waiting[-1]]] == kind:
                found[waiting.pop()] = i
                closing.add(i)
            elif side not in {r"\middle", *_RIGHT} and sum([_BARS[tokens[j]] == kind for j in bars[n:]]) % 2 == 0:
                waiting.append(i)
            elif side not in _RIGHT and kind == "abs":
                found[i] = bracket
    return found


def _ended(tokens: list[str], pairs: dict[int, int], at: int, closing: set[int]) -> bool:
    """Does an operand end before a token?"""
    scripts = False
    while True:
        at -= 1
        while at >= 0 and tokens[at] in _SKIPPED:
            at -= 1
        if at < 0:
            return False
        first = pairs.get(at, at) if tokens[at] == "}" else at
        if first and tokens[first - 1] in ("^", "_"):
            at, scripts = first - 1, True
            continue
        if tokens[at] in _BARS:
            return at in closing
        return tokens[at][0].isdigit() or tokens[at] in _ENDS or tokens[at].startswith(r"\end{") or scripts and tokens[at] not in _BIG | _FUNCTIONS


class _Reader:
    """Reads tokens one after another. In a `marked` formula there are marks instead of numbers; it notes what was compared with numbers (`weighed`),
    and the marks that stand where only one digit is read (`single`)."""

    def __init__(self, latex: str, language: str, marked: bool = False):
        self.tokens: list[str] = []
        self.after_space: list[str] = []  # the white space before each token: it counts within \\text
        space = ""
        for token in _TOKEN.findall(latex):
            if token.isspace():
                space = " "
                continue
            self.tokens.append(token)
            self.after_space.append(space)
            space = ""
        self.words = LANGUAGES[language]
        self.single_thing = _single(language)
        self.pairs = _pairs(self.tokens)
        self.bars = _bars(self.tokens, self.pairs)
        self.at = 0
        self.depth = 0
        self.marked = marked
        self.weighed: list[str] = []
        self.single: list[str] = []

    def sentence(self) -> str:
        """All of it. Raises RecursionError."""
        return _tidy(self.until(lambda token: False))

    def simple(self, words: str) -> bool:
        """Is it short enough to need no word for its end?"""
        return self.single_thing.fullmatch(words) is not None

    def peek(self) -> str:
        while self.at < len(self.tokens) and self.tokens[self.at] in _SKIPPED:
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def until(self, closes: Callable[[str], bool]) -> str:
        """Everything up to a token that closes, which is read too."""
        out: list[str] = []
        self.depth += 1
        while token := self.peek():
            if closes(token):
                self.at += 1
                break
            if self.depth > DEPTH:
                self.at += 1
                self.weighed.append(token)
                out.append(self.words.get(token, token.strip("\\{}")))
                continue
            out.append(self.item())
            if self.apart():
                out.append(",")
        self.depth -= 1
        return " ".join([w for w in out if w])

    def apart(self) -> bool:
        """Is there a wide space between two operands here, as between equations? Between numbers a small one will do."""
        after, at = self.peek(), self.at
        while at and self.tokens[at - 1] in _SKIPPED:
            at -= 1
        spaces, before = {*self.tokens[at:self.at]}, self.tokens[at - 1]
        if before == "}" and self.tokens[self.pairs.get(at - 1, 0) - 1] in _PLAIN:
            return False
        if not spaces & {r"\quad", r"\qquad", r"\ "} or not (before[0].isdigit() or before in _ENDS or before.startswith(r"\end{")):
            return False
        if after[:1].isdigit() or _SHAPES.get(after) == "f":
            return True
        return spaces != {r"\ "} and (after == "(" or after in _FACTORS or after.startswith(r"\begin{"))

    def group(self) -> str:
        """The argument of a command: a group in braces, or one item."""
        token = self.peek()
        if token == "{":
            self.at += 1
            return self.until(lambda t: t == "}")
        if token.isdigit() and len(token) > 1 and self.marked:
            self.single.append(token)
        elif token.isdigit() and len(token) > 1:  # without braces, an argument is one digit
            self.tokens[self.at], self.after_space[self.at] = token[1:], ""
            return token[0]
        elif token.isalpha() and len(token) == 1:  # or one letter
            self.at += 1
            return f"{self.words['capital']} {token}" if token.isupper() else token
        return self.atom() if token not in ("", "}", "&", r"\\") else ""

    def text(self) -> str:
        """A group in braces, read as it is written."""
        if self.peek() != "{":
            return self.atom()
        depth, out = 0, []
        while self.at < len(self.tokens):
            token, space = self.tokens[self.at], self.after_space[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            if token not in ("{", "}", "$"):
                name = token[1:] if token.startswith("\\") else token
                out.append(space + (self.words.get(name, name) if token.startswith("\\") and name.isalpha() else name))
        return "".join(out).strip()

    def item(self) -> str:
        """An atom with what is above and below it."""
        token = self.peek()
        start = self.at
        base = self.atom()
        if token in _BIG or token.rstrip("*") == r"\operatorname" and base in ("arg max", "arg min", "argmax", "argmin"):
            return self.limits(base)
        if token == r"\arg" and self.peek() in (r"\max", r"\min"):
            base = "arg " + self.peek()[1:]
            self.at += 1
            return self.limits(base)
        if token in _FUNCTIONS:
            return self.function(base)
        return self.scripts(base, start)

    def scripts(self, base: str, start: int | None = None) -> str:
        """What is above and below a base, which begins with this token, and what it is applied to."""
        words, end = self.words, self.at
        out = [base] if base else []
        while (mark := self.peek()) in ("^", "_", "'", r"\prime") and mark:
            self.at += 1
            if mark in ("'", r"\prime"):
                out.append(words["'"])
                end = self.at
                continue
            raw = self.peek()
            raised, inside = self.at, self.group()
            end = self.at
            if not inside:
                continue
            self.weighed.append(inside)
            if mark == "_":
                inside = words["star"] if inside == words["*"] else inside
                out.append(f"{words['sub']} {inside}" + ("" if self.simple(inside) else f" {words['end sub']}"))
            elif inside in ("2", "3"):
                out.append(words["squared" if inside == "2" else "cubed"])
            elif start is not None and self.transposes(start, raised):
                out.append(words["transposed"])
            elif start is not None and self.policy(start, raised):
                out.append(f"{words['super']} {inside}")
            elif inside == f"{words['-']} 1":
                out.append(words["inverse"])
            elif inside in (words["star"], words["*"], words["+"], words["-"], words["'"]) or set(inside.split()) == {words["'"]}:
                out.append({words["*"]: words["star"]}.get(inside, inside))
            elif raw == "{" and inside.startswith(words["("]):
                out.append(f"{words['super']} {inside}")
            else:
                clear = self.simple(inside) and not (inside[-1].isdigit() and self.peek()[:1].isdigit())
                out.append(f"{words['to the']} {inside}" + ("" if clear else f" {words['end power']}"))
        if start is not None and (opened := self.bracket("([")) and self.applies(start, end, opened):
            out = [" ".join(out).removesuffix(f" {words['of']}"), self.applied(opened)]  # not "trace of of"
        return " ".join(out)

    def bracket(self, kinds: str = "(") -> int:
        """Which token is the bracket, of these kinds, that opens here; 0 if there is none, or it is never closed."""
        at = self.at + 1 if self.peek() == r"\left" else self.at
        return at if at in self.pairs and self.tokens[at] in kinds else 0

    def applied(self, opened: int) -> str:
        """What a function is applied to."""
        words, closed = self.words, self.pairs[opened]
        self.at = opened + 1
        inside = self.until(lambda t: self.at == closed or t == r"\right" and self.at + 1 == closed and self.advance())
        if self.peek() not in ("^", "'") and all([len(p.split()) <= 2 or self.simple(p.strip()) for p in inside.split(",")]):
            return f"{words['of']} {inside}" + (f" {words['times']}" if self.factor(closed + 1) else "")
        return f"{words['of']} {words[self.tokens[opened]]} {inside} {words[self.tokens[closed]]}"

    def factor(self, end: int) -> bool:
        """Does a factor follow right behind this token? Without a word between, it would be heard as a part of what a function is applied to."""
        token = self.peek()
        begins = token in _FACTORS and token != "d" or _SHAPES.get(token) == "f"
        return (begins or self.bracket() > 0 or self.bars.get(self.at, 0) > self.at) and not {r"\quad", r"\qquad"} & {*self.tokens[end:self.at]}

    def applies(self, start: int, end: int, opened: int) -> bool:
        """Is the name that stands from one token to another applied to what stands in these parentheses? Else they are a factor.

        Some names nearly always are (f, Q, sigma, words), others only to names and numbers: N(a), but n(m - 1). No name is to a sum in which it stands itself:
        p(1 - p)."""
        name, word = self.name(start)
        if not (word or name in _GREEK or re.fullmatch("[A-Za-z]+", name)) or {r"\,", r"\;", r"\:", r"\ ", r"\quad", r"\qquad", "~"} & {*self.tokens[end:opened]}:
            return False
        if self.tokens[opened] == "[" and not (word or name in ("E", "P")):  # else it is an interval, or a list
            return False
        inside, shape = self.level(opened + 1, self.pairs[opened]), self.shape(opened + 1, self.pairs[opened])
        summed = re.search("[^-,=ox]-", shape) is not None
        if summed and any([self.stands(start, end, at) for at in inside]):
            return False
        raised = self.raised(start, end)
        if word or name in _ALWAYS_APPLIED:
            return not (summed and raised)
        if raised or summed:
            return False
        sign = "-?" if name[:1].isupper() or name[1:2].isupper() else ""
        one = rf"{sign}(?:[nd]|f..|{_NAMED})"
        several = re.fullmatch("-?[nd](,-?[nd])+", shape) and not sign  # a vector
        return name in _OFTEN_APPLIED or re.fullmatch(f"{one}(?:=-?{one})?(?:,{one})*", shape) is not None and not several and not (name in _GREEK and shape in ("n", "d"))

    def name(self, start: int) -> tuple[str, bool]:
        """The letters of a name without accents and styles, and whether it is a word, or a letter that is written as one."""
        at = start
        while self.tokens[at] in _WRAPPED and at + 1 < len(self.tokens):
            at += 1
        if self.tokens[at] not in _PLAIN:
            more = at == start and self.tokens[at].isupper() and self.tokens[at + 1:at + 2]
            return self.tokens[at] + (more[0] if more and more[0].isupper() and more[0].isalpha() else ""), self.tokens[start] in (r"\mathcal", r"\mathscr")
        inside = self.tokens[at + 2:self.pairs.get(at + 1, at)]
        if len(inside) == 1:
            return inside[0], False
        return "", bool(inside) and all([t.isalnum() for t in inside]) and not any(self.after_space[at + 2:at + 3 + len(inside)])

    def level(self, first: int, end: int) -> list[int]:
        """The tokens between two, without what stands in brackets of its own."""
        out = []
        while first < end:
            if self.tokens[first] not in _SKIPPED or "quad" in self.tokens[first]:
                out.append(first)
            first = max(first, self.pairs.get(first, first)) + 1
        return [at for at in out if self.tokens[at] not in (r"\left", r"\right")]

    def shape(self, first: int, end: int) -> str:
        """What kinds of tokens these are, one character for each: nothing may depend on which number stands somewhere."""
        tokens = [self.tokens[at] for at in self.level(first, end)]
        return "".join([("n" if t.isdigit() else "d") if t[0].isdigit() else _SHAPES.get(t, " ") for t in tokens])

    def stands(self, start: int, end: int, at: int) -> bool:
        """Does the name that stands from one token to another stand here, too, and is not applied to anything?"""
        after = at + end - start
        here, there = [["0" if t[0].isdigit() else t for t in tokens] for tokens in (self.tokens[at:after], self.tokens[start:end])]
        return here == there and self.tokens[after:after + 1] not in (["("], [r"\left"])

    def raised(self, start: int, end: int) -> bool:
        """Is a name raised to a power, or transposed? A star is no power, nor are a policy, a number in parentheses, and what makes an inverse."""
        for at in self.level(start, end):
            inside = self.argument(at + 1) if self.tokens[at] == "^" else ["*"]
            if inside[:1] not in ([], ["*"], ["("], ["'"], [r"\prime"], [r"\star"], [r"\pi"]) and not (inside[0] == "-" and inside[1:2] and inside[1][0].isdigit()):
                return True
        return False

    def transposes(self, start: int, raised: int) -> bool:
        """Is this exponent, of a base that begins with a token, the sign of a transposed matrix? A T is, if the base looks like a matrix, or if something like a
        vector follows; else it is a number of steps."""
        exponent = "".join(self.argument(raised))
        if exponent != "T":
            return exponent in (r"\top", r"\intercal", r"\mathrm{T}", r"\mathsf{T}", r"\text{T}")
        base = self.tokens[start:raised - 1]
        if base[:1] in ([")"], ["]"]):
            base = self.tokens[self.pairs.get(start, start):start]
        if any([t in _STYLES or t.startswith(r"\begin{") or t in _GREEK and t[1].isupper() or len(t) == 1 and t.isupper() for t in base]):
            return True
        following = self.peek()
        named = self.tokens[start] not in ("e", r"\gamma", ")", "]") and not self.tokens[start][0].isdigit()
        return named and (following in _LETTERS or following.startswith(r"\begin{"))

    def policy(self, start: int, raised: int) -> bool:
        """Is this exponent the name of a policy? The value of pi is the exponent of numbers, and of e."""
        return self.argument(raised)[:1] == [r"\pi"] and self.tokens[start] != "e" and self.shape(start, start + 1) in ("a", "k", "t")

    def sized(self, at: int) -> bool:
        """Does this cross stand between lengths of something, and not in a calculation? 2 x 3 by itself, a list of such sizes, or as large as others."""
        opened = at - 1
        while opened >= 0 and not self.pairs.get(opened, -1) > at:
            opened = min(opened, self.pairs.get(opened, opened)) - 1
        end = self.pairs.get(opened, len(self.tokens))
        before, crosses = self.shape(opened + 1, at), self.shape(at, end)
        one = r"(?:n?a(?:_.)?|n)"
        left, right = re.split("[, ]|t.", before)[-1], re.split("[, ]|t.", crosses)[0]
        if not re.fullmatch(f"{one}(?:x{one})*(?:={one}(?:x{one})*)*", left + right) or len({part.count("x") for part in (left + right).split("=")}) > 1:
            return False
        if opened < 0:
            return True
        around = [self.tokens[i] if 0 <= i < len(self.tokens) else "" for i in (opened - 1, end + 1)]
        if self.tokens[opened] == "{":
            power = around[0] == "^" and self.tokens[opened - 2][0].isdigit()
            return not (power or around[0] in ("}", "]", r"\sqrt") or _SHAPES.get(around[0]) == "f")
        return not any([t[:1].isdigit() or _SHAPES.get(t, " ") in "anox-^" for t in around])

    def argument(self, at: int) -> list[str]:
        """The tokens of the argument that begins with this token."""
        if at in self.pairs and self.tokens[at] == "{":
            return [t for t in self.tokens[at + 1:self.pairs[at]] if t not in _SKIPPED]
        return self.tokens[at:at + 1]

    def function(self, base: str) -> str:
        words, out = self.words, [base]
        if self.peek() == "_":
            self.at += 1
            out.append(f"{words['base']} {self.group()}")
        if self.peek() in ("^", "'", r"\prime"):
            out.append(self.scripts(""))
        if opened := self.bracket():
            return " ".join([*out, self.applied(opened)])
        return " ".join([*out, words["of"]]) if self.peek() not in ("", ",", ")", "}", "=") else " ".join(out)

    def limits(self, base: str) -> str:
        """A sum, a maximum and the like, with what it runs over."""
        words, name = self.words, self.tokens[self.at - 1]
        if self.peek() in ("", "}") and name in (r"\max", r"\min", r"\sup", r"\inf"):  # an index
            return name[1:]
        low = high = ""
        while (mark := self.peek()) in ("_", "^") and mark:
            self.at += 1
            if mark == "_":
                low = self.group()
            else:
                high = self.group()
        out = [base]
        if low and high:
            out.append(f"{words['from']} {low} {words['up to']} {high}")
        elif low:
            out.append(f"{words['over']} {low}" if base != words["lim"] else f"{words['of']} {low}")
        return " ".join([*out, words["of"]])

    def atom(self) -> str:
        """One thing by itself."""
        words = self.words
        token = self.peek()
        if not token:
            return ""
        self.at += 1
        if token == "{":
            return self.until(lambda t: t == "}")
        if token == "}":
            return ""
        if token in ("^", "_"):
            self.at -= 1
            return ""
        if token[0].isdigit():
            return token.replace("{,}", ",")
        if token.isalpha() and len(token) == 1:
            return self.letter(token)
        if token in _PLAIN:
            return self.named(self.text())
        if token in (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"):
            top, bottom = self.group(), self.group()
            end = "" if self.simple(top) and self.simple(bottom) else f" {words['end fraction']}"
            return f"{words['fraction']} {top} {words['fraction over']} {bottom}{end}"
        if token in (r"\binom", r"\dbinom", r"\tbinom"):
            top, bottom = [w if self.simple(w) else f"{words['(']} {w} {words[')']}" for w in (self.group(), self.group())]
            return f"{top} {words['choose']} {bottom}"
        if token == r"\sqrt":
            order = ""
            if self.peek() == "[":
                self.at += 1
                order = self.until(lambda t: t == "]")
            inside = self.group()
            start = words["nth root"].format(order) if order else words["root"]
            return f"{start} {inside}" + ("" if self.simple(inside) else f" {words['end root']}")
        if token in (r"\xrightarrow", r"\xleftarrow"):
            below = ""
            if self.peek() == "[":
                self.at += 1
                below = self.until(lambda t: t == "]")
            label = ", ".join([w for w in (self.group(), below) if w])
            return words[token[1:]].format(label) if label else words[token[2:]]
        if token in _ACCENTS:
            return f"{self.group()} {words[token[1:]]}"
        if token in (r"\mathbf", r"\bm"):
            return f"{words['bold']} {self.group()}"
        if token == r"\mathbb":
            inside = self.text()
            self.weighed.append(inside)
            return words.get(inside, inside)
        if token in _PASSED:
            return self.group()
        if token in (r"\color", r"\textcolor"):
            self.text()
            return self.group() if token == r"\textcolor" else ""
        if token in (r"\overbrace", r"\underbrace", r"\overset", r"\underset", r"\stackrel"):
            return self.group()
        if token in (r"\left", r"\right"):
            return "" if self.peek() == "." and self.advance() else self.fence(self.peek())
        if token.startswith(r"\begin{"):
            return self.environment(token[7:-1].rstrip("*"))
        if token == r"\mid":
            return self.bar(self.at - 1)
        if token in _FENCES or token in _CLOSING or token in _BARS:
            self.at -= 1
            return self.fence(token)
        if token in ("&", r"\\"):
            return ""
        if token == r"\not":
            return f"{words['not']} {self.atom()}"
        if token in (",", ";", ".", "?", "“", "”"):
            return token
        if token == r"\times":
            return words["by" if self.sized(self.at - 1) else "times"]
        if token in _BIG:
            return words[token[1:]]
        name = token[1:] if token.startswith("\\") else token
        if name[:1].isupper() and name.lower() in ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "phi", "psi", "omega"):
            return f"{words['capital']} {name.lower()}"
        return words.get(name, name)

    def advance(self) -> bool:
        self.at += 1
        return True

    def letter(self, token: str) -> str:
        """A letter; capitals that stand together are a name."""
        if not token.isupper():
            return token
        out = [token]
        while re.fullmatch("[A-Z]", self.peek() or "-"):
            out.append(self.peek())
            self.at += 1
        return f"{self.words['capital']} {token}" if len(out) == 1 else " ".join(out)

    def named(self, text: str) -> str:
        """A word set upright."""
        return self.words.get(text, text) if text in ("argmax", "argmin", "tr", "rank", "det") else text

    def fence(self, token: str) -> str:
        """A bracket, and if it opens something that has a name, all of it."""
        if not token or token[0].isalnum():  # no bracket at all
            return ""
        self.at += 1
        words = self.words
        if token in _FENCES:
            kind = _FENCES[token]
            return self.enclosed(kind, self.until(lambda t: t in _CLOSING or t == r"\right" and self.closing()))
        if token in _CLOSING:
            return ""
        if token in _BARS:
            return self.bar(self.at - 1)
        return words.get(token, words.get(token[1:], token))

    def enclosed(self, kind: str, inside: str) -> str:
        """What stands in brackets that have a name, which are closed here."""
        end = self.at
        clear = (len(inside.split()) <= 2 or self.simple(inside)) and _SHAPES.get(self.peek(), " ") not in "^_-ox" and not self.factor(end)
        return f"{self.words[kind]} {inside}" + ("" if clear else f" {self.words['end ' + kind]}")

    def bar(self, at: int) -> str:
        """A bar: by itself, or a size, or what is given."""
        closed = self.bars.get(at)
        if closed is None:
            return self.words["|"]
        if closed < at:
            return self.words["such that" if closed >= 0 and self.tokens[closed] in (r"\{", r"\lbrace") else "mid"]
        return self.enclosed(_BARS[self.tokens[at]], self.until(lambda t: self.at == closed or t == r"\right" and self.at + 1 == closed and self.advance()))

    def closing(self) -> bool:
        """Does \\right come before a bracket that closes a named one? Then that bracket is what closes."""
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else ""
        if following in _CLOSING:
            self.at += 1
            return True
        return False

    def environment(self, name: str) -> str:
        """A matrix, cases, or lines under each other."""
        words = self.words
        if name == "array" and self.peek() == "{":
            self.text()
        rows: list[list[str]] = [[]]
        cell: list[str] = []
        while token := self.peek():
            if token.startswith(r"\end{"):
                self.at += 1
                break
            if token in ("&", r"\\"):
                self.at += 1
                rows[-1].append(" ".join([w for w in cell if w]))
                cell = []
                if token == r"\\":
                    rows.append([])
                continue
            cell.append(self.item())
        rows[-1].append(" ".join([w for w in cell if w]))
        rows = [r for r in rows if any(r)]
        said = "; ".join([", ".join(r) for r in rows])
        if name.endswith("matrix") or name == "array":
            high, wide = len(rows), max([len(r) for r in rows] or [0])
            goes_on = any([t not in ("}", ".", ",") and t not in _SKIPPED for t in self.tokens[self.at:]])
            if (wide == 1) != (high == 1):
                words_, end = words["column" if wide == 1 else "row"].format(", ".join([", ".join(r) for r in rows])), "end vector"
            else:
                words_, end = words["determinant" if name == "vmatrix" else "matrix"].format(high, wide, said), "end matrix"
            return f"{words_} {words[end]}" if goes_on else words_
        if name == "cases":
            return words["cases"].format("; ".join([" ".join(r) for r in rows]))
        return "; ".join([" ".join(r) for r in rows])
