"""Texts of a question: sandboxed Jinja2 whose values print as LaTeX."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import Any

import jinja2
import jinja2.meta
import jinja2.nodes
import jinja2.sandbox
import jinja2.visitor
from flint import fmpq, fmpz

from examwright.generator.errors import nearest
from examwright.generator.formula import EXACT_OPS, entries
from examwright.solvers.arithmetic import (
    Real,
    as_int,
    exact,
    has_decimals,
    power,
    significant_exponent,
    to_decimal,
    to_latex,
)
from examwright.solvers.expression import Expression
from examwright.solvers.intervals import intervals_latex

MAX_LENGTH = 20_000
MAX_STEPS = 20_000  # of all the loops of one text
MAX_ENTRIES = 10_000  # of one list


class TextError(ValueError):
    """A text that cannot be compiled: `offset` characters in, at `word`."""

    def __init__(self, message: str, offset: int, word: str = "", hint: str = ""):
        super().__init__(message)
        self.message, self.offset, self.word, self.hint = message, offset, word, hint


class _Sandbox(jinja2.sandbox.SandboxedEnvironment):
    """No attributes but those of the loop variable, no string arithmetic, no way out."""

    intercepted_binops = frozenset(["*", "**", "%", "+", "-", "/"])  # also: not computed while compiling

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return type(obj).__name__ == "LoopContext" and not attr.startswith("_")

    def is_safe_callable(self, obj: Any) -> bool:
        return id(obj) in _callables() or isinstance(obj, _Steps)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        if id(__obj) in _callables():  # a plain function, which wants to know nothing of the template
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return _bounded(__obj(*args, **kwargs))
        return _bounded(super().call(__context, __obj, *args, **kwargs))

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, (tuple, list)) and isinstance(argument, fmpq):
            argument = as_int(argument)
        if type(obj) is tuple and type(argument) is int and 0 <= argument < len(obj):  # nearly always
            return obj[argument]
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if tuple in (type(left), type(right)) and operator in EXACT_OPS:  # vectors of the chain, as in formulas
            return _bounded(EXACT_OPS[operator](exact(left), exact(right)))
        if isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple)):
            if operator == "+" and type(left) is type(right):
                return _bounded(left + right)
            raise jinja2.sandbox.SecurityError(f"{operator} on words and lists is not allowed in a text")
        if operator == "**":
            return power(_exact(left), _exact(right))
        return _bounded(super().call_binop(context, operator, left, right))


def _bounded(x: Any) -> Any:
    """x, if its size is reasonable: texts that double something step by step stay affordable so."""
    if type(x) is fmpq or type(x) is tuple:
        entries(x, MAX_ENTRIES)
        return x
    if isinstance(x, str):
        if len(x) > MAX_LENGTH:
            raise ValueError(f"a text longer than {MAX_LENGTH} characters")
        return x
    if isinstance(x, (zip, Iterator)):
        x = list(islice(x, MAX_ENTRIES + 1))
    entries(x, MAX_ENTRIES)
    return x


_STEPS = "_steps"  # no value of a chain can have this name


class _Steps:
    """Counts the steps of all loops of one text."""

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def __call__(self, items: Any) -> Any:
        items = _list(items)
        self.left -= len(items)
        if self.left < 0:
            raise ValueError(f"loops of more than {MAX_STEPS} steps")
        return items


def _joined(items: Any, between: str = "") -> str:
    return str(_bounded(str(between).join([_bounded(_finalize(x)) for x in _list(items)])))


def _replaced(text: Any, old: str, new: str) -> str:
    if len(new) * (str(text).count(old) if old else MAX_LENGTH) > MAX_LENGTH:
        raise ValueError(f"a text longer than {MAX_LENGTH} characters")
    return str(text).replace(old, new)


def _guarded(tree: jinja2.nodes.Template) -> jinja2.nodes.Template:
    """The tree with loops counted and with bounds on what it puts together."""
    nodes = jinja2.nodes

    def filtered(node: Any, name: str) -> Any:
        return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)

    def visit(node: Any) -> None:
        for key, value in list(node.iter_fields()):
            if isinstance(value, list):
                setattr(node, key, [swap(node, key, v) for v in value])
            else:
                setattr(node, key, swap(node, key, value))

    def swap(parent: Any, key: str, node: Any) -> Any:
        if not isinstance(node, nodes.Node):
            return node
        visit(node)
        if isinstance(node, nodes.Concat):
            return filtered(nodes.List(node.nodes, lineno=node.lineno), "join")
        if isinstance(parent, nodes.For) and key == "iter":
            return nodes.Call(nodes.Name(_STEPS, "load", lineno=node.lineno), [node], [], None, None, lineno=node.lineno)
        if isinstance(node, nodes.List) or isinstance(node, nodes.Tuple) and node.ctx == "load":
            return filtered(node, "bounded")
        return node

    visit(tree)
    return tree


# ---- filters -------------------------------------------------------------------------------

def _number(x: Any, form: Any = None) -> str:
    """One number (or word) as LaTeX; `form` None: exact, a count: that many decimals, or 'decimal'."""
    if type(x) is not fmpq:
        if isinstance(x, (str, bool)) or x is None:
            return str(x)
        if isinstance(x, float):
            raise TypeError("a binary float in a text: write 1/2 as a value of the chain")
        if isinstance(x, (tuple, list)):
            raise TypeError("a list inside a list inside a list cannot be printed")
    if form is None:
        return to_latex(x)
    if form == "decimal":
        return to_decimal(_exact(x))
    return to_decimal(_exact(x), decimals=_places(form))


def _places(n: Any) -> int:
    """A number of decimals or digits to print."""
    if not 0 <= (places := int(n)) <= 100:
        raise ValueError("0 to 100 decimals can be printed")
    return places


def _exact(x: Any) -> Any:
    return fmpq(x) if isinstance(x, (int, fmpz)) else x


def _list(xs: Any) -> list[Any]:
    if not isinstance(xs, (tuple, list, Iterable)) or isinstance(xs, str):
        raise TypeError("this filter needs a vector")
    return list(xs)


def _show(x: Any, form: Any = None) -> str:
    """A value of any shape as LaTeX."""
    if isinstance(x, (tuple, list)):
        if x and all(isinstance(r, (tuple, list)) for r in x):
            return _matrix(x, form)
        return "(" + ", ".join(_number(v, form) for v in x) + ")"
    return _number(x, form)


def _row(xs: Any, form: Any = None) -> str:
    return ", ".join(_show(x, form) for x in _list(xs))


def _tuple(xs: Any, form: Any = None) -> str:
    return "(" + _row(xs, form) + ")"


def _column(xs: Any, form: Any = None) -> str:
    return r"\begin{bmatrix}" + r" \\ ".join(_number(x, form) for x in _list(xs)) + r"\end{bmatrix}"


def _matrix(rows: Any, form: Any = None) -> str:
    body = r" \\ ".join(" & ".join(_number(x, form) for x in _list(row)) for row in _list(rows))
    return r"\begin{bmatrix}" + body + r"\end{bmatrix}"


def _decimals(x: Any, places: Any = 3) -> Any:
    return _show(x, _places(places))


def _significant(x: Any, digits: Any = 3) -> Any:
    if isinstance(x, (tuple, list)):
        if x and all(isinstance(r, (tuple, list)) for r in x):
            body = r" \\ ".join(" & ".join(_significant(v, digits) for v in r) for r in x)
            return r"\begin{bmatrix}" + body + r"\end{bmatrix}"
        return "(" + ", ".join(_significant(v, digits) for v in x) + ")"
    if isinstance(x, str):
        return x
    if isinstance(x, (int, fmpq)) and fmpq(x).q == 1:
        return str(x)
    return to_decimal(_exact(x), digits=_places(digits))


def _signed(x: Any, form: Any = None) -> str:
    x = _exact(x)
    return ("- " if x < 0 else "+ ") + _number(abs(x), form)


def _paren(x: Any, form: Any = None) -> str:
    text = _number(x, form)
    if r"\frac" in text or (isinstance(x, Expression) and x.op == "+"):
        return rf"\left({text}\right)"
    return f"({text})" if text.lstrip(_OPEN + _EXACT).startswith("-") else text


def _set(xs: Any, form: Any = None) -> str:
    return r"\{" + _row(xs, form) + r"\}"


def _percent(x: Any, decimals: Any = None) -> str:
    y = _exact(x) * 100
    if decimals is not None:
        return to_decimal(y, decimals=_places(decimals)) + r"\%"
    return to_latex(y) + r"\%" if not isinstance(y, fmpq) else to_decimal(y) + r"\%"


def _word(x: Any) -> str:
    return r"\text{" + str(x) + "}"


def _cell(x: Any, form: Any) -> str:
    if isinstance(x, str):
        return x
    return f"${_show(x, form)}$"


def _table(rows: Any, head: Any, form: Any = None) -> str:
    head = [str(h) if isinstance(h, str) else _cell(h, form) for h in _list(head)]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(_cell(x, form) for x in _list(row)) + " |" for row in _list(rows)]
    return "\n".join(lines)


# ---- = and ≈ -----------------------------------------------------------------------------------

_OPEN, _CLOSE = "\ue000", "\ue001"  # around what was printed rounded, until the text is whole
_EXACT, _END = "\ue002", "\ue003"  # around what a filter that rounds has printed in full
_SIDE_ENDS = r"\s*(?:\$|$|[,;.:](?!\d)|=|<|>|&|\\(?:\\|approx|end|ge|le|quad|qquad|text|to|Rightarrow|[;,%]))"
_ROUNDED = rf"(?:-\s*)?{_OPEN}[^{_OPEN}{_CLOSE}]*{_CLOSE}"
_VALUE = rf"(?:{_ROUNDED}|(?:-\s*)?[0-9.]+)"
_EQUALS_ROUNDED = re.compile(rf"(?<![<>!=:])=(?=\s*(?:{_ROUNDED}|\((?=[^()$]*{_OPEN}){_VALUE}(?:,\s*{_VALUE})+\)){_SIDE_ENDS})")
_APPROXIMATELY_EXACT = re.compile(rf"\\approx(?=\s*(?:-\s*)?{_EXACT}[^{_EXACT}{_END}]*{_END}{_SIDE_ENDS})")
_SIGNS = "=<>,;:&$" + _CLOSE  # where a side ends, or a rounded value on it


def _as_it_is(x: Any, form: Any, digits: int | None = None) -> bool:
    """Are all numbers printed in full: exact (`form` None) or 'decimal', to `form` decimals, or to `digits` significant digits?"""
    if isinstance(x, (tuple, list)):
        return all([_as_it_is(v, form, digits) for v in x])
    if isinstance(x, Real):
        return form is None and digits is None and x.form is not None
    if form in (None, "decimal") and digits is None or not isinstance(x, (int, fmpq)):
        return True
    e = 0 if digits is None else significant_exponent(fmpq(x))
    return e is None or has_decimals(fmpq(x), int(form) if digits is None else digits - 1 - e)


def _marking(function: Any, form: Any = None, digits: int | None = None, unit: int = 1) -> Any:
    """A filter that marks what it rounds. `form` and `digits` are its defaults, `unit` what it multiplies by."""
    always = form is None and digits is None  # prints a rational in full

    def printed(x: Any, *option: Any) -> str:
        text = str(function(x, *option))
        if always and type(x) is fmpq and not option:
            return text
        how = option[0] if option else form if digits is None else digits
        whole = _exact(x) * unit if unit != 1 else x
        if not _as_it_is(whole, None if digits else how, int(how) if digits else None):
            return f"{_OPEN}{text}{_CLOSE}"
        return text if how in (None, "decimal") else f"{_EXACT}{text}{_END}"

    return printed


def _told(text: str, solution: bool) -> str:
    """The text without marks. In a solution ≈ stands before a value that is alone on its side and was rounded, = before one that was not and
    that follows from no rounded one."""
    if solution:
        if _EXACT in text:
            if r"\approx" in text:
                text = _APPROXIMATELY_EXACT.sub(_sign_before_exact, text)
            text = text.replace(_EXACT, "").replace(_END, "")
        if _OPEN in text:
            text = _EQUALS_ROUNDED.sub(r"\\approx", text)
    return text.replace(_OPEN, "").replace(_CLOSE, "").replace(_EXACT, "").replace(_END, "")


def _sign_before_exact(found: re.Match[str]) -> str:
    """= in place of ≈ before an exact value, unless something on its left side was rounded."""
    text, here = found.string, found.start()
    last = max(_SIGNS, key=lambda sign: text.rfind(sign, 0, here))
    return r"\approx" if last == _CLOSE else "="


_FILTERS: dict[str, Callable[..., Any]] = {
    "row": _marking(_row), "tuple": _marking(_tuple), "column": _marking(_column), "matrix": _marking(_matrix), "dec": _marking(_decimals, 3),
    "sig": _marking(_significant, digits=3), "decimal": lambda x: _show(x, "decimal"), "signed": _signed, "paren": _paren, "set": _set,
    "percent": _marking(_percent, unit=100), "text": _word, "table": _table, "latex": _marking(_show), "join": _joined, "replace": _replaced,
    "bounded": _bounded, "interval": intervals_latex,
}
_JINJA_FILTERS = ("length", "first", "last", "upper", "lower", "capitalize", "reverse", "list", "sum", "sort",
                  "default", "trim", "int", "abs", "max", "min")


def _int_range(*bounds: Any) -> range:
    numbers = [as_int(b) for b in bounds]
    out = range(*numbers)
    if len(out) > 10_000:
        raise ValueError("a range of more than 10000 numbers")
    return out


def _transpose(rows: Any) -> list[tuple[Any, ...]]:
    return list(zip(*rows))


@lru_cache(maxsize=1)
def _globals() -> dict[str, Any]:
    from examwright.generator.vocabulary import exact_functions

    functions: dict[str, Any] = {name: _lifted(f) for name, f in exact_functions().items()}
    functions.update(zip=zip, range=_int_range, transpose=_transpose)
    return functions


@cache
def _lifted(function: Any) -> Any:
    """Jinja's own integers become exact before a solver sees them."""

    def call(*arguments: Any) -> Any:
        return function(*[exact(a) for a in arguments])

    return call


