"""A preview in the terminal, and as a page of HTML."""

from __future__ import annotations

import re
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from cgd_recipes import __version__
from cgd_recipes.errors import printable, user_error, visible
from cgd_recipes.files.atomic import write_text
from cgd_recipes.files.ownership import check_marked
from cgd_recipes.files.templates import render_page
from cgd_recipes.rendering.preview import Piece, Preview

_PAGE_MARK = re.compile(rb'<meta name="generator" content="cgd-recipes preview')


def shown_text(piece: Piece) -> str:
    """The text of a piece; in a token a line break is marked, because it is part of the token."""
    return visible(piece.text if piece.id is None else piece.text.replace("\n", "↵\n"))


def print_preview(shown: Preview, console: Console) -> None:
    """Print a preview; trained text stands under its own heading, so that it can be told without colours."""
    plan = shown.plan
    console.print(Text(f"row       {shown.row}, id {printable(shown.id)}"))
    about = f"{plan.recipe.get('name')}, method {plan.method.name}, family {plan.family.values['name']}"
    console.print(Text(f"recipe    {printable(about)}"))
    console.print(Text(f"lengths   {printable(shown.measure.basis)}"))
    console.print(Text("legend    ").append_text(_legend(shown.measure.chat is not None)))
    for sequence in shown.sequences:
        console.print()
        console.print(Text(shown.title(sequence), style="bold"))
        number = 0
        for role, is_trained, runs in sequence.blocks():
            heading = " ".join(part for part in ("TRAINED" if is_trained else "context", role) if part)
            console.print(Rule(Text(heading), align="left", style="green" if is_trained else "dim", characters="─"))
            text = Text()
            for run in runs:
                for piece in run:
                    number += 1
                    text.append(shown_text(piece), _style(piece, number % 2 == 0))
            console.print(text, soft_wrap=True)


def _style(piece: Piece, even: bool) -> str:
    style = "green" if piece.trained else "dim"
    if piece.special:
        style = "bold reverse green" if piece.trained else "reverse dim"
    if piece.neutralised:
        style = "black on yellow"
    return style + (" underline" if even and piece.id is not None else "")


def _legend(exact: bool) -> Text:
    looks = {"context": "dim", "TRAINED": "green", "special token": "reverse", "neutralised⟨U+200B⟩": "black on yellow"}
    text = Text("  ").join(Text(name, style) for name, style in looks.items())
    if exact:
        text.append(", every other ").append("token", "underline").append(" is underlined, ↵ is a line break")
    return text


def write_page(shown: Preview, file: Path) -> None:
    """Write a preview as one page of HTML, over an earlier one at most.

    Raises:
        RecipeError: the file cannot be written, or is there and is no preview.
    """
    helpers = {"visible": visible, "shown_text": shown_text}
    page = render_page("report/preview.html.j2", shown=shown, version=__version__, **helpers)
    check_marked(file, _PAGE_MARK, "name another file with --html, or move it")
    try:
        write_text(file, page)
    except OSError as error:
        raise user_error(str(file), f"cannot be written: {error.strerror}") from None
