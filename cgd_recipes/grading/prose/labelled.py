"""What a text behind a label such as "Answer:" states: a value without remarks, or the value of a sentence."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.spelled import integers_from, twice
from cgd_recipes.grading.notation.unit import unit_name
from cgd_recipes.grading.notation.words import UNITS, listed
from cgd_recipes.grading.prose.behind import unit
from cgd_recipes.grading.prose.clauses import clause_of
from cgd_recipes.grading.prose.complements import ANSWERED, said_in_words
from cgd_recipes.grading.prose.doubts import HEDGE, OTHERS, PARTIAL
from cgd_recipes.grading.prose.joining import restated
from cgd_recipes.grading.prose.languages import language_of
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.lines import numeric
from cgd_recipes.grading.prose.masked import M, Masked
from cgd_recipes.grading.prose.roles import stated_value
from cgd_recipes.grading.prose.tails import IN_PARENTHESES, without_tails
from cgd_recipes.grading.prose.trimmed import without_pictures
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.values.parts import same_amount

MAX_SAID = 500
PLAIN = re.compile(r"\s*-?\d[\d.,]*\s*")
WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}")
TEX = re.compile(r"\\(?:text|begin|mathrm|boxed|mathbf)")
# "exactly 12", "x = 12 is the only solution"
BARE = re.compile(
    rf"(?:(?:exactly|precisely|just|only|simply|all|all\s+real|the\s+number|a\s+total\s+of|there\s+(?:is|are)|=)\s+)*{M}(?P<unit>(?:\s[A-Za-z/\u00b2\u00b3]+){{0,2}}?)"
    r"(?:\s+is\s+(?:the|our)\s+(?:only|unique|final|correct|required|desired)\b[a-z\s]*|\s+(?:only|in\s+total|altogether|in\s+all)"
    r"|\s+(?:works?|is\s+possible|fits?|remains?|survives?|qualif(?:y|ies)|satisf(?:y|ies)\s+(?:it|this|all|both|everything)[a-z\s]*))?",
    re.IGNORECASE,
)
# "the exponent, 6", "the point (4, -7)", "remainder 2", "the sum of the digits, which is 6"
CALLED = re.compile(
    rf"(?:(?:the|a|an|our)\s+)?[a-z]+(?:[\s-][a-z]+){{0,5}}?(?:,?|,\s+(?:which|that)\s+(?:is|equals))\s+{M}(?P<unit>(?:\s[a-z]+)?)",
    re.IGNORECASE,
)
# "A) a square of side 4": the letter is as good an answer as what stands behind it.
OPTION = re.compile(r"\(?[A-J][).:]\s+\S")
# "5 (or 6 if n is odd)"
OTHERWISE = re.compile(r"\((?=[^()]*\b(?:or|otherwise|else|if|unless)\b)[^()]*\d[^()]*\)")
UNSURE = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|might|could|about|or\s+(?:so|more|less|fewer|greater|higher)|incorrect|to\s+be\s+(?:checked|verified|confirmed)|must\s+(?:still|now|then)\s+be|unsure|sure|either|plausible|guess|depending|depends)\b",
    re.IGNORECASE,
)
LEADS = re.compile(
    rf"\b(?:{listed('prepositions')}|{listed('comparing')}|half|twice|double|is|are|was|were|equals)\s*$", re.IGNORECASE
)
# "Alice (70 s)", "Alice, who ran it in 70 s"
NAME = re.compile(
    r"(?P<said>[A-Z][A-Za-z-]*(?:\s[A-Z][A-Za-z-]*){0,3})(?:,\s+(?:who|which|with|because|since|as|by|at|in)\b.*|\s+(?:with|at|in)\s+\S*\d.*|,\s+(?:\S+\s+)?(?:days?|weeks?|months?|years?|hours?|minutes?)\s+(?:after|before|from)\b[^,]*|\s+\([^()]*\))"
)


POINTED = re.compile(r"^(?:it|that)(?:['\u2019]s|\s+is)\s+(?=[A-Z])", re.IGNORECASE)
# "11 (in six years he will be 17)"
ASIDE = re.compile(
    rf"{M}(?:\s[a-z]+)?(?P<aside>\s\((?:in|after|before|at|and|while|whereas|which|he|she|it|they|the)\b[^()]*\))$"
)
# "**4**, positive"
BOLD_FIRST = re.compile(r"\*\*(?P<said>[^*\n]+)\*\*,\s+(?!or\b|and\b|but\b|not\b|if\b)[a-z]+(?:\s[a-z]+){0,3}")
# "Cid is the tallest of the three."
OF_ALL = re.compile(r"(?<=[a-z])\s+of\s+(?:all\s+)?(?:the|these|those)\s+(?:two|three|four|five|six|\d)(?=\W*$)")
REMAINDER = re.compile(r"\d+,?\s+(?:with\s+|and\s+)?(?:an?\s+)?remainder\s+(?:of\s+)?\d+\.?")
# "4 cows, 6 chickens"
THINGS = re.compile(rf"{M}\s(?P<first>[a-z]{{3,}})(?:,\s(?:and\s)?{M}\s(?!(?P=first)\b)[a-z]{{3,}})+")
# "7 cuts (not 8, since ...)": another value is denied.
NOT_ANOTHER = re.compile(
    rf"\s\((?:(?:careful|beware|note|mind|and|so)\b[,:]?\s+)?not\s+(?:just\s+|simply\s+|the\s+)?{M}(?!\s+but\b)(?![^()]*\b(?:sure|rather|instead|or|should|maybe|perhaps)\b)[^()]*\)$"
)
# "Only p = 3 works, and it yields the triple (3, 5, 7)"
YIELDS = re.compile(
    rf"(?<=[{M}a-z]),\s+(?:giving|yielding|(?:and\s+)?(?:it|this|that|which)\s+(?:yields?|gives?|leads?\s+to|produces?|corresponds?\s+to)(?:\s+us)?)\s+the\s+[a-z]+(?:\s[a-z]+)?\s{M}$"
)
# A rounding or a price per piece beside the answer: ", or about 78.54", ", i.e. $6 per ticket"
BESIDE = re.compile(
    r"(?:,?\s+|\s*\()(?:(?:or|which\s+is|that\s+is,?|i\.e\.,?)\s+)?(?P<about>about|approximately|roughly|around|\u2248)\s+\$?[\d.,]+[^,;()\d]*\)?\.?$"
    r"|,\s+(?:i\.e\.,?|that\s+is,?|or|which\s+is)\s+[^,;]*\b(?:per\s+(?P<of>[a-z]+)|each|apiece)\.?$"
)
# "convergent (its sum is 2)", "0.636363... (the block 63 repeats forever)"
ITS = re.compile(r"(?<=[a-z])\s\((?:its|their)\s[^()]*\)\.?$|(?<=\.\.\.|.[\d.]\u2026)\s\([^()]*\brepeat[^()]*\)\.?$")
# "3 (seconds)"
UNIT_INSIDE = re.compile(r"(?P<value>[-\u2212]?\d[\d.,/]*)\s\((?P<unit>[A-Za-z]+)\)\.?")
# "15 kilometers (15,000 m)"
SAME_IN = re.compile(r"^(?P<said>[^()]*\d[^()]*?)\s*\((?:or\s+|=\s*|i\.e\.,?\s+)?(?P<again>[^()]*\d[^()]*)\)\.?$")
POWER = re.compile(r"(?<=[A-Za-z])\$\^\{?([23])\}?\$")
# "6 - one fewer than the stops"
DASHED = re.compile(
    rf"(?<=[{M}\w])\s+(?:[\u2013\u2014]|--?)\s+(?!.*\b(?:but|or|wait|actually|no|not|if|unless|except|minus|less\s+the|hmm|and)\b)(?:{M}\s(?=(?:fewer|more|less)\s+than\b))?[a-z][^{M}]*$"
)
# "p = 3, for which p^2 + 2 = 11"
FOR_WHICH = re.compile(r"(?<=[\w$)]),\s+for\s+which\s+(?P<remark>.*)$", re.DOTALL)
# "x^2 + y^2 = 9, a circle with center (0,0) and radius 3"
A_KIND = re.compile(
    rf"^(?:the\s+)?{M}(?:\s[a-z]+)?(?=,\s+(?:an?|the)\s+(?P<remark>(?!contradiction|mistake|slip)[a-z]{{3,}}(?:\s(?!that\b|which\b|is\b|to\b|close\b|near\b|or\b|but\b)(?:(?<=with\s)|[^,;])*)?)$)"
)
# "6; check: 6 * 7 = 42"
CHECKED = re.compile(
    rf"(?<=[{M}\w])(?:;|\s+[\u2013\u2014])\s+(?:check|because|since|as)\b(?!.*\b(?:wrong|not|fails|however|but|or|instead)\b)[^\u2260]*$",
    re.IGNORECASE,
)
# "6.25% of the sample"
SHARE = re.compile(rf"^(?P<head>[^{M}]*{M})\sof\s(?:the|its|his|her|their|all|what)\b[^{M}]*$")
OF_ONE = re.compile(r"%$|\d\s?/\s?\d|\\[dt]?frac")
# A value that is left out of a set: no remark.
LEFT_OUT = re.compile(r"\u2260|!=|\\neq?(?![A-Za-z])|\b(?:except|excluding|apart\s+from|other\s+than)\b")
# "all positive numbers less than 7" are no 7.
SOME_NUMBERS = re.compile(
    r"\W*(?:(?:exactly|precisely|only|for|the|all|every|any|each|some|set|of)\s+)*(?:(?:positive|negative|rational|natural|whole|even|odd|prime|real)\s+)*"
    r"(?:numbers?|integers?|primes?|reals)\s+(?:[a-z]\s+)?(?:(?:that|which)\s+(?:is|are|do|does)\s+)?(?:not\s+|strictly\s+)?"
    r"(?:greater|larger|bigger|less|smaller|at|exceed(?:ing)?)\s(?!.*(?:\bis|\bare|=)\s)",
    re.IGNORECASE,
)
OF_KIND = re.compile(r"\b(?:some|positive|negative|rational|natural|whole|even|odd|primes?|integers?)\b", re.IGNORECASE)
# "anything but 12", "12 each for 3 people"
CHANGED = re.compile(
    r"[^,;(.]*?\b(?:anything\s+but|doubled|tripled|halved|divided|multiplied|increased|decreased|each\s+for)\b",
    re.IGNORECASE,
)
# "**true** - a graph with this score does exist", where "- a" is no mathematics; "Yes (only for n = 3)"
TRUTH_FIRST = re.compile(
    r"\W*(?:(?:(?:the|this)\s+)?(?:statement|claim|assertion)\s+is\s+(?:not\s+)?(?:true|false|correct|incorrect|wrong)|true|false|yes|no)\b(?:\**[:;]\**\s|\W*\s[-\u2013\u2014]{1,2}\s|.*\b(?:only|unless|except|provided)\b)",
    re.IGNORECASE,
)
# "tan A = 8/15, i.e. A \u2248 28.07\u00b0": another name's value
OTHER_NAME = re.compile(
    r"(?P<said>[^=]*(?:[A-Za-z]{2,}\s?[A-Za-z]|\))\s*=[^=]*[\w)}\]$\u00b0%]),?\s+(?:i\.e\.,?|that\s+is,?)\s+\$?\\?[A-Za-z]+(?:_\w)?\s*(?:=|\u2248|\\approx).*",
    re.DOTALL,
)
# "about 3.01, which rounds to 3"
ROUNDS = re.compile(
    r"(?:(?:about|approximately|roughly|\u2248)\s+)?[$]?[-\d.,]+%?,?\s+which\s+rounds\s+(?:up\s+|down\s+|off\s+)?to\s+(?P<said>[$]?[-\d.,]*\d%?)\.?"
)
# "4 values: 2, 3, 6, 9", whose list has to be as long
COUNT_AND_LIST = re.compile(
    r"(?:\d{1,6}|two|three|four|five|six|seven|eight|nine|ten)(?:\s[a-z]+){1,5}(?::\s+|\s\()(?:[a-z]\s*=\s*)?-?\d+(?:(?:,|,?\s+and)\s+-?\d+)+\)?\.?",
    re.IGNORECASE,
)
EMPHASIS = re.compile(r"(?<![\w*\\])(?P<by>[*_`])(?P<said>[A-Za-z\d(](?:[\w .,%/:'()-]*[\w%).!])?)(?P=by)(?![\w*])")
NO_NAME = re.compile(r"\b(?:or|not|no|wrong|incorrect|maybe|perhaps|probably|possibly|guess)\b", re.IGNORECASE)
# "there are four of them, namely 1, 4, 9 and 16": how many was asked.
NAMELY = re.compile(
    r"(?P<head>^(?:there\s+(?:is|are)\s+)?(?:exactly\s+)?[\w*]+(?:\s+of\s+(?:them|these|those))?),\s+namely\b.*$",
    re.IGNORECASE | re.DOTALL,
)
# "83, and the one after that is 89"
ONE_AFTER = re.compile(
    r"(?<=[\w)}\]$%]),?\s+(?:and|while|whereas)\s+the\s+(?:one|next|other|following|previous)\b[^,;]*\s(?:is|are|was|would\s+be)\s[^,;]*$",
    re.IGNORECASE,
)
# "80 cents per pen", "$3 each"
PER = re.compile(rf"^(?P<head>{M}(?:\s[a-z]+){{0,2}})\s(?:per\s(?P<of>[a-z]+)|each|apiece)$")
# "312, then 123, and finally 231"
THEN = re.compile(
    r"(?:first,?\s+)?(?P<said>(?P<item>\$?[-(\d][^\s,;=]*)(?:,?\s+(?:and\s+)?(?:then|next|finally|lastly)\s+\$?[-(\d][^\s,;=]*)+)\W*",
    re.IGNORECASE,
)
JOINT = re.compile(r",?\s+(?:and\s+)?(?:then|next|finally|lastly)\s+", re.IGNORECASE)
# "3 m/s to the west"
DIRECTED = re.compile(r"\b(?:north|south|east|west|left|right|up|down)(?:-?(?:east|west))?(?:wards?)?$", re.IGNORECASE)


def labelled(said: str) -> str:
    """The answer that a text behind a label states; the text itself where it is not a value with words around it."""
    said = ONE_AFTER.sub("", said) if len(said) <= MAX_SAID else said
    if len(said) > 2 * MAX_SAID or PLAIN.fullmatch(said):
        return said
    if REMAINDER.fullmatch(said.strip()):
        return said.strip().rstrip(".")
    if _stands(said):
        return said
    if then := THEN.fullmatch(said.strip()):
        return JOINT.sub(", ", then["said"])
    if SOME_NUMBERS.match(said) and OF_KIND.search(said):
        return said
    said, plain = _first(said)
    if written := _as_written(plain):
        return written
    beside = BESIDE.search(plain)
    if beside and not beside["about"] and beside["of"] not in UNITS and re.search(r"\d", plain[: beside.start()]):
        plain = said = plain[: beside.start()]
    if (further := FOR_WHICH.search(plain)) and not is_doubtful(further["remark"].rstrip(".")):
        plain = said = plain[: further.start()]
    if (
        len(plain) > MAX_SAID
        or "?" in plain
        or UNSURE.search(plain[: beside.start()] if beside and beside["about"] else plain)
        or ANSWERED.match(plain)
        or OPTION.match(plain)
        or OTHERWISE.search(plain)
        or TEX.search(plain)
        or not WORD.search(plain.replace("\u00a2", " cents").replace("i.e.", "that is"))
        or (DIRECTED.search(plain.rstrip(".")) and re.match(r"\W*\d", plain))
    ):
        return said
    if (match := NAME.fullmatch(POINTED.sub("", plain).rstrip("."))) and not NO_NAME.search(plain):
        return match["said"]
    if language := language_of(plain):
        whole = lexed(plain)
        return whole.values[0] if language and whole and whole.text.count(M) == len(whole.values) == 1 else said
    whole = lexed(plain.rstrip("."))
    if whole is None or any(
        IN_PARENTHESES.fullmatch(value) for value in whole.values
    ):  # another way to write the value, to be compared with it
        return said
    if (things := THINGS.fullmatch(whole.text)) and things["first"] not in UNITS:
        return said
    if (aside := ASIDE.match(whole.text)) and M not in whole.text[: aside.start("aside")].replace(M, "", 1):
        return whole.said(0, aside.start("aside")).strip()
    return _value(whole) or _sentence(plain) or said


def _stands(said: str) -> bool:
    """Whether a text is left as it is: with a value left out or changed, a verdict first, or a list behind its length."""
    first = CHANGED.match(said) or TRUTH_FIRST.match(said)
    return LEFT_OUT.search(said) is not None or first is not None or COUNT_AND_LIST.fullmatch(said.strip()) is not None


def _first(said: str) -> tuple[str, str]:
    """What a text says before another name's value or a remark; and that without emphasis."""
    for first in (ROUNDS, OTHER_NAME, BOLD_FIRST):
        if match := first.fullmatch(said.strip()):
            said = match["said"]
    plain = twice(without_pictures(said.replace("**", "").strip()))
    if any(mark in plain for mark in "*_`"):
        plain = EMPHASIS.sub(r"\g<said>", plain)
    plain = NAMELY.sub(r"\g<head>", OF_ALL.sub("", plain).strip())
    plain = POWER.sub(lambda match: "\u00b2" if match[1] == "2" else "\u00b3", plain)
    if its := ITS.search(plain):
        plain = said = plain[: its.start()]
    return said, plain