@lru_cache(maxsize=1)
def _callables() -> frozenset[int]:
    return frozenset(id(f) for f in _globals().values())


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The one sandboxed environment of all question texts."""
    env = _Sandbox(undefined=jinja2.StrictUndefined, autoescape=False, finalize=_finalize, trim_blocks=True,
                   lstrip_blocks=True, extensions=[])
    env.filters = {**{k: env.filters[k] for k in _JINJA_FILTERS}, **_FILTERS}
    env.globals = {}
    return env


def _finalize(x: Any) -> Any:
    return to_latex(x) if type(x) is fmpq else x if isinstance(x, str) else _PRINTED(x) if isinstance(x, (fmpq, fmpz, Real, tuple, list, int)) else _number(x)


_PRINTED = _marking(_show)


# ---- texts without statements ----------------------------------------------------------------

Piece = Callable[[Mapping[str, Any]], Any]


class _Jinja(Exception):
    """Something that Jinja's own compiler is needed for."""


def _pieces(tree: jinja2.nodes.Template, functions: Mapping[str, Any]) -> tuple[str | Piece, ...] | None:
    """A text without statements as its words and closures over the values, which do what Jinja's code would, by the same functions; None
    where the text needs more. Jinja takes a hundred times as long to compile a text, and twice as long to fill it in."""
    out: list[str | Piece] = []
    try:
        for part in tree.body:
            if not isinstance(part, jinja2.nodes.Output):
                return None
            out += [node.data if isinstance(node, jinja2.nodes.TemplateData) else _piece(node, functions) for node in part.nodes]
    except _Jinja:
        return None
    return tuple(out)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge}


