r"""Answers with what explains them, formulas and directions: `\text{nitrogen } (N_2)`, "minus 40", H₂O. Used by `readings`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.chemistry import formula_of, same_formula
from cgd_recipes.grading.notation.clean import AND
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.spelled import ORDINALS, spelled
from cgd_recipes.grading.notation.structure import LETTER_NAME, enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import composition, split_unit, unit_name
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.readings.spellings import Pairs

MINUS = re.compile(r"^(?:minus|negative)\s+(?=[\d.\\])", re.IGNORECASE)
SIGN_IN_WORDS = re.compile(
    r"(?P<sign>minus|negative|plus|positive)\s+(?P<number>\d+|[a-z]+(?:[ -][a-z]+)?)", re.IGNORECASE
)
CHARGE = re.compile(r"(?P<number>\d+)(?P<sign>[+-])")
REMARK = re.compile(r"^(?P<main>.*\S)\s*\((?P<said>[^()]+)\)$")
WHOLE = re.compile(r"[\w})\]%\u00b0]$")
NAME = re.compile(r"[A-Za-z]{2,}(?:[ -][A-Za-z]+){0,3}")
# "nitrogen (N_2)", "gold (symbol Au)", "Au (from Latin aurum)"
SYMBOL = r"(?:[A-Z][a-z]?\d{0,3})+"
SYMBOL_SAID = re.compile(
    rf"(?:(?i:(?:chemical\s+)?(?:symbol|formula):?)\s+)?{SYMBOL}|from\s+(?:the\s+)?(?:Latin|Greek)\b.*"
)
SUBSCRIPTS = re.compile(r"[_{}\s]*(?=[_{}\d])|[_{}]")
# "A square (also called a regular quadrilateral)"
ALSO = re.compile(r"^(?:also\s+)?(?:called|known\s+as|named)\s+[A-Za-z]")
CALLED = re.compile(r"[a-z]{3,}(?:\s[a-z]{3,}){0,2}")
# "3/4 (careful, not 4/3)"
DENIED = re.compile(r"^(?:careful|beware|note|mind):?,?\s+not\s+\S", re.IGNORECASE)
NAMED = re.compile(r"^[A-Z]\s*=\s*")
DIRECTION = re.compile(
    r"(?:,\s*|\s+)(?:(?:directed|pointing|heading|moving|going)\s+)?(?:(?:due|to|towards?)\s+(?:the\s+)?)?"
    r"(?P<where>(?:north|south)?-?(?:east|west)|north|south|left|right|up|down)(?:wards?)?$",
    re.IGNORECASE,
)
MEASURE = re.compile(r"[\d.,]+\s*(?:[mck]?m|N|kN|km)(?:/s|/h|/s\^2)?$")
EIGENVALUE = re.compile(r"(?P<names>(?:\\lambda\s*(?:_\s*\{?\s*\w\s*\}?)?\s*=\s*)*)(?P<value>[^=]+)$")
# "2 (multiplicity two)", "2 (double)"
MULTIPLE = re.compile(
    r"\s*\(?\s*(?:(?:with\s+)?(?:algebraic\s+)?multiplicity\s*(?:of\s+|=\s*)?(?P<number>two|three|2|3)|(?P<word>double|twice|triple))\s*\)?$",
    re.IGNORECASE,
)
TIMES = {"two": 2, "2": 2, "double": 2, "twice": 2, "three": 3, "3": 3, "triple": 3}
NAMES_OF_RATIO = re.compile(rf"^(?P<names>{LETTER_NAME}(?:\s*:\s*{LETTER_NAME})+)\s*=\s*(?P<ratio>[^=A-Za-z]+)$")
FRACTION = re.compile(r"\\frac\s*\{\d+\}\s*\{\d+\}|\d+\s*/\s*\d+")
TWO_PARTS = re.compile(r"(?P<first>[1-9]\d*)\s*:\s*(?P<second>[1-9]\d*)")
KIND = re.compile(
    r"(?:an?\s+)?(?P<word>[a-z-]{4,})\s+(?:reaction|process|function)|(?:looking|facing|heading|pointing)\s+(?P<where>[a-z-]+)",
    re.IGNORECASE,
)
# "675 dollars per week"
RATE = re.compile(
    r"\s*(?:\b(?:per|an?|each|every)\s|/)\s*(?:hour|day|week|month|year|person|child|student|piece|item)$",
    re.IGNORECASE,
)
HAS_RATE = re.compile(r"/\s*[A-Za-z]|\b(?:per|an?|each|every)\b")
MONEY = frozenset({"dollar", "cent", "euro", "pound sterling", "yen", "rupee"})
SMALL_OPTION = re.compile(r"\((?P<letter>[a-j])\)")
ORDINAL = re.compile(r"\b(?P<number>\d{1,2})(?:st|nd|rd|th)\b")
ORDINAL_WORDS = {number: word for word, number in ORDINALS.items()}
WORDS = re.compile(r"[a-z]+(?:[ -][a-z]+)+", re.IGNORECASE)


def glosses(gold: str, answer: str) -> Iterator[Pairs]:
    """An answer with a remark in parentheses that denies another one, names its symbol, or says it again in other units."""
    match = REMARK.match(said(answer))
    if match is None or not WHOLE.search(match["main"]):
        return
    remark = match["said"].strip()
    if remark.startswith("="):
        yield [(gold, match["main"] + remark)]
    if DENIED.match(remark) or (NAME.fullmatch(match["main"]) and SYMBOL_SAID.fullmatch(SUBSCRIPTS.sub("", remark))):
        yield [(gold, match["main"])]
    if formula_of(gold) and CALLED.fullmatch(remark) and not is_doubtful(remark):
        yield [(gold, match["main"])]
    if (
        NAME.fullmatch(re.sub(r"^(?:an?|the)\s", "", match["main"], flags=re.IGNORECASE))
        and ALSO.match(remark)
        and not is_doubtful(remark)
    ):
        yield [(gold, match["main"])]
    if len(sides := remark.split("=")) > 1:
        yield [(gold, match["main"]), *((gold, side.strip()) for side in sides)]


def options(gold: str, answer: str) -> Iterator[Pairs]:
    """A letter in parentheses, in any case, where the gold answer is one: `(c)`, `(c) 3 cm`."""
    if (match := SMALL_OPTION.match(answer)) and re.fullmatch(r"[A-J]", gold):
        yield [(gold, f"({match['letter'].upper()}){answer[match.end() :]}")]


# The only temperature that is the same number on both scales
SAME_DEGREES = re.compile(r"-40\s*\u00b0(?P<scale>[CF])\s*=\s*-40\s*\u00b0(?!(?P=scale))[CF]")


def equal_measures(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Two quantities that are equal, one of which is the gold answer: `1728\text{ in}^3 = 1\text{ ft}^3`."""
    sides = [side.strip() for side in answer.split("=")]
    if SAME_DEGREES.fullmatch(answer):
        for side in (*sides, "-40\u00b0"):
            yield [(gold, side)]
    if len(sides) == 2 and "=" not in gold and all(composition(split_unit(side)[1] or "") for side in sides):
        for side in sides:
            yield [(sides[0], sides[1]), (gold, side)]


