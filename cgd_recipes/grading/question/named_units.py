"""Units that a question names without asking for them: "a radius of 14 inches", "the density (atoms/m)", "in one year"."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.unit import composition, counted_per, plain_unit, unit_name
from cgd_recipes.grading.values.measure import base_units

# Of these dimensions; a year is no multiple of a day, and of temperatures there are scales.
PARTS = frozenset(["metre", "gram", "calorie", "second"])
WORDS = frozenset(["in", "am", "pm"])
LATEX = re.compile(r"\\(?:mathrm|text|rm|operatorname)(?![A-Za-z])|[{}~$]|\\[ ,;:]")
NUMBER = r"(?:\d|\b(?:an?|half|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|fifty|hundred|thousand)\b)"
# "14 inches", "a 20-foot pole", "20,000 kcal m^-2 yr^-1"
AMOUNT = re.compile(
    rf"{NUMBER}[\s-]*(?P<unit>[A-Za-z\u00b5\u03bc\u03a9\u00c5]\S*(?:\s+[A-Za-z\u00b5\u03bc\u03a9\u00c5]\S*){{0,3}})"
)
# "(atoms/m)", "(ions / m^2)", "how many cells per litre"
COUNTED = re.compile(
    r"\b(?P<thing>[a-z]{3,})(?:/|\s(?:per|in\san?|in\sone)\s)(?P<unit>(?:(?:square|cubic)\s)?[A-Za-z]+(?:\^[23])?)(?![\w^])"
)
RAISED = str.maketrans({"\u00b2": "^2", "\u00b3": "^3"})
# "What is the area of", "find its volume"
POWERS = {"area": 2, "volume": 3} | dict.fromkeys(
    (
        "perimeter",
        "circumference",
        "radius",
        "diameter",
        "height",
        "length",
        "width",
        "depth",
        "distance",
        "side",
        "altitude",
        "diagonal",
        "hypotenuse",
        "circumradius",
        "inradius",
        "thickness",
        "wavelength",
    ),
    1,
)
OF_POWER = re.compile(
    rf"\b(?:what(?:['\u2019]s|\s+is|\s+was)|find|compute|calculate|determine)\s+(?:the|its|their)\s+(?:[a-z]+\s+){{0,2}}?(?P<what>{'|'.join(POWERS)})(?!\s+(?:per|rate|density|ratio|squared|cubed|times|and|or)\b)\b",
    re.IGNORECASE,
)
HOW_FAR = re.compile(r"\bhow\s+(?:far|tall|wide|deep|high)\b", re.IGNORECASE)
PER = re.compile(r"\bper\s+(?P<unit>(?:square\s+|cubic\s+)?[A-Za-z]+)")
GIVEN_PER = re.compile(r"(?P<above>[^/]+?)(?:\s?/\s?|\s+per\s+)(?P<below>[^/]+)")
TWO_TIMES = re.compile(
    r"\d\s*(?:\\text\s*\{\s*)?(?P<first>hours?|hrs?|h|minutes?|mins?|days?)(?![a-z])[\s},]{0,5}(?:and\b)?[^\da-z]{0,12}\d{1,9}\s*(?:\\text\s*\{\s*)?(?P<last>hours?|hrs?|h|minutes?|mins?|seconds?|secs?|s)(?![a-z])[\s}$.]*$"
)
LASTS = re.compile(r"\b(?:how\s+long|(?:how\s+much|total|what)\s+time|takes?|last)\b", re.IGNORECASE)
MAX_QUESTION = 5_000


def named_unit(question: str, given: str) -> str | None:
    """The only unit of a dimension that the amounts of a question are in, where a given unit of that dimension is another one."""
    size = base_units(given)
    if size is None or not any(base in PARTS for base, _ in size[1]):
        return None
    lengths = len(size[1]) == 1 and dict(size[1]).get("metre", 0)
    found = {}
    for unit in _amounts(question):
        known = base_units(unit)
        if known and known[1] == size[1]:
            found[composition(unit)] = unit
        elif known and lengths and dict(known[1]) == {"metre": 1} and lengths in (2, 3):
            raised = f"{unit}^{lengths}"
            found[composition(raised)] = raised
    own = composition(given) or frozenset()
    if len(found) != 1 or own in found or (len(own) == 1 and {name for name, _ in own} & _words(question)):
        return None
    return next(iter(found.values()))


def only_time(question: str, asked: str, answer: str) -> str | None:
    """The only unit of time that a question has, for an answer in two, "2 hours 40 minutes", to how long it takes."""
    match = TWO_TIMES.search(answer)
    if match is None or not LASTS.search(asked):
        return None
    second = base_units("second")
    times = {
        unit_name(unit)
        for unit in _amounts(question)
        if second and (known := base_units(unit)) and known[1] == second[1]
    }
    unit = times.pop() if len(times) == 1 else None
    words = {name for name in (unit_name(word) for word in re.findall(r"[a-z]{3,}", question[-MAX_QUESTION:])) if name}
    return unit if unit and unit == unit_name(match["last"]) and unit_name(match["first"]) not in words else None


def unit_of_power(asked: str, given: str) -> str | None:
    """A unit of area where a sentence asks for an area and a given unit is one of length; and so of volumes and lengths."""
    match, size = OF_POWER.search(asked), base_units(given)
    if match is None and not HOW_FAR.search(asked):
        return None
    power = POWERS[match["what"].lower()] if match else 1
    if (of_units := dict(composition(given) or ()).get("unit")) and power != of_units > 1:
        return f"unit^{power}"  # "square units" of a perimeter
    if size is None:
        return None
    return f"metre^{power}" if dict(size[1]).get("metre") in {1, 2, 3} - {power} and len(size[1]) == 1 else None


def unit_per(question: str, asked: str, given: str) -> str | None:
    """The unit per metre where a sentence asks how much it is per metre, and a given unit is one per centimetre, or of kg for g."""
    match = GIVEN_PER.fullmatch(plain_unit(given))
    size = base_units(match["below"]) if match else None
    if match is None or size is None:
        return None
    found = {
        composition(unit): unit
        for each in PER.finditer(asked)
        if (unit := each["unit"]) and (known := base_units(unit)) and known[1] == size[1]
    }
    if len(found) != 1:
        return None
    above = named_unit(question, match["above"])
    if above is None and composition(match["below"]) in found:
        return None
    return f"{above or match['above']} per {next(iter(found.values()))}"


def unit_counted_for(question: str, given: str) -> str | None:
    """The unit of which a question asks how many things are in one, "atoms/m", where an answer gives them for another unit."""
    counted = counted_per(given)
    size = base_units(counted[1]) if counted else None
    if counted is None or size is None:
        return None
    found, others = [], []
    for match in COUNTED.finditer(_without_layout(question)):
        known = base_units(match["unit"])
        if known and known[1] == size[1]:
            if unit_name(match["thing"]):
                return match[0]  # rad/s, for revolutions per second
            found.append(match["unit"])
        elif known and match["thing"].removesuffix("s") == counted[0]:
            others.append(match["unit"])  # ions/cm, for ions/m^2
    found = found or others
    if not found or any(composition(unit) == composition(counted[1]) for unit in found):
        return None
    return f"{counted[0]}s/{found[-1]}"


def unit_of_density(question: str, given: str) -> str | None:
    """One by the unit of which a question asks how many things are in one, "ions/m^2", where a given unit is `cm^{-2}`."""
    size = base_units(given)
    if size is None or len(size[1]) != 1 or dict(size[1]).get("metre", 0) >= 0:
        return None
    inverse = {(base, -power) for base, power in size[1]}
    found = {
        composition(unit): unit
        for match in COUNTED.finditer(_without_layout(question))
        if not unit_name(match["thing"]) and (known := base_units(unit := match["unit"])) and known[1] == inverse
    }
    return f"1/{found.popitem()[1]}" if len(found) == 1 else None


@lru_cache(maxsize=64)
def _without_layout(question: str) -> str:
    text = LATEX.sub(" ", question[-MAX_QUESTION:]).translate(RAISED)
    return re.sub(r"\s*(?P<sign>[/^])\s*", r"\g<sign>", text)


@lru_cache(maxsize=64)
def _amounts(question: str) -> tuple[str, ...]:
    """The units of the amounts of a text, each as long as it is known."""
    text = LATEX.sub(" ", question[-MAX_QUESTION:]).replace(" ^", "^")
    found = []
    for match in AMOUNT.finditer(re.sub(r"\^\s+", "^", text)):
        words = match["unit"].split()
        for count in range(len(words), 0, -1):
            unit = " ".join(words[:count]).rstrip(".,;:?!)'\"")
            if unit not in WORDS and composition(unit) and unit_name(unit) != "unit":
                found.append(unit)
                break
    return tuple(found)


@lru_cache(maxsize=64)
def _words(question: str) -> frozenset[str]:
    words = {*re.findall(r"[A-Za-z]{2,}", question[-MAX_QUESTION:])} - WORDS
    return frozenset(name for word in words for unit in (composition(word),) if unit for name, _ in unit)
