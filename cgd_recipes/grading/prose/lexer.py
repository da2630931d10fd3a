r"""The values that a sentence of prose holds, each as one character: numbers, money, times, expressions, equations, intervals, tuples.

`figures.masked` knows figures and arithmetic. Here are also `x ≥ 1`, `(3, 4)`, `{2, 4, 8}`, `[-1, 4)`, `2√3`, `-q + p`, `f(x) = 2x + 1`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.months import with_months
from cgd_recipes.grading.notation.spelled import twice
from cgd_recipes.grading.notation.unit import PRODUCT_BEHIND, composition
from cgd_recipes.grading.notation.words import AMOUNTS, FUNCTIONS, NO_SYMBOLS, SHORT_WORDS, UNITS, any_of
from cgd_recipes.grading.prose import spoken
from cgd_recipes.grading.prose.compounds import compounded
from cgd_recipes.grading.prose.figures import MATHEMATICS, SCALED, in_figures, is_money
from cgd_recipes.grading.prose.masked import M, Masked, S

GREEK = "\u0391-\u03a9\u03b1-\u03c9"
# Letters stand alone, or two together beside a figure or an operator: "2xy", "AB = 5".
ELEMENT = (
    rf"(?:\\[A-Za-z]+|{any_of(FUNCTIONS)}(?![A-Za-z])|[{GREEK}]|[A-Za-z](?![A-Za-z])|[A-Za-z]{{2}}(?![A-Za-z])|[A-Z]{{3,4}}(?![A-Za-z])"
    r"|[\d.,:;%!'\u2019\u00b0$\u20ac\u00a3(){}\[\]\u27e8\u27e9<>|=+*/^_\u221a\u221e\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u207a-\u207f\u2080-\u2089\u1d40"
    r"\u00bc-\u00be\u222a\u2229\u2216\u2208\u00b1\u2213\u2264\u2265\u2248\u2260\u00d7\u00f7\u00b7\u22c5\u2212\u2013\\-])"
)
MATHEMATICAL = re.compile(rf"{ELEMENT}+")
RELATION = "=<>\u2264\u2265\u2248\u2260\u2208"
OPERATOR = "+*/^\u00d7\u00f7\u00b7\u22c5\u2212\u00b1\u2213\u222a\u2229\u2216|-"
OPENS = re.compile(
    rf"(?:[{re.escape(OPERATOR + RELATION)}(\[{{\u221a]|\b(?:{any_of(FUNCTIONS)})|\\(?:cdot|times|frac|le|ge|cup))$"
)
CLOSES = re.compile(rf"^(?:[{re.escape(OPERATOR + RELATION)})\]}}]|\\(?:cdot|times|le|ge|cup))")
LEADING_RELATION = re.compile(r"^={1,3}>?\s*")
LETTER_OR_FIGURE = re.compile(r"[^\W_]|[\u221a\u221e]")
LETTERS = re.compile(r"[A-Za-z]{2,}")
HYPHENED = re.compile(r"\w-[A-Za-z]{2,}|\d(?:st|nd|rd|th)\b|(?<!\d)(?<!\(.)(?<=[A-Za-z])/[A-Za-z](?<!\d[A-Z]/.)")
PLAIN_NUMBER = re.compile(r"[-+]?[$\u20ac\u00a3]?[\d.,/]+$")
IN_VALUE = re.compile(
    r"(?:sin|cos|tan|sec|csc|cot)[\u00b2\u00b3]|[\d\u03c0\u221e\u221a=<>\u2264\u2265\u2208\u222a\u00bc-\u00be]|\bpi\b|\\(?:pi|frac|infty|emptyset|varnothing)|[+*/^]|(?<=\w)\s?[-\u2212]\s?(?=\w)|^[-\u2212]\s?\w$|[([{\u27e8].*,"
)
WORD = re.compile(r"[^ \n\t]+")
PUNCTUATION = '.,;:!?"\u201d'
FUNCTION = re.compile(rf"(?:{any_of(FUNCTIONS)})[\u00b2\u00b3]?")
ALONE = re.compile(
    r"\b(?P<before>only|exactly|just|is|are|equals|equal\sto|leaves|leaving|of|rank|order|degree|dimension|multiplicity|(?:is|equals)\s(?:minus|negative))\s(?P<word>one|zero)\b(?!\s+(?:of|who|that|more|half|thirds?|quarter|fifth|sixth|seventh|eighth|ninth|tenth|twelfth|hundred\w*|thousand\w*|million|billion|dozen|in)\b)(?!-)",
    re.IGNORECASE,
)
# "a ticket wins one dollar"
ONE_UNIT = re.compile(
    r"\bone(?=\s(?:hour|minute|day|week|dollar|foot|pound)\s+and\s)|\bone(?=\s(?:dollar|cent|euro|pound|hour|minute|second|day|week|month|year|meter|metre|kilometer|kilometre|mile|liter|litre|percent)[.!]$)"
)


# "0.20 x 50"
TIMES = re.compile(r"(?<=\d)\s+x\s+(?=\$?\d)")
SPACED_COLON = re.compile(r"(?<=\d)\s:\s(?=\d)")


@lru_cache(maxsize=8)  # a sentence is tried by several rules
def lexed(sentence: str) -> Masked | None:
    """A sentence with its values masked; None where one is cut off or cannot be told from what is beside it."""
    if M in sentence or S in sentence or SCALED in sentence:
        return None
    text = spoken.in_figures(
        AMOUNT.sub(lambda match: AMOUNTS[match[0].casefold()], twice(sentence).replace("\u2212", "-"))
    )
    text = CENTS.sub(" cents", SPACED_COLON.sub(":", TIMES.sub(" \u00d7 ", with_months(text))))
    text = ANGLED.sub("\u27e8\\g<inside>\u27e9", text)
    text = ONE_UNIT.sub("1", text)
    text = ALONE.sub(lambda match: f"{match['before']} {'1' if match['word'].casefold() == 'one' else '0'}", text)
    spans = [match.span() for match in MATHEMATICS.finditer(text)]
    if text.count("$") == 1 or any(is_money(text[slice(*span)]) for span in spans):
        spans = []
    pieces: list[str] = []
    found: list[str] = []
    place = 0
    for start, end in [*spans, (len(text), len(text))]:
        written = in_figures(text[place:start])
        if written is None or not _plain(written, pieces, found):
            return None
        if end > start:
            _add(ROUND.sub(r"$\g<inside>$", text[start:end]), pieces, found)
        place = end
    masked = "".join(pieces)
    kinds = [char for char in masked if char in M + S]
    values = tuple(each for each, kind in zip(found, kinds, strict=True) if kind == M)
    symbols = tuple(each for each, kind in zip(found, kinds, strict=True) if kind == S)
    return compounded(Masked(masked, values, symbols))


# `\\(x = 2\\)`
ROUND = re.compile(r"^\\\((?P<inside>.*)\\\)$", re.DOTALL)
CENTS = re.compile(r"(?<=\d)\s?\u00a2")
# A vector: <3, -2>
ANGLED = re.compile(r"<(?P<inside>[^<>=]*\d[^<>=]*,[^<>=]*)>")
AMOUNT = re.compile(rf"\b{any_of(AMOUNTS)}(?!\w)", re.IGNORECASE)


def _add(piece: str, pieces: list[str], found: list[str]) -> None:
    """One piece of mathematics: a relation at its beginning is a verb."""
    bare = piece.strip("$") if piece.startswith("$") else piece
    pieces.append(M if IN_VALUE.search(bare) else S)
    found.append(piece)


def _plain(text: str, pieces: list[str], found: list[str]) -> bool:
    """Add the masked text and what was masked; False where a piece of mathematics is cut off."""
    place = 0
    for start, end in _runs(text):
        run = text[start:end]
        relation = LEADING_RELATION.match(run)
        if not LETTER_OR_FIGURE.search(run):
            continue
        if OPENS.search(run) and not re.search(r"\|[^|]*\|$", run):
            return False
        pieces.append(text[place:start])
        if relation:
            pieces.append("= ")
            run = run[relation.end() :]
        if run:
            _add(run.replace(SCALED, " "), pieces, found)
        place = end
    pieces.append(text[place:])
    return True


def _runs(text: str) -> list[tuple[int, int]]:
    """Where mathematics stands: neighbouring pieces that an operator, a relation or a bracket joins are one."""
    runs: list[tuple[int, int]] = []
    words = list(WORD.finditer(text))
    units = [match.span("unit") for match in UNIT_BEHIND.finditer(text) if composition(match["unit"])]
    for index, match in enumerate(words):
        following = words[index + 1][0] if index + 1 < len(words) else ""
        found = _piece(match, following)
        if found is None and runs and QUOTIENT.fullmatch(match[0]) and OPENS.search(text[slice(*runs[-1])]):
            found = match.span()  # "a = F/m = 4"
        if found is None or any(first <= match.start() < last for first, last in units):
            continue
        start, end = found
        bare = text[start:end]
        beside = runs and not text[runs[-1][1] : start].strip(" ,") and _open(text[slice(*runs[-1])])
        near = runs and text[runs[-1][1] : start].isspace()
        if beside or (near and bare != "min" and _joined(text[slice(*runs[-1])], bare)):
            runs[-1] = (runs[-1][0], end)
        elif near and bare in UNITS and PLAIN_NUMBER.search(text[slice(*runs[-1])]):
            continue
        elif (
            not (bare in ("a", "A", "I") or (LETTERS.fullmatch(bare) and not following.startswith("=")))
            or (FUNCTION.fullmatch(bare) and bare == match[0] and following[:1].isdigit())
            or (bare in ("a", "A") and CLOSES.match(following) and following not in ("-",))
        ):
            runs.append((start, end))
    return [_balanced(text, *run) for run in runs]


QUOTIENT = re.compile(r"[A-Za-z]/[A-Za-z]")
UNIT_BEHIND = re.compile(rf"(?<=[\d}}]){PRODUCT_BEHIND.pattern}")
NO_MATHEMATICS = re.compile(r"[.,:;!'\u2019*_-]+|\d+\.|\u2013")


DOTS = re.compile(r"\d\.\.\.$")


def _piece(match: re.Match[str], following: str) -> tuple[int, int] | None:
    """Where the mathematics of a word stands; None where it is a word of prose."""
    word, start = match[0], match.start()
    if word[0] in "\"\u201c'":
        return None
    bare = word
    while bare and bare[-1] in PUNCTUATION and not DOTS.search(bare):
        if bare[-1] == "!" and re.search(r"[\d)]!$", bare) and following[:1].islower():
            break
        if bare[-1] in ",;" and _open(bare):
            break
        bare = bare[:-1]
    plain = bare.split(SCALED)[0]
    if not plain or plain.casefold() in NO_SYMBOLS or HYPHENED.search(plain) or not MATHEMATICAL.fullmatch(plain):
        return None
    pairs = [pair for pair in LETTERS.findall(plain) if pair.casefold() not in FUNCTIONS]
    if any(pair.casefold() in SHORT_WORDS for pair in pairs) and "\\" not in plain:
        return None
    if pairs and not re.search(r"[\d=+*/^()]|\\", plain) and not following.startswith(("=", "+", "-")):
        return None
    if NO_MATHEMATICS.fullmatch(plain) and plain not in ("-", "*"):
        return None
    return start, start + len(bare)


def _open(text: str) -> bool:
    return sum(map(text.count, "([{\u27e8")) > sum(map(text.count, ")]}\u27e9"))


WHOLE_AT_END = re.compile(r"(?:^|=\s*)-?\d+$")


FRACTION = re.compile(r"\d+/\d+")
# "½ ln 7", "4 e^(-x)", "-2 sin²x", "sin x cos x"
FACTOR = re.compile(
    rf"[\d\u00bc-\u00be\u03c0)]$|(?<![A-Za-z])(?:{any_of(FUNCTIONS)})[\u00b2\u00b3]?(?:\s?[a-z\u03b8])?$"
)
# "y = A e^{2x}", "t = -\u03c4 ln 2", "v = V_0 cos \u03c9t"
CONSTANT_OF = re.compile(rf"(?:^|[=\s])[B-HJ-Z]$|[=+-]\s?[A-Za-z{GREEK}](?:_[\dA-Za-z]|[\u2080-\u2089])?$")
EXPONENTIAL = re.compile(r"e\^")
# "\u221a2 (cos(\u03c0/4) + i sin(\u03c0/4))"
POLAR = re.compile(r"\((?:cos|\\cos)\b")
FACTORS = re.compile(rf"(?:{any_of(FUNCTIONS)})(?![A-Za-z]{{2}})|[a-z](?:\^|[\u00b2\u00b3])|\u221a")


def _joined(left: str, right: str) -> bool:
    mixed = WHOLE_AT_END.search(left) and FRACTION.fullmatch(right)
    if (CONSTANT_OF.search(left) and (EXPONENTIAL.match(right) or FACTORS.match(right))) or (
        left[-1:].isdigit() and POLAR.match(right)
    ):
        return True
    return bool(mixed or OPENS.search(left) or CLOSES.match(right) or (FACTOR.search(left) and FACTORS.match(right)))


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """A run without a bracket at its beginning or end that belongs to the prose."""
    while end > start and _open(text[start:end]) and text[start] in "([{":
        start += 1
    while end > start and text[end - 1] in ")]}" and _open(text[start:end][::-1].translate(TURNED)):
        end -= 1
    return start, end


TURNED = str.maketrans("()[]{}", ")(][}{")
