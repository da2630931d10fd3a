r"""Other spellings of an answer: `USD 18.90`, `70k`, `9.8 \frac{m}{s^2}`, `{}^{10}C_3`, `3.30 pm`, "Option C". Used by `readings`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, clean, tidy
from cgd_recipes.grading.notation.months import MONTHS, SHORT_MONTHS, WEEKDAY
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.residue import INTEGER, LAST_MODULUS
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import option, said, same_option, same_text
from cgd_recipes.grading.notation.unit import composition, currency, plain_unit, split_unit, unit_name, without_words
from cgd_recipes.grading.prose.labelled import labelled

# Comparisons that must all hold: gold answers and answers.
Pairs = list[tuple[str, str]]
# `\text{(E) }27`: the letter of the option that holds the value.
LETTERED = re.compile(r"^(?:\\text\s*\{\s*)?\(?(?P<letter>[A-J])\s*[).:]\s*(?:\}\s*|(?<=\s))(?=[^\s,;=+*/^<>|&-]|-\d)")
# "J. J. Thomson"
INITIAL = re.compile(r"[A-Z]\.\s")
# What a hundredth of a currency may be called, and its name where that is another currency's too
HUNDREDTHS = {"pound sterling": ("pence", ("p", "penny", "pennies")), "euro": ("eurocents", ("cent", "cents"))}
COUNTED = re.compile(r"(?P<amount>\d[\d,.]*)\s*(?P<unit>[a-z]+)")
CODE = re.compile(r"^(?P<code>USD|EUR|GBP|Rs\.?|INR|CAD|AUD|US)\s*\\?\$?\s*(?P<amount>\d[\d,.]*)$")
SHORT = re.compile(r"^\$?(?P<sign>\\?\$|€|£)?\s*(?P<amount>\d+(?:\.\d+)?)(?P<scale>[kKMB])\$?$")
POWERS = {"k": 3, "m": 6, "b": 9}
UNIT = re.compile(
    r"^(?P<amount>-?[\d.,]+(?:\s*\\(?:times|cdot)\s*10\s*\^\s*(?:\{-?\d+\}|\d))?)\s*"
    r"(?P<unit>(?:\\mu\s*)?(?:\\frac\s*\{[^{}]*\}\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\\text\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)+\}|(?<=u)\s*\\text\s*\{[^{}]*\}))$"
)
PLAIN_UNIT = re.compile(
    r"^(?P<amount>-?[\d.,]+)\s(?P<unit>(?:[A-Za-z\u00b5\u03bc\u03a9\u00c5]|\\mu\s?)[A-Za-z\u00b5\u03bc\u03a9\u00c5/^\d{}\s-]*)$"
)
# `\Delta H^\circ =`, `E^\circ_{cell} =`, `s \approx`
OF_UNIT = re.compile(
    r"^(?:\\Delta\s*)?\\?[A-Za-z]+\s*(?:_(?:\{[^{}]*\}|\w|\\odot(?![A-Za-z])))?\s*(?:°|\^\s*\{?\s*\\ominus\s*\}?)?\s*(?:_(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w))?\s*(?:=|\\approx(?![a-z]))\s*"
)
NAME_BEFORE = re.compile(r"^\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?\s*=\s*")
UPPER, LOWER = r"(?P<upper>\d{1,4}|n)", r"(?P<lower>\d{1,4}|k|r)"
CHOSEN = (
    re.compile(rf"(?<![A-Za-z\\])(?P<kind>[CP])\s*\(\s*{UPPER}\s*,\s*{LOWER}\s*\)"),
    re.compile(
        rf"(?<![\w)}}])(?:\{{\s*\}}\s*)?[_^]\s*\{{?\s*{UPPER}\s*\}}?\s*(?:\\text\s*\{{\s*)?(?P<kind>[CP])\s*\}}?\s*_\s*\{{?\s*{LOWER}\s*\}}?"
    ),
    re.compile(rf"^{UPPER}(?P<kind>[CP]){LOWER}$"),
)
CIS = re.compile(r"^(?P<size>[^A-Za-z]*?)\s*(?:\\text\s*\{\s*cis\s*\}|cis)\s*(?P<angle>.+)$")
MOMENTS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"^(\d{1,2})[.h](\d\d)(?=\s*(?:[ap]\.?m\.?)?$)", r"\1:\2"),
        (r"\s+in the morning$", " a.m."),
        (r"\s+in the (?:afternoon|evening)$|\s+at night$", " p.m."),
        (r"^(\d{1,2}:\d\d)\s+(?:hours|hrs)$", r"\1"),
        (r"^(?:12 noon|midday|12 midday)$", "noon"),
        (r"^12 midnight$", "midnight"),
        (rf"^(?:{WEEKDAY},?\s+)(?=\w)", ""),
        (r"^(?:on\s+)?the\s+(?=\d)", ""),
    )
)
MONTHS_SAID = frozenset(month.casefold() for month in MONTHS)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHOICE = re.compile(
    r"(?:(?:the )?(?:correct )?(?:option|choice|answer)(?: is)?\s*:?\s*)?\(?(?P<letter>[A-E])\)?", re.IGNORECASE
)
INFINITE = re.compile(
    r"(?:(?:it |the (?:limit|series|integral) )?(?:diverges|tends|goes|is divergent) to )?(?P<sign>positive |negative |[+-] ?)?infinity"
)
# `{x | x <= 3}`, whose braces TeX does not show.
BUILDER = re.compile(r"(?P<name>[a-z])\s*(?:\\mid(?![A-Za-z])|\||:)\s*(?P<rest>.*[<>\\].*)$")
# What makes words a sentence.
SAYS = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|equals|gets?|makes?|pays?|paid|costs?|earns?|spends?|spent|saves?|needs?|takes?|travels?|weighs?"
    r"|holds?|receives?|sells?|sold|buys?|bought|walks?|runs?|drives?)\s"
)
MINUS = re.compile(r"(\\mathbb\s*\{?R\}?)\s*-\s*(?=[⦃\[(])")
# Words that mathematicians use for one another.
SAME_WORDS = tuple(
    frozenset(words.split("; "))
    for words in (
        "dne; does not exist; limit does not exist; it does not exist; doesn't exist; limit dne",
        "undefined; is undefined; not defined; is not defined; it is undefined",
        "diverges; divergent; diverge; series diverges; it diverges; series is divergent; integral diverges",
        "converges; convergent; converge; series converges; it converges; series is convergent; integral converges",
    )
)


def amounts(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`USD 18.90`, `Rs. 18`."""
    plain = said(answer)
    if match := CODE.match(plain):
        code = {"US": "USD"}.get(match["code"], match["code"].rstrip("."))
        yield [(gold, rf"{match['amount']} \text{{ {code} }}")]


