r"""Which value a clause states: what stands behind "is", the object of a verb, what there are; never what a preposition leads."""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.notation.words import UNITS, listed
from cgd_recipes.grading.prose.behind import CHANCE, COUNTED, GONE, LEFT, PART, SHARE, is_fine, unit, unit_removed
from cgd_recipes.grading.prose.compounds import MONTH
from cgd_recipes.grading.prose.doubts import (
    ANSWER,
    ASKED,
    HARMLESS,
    IN_SUBJECT,
    LAW,
    SUBJECT_DOUBT,
    THE_ANSWER,
    UNSOLVED,
    is_unsettled,
    undoubted,
)
from cgd_recipes.grading.prose.joining import listed_together, rounded
from cgd_recipes.grading.prose.masked import M, Masked, S
from cgd_recipes.grading.prose.wording import is_doubtful

ADVERBS = rf"(?:(?:{listed('adverbs')}|:)\s+)*"
RESULT = re.compile(
    rf"(?:\b{listed('copulas')}|=)(?![\w-])\s*:?\s*{ADVERBS}(?:(?:an?|the)\s+)?(?:{listed('amount_nouns')}\s+of\s+)?$|\b(?:brings?|bringing|raises?|raising|reduces?|reducing|takes|taking|drops?|lowers?|cuts?)\s+(?:the|his|her|their|its|this|that)\s+(?:[a-z]+\s+){{1,3}}to\s+$|\b(?:can|may|could)\s+be\s+[a-z]+\s+(?:up\s+|out\s+)?in\s+$|\b(?:get|obtain|find|gives?|yields?)\s+an?\s+[a-z]+(?:\s[a-z]+)?\s+of\s+$|\bis\s+the\s+[a-z]+,\s+$|\bhas\s+(?:an?\s+)?(?:[a-z]+\s+)?{listed('amount_nouns')}\s+(?:of\s+)?$|\bmakes\s+it\s+$"
    rf"|\bcan\s+only\s+(?:be|equal|end\s+in|take\s+the\s+values?)\s+$|(?:the|these|those)\s+(?:numbers|values)\s+$(?<=is\sthe\sset\sof\sthe\snumbers\s)|\bends\s+(?:in|with)\s+(?:exactly\s+)?$|\b(?:has|have|gets?|got|receives?)\s+the\s+(?:other|remaining)\s+$|\bfrom\s{M}\s+to\s+$|\b(?:written|rewritten|expressed|simplified)\s+(?:out\s+)?as\s+$|\bwe\s+write\s+(?:this|that|it)\s+as\s+$|\b(?:sends|takes|maps)\s+{S}\s+to\s+$|\bgo\s+with\s+$|\bthe\s+same\s+(?:thing\s+)?as\s+$|\bas\s+(?:small|low|large|high|great|big|many|much)\s+as\s+$|\b(?:precisely|exactly|only)\s+(?:for|when|at)\s+$",
    re.IGNORECASE,
)
# "a profit of 7 dollars"; "the sum of 7 and 11 is" leads to another value.
AMOUNT = re.compile(
    rf"(?<!\w)(?:an?|the)\s+(?:[a-z]+\s+)?(?:{listed('amount_nouns')}|angle|temperature|weight|mass|force|depth|duration)\s+(?:of|comes\s+to|:)\s+$",
    re.IGNORECASE,
)
AFTER = re.compile(r"\b(?:after|before|from|of|than|above|below|despite|besides)\s+$", re.IGNORECASE)
# Words of doubt that tell what was asked: "the least common multiple", "the remainder when", "the distance between".
SUBJECT = re.compile(
    rf"^\W*(?:the|its|their|his|her|our|[A-Z][a-z]+'s)\s[^,;]*?\s(?=(?:is|are|was|were|equals)\s(?:[a-z]+\s)?(?:an?\s|the\s)?{M}[^{M}]*$)",
    re.IGNORECASE,
)
IN_QUESTION = re.compile(r"\b(?:least|most|when|where|between|while)\b", re.IGNORECASE)
PREPOSITION = re.compile(
    rf"\b{listed('prepositions')}\s+(?:(?:the|all|these|those|its|his|her|their|a|an|only|about|first|last|exactly|remaining|value|number)\s+)*$",
    re.IGNORECASE,
)
DETERMINED = re.compile(
    rf"\b{listed('determiners')}\s+$|\b(?:the|these|those|its|his|her|their|our|my|your)\s+[a-z-]+\s+$", re.IGNORECASE
)
THERE = re.compile(rf"\bthere\s+(?:is|are|were|was|will\s+be|remains?)\s+{ADVERBS}$", re.IGNORECASE)


