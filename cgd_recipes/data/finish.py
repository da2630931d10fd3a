"""Why an answer ended: an allow list says which reasons mean that it is whole."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import cache

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml


class Ending(Enum):
    """What a finish reason says of an answer."""

    WHOLE = "whole"
    TRUNCATED = "truncated"
    UNKNOWN = "unknown"


def ending_of(finish_reason: str, more_whole: Iterable[str] = ()) -> Ending:
    """What a finish reason says of an answer, by templates/finish_reasons.yaml.

    Args:
        finish_reason: in the words of a server or an engine.
        more_whole: further reasons that mean a whole answer, of a server with words of its own.
    """
    reason = _plain(finish_reason)
    if reason in map(_plain, more_whole):
        return Ending.WHOLE
    return _known().get(reason, Ending.UNKNOWN)


@cache
def _known() -> dict[str, Ending]:
    listed = read_yaml(data_root() / "templates" / "finish_reasons.yaml").value
    return {_plain(reason): Ending(kind) for kind, reasons in listed.items() for reason in reasons}


def _plain(reason: str) -> str:
    return reason.strip().casefold().replace("-", "_").replace(" ", "_")
