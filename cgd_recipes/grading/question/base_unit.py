"""The units of SI for gold numbers in scientific notation, 3.54e-07, and for forces, of questions that name none: 354 nC is that amount."""

from __future__ import annotations

import re
from fractions import Fraction

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import Number, as_number
from cgd_recipes.grading.notation.structure import split_chain
from cgd_recipes.grading.notation.unit import composition, split_unit, without_words
from cgd_recipes.grading.question.named_units import named_unit
from cgd_recipes.grading.values.measure import base_units

BASES = frozenset(["metre", "gram", "second", "ampere", "mole", "kelvin"])
EXPONENT = re.compile(r"\d\s*[eE]\s*[+-]?\d|10\s*\^")
# Numbers of another size may be the right one in several units.
SMALL, LARGE = Fraction(1, 1000), Fraction(10) ** 6
# Whose number nobody would write with so many zeros.
ATOMIC = Fraction(10) ** -12
TINY, HUGE = ("micro", "nano", "pico", "femto"), ("giga", "tera", "peta")
KILOGRAM = re.compile(r"\bkg\b|\bkilograms?\b|\{\s*~?kg\s*\}", re.IGNORECASE)
# Other systems of units, and units that are asked for and not known.
OTHERS = re.compile(
    r"\b(?:cgs|gauss(?:ian)?|esu|statcoulombs?|(?:natural|atomic|arbitrary)\s+units)\b"
    r"|\bin\s+(?:the\s+)?units?\b|\b(?:express|answer|result|give|report|state)\b[^.?!]{0,60}?\bin\s+(?!terms|scientific|standard|SI\b)",
    re.IGNORECASE,
)
# "the wavelength (nm)"
BRACKETED = re.compile(r"[(\[]\s*\$?(?P<unit>[^()\[\]$]{1,40})\$?\s*[)\]]")
FORCES = re.compile(
    r"newton|\bdynes?\b|\bpounds?\b|\blbf?s?\b|(?<![A-Za-z])(?:\\mu|[GMkcmn\u00b5\u03bc])?[ ~}]*N(?![A-Za-z=\d_])",
    re.IGNORECASE,
)
MAX_QUESTION = 5_000
# What a sentence asks for, by its unit.
QUANTITIES = {
    "metre": r"length|width|distance|wavelength|radius|diameter|thickness|height|depth|displacement|position|separation|amplitude|spacing"
    r"|thick|wide|far|deep|tall|how\s+(?:long|high)",
    "second": r"time|period|duration|lifetime|half-life|how\s+long",
    "coulomb": r"charge",
    "joule": r"energy|work|heat",
    "newton": r"force|weight|tension",
    "watt": r"power",
    "hertz": r"frequency|rate|bandwidth",
    "pascal": r"pressure|stress|modulus",
    "volt": r"voltage|potential|emf",
    "ampere": r"current",
    "ohm": r"resistance|impedance|reactance",
    "farad": r"capacitance",
    "henry": r"inductance",
    "tesla": r"magnetic\s+field|flux\s+density",
    "metre^2": r"area",
    "metre^3": r"volume",
    "gram": r"mass|heavy",
    "metre/second": r"speed|velocity|fast",
    "volt/metre": r"electric\s+field|field",
}
WITHOUT_UNIT = re.compile(
    r"\b(?:ratio|fraction|proportion|percent\w*|probability|index|factor|strain|efficiency|how\s+many|number\s+of)\b",
    re.IGNORECASE,
)
ASKED = {unit: re.compile(rf"\b(?:{words})s?\b", re.IGNORECASE) for unit, words in QUANTITIES.items()}


