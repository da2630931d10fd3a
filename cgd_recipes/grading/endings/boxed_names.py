r"""Boxes that name their value behind it, over it or by an arrow: `\text{Total} \to 27`, `27 = \text{the total}` as `\text{Total} = 27`."""

from __future__ import annotations

import re

MAX_BOX = 400
# Words that name what is asked for and change nothing of a value; of others, such as "rejected" or "subtotal", a box says something else.
WORDS = (
    r"(?:the|of|in|for|your|our|my|final|correct|total|overall|required|desired|requested|requisite|sought|answer|result|value|solution|amount|number|count|sum|product|quotient|difference|ratio"
    r"|probability|chance|minimum|maximum|min|max|least|largest|smallest|greatest|area|volume|perimeter|circumference|length|width|height|radius|diameter|distance|speed|velocity|time|cost|price|profit|revenue"
    r"|mean|median|mode|range|remainder|angle|slope|determinant|degree|order|rank|ways|pairs|triples|arrangements|combinations|permutations|outcomes|possibilities|solutions|roots|integers|numbers|values|elements|mass|force|energy|power|pressure|percentage|all)"
)
LEFT = r"[a-z]{2,}s\s+(?:left|remaining|altogether)(?:\s+over)?"
NAME = (
    rf"\\(?:text|textbf|textsf|textit|mathrm|mathbf)\s*\{{\s*(?P<name>(?i:{WORDS})(?:\s+(?i:{WORDS}))*(?:\s+{LEFT})?"
    rf"|{LEFT})\s*:?\s*\}}"
)
VALUE = r"(?P<value>[-+\u2212]?\s*(?:\\\$\s*)?(?:\d|\.\d|\\[dtc]?frac|\\sqrt|\\pi|\$?\\text\s*\{\s*\$?\d)[^=:]*)"
ARROW = r"(?:\\(?:to|rightarrow|longrightarrow|Rightarrow|implies|mapsto)(?![A-Za-z])|\u2192|\u21d2|:|=>|->)"
BY_ARROW = re.compile(rf"^\s*{NAME}\s*{ARROW}\s*{VALUE}$", re.DOTALL)
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
