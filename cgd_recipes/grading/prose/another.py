"""Sentences that are about something else than what is asked."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.months import MONTHS, WEEKDAY
from cgd_recipes.grading.notation.words import WORDS
from cgd_recipes.grading.prose.echo import concluding, denials, stems

# Word -> where it stands among words of which one excludes the others: (which of the lists, which of its groups).
ORDERS: dict[str, list[tuple[int, int]]] = {}
for _order, _groups in enumerate(WORDS["contraries"]):
    for _number, _group in enumerate(_groups):
        for _word in _group:
            ORDERS.setdefault(_word, []).append((_order, _number))
MAX_CLAUSE = 12
# "Each pair costs $12. If he buys four, how much does he pay?" asks for the total.
EACH_OR_ALL = {order for order, _ in ORDERS["each"]}
EACH = re.compile(r"\b(?:each|every)\b", re.IGNORECASE)
MAIN_CLAUSE = re.compile(
    r"\b(?:how|what|which|find|compute|calculate|determine)\b(?!.*\b(?:how\s+(?:many|much)|what|which|find|compute|calculate|determine)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
WORD_OF_ORDER = re.compile(r"[a-z]+(?:-[a-z]+)?")
# `\left(`, "the final answer"
NO_ORDER = re.compile(r"\\[A-Za-z]+|\bfinal(?=\s*:|\s+(?:answer|result|solution|value)\b)", re.IGNORECASE)
OF_WHICH = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore),?\s+)?(?P<subject>(?:the|its|his|her|their)\s[^,]*?)\s(?:is|are|was|were|equals|=)\s[^,]*$",
    re.IGNORECASE,
)
HOW_MANY_OF = re.compile(
    r"\bhow\s+many\s+(?:[a-z]+\s+)?(?P<noun>(?!(?:does|was|has|this)\b)[a-z]{3,})s\b", re.IGNORECASE
)
# "y is", "2x =", where it is asked "what is x", "solve for x", "the value of x + y".
TERM = r"\$?(?P<name>\d*[a-z](?:\s*[-+*/]\s*\d*[a-z\d])*)\$?"
UNKNOWN = re.compile(rf"\W*{TERM}\s(?:is|equals|must\s+be)\s")
# What gives an unknown its value.
GIVEN = r"(?:=|is|equals|must\s+be|has\s+to\s+be)"
ASKED_UNKNOWN = re.compile(
    rf"\b(?:what\s+is|value\s+of|solve\s+for|find|for)\s+{TERM}(?=\s*[?.]?$|\s+if\b)", re.IGNORECASE
)
# "It is attained at x = 2.", where the value is asked for
ATTAINED = re.compile(
    r"^\W*(?:(?:so|and)\s+)*(?:it|this|that|the\s+(?:minimum|maximum|smallest|largest|least|greatest)(?:\s+value)?)\s+(?:is\s+)?"
    r"(?:attained|reached|achieved|taken|occurs)\s+(?:only\s+|exactly\s+)?(?:at|when|for)\b",
    re.IGNORECASE,
)
EXTREME = re.compile(r"\b(?:minimum|maximum|smallest|largest|least|greatest|minimal|maximal)\b", re.IGNORECASE)
PLACE = re.compile(
    r"\b(?:where|when|at\s+(?:which|what)|for\s+(?:which|what)|values?\s+of\s+\$?(?![fgh]\b)[a-z]\b(?!\s*[-+*/^(\d])|x-(?:value|coordinate)|minimi[sz]es|maximi[sz]es)",
    re.IGNORECASE,
)
# "Ten percent of that result is 0.06."
OF_RESULT = re.compile(
    r"^\W*(?:so\s+)?(?:[a-z]+\s+percent|\S+%|half|twice|double|(?:a|one)\s+(?:third|quarter|tenth))\s+(?:of\s+)?(?:that|this)\s+(?:result|answer|value)\s+is\b",
    re.IGNORECASE,
)
CHANCE = re.compile(r"\W*(?:the\s+)?\b(?:probability|chance)\b", re.IGNORECASE)
# "The probability is 1/4", of whatever is asked
BARE_CHANCE = re.compile(
    r"\W*(?:(?:the|our|this)\s+)?(?:(?:required|desired|total|overall|final|resulting)\s+)?(?:probability|chance)\W*"
    r"(?:(?:is|equals|comes|works)\b|[=:]|\\approx|\u2248)",
    re.IGNORECASE,
)
# "How many boxes are there if each costs $8?"
CONDITION = re.compile(r"(?<=\w),?\s+(?:if|when|given\s+that)\s.*", re.IGNORECASE | re.DOTALL)
LABEL = re.compile(r"^\W*(?:[A-Za-z]+\s+){0,2}(?:answer|option|choice|result|solution)\W*:\W*", re.IGNORECASE)
BRACKETED = re.compile(r"\([^()a-z]*\)")
NAME_INSIDE = re.compile(r"(?<=[a-z,:;] )[A-Z][a-z]+\b")
WORD_OF_NAME = re.compile(r"[A-Z][a-z]+")
OF_SOMEBODY = re.compile(
    r"\W*(?:So\s+)?(?!It|He|She|This|That|There|Each|One|Everyone|Answer|You|We|They|So)[A-Z][a-z]+(?:\s*[:=]|\s(?:has|had|have|is|was|will|gets?|got|needs?|earns?|earned|pays?|paid|sold|ate|made|bought|"
    r"wins|won|finish(?:es|ed)|saved?|spent|walks?|walked|drove|drives)\b)"
)
# "Final: 12", "Speed = 12": no names
LABEL_NOUN = re.compile(
    r"\W*(?:So\s+)?(?:Final|Total|Sum|Result|Solution|Conclusion|Ans|Value|Number|Overall|Altogether|Output|Count|Cost|Price|Amount|Area|Volume|Length|Width|Height|Depth|Speed|Velocity"
    r"|Time|Distance|Probability|Chance|Average|Mean|Median|Profit|Loss|Change|Difference|Ratio|Percentage|Fraction|Age|Weight|Mass|Energy|Power|Force|Pressure|Temperature|Angle|Radius"
    r"|Perimeter|Maximum|Minimum|Max|Min|Remainder|Quotient|Product|Option|Choice|Rate|Size|Score|Share|Salary|Income|Wage|Revenue|Bill|Tip|Tax|Savings|Days|Hours|Minutes|Years)\b"
)
NOW = re.compile(r"\b(?:now|today|currently|at\s+present)\b", re.IGNORECASE)
ANOTHER_TIME = re.compile(r"\b(?:will|was|were|would|had|from\s+now)\b", re.IGNORECASE)
NOT_NOW = re.compile(r"\b(?:will\s+be|would\s+be|was\b(?!.*\bleft\b)|last\s+year|next\s+year)", re.IGNORECASE)

# "in June", where it is asked of May
WHEN = re.compile(rf"\b(?:[Ii]n|[Oo]n|[Dd]uring)\s+(?P<when>{WEEKDAY}|{'|'.join(MONTHS)})\b")
# "the sum of the roots", where one root is asked for
MADE_OF = re.compile(
    r"^\W*(?:so\s+)?the\s+(?:total\s+)?(?P<made>sum|product|difference|number|square)\s+of\s+(?P<rest>[^,\d]*?)\s(?:is|equals)\s",
    re.IGNORECASE,
)
MAKING = {
    "sum": r"sum|combined|total|add|plus|together|all",
    "product": r"product|multipl|times",
    "difference": r"differ|subtract|minus|more|less|fewer|exceed"
    r"|(?:old|tall|heav|long|fast|larg|great|small|young|short|cheap|high|low)i?er",
    "number": r"number|many|count|much",
    "square": r"square",
}
# "the probability of rolling a 5", where that of a 4 is asked for
FIGURE = re.compile(r"\d+(?:\.\d+)?")
# "a pentagon has 6 sides", where it is asked of a hexagon
A_THING = re.compile(r"^\W*(?:(?:so|thus|hence|therefore),?\s+)?an?\s+(?P<thing>[a-z]{4,})\s+has\s", re.IGNORECASE)
THING_ASKED = re.compile(r"\b(?:has|does|do|in|of)\s+(?:an?|every|each)\s+(?P<thing>[a-z]{4,})\b")


def contrary(sentence: str, asking: str) -> bool:
    """Whether a sentence is about something else than its question: the largest for the smallest, the radius for the area, Ben for Ana."""
    sentence = BRACKETED.sub("", LABEL.sub("", sentence))
    match = OF_WHICH.match(sentence)
    subject = (
        sentence if "," not in sentence and len(sentence.split()) <= MAX_CLAUSE else match["subject"] if match else ""
    )
    if ATTAINED.match(sentence) and EXTREME.search(asking) and not PLACE.search(asking):
        return True
    if OF_RESULT.match(sentence) or _of_another(concluding(sentence), asking):
        return True
    told, asked = _orders(subject), _orders(CONDITION.sub("", asking))
    if told.keys() & asked.keys() & EACH_OR_ALL and (main := MAIN_CLAUSE.search(asking)):
        asked = {order: groups for order, groups in asked.items() if order not in EACH_OR_ALL or EACH.search(main[0])}
    return any(not told[order] & asked[order] for order in told.keys() & asked.keys())


def same_order(sentence: str, asking: str) -> bool:
    """Whether a sentence has a word that is as much as one of its question: "larger" for "more"."""
    told, asked = _orders(sentence), _orders(asking)
    return any(told[order] & asked[order] for order in told.keys() & asked.keys())


def _orders(text: str) -> dict[int, set[int]]:
    """List -> the groups of it that a text has words of."""
    found: dict[int, set[int]] = {}
    for word in WORD_OF_ORDER.findall(NO_ORDER.sub(" ", text).casefold()):
        for order, number in ORDERS.get(word, ()):
            found.setdefault(order, set()).add(number)
    return found


def _of_another(told: str, asking: str) -> bool:
    """Whether a sentence says of another person, another unknown or of what is not so, or gives a solution where it is asked how many."""
    name, names = OF_SOMEBODY.match(told), {*NAME_INSIDE.findall(asking)}
    if name and names and not names & {*WORD_OF_NAME.findall(told)} and not LABEL_NOUN.match(told):
        return True
    left, unknown = UNKNOWN.match(told), ASKED_UNKNOWN.search(asking)
    if left and unknown and re.sub(r"\s", "", left["name"]) != re.sub(r"\s", "", unknown["name"]):
        return True
    if (
        CHANCE.match(told)
        and not BARE_CHANCE.match(told)
        and CHANCE.search(asking)
        and denials(told) != denials(asking)
    ):
        return True
    if NOW.search(asking) and NOT_NOW.search(told) and not NOW.search(told) and not ANOTHER_TIME.search(asking):
        return True
    if _is_made_of(told, asking) or _has_other_figure(told, asking):
        return True
    thing, wanted = A_THING.match(told), THING_ASKED.search(asking)
    if thing and wanted and not {*stems(thing["thing"])} & {*stems(asking)}:
        return True
    when, then = ({match["when"] for match in WHEN.finditer(text)} for text in (asking, told))
    if when and then and not when & then:
        return True
    counted = HOW_MANY_OF.search(asking)
    return bool(counted and re.match(rf"the\s+(?:only\s+)?{counted['noun']}\s+(?:is|=)", told, re.IGNORECASE))


def _is_made_of(told: str, asking: str) -> bool:
    """Whether a sentence is about the sum, the product or the number of the things one of which is asked for."""
    match = MADE_OF.match(told)
    if match is None or re.search(MAKING[match["made"].casefold()], asking, re.IGNORECASE):
        return False
    return bool({*stems(match["rest"])} & {*stems(asking)})


def _has_other_figure(told: str, asking: str) -> bool:
    """Whether a sentence has the words of its question with another number in them."""
    match = OF_WHICH.match(told)
    subject = match["subject"] if match else ""
    if not FIGURE.search(subject):
        return False
    words, asked = (FIGURE.sub("#", text).casefold() for text in (subject, asking))
    place = asked.find(words)
    return (
        place >= 0 and FIGURE.findall(subject) != FIGURE.findall(asking)[asked[:place].count("#") :][: words.count("#")]
    )
