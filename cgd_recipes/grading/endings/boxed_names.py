r"""Boxes that name their value behind it, over it or by an arrow: `\text{Total} \to 27`, `27 = \text{the total}` as `\text{Total} = 27`."""

from __future__ import annotations

import re

MAX_BOX = 400
# Words that name something and change nothing of a value.
NAME = (
    r"\\(?:text|textbf|textsf|textit|mathrm|mathbf)\s*\{\s*(?P<name>(?!(?:if|when|as|for|with|where|not|at|or|and|so|since|because|assuming)\b)"
    r"(?![^{}]*\b(?:not|no|never|half|less|more|fewer|than|per|each|every|least|most|twice|double|if|or|wrong|first|step|about|minus|plus|times)\b)"
    r"[A-Za-z][A-Za-z' -]{2,80}?)\s*(?P<colon>:?)\s*\}"
)
VALUE = r"(?P<value>[-+\u2212]?\s*(?:\\\$\s*)?(?:\d|\.\d|\\[dtc]?frac|\\sqrt|\\pi|\$?\\text\s*\{\s*\$?\d)[^=:]*)"
ARROW = r"(?:\\(?:to|rightarrow|longrightarrow|Rightarrow|implies|mapsto)(?![A-Za-z])|\u2192|\u21d2|:|=>|->)"
BY_ARROW = re.compile(rf"^\s*{NAME}\s*(?P<sign>{ARROW})\s*{VALUE}$", re.DOTALL)
OVER_IT = re.compile(
    rf"^\\begin\s*\{{(?P<kind>array|gathered|aligned|matrix)\}}(?:\s*\{{[lcr]\}})?\s*{NAME}\s*[:=]?\s*\\\\\s*&?\s*{VALUE}\\end\s*\{{(?P=kind)\}}$",
    re.DOTALL,
)
BEHIND_IT = re.compile(
    rf"^{VALUE}=\s*{NAME}\s*(?:\\(?:text|mathrm)\s*\{{,?\s*(?:as\s+(?:required|desired|needed|expected|claimed|asked)|\(final\))\.?\s*\}})?$",
    re.DOTALL,
)


def with_name_first(box: str) -> str:
    r"""What a box holds, with its name before its value: `\text{Total} = 27`; anything else as it is."""
    if ("\\text" not in box and "\\math" not in box) or len(box) > MAX_BOX:
        return box
    match = BY_ARROW.match(box) or OVER_IT.match(box) or BEHIND_IT.match(box)
    return rf"\text{{{match['name'].strip()}}} = {match['value'].strip()}" if match else box
