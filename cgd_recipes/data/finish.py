"""Why an answer ended: an allow list says which reasons mean that it is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache
from typing import Any

from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.yaml import read_yaml

NO_REASON = "unknown"
"""The name of what a server that gives no finish reason says."""


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


def finish_reason_of(choice: Mapping[str, Any]) -> str:
    """Why one choice of an OpenAI-compatible server ended.

    A cut, a call, a refusal or a fault that stands elsewhere in the choice counts, where `finish_reason` hides it.
    """
    said = str(choice.get("finish_reason") or NO_REASON)
    if ending_of(said) is not Ending.WHOLE:
        return said
    # OpenRouter, Ollama and gateways to Gemini have the model's own words there, and gateways to Anthropic in `stop_reason`.
    natives = (str(reason) for name in _NATIVE if (reason := choice.get(name)))
    if native := next((reason for reason in natives if ending_of(reason) is not Ending.WHOLE), None):
        return native
    stop_reason = str(choice.get("stop_reason"))
    if _known().get(_plain(stop_reason), Ending.WHOLE) is not Ending.WHOLE:  # vLLM's is any stop string or token
        return stop_reason
    message = choice.get("message")
    held = {**choice, **(message if isinstance(message, Mapping) else {})}
    return next((name for name in ("error", "tool_calls", "function_call", "refusal") if held.get(name)), said)


_NATIVE = ("native_finish_reason", "done_reason", "finishReason")


@cache
def _known() -> dict[str, Ending]:
    listed = read_yaml(data_root() / "templates" / "finish_reasons.yaml").value
    return {_plain(reason): Ending(kind) for kind, reasons in listed.items() for reason in reasons}


def _plain(reason: str) -> str:
    return reason.strip().casefold().replace("-", "_").replace(" ", "_")
