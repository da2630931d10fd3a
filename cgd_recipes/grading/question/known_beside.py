r"""Values beside what the question has, or what is plain: `n=26 \in (20,30)`, "15 mL of water", "decrease of 10%", "mean 3, variance 2"."""

from __future__ import annotations

import re
from itertools import permutations

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import composition
from cgd_recipes.grading.question import named_beside
from cgd_recipes.grading.question.asked_unit import asking
from cgd_recipes.grading.question.least_or_greatest import extreme, most_such
from cgd_recipes.grading.question.percents import PERCENT

MAX_LENGTH, MAX_PERMUTED = 200, 4
PLAIN_NUMBER = re.compile(r"[-\d.,/\s]*")
IN_INTERVAL = re.compile(
    r"(?P<main>(?:[a-z]\s*=\s*)?(?P<value>-?\d+))\s*(?:\\in(?![A-Za-z])|\u2208)\s*(?P<open>[(\[])\s*(?P<low>-?\d+)\s*,\s*(?P<high>-?\d+)\s*(?P<shut>[)\]])"
)
OF_THING = re.compile(r"(?P<main>[\d.,/\s{}]*\d[\s}]*(?P<unit>[A-Za-z]+(?:\s[a-z]+)?))\s+of\s+(?P<thing>[a-z]{3,})")
AMOUNT_OF = r"\b(?:how\s+(?:much|many\s+[a-z]+\s+of)|(?:amount|volume|mass|weight|number\s+of\s+[a-z]+)\s+of)\s+(?:the\s+|pure\s+)?"
FALLS, RISES = r"decreas|drop|fall|fell|loss|los[et]|reduc|declin", r"increas|rise|rose|gain|grow|growth|profit"
CHANGED = re.compile(
    rf"(?:an?\s+)?(?P<word>(?:{FALLS}|{RISES})[a-z]*)\s+(?:of|by)\s+(?P<value>\d[\d.]*\s*(?:\\?%|per\s?cent))",
    re.IGNORECASE,
)
IS_PERCENT = re.compile(r"(?P<value>\d[\d.]*)\s*\\?%")
DIRECTED = re.compile(
    r"(?P<main>.*\d.*?),?\s+\(?(?:directed|pointing|acting)\s+(?:towards?|away\s+from|along|downwards?|upwards?|to\s+the|in\s+the\s+direction\s+of)\b"
    r"(?:[A-Za-z\s${}]|_\{?\d){0,40}\)?"
)
DIRECTION = re.compile(r"\bdirect|\btowards?\b|\bwhich\s+way\b|\bvector\b|\bsign\b", re.IGNORECASE)
LISTED = re.compile(
    r"\[\s*(?P<names>[a-z]{3,}(?:\s+[a-z]+)?(?:\s*,\s*[a-z]{3,}(?:\s+[a-z]+)?){1,3})\s*\]", re.IGNORECASE
)
PERMUTED = re.compile(
    r"(?:(?:all|the)\s+)?(?:(?:six|6)\s+)?(?:the\s+)?permutations\s+of\s+\$?\((?P<of>[^()]+)\)\$?"
    r"|\$?\((?P<first>[^()]+)\)\$?(?:\s*,)?\s*(?:and|with)\s+(?:all\s+)?(?:of\s+)?(?:its|the|their)?\s*(?:other\s+)?permutations",
    re.IGNORECASE,
)
SEQUENCES = re.compile(
    r"\b(?P<count>two|three|four|[234])\s+(?:[a-z]+\s+){0,2}(?:sequences|sets|lists|progressions|groups)\b",
    re.IGNORECASE,
)
COUNTS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}
GROUP = re.compile(rf"[(\[{OPEN_SET}](?P<said>[^()\[\]{OPEN_SET}{CLOSE_SET}]+)[)\]{CLOSE_SET}]")


def without_known(answer: str, gold: str, question: str) -> str:
    """The value of an answer beside what is known, or "" for any other answer."""
    if len(answer) > MAX_LENGTH or PLAIN_NUMBER.fullmatch(answer):
        return ""
    plain = said(tidy(answer)).strip(" .$")
    return next((found for read in (*READINGS, *named_beside.READINGS) if (found := read(plain, gold, question))), "")


def _in_interval(plain: str, gold: str, _question: str) -> str:
    """A whole number that is said to lie in an interval, and does."""
    match = IN_INTERVAL.fullmatch(plain)
    if match is None or as_number(clean(gold)) is None:
        return ""
    low, value, high = (int(match[name][:18]) for name in ("low", "value", "high"))
    inside = low < value < high or (low == value and match["open"] == "[") or (value == high and match["shut"] == "]")
    return match["main"] if inside else ""


