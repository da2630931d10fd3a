"""What a server said of the ends of responses; lm-eval hands on their texts alone."""

from __future__ import annotations

from cgd_recipes.data.finish import Ending, ending_of

_WORSE = (Ending.WHOLE, Ending.TRUNCATED, Ending.UNKNOWN)


class Ends:
    """Finish reasons by the text of the response; a text that ended in two ways keeps the worse."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def note(self, text: str, finish_reason: str) -> None:
        """Remember how a response ended."""
        known = self._reasons.get(text)
        if known is None or _WORSE.index(ending_of(finish_reason)) > _WORSE.index(ending_of(known)):
            self._reasons[text] = finish_reason

    def reason(self, text: str) -> str | None:
        """The finish reason of a response; None where the engine says nothing of it."""
        return self._reasons.get(text)
