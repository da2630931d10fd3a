r"""LaTeX that is layout alone: bold around mathematics, lines of a display, `\mathbf v`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.tex import closing_brace

BOLD = re.compile(r"\\(?P<name>boldsymbol|bm|pmb|mathbf|mathit|mathrm|mathsf|underline|underbrace|textbf|emph)\s*\{")
# What stands in no unit and no word.
MATHEMATICS = re.compile(r"\\[dtc]?(?:frac|sqrt|binom)(?![A-Za-z])|\$")
# Also beside the names of vectors, which are bold.
FORMULA = re.compile(
    rf"{MATHEMATICS.pattern}|(?<=[\w)}}])\s*[-+=^]\s*(?=[\w(\\{{])|^\s*-?\d+[a-z](?![a-z])|^\s*[\[({{\\]*-?\d[\d.,\s/-]*[\])}}\\]*\s*$|\\pi(?![A-Za-z])"
)
UPRIGHT = ("mathrm", "mathsf")
UNBRACED = re.compile(r"\\(mathbf|mathrm|mathit|boldsymbol|bm)\s+([A-Za-z])(?![A-Za-z])")
DISPLAY = re.compile(
    r"\\begin\s*\{(?P<name>aligned|align\*?|gathered|gather\*?|split)\}(?:\s*\[[tbc]\])?(?P<body>.*?)\\end\s*\{(?P=name)\}",
    re.DOTALL,
)
# A table of one cell.
CELL = re.compile(
    r"\\begin\s*\{(?P<name>array|tabular)\}\s*\{[lcr|]+\}(?P<said>(?:(?!\\\\|\\end|\\begin)[^&])*)\\end\s*\{(?P=name)\}"
)
LINE_END = re.compile(r"\\\\(?:\[[^\[\]]*\])?")
GOES_ON = re.compile(r"\s*(?:=|\\(?:approx|le|ge|leq|geq|cup)(?![A-Za-z])|[-+<>])")
# `\tag{1}`, and what is left of a blank `\ ` at the end
NUMBERED = re.compile(r"\\(?:tag\*?|label)\s*\{[^{}]*\}|(?<!\\)\\$")
MAX_BOLD = 10


def flat(text: str) -> str:
    """A text without bold around mathematics, and with the lines of a display in a row."""
    text = NUMBERED.sub("", text.strip("` "))
    if r"\begin" in text:
        text = DISPLAY.sub(lambda match: _in_a_row(match["body"]), text)
        text = CELL.sub(r"\g<said>", text)
    text = UNBRACED.sub(r"\\\1{\2}", text)
    place = 0
    for _ in range(MAX_BOLD):
        match = BOLD.search(text, place)
        if match is None:
            break
        place = match.end()
        end = closing_brace(text, match.end() - 1)
        inner = text[match.end() : end] if end > 0 else ""
        if not (MATHEMATICS if match["name"] in UPRIGHT else FORMULA).search(inner):
            continue
        raised = text[end + 1 :].lstrip()[:1] in ("^", "_")
        text = f"{text[: match.start()]}{'(' if raised else ' '}{inner}{')' if raised else ' '}{text[end + 1 :]}"
        place = match.start()
    return text


def _in_a_row(body: str) -> str:
    """The lines of a display, with a comma before each that does not go on with the one before."""
    row = ""
    for line in LINE_END.split(body):
        line = line.replace("&", " ").strip()
        if line:
            goes_on = not row or GOES_ON.match(line) or row.endswith((",", ";"))
            row += (" " if goes_on else ", ") + line
    return row
