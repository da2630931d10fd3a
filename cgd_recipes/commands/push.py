"""`cgd-recipe push`: a rendered dataset with its card, to the hub."""

from __future__ import annotations

from pathlib import Path

from cgd_recipes.commands.console import print_json, say
from cgd_recipes.errors import user_error
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.push import Push, plan_push, push
from cgd_recipes.rendering.rendered import check_rendered, is_rendered
from cgd_recipes.trainers.plan import make_plan


def run_push(name: str, settings: tuple[str, ...], repo: str, *, public: bool, dry_run: bool, as_json: bool) -> None:
    """`cgd-recipe push`.

    Args:
        name: a rendered folder, or a recipe that was rendered into `build/<name>`.
        settings: `key.path=value` texts.
        repo: `owner/name` on the hub.
        public: whether everybody may read it.
        dry_run: only list what would be sent.
        as_json: print one JSON object.

    Raises:
        RecipeError: nothing rendered, or not as the recipe is now; no token, no right, no network.
    """
    planned = plan_push(_folder(name, settings), repo, public=public)
    for warning in planned.warnings:
        say(f"warning: {warning}", to_stderr=True)
    url = None if dry_run else push(planned)
    if as_json:
        print_json(_summary(planned, url))
        return
    visibility = "public" if public else "private, if it is made by this"
    say(f"to        {planned.repo}, a dataset of {planned.endpoint}; {visibility}")
    for file in planned.files:
        say(f"file      {file.name}  {file.size:,} bytes  sha256 {file.sha256}")
    say(f"sent      {planned.examples:,} examples: {url}" if url else "dry run   nothing was sent")


def _folder(name: str, settings: tuple[str, ...]) -> Path:
    if is_rendered(Path(name)) and not settings:
        return Path(name)
    recipe = load_recipe(name, settings)
    folder = recipe.build_folder()
    if not is_rendered(folder):
        raise user_error(recipe.source, f"nothing is rendered in {folder} yet; run `cgd-recipe render {name}`")
    check_rendered(make_plan(recipe), folder)
    return folder


def _summary(planned: Push, url: str | None) -> dict[str, object]:
    return {
        "repo": planned.repo,
        "endpoint": planned.endpoint,
        "public": planned.is_public,
        "examples": planned.examples,
        "files": [{"name": file.name, "bytes": file.size, "sha256": file.sha256} for file in planned.files],
        "commit": url,
    }
