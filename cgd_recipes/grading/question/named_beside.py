r"""Values beside what the question calls them: "29 (the median)", "the first 8 terms", "3 times as heavy as the Moon", `1\ CO_2`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import AND, clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.unit import SCALES, composition
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.question.asked_name import targets
from cgd_recipes.grading.question.asked_phrase import names_what_is_asked
from cgd_recipes.grading.question.asked_unit import COUNTED, MAX_QUESTION, TIMES, asking
from cgd_recipes.grading.values.measure import POWERS

# "29 (the median)", "29, the median number of votes"
ROLE = re.compile(
    r"(?P<main>[^(),;]*\d[^(),;]*?)\s*(?:\(\s*(?:the\s+)?(?P<role>[a-z][a-z\s]*)\)|,\s+the\s+(?P<behind>[a-z][a-z\s]*))"
)
# "the first 8 terms", where n is asked for of "the first n terms"; "a 12-gon"
ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
ORDINAL = re.compile(r"\b(?P<number>\d{1,9})(?:st|nd|rd|th)\b")
FIGURE = re.compile(r"(?<![\w.,^])\d{1,9}(?![\w.,^])")
MADE = re.compile(r"\b(?:sum|product|number|mean|average|square|half|twice|ratio|difference)\b", re.IGNORECASE)
MAX_WORDS = 6
# "two y-intercepts"
LETTERED = re.compile(
    r"(?P<value>\d{1,9}|[a-z]{3,9})\s+\$?(?P<letter>[a-z])\$?[\s-]+(?P<thing>[a-z]{4,})", re.IGNORECASE
)
# "14 (for every u)"
FOR_EVERY = re.compile(
    r"(?P<main>[^()]*\d[^()]*?),?\s*\(?for\s+(?:every|each|any|all)\s+(?:valid\s+|real\s+|possible\s+|allowed\s+)?"
    r"(?:(?:values?|choices?)\s+of\s+)?\$?(?P<name>[A-Za-z]|\\[a-z]+)\$?\)?"
)
# "103 leaves (206 pages)"
TWO_COUNTS = re.compile(
    r"(?P<main>\d[\d,]*\s+(?P<thing>[a-z]{3,}))\s+\((?:that\s+is\s+|i\.e\.,?\s+|=\s*)?\d[\d,]*\s+(?P<other>[a-z]{3,})\)"
)
# "90 dollars (3 dollars per pupil)"
WITH_RATE = re.compile(
    r"(?P<main>\d[\d,]*\s+(?P<thing>[a-z]{3,}))\s+\(\d[\d,.]*\s+(?:[a-z]+\s+)?(?:(?:per|for\s+each|for\s+every)\s+[a-z]+|each|apiece)\s*\)"
)
MONEY = frozenset(["dollars", "euros", "pounds"])
MONEY_ASKED = re.compile(
    r"\b(?:cost|costs|price|pays?|spends?|earns?|money|bill|profit|revenue|income)\b", re.IGNORECASE
)
EACH = re.compile(r"\b(?:each|every|per|apiece|average|equally|evenly|one|an?)\b", re.IGNORECASE)
# "12 zips = 70 zops"
EQUAL_AMOUNTS = re.compile(
    r"(?P<one>\d[\d.,/]*)\s+(?P<of_one>[a-z]{2,})\s*=\s*(?P<two>\d[\d.,/]*)\s+(?P<of_two>[a-z]{2,})"
)
# What stands behind the condition of "How many zips equal 70 zops if 6 zips equal 35 zops" is not what is asked for.
OWN_CLAUSE = r"(?:(?!\b(?:if|when|whenever|given|where|since|as|because|assuming|suppose|while|and|but)\b)[^,;:?(])*"
# "the coefficient of $\\mathrm{CO}_2$"
COEFFICIENT = re.compile(r"\bcoefficient\s+(?:of|for|before|in\s+front\s+of)\s+(?:the\s+)?\$(?P<of>[^$]*[A-Z][^$]*)\$")
OF_FORMULA = re.compile(r"(?P<value>\d+(?:[./]\d+)?)\s+(?P<of>[A-Z][A-Za-z\d_{}()\s]*)")
CHEMISTRY = re.compile(r"\b(?:reaction|balanced?|balancing|combustion|chemical)\b", re.IGNORECASE)
LAYOUT = re.compile(r"\\(?:mathrm|text|rm|ce)(?![a-z])|[\s{}_$~]")
# "half an hour", "an hour and a half"
IN_WORDS = re.compile(
    r"(?P<lead>half|(?:a|one)\s+quarter\s+of|three[\s-]quarters\s+of)\s+(?:of\s+)?an?\s+(?P<unit>[a-z]+)|an?\s+half[\s-](?P<half>[a-z]+)"
    r"|(?:an?|one)\s+(?P<more>[a-z]+)\s+and\s+a\s+half|(?:one|a)\s+and\s+a\s+half\s+(?P<and>[a-z]+)|an?\s+(?P<one>[a-z]+)"
)
LONG_TIMES = TIMES | {"decade", "century"}
TIME_ASKED = re.compile(
    r"\b(?:how\s+long|how\s+(?:soon|old)|times?|duration|how\s+much\s+(?:longer|later|earlier))\b", re.IGNORECASE
)
TIME_ONLY = re.compile(r"\bhow\s+long\s+(?!is|was|are|were|must|should)|\bhow\s+(?:soon|old)\b|\btime\b", re.IGNORECASE)
# "22 millimagnitudes", where a decrease in magnitude is asked for
PREFIXED = re.compile(rf"(?:about\s+)?(?P<value>\d[\d.]*)\s+(?P<prefix>{'|'.join(POWERS)})-?(?P<thing>[a-z]{{4,}}?)s?")
BY = re.compile(
    r"the\s+(?P<who>[a-z]+)\s+(?:(?P<fall>decreases|drops|falls|dims|fades|shrinks)|increases|rises|grows)\s+by\s+(?:about\s+)?"
)
FALL = re.compile(r"\b(?:decreas|drop|fall|loss|reduction|dimming)", re.IGNORECASE)
# "the black hole is 3 million times as massive as the Sun"
TIMES_AS = re.compile(
    rf"(?:(?:the\s+)?(?P<one>[A-Za-z]+(?:\s[A-Za-z]+)?)\s+(?:is|was)\s+)?(?:about\s+|approximately\s+|roughly\s+)?(?P<value>\d[\d.,]*(?:\s(?:{'|'.join(SCALES)}))?)"
    r"\s+times\s+(?:as\s+(?P<how>[a-z]+)\s+as\s+|(?:the\s+(?P<what>[a-z]+)|that)\s+of\s+)(?:(?:the|our|this|that)\s+)?(?P<other>[A-Za-z]+)"
)
RATIO = re.compile(
    r"\bratio\b|\bhow\s+many\s+times\b|\brelative\s+to\b|\bin\s+units\s+of\b|\bmultiple\s+of\b|\bcompared\s+(?:to|with)\b",
    re.IGNORECASE,
)
QUANTITIES = {
    "massive": "mass", "heavy": "weight|mass", "bright": "bright|lumino", "luminous": "lumino", "long": "length", "far": "distance",
    "fast": "speed|velocit", "hot": "temperature", "old": "\\bage", "tall": "height", "wide": "width", "strong": "strength|force",
}  # fmt: skip


def _role(plain: str, _gold: str, question: str) -> str:
    """A value without the words for it that the question asks for."""
    match = ROLE.fullmatch(plain)
    return match["main"] if match and names_what_is_asked(match["role"] or match["behind"], question) else ""


def _in_place_of_name(plain: str, _gold: str, question: str) -> str:
    """The number in a phrase of the question, where that has a name for it that is asked for."""
    names = [name for name in targets(question) if len(name) == 1 and name.isalpha()]
    if len(names) != 1 or len(plain.split()) > MAX_WORDS or MADE.search(plain):
        return ""
    whole = f" {question[-MAX_QUESTION:].replace('$', '').casefold()} "
    masked = lexed(f"{plain}.")
    read = (
        [(f"{masked.text.replace(M, names[0])}".rstrip("."), masked.values[0])]
        if masked and masked.text.count(M) == 1
        else []
    )
    for pattern, name in ((FIGURE, names[0]), (ORDINAL, f"{names[0]}th")):
        found = [*pattern.finditer(plain)]
        if len(found) == 1:
            number = found[0]["number"] if pattern is ORDINAL else found[0][0]
            read.append((pattern.sub(name, plain), number))
    for phrase, value in read:
        words = ARTICLE.sub("", phrase.casefold()).strip()
        if re.search("[a-z]{3}", words) and re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", whole):
            return value
    return ""


def _lettered(plain: str, gold: str, question: str) -> str:
    """How many things there are, "two y-intercepts", where the question asks for the number of `$y$-intercepts`."""
    match = LETTERED.fullmatch(plain)
    if match is None or not gold.strip("$ ").isdigit():
        return ""
    thing = (
        rf"\b(?:how\s+many|number\s+of)\s+(?:[a-z]+\s+)?\$?{match['letter']}\$?[\s-]+{match['thing'].removesuffix('s')}"
    )
    return match["value"] if re.search(thing, asking(question), re.IGNORECASE) else ""


def _for_every(plain: str, gold: str, question: str) -> str:
    """A number without "for every u", where u is a name of the question that is not asked for."""
    match = FOR_EVERY.fullmatch(plain)
    if match is None or as_number(clean(gold)) is None:
        return ""
    name = re.compile(rf"(?<![A-Za-z\\]){re.escape(match['name'])}(?![A-Za-z])")
    asked = match["name"] in targets(question)
    return match["main"] if name.search(question) and not asked and not name.search(match["main"]) else ""


def _two_counts(plain: str, gold: str, question: str) -> str:
    """The number of the things that are asked for, before that of others that the question counts too."""
    match, asked = TWO_COUNTS.fullmatch(plain), asking(question)
    if match is None or not gold.strip("$ ").isdigit() or not COUNTED.search(asked):
        return ""
    counted = [*re.finditer(r"\b(?:how\s+many|number\s+of)\s+(?P<things>[a-z]+(?:\s+[a-z]+)?)", asked, re.IGNORECASE)]
    wanted = bool(counted) and match["thing"] in counted[-1]["things"].split()
    other = rf"\b{match['other'].removesuffix('s')}"
    if not wanted or EACH.search(match["other"]) or re.search(other, counted[-1]["things"], re.IGNORECASE):
        return ""
    known = re.search(other, question, re.IGNORECASE) and not re.search(other, asked, re.IGNORECASE)
    counts = re.search(
        rf"\bnumber\s+of\s+(?:[a-z]+\s+)?{other}", asked, re.IGNORECASE
    )  # "if the number of pages is odd"
    return match["main"] if known or counts else ""


def _with_rate(plain: str, gold: str, question: str) -> str:
    """The number of all things before how many that is for each, where it is not asked for each."""
    match, asked = WITH_RATE.fullmatch(plain), asking(question)
    if match is None or not gold.strip("$ ").isdigit() or EACH.search(asked):
        return ""
    counted = re.search(rf"\b(?:how\s+many|number\s+of|in)\s+(?:[a-z]+\s+)?{match['thing']}\b", asked, re.IGNORECASE)
    # of cents only where they are asked for: the gold answer is in the unit of the question
    return match["main"] if counted or (match["thing"] in MONEY and MONEY_ASKED.search(asked)) else ""


def _equal_amounts(plain: str, gold: str, question: str) -> str:
    """How many things equal others, which the question gives with their number: "12 zips = 70 zops"."""
    match = EQUAL_AMOUNTS.fullmatch(plain)
    if match is None or as_number(clean(gold)) is None:
        return ""
    asked = asking(question).replace("$", "")
    for own, other in (("one", "two"), ("two", "one")):
        value, thing = match[own], match[f"of_{own}"]
        given = rf"(?<![\d.,/])\s*{re.escape(match[other])}\s+{match[f'of_{other}']}\b"
        clause = re.search(rf"\bhow\s+many\s+{thing}\b{OWN_CLAUSE}", asked, re.IGNORECASE)
        if clause and re.search(given, clause[0]):
            return value
    return ""


def _coefficient(plain: str, _gold: str, question: str) -> str:
    """A number before the formula whose coefficient is asked for."""
    match, asked = OF_FORMULA.fullmatch(plain), COEFFICIENT.search(asking(question))
    same = match and asked and LAYOUT.sub("", match["of"]) == LAYOUT.sub("", asked["of"]) and CHEMISTRY.search(question)
    return match["value"] if match and same else ""


def _in_words(plain: str, gold: str, question: str) -> str:
    """Half an hour and the like, in figures."""
    match = IN_WORDS.fullmatch(plain.casefold().replace(AND, "and")) if as_number(clean(gold)) else None
    if match is None:
        return ""
    unit = next(filter(None, (match["unit"], match["half"], match["more"], match["and"], match["one"])))
    lead = match["lead"] or ("half" if match["half"] else "")
    value = {"h": "0.5", "t": "0.75", "": "1" if match["one"] else "1.5"}.get(lead[:1], "0.25")
    # A unit that the question does not name must be one of time, where a time is asked for.
    known = TIME_ASKED.search(asking(question)) if unit.removesuffix("s") in LONG_TIMES else None
    if known is None and not TIME_ONLY.search(asking(question)):
        known = re.search(rf"\b{unit.removesuffix('s')}", question[-MAX_QUESTION:], re.IGNORECASE)
    return rf"{value} \text{{ {unit}}}" if len(unit) > 2 and composition(unit) and known else ""


def _prefixed(plain: str, gold: str, question: str) -> str:
    """A number of thousandths of what is asked for, which is no unit that is known."""
    asked, by = asking(question), BY.match(plain.casefold())
    if by and (bool(by["fall"]) != bool(FALL.search(asked)) or by["who"] not in question.casefold()):
        return ""
    match = PREFIXED.fullmatch(plain[by.end() :] if by else plain)
    if match is None or composition(match["prefix"] + match["thing"]) or as_number(clean(gold)) is None:
        return ""
    named = re.search(rf"\b{match['thing']}s?\b", asked, re.IGNORECASE)
    return rf"{match['value']} \times 10^{{{POWERS[match['prefix']]}}}" if named else ""


def _times_as(plain: str, gold: str, question: str) -> str:
    """How many times as large one thing is as the other, where their ratio is asked for in that order."""
    match, asked = TIMES_AS.fullmatch(plain), asking(question)
    ratio = RATIO.search(asked) if match else None
    if match is None or ratio is None or as_number(clean(gold)) is None:
        return ""
    quantity = match["how"] or match["what"] or "times"
    if not re.search(QUANTITIES.get(quantity, rf"\b{quantity}"), asked, re.IGNORECASE):
        return ""
    order = [asked.casefold().rfind(word.casefold().split()[-1]) for word in (match["one"] or ratio[0], match["other"])]
    return match["value"] if -1 < order[0] < order[1] else ""


READINGS = (
    _role, _in_place_of_name, _lettered, _for_every, _two_counts, _with_rate, _equal_amounts, _coefficient, _in_words, _prefixed, _times_as,
)  # fmt: skip
