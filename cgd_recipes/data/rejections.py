"""Why rows are not used: reasons that are counted by name, and the list of the rows that have them."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Reason(Enum):
    """Why a row is not used. The value is the text of lists and manifests; `{field}` and `{detail}` stand for its facts."""

    NOT_JSON = "not valid JSON"
    NOT_UTF8 = "not UTF-8 text: save the file as UTF-8"
    NOT_AN_OBJECT = "not a JSON object"
    NOT_STORABLE = "text that is not valid Unicode, or a value that JSON cannot hold"
    MISSING = "no {field}"
    NOT_TEXT = "{field} is not text"
    NOT_A_VERDICT = "verdict is neither right nor wrong"
    FITS_SEVERAL_FORMATS = "it fits the formats {detail} equally well; set data.format to one of them"
    BLOCKS_BEGIN_OTHERWISE = "'{field}' does not begin with '{detail}'"
    BLOCKS_NOT_ONCE = "'{field}' does not hold the block '{detail}' exactly once"
    BLOCKS_UNKNOWN = "the blocks in '{field}' are of no known layout"
    COLUMN_UNREAD = "'{field}' holds {detail}, which this format cannot train"
    TURNS_UNKNOWN = "'{field}' is no list of messages with a known role and text"
    TURNS_UNTRAINED = "'{field}' says that its answer is not to be trained (weight 0, or train false)"
    TURNS_NOT_A_PAIR = "'{field}' is not one question with one answer"
    CONTROL_TOKEN = "control token in the text"  # noqa: S105  (no password)
    REPEATS = "repeats another row"
    NOT_FOR_THE_METHOD = "the method leaves it out"
    RENDERS_NOTHING = "the method renders nothing for it"
    SAME_ANSWERS = "chosen and rejected are the same"
    UNKNOWN_END_MARK = "an answer ends with the unknown mark '{detail}'"
    LEFT_OVER = "an answer holds '{detail}', which is no part of it"
    THINKING_UNENDED = "an answer never leaves its thinking"
    THINKING_MARK = "an answer holds the mark of thinking '{detail}'"
    NO_THINKING = "no thinking before the answer, and 'thinking' is to train it"
    CURATED = "{detail}"
    TOO_LONG = "longer than sequence_len"
    TOO_LONG_ELSEWHERE = "longer than sequence_len with a method of data.match_methods"


MARKS = frozenset([Reason.UNKNOWN_END_MARK, Reason.LEFT_OVER, Reason.THINKING_MARK])
"""Reasons that name a mark, which `data.marks_as_text` can declare to be text."""


class Rejection(NamedTuple):
    """Why one row is not used.

    Attributes:
        reason: the kind.
        field: the row field or column that it is about; empty where it is about the whole row.
        detail: what was found there.
    """

    reason: Reason
    field: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """In words, the same ones for all rows that share it."""
        return self.reason.value.format(field=self.field, detail=self.detail)


class RowError(Exception):
    """A record cannot be used.

    Attributes:
        rejection: why.
    """

    def __init__(self, reason: Reason, field: str = "", detail: str = ""):
        self.rejection = Rejection(reason, field, detail)
        super().__init__(self.rejection.text)
