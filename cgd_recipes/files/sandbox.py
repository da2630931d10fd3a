"""The sandbox for templates that others wrote: nothing of this program in reach, and nothing in them that grows without a limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sized
from functools import wraps
from types import BuiltinFunctionType
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cgd_recipes.files.limits import Limited, LimitError, count

MAX_NUMBER = 10_000
"""What a template may count to, and the largest number that it may give to a function: widths, repetitions."""
MAX_SOURCE = 200_000
"""Characters of one template; long chat templates have 30,000."""
_BITS = 10_000
_PARTS = 200_000
_ITEM = 8  # bytes that an item of a list takes
_WIDTH = re.compile(r"\d{5}|\*")
# They repeat or invent text; no prompt needs them.
_NO_FILTERS = ("batch", "center", "filesizeformat", "pprint", "random", "slice", "urlize", "wordwrap", "xmlattr")
_TEXT_METHODS = frozenset([
    "capitalize", "casefold", "count", "endswith", "find", "format", "index", "isalnum", "isalpha", "isascii",
    "isdecimal", "isdigit", "islower", "isnumeric", "isspace", "istitle", "isupper", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "swapcase", "title", "upper",
])  # fmt: skip


# What cannot repeat or grow anything: such a template takes no longer than its text and the variables are long.
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.If, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


class _Code(CodeGenerator):
    """Makes `~` and `{{ }}` calls of the environment's."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.text_of(")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.join_texts((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class LimitedEnvironment(ImmutableSandboxedEnvironment):
    """Templates of others. To be rendered within `Limited`, which stops them at the next step in Python.

    What one step makes is counted here: text that is joined, repeated, replaced or formatted, and large numbers.
    """

    intercepted_binops = frozenset(["+", "*", "**", "%"])
    code_generator_class = _Code

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.globals = {"range": limited_range, "dict": dict}
        kept = {name: function for name, function in self.filters.items() if name not in _NO_FILTERS}
        bounded = {name: _with_small_numbers(kept[name]) for name in ("indent", "round", "truncate")}
        bounded |= {name: of_weighed(kept[name]) for name in ("string", "tojson")}
        own = {"format": _format, "join": _join, "replace": _replace, "sum": _sum}
        self.filters = {name: _counted(function) for name, function in {**kept, **bounded, **own}.items()}

    def from_string(self, source: Any, *others: Any, **options: Any) -> Template:
        """Compile a template, within the limit.

        Raises:
            TemplateSyntaxError: it is too long, too deeply nested, or no template.
        """
        if len(source) > MAX_SOURCE:
            raise TemplateSyntaxError(f"the template has more than {MAX_SOURCE:,} characters", 1)
        try:
            with Limited():
                return super().from_string(source, *others, **options)
        except (LimitError, RecursionError, MemoryError, SyntaxError) as error:
            raise TemplateSyntaxError(f"the template cannot be compiled: {error}", 1) from None

    def is_plain(self, source: str) -> bool:
        """Whether a template only puts variables into text, perhaps under a condition: it needs no limit."""
        return all(isinstance(node, _PLAIN) for node in self.parse(source).find_all(nodes.Node))

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """The text of a template, a macro or a block."""
        texts = list(parts)
        count(sum(map(len, texts)))
        return "".join(texts)

    @staticmethod
    def text_of(value: Any) -> str:
        """What `{{ value }}` writes."""
        return value if type(value) is str else str(_weighed(value))

    @staticmethod
    def join_texts(parts: tuple[Any, ...]) -> str:
        """What `~` does."""
        texts = [str(_weighed(part)) for part in parts]
        count(sum(map(len, texts)))
        return "".join(texts)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute an operation whose result may be large."""
        return _OPERATIONS[operator](left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in Jinja
        """Call a function of the template's, of Python's, or of this program's."""
        if isinstance(__obj, BuiltinFunctionType):
            owner = __obj.__self__
            if isinstance(owner, str):
                if __obj.__name__ in ("join", "replace"):
                    made = {"join": lambda items: _join(items, owner), "replace": lambda *a: _replace(owner, *a)}
                    return __context.call(made[__obj.__name__], *args, **kwargs)
                if __obj.__name__ not in _TEXT_METHODS:
                    raise SecurityError(f"the method '{__obj.__name__}' of text is not offered to templates")
            _check_numbers(args, kwargs)
            return _count_made(super().call(__context, __obj, *args, **kwargs))
        return super().call(__context, __obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`str.format`, for text that names no large widths."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None

        def limited(*arguments: Any, **named: Any) -> str:
            if _WIDTH.search(value.__self__):
                raise LimitError("a width of more than four digits in a format")
            _check_numbers(arguments, named)
            made: str = wrapped(*arguments, **named)
            count(len(made))
            return made

        return limited


def limited_range(*bounds: int) -> range:
    """`range`, up to a limit.

    Raises:
        LimitError: more numbers than that.
    """
    numbers = range(*bounds)
    # len() fails where there are more than a machine's word can count.
    if numbers and (numbers[-1] - numbers[0]) // numbers.step >= MAX_NUMBER:
        raise LimitError(f"range() of more than {MAX_NUMBER:,} numbers")
    return numbers


def _check_numbers(arguments: Iterable[Any], named: Mapping[str, Any]) -> None:
    for argument in (*arguments, *named.values()):
        if isinstance(argument, int) and abs(argument) > MAX_NUMBER:
            raise LimitError("a number that is too large for a function")


def _count_made(value: Any) -> Any:
    if isinstance(value, str):
        count(len(value))
    elif isinstance(value, list | tuple):
        count(len(value) * _ITEM)
    return value


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose result counts: `list` and `split` make an item of each character, `forceescape` five characters."""

    @wraps(function)
    def counted(*arguments: Any, **named: Any) -> Any:
        return _count_made(function(*arguments, **named))

    return counted


def _with_small_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        _check_numbers(arguments[1:], named)
        return function(*arguments, **named)

    return limited


def _weighed(value: Any) -> Any:
    """A value that can be written as text: a list may hold another one twice, which holds another one twice, and so on."""
    if isinstance(value, list | tuple | dict | set):
        left, parts = [value], 0
        while left:
            part = left.pop()
            parts += 1
            if isinstance(part, dict):
                left += [*part.keys(), *part.values()]
            elif isinstance(part, list | tuple | set):
                left += part
            if parts + len(left) > _PARTS:
                raise LimitError(f"a value of more than {_PARTS:,} parts")
    return value


def of_weighed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that writes a value as text, which is given no large number: `tojson(indent=10**9)` would fill the memory."""

    @wraps(function)
    def limited(*arguments: Any, **named: Any) -> Any:
        # Jinja gives some filters its own settings before the value.
        value, *others = arguments[isinstance(arguments[0], nodes.EvalContext) :]
        _weighed(value)
        _check_numbers(others, named)
        return function(*arguments, **named)

    return limited


def _join(value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
    items = value if attribute is None else [item[attribute] for item in value]
    texts = [str(_weighed(item)) for item in items]
    count(sum(map(len, texts)) + len(str(d)) * len(texts))
    return str(d).join(texts)


def _replace(s: object, old: str, new: str, times: int | None = None) -> str:
    text = str(s)
    count(len(text) + text.count(str(old)) * len(str(new)))
    return text.replace(str(old), str(new), -1 if times is None else times)


def _format(value: str, *arguments: Any, **named: Any) -> str:
    if _WIDTH.search(value):
        raise LimitError("a width of more than four digits in a format")
    _weighed([*arguments, *named.values()])
    made: str = str(value) % (named or arguments)
    count(len(made))
    return made


def _sum(iterable: Iterable[Any], attribute: str | int | None = None, start: float = 0) -> float:
    for item in iterable:
        number = item if attribute is None else item[attribute]
        if not isinstance(number, int | float):
            raise TypeError("sum adds numbers only")
        start += number
    return start


def _add(left: Any, right: Any) -> Any:
    return _count_made(left + right)


def _multiply(left: Any, right: Any) -> Any:
    for value, times in ((left, right), (right, left)):
        if isinstance(value, Sized) and isinstance(times, int):
            count(len(value) * max(times, 0) * (1 if isinstance(value, str) else _ITEM))
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _BITS:
        raise LimitError("a product that is too large")
    return left * right


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > _BITS:
        raise LimitError("a power that is too large")
    return left**right


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        return _format(left, *(right if isinstance(right, tuple) else (right,)))
    return left % right


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {"+": _add, "*": _multiply, "**": _power, "%": _modulo}