def _piece(node: Any, functions: Mapping[str, Any]) -> Piece:
    """An expression of a text as a closure. Raises _Jinja for what is rare."""
    nodes, env = jinja2.nodes, environment()
    if isinstance(node, nodes.Name) and node.name not in functions:
        return operator.itemgetter(node.name)
    if isinstance(node, nodes.Const):
        constant = node.value
        return lambda v: constant
    if isinstance(node, nodes.Filter) and node.name in _FILTERS and not (node.kwargs or node.dyn_args or node.dyn_kwargs) and node.node:
        return _applied(_FILTERS[node.name], [_piece(n, functions) for n in (node.node, *node.args)])
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and not (node.kwargs or node.dyn_args or node.dyn_kwargs):
        function = functions.get(node.node.name)
        if function is None:
            raise _Jinja
        called = _applied(function, [_piece(n, functions) for n in node.args])
        return lambda v: _bounded(called(v))
    if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Slice):
        return _applied(env.getitem, [_piece(node.node, functions), _piece(node.arg, functions)])
    if isinstance(node, (nodes.List, nodes.Tuple)):
        items = [_piece(n, functions) for n in node.items]
        kind = list if isinstance(node, nodes.List) else tuple
        return lambda v: kind([item(v) for item in items])
    if isinstance(node, nodes.BinExpr) and node.operator in _Sandbox.intercepted_binops:
        symbol, left, right = node.operator, _piece(node.left, functions), _piece(node.right, functions)
        return lambda v: env.call_binop(None, symbol, left(v), right(v))  # type: ignore[attr-defined]
    if isinstance(node, nodes.Neg):
        return _applied(operator.neg, [_piece(node.node, functions)])
    if isinstance(node, nodes.Compare) and len(node.ops) == 1 and node.ops[0].op in _COMPARE:
        return _applied(_COMPARE[node.ops[0].op], [_piece(node.expr, functions), _piece(node.ops[0].expr, functions)])
    if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
        test, yes, no = [_piece(n, functions) for n in (node.test, node.expr1, node.expr2)]
        return lambda v: yes(v) if test(v) else no(v)
    raise _Jinja


