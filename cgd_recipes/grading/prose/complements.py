"""Answers that are words: "so the function is even", "Evelyn had the greatest speed", "there is no solution"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.months import MONTHS, WEEKDAY
from cgd_recipes.grading.prose.clauses import Clause
from cgd_recipes.grading.prose.doubts import HEDGE, OTHERS, PARTIAL
from cgd_recipes.grading.prose.masked import M, S

NEGATED = re.compile(r"\b(?:not|never|neither|nor|hardly|without)\b|n't\b", re.IGNORECASE)
# "The graph is an ellipse", "it falls on a Tuesday"
COMPLEMENT = re.compile(
    r"(?P<subject>.*?)\b(?:(?:is|are)\s+called|is|are|was|were|be|becomes|(?:falls?|lands?)\s+on|must\s+be|comes)\s+(?:(?:therefore|thus|also|always|indeed|clearly|obviously|simply|really|exactly|hence|of\s+course)\s+)?(?:an?\s+|the\s+|on\s+)?"
    r"(?P<said>[A-Za-z][A-Za-z'-]*(?:\s[A-Za-z'-]+){0,2})[.!]?$"
)
# "Evelyn had the greatest average speed", "Store B offers the better deal"
BEST = re.compile(
    rf"(?P<said>[A-Z][a-z]+(?:\s(?:[A-Z][a-z]*|\d|{S}))?)\s+[a-z]+\s+the\s+(?:\w+est|most|least|best|better|cheaper|more|less|fewer|\w+er)\b[^{M}]*[.!]?$"
)
# "a parallelogram that isn't a rectangle"
THAT_IS_NOT = re.compile(
    r",?\s+(?:that|which|who)\s+(?:is\s+not|isn't|is\s+no)\s[^,]*(?=[.!]?$)|,?\s+(?:who|that)\s+(?:wins|won|leads)\W*$"
)
ORDINAL = re.compile(
    rf"(?P<said>the\s+(?:first|second|third|fourth|fifth|last))\s+(?:[a-z]+\s+)?(?:is|has|was|offers)\s+the\s+(?:\w+est|most|least|best|better|\w+er)\b[^{M}]*{M}?[.!]?$",
    re.IGNORECASE,
)
DAY = rf"{WEEKDAY}|{'|'.join(MONTHS)}"
# "The exam takes place on a Thursday", "so it must be Thursday", "then comes Thursday"
CALENDAR = re.compile(
    rf"(?<!than\s)\b(?:is|be|was|comes|(?:falls?|lands?|arrives?|ends?(?:\s+up)?|finish(?:es)?|returns?|leaves?|meets?|starts?|most|(?:takes?|took)\s+place|happens|happened|occurs|peaked?|peaks)\s+(?:on|in))\s+(?:clearly\s+|on\s+)?(?:an?\s+)?(?P<said>{DAY})[.!]?$"
)
OPEN = re.compile(
    r"\b(?:not|if|may|might|could|would|maybe|perhaps|either|or|probably|likely|next|starts?|started|begins|before)\b|n't|(?<!^)\?"
)
# "Bea is older than both of the others"
THAN_ALL = re.compile(
    r"(?P<said>[A-Z][a-z]+)\s(?:is|was|has|runs|ran)\s(?:\w+er|more\s\w+)\sthan\s(?:both|all|any|every|everyone|everybody|the\s+others?|the\s+rest)\b"
)
# "That makes Amy the oldest of the three."
MAKES = re.compile(
    r"\W*(?i:that|this|which)\s+makes\s+(?P<said>[A-Z][a-z]+)\s+the\s+(?:\w+est|\w+er)\b[^,]*(?:,\s+by\s[^,]*)?[.!]?$"
)
PARITY = re.compile(
    r"^(?:the|their|its)\s(?:sum|product|difference|square|number)\b.*\s(?:is|are)\s(?:therefore\s|always\s)*(?:even|odd|prime|composite|positive|negative|rational|irrational)\W*$",
    re.IGNORECASE,
)
NAMED_LAST = re.compile(rf"^The\s\w+(?:est)?\s[^,]*{M}[^,]*\s(?:is|was)\s[A-Z][a-z]+[.!]?$")
NO_NAME = re.compile(
    r"(?:The|This|That|These|Those|There|It|He|She|They|We|You|I|Each|Every|One|All|Both|Some|None|Nobody|Who)\b"
)
# Words that end a proof, judge the writing, or leave the answer open.
NOT_SAID = re.compile(
    r"\b(?:done|proved|proven|shown|clear|obvious|complete|finished|correct|right(?!-)|wrong|answers?|solutions?|follows?|here|this|that|it|same|possible|impossible|needed|required|left|one|ones|given|known|true\s+for|satisfied|"
    r"equal|so|more|less|enough|sufficient|different|valid|invalid|problem|question|difficult|easy|hard|unclear|unknown|solved|found|computed|used|sure|"
    r"as|to|in|of|at|by|for|with|from|than|on|and|or|if|when|which|who|also|now|still|just|only|about|over|under|between)\b",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"(?:\b(?:there\s+(?:is|are|exists?)|has|have)\s+no\s+(?:such\s+)?(?:(?:real|integer|positive|possible)\s+)*"
    r"(?:solutions?|roots?|values?|numbers?|integers?|points?\s+in\s+common|triangles?)(?:\s+of\s+[a-z])?(?:\s+(?:exists?|at\s+all|that\s+(?:satisfy|satisfies|solve|solves|works?)(?:\s+(?:the|this|both|it)(?:\s+(?:equations?|inequality|system|conditions?))?)?))?"
    r"|\bno\s+(?:such\s+)?(?:real\s+)?(?:solutions?|numbers?|integers?|triangles?)\s+exists?|\b(?:solution\s+)?set\s+is\s+empty)"
    r"\s*[.!]?$",
    re.IGNORECASE,
)
MANY = re.compile(rf"\b(?:there\s+(?:are|exist)|has|have|admits?)\s+infinitely\s+many\b[^,{M}]*[.!]?$", re.IGNORECASE)
SUMS = r"\b(?:series|sequence|integral|sum|product|it)"
STATES = (
    (re.compile(r"\b(?:does\s+not|doesn't)\s+exist\s*[.!]?$", re.IGNORECASE), "does not exist"),
    (re.compile(r"\bthere\s+is\s+no\s+limit(?:\s+as\s[^,]*)?\s*[.!]?$", re.IGNORECASE), "does not exist"),
    (re.compile(rf"{SUMS}\s+(?:therefore\s+)?(?:diverges|is\s+divergent)\s*[.!]?$", re.IGNORECASE), "diverges"),
    (re.compile(rf"{SUMS}\s+(?:therefore\s+)?(?:converges|is\s+convergent)\s*[.!]?$", re.IGNORECASE), "converges"),
    (re.compile(r"\b(?:integral|sum|determinant|derivative|difference)\s+(?:therefore\s+)?vanishes\s*[.!]?$", re.IGNORECASE), "0"),
    (re.compile(r"\bis\s+(?:undefined|not\s+defined)\s*[.!]?$", re.IGNORECASE), "undefined"),
)  # fmt: skip
# "This corresponds to answer choice (D)."
CHOSEN = re.compile(
    rf"\b(?:corresponds\s+to|matches|is|choose|pick|select|gives?)\s+(?:the\s+)?(?:answer\s+|correct\s+)?(?:choice|option|answer)\s+{S}\s*[.!]?$",
    re.IGNORECASE,
)
# "an odd function": what it is of no account.
KIND = re.compile(r"\s(?:function|number|integer)$")
ANSWERED = re.compile(r"^\W*(?P<said>yes|no)\b(?:[,.]|\s*[\u2014-])\s*(?=\S)", re.IGNORECASE)
LIST = re.compile(
    r"\b(?:is|are|be)\s*:?\s+(?P<said>[A-Z][a-z]+(?:,?\s+(?:then\s+|and\s+(?:then\s+|finally\s+)?)?[A-Z][a-z]+){1,9})[.!]?$"
)


def day_of(clause: Clause) -> bool:
    """Whether a clause says on which day or in which month something is: "July 31 falls on a Monday"."""
    return CALENDAR.search(clause.main.text) is not None and M not in clause.main.text[1:]


def said_in_words(clause: Clause, *, sure: bool) -> str | None:
    """The word or words that a clause states.

    Args:
        clause: one without a value.
        sure: a word that concludes, or the text before, says that it is a result.
    """
    text = THAT_IS_NOT.sub("", clause.main.text.strip())
    said = next((word for pattern, word in STATES if pattern.search(text)), None)
    if NOTHING.search(text):
        said = "no solution"
    if MANY.search(text) and not NEGATED.search(text) and not HEDGE.search(text):
        said = "infinitely many"
    if said and not re.search(r"\b(?:if|when|unless|for|might|may|could|except|other|another|further)\b", text):
        return said
    if sure and (said := _in_plain_words(text)):
        return said
    if sure and (match := BEST.match(text)) and not NO_NAME.match(match["said"]):
        text = text.replace("most", "more")
    text = re.sub(r"^(?P<the>The|Its|Their)\s(?:most|least)\s", r"\g<the> ", text)
    if HEDGE.search(text) or OTHERS.search(text) or NEGATED.search(text) or PARTIAL.search(text):
        return None
    if CHOSEN.search(text) and re.fullmatch(r"\(?[A-J]\)?", clause.main.symbols[-1]):
        return clause.main.symbols[-1]
    if match := LIST.search(text):
        return re.sub(r",?\s+(?:and\s+)?(?:then|finally|and)\s+", ", ", match["said"])
    if not sure or (M in text[1:] and not NAMED_LAST.search(text) and not PARITY.search(text)):
        return None
    if (match := BEST.match(text)) and not NO_NAME.match(match["said"]):
        return clause.main.said(
            clause.main.text.index(match["said"]), clause.main.text.index(match["said"]) + len(match["said"])
        )
    return _complement(clause, text)


def _in_plain_words(text: str) -> str | None:
    """An ordinal, a day or a name that words which are doubt elsewhere stand beside: "the second route is the fastest"."""
    if match := ORDINAL.match(text):
        return match["said"]
    if (match := MAKES.match(text)) and not NO_NAME.match(match["said"]):
        return match["said"]
    if M not in text[1:] and (match := CALENDAR.search(text)) and not OPEN.search(text):
        return match["said"]
    match = THAN_ALL.match(text)
    return match["said"] if match and not NO_NAME.match(match["said"]) else None


def _complement(clause: Clause, text: str) -> str | None:
    """What a subject is: "The graph is an ellipse"; the subject itself where it is the one that is the greatest."""
    match = COMPLEMENT.fullmatch(text)
    if match is None or NOT_SAID.search(match["said"]) or not match["subject"].strip():
        return None
    if (best := re.fullmatch(r"(?:the\s+)?(?:\w+est|most\s+\w+)", match["said"])) and (
        name := re.fullmatch(r"[A-Z][a-z]+", match["subject"].strip())
    ):
        return name[0] if not NO_NAME.match(name[0]) else None
    if re.fullmatch(r"\w+er|more\s\w+|less\s\w+|better", match["said"]):
        one = re.fullmatch(
            rf"(?P<name>(?:[a-z]+\s)?(?:[A-Z][a-z]*|{S}))\s*",
            match["subject"].strip()[:1].lower() + match["subject"].strip()[1:],
        ) or re.fullmatch(r"(?P<name>[A-Z][a-z]+)", match["subject"].strip())
        return (
            clause.main.said(
                0, len(clause.main.text) - len(clause.main.text.lstrip()) + len(match["subject"].rstrip())
            ).strip()
            if one and clause.concludes and not NO_NAME.match(match["subject"].strip())
            else None
        )
    return None if best else KIND.sub("", match["said"])


def answered(sentence: str) -> str | None:
    """The "yes" or "no" that a sentence begins with, if nothing in it limits that."""
    match = ANSWERED.match(sentence)
    if match is None:
        return None
    rest = sentence[match.end() :]
    return (
        None
        if re.search(r"\?|\b(?:wait|but|only|if|unless|except|maybe|perhaps|actually|sorry|however)\b", rest)
        else match["said"]
    )
