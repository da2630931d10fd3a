r"""Matrices and vectors: `[[1, 2], [3, 4]]`, and behind what they are the value of: `A^{-1} = ...`. Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import UNIT_VECTORS
from cgd_recipes.grading.readings.spellings import Pairs

# `\frac{1}{3}` before a matrix
FACTOR = r"-?\s*(?:\d+|\\frac\s*\{\s*-?\d+\s*\}\s*\{\s*(?:-?\d+|\\sqrt\s*\{\s*\d+\s*\})\s*\})?\s*(?:\\cdot\s*)?"
VECTOR = r"(?:\\(?:vec|text|boldsymbol|overrightarrow)\s*\{?\s*[a-z]\s*\}?|[a-z](?![a-z]))"
# `A^{-1} =`, `\mathbf{a} - 2\mathbf{b} =`; `2A =` and `A + I =` are equations for A.
LEFT = re.compile(
    rf"^(?:\\(?:hat|vec|text)\s*\{{?\s*(?:\\(?:mathbf|vec|text|boldsymbol)\s*\{{?\s*)?[a-z]\s*\}}?\s*\}}?|[{UNIT_VECTORS}]|(?:\\nabla|\u2207)\s*[a-z]\s*(?:\([^()]*\))?"
    r"|[A-Z]{1,3}(?:\s*\^\s*\{?\s*(?:-?\s*\d+|[nkT])\s*\}?)?"
    rf"|-?\s*\d*\s*{VECTOR}(?:\s*(?:[-+]|\\times(?![a-z]))\s*\d*\s*{VECTOR})+)\s*=\s*(?=\[\s*\[|{FACTOR}(?:[(\[]?\s*\\begin|\([^()]*,[^()]*\)$))"
)
ROWS = re.compile(r"^\[\s*(?:\[[^\[\]]*\]\s*,?\s*)+\]$")


def matrices(gold: str, answer: str) -> Iterator[Pairs]:
    """A matrix by its rows, and without a left side."""
    if "=" in gold or not re.match(r"\\begin|[\[(]", gold):
        return
    wanted, bare = _matrix(gold), LEFT.sub("", answer)
    given = _matrix(bare)
    if r"\begin" in wanted + given and (wanted, given) != (gold, answer):
        yield [(wanted, given)]
    elif bare != answer:
        yield [(gold, bare)]


def _matrix(text: str) -> str:
    """A matrix that is written as `[[1, 2], [3, 4]]` in LaTeX; any other text as it is."""
    if not ROWS.match(text):
        return text
    rows = [row.replace(",", " & ") for row in re.findall(r"\[([^\[\]]*)\]", text)]
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"


READINGS = (matrices,)
