r"""What a text makes stand out: "The area is *12*.", "`12`", "<b>12</b>" are as much as "**12**"."""

from __future__ import annotations

import re
from fractions import Fraction

from cgd_recipes.grading.notation.number import as_number

# Emphasis counts at the end, where the answer is.
MAX_TAIL, MAX_INSIDE = 2_000, 120
INSIDE = r"(?P<said>[\w$\\(\[{\u2212\u221a\u03c0\u2248+-](?:[^\n*`<>_]{0,78}[\w$%)\]}\u00b0!.:\u00b2\u00b3\u03c0])?)"
MARKS = (
    ("***", re.compile(rf"(?<![\w*\\)}}\]$])\*\*\*{INSIDE}\*\*\*(?![\w*({{\\$])")),
    ("*", re.compile(rf"(?<![\w*\\)}}\]$])\*{INSIDE}\*(?![\w*({{\\$])")),
    ("`", re.compile(rf"(?<![\w`])`{INSIDE}`(?![\w`])")),
    ("__", re.compile(rf"(?<!\w)__{INSIDE}__(?!\w)")),
    (r"\textbf", re.compile(r"(?<![\w$\\{(=])\\textbf\s*\{(?P<said>[^{}\n]{1,80})\}(?![\w$\\})=])")),
    ("==", re.compile(rf"(?<![\w=])==(?P<bold>\*\*)?{INSIDE}(?(bold)\*\*)==(?![\w=])")),
    ("</", re.compile(rf"<(?P<tag>b|strong|u|em|i|mark)>\s*{INSIDE}\s*</(?P=tag)>", re.IGNORECASE)),
)
ANY_MARK = re.compile(r"[*`]|__|==|\\textbf|</")
# Marks that stand on one side alone
OPENING = (r"\textbf", "</")


# "So $4 + 9 = $ **13**", "4 + 9 = **13**", "4 + 9 \u2192 **13**"
RESULT = re.compile(
    r"(?P<open>\$|\\\()(?P<formula>[^$*\n]{1,200}?=)\s*(?P<close>\$|\\\))\s*\*\*\$?(?P<said>[^*\n$]{1,60}?)\$?\*\*"
    r"|^[ \t]*(?!\d+[.)][ \t])(?P<plain>(?:(?![^\W\d_])[^$*\n\\<>:;,?]){1,200}=)[ \t]*\*\*(?P<value>[^*\n]{1,60})\*\*(?=[.!]?$)"
    r"|^[ \t]*(?!\d+[.)][ \t])(?P<numbers>[\d.\s+/\u00b2\u00b3\u00d7\u00b7\u00f7\u2212-]{1,200})(?:\u2192|\u21d2)[ \t]*"
    r"(?P<led>\*\*\d[^*\n]{0,60}\*\*)(?=[.!]?$)"
)

OPERATORS = str.maketrans({"\u00d7": "*", "\u00b7": "*", "\u00f7": "/", "\u2212": "-"})
FACTOR = r"(?:\d{1,12}(?:\.\d{1,12})?)"
RAISED, POWERS = re.compile(r"(?P<base>\d{1,12})(?P<power>[\u00b2\u00b3])"), {"\u00b2": 2, "\u00b3": 3}
SUM_OF_PRODUCTS = re.compile(rf"-?{FACTOR}(?:[-+*/]{FACTOR}){{1,30}}")


def with_result_in_bold(text: str) -> str:
    """A text whose last line is a formula with its result alone in bold, with the whole of it in bold."""
    start = text.rfind("\n") + 1
    if "**" not in text[start:] or len(text) - start > MAX_TAIL:
        return text
    return text[:start] + RESULT.sub(_in_bold, text[start:])


def _in_bold(match: re.Match[str]) -> str:
    if match["led"]:
        return match["led"] if _is_result(match["numbers"], match["led"].strip("*")) else match[0]
    if match["plain"]:
        return f"**{match['plain'].strip()} {match['value']}**"
    bold = "" if match.string[: match.start()].strip() else "**"  # a sentence ends with the formula
    return f"{bold}{match['open']}{match['formula']} {match['said']}{match['close']}{bold}"


def _is_result(formula: str, said: str) -> bool:
    """Whether a number is what a sum of products of numbers comes to."""
    read = re.sub(r"\s", "", formula.translate(OPERATORS))
    if "/" not in read:
        read = RAISED.sub(lambda match: "*".join([match["base"]] * POWERS[match["power"]]), read)
    if not SUM_OF_PRODUCTS.fullmatch(read):
        return False
    total = Fraction(0)
    for term in re.findall(r"[+-]?[^+-]+", read):
        product = Fraction(1)
        for sign, factor in re.findall(r"([*/]?)([+-]?[\d.]+)", term):
            if sign == "/" and not Fraction(factor):
                return False
            product = product / Fraction(factor) if sign == "/" else product * Fraction(factor)
        total += product
    value = as_number(said)
    return value is not None and value.value == total


def with_bold(text: str) -> str:
    """A text in which what is slanted, underlined, in bold or in the type of code within its last lines is in bold."""
    if not ANY_MARK.search(text, max(0, len(text) - MAX_TAIL)):
        return text
    for mark, pattern in MARKS:
        start = text.find(mark, max(0, len(text) - MAX_TAIL))
        if start >= 0 and (mark in OPENING or text.rfind(mark) > start):
            start = max(0, start - (MAX_INSIDE if mark == "</" else 10))
            text = text[:start] + pattern.sub(r"**\g<said>**", text[start:])
    return text