def _as_written(plain: str) -> str:
    """The value of a text that is written in another way: with its unit in brackets, in two units, as the first and the last of several."""
    if (bracketed := UNIT_INSIDE.fullmatch(plain)) and unit_name(bracketed["unit"]):
        return f"{bracketed['value']} {bracketed['unit']}"
    if ("integers" in plain or "numbers" in plain) and (several := integers_from(plain)):
        return several
    same = SAME_IN.match(plain)
    return same["said"] if same and same_amount(same["said"], same["again"]) else ""


def _value(whole: Masked) -> str | None:
    """The value that a text is but for its remarks; None where it is no value."""
    main = _without(DASHED, _without(NOT_ANOTHER, _without(CHECKED, restated(whole))))
    if main.text.lstrip().casefold().startswith("only"):
        main = _without(YIELDS, main)
    main = without_tails(main)
    text = main.text.strip(" .!")
    if (kind := A_KIND.match(text)) and not is_doubtful(kind["remark"]):
        main, text = main.part(0, kind.end()), kind[0]
    if (share := SHARE.match(text)) and OF_ONE.search(main.values[0]):
        text = share["head"]
    if (per := PER.match(text)) and per["of"] not in UNITS:
        text = per["head"]
    if HEDGE.search(text) or PARTIAL.search(text) or OTHERS.search(text) or text.count(M) != 1:
        return None
    match = BARE.fullmatch(text) or CALLED.fullmatch(text)
    if match is None or LEADS.search(text[: text.index(M)]):
        return None
    return main.values[0].strip() + (unit(match["unit"], main.values[0]) or match["unit"])


def _without(remark: re.Pattern[str], main: Masked) -> Masked:
    """A text without a remark at its end that says another value."""
    match = remark.search(main.text)
    return (
        main if match is None or (main.values and main.values[-1] in main.values[:-1]) else main.part(0, match.start())
    )


def _sentence(plain: str) -> str | None:
    """The value or word that a sentence states."""
    sentence = plain if plain[-1:] in ".!" else plain + "."
    clause = clause_of(sentence, follows=True)
    if clause is None:
        return None
    if M not in clause.main.text:
        return said_in_words(clause, sure=True) if re.search(r"\s(?:is|are|was|were|be|falls)\s", sentence) else None
    found = stated_value(clause.main, concludes=True)
    return numeric(found.value) if found else None
