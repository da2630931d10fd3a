"""What a server sent back, as lm-eval's parser reads it; that takes what it does not know for an empty answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cgd_recipes.data.finish import finish_reason_of
from cgd_recipes.evaluation.harness.ends import Ends
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.generation.engines.openai_content import read_content

NO_CHOICES = "no choices"
"""The finish reason of a question to which a server has nothing to say: some refuse in this way."""
UNREADABLE = "unreadable"
"""The finish reason of content that is neither text nor parts."""
_SHOWN = 300


def mend_outputs(outputs: Any, ends: Ends) -> list[dict[str, Any]]:
    """Chat completions with an index, a message and one text in every choice; their finish reasons go to the ends.

    Args:
        outputs: a server's JSON, or a list of several.
        ends: told how each text ended.

    Raises:
        EvaluationFault: an error in place of an answer, or what is no answer at all. lm-eval asks again, and then stops.
    """
    return [_mended(output, ends) for output in (outputs if isinstance(outputs, list) else [outputs])]


def _mended(output: Any, ends: Ends) -> dict[str, Any]:
    error = output.get("error") if isinstance(output, dict) else output
    choices = output.get("choices") if isinstance(output, dict) else None
    if error or not isinstance(choices or [], list):
        raise EvaluationFault(f"the server sent no answer, but {str(error or choices)[:_SHOWN]}")
    found = choices or [{"message": {"content": ""}, "finish_reason": NO_CHOICES}]
    return {**output, "choices": [*_choices(found, ends)]}


def _choices(choices: list[Any], ends: Ends) -> Iterator[dict[str, Any]]:
    for index, given in enumerate(choices):
        choice = given if isinstance(given, dict) else {}
        message = choice.get("message") or {}
        try:
            text, reason = read_content(message.get("content") or choice.get("text")).text, finish_reason_of(choice)
        except (LookupError, TypeError, AttributeError):
            text, message, reason = "", {}, UNREADABLE
        ends.note(text, reason)
        yield {**choice, "index": index, "message": {**message, "content": text}, "text": text}
