"""The sandbox for templates that others wrote: nothing of this program in reach, and nothing in them that grows without a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, MethodType
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cgd_recipes.files.limits import Limited, LimitError, count, reserve
from cgd_recipes.files.template_steps import (
    GROWTH,
    OPERATIONS,
    check_no_width_from_outside,
    check_numbers,
    check_search,
    check_size,
    check_widths,
    count_made,
    counted_filter,
    format_text,
    indent_text,
    join_texts,
    limited_range,
    of_weighed,
    replace_text,
    reserve_for,
    sum_numbers,
    trim_text,
    weighed,
    with_small_numbers,
)

MAX_SOURCE = 200_000
"""Characters of one template; long chat templates have 30,000."""
_LEVEL_FILTERS = frozenset([
    "d", "default", "first", "float", "format", "int", "last", "length", "count", "replace", "safe", "string", "trim",
    "truncate",
])  # fmt: skip
_LEVEL_METHODS = frozenset([
    "count", "endswith", "find", "format", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "islower",
    "isnumeric", "isspace", "istitle", "isupper", "lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rindex",
    "rpartition", "rstrip", "startswith", "strip",
])  # fmt: skip
"""What makes no more of a text than the text itself, or counts before it makes it."""
# They repeat or invent text; no prompt needs them.
_NO_FILTERS = ("batch", "center", "filesizeformat", "pprint", "random", "slice", "urlize", "wordwrap", "xmlattr")
_TEXT_METHODS = _LEVEL_METHODS | {
    "capitalize", "casefold", "lower", "rsplit", "split", "splitlines", "swapcase", "title", "upper",
}  # fmt: skip


# What cannot repeat or grow anything: such a template takes no longer than its text and the variables are long.
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.If, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


class _Code(CodeGenerator):
    """Makes `~`, `{{ }}`, slices and all lists, tuples and mappings calls of the environment's."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.text_of(")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        is_slice = isinstance(node.arg, nodes.Slice)
        self.write("environment.count_made(" if is_slice else "")
        super().visit_Getitem(node, frame)
        self.write(")" if is_slice else "")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.check_size(")
        super().visit_List(node, frame)
        self.write(")")

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        is_value = node.ctx == "load"  # else names to set
        self.write("environment.check_size(" if is_value else "")
        super().visit_Tuple(node, frame)
        self.write(")" if is_value else "")

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.check_size(")
        super().visit_Dict(node, frame)
        self.write(")")

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
        bounded = {name: with_small_numbers(kept[name]) for name in ("indent", "round", "truncate")}
        bounded |= {name: of_weighed(kept[name]) for name in ("string", "tojson")}
        own = {
            "format": format_text,
            "join": join_texts,
            "replace": replace_text,
            "sum": sum_numbers,
            "trim": trim_text,
        }
        named = {**kept, **bounded, **own, "indent": indent_text(bounded["indent"])}
        self.filters = {name: counted_filter(function, name in _LEVEL_FILTERS) for name, function in named.items()}

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

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        calls: Iterable[Any] = tree.find_all((nodes.Call, nodes.Filter, nodes.Test))
        for call in calls:
            if call.dyn_kwargs:
                raise TemplateSyntaxError("'**' before an argument is not offered to templates", call.lineno)
            if call.dyn_args:  # Jamba's template has it; the filter counts what is unpacked
                call.dyn_args = nodes.Filter(call.dyn_args, "list", [], [], None, None, lineno=call.lineno)
        return tree

    @staticmethod
    def count_made(value: Any) -> Any:
        """What was cut out of a text or a list, counted."""
        return count_made(value)

    @staticmethod
    def check_size(value: Any) -> Any:
        """A list, tuple or mapping, which may hold another one twice, which holds another one twice, and so on."""
        return check_size(value)

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
        return value if type(value) is str else str(weighed(value))

    @staticmethod
    def join_texts(parts: tuple[Any, ...]) -> str:
        """What `~` does."""
        texts = [str(weighed(part)) for part in parts]
        count(sum(map(len, texts)))
        return "".join(texts)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute an operation whose result may be large."""
        return OPERATIONS[operator](left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as in Jinja
        """Call a function of the template's, of Python's, or of this program's."""
        for argument in (*args, *kwargs.values()):
            check_size(argument)
        # The methods of text that is marked as safe are written in Python.
        if isinstance(__obj, BuiltinFunctionType | MethodType):
            owner = __obj.__self__
            if isinstance(owner, str):
                if __obj.__name__ in ("join", "replace"):
                    made = {
                        "join": lambda items: join_texts(items, owner),
                        "replace": lambda *a: replace_text(owner, *a),
                    }
                    return __context.call(made[__obj.__name__], *args, **kwargs)
                if __obj.__name__ not in _TEXT_METHODS:
                    raise SecurityError(f"the method '{__obj.__name__}' of text is not offered to templates")
                check_search(owner, args)
                reserve(0 if __obj.__name__ in _LEVEL_METHODS else len(owner) * GROWTH)
            check_numbers(args, kwargs)
            return count_made(super().call(__context, __obj, *args, **kwargs))
        return super().call(__context, __obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`str.format`, for text that names no large widths."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None

        def limited(*arguments: Any, **named: Any) -> str:
            check_widths(value.__self__)
            check_no_width_from_outside(value.__self__)
            check_numbers(arguments, named)
            reserve_for(value.__self__.count("{"), [*arguments, *named.values()])
            made: str = wrapped(*arguments, **named)
            count(len(made))
            return made

        return limited
