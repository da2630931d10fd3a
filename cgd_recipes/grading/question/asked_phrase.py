"""Responses that name what is asked for in the words of the question: "So the number of ordered pairs with a < b is 12."."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.prose.plainer import FILLER, without_remarks
from cgd_recipes.grading.prose.wording import CONCLUDING, is_doubtful
from cgd_recipes.grading.question.least_or_greatest import extreme_named

MAX_QUESTION, MAX_PHRASE, MAX_LINE = 5_000, 300, 1_000
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z$\\(])|\n\s*\n")
ASKS = re.compile(
    r"\bwhat\s+(?:is|was|are|were|will\s+be|would\s+be)\s+(?P<asked>(?:the|its|his|her|their)\s+[^?]+)\?"
    r"|\b(?:find|compute|determine|calculate|evaluate)\s+(?P<told>(?:the|its)\s+.+?)[.?]?$",
    re.IGNORECASE | re.DOTALL,
)
# What says how the answer is to be written, or when it holds, may be left out.
LEFT_OUT = re.compile(
    r"\s*(?:,|\(in\b|\(to\b|\s(?=rounded\b|expressed\b|correct\s+to\b|as\s+an?\b|if\b|when\b|given\s+that\b|in\s+terms\s+of\b|in\s+(?!the\b|an?\b)[a-z]+(?:\s+per\s+[a-z]+)?$))",
)
WORDS = re.compile(r"\\(?:text|mathrm|textbf|textit)\s*\{(?P<said>[^{}]*)\}")
WORD = re.compile(r"(?<!\\)[A-Za-z]{3,}")
TOKEN = re.compile(r"[A-Za-z]+|\d+|\\[A-Za-z]+|[^\s\w$]")
# Signs that show nothing, or another way to show the same.
SHOWS_NOTHING = frozenset(["{", "}", "\\left", "\\right", "\\displaystyle", "\\mathrm", "\\text"])
# What stands before the words of the question: "We find that", "This gives", "Dividing by 2,".
CLAUSE_END = re.compile(r"(?<=[.!:;])\s+")
LEADS_UP = re.compile(
    rf"\W*(?:(?:conclusion|result|answer|final\s+answer|Q\.?E\.?D\.?)\W+\s)?(?:(?:interestingly|surprisingly|remarkably|curiously|finally|consequently)(?:\s+enough)?,\s+)?(?:from\s+(?:this|that|here|it|the\s+[a-z]+),?\s+)?(?:[A-Z][a-z]+ing\b[^,]*,\s+)?(?:{CONCLUDING},?\s+)?(?:and\s+|that\s+)?(?:(?:(?:we|I|you|one)\s+(?:now\s+|can\s+|then\s+)?(?:find|get|have|obtain|conclude|see)s?"
    r"|(?:this|it|that|which)\s+(?:gives|means|yields|shows|implies|makes)(?:\s+us)?|giving|yielding|it\s+follows)(?:\s+that)?,?\s+|(?:we|I|you|one)\s+(?:now\s+|can\s+|then\s+|finally\s+)*)?[*_$(]*",
    re.IGNORECASE,
)
# "You asked for the area: it is 12", "we obtain 12 for the area", "Thus 12 is the area."
ASKED_FOR = re.compile(r"\b(?:asked|asks|wanted|wants|looking)\s+(?:us\s+)?(?:for|to\s+find)\s+[$*_]*$", re.IGNORECASE)
GIVEN = re.compile(r"\s*[,:;\u2014-]\s*(?:and\s+)?(?:it|this|that)(?:\s+is|['\u2019]?s)\s+", re.IGNORECASE)
VALUE_BEFORE = re.compile(
    r"(?:^|(?<=\s))(?:(?:(?:this|that|it|which|we|I)\s+)?(?:get|got|have|obtain|obtained|find|found|read\s+off|gives|yields|leaves(?:\s+us)?\s+with)\s+"
    r"(?:a\s+(?:total|value)\s+of\s+)?(?P<value>\S.*?)\s+(?:as|for)|(?P<said>[-\u2212$\\(\d*]\S*)\s+(?:(?:is|equals|must\s+be)(?:\s+(?:therefore|thus|then|hence|indeed|exactly|simply))?|is\s+left,?\s+and\s+(?:so\s+)?(?:this|that|it)\s+is))\s+[$*_]*$",
    re.IGNORECASE,
)
# "Average shoe size \u2014 **15**"
DASHED = re.compile(
    r"[\s>*_-]*(?:the\s+)?(?P<label>[A-Za-z][A-Za-z'\u2019 ]{2,60}?)[*_]*\s+(?:[\u2014\u2013-]+>?|=>|\u2192|\.{4,60})\s+"
    r"(?P<value>[*_$]*-?\$?\d[^\s,;]*(?:\s[a-z]+)?[*_$]*)\.?\s*",
    re.IGNORECASE,
)
ARTICLES = re.compile(r"\b(?:the|an?|his|her|its|their|two|three|four|five|six|all|both|these|those)\s+|\$")
# What is left out of "the area of the shaded region" is all behind a preposition, never a word before it.
COMPLEMENT = re.compile(
    r"\s(?:of|in|for|inside|between|from|that|which|who|on|at|with|to|by|among|under|over|[a-z]{2,}(?:ed|ing)|worn|sold|held"
    r"|drawn|taken|given|found|shown|left)\b"
)
STATISTICS = frozenset(["median", "mean", "mode", "range", "average", "minimum", "maximum", "total"])
# "Not 13, as I first thought, but 12 is the area", "After simplifying only 12 is left and this is the area"
OPENING = re.compile(
    r"^\W*(?:(?:so\s+)?not\s+[$]?[-\d.,/]{1,20}[$]?,\s+as\s+(?:I|we)\s+(?:had\s+)?(?:first|initially|originally)\s+(?:thought|guessed|wrote|found|believed),\s+but\s+"
    r"|after\s+[a-z]+ing,?\s+only\s+(?=\S+\s+is\s+left\b))",
    re.IGNORECASE,
)
NO_MORE = re.compile(r"[*_$]*(?:[.!]*\s*$|,\s)")
BETWEEN = r"(?:[\s$*_{}]|\\(?:left|right|displaystyle)(?![a-z])|\\[()])*"
IS = (
    r"(?P<is>\s+(?:is\s+none\s+other\s+than|is|was|are|were|will\s+be|would\s+be|must\s+be|as|equals|comes\s+(?:out\s+)?to|works\s+out\s+(?:to\s+be|as|to)|turns\s+out\s+to\s+be)"
    r"(?:\s+(?:equal\s+to|therefore|thus|then|hence|simply|exactly|indeed|given\s+by))*\b|\s*=)"
)
VALUE = r"[\s*_$(]*(?:(?:about|approximately|roughly)\s+)?[-+\u2212$\u20ac\u00a3\\(\[]*(?:\d|\.\d|\\[a-z]|\u221a|\u03c0|[a-z](?![a-z]))"


def with_answer_named(response: str, question: str) -> str:
    """A response whose last line gives what is asked for, in the words of the question, a value: with "the answer" for these words.

    "" for any other response.
    """
    if "boxed" in response:
        return ""
    end = len(response.rstrip())
    start = response.rfind("\n", max(0, end - MAX_LINE), end) + 1
    if end - start > MAX_LINE:
        return ""
    if said := extreme_named(response[start:end], question):
        return f"{response[:start]}The answer is {said}"
    line = OPENING.sub("", without_remarks(response[start:end]))
    dash = DASHED.fullmatch(line)
    if dash and names_what_is_asked(dash["label"], question):
        return f"{response[:start]}The answer is {dash['value']}"
    small = line.casefold()
    for word, phrase in _phrases(question[-MAX_QUESTION:]):
        found = [*_pattern(phrase).finditer(line)] if word in small else []
        if found and (named := _named(line[: found[-1].start()], found[-1], line[found[-1].end() :])):
            return f"{response[:start]}{named}"
    return ""


def _named(before: str, match: re.Match[str], behind: str) -> str:
    """A line with "the answer" for the words of the question, behind which a value stands, or before; "" for any other line."""
    if ASKED_FOR.search(before) and (given := GIVEN.match(behind)):
        return f"The answer is {behind[given.end() :]}"
    if match["is"] is not None or match["colon"] is not None:
        named = "the answer is" if match["is"] else "the answer"
        return f"{before}{named}{match['close']}{behind}" if _leads_up(before) else ""
    value = VALUE_BEFORE.search(before) if NO_MORE.match(behind) else None
    if value is None or not _leads_up(before[: value.start()]):
        return ""
    return f"{before[: value.start()]}the answer is {value['value'] or value['said']}{behind}"


def without_asked_phrase(answer: str, question: str) -> str:
    r"""The value of a boxed answer that begins with the words of the question: `\\text{the number of pairs} = 12`; else the answer."""
    if "\\text" not in answer or len(answer) > MAX_LINE:
        return answer
    told = WORDS.sub(r"\g<said>", answer)
    small = told.casefold()
    for word, phrase in _phrases(question[-MAX_QUESTION:]):
        match = _pattern(phrase).match(told.lstrip()) if word in small else None
        if match and match["is"]:
            return told.lstrip()[match.end() :].strip()
    return answer


def is_label_of_other(line: str, question: str) -> bool:
    """Whether a line is a label, a dash and a value, whose label begins as what is asked and goes on otherwise."""
    dash = DASHED.fullmatch(line) if len(line) <= MAX_LINE else None
    if dash is None or names_what_is_asked(dash["label"], question):
        return False
    said = ARTICLES.sub("", dash["label"].casefold()).split()
    return any(
        ARTICLES.sub("", phrase.casefold()).split()[:1] == said[:1]
        for _, phrase in _phrases(question[-MAX_QUESTION:])[:1]
    )


def names_what_is_asked(words: str, question: str) -> bool:
    """Whether words are what a question asks for up to one of its prepositions, or its statistic: "median", "average shoe size"."""
    said = ARTICLES.sub("", words.casefold()).split()
    for _, phrase in _phrases(question[-MAX_QUESTION:])[:1] if said else ():
        wanted = ARTICLES.sub("", phrase.casefold())
        heads = [wanted.split(), *(wanted[: found.start()].split() for found in COMPLEMENT.finditer(wanted))]
        # "average shoe size" for "average size of shoe"
        turned = "of" not in said and any(
            said[-1:] == head[: head.index("of")][-1:] and sorted([*said, "of"]) == sorted(head)
            for head in heads
            if "of" in head
        )
        if turned or said in heads or (len(said) == 1 and said[0] in STATISTICS and heads[0][:1] == said):
            return True
    return False


def _leads_up(text: str) -> bool:
    """Whether a line concludes, or only begins, with what follows a text."""
    before = FILLER.sub("", CLAUSE_END.split(text)[-1])
    return LEADS_UP.fullmatch(before) is not None and not is_doubtful(before)


@lru_cache(maxsize=64)
def _phrases(question: str) -> tuple[tuple[str, str], ...]:
    """The phrases that say what a question asks for, without their articles, the longest first, each behind a word of it."""
    sentences = [sentence for sentence in SENTENCE_END.split(question.strip()) if sentence.strip()]
    asked = [sentence for sentence in sentences if sentence.rstrip("$ \n").endswith("?")] or sentences[-1:]
    match = ASKS.search(asked[-1].strip()) if asked else None
    phrase = (match["asked"] or match["told"] or "").strip(" .:") if match else ""
    if not phrase or len(phrase) > MAX_PHRASE:
        return ()
    ends = [len(phrase), *(found.start() for found in [*LEFT_OUT.finditer(phrase)][::-1])]
    found = [phrase[:end].partition(" ")[2] for end in ends]
    words = [max(WORD.findall(each), key=len, default="") for each in found]
    return tuple((word.casefold(), each) for word, each in zip(words, found, strict=True) if word)


@lru_cache(maxsize=64)
def _pattern(phrase: str) -> re.Pattern[str]:
    """A pattern for a phrase with or without its article and the signs around its mathematics."""
    escaped = BETWEEN.join(re.escape(token) for token in TOKEN.findall(phrase) if token not in SHOWS_NOTHING)
    return re.compile(
        rf"(?<![\w$\\])(?:(?:the|its|his|her|their|our)\s+)?{escaped}(?!\w)[$}}]*(?P<close>[*_]*)(?:{IS}(?={VALUE})|(?P<colon>(?=\s*[*_]*\s*:))|)",
        re.IGNORECASE,
    )
