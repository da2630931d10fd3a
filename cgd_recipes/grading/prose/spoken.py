"""Amounts that a sentence says in words, in figures: "a quarter of", "five past ten", "two and a half million", "half a liter"."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.months import MONTHS
from cgd_recipes.grading.notation.separated import HOURS, clock_in_words
from cgd_recipes.grading.notation.spelled import ORDINALS, PARTS, SMALL, TENS
from cgd_recipes.grading.notation.spelled import UNITS as NUMBERS
from cgd_recipes.grading.notation.words import UNITS, any_of
from cgd_recipes.grading.prose.compounds import HALF

COUNT = rf"(?:{any_of(SMALL.split(' '))}|\d+)"
# "a quarter of the cake", "one third of it"
PART = re.compile(rf"\b(?:a|one)[\s-](?P<part>{any_of(PARTS)})(?=\s+(?:of|is|was|remains?|left)\b)", re.IGNORECASE)
HALF_UNIT = re.compile(
    rf"\bhalf\s+an?\s+(?={any_of(name for name in UNITS if len(name) > 2 and name.isalpha())}\b)", re.IGNORECASE
)
WITH_PART = re.compile(
    rf"(?<!-)\b(?P<count>{COUNT})\s+and\s+(?P<part>a\s+half|a\s+quarter|three\s+quarters)\s+(?=(?:thousand|million|billion|trillion)\b)",
    re.IGNORECASE,
)
WITH_HALF = re.compile(
    rf"(?<!-)\b(?P<count>{COUNT})\s+and\s+(?P<part>a\s+half|a\s+quarter|three\s+quarters)(?=\s+[a-z]{{3,}})(?!\s+(?:past|to|of|as|more|less|and|or|is|was)\b)",
    re.IGNORECASE,
)
DECIMALS = {"a half": "5", "a quarter": "25", "three quarters": "75"}
AN_HOUR = re.compile(
    rf"\ban?\s+(?=(?:hour|minute|day|week|year|foot|pound|dollar|euro)\s+and\s+(?:{any_of(TENS)}[\s-]?)?{COUNT}?\s)",
    re.IGNORECASE,
)
HOUR = rf"(?:{any_of(HOURS)}|\d{{1,2}})"
# "at quarter to nine" is a time of day, "three to five people" are not.
CLOCK = re.compile(
    rf"\b(?P<said>(?:(?:half|(?:a\s+)?quarter|{COUNT}|twenty-five)(?:\s+minutes?)?\s+past|(?:(?<=at\s)|(?<=by\s)|(?<=until\s)|(?<=\bread\s)|(?<=reads\s)|(?<=shows\s)|(?<=show\s)|(?<=say\s)|(?<=says\s))(?:(?:a\s+)?quarter|{COUNT})(?:\s+minutes?)?\s+to)\s+{HOUR})\b(?!\s+(?:of|percent|[a-z]+s)\b)",
    re.IGNORECASE,
)
# "12 times pi", "ten pi", "half of pi", "two thirds of \u03c0"
NUMBER = rf"(?:\d+|{any_of([*SMALL.split(' '), *TENS])})"
SHARE = rf"(?P<above>one|two|three|four|five|\d+)[\s-](?P<below>{any_of([*PARTS, *(part + 's' for part in PARTS)])})|(?P<half>half)"
TIMES_PI = re.compile(rf"\b(?P<count>{NUMBER})\s+(?:times\s+)?pi\b(?!\s*[/*^])", re.IGNORECASE)
OF_PI = re.compile(rf"\b(?:{SHARE})\s+(?:of|times)\s+(?:pi\b|\u03c0)", re.IGNORECASE)
# "namely negative one"
NEGATIVE = re.compile(
    rf"\bnegative\s+(?P<count>(?:{any_of(TENS)}(?:[\s-]{any_of(SMALL.split(' '))})?|{any_of(SMALL.split(' '))})\b)"
    rf"(?![\s-]*(?:{any_of(PARTS)}|hundred|thousand|numbers?|[a-z]+s\b))",
    re.IGNORECASE,
)
# "six dollars and thirty-five cents"
WITH_CENTS = re.compile(
    rf"\$?\b(?P<whole>\d+|{any_of([*SMALL.split(' '), *TENS])})(?:\s+dollars?)\s+and\s+(?P<cents>\d\d?"
    rf"|(?:{any_of(TENS)}[\s-])?{any_of(SMALL.split(' '))}|{any_of(TENS)})\s+cents?\b",
    re.IGNORECASE,
)
# "half the square root of 3", "one half of ln 9", "\u221a2 over 2"
HALF_ROOT = re.compile(
    r"\b(?:(?:one|a)\s+)?half\s+(?:of\s+)?"
    r"(?=(?:the\s+square\s+root\s+of\s+\d+|\u221a\d+|(?:ln|log)\s?\(?\d+\)?|\\(?:sqrt|ln)\b)(?=\W|$))",
    re.IGNORECASE,
)
ROOT_OVER = re.compile(r"(?P<above>\u221a\d+)\s+over\s+(?P<below>\d+)\b")
# "ten to the minus fourth"
TO_POWER = re.compile(
    rf"\b(?:10|ten)\s+to\s+the\s+(?:power\s+(?:of\s+)?)?(?P<sign>minus\s+|negative\s+|-)?"
    rf"(?P<power>{any_of(ORDINALS)}|{any_of(SMALL.split(' '))}|\d+)(?:th|st|nd|rd)?\b(?:\s+power)?(?!\s+(?:number|term|row|page))",
    re.IGNORECASE,
)
NUMBER_OF = {part: number for part, number in PARTS.items() if part.endswith("th")} | ORDINALS
NTHS = any_of(NUMBER_OF)
IN_FIGURES = r"\d+(?:th|st|nd|rd)"
# "three to the twentieth power", "2 to the 18th, which is": not "from 3 to the tenth day"
ANY_POWER = re.compile(
    rf"(?<!from\s)\b(?P<base>{NUMBER})\s+to\s+the\s+(?P<power>{NTHS}|{IN_FIGURES})"
    r"(?:\s+power\b|(?=[.,;:!]|\s+(?:is|are|was|which|or|and|equals|wins)\b|$))",
    re.IGNORECASE,
)
TIMES_TEN = re.compile(r"(?P<factor>\d[\d.]*)\s+times\s+(?=10\^)")
# "one and seven eighths"
MIXED = re.compile(
    rf"\b(?P<count>one|two|three|four|five|six|seven|eight|nine|ten|\d+)\s+and\s+(?P<above>an?|one|two|three|four|five|six|seven|eight|nine)[\s-]"
    rf"(?P<below>{any_of(PARTS)})s?(?=\W*$|[,;]\s)",
    re.IGNORECASE,
)
# "3 times a squared", "e squared"
RAISED = re.compile(
    r"(?:\b(?P<count>\d+|two|three|four|five|six|seven|eight|nine|ten)\s+times\s+)?(?<![A-Za-z\\$])(?P<name>[a-z])\s+(?P<power>squared|cubed)\b"
)
# "3 over 11", but not "3 over 11 days"
OVER = re.compile(
    rf"\b(?P<above>{NUMBER})\s+over\s+(?P<below>{NUMBER})(?=[,.;:!]|\s+(?:and|or|in|which|as|is)\b|$)", re.IGNORECASE
)
PAST_NOON = re.compile(
    rf"\b(?P<minutes>{NUMBER})\s+(?:minutes\s+)?(?:past|after)\s+(?P<noon>noon|midnight)\b", re.IGNORECASE
)
# "a one-in-three chance"
IN_OF = re.compile(rf"\b(?P<above>{NUMBER})-in-(?P<below>{NUMBER})\b", re.IGNORECASE)
# One of these is in every such amount.
PARTED = re.compile(rf"\b(?:{any_of(PARTS)}s?|an?\s+[a-z]+\s+and)\b", re.IGNORECASE)
PLUS_C = re.compile(r"\s+plus\s+(?:an?\s+)?(?:arbitrary\s+)?constant(?:\s+of\s+integration)?(?:\s+C)?(?=\W*$)")
NATURAL = re.compile(r"\bthe\s+natural\s+log(?:arithm)?\s+of\s+(?=\d|[a-z]\b)", re.IGNORECASE)
# "pi over four", "1 over the square root of 2", "one plus ln x"
PI_OVER = re.compile(rf"(?:\bpi|\u03c0)\s+over\s+(?P<below>{NUMBER})\b", re.IGNORECASE)
OVER_ROOT = re.compile(
    rf"\b(?P<above>{NUMBER})\s+over\s+(?:the\s+)?(?:square\s+)?root\s+of\s+(?P<below>\d+)\b", re.IGNORECASE
)
PLUS = re.compile(rf"\b(?P<count>{NUMBER})\s+(?P<sign>plus|minus)\s+(?=ln\s|\u221a|\u03c0)", re.IGNORECASE)
EITHER_SIGN = re.compile(rf"\bplus\s+or\s+minus\s+(?P<count>{NUMBER})\b", re.IGNORECASE)
DIVIDED = re.compile(r"(?<=[A-Za-z\d)])\s+divided\s+by\s+(?=\([^()]*[a-z][^()]*\))")
SINE = re.compile(r"\b(?P<co>co)?sine\s+(?=[a-z]\b)")
TWO_SINE = re.compile(r"\btwo\s+(?=(?:co)?sine\s+[a-z]\b)")
NEGATIVE_NAME = re.compile(r"\bnegative\s+(?=[ix]\b)")
# "one thousandth, or 0.001"
TINY = {
    "tenth": 10,
    "hundredth": 100,
    "thousandth": 1000,
    "ten-thousandth": 10_000,
    "hundred-thousandth": 100_000,
    "millionth": 1_000_000,
}
ONE_PART = re.compile(rf"\b(?:a|one)\s+(?P<part>{any_of(TINY)})\b(?=[.,])")
# "six ten-dollar bills", "2 and 2/3 cups", "ten fifty in the morning"
ADJECTIVE = re.compile(
    rf"\b(?P<before>{NUMBER})\s+(?P<count>{NUMBER})-(?=(?!sided|digit|letter|part|figure)[a-z]{{4,}}\s)", re.IGNORECASE
)
AND_FRACTION = re.compile(
    r"(?<![\d./])(?<!between\s)(?P<whole>\d+)\s+and\s+(?P<part>\d/\d\d?)(?=\s+(?!is|are|or|and|of)[a-z]{3,})"
)
HALVES = (" in the ", " at night", " am", " pm", " a.m", " p.m")
READ_CLOCK = re.compile(
    rf"\b(?P<hour>{any_of(HOURS)})\s+(?P<tens>oh|ten|fifteen|{any_of(TENS)})(?:[\s-](?P<ones>{any_of(SMALL.split(' ')[1:10])}))?"
    rf"(?=\s+{HALF})",
    re.IGNORECASE,
)
# "the thirteenth day", where it is asked on which day; "the tenth of January"
NTH = rf"(?P<nth>(?:{any_of(TENS)}[\s-])?{NTHS}|{IN_FIGURES})"
NTH_OF = re.compile(
    rf"\b(?P<lead>on|during|in|is|at)\s+(?:the|her|his|its|their)\s+{NTH}\s+(?P<noun>[a-z]+)\b", re.IGNORECASE
)
# "on the 12th.", where it is asked on which floor; ", not on the tenth as people say"
AT_NTH = re.compile(rf"\bon\s+the\s+{NTH}(?=\W*$)", re.IGNORECASE)
NOT_NTH = re.compile(
    rf"(?:,|\s+and)\s+not\s+(?:on\s+|in\s+)?the\s+{NTH}(?:\s+[a-z]+)?(?:,?\s+as\s[^,;?]*)?(?=\W*$)", re.IGNORECASE
)
WHICH = re.compile(
    r"\b(?:which|what)\s+(?P<noun>day|week|month|year|hour|minute|floor|row|term|position|round|attempt|turn)\b",
    re.IGNORECASE,
)
NTH_OF_MONTH = re.compile(rf"\bthe\s+{NTH}\s+of\s+(?={'|'.join(MONTHS)})", re.IGNORECASE)
# "500 000 m\u00b2"
GROUPED = re.compile(r"(?<![\d.,]\s)(?<![\d.,])\d{1,3}(?:\s\d{3})*\s000(?:\s\d{3})*(?![\d.,]*\d)")
A_DOLLAR = re.compile(
    rf"\ba\s+dollar\s+(?P<cents>\d\d|(?:{any_of(TENS)}[\s-])?{any_of(SMALL.split(' '))}|{any_of(TENS)})(?=\W*$)",
    re.IGNORECASE,
)
THE_HUNDRED = re.compile(r"\bthe\s+hundred(?=\s+[a-z]+s\b)", re.IGNORECASE)
MATHEMATICAL = re.compile(r"\bpi\b|\u03c0|\b(?:squared|cubed|over|negative|half|ten|10|cents?)\b", re.IGNORECASE)


@lru_cache(maxsize=16)
def in_figures(sentence: str) -> str:
    """A sentence with such amounts in figures."""
    if "noon" in sentence or "midnight" in sentence:
        sentence = PAST_NOON.sub(
            lambda match: (
                f"12:{int(_digits(match['minutes'])):02} {'p.m.' if match['noon'].casefold() == 'noon' else 'a.m.'}"
            ),
            sentence,
        )
    sentence = (
        PLUS_C.sub(" + C", NATURAL.sub("ln ", sentence)) if "plus" in sentence or "natural" in sentence else sentence
    )
    if "a dollar" in sentence:
        sentence = A_DOLLAR.sub(lambda match: f"$1.{_sum(match['cents']):02}", sentence)
    if "-in-" in sentence:
        sentence = IN_OF.sub(lambda match: f"{_digits(match['above'])}/{_digits(match['below'])}", sentence)
    sentence = THE_HUNDRED.sub("the 100", sentence)
    if " of " in sentence:
        sentence = NTH_OF_MONTH.sub(lambda match: f"the {_nth(match['nth'])}th of ", sentence)
    if " 000" in sentence:
        sentence = GROUPED.sub(lambda match: re.sub(r"\s", ",", match[0]), sentence)
    if "-" in sentence:
        sentence = ADJECTIVE.sub(lambda match: f"{match['before']} {_digits(match['count'])}-", sentence)
    if "/" in sentence and " and " in sentence:
        sentence = AND_FRACTION.sub(r"\g<whole> \g<part>", sentence)
    if any(half in sentence for half in HALVES):
        sentence = READ_CLOCK.sub(_read_clock, sentence)
    if "th" in sentence or "negative " in sentence or "divided by (" in sentence:
        sentence = NEGATIVE_NAME.sub("-", DIVIDED.sub("/", sentence))
        sentence = ONE_PART.sub(lambda match: f"1/{TINY[match['part']]}", sentence)
    if "sine " in sentence:
        sentence = SINE.sub(lambda match: f"{'cos' if match['co'] else 'sin'} ", TWO_SINE.sub("2 ", sentence))
    if " to the " in sentence:
        sentence = ANY_POWER.sub(lambda match: f"{_digits(match['base'])}^{_power(match['power'])}", sentence)
    if MATHEMATICAL.search(sentence):
        sentence = _mathematics(sentence)
    if "plus" in sentence or "minus" in sentence:
        sentence = EITHER_SIGN.sub(lambda match: f"\u00b1{_digits(match['count'])}", sentence)
        sentence = PLUS.sub(
            lambda match: f"{_digits(match['count'])} {'+' if match['sign'] == 'plus' else '-'} ", sentence
        )
    if PARTED.search(sentence):
        sentence = PART.sub(lambda match: f"1/{PARTS[match['part'].casefold()]}", sentence)
        sentence = HALF_UNIT.sub("0.5 ", AN_HOUR.sub("1 ", sentence))
        sentence = WITH_HALF.sub(_decimal, WITH_PART.sub(_decimal, sentence))
        sentence = MIXED.sub(_mixed, sentence)
    return CLOCK.sub(_clock, sentence) if " past " in sentence or " to " in sentence else sentence


def numbered(sentence: str, asking: str) -> str:
    """A sentence with "day 13" for "the thirteenth day" where it is asked for the day."""
    which = WHICH.search(asking)
    if which is None:
        return sentence
    noun = which["noun"].casefold()
    sentence = AT_NTH.sub(lambda match: f"on {noun} {_nth(match['nth'])}", NOT_NTH.sub("", sentence))
    return NTH_OF.sub(
        lambda match: f"{match['lead']} {noun} {_nth(match['nth'])}" if match["noun"].casefold() == noun else match[0],
        sentence,
    )


def _nth(said: str) -> int:
    """The number of an ordinal: "third", "twenty-first", "17th"."""
    if said[0].isdigit():
        return int(said[:-2])
    *tens, last = re.split(r"[\s-]", said.casefold())
    return sum(TENS[each] for each in tens) + NUMBER_OF[last]


def _mathematics(sentence: str) -> str:
    """A sentence with what it says of pi, of powers, and of fractions in symbols."""
    sentence = OF_PI.sub(_share_of_pi, sentence)
    sentence = PI_OVER.sub(lambda match: f"\u03c0/{_digits(match['below'])}", sentence)
    sentence = OVER_ROOT.sub(lambda match: f"{_digits(match['above'])}/\u221a{match['below']}", sentence)
    sentence = TIMES_PI.sub(lambda match: f"{_digits(match['count'])}\u03c0", sentence)
    sentence = NEGATIVE.sub(lambda match: f"-{_sum(match['count'])}", sentence)
    sentence = RAISED.sub(
        lambda match: f"{_digits(match['count'] or '')}{match['name']}^{'2' if match['power'] == 'squared' else '3'}",
        sentence,
    )
    sentence = WITH_CENTS.sub(_money, sentence)
    if "half" in sentence:
        sentence = HALF_ROOT.sub("1/2 ", sentence)
        sentence = re.sub(r"(?<=1/2 )the\s+square\s+root\s+of\s+(?=\d)", "\u221a", sentence)
    sentence = TO_POWER.sub(lambda match: f"10^{'-' if match['sign'] else ''}{_power(match['power'])}", sentence)
    sentence = ROOT_OVER.sub(r"\g<above>/\g<below>", TIMES_TEN.sub("\\g<factor> \u00d7 ", sentence))
    return OVER.sub(lambda match: f"{_digits(match['above'])}/{_digits(match['below'])}", sentence)


def _digits(count: str) -> str:
    small = count.casefold()
    return str(NUMBERS.get(small, TENS.get(small, count)))


def _mixed(match: re.Match[str]) -> str:
    above = 1 if match["above"].casefold() in ("a", "an") else int(_digits(match["above"]))
    below = PARTS[match["below"].casefold()]
    return f"{int(_digits(match['count'])) * below + above}/{below}"


def _money(match: re.Match[str]) -> str:
    return f"${_digits(match['whole'])}.{_sum(match['cents']):02}"


def _sum(words: str) -> int:
    """The number that one word is, or two: "forty-five"."""
    return sum(int(_digits(word)) for word in re.split(r"[ -]+", words))


def _power(said: str) -> str:
    small = said.casefold()
    return str(NUMBER_OF.get(small, _digits(re.sub(r"(?<=\d)[a-z]+$", "", small))))


def _read_clock(match: re.Match[str]) -> str:
    tens = {"oh": 0, "ten": 10, "fifteen": 15}.get(match["tens"].casefold(), TENS.get(match["tens"].casefold(), 0))
    ones = NUMBERS[match["ones"].casefold()] if match["ones"] else 0
    return f"{HOURS.index(match['hour'].casefold()) or 12}:{tens + ones:02}"


def _share_of_pi(match: re.Match[str]) -> str:
    if match["half"]:
        return "\u03c0/2"
    below = match["below"].casefold()
    above = _digits(match["above"])
    return f"{'' if above == '1' else above}\u03c0/{PARTS.get(below) or PARTS[below.removesuffix('s')]}"


def _decimal(match: re.Match[str]) -> str:
    count = match["count"].casefold()
    return f"{NUMBERS.get(count, count)}.{DECIMALS[' '.join(match['part'].casefold().split())]} "


def _clock(match: re.Match[str]) -> str:
    found = clock_in_words(re.sub(r"\s+", " ", match["said"].casefold()))
    return f"{found.parts[0]}:{int(found.parts[1]):02}" if found else match[0]