def _applied(function: Callable[..., Any], arguments: list[Piece]) -> Piece:
    if len(arguments) == 1:
        only = arguments[0]
        return lambda v: function(only(v))
    if len(arguments) == 2:
        first, second = arguments
        return lambda v: function(first(v), second(v))
    return lambda v: function(*[argument(v) for argument in arguments])


@dataclass(frozen=True)
class Text:
    """A compiled text: `names` are the values that it prints, with the offset of each first use; `figures` the figures
    that it shows, likewise. A figure is rendered as a Markdown picture, ![](figure:NAME). A text with statements has Jinja's
    `template`, one without its `pieces`, one without either stands as it is."""

    source: str
    template: jinja2.Template | None
    names: dict[str, int]
    calls: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    figures: dict[str, int] = field(default_factory=dict)
    pieces: tuple[str | Piece, ...] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def plain(self) -> str | None:
        """The text as it is printed in every variant, if it prints no value."""
        return self.source.strip() if self.template is None and self.pieces is None else None

    def render(self, values: Mapping[str, Any], solution: bool = False) -> str:
        """The text with the values in place; in a `solution` values that were rounded stand behind ≈. Raises TextError on what cannot be
        printed."""
        if self.plain is not None:
            return self.plain
        try:
            if self.pieces is not None:
                return _told("".join([piece if isinstance(piece, str) else _finalize(piece(values)) for piece in self.pieces]), solution).strip()
            assert self.template is not None
            # only what the text uses: Jinja's own way copies all functions at every call
            context = self.template.new_context({**self.calls, _STEPS: _Steps(), **{n: values[n] for n in self.names}}, shared=True)
            return _told("".join(self.template.root_render_func(context)), solution).strip()
        except KeyError as error:
            raise TextError(f"the text prints {error.args[0]!r}, which has no value here", 0) from None
        except Exception as error:  # whatever a template can run into is the author's to mend
            raise TextError(f"the text cannot be filled in: {error}", 0) from None