MULTIPLIED = re.compile(r"\b(?:twice|half|double|triple|thrice)\s+$", re.IGNORECASE)
ONLY = re.compile(r"^\s*(?:(?:exactly|only|just|all|precisely|about|a\s+total\s+of)\b\s*)+", re.IGNORECASE)
NOUN = re.compile(
    r"\s+(?!(?:is|are|was|were|has|must|can|does|fails|works|divides|holds|appears|cancels?|divided|multiplied|squared|cubed|itself|of|and|or|times|plus|minus|more|less|out|in|at|to)\b)[a-z]"
)
RELATION = re.compile(r"[=<>\u2264\u2265\u2208]|\\(?:le|ge|in)\b")
GIVEN = re.compile(r"\b(?:if|with|from|by|unless|since|because|put|let|take|use)\s+(?:[a-z]+\s+)?$", re.IGNORECASE)
CONDITIONAL = re.compile(
    r"\b(?:at|when|near|for|if|with|from|by|unless|since|because|put|set|let|take|use)\s+(?:[a-z]+\s+)?$", re.IGNORECASE
)
SOLUTION = re.compile(
    r"\b(?:domain|range|solutions?|solution\s+set|inequality|interval|satisf\w+|defined|set|values|roots?|holds?|true|increas\w+|decreas\w+|positive|negative)\b",
    re.IGNORECASE,
)
DATE = re.compile(MONTH)
CLOCK = re.compile(r"\d{1,2}:\d\d|\d{1,2}\s?[ap]\.?m", re.IGNORECASE)


