r"""The notation of programs as that of mathematics: `2**n`, `floor(n/2) + 1`, `binomial(n, 2)`, `math.log(n, 2)`.

Elsewhere `**` stands around what is bold, and `floor` is a word.
"""

from __future__ import annotations

import re
from itertools import pairwise

# By name and number of arguments.
FUNCTIONS = {
    ("sqrt", 1): r"\sqrt{{{0}}}",
    ("cbrt", 1): r"\sqrt[3]{{{0}}}",
    ("floor", 1): r"\lfloor {0} \rfloor",
    ("ceil", 1): r"\lceil {0} \rceil",
    ("ceiling", 1): r"\lceil {0} \rceil",
    ("abs", 1): r"|{0}|",
    ("factorial", 1): r"({0})!",
    ("log2", 1): r"\log_{{2}}({0})",
    ("log10", 1): r"\log_{{10}}({0})",
    ("log", 2): r"\log_{{{1}}}({0})",
    ("binomial", 2): r"\binom{{{0}}}{{{1}}}",
    ("binom", 2): r"\binom{{{0}}}{{{1}}}",
    ("comb", 2): r"\binom{{{0}}}{{{1}}}",
    ("Rational", 2): r"\frac{{{0}}}{{{1}}}",
    ("Fraction", 2): r"\frac{{{0}}}{{{1}}}",
    ("pow", 2): r"({0})^{{{1}}}",
}
NAMES = "|".join(sorted({name for name, _ in FUNCTIONS}, key=len, reverse=True))
CALLED = re.compile(rf"(?<![\w\\.])(?:(?:np|numpy|math|sympy|sp)\.)?(?P<name>{NAMES})\(|[(),]")
CALLS = tuple({f"{name}(" for name, _ in FUNCTIONS})
# Functions of functions; deeper ones stay as they are.
MAX_NESTED = 8
# `9.8 m/s^{2}`, `3 kJ mol^{-1}`, outside of mathematics
RAISED_UNIT = re.compile(
    r"\$[^$\n]*\$|\\\((?:(?!\\[()]).)*\\\)|\\\[(?:(?!\\[\[\]]).)*\\\]|(?<=[A-Za-z])\^\{(?P<power>-?\d)\}(?!\d)",
    re.DOTALL,
)
# "5 choose 2", "(n+1 choose 2)"
CHOOSE = re.compile(
    r"(?<![\w.])(?P<of>\d+|[b-zA-HJ-Z])\s+choose\s+(?P<out>\d+|[a-z](?![A-Za-z]))|\((?P<sum>\w+\s*[-+]\s*\w+)\s+choose\s+(?P<some>\w+)\)"
)
# "1 + sqrt(2) ~ 2.414"
ABOUT = re.compile(r"(?<=[\w)}]) ~ (?=-?\d+\.\d)")
# Between two operands; a mark around bold or slanted text has a word or a blank on one side.
OPERAND = r"(?=[\d({\\]|[A-Za-z](?![A-Za-z])|pi\b|sqrt\()"
POWER = re.compile(
    rf"\*\*(?:(?<=[\d)\]}}]\*\*)|(?<=(?<![A-Za-z])[A-Za-z]\*\*)|(?<=pi\*\*))(?:(?=-)|{OPERAND})| \*\* (?=[\w(-])"
)
TIMES = re.compile(
    rf"\*(?:(?<=[\d)\]}}]\*)|(?<=(?<![A-Za-z])[A-Za-z]\*)|(?<=pi\*)){OPERAND}| \* (?=[\w(\\])(?<=[\w)\]}}] \* )"
)
# "`2*m/3 + 1`"
SPAN = re.compile(r"`[^`\n]{1,120}`")
# `(n + 1)//2`, `2*m//3`; a quotient by a power or one more quotient is read from the left, so it stays as it is.
PLAIN = r"(?:\d+|(?<!\w)[A-Za-z](?!\w)|\([^()/\n]{1,60}\))"
WHOLE_QUOTIENT = re.compile(
    rf"(?<![*/%^\u00b7\w.)\]}}])(?<![*/%^\u00b7] )(?P<of>(?:{PLAIN} ?\* ?){{0,4}}{PLAIN}) ?// ?(?P<by>{PLAIN})(?! ?(?:\*\*|\^|//|[\w.(\[]))"
)


def as_mathematics(text: str) -> str:
    """A text with the powers and the functions of programs as LaTeX has them; what is not closed stays as it is."""
    if "**" in text:
        text = "\n".join(_with_powers(line) for line in text.split("\n"))
    if "//" in text:
        text = WHOLE_QUOTIENT.sub(lambda match: rf"\lfloor \frac{{{match['of']}}}{{{match['by']}}} \rfloor", text)
    if "`" in text and "*" in text:
        text = SPAN.sub(lambda match: TIMES.sub("\u00b7", match[0]), text)
    if "^{" in text:
        text = RAISED_UNIT.sub(lambda match: f"^{match['power']}" if match["power"] else match[0], text)
    if " choose " in text:
        text = CHOOSE.sub(
            lambda match: rf"\binom{{{match['of'] or match['sum']}}}{{{match['out'] or match['some']}}}", text
        )
    if " ~ " in text:
        text = ABOUT.sub(" \u2248 ", text)
    return _with_functions(text) if "(" in text and any(call in text for call in CALLS) else text


def _with_powers(line: str) -> str:
    """A line with `2**n` as `2^n`, unless what is left of its `**` could not be pairs around what is bold."""
    if "**" not in line:
        return line
    read = POWER.sub("^", line)
    return line if read.count("**") % 2 else read


def with_times(line: str) -> str:
    """A line with `2*n` as `2·n`, unless what is left of its `*` could not be pairs around what is slanted."""
    if "*" not in line:
        return line
    read = TIMES.sub("\u00b7", line)
    return line if read.replace("**", "").count("*") % 2 else read


def _with_functions(text: str) -> str:
    pieces: list[str] = []
    calls: list[tuple[str, int, list[int]]] = []  # what is open: its name, where it begins, where its commas are
    place = named = 0
    for match in CALLED.finditer(text):
        pieces.append(text[place : match.start()])
        place = match.end()
        if match[0] == "," and calls:
            calls[-1][2].append(len(pieces))
        elif match[0].endswith("("):
            name = match["name"] or "" if named < MAX_NESTED else ""
            named += bool(name)
            calls.append((name, len(pieces), []))
        pieces.append(match[0])
        if match[0] != ")" or not calls:
            continue
        name, start, commas = calls.pop()
        named -= bool(name)
        if written := FUNCTIONS.get((name, len(commas) + 1)):
            bounds = [start, *commas, len(pieces) - 1]
            arguments = ["".join(pieces[first + 1 : last]).strip() for first, last in pairwise(bounds)]
            pieces[start:] = [written.format(*arguments)]
    return "".join([*pieces, text[place:]])