_CONSTRUCTS = ("Include", "Import", "FromImport", "Extends", "Block", "CallBlock", "FilterBlock", "ScopedEvalContextModifier",
               "Macro", "Dict")


class _Figures(jinja2.visitor.NodeTransformer):
    """Puts a picture in the place of each figure('name'), and notes the names."""

    def __init__(self, source: str):
        self.source, self.found = source, {}  # type: ignore[var-annotated]

    def visit_Filter(self, node: Any) -> Any:  # noqa: N802
        before = len(self.found)
        self.generic_visit(node)
        if len(self.found) > before:
            raise TextError("a figure goes through no filter.", self.source.find("figure"), "figure")
        return node

    def visit_Call(self, node: Any) -> Any:  # noqa: N802
        if not (isinstance(node.node, jinja2.nodes.Name) and node.node.name == "figure"):
            return self.generic_visit(node)
        if len(node.args) != 1 or node.kwargs or not isinstance(getattr(node.args[0], "value", None), str):
            at = re.search(r"figure\s*\(", self.source)
            raise TextError("figure needs the name of a figure in quotes.", at.start() if at else 0, "figure", "For example figure('axes').")
        name = node.args[0].value
        at = re.search(r"figure\s*\(\s*['\"](" + re.escape(name) + ")['\"]", _only_code(self.source))
        self.found.setdefault(name, at.start(1) if at else 0)
        return jinja2.nodes.Const(f"![](figure:{name})", lineno=node.lineno)