# "wins by 3 points", "had fallen to -4 degrees", "can be chosen in 64 ways", "makes her 1.6 m tall", "a 3 in 8 chance"
BY = re.compile(
    r"\b(?:wins?|won|beats?|ahead|exceeds?|exceeded|differs?|differ|(?:in|de)creased?s?|rises?|rose|grew|grows|fell|falls?|drops?|dropped|shorter|longer|older|younger|leads?)\b[^,]*\sby\s+(?:exactly\s+|just\s+)?$"
    r"|\b(?:fallen|dropped|risen|grown|gone|goes|went|rose|fell|grew|climbed|climbs|increased|decreased|shrunk|adds?|added|comes|came)\s+(?:back\s+)?(?:(?:up|down)\s+)?to\s+(?:a\s+[a-z]+\s+of\s+)?$"
    r"|\b(?:congruent|corresponds?|equivalent|amounts?)\s+to\s+$"
    r"|\b(?:went|gone|goes)\s+(?:up|down)\s+by\s+$|\b(?:takes?|took|costs?)\s+(?:her|him|them|it|us|me|you|[A-Z][a-z]+)\s+(?:exactly\s+)?$|\b(?:turns?|rotates?|moves?)\s+through\s+(?:an\s+angle\s+of\s+)?$|\b(?:he|she|they|it|[A-Z][a-z]+)\s+(?:will\s+)?turns?\s+$"
    r"|\bmust\s+(?:originally\s+)?have\s+(?:started|begun)\s+(?:out\s+)?with\s+$|\bleaves?\s+(?:her|him|them|it|us|[A-Z][a-z]+)\s+with\s+$|\b(?:came|comes|goes|went|walks|walked)\s+(?:home|back|away|off)\s+with\s+$"
    r"|\bin\s+(?:the|a)\s+(?:ratio|proportion)\s+(?:of\s+)?$|\bmust\s+have\s+been\s+$|\ballows?\s+for\s+$|\bthat\s+is\s+by\s+$|,\s+at\s+$|\bput\s+in\s+$"
    r"|\b(?:reaches|escapes|finishes|arrives)\b[^,]*\son\s+day\s+$|\b(?:oscillates|vibrates|rotates|spins)\s+with\s+$|\basymptotes?\s+(?:(?:is|are|lies?|located)\s+){0,2}at\s+$",
    re.IGNORECASE,
)
# "it was moving at 80 km/h", "Their mean, 5.5, is the median", "there is a 3 in 8 chance"
PROGRESS = re.compile(r"\b(?:is|are|was|were)\s+(?:[a-z]+\s+){1,4}(?:at|for|in)\s+$")
EQUATIONS = re.compile(r"[a-z]\s*=\s*-?[\d./]+(?:,\s*[a-z]\s*=\s*-?[\d./]+)+")
MEAN = re.compile(
    rf"(?:The|Their|Its|His|Her|Our)\s[a-z\s]+,\s+{M}(?:\s[a-z]+)?,\s+is\s+(?:the|our|what)\b", re.IGNORECASE
)
THERE_IS_A = re.compile(r"\bthere\s+(?:is|was)\s+an?\s+$", re.IGNORECASE)
SUCH_THAT = re.compile(rf"{S}\s+(?:with|where|such\s+that|satisfying|for\s+which)\s+$")
OF_ALL = re.compile(
    rf"\ball\s+(?:real\s+)?(?:numbers?\s+|values?\s+(?:of\s+)?)?{S}\s+(?:with|where|such\s+that|satisfying|for\s+which)\s+$"
)
# "holds for all x > 3", "with a probability of 1/4", "They meet after 2 hours"
FOR_ALL = re.compile(
    r"\b(?:for|by|of|at)\s+(?:exactly\s+|precisely\s+)?(?:all|every)\s+(?:real\s+)?$|\b(?:those|numbers|values)\s+(?:with|where|satisfying)\s+$"
)
WITH_CHANCE = re.compile(r"\bwith\s+(?:an?\s+)?(?:probability|chance)\s+(?:of\s+)?$")
MEETING = re.compile(
    r"\b(?:meets?|arrives?|finish(?:es)?|lands?|catch(?:es)?|stops?|overtakes?|returns?|empty|hits?|moves?|rolls?|travels?|flies|runs?|fills?|empties)\b[^,]*\s(?:after|in|at)\s$"
)
COMPOUND = re.compile(r"\d+ hours? \d+ minutes?")
SUCH = re.compile(r"^\s(?:[a-z]+\s)?such\s[a-z\s-]+[.!]?$")
FOREMOST = re.compile(
    r"\sis\s(?:the|our)\s(?:smallest|largest|greatest|only|required|desired|unique|minimum|maximum)\b"
)
WAYS = re.compile(r"\s(?:(?:different|distinct|possible)\s)?(?:ways|orders|manners)\b")
COUNTS_WAYS = re.compile(
    r"\b(?:can|may|could)\s+(?:be\s+)?[a-z]+\s+(?:[a-z]+\s+){0,5}in\s+(?:exactly\s+)?$", re.IGNORECASE
)
MADE = re.compile(r"\b(?:makes?|made|leaves?)\s+(?:her|him|it|them|us|[A-Z][a-z]+)\s+$")
ADJECTIVE = re.compile(r"(?:\s[a-z]+)?\s(?:tall|long|wide|high|deep|old|heavy|thick)\b")
OF_SOME = re.compile(rf"\s(?:out\s)?of\s(?:the|these|all|his|her|their)\s{M}\s[a-z]+\s[a-z]")


class Stated(NamedTuple):
    """A value that a clause states.

    Args:
        value: as the answer is to be read, with its unit.
        sure: the form of the clause says that it is a result, not a datum.
    """

    value: str
    sure: bool


