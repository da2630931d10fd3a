r"""Other readings of an answer that say the same: "five", "3/4 or 0.75", "18 (eighteen)", "52 base 8", "1 in 3", `P(3,-5)`.

A reading is a list of pairs of a gold answer and an answer, all of which must be the same. Every reading keeps what is said, so that it
may be tried wherever the answer as it stands is not the gold answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, ROW, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.spelled import spelled
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import IN_TEXT, said
from cgd_recipes.grading.notation.unit import currency, split_unit, units_differ
from cgd_recipes.grading.readings import (
    asides,
    called,
    chains,
    components,
    conditions,
    counts,
    described,
    exact,
    functions,
    listed,
    matrices,
    plain,
    remarked,
)
from cgd_recipes.grading.readings.glosses import (
    REMARK,
    directions,
    eigenvalues,
    equal_measures,
    formulas,
    glosses,
    hyphens,
    kinds,
    measured,
    minus,
    numbered,
    options,
    orders,
    rates,
    ratios,
)
from cgd_recipes.grading.readings.spellings import (
    Pairs,
    amounts,
    counted,
    hundredths,
    infinities,
    lettered,
    letters,
    moments,
    plain_units,
    residue_of,
    same_words,
    sentences,
    sets,
    shortened,
    units,
)

MAX_LENGTH = 300
LEADING = re.compile(
    r"^(?:\\?#\s*|no\.\s*(?=\d)|(?:exactly|precisely|only|just|simply|both|a total of|"
    r"total of|there are|there is|it is|they are|he has|she has|(?:the )?(?:options|statements|choices)(?= [A-J]\b)"
    r"|(?:the )?(?:digit|integer|number)(?= \S+$))\s+)(?=\S)",
    re.IGNORECASE,
)
TRAILING = re.compile(
    r"\s*(?:exactly|only|in total|in all|total|altogether|all together|times(?: as (?:many|much|large|big|tall|long|fast))?|is the answer|"
    r"(?:is|are) (?:the )?(?:final|correct) answer|\(exact\))$",
    re.IGNORECASE,
)
BECAUSE = re.compile(
    r"^(?:check:?|since|because|as|due to|from|by|(?:we )?(?:reject|discard|exclude)(?:ing|ed)?)\s",
    re.IGNORECASE,
)
THAT_IS = re.compile(
    r"^(?:or|i\.?e\.?,?|that is,?|which is|which equals|equivalently,?|=|\\approx|about|approximately|approx\.?|roughly)\s*",
    re.IGNORECASE,
)
SAID_AGAIN = re.compile(
    r",?\s+(?:i\.\s?e\.|that is|in other words|in (?:interval|set|set-builder) notation:?),?\s+", re.IGNORECASE
)
ROUNDED = re.compile(r"-?\d*\.\d{2,}\s*%?|-?\d{2,}(?:\.\d+)?\s*%")
BASE = re.compile(r"^(?P<digits>[0-9A-F]+)\s*,?\s*\(?\s*(?:in\s+)?base\s*[-_]?\s*(?P<base>\w+)\s*\)?$", re.IGNORECASE)
BINARY = re.compile(r"^(?:0b(?P<prefixed>[01]+)|(?P<digits>[01]+)\s*\(?\s*(?:in\s+)?binary\s*\)?)$", re.IGNORECASE)
IN = re.compile(r"^(?P<above>\d+)\s*(?:in|out of)\s*(?P<below>\d+)$", re.IGNORECASE)
AND_PART = re.compile(rf"^(?P<whole>\d+)\s*(?:{AND}|and)\s*(?P<part>\\frac\s*\{{\d+\}}\s*\{{\d+\}}|\d+\s*/\s*\d+)$")
NAMED_POINT = re.compile(
    r"^(?:the )?(?:point|center|centre|vertex|focus|vector|ordered pair|coordinates|pair)s?(?: is| are)?:?\s*(?=\()",
    re.IGNORECASE,
)
POINT = re.compile(r"^[A-Z](?:_\{?\w\}?)?'?\s*(?:=\s*)?(?=\()")
SYSTEM = re.compile(
    r"^\\begin\s*\{(?:d?cases|array|aligned)\}(?:\s*\{[clr|]*\})?(?P<body>.*)\\end\s*\{(?:d?cases|array|aligned)\}$"
)
CALLED = re.compile(r"^(?P<name>[A-Za-z])(?:\((?P<variable>[A-Za-z])\))?\s*=\s*(?P<value>[^=]+)$")
MAPS = re.compile(r"^(?P<name>[A-Za-z])\s*:\s*(?P<variable>[a-z])\s*(?:\\mapsto|\\longmapsto)\s*(?P<value>.+)$")
FOR_ALL = re.compile(r"\s*,?\s*\\forall(?![A-Za-z])\s*[a-z](?:\s*\\in\s*\\mathbb\s*\{?\s*R\s*\}?)?$")
ALL_REALS = re.compile(r"(?:x (?:can be |is )?)?(?:all|any|every|the set of all|the)? ?(?:real numbers?|reals)(?: x)?")
HALF_LINE = re.compile(r"(?:all )?(?:the )?(?:(?P<not>non-? ?)?(?P<sign>positive|negative)) (?:real numbers?|reals)")
MARKED = re.compile(r"\\mathbb\s*\{?R\}?\s*_\s*\{?\s*(?P<sign>>|<|\\ge|\\le)\s*0\s*\}?")
ALL_BUT = re.compile(
    r"^(?:(?:all|every|any)\s+)?(?:the\s+)?(?:real\s+numbers?|reals|(?<=all\s)(?:real\s+)?x|(?<=every\s)(?:real\s+)?x|\\mathbb\{R\})(?:\s*,?\s*x\s*,?)?\s*"
    r"(?:except|but|other than|excluding|-|\\setminus)\s*(?:for\s+)?(?:x\s*=\s*)?(?P<but>[^⦃⦄]+)$",
    re.IGNORECASE,
)


def readings(gold: str, answer: str) -> Iterator[Pairs]:
    """Other readings of a gold answer and an answer as they were written."""
    if len(answer) > MAX_LENGTH or len(gold) > MAX_LENGTH:
        return
    yield from hundredths(gold, answer)
    left, right = tidy(gold), tidy(answer)
    sign = currency(answer)
    for pairs in _readings(left, right, answer):
        # Signs of currencies are not in tidied texts.
        read = [(gold if wanted == left else wanted, _signed(given, sign)) for wanted, given in pairs]
        if not any(given is None or (wanted is not gold and currency(gold)) for wanted, given in read):
            yield [(wanted, given or "") for wanted, given in read]


def _signed(answer: str, sign: str | None) -> str | None:
    """A reading of an answer that had the sign of a currency; None where its own unit is in the way."""
    if sign is None:
        return answer
    return None if re.search(r"\\text|[%=,]|\\approx", answer) else rf"{answer} \text{{ {sign} }}"


def _readings(gold: str, answer: str, written: str) -> Iterator[Pairs]:
    apart = re.split(r"\\q?quad(?![A-Za-z])|&", written)
    if len(apart) > 1 and "," in gold and "," not in answer and r"\begin" not in written:
        yield [(gold, ", ".join(apart))]
    if short := shortened(written):
        yield [(gold, short)]
    yield from hyphens(gold, written)
    for reading in EVERY:
        yield from reading(gold, answer)


def in_figures(gold: str, answer: str) -> Iterator[Pairs]:
    """Numbers in words, of either."""
    both = [spelled(said(text)) for text in (gold, answer)]
    if any(both):
        left, right = (
            text if found is None else rf"{found[0]}" + (rf" \text{{ {found[1]} }}" if found[1] else "")
            for text, found in zip((gold, answer), both, strict=True)
        )
        yield [(left, right)]


def without_words(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`\text{exactly }4`, "4 in total", "both 1 and 2", `\text{(3,-5)}`, `\text{B and D}`."""
    if (match := IN_TEXT.fullmatch(answer)) and re.search(rf"\d|,|{AND}", answer):
        yield [(gold, match["inside"])]
    plain = said(answer)
    shorter = TRAILING.sub("", LEADING.sub("", plain))
    if shorter != plain and (re.search(rf"\d|\\|{AND}", shorter) or spelled(shorter)):
        yield [(gold, shorter)]
    if AND in gold and "\\text" in gold and not re.search(r"\d", gold):
        yield [(said(gold), shorter)]