def _all(tree: jinja2.nodes.Node) -> Iterator[jinja2.nodes.Node]:
    """The nodes below it, each before those that it holds (`find_all`, without a generator for each level)."""
    todo = list(tree.iter_child_nodes())[::-1]
    while todo:
        node = todo.pop()
        yield node
        todo += list(node.iter_child_nodes())[::-1]


def compile_text(source: str) -> Text:
    """Compile a text. Raises TextError with the offset of the offending word."""
    if len(source) > MAX_LENGTH:
        raise TextError(f"a text longer than {MAX_LENGTH} characters", 0)
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return Text(source, None, {})
    env = environment()
    try:
        tree = env.parse(source)
        for node in _all(tree):
            kind = type(node).__name__
            if kind in _CONSTRUCTS:
                start = _line_offset(source, node.lineno)
                tag = re.compile(r"\{%[-+]?\s*(include|import|from|extends|block|call|filter|autoescape|macro)\b").search(source, start)
                word, start = (tag.group(1), tag.start(1)) if tag else (kind.lower(), start)
                raise TextError(f"{word!r} is not allowed in a text.", start, word)
            if kind == "For" and node.recursive:  # type: ignore[attr-defined]
                raise TextError("a loop cannot call itself.", _line_offset(source, node.lineno), "recursive")
            if kind == "Getattr" and not (isinstance(node.node, jinja2.nodes.Name) and node.node.name == "loop"):  # type: ignore[attr-defined]
                word = "." + node.attr  # type: ignore[attr-defined]
                raise TextError(f"{word!r}: there are no attributes in a text.", max(source.find(word), 0), word,
                                "Use v[0] for the entries of a vector.")
        figures = _Figures(source)
        if "figure" in source:
            tree = figures.visit(tree)
        plain = all([isinstance(part, jinja2.nodes.Output) for part in tree.body])  # no statement: every name is the chain's, or a function
        unknown = {n.name for n in _all(tree) if isinstance(n, jinja2.nodes.Name)} if plain else jinja2.meta.find_undeclared_variables(tree)
        functions = _globals()
        free = unknown - set(functions)
        tree = _guarded(tree)
        pieces = _pieces(tree, functions)
        template = env.from_string(tree) if pieces is None else None
    except TextError:
        raise
    except jinja2.TemplateSyntaxError as error:
        message = str(error.message or error)
        start = _line_offset(source, error.lineno)
        match = re.match(r"No (filter|test) named '(\w+)'", message)
        if match:
            word = match.group(2)
            at = re.search(r"\|\s*" + re.escape(word) + r"\b", source)
            offset = source.index(word, at.start()) if at else start
            raise TextError(f"there is no {match.group(1)} {word!r}.", offset, word,
                            nearest(word, env.filters, 0)) from None
        raise TextError(f"the text cannot be read: {message}.", start) from None
    except RecursionError:
        raise TextError("the text is nested too deeply.", 0) from None
    names: dict[str, int] = {}
    for name in free:
        at = re.search(r"(?<![\w'\"\\])" + re.escape(name) + r"\b(?![\w])", _only_code(source))
        names[name] = at.start() if at else 0
    return Text(source, template, names, {n: functions[n] for n in unknown if n in functions}, figures.found, pieces)


def _only_code(source: str) -> str:
    """The text with everything outside {{ … }} and {% … %} blanked, offsets kept."""
    out = []
    at = 0
    for match in re.finditer(r"\{\{.*?\}\}|\{%.*?%\}", source, re.S):
        out.append(" " * (match.start() - at) + match.group())
        at = match.end()
    return "".join(out)


def _line_offset(source: str, lineno: int | None) -> int:
    lines = source.split("\n")
    return sum(len(line) + 1 for line in lines[: max((lineno or 1) - 1, 0)])