def stated_value(main: Masked, *, concludes: bool) -> Stated | None:
    """The one value that a clause states; None where there is none, or several that differ in role."""
    main = rounded(listed_together(main))
    text = undoubted(main.text, concludes)
    if (subject := SUBJECT.match(text)) and not subject[0].lower().startswith(("the answer", "the total when")):
        text = IN_QUESTION.sub(" ", subject[0]) + text[subject.end() :]
    if is_unsettled(text):
        return None
    places = [place for place, char in enumerate(main.text) if char == M]
    roles = [_role(main, place, concludes) for place in places]
    for wanted in ("result", "amount", "place", "bare", "there", "object", "subject"):
        found = [index for index, role in enumerate(roles) if role == wanted]
        if not found:
            continue
        if len(found) > 1 and not (wanted == "result" and (_restates(main, found) or _chained(main, places, found))):
            return None
        return _checked(main, found[-1], wanted, concludes)
    return None


SEVERAL = re.compile(r", |\bor\b")


ALTERNATIVES = re.compile(r"\([^()]*\)|[^,]*\d[^,]*\bor\b[^,]*\d[^,]*$")


def _checked(main: Masked, index: int, role: str, concludes: bool) -> Stated | None:
    """A value in its role, if what stands around it does not speak against it."""
    place = [place for place, char in enumerate(main.text) if char == M][index]
    before, after = RESULT.sub("", main.text[:place]), main.text[place + 1 :]
    value = main.values[index]
    if ANSWER.search(before) and not THE_ANSWER.match(before.strip()):
        return None
    if UNSOLVED.search(before) or LAW.match(before) or LAW.match(main.text[:place]):
        return None
    if MEAN.match(main.text):  # what stands behind it is what it is of
        after = ""
    before = HARMLESS.sub(" ", before)
    if not concludes and role == "result" and SUBJECT_DOUBT.intersection(re.findall("[a-z]+", before.casefold())):
        return None
    if not concludes and role != "result" and is_doubtful(ASKED.sub("", before), IN_SUBJECT):
        return None
    several = SEVERAL.search(ALTERNATIVES.sub("", value))
    if role in ("subject", "object") and several and "=" not in value:
        return None
    relation = role == "result" and RELATION.search(value) and len(main.values) == 1
    if (
        not (relation or is_fine(value, after, role, concludes=concludes))
        or not _is_value(value)
        or any("=" in each for each in main.values[index + 1 :])
    ):
        return None
    return Stated(
        value.strip() + unit(after, value),
        role in ("result", "amount", "place", "bare")
        or SUCH.search(after) is not None
        or LEFT.search(main.text) is not None,
    )


def _chained(main: Masked, places: list[int], found: list[int]) -> bool:
    """Whether the last of two results is what a chain ends with: "is 7 miles / 2 hours = 7/2 miles per hour"."""
    between = main.text[places[found[-2]] + 1 : places[found[-1]]]
    return between.endswith("= ") and not re.search(r"[,;]|\band\b", between)


def _restates(main: Masked, found: list[int]) -> bool:
    return len({main.values[index] for index in found}) == 1


def _role(main: Masked, place: int, concludes: bool) -> str:
    """What a value is in its clause."""
    before, after = main.text[:place], main.text[place + 1 :]
    value = main.values[before.count(M)]
    since = before[before.rfind(M) + 1 :]
    if THERE.search(since):
        return "there"
    if RESULT.search(since):
        return "result"
    if amount := AMOUNT.search(since):
        lead = since[: amount.start()]
        led = AFTER.search(lead) or (M in before and re.search(r"\bwith\s+$", lead))
        return "modifier" if led else "amount"
    alone = main.text.count(M) == 1
    if _is_led(since, after, value) or (alone and _is_only_value(main.text, since, after, value, concludes)):
        return "result"
    if DATE.match(value) and re.search(r"\b(?:on|by|until)\s+$", since):
        return "place"
    if (CLOCK.match(value) or is_point(value)) and re.search(r"\b(?:at|until|in)\s+(?:the\s+)?(?:point\s+)?$", since):
        return "place"
    if " or " in value and re.search(r"\b(?:for|in|at)\s+$", since):
        return "object"
    if PREPOSITION.search(since):
        return "modifier"
    if DETERMINED.search(since) or MULTIPLIED.search(since):
        return "premise"
    if M not in before and not ONLY.sub("", since).strip(" ,"):
        return _role_at_start(value, after, concludes)
    return "object" if re.search(r"[A-Za-z]", since) else "other"


