"""The names of months, with their short forms, and of the days of the week."""

from __future__ import annotations

import re

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY = f"(?:{'|'.join(WEEKDAYS)})"
SHORT_MONTHS = (*(month[:3] for month in MONTHS if len(month) > len("May")), "Sept")
SHORT = "|".join(SHORT_MONTHS)
BESIDE_DAY = re.compile(rf"\b(?P<before>{SHORT})\b\.?(?=\s\d)|(?<=\d\s)(?P<behind>{SHORT})\b\.?(?=\W|$)")


def with_months(text: str) -> str:
    """A text with the whole name of a month beside its day: "Jan. 15", "15 Jan"."""
    return BESIDE_DAY.sub(
        lambda match: next(month for month in MONTHS if month.startswith((match["before"] or match["behind"])[:3])),
        text,
    )