def in_base_units(gold: Gold, answer: str, question: str, asked: str, given: str) -> Gold | None:
    """A gold number with the units of SI, if an answer in another known unit is that amount, or as many of what is far smaller; else None.

    Args:
        gold: the gold answer, a number.
        answer: the answer.
        question: what was asked, without a unit.
        asked: its sentence that asks.
        given: the unit of the answer.
    """
    number, factor = as_number(clean(gold.text)), _factor(given, question)
    force = _is_force(given, asked, question)
    if not number or factor is None or not (force or _is_scientific(gold.text, number)):
        return None
    if OTHERS.search(question) or _is_bracketed(question, given):
        return None
    named = named_unit(question, given)
    near = _factor(named, question) if named else None
    if near and near != 1 and SMALL <= near <= 1 / SMALL:  # a gold answer in cm, of a question in cm
        return None
    if factor == 1:
        return gold
    value = _value(answer)
    if value is None or not _is_of_what_is_asked(given, asked):
        return None
    unit = _base_unit(given)
    if value.value * factor == number.value:
        return gold._replace(unit=unit)
    out_of_scale = factor < 1 if force else _is_out_of_scale(number, given)
    return gold._replace(unit=unit) if out_of_scale else None


def _is_force(given: str, asked: str, question: str) -> bool:
    """Whether a sentence asks for a force, a given unit is one, and the question has none: nobody takes it to be in millinewtons then."""
    size, newton = base_units(given), base_units("newton")
    named = [unit for unit, words in ASKED.items() if words.search(asked)]
    force = size is not None and newton is not None and size[1] == newton[1]
    return force and "newton" in named and not FORCES.search(question)


def _is_bracketed(question: str, given: str) -> bool:
    """Whether a text has a unit in brackets that is of the dimension of a given one, and not of SI."""
    own = base_units(given)
    for match in BRACKETED.finditer(question[-MAX_QUESTION:]):
        known = base_units(clean(match["unit"]))
        if known and own and known[1] == own[1] and _factor(clean(match["unit"]), question) != 1:
            return True
    return False


def _is_of_what_is_asked(given: str, asked: str) -> bool:
    """Whether a unit is one of the quantities that a sentence names; none is of a ratio, a probability or a number."""
    if WITHOUT_UNIT.search(asked):
        return False
    named = [unit for unit, words in ASKED.items() if words.search(asked)]
    own = base_units(given)
    return any((known := base_units(unit)) and own and known[1] == own[1] for unit in named)


def _is_scientific(text: str, number: Number) -> bool:
    size = abs(number.value)
    return size != 0 and (EXPONENT.search(text) is not None or size < SMALL or size > LARGE)


def _is_out_of_scale(number: Number, given: str) -> bool:
    """Whether a number is far too small, or too large, for the prefix of a unit: `1.77e-6` of micrometres."""
    prefixes = TINY if abs(number.value) < SMALL else HUGE if abs(number.value) > LARGE else ()
    if composition(given) == frozenset({("electronvolt", 1)}):
        return abs(number.value) < ATOMIC
    return any(name.startswith(prefixes) for name, _ in composition(given) or ()) if prefixes else False


def _factor(unit: str, question: str) -> Fraction | None:
    """How many units of SI a unit is; None for one that is not of SI's kinds, or that people count in grams and litres."""
    size = base_units(unit)
    if size is None or any("litre" in name for name, _ in composition(unit) or ()):
        return None
    parts = dict(size[1])
    if not parts or not BASES.issuperset(parts) or (parts.get("mole") and parts.get("metre") == -3):
        return None
    if "gram" in parts and "second" not in parts and not KILOGRAM.search(question):
        return None
    return size[0] / Fraction(1000) ** parts.get("gram", 0)


def _base_unit(unit: str) -> str:
    size = base_units(unit)
    parts = sorted(size[1]) if size else []
    return "\u00b7".join(f"{'kilogram' if name == 'gram' else name}^{power}" for name, power in parts)


def _value(answer: str) -> Number | None:
    """The number of an answer, at the end of a chain."""
    text = clean(answer)
    amount, unit = split_unit(text)
    if unit is None:
        amount, _ = without_words(text, None)
    return as_number((split_chain(amount) or [""])[-1])
