"""Numbers in English words: `twenty-one`, `three hundred and five`, `two thirds`, `a dozen`."""

from __future__ import annotations

import re
from fractions import Fraction

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
UNITS = {word: number for number, word in enumerate(SMALL.split(" "))}
TENS = {
    word: 10 * number
    for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    word: number
    for number, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
PARTS = {word: ORDINALS[word] for word in ORDINALS if ORDINALS[word] > 2} | {
    "half": 2, "halves": 2, "quarter": 4, "hundredth": 100, "thousandth": 1000, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
    "fiftieth": 50, "sixtieth": 60,
} | {f"{word}th": number for word, number in UNITS.items() if number > 12}  # fmt: skip
WORD = re.compile(r"[a-z]+")
# A second number, or a doubt.
GOES_ON = re.compile(r"(?:and|or|to|times|plus|minus|over|point|is|are|of|not|in|by)\b|,")
MAX_WORDS = 12


def spelled(text: str) -> tuple[Fraction, str] | None:
    """The number that the first words of a text are, and what follows them; None where the first word is no number."""
    plain = text.strip().casefold().replace("-", " ")
    words = [(match[0], match.end()) for match in WORD.finditer(plain)][: MAX_WORDS + 1]
    if not words or len(words) > MAX_WORDS or not plain.startswith(words[0][0]):
        return None
    found = _number([word for word, _ in words])
    if found is None:
        return None
    value, count = found
    rest = plain[words[count - 1][1] :].strip()
    return None if GOES_ON.match(rest) else (value, rest)


def _number(names: list[str]) -> tuple[Fraction, int] | None:
    """The number that the first words are, and how many they are."""
    if names[0] in ("minus", "negative"):
        found = _number(names[1:]) if names[1:] and names[1] not in ORDINALS else None
        return (-found[0], found[1] + 1) if found else None
    if len(names) == 1 and (names[0] in ORDINALS or names[0] == "half"):
        return (Fraction(ORDINALS[names[0]]) if names[0] in ORDINALS else Fraction(1, 2)), 1
    if names[0] in ("a", "an", "one") and names[1:2] == ["dozen"]:
        return Fraction(12), 2
    if names[0] == "a" and names[1:2] and names[1] in {"hundred", *SCALES}:
        names = ["one", *names[1:]]
    count = _length(names)
    value = _value(names[:count])
    if value is None and (below := _compound_part(names[count - 1 :])) and (above := _value(names[: count - 1])):
        return Fraction(above, below), count + 1
    if value is None:
        return None
    if count == 1 and names[0] in TENS and names[1:2] and 0 < ORDINALS.get(names[1], 0) < 10:
        return Fraction(value + ORDINALS[names[1]]), 2  # "the thirty-sixth"
    if (below := _part(names[count:])) and value < 100:
        return Fraction(value, below), count + 1
    if names[count : count + 1] == ["and"]:
        above = 1 if names[count + 1 : count + 2] == ["a"] else _value(names[count + 1 : count + 2])
        below = _part(names[count + 2 :])
        return (value + Fraction(above, below), count + 3) if above and below else None
    return Fraction(value), count


def _part(names: list[str]) -> int | None:
    return (PARTS.get(names[0]) or PARTS.get(names[0].removesuffix("s"))) if names else None


def _compound_part(names: list[str]) -> int | None:
    """The 36 of "thirty-sixths"."""
    small = ORDINALS.get(names[1].removesuffix("s"), 0) if len(names) > 1 else 0
    return TENS[names[0]] + small if names[0] in TENS and 0 < small < 10 else None


def _length(names: list[str]) -> int:
    """How many of the first words belong to one whole number."""
    count = 0
    for place, name in enumerate(names):
        follows = names[place + 1] if place + 1 < len(names) else ""
        known = name in UNITS or name in TENS or name in SCALES or name == "hundred"
        if not known and not (
            name == "and"
            and count
            and names[count - 1] in {"hundred", *SCALES}
            and (follows in UNITS or follows in TENS)
        ):
            break
        count = place + 1
    return count


def _value(names: list[str]) -> int | None:
    """The whole number of words that all belong to one; None where they do not, as in "two three"."""
    total = part = 0
    last = 10**15
    low = False
    for name in names:
        if name == "and":
            continue
        if name in SCALES:
            if not part or SCALES[name] >= last:
                return None
            total, part, last, low = total + part * SCALES[name], 0, SCALES[name], False
        elif name == "hundred":
            if not 0 < part < 100:
                return None
            part, low = part * 100, False
        elif name in TENS:
            if part % 100 or low:
                return None
            part += TENS[name]
        else:
            unit = UNITS.get(name, -1)
            if unit < 0 or low or (part % 10 or (unit > 9 and part % 100) or (unit == 0 and names != ["zero"])):
                return None
            part, low = part + unit, True
    return total + part if names else None


# "sixty (60)"
TWICE = re.compile(r"(?P<words>[A-Za-z][A-Za-z -]{2,40}?)\s*\((?P<figure>\d{1,15})\)")


def twice(text: str) -> str:
    """A text with each whole number that is said twice, in words and figures, in figures alone."""
    return TWICE.sub(_once, text) if "(" in text else text


def _once(match: re.Match[str]) -> str:
    words = match["words"].split(" ")
    for start in range(len(words)):
        if spelled(" ".join(words[start:])) == (Fraction(match["figure"]), ""):
            return " ".join([*words[:start], match["figure"]])
    return match[0]


FROM = re.compile(
    r"(?:all\s+)?(?:the\s+)?(?:integers|whole\s+numbers)\s+(?:[a-z]\s+)?"
    r"(?:from\s+(?P<low>[-\u2212]?\d{1,3})\s+(?:up\s+)?(?:to|through)\s+(?:and\s+including\s+)?(?P<high>[-\u2212]?\d{1,3})(?:,?\s+\(?(?:inclusive|included)\)?)?"
    r"|between\s+(?P<first>[-\u2212]?\d{1,3})\s+and\s+(?P<last>[-\u2212]?\d{1,3}),?\s+\(?(?:inclusive|included)\)?)"
    r"(?:\s+\((?P<count>\w+)\s+(?:integers|numbers|of\s+them|values|in\s+all)\))?",
    re.IGNORECASE,
)
MAX_LISTED = 50


def integers_from(text: str) -> str:
    """The whole numbers of which a text names the first and the last, one by one; "" where it names none, or miscounts them."""
    match = FROM.fullmatch(re.sub(r"\s+", " ", text).strip(" ."))
    if match is None:
        return ""
    low, high = (
        int((match[one] or match[other]).replace("\u2212", "-")) for one, other in (("low", "first"), ("high", "last"))
    )
    count = match["count"] or str(high - low + 1)
    counted = int(count) if count.isdecimal() else UNITS.get(count.casefold(), 0)
    if not 0 < high - low < MAX_LISTED or counted != high - low + 1:
        return ""
    return ", ".join(map(str, range(low, high + 1)))
