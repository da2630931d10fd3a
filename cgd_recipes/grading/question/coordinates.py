r"""Vectors and matrices in a basis, with their name before them: `[x]_B = (3, 1)`, `[T]_{\mathcal{B}} = ...`, `|\psi\rangle = ...`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.structure import enclosed
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION, asking

DRESS = r"\\(?:text|vec|hat|overrightarrow|mathcal|mathfrak|mathscr)"
VECTOR = rf"(?:{DRESS}\s*\{{?\s*)?\\?(?P<NAME>[A-Za-z]+)(?:\s*\}})?"
BASIS = rf"(?:{DRESS}\s*\{{?\s*)?\\?[A-Za-z]+(?:\s*\}})?"
# "B", "{B}", "{B \\to C}", "\\mathcal{B}"
BASES = rf"(?:\{{\s*{BASIS}(?:\s*(?:,|\\(?:to|gets|leftarrow|rightarrow)(?![A-Za-z]))?\s*{BASIS})?\s*\}}|{BASIS})"
NAMED = re.compile(
    rf"(?:\[\s*{VECTOR.replace('NAME', 'vector')}\s*\]|\(\s*{VECTOR.replace('NAME', 'round')}\s*\)|{VECTOR.replace('NAME', 'plain')})"
    rf"\s*_\s*(?P<low>{BASES})(?:\s*\^\s*(?P<high>(?!T)(?:\{{\s*(?!T){BASIS}\s*\}}|{BASIS})))?\s*=\s*(?=\[|\(|-?\s*(?:\d+|\\frac\{{[^{{}}]*\}}\{{[^{{}}]*\}})?\s*\\begin)"
)
KET = re.compile(r"\|\s*(?P<name>\\?[A-Za-z]+)\s*\)\s*=\s*(?=\[|\(|-?\s*(?:\d+|\\frac\{[^{}]*\}\{[^{}]*\})?\s*\\begin)")
KETS = re.compile(r"\|\s*(\\?[A-Za-z]+)\s*(?:\\rangle|\)|\u27e9|>)")
OF_STATES = re.compile(r"\b(?:states?|kets?|qubits?|spinors?|eigenstates?)\b", re.IGNORECASE)
ARROW = re.compile(r"\\(?:to|gets|leftarrow|rightarrow)(?![A-Za-z])")
LONE = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])|\\(?!text|math|vec|hat|left|right|to)[a-z]+")
NO_NAME = frozenset("aI")
# `R^2`, `\\mathbb{C}^n`
SPACE = re.compile(r"\\mathbb\s*\{?\s*[A-Z]\s*\}?|(?<![A-Za-z])[RCQZ]\s*\^")
NAME = re.compile(rf"(?:{DRESS}\s*\{{?\s*)?(\\?[A-Za-z]+)")

# `-\\mathbf{I}`, `3I_2`, `\\frac12 I`, `\\mathbf{0}`
IDENTITY = re.compile(
    r"(?:[^=]{1,60}=)?\s*(?P<times>-?\s*(?:\d{1,9}(?:/\d{1,9})?|\\[dt]?frac\s*(?:\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|\d\s*\d))?)\s*(?:\\cdot\s*)?"
    r"(?:\\math(?:bf|bb|rm)\s*\{\s*I\s*\}|I)\s*(?:_\s*\{?\s*(?P<size>\d)(?:\s*\\times\s*(?P=size))?\s*\}?)?"
)
ZERO = re.compile(r"\\mathbf\s*\{\s*0\s*\}")
MATRIX = re.compile(r"\\begin\{[pbv]?matrix\}(?P<cells>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\\end\{[pbv]?matrix\}")
# "Let $I = ...$", but not "the identity $I$"
OWN_I = re.compile(r"(?:\\math(?:bf|bb|rm)\s*\{\s*I\s*\}|(?<![A-Za-z\\])I)\s*(?:=|\()")


def of_identity(answer: str, gold: str, question: str) -> str:
    """The matrix that is a multiple of the identity, or zero, of the size of a gold answer that is a matrix; "" for any other answer."""
    match, wanted = IDENTITY.fullmatch(answer.strip("$ .")), MATRIX.fullmatch(gold.strip("$ "))
    zero = ZERO.fullmatch(answer.strip("$ ."))
    if wanted is None or not (match or zero) or OWN_I.search(question):
        return ""
    rows = [row.split("&") for row in wanted["cells"].split("\\\\") if row.strip()]
    size = len(rows)
    if any(len(row) != size for row in rows) or (match and match["size"] not in (None, str(size))):
        return ""
    times = "0" if match is None else match["times"].strip() + "1" * (match["times"].strip() in ("", "-"))
    cells = (" & ".join(times if row == column else "0" for column in range(size)) for row in range(size))
    return r"\begin{pmatrix}" + r" \\ ".join(cells) + r"\end{pmatrix}"


def in_basis(answer: str, gold: str, question: str) -> str:
    """A tuple or a matrix without its name, whose vector and bases are those of the question; "" for any other answer."""
    if "=" not in answer or "=" in gold or not ("_" in answer or "|" in answer):
        return ""
    if not ((whole := enclosed(gold.strip("$ "))) and whole[0] in ("()", "[]")) and r"\begin" not in gold:
        return ""
    read = tidy(answer)
    if ket := KET.match(read):
        named = KETS.findall(asking(question))
        known = ket["name"] in named or (not named and OF_STATES.search(question[-MAX_QUESTION:]))
        return _bracketed(read[ket.end() :], whole) if known else ""
    match = NAMED.match(read)
    if match is None or "=" in read[match.end() :]:
        return ""
    bases = {*NAME.findall(match["low"]), *NAME.findall(match["high"] or "")} - {r"\to", r"\gets"}
    vector = match["vector"] or match["round"] or match["plain"]
    asked, told = (
        {*LONE.findall(SPACE.sub(" ", tidy(text)))} - NO_NAME for text in (asking(question), question[-MAX_QUESTION:])
    )
    known = bases <= asked or (bases <= told and not any(name.isupper() for name in asked - {vector}))
    known = known and (vector in asked or (vector not in told and not asked - bases))
    return _bracketed(read[match.end() :], whole) if known and _is_the_way(match["low"], question) else ""


def _is_the_way(low: str, question: str) -> bool:
    r"""Whether two bases below a name are in the question's order: `B \to C` for "from B to C"."""
    names = NAME.findall(ARROW.sub(" ", low))
    if len(names) < 2:
        return True
    if not ARROW.search(low):
        return False
    first, last = names if re.search(r"\\(?:to|rightarrow)", low) else names[::-1]
    way = rf"\bfrom\b[^.]{{0,30}}?{re.escape(first)}(?![A-Za-z])[^.]{{0,20}}?\bto\b[^.]{{0,30}}?{re.escape(last)}(?![A-Za-z])"
    return re.search(way, tidy(asking(question))) is not None


def _bracketed(value: str, whole: tuple[str, str] | None) -> str:
    """A tuple with the brackets of the gold answer, which is no interval."""
    own = enclosed(value.strip())
    return (
        f"{whole[0][0]}{own[1]}{whole[0][1]}" if own and whole and own[0] in ("()", "[]") and "," in own[1] else value
    )
