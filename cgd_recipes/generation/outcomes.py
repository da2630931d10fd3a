"""What became of each row, kept on disk until all of it is written in the order of the draw."""

from __future__ import annotations

import tempfile
from array import array

import orjson

from cgd_recipes.generation.flow import Outcome
from cgd_recipes.generation.spending import Tokens


class Outcomes:
    """Outcomes by the number of their row; in memory is only where each lies, so that a run takes as little for any number of rows."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - held as long as the outcomes
        self._places = array("q")

    def __contains__(self, number: int) -> bool:
        return number < len(self._places) and self._places[number] >= 0

    def put(self, number: int, outcome: Outcome) -> None:
        """Keep what became of a row."""
        missing = number + 1 - len(self._places)
        self._places.extend([-1] * missing)
        self._places[number] = self._file.seek(0, 2)
        spent = {role: list(tokens) for role, tokens in outcome.spent.items()}
        self._file.write(orjson.dumps([*outcome[:-1], spent], option=orjson.OPT_APPEND_NEWLINE))

    def get(self, number: int) -> Outcome | None:
        """What became of a row; None where it came to no end."""
        if number not in self:
            return None
        self._file.seek(self._places[number])
        outcome = Outcome(*orjson.loads(self._file.readline()))
        return outcome._replace(spent={role: Tokens(*tokens) for role, tokens in outcome.spent.items()})

    def close(self) -> None:
        """Let the file go."""
        self._file.close()
