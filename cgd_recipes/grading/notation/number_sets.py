r"""Sets of numbers by their sign or their name: `\mathbb{Z}_{>0}`, `(0,\infty)`, "positive integer"."""

from __future__ import annotations

import re

LETTERS = str.maketrans("\u211d\u2124\u2115\u211a", "RZNQ")
SETS = {
    **{f"{letter}{sign}": f"{letter}>0" for letter in "RZQ" for sign in ("^+", "_+", "_>0", "^>0")},
    **{f"{letter}{sign}": f"{letter}>=0" for letter in "RZQ" for sign in ("_>=0", "^>=0", "_0^+", "^+_0")},
    **{letter: letter for letter in "RZQN"},
    **dict.fromkeys(("N^+", "N^*", "N_+", "N_>0", "N_>=1", "Z_>=1"), "Z>0"),
    **dict.fromkeys(("N_0", "N^0", "N_>=0"), "Z>=0"),
    r"(0,\infty)": "R>0",
}


def domain_of(written: str) -> str:
    r"""A set of numbers in one form: "Z>0" of `\mathbb{Z}_{>0}`, "R" of `\mathbb{R}`; "" for any other."""
    plain = re.sub(r"[\s{}]|\\mathbb|\\(?=[RZNQ])", "", written.translate(LETTERS))
    plain = re.sub(r"\\(?:geqslant|geq|ge)(?![A-Za-z])", ">=", plain)
    return SETS.get(plain, "")


def domain_in_words(sign: str | None, kind: str) -> str:
    """The same of words: of "positive" and "integer"; "" where these do not tell it."""
    letter = "Q" if kind.startswith("rational") else {"i": "Z", "w": "Z", "r": "R"}.get(kind[0], "")
    sign = (sign or "").replace("-", "").replace(" ", "")
    if sign == "natural":
        return "Z>0"
    return letter and letter + {"positive": ">0", "nonnegative": ">=0"}.get(sign, "")
