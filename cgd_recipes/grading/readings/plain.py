r"""Numbers and angles as others write them: `20,000\pi`, radians for degrees. Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.readings.spellings import Pairs

THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
# `(312,123,231)`, which has three numbers
LISTED = re.compile(r"(?:[(\[]|\\\{)[-\d,.\s]+[)\]\\]")
PLAIN = re.compile(r"[-+$\s]*[\d,.]+[\s$]*")
# `\sin^2\theta(\gamma^2 - 1)`: a function of one symbol, before a sum in brackets
BEFORE_SUM = re.compile(
    r"(?P<function>\\(?:sin|cos|tan|cot|sec|csc|ln|log)\s*(?P<power>\^\s*(?:\{\d\}|\d))?)\s*(?P<of>\\[a-z]+|[a-z])\s*(?=(?:\\left\s*)?\([^()]*[^(\s][+-])"
)


def grouped(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Numbers with commas for thousands beside other things: `20,000\pi`, `x + 1,234`."""
    if LISTED.search(gold) or LISTED.search(answer):
        return
    if "," not in answer or PLAIN.fullmatch(answer) or "," in THOUSANDS.sub("", gold):
        return
    read = [THOUSANDS.sub(lambda match: match[0].replace(",", ""), text) for text in (gold, answer)]
    if read[1] != answer and "," not in read[1]:
        yield [(read[0], read[1])]


def angles(gold: str, answer: str) -> Iterator[Pairs]:
    """Radians for degrees and the other way round, where one says degrees and the other has pi."""
    for here, there, turned in ((gold, answer, False), (answer, gold, True)):
        degrees = re.fullmatch(r"(?P<number>[^°]+?)\s*(?:°|(?:\\text\s*\{\s*)?degrees?\s*\}?)", here)
        radians = re.sub(r"\s*(?:\\text\s*\{\s*)?(?<![A-Za-z])rad(?:ians?)?\s*\}?$", "", there)
        if degrees and r"\pi" in radians and "°" not in there and as_number(degrees["number"]):
            size = as_number(degrees["number"])
            value: Fraction = size.value if size else Fraction(0)
            pair = (rf"\frac{{{value.numerator} \pi}}{{{value.denominator * 180}}}", radians)
            yield [pair[::-1] if turned else pair]


def before_sums(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A function of one symbol before a sum in brackets as their product: `\sin^2\theta (\gamma^2 - 1)`."""
    own = BEFORE_SUM.search(gold) if "(" in gold else None
    if own and not own["power"] and ("l" in own["function"][:3] or own["of"].isalpha()):
        return  # `\ln x(x + 1)` is the function of the product, and of nothing else beside it
    read = [BEFORE_SUM.sub(r"\g<function>(\g<of>)", text) if "(" in text else text for text in (gold, answer)]
    if read != [gold, answer]:
        yield [(read[0], read[1])]


READINGS = (grouped, angles, before_sums)