def alternatives(gold: str, answer: str) -> Iterator[Pairs]:
    """`3/4 or 0.75`, where each is the gold answer or its rounding."""
    parts = split_top(answer, OR) if OR in answer else SAID_AGAIN.split(said(answer))
    if len(parts) < 2:
        parts = split_top(said(answer), OR)
    if len(parts) == 2 and OR not in gold:
        yield [(gold, parts[0]), (gold, _as_rounding(*parts))]
        # "3 hours 20 minutes or 200 minutes", "45 out of 50 or 90 percent": equal to each other, and one of them to the gold answer.
        for part in parts if all(re.search(r"[A-Za-z%\u00b0]", part) for part in parts) else ():
            bare = [re.sub(r"^\\?[A-Za-z]+\s*=\s*", "", each) for each in parts]
            yield [(bare[0], bare[1]), (gold, part)]
            yield [(bare[1], bare[0]), (gold, part)]


def _as_rounding(main: str, other: str) -> str:
    (value, unit), (bare, of_main) = split_unit(other), split_unit(main)
    if other.endswith("%") or not ROUNDED.fullmatch(value.replace("\\", "")) or units_differ(of_main, unit):
        return other
    return rf"{bare} \approx {value}"


def remarks(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`18 (eighteen)`, `\frac34 (0.75)`, `4 (since n is even)`."""
    match = REMARK.match(said(answer).replace(r"\left", ""))
    if match is None:
        return
    main, remark = match["main"], match["said"].strip().replace(OR, "or ").strip()
    if BECAUSE.match(remark):
        yield [(gold, main)]
    other = THAT_IS.sub("", remark)
    if other == remark and as_number(other) and as_number(main) and not re.search(r"[./%\\]", main + other):
        return  # a product
    yield [(gold, main), (gold, _as_rounding(main, other))]
    if re.search(r"[A-Za-z\u00c5\u03a9]$", main) and re.match(r"-?[\d.]+\s?[A-Za-z]", other):  # in another unit
        yield [(main.rpartition("=")[2], other), (gold, main)]


def bases(gold: str, answer: str) -> Iterator[Pairs]:
    """`52 base 8`, `0b1101`."""
    plain = said(answer)
    if match := BASE.match(plain):
        yield [(gold, f"{match['digits']}_{{{match['base']}}}")]
    if match := BINARY.match(plain):
        yield [(gold, f"{match['prefixed'] or match['digits']}_{{2}}")]


def shares(gold: str, answer: str) -> Iterator[Pairs]:
    """`1 in 3` and `1 out of 3`; `3 and 1/2`."""
    plain = said(answer)
    if (match := IN.match(plain)) and int(match["below"][:18]):
        yield [(gold, f"{match['above']}/{match['below']}")]
    if match := AND_PART.match(plain):
        yield [(gold, f"{match['whole']} {match['part']}")]


def points(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A gold tuple as `P(3,-5)`, as `\{(3,-5)\}`, as a system of equations."""
    whole = enclosed(gold)
    if whole and whole[0] == "()":
        if (named := NAMED_POINT.sub("", said(answer))) != said(answer):
            yield [(gold, named)]
        if POINT.match(answer):
            yield [(gold, POINT.sub("", answer))]
        inner = enclosed(answer)
        if inner and inner[0] == OPEN_SET + CLOSE_SET and (one := enclosed(inner[1].strip())) and one[0] == "()":
            yield [(gold, inner[1])]
    if (system := SYSTEM.match(answer)) and "&" not in system["body"].replace("&=", "="):
        rows = [row.strip(" ,;.") for row in system["body"].replace("&=", "=").split(ROW) if row.strip()]
        if len(rows) > 1 and all(re.match(r"[a-z]\s*=[^=]+$", row) for row in rows):
            yield [(gold, ", ".join(rows))]
    for here, there in ((gold, answer), (answer, gold)):  # a column as a list in square brackets
        if (listed := enclosed(here)) and listed[0] == "[]" and r"\begin" in there and len(split_top(listed[1])) > 1:
            turned = f"({listed[1]})"
            yield [(turned, answer) if here is gold else (gold, turned)]


def named_functions(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`y = x^2` and `f = x^2` for `f(x) = x^2`; `f: x \mapsto x^2`; `f(x) \equiv 0`; `\forall x`."""
    if FOR_ALL.search(answer):
        yield [(gold, FOR_ALL.sub("", answer))]
    if r"\equiv" in answer and r"\pmod" not in answer and "mod" not in gold:
        yield [(gold, re.sub(r"\\equiv(?![A-Za-z])", "=", answer))]
    if match := MAPS.match(answer):
        yield [(gold, f"{match['name']}({match['variable']})={match['value']}")]
    left, right = CALLED.match(gold), CALLED.match(answer)
    if not left or not right or (left["name"] == right["name"] and left["variable"] == right["variable"]):
        return
    variable = left["variable"] or right["variable"]
    depends = variable and all(not each["variable"] or each["variable"] == variable for each in (left, right))
    if (
        depends
        and "y" not in left["value"] + right["value"]
        and (left["name"] == right["name"] or "y" in (left["name"], right["name"]))
    ):
        yield [(left["value"], right["value"])]


def reals(gold: str, answer: str) -> Iterator[Pairs]:
    """All real numbers in words, of either; all but one."""
    both = [_reals(text) for text in (gold, answer)]
    if any(both):
        yield [(both[0] or gold, both[1] or answer)]


def _reals(text: str) -> str | None:
    plain = said(text).casefold()
    if ALL_REALS.fullmatch(plain):
        return r"(-\infty,\infty)"
    if match := HALF_LINE.fullmatch(plain) or MARKED.fullmatch(text.strip()):
        sign = match["sign"]
        if sign in ("positive", "negative"):
            above = (sign == "positive") != bool(match["not"])
            sign = (r"\ge" if above else r"\le") if match["not"] else (">" if above else "<")
        return rf"x {sign} 0"
    match = ALL_BUT.match(said(text))
    if match is None:
        return None
    values = re.sub(rf"\s*(?:{AND}|{OR})\s*", ",", match["but"])
    return rf"\mathbb{{R}}\setminus\{{{values}\}}"


READINGS: tuple[Callable[[str, str], Iterator[Pairs]], ...] = (
    in_figures, without_words, alternatives, remarks, options, bases, shares, points, eigenvalues, numbered, measured, named_functions,
    reals, same_words, amounts, units, plain_units, sets, counted, moments, residue_of, sentences, letters, lettered, infinities,
    glosses, minus, formulas, directions, ratios, equal_measures, kinds, rates, orders,
)  # fmt: skip
GROUPS = (
    called, asides, described, matrices, components, exact, plain, listed, functions, conditions, chains, remarked, counts)  # fmt: skip
EVERY = (*READINGS, *(reading for group in GROUPS for reading in group.READINGS))
