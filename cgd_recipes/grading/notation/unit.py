"""Units and currencies, which may stand at an answer or be left out, but must not be others; `measure` converts."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

from cgd_recipes.grading.notation.clean import LOWERED
from cgd_recipes.grading.notation.latex import TRIGONOMETRY

# \mathrm{~kg} \cdot \mathrm{m} / \mathrm{s}^{2}, after cleaning
WORDS = r"\\text\s*\{[^{}]*\}"
POWER = r"(?:\s*\^\s*(?:\{\s*-?\s*\d+\s*\}|-?\d+))?"
AT_END = re.compile(
    rf"\s*(?P<unit>(?:/\s*)?{WORDS}{POWER}(?:\s*(?:\\cdot|/|\\times)?\s*{WORDS}{POWER})*|°(?:\s*[CF](?![a-z]))?|%)\s*$"
)
QUOTIENT = re.compile(rf"\\frac\s*\{{\s*({WORDS}{POWER})\s*\}}\s*\{{\s*({WORDS}{POWER})\s*\}}$")
BARE = re.compile(
    r"(?:(?<=[\d})°!])\s*|(?<=\\pi)\s+)(?P<unit>[A-Za-zÅΩ¢\u00b5\u03bc][A-Za-z\u00b5\u03bc\u00c5/ ]*(?:-hours?)?(?:\^\s*\{?\d\}?)?)$"
)
# `5 m s^{-1}`, `5 m \\cdot s^{-1}`: an exponent below zero tells units from names.
BARE_PRODUCT = re.compile(
    r"(?<=[\d})])\s+(?P<unit>[A-Za-z\u03bc]{1,4}(?:\^\{?\d\}?)?(?:\s*(?:\\cdot\s*|\s)[A-Za-z\u03bc]{1,4}(?:\^\{?-?\d\}?)?){1,3})(?<=-\d\})$"
)
# `2 N \cdot s`, `30 kg \cdot m/s`: so does a unit that no name is like.
BARE_PRODUCT_OF = re.compile(
    r"(?<=[\d})])\s+(?P<unit>(?=.*(?:kg|mol|Pa|Hz|[NJVWK\u03a9](?![A-Za-z])))[A-Za-z\u03a9]{1,3}(?:\s*\\cdot\s*[A-Za-z]{1,3}(?:\^\{?\d\}?)?)+(?:/[A-Za-z]{1,3}(?:\^\{?\d\}?)?)?)$"
)
# Units of several parts behind a number: `5 kg m² s⁻²`, `4.2 J/(g·K)`, `9.8 N*m`, `3 kW h`
SYMBOL = r"°?[A-Za-z\u03a9\u03bc]{1,4}"
RAISED_SYMBOL = rf"{SYMBOL}(?:\^?-?\d|\^\{{-?\d\}}|\u207b?[\u00b9\u00b2\u00b3\u2074])"
EITHER_SYMBOL = rf"(?:{RAISED_SYMBOL}|{SYMBOL})"
PRODUCT_BEHIND = re.compile(
    rf"(?P<unit>\s(?:{EITHER_SYMBOL}(?:(?:[\u00b7\u22c5*\u00d7/.-]|\s[\u00b7\u22c5*\u00d7]\s){EITHER_SYMBOL}){{1,3}}"
    rf"|{EITHER_SYMBOL}/\({EITHER_SYMBOL}(?:[\u00b7\u22c5*\s]{EITHER_SYMBOL}){{1,2}}\)"
    rf"|(?:{EITHER_SYMBOL}[\s\u00b7\u22c5/]){{1,3}}{RAISED_SYMBOL}|{SYMBOL}(?:\^\{{?-\d\}}?|\u207b\S)|[kMGm]?[AJNVW]\s[hms]|ft\slbs?)(?![\w^(\u00b7\u22c5*/\u207b\u00b9\u00b2\u00b3]))"
)
# "atoms/m", "cells per litre"
COUNTED_PER = re.compile(
    r"(?P<thing>[a-z]{3,})(?:\s?/\s?|\s(?:per|an?)\s)(?P<unit>[A-Za-z\u00b5\u03bc\u00c5][A-Za-z^\d ]*)"
)
PRODUCT_AT_END = re.compile(rf"(?<=[\d}}]){PRODUCT_BEHIND.pattern}$")
# `J/(g\cdot K)`, `\text{kcal}/(\text{m}^2\cdot\text{yr})`
PART = r"(?:\\text\s*\{\s*[A-Za-z]{1,4}\s*\}|[A-Za-z\u03a9\u03bc]{1,4})"
BY_SEVERAL = re.compile(
    rf"(?<=[\d}}])\s+(?P<unit>{PART}\s*/\s*\(\s*{PART}(?:\^\{{?\d\}}?)?(?:(?:\s*\\cdot\s*|[\s\u00b7*]){PART}(?:\^\{{?\d\}}?)?){{1,2}}\s*\))$"
)
SCALES = {"hundred": 2, "thousand": 3, "million": 6, "millions": 6, "billion": 9, "billions": 9, "trillion": 12}
SCALED = re.compile(
    rf"(?<=[\d.])\s*(?:\\text\s*\{{\s*)?(?<![A-Za-z])({'|'.join(SCALES)})(?![A-Za-z])"
    r"\s*(\w+(?:\s+\w+)?)?\s*\}?(?=$|\s|\\)"
)
CURRENCIES = {"$": "dollar", "textdollar": "dollar", "€": "euro", "euro": "euro", "£": "pound sterling", "pounds": "pound sterling",
              "¥": "yen", "₹": "rupee", "¢": "cent"}  # fmt: skip
SIGNS = set("\\$€£¥₹¢")
SIGN = re.compile(r"\\(\$|textdollar(?![A-Za-z])|euro(?![A-Za-z])|pounds(?![A-Za-z]))|([€£¥₹¢])|^\s*(\$)(?=\s*-?[\d.])")
# Behind these no unit stands, but a name.
OPERAND = re.compile(r"(?:[=+\-*/(,<>|]|\\(?:cdot|times|in|le|ge|approx))\s*$")
# Letters that stand alone are names and constants.
NAMES = re.compile(r"\\text\s*\{\s*[eidxyztn]\s*\}$")
# "5 \text{ if } x > 0", "2 \text{ dozen}", "5 \text{ or so}": words that make another value of what they follow, or doubt it.
NO_UNIT = re.compile(
    r"\d|[=<>,?!;:]|\b(?:dozens?|hundreds?|thousands?|millions?|billions?|score|pairs?|squared|cubed|cube|doubled|tripled|halved|divided|multiplied|factorial|choose|mod|modulo|root|half|halves|times|if|for|when|"
    r"where|not|no|none|less|more|fewer|greater|than|least|most|of|or|so|maybe|perhaps|possibly|probably|likely|guess|guessed|wrong|incorrect|"
    r"right|correct|false|true|except|unless|but|only|also|then|else|plus|minus|over|under|above|below|between|from|to|until|upto|up|at|is|are|"
    r"was|were|be|has|have|had|remainder|rem|power|inverse|negative|positive|too|about|around|roughly|nearly|almost|approx|approximately|"
    r"estimate|error|undefined|digits?|instead|say|thus|hence|therefore|since|because|by|with|without|and|given|base|log|ln|exp|sin|cos|"
    r"tan|quarters?|thirds?|fourths|fifths|sixths|sevenths|eighths|ninths|tenths|hundredths|thousandths|millionths|percentile|k|mln|bn|lakhs?|"
    r"crores?|gross|binary|octal|hex|hexadecimal|decimal|loss|deficit|debt|either|neither|both|any|all|every|some|odds|yesterday|today|tomorrow|initially|originally)\b"
    r"|^\s*(?:in|on|before|after|during|each|inside|within|through|here|there|now|later|earlier|once|twice|first|second)\s+[a-z]",
    re.IGNORECASE,
)
# "m\u00b7s\u207b\u00b9"
RAISED = re.compile("\u207b?[\u00b9\u00b2\u00b3\u2074]")
# "J/(kg\u00b7K)"
DIVIDED = re.compile(r"/\((?P<by>[^()/]*)\)$")
PREFIXES = {"f": "femto", "p": "pico", "n": "nano", "u": "micro", "μ": "micro", "µ": "micro", "m": "milli", "c": "centi", "d": "deci",
            "h": "hecto", "k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta"}  # fmt: skip
PREFIXED = ("metre", "gram", "litre", "second", "joule", "watt", "newton", "volt", "ampere", "ohm", "hertz", "tesla", "pascal", "mole",
            "electronvolt", "coulomb", "farad", "henry", "calorie", "bar", "parsec", "kelvin", "year", "mole per litre",
            "watt hour", "radian")  # fmt: skip
PIECE = re.compile(r"([^\s·*/^]+?)(?:\^?\s*\(?(-?\d+)\)?)?(?=$|[\s·*/])|([·*/])")


@cache
def spellings() -> dict[str, str]:
    """Every spelling of every known unit, and which unit it is."""
    table = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
    return {spelling: name for name, spellings in table.items() for spelling in spellings}


def plain_unit(text: str | None) -> str:
    """A unit without LaTeX around it."""
    plain = re.sub(r"\\text\s*\{([^{}]*)\}", r" \1 ", text or "").replace("\u22c5", "·")
    plain = RAISED.sub(lambda match: "^" + match[0].translate(LOWERED), plain)
    plain = re.sub(r"\\(?:cdot|times)(?![A-Za-z])", "·", re.sub(r"\\mu\s*", "μ", plain))
    plain = re.sub(r"[\s~]+", " ", plain.replace("{", "").replace("}", "")).strip().rstrip(".")
    return DIVIDED.sub(r"/\g<by>", re.sub(r"\s*([/^·])\s*", r"\1", plain))


@lru_cache(maxsize=512)  # every reading asks for it
def unit_name(text: str | None) -> str | None:
    """The known unit that a text names, or None."""
    plain = plain_unit(text)
    return _simple_name(plain) if plain else None


def _simple_name(plain: str) -> str | None:
    """The unit of a symbol, whose case counts (`mPa` is not `MPa`), or of a word."""
    known = spellings()
    if plain in known:
        return known[plain]
    if (
        len(plain) > 2
        and plain.lower() in known
        and (plain.isupper() or all(word.islower() or word.istitle() for word in plain.split()))
    ):
        return known[plain.lower()]
    for symbol, prefix in PREFIXES.items():
        name = known.get(plain.removeprefix(symbol)) if plain.startswith(symbol) else None
        if name in PREFIXED and len(plain) - len(symbol) <= 3 and plain != symbol:
            return prefix + name
        word = known.get(plain.lower().removeprefix(prefix)) if plain.lower().startswith(prefix) else None
        if word in PREFIXED:
            return prefix + word
    return None


@lru_cache(maxsize=1024)
def composition(text: str) -> frozenset[tuple[str, int]] | None:
    """Known units and their powers that a text multiplies: metre 1, second -2; None where a part is not known."""
    plain = plain_unit(text)
    name = _simple_name(plain)
    if name is None:
        plain = re.sub(
            r"\b(?:sq|square)\.?\s+(\w+)|(\w+)\s+squared\b", lambda match: f"{match[1] or match[2]}^2", plain
        )
        plain = re.sub(r"\b(?:cubic|cu)\.?\s+(\w+)|(\w+)\s+cubed\b", lambda match: f"{match[1] or match[2]}^3", plain)
        plain = re.sub(r"\s+(?:per|an?)\s+", "/", re.sub(r"^per\s+", "1/", plain))
        return _product(plain)
    parts: Counter[str] = Counter()
    for place, piece in enumerate(name.split(" per ")):
        words = piece.split()
        power = {"square": 2, "cubic": 3}.get(words[0], 1) if len(words) > 1 else 1
        if words[-1] == "squared":
            words, power = words[:-1], 2
        parts[" ".join(words[1:] if words[0] in ("square", "cubic") else words)] += -power if place else power
    return frozenset(parts.items())


def _product(plain: str) -> frozenset[tuple[str, int]] | None:
    plain = re.sub(r"\s?\u00d7\s?|(?<=[A-Za-z])[-.](?=[A-Za-z])", "·", plain)
    parts: Counter[str] = Counter()
    sign, end = (-1, 2) if plain.startswith("1/") else (1, 0)
    for match in PIECE.finditer(plain, end):
        if plain[end : match.start()].strip():
            return None
        end = match.end()
        if match[3]:
            sign = -1 if match[3] == "/" else sign
            continue
        if match[0] == "1" and not parts:
            continue
        name = _simple_name(match[1])
        if name is None:
            return None
        inner = composition(match[1])
        if inner is None:
            return None
        for unit, power in inner:
            parts[unit] += sign * power * int(match[2] or 1)
    if plain[end:].strip() or not parts:
        return None
    return frozenset((unit, power) for unit, power in parts.items() if power)


def counted_per(text: str | None) -> tuple[str, str] | None:
    """The things that are counted and the known unit that they are counted for, of "atoms/m"; None for anything else."""
    match = COUNTED_PER.fullmatch(plain_unit(text))
    if match is None or _simple_name(match["thing"]) or composition(match["unit"]) is None:
        return None
    return match["thing"].removesuffix("s"), match["unit"]


def currency(text: str) -> str | None:
    """The currency whose sign stands in an answer as it was written; None where there is none."""
    if not SIGNS & set(text):
        return None
    if text.count("$") - text.count(r"\$") > 1:
        text = re.sub(r"(?<!\\)\$", "", text)
    found = {CURRENCIES[match[1] or match[2] or match[3]] for match in SIGN.finditer(text)}
    return found.pop() if len(found) == 1 else None


def due_unit(unit: str | None) -> str:
    r"""The unit that a dataset gives apart from its gold answer; `$` and `\$` are dollars."""
    return CURRENCIES.get((unit or "").strip().removeprefix("\\"), unit or "")


def scaled(text: str) -> str:
    r"""`5 \text{ million}` and `5 million` as `5 \times 10^{6}`."""
    tail = r" \\text{ \2}"
    return SCALED.sub(lambda match: rf"\times 10^{{{SCALES[match[1]]}}}{match.expand(tail) if match[2] else ''}", text)


@lru_cache(maxsize=512)  # every reading asks for it
def split_unit(text: str) -> tuple[str, str | None]:
    r"""A cleaned answer without the unit at its end, and that unit as it was written.

    Words in `\text` at the end of a quantity are its unit, known or not ("12 \text{ apples}"); words without `\text`
    only where they are a known unit of more than a letter, because `3m` is a product.
    """
    text = QUOTIENT.sub(r" \1/\2", scaled(text))
    if text.endswith("°") and TRIGONOMETRY.search(text):
        return text, None  # the degrees of \sin 30° are the argument's
    match = AT_END.search(text)
    if match and OPERAND.search(text[: match.start()]):
        return text, None
    if match and match.start() and not NAMES.fullmatch(match["unit"]) and _may_be_unit(match["unit"]):
        return text[: match.start()].strip(), match["unit"]
    product = BARE_PRODUCT.search(text) or BARE_PRODUCT_OF.search(text)
    if product and composition(product["unit"]):
        return text[: product.start()].strip(), product["unit"]
    behind = PRODUCT_AT_END.search(text)
    if (
        behind
        and (re.search(r"\^\{?-", behind["unit"]) or behind["unit"].count("/") > 1)
        and composition(behind["unit"])
    ):
        return text[: behind.start()].strip(), behind["unit"]
    by_several = BY_SEVERAL.search(text)
    if by_several and composition(by_several["unit"]):
        return text[: by_several.start()].strip(), by_several["unit"]
    bare = BARE.search(text)
    if bare and (name := unit_name(bare["unit"])) and (len(bare["unit"].strip()) > 1 or name in ("%", "cent")):
        return text[: bare.start()].strip(), bare["unit"]
    return text, None


def _may_be_unit(unit: str) -> bool:
    if composition(unit) is not None:
        return True
    words = re.sub(rf"{POWER}(?=\W|$)", "", inner_words(unit))
    return not NO_UNIT.search(words) and len(words.split()) <= 4


def inner_words(unit: str) -> str:
    r"""What stands in the `\text{...}` of a unit."""
    return " ".join(re.findall(r"\\text\s*\{([^{}]*)\}", unit))


def without_words(text: str, due: str | None) -> tuple[str, str | None]:
    """`9.25 m` and `18 eggs` without what follows the number, and that; only for an answer whose gold is a number.

    Args:
        text: the answer.
        due: the gold answer's unit; `5m` is five metres where that is metres, else a product.
    """
    if (behind := PRODUCT_AT_END.search(text)) and composition(behind["unit"]):  # "3e-5 cm^2/s"
        return text[: behind.start()].strip(), behind["unit"]
    bare = BARE.search(text)
    if bare is None or any(word in SCALES for word in bare["unit"].split()):
        return text, None
    apart = text[bare.start() : bare.start("unit")].isspace()
    parts = composition(bare["unit"])
    known = (parts is not None or counted_per(bare["unit"]) is not None) and (
        len(bare["unit"]) > 1 or (apart and bare["unit"] != "M") or parts == composition(due or "")
    )
    counted = (
        re.fullmatch(r"[A-Za-z]?[a-z]{2,}(?: [a-z]+){0,3}", bare["unit"]) and apart and not NO_UNIT.search(bare["unit"])
    )
    return (text[: bare.start()].strip(), bare["unit"]) if known or counted else (text, None)


def units_differ(gold: str | None, answer: str | None) -> bool:
    """Whether there are two units and they are not the same; what is counted is the same where one says no more than the other."""
    if not gold or not answer or not plain_unit(gold) or not plain_unit(answer):
        return False
    known_gold, known_answer = (composition(unit or "") for unit in (gold, answer))
    if (unit_name(gold), plain_unit(answer)) in (("pound sterling", "pound"), ("pound sterling", "pounds")):
        return False
    if known_gold is not None and known_answer is not None:
        return known_gold != known_answer
    counted = counted_per(gold), counted_per(answer)
    if counted[0] and counted[1] and composition(counted[0][1]) != composition(counted[1][1]):
        return True
    words = [_things(unit or "") for unit in (gold, answer)]
    return not (words[0] <= words[1] or words[1] <= words[0])


def _things(unit: str) -> set[str]:
    """The words of a unit, in the singular; a known unit by its name."""
    return {
        _simple_name(word) or re.sub(r"(?<=\w\w)(?:es|s|e)$", "", word if len(word) <= 3 else word.lower())
        for word in re.findall(r"[^\s/·^]+", plain_unit(unit))
    }
