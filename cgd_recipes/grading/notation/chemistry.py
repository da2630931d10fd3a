r"""Chemical formulas, which are no products: `Fe_2(SO_4)_3`, H₂O, `\ce{HPO4^{2-}}`, `AgCl(s)`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

ELEMENTS = frozenset(json.loads(Path(__file__).with_name("elements.json").read_text(encoding="utf-8")))
DRESS = re.compile(r"\\(?:text|ce)(?![a-z])|[{}_\s$]")
DIGITS = str.maketrans("\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089", "0123456789")
SYMBOL = re.compile(r"[A-Z][a-z]?")
# Several symbols, an index or a charge: a lone letter is a name.
FORMULA = re.compile(
    r"(?=[^A-Z]*[A-Z][a-z]?[^a-z])(?P<body>(?:[A-Z][a-z]?\d{0,3}|[(\[](?=[A-Z(\[])|[)\]]\d{0,3})+)"
    r"(?:\^(?P<size>\d?)(?P<sign>[+-])|\^(?P<before>[+-])(?P<behind>\d)|(?P<bare>[+-]))?"
    r"(?P<state>\((?:s|l|g|aq)\))?"
)
# "Fe3+" and "O2-" may be ions of one atom or of several.
UNCLEAR = re.compile(r"[A-Z][a-z]?\d+")
# `Na2O` without a sign of a subscript, where mathematics would have a factor in front.
INDEX = re.compile(r"[A-Za-z)\]]\d")


class Formula(NamedTuple):
    """A chemical formula.

    Args:
        body: its symbols and indices.
        charge: such as "2-", "" for none.
        state: such as "(aq)", "" where it is not said.
    """

    body: str
    charge: str
    state: str


def formula_of(text: str) -> Formula | None:
    """The chemical formula that a cleaned text is, in whatever dress; None where it is none."""
    plain = DRESS.sub("", text).translate(DIGITS).replace("\u207a", "^+").replace("\u207b", "^-")
    match = FORMULA.fullmatch(re.sub(r"(?<=\^\d)\^(?=[+-])", "", plain))
    if match is None or not ELEMENTS.issuperset(SYMBOL.findall(match["body"])):
        return None
    if match["bare"] and UNCLEAR.fullmatch(match["body"]):
        return None
    size = match["size"] or match["behind"] or ""
    sign = match["sign"] or match["before"] or match["bare"] or ""
    return Formula(match["body"], size.removeprefix("1") + sign, match["state"] or "")


def same_formula(gold: str, answer: str) -> bool | None:
    """Whether two cleaned texts are the same chemical formula; None where the gold answer may be a product."""
    if "=" in gold or not SYMBOL.search(gold) or (wanted := formula_of(gold)) is None:
        return None
    given = formula_of(answer)
    if given and wanted == given._replace(state=given.state if wanted.state else ""):
        return True
    return False if wanted.charge or INDEX.search(gold) else None