def _is_led(since: str, after: str, value: str) -> bool:
    """Whether words before a value lead to a result: "wins by", "can be chosen in 64 ways", "makes her 1.6 m tall"."""
    return bool(
        BY.search(since)
        or (WAYS.match(after) and COUNTS_WAYS.search(since))
        or (ADJECTIVE.match(after) and MADE.search(since))
        or (THERE_IS_A.search(since) and CHANCE.match(after))
        or (is_set(value) and (OF_ALL.search(since) or FOR_ALL.search(since)))
        or (WITH_CHANCE.search(since) and not after.strip(" .!"))
        or (re.fullmatch(r"\s+ways\W*", after) and re.search(r"\bin\s+(?:exactly\s+)?$", since))
        or (MEETING.search(since) and (unit(after, value).strip() in UNITS or COMPOUND.fullmatch(value)))
    )


def _is_only_value(text: str, since: str, after: str, value: str, concludes: bool) -> bool:
    """Whether the only value of a clause is its result for what it is: a solution set, a relation, a speed, a duration."""
    if MEAN.match(text) or EQUATIONS.fullmatch(value):
        return True
    if concludes and PROGRESS.search(since) and (unit(after, value).strip() in UNITS or re.search("[/%]", value)):
        return True
    if not since.strip(" ,") or not (concludes or SOLUTION.search(since)):
        return False
    return (
        (concludes and is_set(value) and SUCH_THAT.search(since) is not None)
        or (is_set(value) and not GIVEN.search(since))
        or (RELATION.search(value) is not None and not CONDITIONAL.search(since))
    )


def _role_at_start(value: str, after: str, concludes: bool) -> str:
    if not unit_removed(after).strip(" .!"):
        return "bare" if concludes and not re.search(r"[<>\u2264\u2265\u2260]|\\(?:ne|le|ge)", value) else "alone"
    if concludes and (COUNTED.match(after) or (PART.match(after) and re.search("[/%]|frac", value))):
        return "there"
    if concludes and re.search("[/%]|frac", value) and GONE.match(after):
        return "there"
    if concludes and FOREMOST.match(after):
        return "subject"
    if SHARE.match(after) and re.search("[/%]|frac", value):
        return "there" if concludes else "object"
    if concludes and value != "1" and re.search(r"\sis\s(?:an?\s)?[A-Za-z]+[.!]?$", after):
        return "alone"
    return "subject" if NOUN.match(after) or (concludes and OF_SOME.match(after)) else "alone"


def is_point(value: str) -> bool:
    """Whether a value is a pair or triple in round brackets."""
    return re.fullmatch(r"\$?\([^()]*,[^()]*\)\$?", value) is not None


SET = re.compile(r"[<>\u2264\u2265\u2208\u222a]|\\(?:le|ge|in|cup)\b|^\$?[\[(].*,.*[\])]\$?$|^\{.*\}$")


def is_set(value: str) -> bool:
    """Whether a value is an inequality, an interval or a set."""
    return SET.search(value) is not None


NO_VALUE = re.compile(r"^\u2248|^[^=]*\d[-\u2013]\d[^=]*$|^\d+[\u00b2\u00b3]$")


def _is_value(value: str) -> bool:
    if NO_VALUE.search(value):
        return False
    sides = [side.strip(" $") for side in value.split("=")]
    return len(sides) == 1 or len(set(sides)) > 1
