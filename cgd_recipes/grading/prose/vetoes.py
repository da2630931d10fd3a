"""What a sentence says of the gold answer that makes it another thing's: "every row has 432 seats", "outside (-1, 5)", "past 4:25 pm".

However a sentence was read, none of this may stand in it, unless the question has it, too.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import WORDS, listed
from cgd_recipes.grading.prose.agents import is_other_kind, is_other_way
from cgd_recipes.grading.prose.another import EXTREME, PLACE, contrary
from cgd_recipes.grading.prose.case import SILENT, gold_places
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.objects import name_at
from cgd_recipes.grading.prose.prepared import prepared
from cgd_recipes.grading.prose.reading import read
from cgd_recipes.grading.prose.rivals import is_rivalled
from cgd_recipes.grading.prose.told import Same, Told, shared
from cgd_recipes.grading.prose.values import numbers_in, with_units

# "every row has 432 seats", "6 gallons in every room", "12 each"
EACH = re.compile(
    rf"^\W*(?:{listed('concluding')}\b,?\s*)*(?:each|every)\s+(?:one\s+)?(?:of\s+(?:the\s+|these\s+|those\s+)?(?:{M}\s+)?)?(?P<first>[a-z]+)\b"
    rf"|{M}[^{M}]*\b(?:in|for|on|by|from|to|per|at)\s+(?:each|every)\s+(?P<last>[a-z]+)\b|{M}[^{M}]*\s(?:each|apiece)\W*$",
    re.IGNORECASE,
)
EACH_ASKED = re.compile(
    r"\b(?:each|every|apiece|equal|equally|evenly|divided|density|concentration|speed|velocity|rate|slope|gradient|average)\b",
    re.IGNORECASE,
)
PER_ASKED = re.compile(r"\b(?:per|one)\b|\b(?:does|do|did|is|are|can|will|would|in|of)\s+an?\b", re.IGNORECASE)
# "18 students passed", where it is asked who did not
NOT_DONE = re.compile(r"\b(?:not|n['\u2019]t|never)\s+(?P<verb>[a-z]{3,})\b", re.IGNORECASE)
PAST_OF: dict[str, str] = WORDS["past"]
COMPARATIVE = rf"(?:more|fewer|less|{listed('comparatives')})"
# "36 more apples than", "must be larger by 9"
COMPARED = re.compile(
    rf"^(?:\s[a-z]+)?\s(?:{COMPARATIVE}\b[^,{M}]*\sthan\b|(?:is|are|was|be)\s(?:[a-z]+\s)?{COMPARATIVE}(?:\sby\b|\W*$))",
    re.IGNORECASE,
)
COMPARING = re.compile(rf"\b(?:than|differ\w*|compare\w*|{COMPARATIVE})\b", re.IGNORECASE)
# "Steel has 8 g/cm³, and the block is less dense than that"
THAN_THAT = re.compile(rf"{M}.*\b(?:less|more|{COMPARATIVE})\b[^,;]*\s+than\s+that\W*$", re.IGNORECASE)
BETWEEN_THEM = re.compile(r"\bbetween\s+(?:them|the\s+two)\b(?!\s+[a-z])", re.IGNORECASE)
TOGETHER = re.compile(r"\b(?:together|altogether|both|total|combined|between|they|sum|all|in\s+all)\b", re.IGNORECASE)
# What leads to a value that is not meant.
RELATED = re.compile(
    rf"\b(?!(?<=\bit )follows\s+that\b)(?P<word>{listed('relations')})"
    r"(?:\s+(?:the|an?|that|this|point|line|vector|number|interval|set|year|day))*\s+$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\b(?P<word>between)\s[^,]{1,40}\sand\s+$", re.IGNORECASE)
FAILS = re.compile(r"\b(?P<word>fails?|false|violated|excluded|differ|differs)\b[^,;]*$", re.IGNORECASE)
# "28 of them at home", "300 J of the work"
PART = re.compile(r"^(?:\s[A-Za-z]+)?\s+of\s+(?:it|them|these|those|the\s+(?P<whole>[a-z]+))\b(?P<rest>.*)$")
STEP = re.compile(rf"^\W*[A-Z][a-z]+ing\b[^,]*,\s+(?={M})")
OTHERWISE = re.compile(
    r"^\W*(?:and\s+)?(?:so\s+(?:do|does|did|is|are|has|have)\b|whereas|while|unlike|although|(?:in\s+the\s+same\s+way|just|exactly)\s+as)\b",
    re.IGNORECASE,
)
# "it will be 40 cm once it has grown another 25%", "to return he would have to walk 4 km west"
ONCE = re.compile(r"\bonce\s+(?:it|he|she|they|we|you|the)\b", re.IGNORECASE)
WOULD_HAVE = re.compile(r"\b(?:would|['\u2019]d)\s+(?:have|need)\s+to\b", re.IGNORECASE)
DIRECTION = re.compile(r"\b(north|south|east|west|up|down|left|right|clockwise)(?:wards?)?\b", re.IGNORECASE)
TO_DO = re.compile(r"\bto\s+(?:get|reach|return|come|go|make|be|have)\b", re.IGNORECASE)
# "he will be 22 in four years", "it was 6 years ago"
TIMES = r"(?:years?|days?|hours?|months?|weeks?|minutes?)"
LATER = re.compile(rf"\bwill\s+be\b[^,]*\bin\s+[{M}\w]+\s+{TIMES}\b", re.IGNORECASE)
WILL = re.compile(r"\b(?:will|in|after)\b", re.IGNORECASE)
AGO = re.compile(rf"\b{TIMES}\s+ago\b", re.IGNORECASE)
PAST = re.compile(r"\b(?:ago|was|were|did|had|before|since)\b", re.IGNORECASE)
# "The two have 60 stamps together", where one of them is asked for
PLURAL = re.compile(
    rf"^\W*(?:(?:and|so|thus|hence|then)\s+)?(?:the\s+(?:two|{M})(?=\s)|(?:both|together|they\s+both|all\s+of\s+them)\b)",
    re.IGNORECASE,
)
ONE_PERSON = re.compile(r"\b(?:does|did|will|has|is)\s+(?:he|she|it|(?-i:[A-Z][a-z]+))\b", re.IGNORECASE)
# "whose reciprocal is 3"
WHOSE = re.compile(r"\bwhose\s+(?P<what>[a-z]+)\s+(?:is|are|was|equals)\s+$", re.IGNORECASE)
COUNTED = re.compile(r"\b(?:how\s+many|fraction|percent\w*|probability|part|portion|share)\b", re.IGNORECASE)
AT = re.compile(r"\b(?:at|when|for|where|if)\s+(?:\S+\s+)?$", re.IGNORECASE)
# "8 units to the left of zero" is no 8.
BELOW_ZERO = re.compile(
    rf"^[^,]*\b(?:to\s+the\s+left\s+of|below|beneath|under)\s+(?:zero|the\s+origin|{M})\W*$", re.IGNORECASE
)
HOW_FAR = re.compile(r"\bhow\s+(?:far|many|much)\b|\bdistance\b", re.IGNORECASE)
LESS = re.compile(
    r"\b(?:decreas\w+|drop\w*|fall\w*|fell|reduc\w+|los[et]\w*|declin\w+|shr[aiu]nk\w*|down)\b", re.IGNORECASE
)
# "of 8 and -2 only x = 8 is kept"
REJECTED = re.compile(
    rf"\bonly\s+(?:[{M}]|[a-z]\s*=\s*{M})\s+(?:is\s+(?:kept|valid|allowed|possible|a\s+solution)|remains|survives|works|counts)\b"
    rf"|{M}\s+(?:is|was|(?:must|has\s+to|had\s+to)\s+be)\s+(?:therefore\s+)?(?:rejected|discarded|dismissed|excluded|impossible)\b",
    re.IGNORECASE,
)
# "we turn (11, 4) into (4, 11)"
TURNED = re.compile(rf"{M}\s+into\s+{M}")
# "24 per day", where it is asked for 3 days
PER = re.compile(
    rf"{M}[^{M}]*\b(?:per|an?)\s+(?P<of>day|week|month|year|hour|minute|person|child|box|bag|pack|row|room|page|mile|km|kg|mole?)\b"
)
JUST_ONE = re.compile(
    r"\b(?:just|only)\s+(?:the\s+)?(?:first|second|former|latter|positive|negative|one\s+(?:survives|works|remains|counts|is)\b)",
    re.IGNORECASE,
)

# "falls by a litre", where it is asked what is left
CHANGES = re.compile(
    r"\b(?P<verb>fall|fell|drop|rise|rose|grow|grew|shrink|shrank|increas|decreas|climb|sink|sank)[a-z]*\b[^,]*\sby\s+(?:exactly\s+|only\s+|just\s+)?$",
    re.IGNORECASE,
)
CHANGE_ASKED = re.compile(
    r"\b(?:by|how\s+(?:much|many|far|fast)|chang\w*|differ\w*|rate|growth|loss|gain|rise|fall|drop|increas\w*|decreas\w*)\b",
    re.IGNORECASE,
)


def vetoed(response: str, asking: str, question: str, parts: tuple[str, ...], same: Same) -> bool:
    """Whether the last sentence has the gold answer as something else than what is asked.

    Args:
        response: the whole text, without a thought.
        asking: the sentence that asks.
        question: all of the question.
        parts: the values of the gold answer.
        same: as in `told_in`.
    """
    said, sentence = prepared(response, asking, several=len(parts) > 1)
    as_read = read(sentence, asking, question, parts, same) if sentence and asking else None
    if as_read is None:
        return False
    whole, told = as_read
    found = [place for place, each in enumerate(told) if "gold" in each.kinds]
    if not found:  # "4 chickens and 6 rabbits", where the rabbits are asked for
        values = [pair for each in told for pair in zip(with_units(each.clause), each.kinds, strict=True)]
        if len(parts) == 1 and any(kind == "new" and same(parts[0], *value) for value, kind in values):
            return True
        told = tuple(_by_number(each, parts) for each in told)
        found = [place for place, each in enumerate(told) if "gold" in each.kinds]
        if not found:
            return False
    if len(parts) > 1:
        return any(each.search(whole.text) and not each.search(asking) for each in (JUST_ONE, REJECTED))
    main = told[max(found, key=lambda place: (shared([told[place]], asking, question), place))]
    return (
        bool(BETWEEN_THEM.search(said) and not TOGETHER.search(asking))
        or _is_only_needed(said, parts[0], asking)
        or _is_turned(parts[0], main.clause.text)
        or _is_of_another(main, asking, parts[0])
        or is_other_way(main.clause.said(0), asking)
        or is_other_kind(main.clause.text, asking, question)
        or _is_step(main)
        or (THAN_THAT.search(whole.text) is not None and not COMPARING.search(asking))
        or is_rivalled(whole, response, said, parts, same, asking, question)
    )


def _is_turned(gold: str, text: str) -> bool:
    """Whether a clause has another direction than the gold answer: "7 km south" for "7 km north"."""
    wanted, told = ({each.casefold() for each in DIRECTION.findall(words)} for words in (gold, text))
    return bool(wanted and told and not wanted & told)


def _is_only_needed(said: str, gold: str, asking: str) -> bool:
    """Whether a value is only what would have to be done: "so she would have to walk 2 km south to get back"."""
    match = WOULD_HAVE.search(said)
    if match is None or WOULD_HAVE.search(asking):
        return False
    figures = numbers_in(gold)
    return bool(figures) and figures <= numbers_in(said[match.end() :]) and TO_DO.search(said, match.end()) is not None


def _by_number(told: Told, parts: tuple[str, ...]) -> Told:
    """A clause in which a value with the figures of the gold answer is it: "6 years ago" for "6 years"."""
    wanted = [numbers for part in parts if (numbers := numbers_in(part))]
    kinds = tuple(
        "gold" if numbers_in(value) in wanted else kind
        for value, kind in zip(told.clause.values, told.kinds, strict=True)
    )
    return told._replace(kinds=kinds)


def is_related(before: str, asking: str) -> bool:
    """Whether what leads to a value tells of something else: "past Saturday", "a friend of Picasso"; not where the question has it, too."""
    words = {*re.findall(r"[a-z]+", asking.casefold())}
    found = [match for pattern in (RELATED, BETWEEN, FAILS) if (match := pattern.search(before))]
    return any(not {*re.findall(r"[a-z]+", match["word"].casefold())} <= words for match in found)


def _is_of_another(told: Told, asking: str, gold: str) -> bool:
    """Whether the clause with the gold answer gives it to something else."""
    text, place = told.clause.text, gold_places(told)[-1]
    before, behind = text[:place], text[place + 1 :]
    if _is_of_each(text, asking) or _is_denied(text, asking):
        return True
    if (
        (per := PER.search(text, place))
        and not re.search(rf"\b(?:per|an?|each|every|one)\s+{per['of']}\b", asking)
        and re.search(rf"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten)\s+{per['of']}", asking)
    ):
        return True
    if TURNED.match(text, place) and "new" in told.kinds:
        return True
    if COMPARED.match(behind) and not COMPARING.search(asking):
        return True
    if (change := CHANGES.search(before)) and not CHANGE_ASKED.search(asking) and change["verb"] not in asking:
        return True
    if ONCE.search(behind) or (WOULD_HAVE.search(before) and not WOULD_HAVE.search(asking)):
        return True
    if (LATER.search(text) and not WILL.search(asking)) or (AGO.search(text) and not PAST.search(asking)):
        return True
    if PLURAL.match(text) and ONE_PERSON.search(asking) and not TOGETHER.search(asking):
        return True
    if is_related(before, asking) or ((whose := WHOSE.search(before)) and whose["what"] not in asking):
        return True
    if contrary(told.clause.said(0).strip(" ,;"), asking) or OTHERWISE.match(text):
        return True
    if (part := PART.match(behind)) and _is_part(part, asking):
        return True
    if name_at(told, place) and AT.search(before) and EXTREME.search(asking) and not PLACE.search(asking):
        return True
    if BELOW_ZERO.match(behind) and not gold.startswith(("-", "\u2212")) and not HOW_FAR.search(asking):
        return True
    return gold.startswith("+") and LESS.search(before) is not None


def _is_of_each(text: str, asking: str) -> bool:
    """Whether a value is said of each of several things, while all of them are asked for."""
    match = EACH.search(text)
    if match is None:
        return False
    if EACH_ASKED.search(asking):
        return False
    thing = match["first"] or match["last"]
    if not thing:
        return PER_ASKED.search(asking) is None
    one = re.escape(thing.removesuffix("s"))
    return not re.search(
        rf"\b(?:per|an?|one|the|this|its|of)\s+(?:[a-z]+\s+){{0,2}}{one}\b", asking, re.IGNORECASE
    ) or bool(re.search(rf"\d+\s+{one}", asking))


def _is_part(part: re.Match[str], asking: str) -> bool:
    """Whether a value is of a part: "28 of them at home", or of what is asked for: "300 J of the work"."""
    if part["whole"] and not COUNTED.search(asking):
        whole = part["whole"].removesuffix("s")
        return re.search(rf"\b{whole}", asking) is not None and re.search(rf"\bof\s+(?:the\s+)?{whole}", asking) is None
    rest = {*stems(part["rest"])}
    return bool(rest - SILENT - {"still"} and not rest & {*stems(asking)})


def _is_step(told: Told) -> bool:
    """Whether the gold answer is only what another value is made of: "Adding it to 3/8, five eighths remain"."""
    comma = STEP.match(told.clause.text)
    return comma is not None and gold_places(told)[-1] < comma.end() and "new" in told.kinds


def _is_denied(text: str, asking: str) -> bool:
    """Whether a clause says that something is done of which it is asked who does not do it."""
    match = NOT_DONE.search(asking)
    return (
        match is not None
        and not DENIES.search(text)
        and re.search(rf"\b(?:{match['verb'].removesuffix('e')}|{PAST_OF.get(match['verb'], match['verb'])})", text)
        is not None
    )
