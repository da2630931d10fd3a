"""Jinja templates: sandboxed, strict, and never made from row text."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cgd_recipes.errors import did_you_mean
from cgd_recipes.files.limits import Limited
from cgd_recipes.files.sandbox import LimitedEnvironment
from cgd_recipes.files.shipped import data_root

_OPTIONS: dict[str, Any] = {
    "undefined": StrictUndefined,
    "keep_trailing_newline": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "autoescape": False,
}


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The environment of the shipped template files."""
    return ImmutableSandboxedEnvironment(loader=FileSystemLoader(data_root() / "templates"), **_OPTIONS)


@cache
def _prompt_environment() -> LimitedEnvironment:
    """The environment of templates in methods and stages, which anyone may have written."""
    return LimitedEnvironment(**_OPTIONS)


@cache
def _prompt(source: str) -> Template:
    """Checks, previews and renders want the same few templates, and compiling one takes longer than rendering it."""
    return _prompt_environment().from_string(source)


@cache
def _names_in(source: str) -> frozenset[str]:
    """The variables of a template, without what every template may use."""
    made = _prompt_environment()
    return frozenset(meta.find_undeclared_variables(made.parse(source)) - set(made.globals))


@cache
def _is_plain(source: str) -> bool:
    return _prompt_environment().is_plain(source)


def template_problems(source: str, variables: Iterable[str], known: Iterable[str]) -> list[str]:
    """What is wrong with a template's text, without rendering it.

    Args:
        source: template text.
        variables: names that the template may use.
        known: all names there are, for a message that says how to allow one.

    Returns:
        Messages: a syntax error, or one for every name that is not among the variables.
    """
    try:
        _prompt(source)
        names = _names_in(source)
    except TemplateSyntaxError as error:
        return [f"template line {error.lineno}: {error.message}"]
    allowed, every = set(variables), set(known)
    problems = []
    for name in sorted(names - allowed):
        if name in every:
            problems.append(f"the template uses '{name}', which 'needs' does not list")
        else:
            hint = did_you_mean(name, allowed) or f"; there are: {', '.join(sorted(allowed))}"
            problems.append(f"the template uses '{name}', which is no row field{hint}")
    return problems


def template_faults(source: str, variables: Iterable[str], known: Iterable[str]) -> list[str]:
    """What is wrong with a template's text: see `template_problems`; where that is nothing, what a trial render shows.

    Args:
        source: template text.
        variables: names that the template may use.
        known: all names there are.
    """
    names = tuple(variables)
    faults = template_problems(source, names, known)
    if faults:
        return faults
    try:
        text = _trial(source, names)
    except TemplateError as error:
        return [f"the template fails: {error.message}"]
    except Exception as error:  # a template can raise anything: arithmetic on text, a missing method
        return [f"the template fails: {error}"]
    return [] if text.strip() else ["the template renders nothing"]


@lru_cache(maxsize=256)
def _trial(source: str, names: tuple[str, ...]) -> str:
    """A trial render; each recipe of a study tries the same templates."""
    return compile_templates({"trial": source})({name: f"<{name}>" for name in names})["trial"]


def compile_templates(sources: Mapping[str, str]) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    """A function that renders several templates, made from text of a method file, over one set of variables.

    They share one context per call, because making one the usual way costs more than rendering a prompt.

    The function raises whatever a template can raise, `LimitError` where one takes too long or makes too much.
    """
    made = _prompt_environment()
    roots = [(part, _prompt(source).root_render_func) for part, source in sources.items()]
    globals_ = dict(made.globals)
    # Most prompts are; with the limit, which they do not need, rendering one would take twice the time.
    plain = all(map(_is_plain, sources.values()))

    def render(variables: Mapping[str, Any]) -> dict[str, str]:
        context = made.context_class(made, {**globals_, **variables}, None, {})
        if plain:
            return {part: "".join(root(context)) for part, root in roots}
        with Limited():
            return {part: made.concat(root(context)) for part, root in roots}

    return render


def render_file(file: str, /, **values: Any) -> str:
    """Render a shipped template file, by its path under templates/."""
    return environment().get_template(file).render(**values)


def render_page(file: str, /, **values: Any) -> str:
    """Render a shipped HTML template; everything in it is escaped."""
    return _pages().get_template(file).render(**values)


@cache
def _pages() -> Environment:
    return environment().overlay(autoescape=True)


def render_script(template: Path, **values: Any) -> str:
    """Render a template of a shell script, shipped or not; every text in it is quoted, as one word of the shell."""
    return _script(template.read_text(encoding="utf-8")).render(**values)


@cache
def _script(source: str) -> Template:
    return environment().overlay(finalize=_shell_word).from_string(source)


def _shell_word(value: Any) -> Any:
    return shlex.quote(value) if isinstance(value, str) else value
