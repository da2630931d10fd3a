"""What a finish reason says: templates/finish_reasons.yaml lists those that are known."""

from __future__ import annotations

from functools import cache
from typing import Literal

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml

End = Literal["whole", "cut", "unknown"]


@cache
def _known_ends() -> dict[str, End]:
    listed: dict[End, list[str]] = read_yaml(data_root() / "templates" / "finish_reasons.yaml").value
    return {reason: end for end, reasons in listed.items() for reason in reasons}


def end_of(finish_reason: str | None) -> End:
    """How a response ended: `whole` (the model stopped by itself), `cut` (a limit of tokens), else `unknown`.

    Args:
        finish_reason: what a server or an engine said, in any case of letters.
    """
    return _known_ends().get(str(finish_reason or "").strip().lower(), "unknown")