def kinds(gold: str, answer: str) -> Iterator[Pairs]:
    """A word with what it is of: "an endothermic reaction", "facing north"."""
    match = KIND.fullmatch(said(answer))
    if match and not KIND.fullmatch(said(gold)):
        yield [(gold, match["word"] or match["where"])]


def minus(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`\text{minus } 40`, "plus two"; the charge 2+ for a gold answer with its sign."""
    plain = said(answer)
    if (signed := MINUS.sub("-", plain)) != plain:
        yield [(gold, signed)]
    if worded := SIGN_IN_WORDS.fullmatch(plain):
        number = worded["number"]
        value = number if number.isdigit() else (spelled(number) or ("",))[0]
        if value:
            yield [(gold, f"{'-' if worded['sign'].casefold() in ('minus', 'negative') else '+'}{value}")]
    if (charge := CHARGE.fullmatch(plain)) and gold.startswith(("+", "-")):
        yield [(gold, f"{charge['sign']}{charge['number']}")]


def formulas(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A chemical formula with or without signs of subscripts: `\mathrm{H_2O}` and H2O."""
    if same_formula(gold, NAMED.sub("", answer)):
        yield []


def rates(gold: str, answer: str) -> Iterator[Pairs]:
    """An amount of money with the time or the person it is for, of which the gold answer says nothing: "675 dollars per week"."""
    amount = RATE.sub("", plain := said(answer))
    if amount != plain and not HAS_RATE.search(said(gold)):
        unit = split_unit(amount)[1]
        if as_number(amount) or unit_name(unit) in MONEY:
            yield [(gold, amount)]


def orders(gold: str, answer: str) -> Iterator[Pairs]:
    r"""Numbers in their order, as a list or as a chain that holds: `0.6 < \\frac58 < \\frac23`."""
    left, right = _in_order(gold), _in_order(answer)
    if left and right and (left[0] or right[0]):
        turned = left[0] and right[0] and left[0] != right[0]
        items = right[1][::-1] if turned else right[1]
        yield [(f"({', '.join(left[1])})", f"({', '.join(items)})")]


def _in_order(text: str) -> tuple[str, list[str]] | None:
    """The sign between two or more numbers, "" for a comma, and the numbers; None where the signs differ or do not hold."""
    sign = next((each for each in "<>" if each in text), "")
    parts = [part.strip() for part in text.split(sign or ",")]
    numbers = [number.value for part in parts if (number := as_number(part))]
    if len(parts) < 2 or len(numbers) < len(parts):
        return None
    pairs = list(itertools.pairwise(numbers))
    holds = {"<": all(a < b for a, b in pairs), ">": all(a > b for a, b in pairs), "": True}
    return (sign, parts) if holds[sign] else None


def directions(gold: str, answer: str) -> Iterator[Pairs]:
    """A quantity with its direction: "3 m/s west" and "3 m/s, directed to the west"; a direction that the gold answer does not give."""
    plain = [said(text) for text in (gold, answer)]
    found = [DIRECTION.search(text) for text in plain]
    if found[0] and found[1] and found[0]["where"].casefold() == found[1]["where"].casefold():
        yield [(plain[0][: found[0].start()], plain[1][: found[1].start()])]
    elif found[1] and not found[0] and MEASURE.match(plain[1][: found[1].start()]) and not plain[0].startswith("-"):
        yield [(gold, plain[1][: found[1].start()])]


def ratios(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A ratio with the names of its parts: `x : y : z = 1 : 2 : 1`; 9:25 for a gold fraction."""
    match = NAMES_OF_RATIO.match(said(answer))
    if match and match["names"].count(":") == match["ratio"].count(":"):
        yield [(gold, match["ratio"])]
    parts = answer.split(":")
    if len(parts) == 2 and r"\pi" in answer and ":" not in gold:
        yield [(gold, rf"\frac{{{parts[0].strip()}}}{{{parts[1].strip()}}}")]
    if FRACTION.fullmatch(gold) and (match := TWO_PARTS.fullmatch(said(answer))):  # 9:25 may be a time
        yield [(gold, f"{match['first']}/{match['second']}")]


def hyphens(gold: str, written: str) -> Iterator[Pairs]:
    """Words with hyphens or without, and ordinals in figures: "second-order" and "2nd order"."""
    if not (gold[:1].isalpha() or gold.startswith(r"\text")) or (
        "-" not in gold + written and not ORDINAL.search(written)
    ):
        return
    left, right = (
        ORDINAL.sub(
            lambda match: ORDINAL_WORDS.get(int(match["number"]), match[0]),
            re.sub(r"\\text\s*\{([^{}]*)\}", r"\1", text),
        ).strip(" .$")
        for text in (gold, written)
    )
    if (
        WORDS.fullmatch(left)
        and WORDS.fullmatch(right)
        and left.replace("-", " ").casefold() == right.replace("-", " ").casefold()
    ):
        yield []


def eigenvalues(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`\lambda_1 = 3, \lambda_2 = 1` for `[1, 3]`: the order of eigenvalues has no meaning. Each counts as often as it is one."""
    whole = enclosed(gold)
    if not whole or whole[0] not in ("[]", "()"):
        return
    plain = said(answer) if MANIFOLD.search(answer) else answer
    parts = [part.strip() for part in re.split(rf",|{AND}", plain)]
    multiple = [MULTIPLE.search(part) for part in parts]
    named = [EIGENVALUE.match(MULTIPLE.sub("", part)) for part in parts]
    if not named[0] or not all(named):
        return
    several = named[0]["names"] and (len(parts) > 1 or "=" in answer.partition("=")[2])
    if several or (any(multiple) and not gold.startswith("(")):
        values: list[str] = []
        for match, times in zip(named, multiple, strict=True):
            if match:
                number = TIMES[(times["number"] or times["word"]).casefold()] if times else 1
                values += [match["value"]] * max(number, match["names"].count("="))
        yield [(_by_size(split_top(whole[1])), _by_size(values))]


def _by_size(values: list[str]) -> str:
    """Values as a list, from the smallest on if they are all numbers."""
    sizes = {value: number.value for value in values if (number := as_number(value.strip()))}
    return ", ".join(sorted(values, key=lambda value: sizes[value]) if len(sizes) == len({*values}) else values)


MANIFOLD = re.compile(r"\b(?:multiplicity|double|twice|triple)\b", re.IGNORECASE)


def numbered(gold: str, answer: str) -> Iterator[Pairs]:
    """`x_1 = 2, x_2 = -5` for `x = 2, x = -5`."""
    names = re.findall(r"([A-Za-z])\s*=", gold)
    if len(names) > 1 and len({*names}) == 1:
        plain = re.sub(rf"{names[0]}\s*_\s*\{{?\d\}}?\s*=", f"{names[0]} =", answer)
        if plain != answer:
            yield [(gold, plain)]


def measured(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A chain whose values all have their unit: `25\pi\text{ cm}^2 \approx 78.5\text{ cm}^2`."""
    sides = re.split(r"(=|\\approx(?![A-Za-z]))", answer)
    apart = [split_unit(side.strip()) for side in sides[::2]]
    units = [unit for _, unit in apart if unit]
    if len(units) > 1 and len({*units}) == 1:
        signs = [*sides[1::2], units[0]]
        yield [(gold, " ".join(f"{value} {sign}" for (value, _), sign in zip(apart, signs, strict=True)))]
