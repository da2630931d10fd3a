"""The list of rejected rows of a run that stops because of them, kept beside the folder that the run did not write."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.atomic import replacing
from cgd_recipes.files.ownership import check_marked
from cgd_recipes.files.paths import real_path

_MARK = re.compile(rb'\A\{"id":(null|"[^\n]*"),"file":"[^\n]*","line":\d+,"reason":"')


def listing_place(target: Path) -> Path:
    """Where to keep the list for a target folder: beside it, over an earlier list only."""
    whole = real_path(target)
    path = whole.parent / f"{whole.name}.rejected.jsonl"
    try:
        check_marked(path, _MARK, "")
    except RecipeError:
        path = whole.parent / f"{whole.name}.{os.getpid()}.rejected.jsonl"
    return Path(os.path.relpath(path))


@contextmanager
def keep_listing(handle: IO[bytes], listing: Path, kept: Path | None) -> Iterator[None]:
    """Keep the list of rejected rows when they stop the run; the rest of what was staged goes.

    Args:
        handle: of the list, open.
        listing: the list's file.
        kept: see `listing_place`; None keeps none.
    """
    try:
        yield
    except RecipeError:
        handle.flush()
        if kept and listing.stat().st_size:
            kept.parent.mkdir(parents=True, exist_ok=True)
            with replacing(kept) as part:
                shutil.copyfile(listing, part)
        raise


def remove_listing(target: Path) -> None:
    """Remove the list of an earlier run, which a run that succeeded makes stale."""
    with suppress(OSError):
        listing_place(target).unlink()
