"""`cgd-recipe preview`: one example as the student will see it."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.commands.console import print_json, progress, say
from cgd_recipes.recipe.resolve import load_recipe


def run_preview(name: str, settings: tuple[str, ...], row: int, page: Path | None, *, as_json: bool) -> None:
    """`cgd-recipe preview`."""
    from rich.console import Console

    from cgd_recipes.commands.preview_view import print_preview, write_page
    from cgd_recipes.rendering.preview import preview
    from cgd_recipes.rendering.rendered import recipe_name

    with progress() as tick:
        shown = preview(load_recipe(recipe_name(name), settings), row, tick)
    if page:
        write_page(shown, page)
    if as_json:
        print_json(shown.as_json())
    elif page:
        say(f"{page} written")
    else:
        print_preview(shown, Console(highlight=False))