def _of_thing(plain: str, gold: str, question: str) -> str:
    """A quantity without the thing that the question asks how much there is of."""
    match = OF_THING.fullmatch(plain)
    if match is None or as_number(clean(gold)) is None or composition(match["unit"]) is None:
        return ""
    asked = re.search(AMOUNT_OF + re.escape(match["thing"]) + r"\b", asking(question), re.IGNORECASE)
    return match["main"] if asked else ""


def _changed(plain: str, gold: str, question: str) -> str:
    """The percentage of a fall or a rise, where the question asks for the percentage of one and not for a change either way."""
    match, asked = CHANGED.fullmatch(plain), asking(question)
    if match is None or as_number(clean(gold)) is None or gold.strip("$ ").startswith("-") or not PERCENT.search(asked):
        return ""
    same, other = (FALLS, RISES) if re.match(FALLS, match["word"], re.IGNORECASE) else (RISES, FALLS)
    asks = re.search(rf"\b(?:{same})", asked, re.IGNORECASE) and not re.search(
        rf"\b(?:{other}|chang|differ)", asked, re.IGNORECASE
    )
    return match["value"] if asks else ""


def _percent_of_chain(plain: str, gold: str, question: str) -> str:
    """The percentage at the end of a chain of numbers that are equal to it, where a percentage is asked for."""
    *before, last = (part.strip() for part in plain.split("="))
    match, number = IS_PERCENT.fullmatch(last), as_number(clean(gold))
    if not before or match is None or number is None or number.value <= 1 or not PERCENT.search(asking(question)):
        return ""
    value, parts = as_number(match["value"]), [as_number(clean(part)) for part in before]
    same = value and all(part and part.value * 100 == value.value for part in parts)
    return last if same else ""


def _directed(plain: str, gold: str, question: str) -> str:
    """A quantity without the direction of it, where the question asks for none and no sign could say it."""
    match = DIRECTED.fullmatch(plain)
    number = as_number(clean(gold))
    if match is None or number is None or number.value < 0 or DIRECTION.search(question):
        return ""
    return match["main"].strip(" ,")


def _listed(plain: str, gold: str, question: str) -> str:
    """The values of a list whose items the question names, "[mean, variance]", by these names in any order."""
    match = LISTED.search(question[-2000:])
    if match is None or not gold.strip("$ ").startswith("["):
        return ""
    names = [name.strip().casefold() for name in match["names"].split(",")]
    found: dict[str, str] = {}
    for part in re.split(rf"\s*(?:[,;]|{AND})+\s*", plain):
        told = re.fullmatch(
            r"(?:the\s+)?(?P<name>[A-Za-z]+(?:\s[a-z]+)?)\s*(?:\bis\b|=|:)?\s*(?P<value>-?[\d.][^\s=]*)", part
        )
        if told is None or told["name"].strip().removesuffix(" is").casefold() in found:
            return ""
        found[told["name"].strip().removesuffix(" is").casefold()] = told["value"]
    return f"[{', '.join(found[name] for name in names)}]" if {*found} == {*names} else ""


def _permuted(plain: str, gold: str, _question: str) -> str:
    """All permutations of a tuple, one by one."""
    match = PERMUTED.fullmatch(plain.replace(AND, " and "))
    items = [item.strip() for item in (match["of"] or match["first"]).split(",")] if match else []
    if not 1 < len({*items}) == len(items) <= MAX_PERMUTED or not gold.lstrip("$ ").startswith("("):
        return ""
    return ", ".join(f"({', '.join(order)})" for order in permutations(items)) if len(split_top(gold)) > 1 else ""


def _grouped(plain: str, gold: str, question: str) -> str:
    """The numbers of several sequences that are asked for, one behind the other as in a gold answer without brackets."""
    asked, wanted = SEQUENCES.search(asking(question)), [as_number(item) for item in split_top(clean(gold))]
    groups = [split_top(match["said"]) for match in GROUP.finditer(plain)]
    if asked is None or GROUP.sub("", plain).strip(f" ,;{AND}") or not all(wanted):
        return ""
    if len(groups) != COUNTS[asked["count"].casefold()] or len({len(each) for each in groups}) > 1:
        return ""
    for order in permutations(groups):
        items = [item.strip() for group in order for item in group]
        if len(items) == len(wanted) and all(
            (given := as_number(item)) and number and given.value == number.value
            for item, number in zip(items, wanted, strict=True)
        ):
            return ", ".join(items)
    return ""


READINGS = (
    _in_interval, _of_thing, _changed, _percent_of_chain, _directed, most_such, extreme, _listed, _permuted, _grouped,
)  # fmt: skip