def hundredths(gold: str, answer: str) -> Iterator[Pairs]:
    """`400p` for a gold answer in pounds, "5 cents" for one in euros, both as they were written."""
    name, called = HUNDREDTHS.get(currency(gold) or unit_name(split_unit(clean(gold))[1]) or "", ("", ()))
    match = COUNTED.fullmatch(said(tidy(answer))) if name else None
    if match and match["unit"] in called:
        yield [(gold, rf"{match['amount']} \text{{ {name} }}")]


def shortened(written: str) -> str | None:
    r"""`\$1.2M` and `70k` in full; None for anything else. `5M` without a sign may be five of something."""
    match = SHORT.match(written.strip())
    if match is None or not (match["sign"] or match["scale"] in "kK"):
        return None
    return rf"{match['amount']} \times 10^{{{POWERS[match['scale'].lower()]}}}"


def units(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A gold answer's unit as mathematics: `9.8 \frac{m}{s^2}`, `25 \mathrm{m\cdot s^{-1}}`."""
    value = OF_UNIT.sub("", answer) if "=" not in gold else answer
    match = UNIT.match(value)
    if match is None and value != answer and composition(split_unit(value)[1] or ""):
        yield [(gold, value)]
    if match and (as_number(gold) or composition(split_unit(gold)[1] or "")):  # of a bare number only known units
        written = re.sub(r"\\frac\s*\{([^{}]*)\}\s*\{(.*)\}$", r"\1/\2", match["unit"])
        written = re.sub(r"\\text\s*|[{}]", " ", re.sub(r"\\(?:cdot|times)(?![A-Za-z])", "·", written))
        written = re.sub(r"\\mu\s*", "μ", written)
        written = re.sub(r"\s*([/^·])\s*", r"\1", written).strip()
        if composition(written) or not as_number(gold):
            yield [(gold, rf"{match['amount']} \text{{ {written} }}")]


def plain_units(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A plain gold answer such as `300 K`, `5 \mu m` or `0.08 mol/L`: letters behind its number are a unit where the answer has one.

    `5 m` may be a product as well, so that a mere `5` is not the same.
    """
    match = PLAIN_UNIT.match(gold)
    if match is None or composition(match["unit"]) is None:
        return
    value = NAME_BEFORE.sub("", answer)
    unit = split_unit(value)[1] or without_words(value, match["unit"])[1]
    if (unit and composition(unit)) or UNIT.match(value):
        yield [(rf"{match['amount']} \text{{ {plain_unit(match['unit'])} }}", value)]


def sets(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`{x | x <= 3}`; `\{1\}\cup\{2\}`; "(1,2) and (3,4)" for a union; `\mathbb{R} - \{2\}`."""
    if (match := BUILDER.match(answer)) and match["name"] in match["rest"]:
        yield [(gold, f"{OPEN_SET}{answer}{CLOSE_SET}")]
    merged = re.sub(rf"{CLOSE_SET}\s*\\cup\s*{OPEN_SET}", ",", answer)
    if merged != answer and answer.startswith(OPEN_SET) and answer.endswith(CLOSE_SET):
        yield [(gold, merged)]
    parts = split_top(answer, AND)
    if len(parts) > 1 and r"\cup" in gold and all((whole := enclosed(part)) and whole[0][0] in "([" for part in parts):
        yield [(gold, r" \cup ".join(parts))]
    real = MINUS.sub(r"\1 \\setminus ", answer.replace(r"\text{R}", r"\mathbb{R}"))
    if real != answer:
        yield [(gold, real)]


def counted(gold: str, answer: str) -> Iterator[Pairs]:
    r"""`C(10,3)`, `{}^{10}C_3`, `P(6,3)`; `r \operatorname{cis} \theta`."""
    for pattern in CHOSEN:
        if (match := pattern.search(answer)) and r"\begin" not in answer:
            ordered = rf" \cdot {match['lower']}!" if match["kind"] == "P" else ""
            chosen = rf"\binom{{{match['upper']}}}{{{match['lower']}}}{ordered}"
            yield [(gold, answer[: match.start()] + chosen + answer[match.end() :])]
    if match := CIS.match(answer):
        angle = match["angle"].strip().removeprefix("(").removesuffix(")")
        yield [(gold, rf"{match['size'] or 1} (\cos({angle}) + i \sin({angle}))")]


def moments(gold: str, answer: str) -> Iterator[Pairs]:
    """`3.30 pm`, `15h30`, "3:30 in the afternoon", "12 noon"; "Tuesday, the 3rd of May"."""
    plain = said(answer)
    for pattern, written in MOMENTS:
        changed = pattern.sub(written, plain)
        if changed != plain:
            plain = changed
            yield [(gold, plain)]


def letters(gold: str, answer: str) -> Iterator[Pairs]:
    r"""An explicit option, `Option C`, `(C)` or `(C) 12`, for a gold answer that is a mere letter."""
    if re.fullmatch(r"[A-J]", gold) and (
        ((match := CHOICE.fullmatch(said(answer))) and match["letter"] == gold)
        or ((found := LETTERED.match(answer)) and found["letter"] == gold == option(answer))
    ):
        yield []


def lettered(gold: str, answer: str) -> Iterator[Pairs]:
    r"""The letter, the value or both for a gold answer such as `\text{(C) } 12`."""
    wanted = LETTERED.match(gold)
    if wanted is None:
        return
    value = gold[wanted.end() :]
    if INITIAL.match(value):
        return
    if given := LETTERED.match(answer):
        yield [(wanted["letter"], given["letter"]), (value, answer[given.end() :])]
    elif option(answer) is None:
        yield [(value, answer)]
    elif same_option(f"({wanted['letter']})", answer):
        yield []


def residue_of(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A remainder that is written with its modulus: `10 \pmod{13}`, `7^{2025} \equiv 2 \pmod 5`, `7^{2025} \bmod 5 = 2`."""
    if not INTEGER.fullmatch(gold):
        return
    answer = said(answer)
    match = LAST_MODULUS.search(answer)
    number = answer[: match.start()] if match else answer
    left, sign, value = (
        re.split(r"(\\equiv(?![A-Za-z])|≡|=)", number)[-3:] if re.search(r"\\equiv|≡|=", number) else ("", "", number)
    )
    numeric = not re.search(r"[A-Za-z]", re.sub(r"\\(?:cdot|times|bmod|mod)|mod", "", left))
    if (
        INTEGER.fullmatch(value.strip())
        and re.search(r"\d", left)
        and numeric
        and (match or (sign == "=" and "mod" in left))
    ):
        yield [(gold, value.strip())]


def sentences(gold: str, answer: str) -> Iterator[Pairs]:
    r"""A sentence in a box: `\text{It will be a Tuesday.}`, `\text{There are 12 ways}`."""
    plain = said(answer).replace(r"\$", "$")
    if "\\" not in plain and SAYS.search(plain) and (value := labelled(plain)) != plain:
        yield [(gold, value)]


def infinities(gold: str, answer: str) -> Iterator[Pairs]:
    """Infinity in words."""
    plain = re.sub(r"\s+", " ", re.sub(r"\\infty(?![A-Za-z])", " infinity", said(answer))).casefold().strip()
    if match := INFINITE.fullmatch(plain):
        yield [(gold, r"-\infty" if (match["sign"] or "").strip() in ("negative", "-") else r"\infty")]


def same_words(gold: str, answer: str) -> Iterator[Pairs]:
    """Words that stand for one another: "does not exist" and DNE, "on Tuesday" and "Tue"."""
    written = [re.sub(r"^(?:the|on|in|at) ", "", said(text), flags=re.IGNORECASE) for text in (gold, answer)]
    left, right = (text.casefold() for text in written)
    if any(left in words and right in words for words in SAME_WORDS) or (left.isalpha() and same_text(*written)):
        yield []
    if left in DAYS and right in (left[:3], left[:4]):
        yield []
    if left in MONTHS_SAID and written[1] in SHORT_MONTHS and left.startswith(right):
        yield []
