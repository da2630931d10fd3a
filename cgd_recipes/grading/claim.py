r"""What a complete last sentence claims, such as "There are seven such triangles." or "The area of the rectangle is 3 * 4 = 12.".

The form of the sentence says which of its numbers is the value. A sentence of another form has its numbers in passing.
"""

from __future__ import annotations

import re
from fractions import Fraction

from cgd_recipes.grading.figures import MASK as M
from cgd_recipes.grading.figures import SCALED, Masked, masked
from cgd_recipes.grading.forms import (
    ANSWER,
    ASKED,
    BEHIND,
    CLAIMS_BEFORE,
    COMPARED,
    COMPUTED,
    CONCLUSIONS,
    DANGLING,
    ENDS,
    FIGURE,
    FORMS,
    GOES_ON,
    JOINED,
    LEAD,
    LEFT,
    MEASURES,
    NO_NOUN,
    NO_PREMISE,
    NOT_BEFORE,
    NOT_BEHIND,
    OF_OTHERS,
    ONE_OF_THEM,
    PROCEDURE,
    REMARK,
    STEP,
    TELLS_WHAT,
    THAT,
    THE_ANSWER,
    THEN,
    UNDONE,
    UNIT,
    UNSOLVED,
)
from cgd_recipes.grading.wording import CONCLUDES, ITEM, MAX_SENTENCE, is_doubtful


def claim(sentence: str, before: str, *, headed: bool = False) -> str | None:
    """The value that a last sentence claims.

    Args:
        sentence: a whole one.
        before: the text before it.
        headed: it stands alone under the heading of the answer, so that it needs no sign of a result.
    """
    plain = sentence.replace("**", "")
    if (
        sentence.count("**") % 2
        or ITEM.match(plain)
        or len(plain) > MAX_SENTENCE
        or (whole := masked(plain)) is None
        or not whole.values
    ):
        return None
    text, values = _joined(whole)
    premise, said = _conclusion(text)
    if NO_PREMISE.search(premise):
        return None
    rest = CONCLUDES.sub("", said).lstrip(" ,")
    follows = bool(before.strip())
    concludes = (
        bool(premise)
        or (rest != said and (follows or not STEP.match(said)))
        or (follows and THAT.match(rest) is not None)
    )
    rest = LEAD.sub("", rest.removeprefix("that ") if rest != said else rest)
    for form in FORMS + CONCLUSIONS * (concludes or headed):
        match = form.pattern.match(rest)
        if match is None or not _is_claim(match, values := values[-rest.count(M) :], form.allowed):
            continue
        value = values[rest.count(M, 0, match.start("value"))]
        sure = form.is_result(match)
        after = rest[match.end("value") :]
        if not ENDS.search(rest) and not (sure and _is_short(after)):
            continue
        if sure or concludes or headed or _shows_result(value, rest, before):
            return value.replace(SCALED, " ").strip() + unit_behind(after)
    return None


def _joined(whole: Masked) -> tuple[str, list[str]]:
    """A masked sentence and its values, with two ways to write one value as one."""
    text, values = whole.text, list(whole.values)
    while match := JOINED.search(text):
        place = text.count(M, 0, match.start())
        by = match["by"] if re.search(r"\bor\b|out", match["by"]) else " = "
        values[place : place + 2] = [values[place] + by + values[place + 1]]
        text = text[: match.start()] + M + text[match.end() :]
    return text, values


def _conclusion(text: str) -> tuple[str, str]:
    """The premise of a sentence, or nothing, and what it concludes."""
    matches = list(THEN.finditer(text))
    return (text[: matches[-1].start()], text[matches[-1].end() :]) if matches else ("", text)


def _is_claim(match: re.Match[str], values: list[str], allowed: frozenset[str]) -> bool:
    """Whether a sentence says without doubt what its subject is, and nothing more."""
    text, start = match.string, match.start("value")
    place = text.count(M, 0, start)
    after = text[match.end("value") :]
    subject = match.groupdict().get("subject") or text[:start]
    doubt = (
        PROCEDURE.match(subject)
        or CLAIMS_BEFORE.search(subject)
        or (ANSWER.search(subject) and not THE_ANSWER.match(subject))
        or OF_OTHERS.search(subject)
        or UNSOLVED.search(subject)
        or (NOT_BEFORE.search(text[:start]) and not MEASURES.search(text[:start]))
        or is_doubtful(ASKED.sub("", subject), allowed)
    )
    further = TELLS_WHAT.sub("", REMARK.sub("", after))
    return not (
        doubt
        or (not start and NO_NOUN.match(after))
        or M in further
        or GOES_ON.search(further)
        or (values[-1] == "1" and ONE_OF_THEM.search(after))
        or NOT_BEHIND.search(after)
        or is_doubtful(ASKED.sub("", further), BEHIND)
        or not _is_value(values[place])
    )


def _is_short(after: str) -> bool:
    """Whether a sentence without a full stop seems whole: "The number is 12 cm"."""
    return len(after.split()) <= 2 and not DANGLING.search(after)


def _is_value(value: str) -> bool:
    if COMPARED.search(value):
        return False
    sides = [side.strip(" $") for side in value.split("=")]
    if len(sides) > 1:
        return len(set(sides)) > 1
    return value.startswith(("$", "\\(")) or not UNDONE.search(value)


def _shows_result(value: str, sentence: str, before: str) -> bool:
    """Whether a sentence speaks of what is left or of a total, computes its value, or repeats what was computed last before it."""
    if "=" in value or LEFT.search(sentence):
        return True
    last, said = (next(reversed([*FIGURE.finditer(text)]), None) for text in (before[-200:], value))
    return (
        last is not None
        and said is not None
        and COMPUTED.search(last.string[: last.start()]) is not None
        and _number(last[0]) == _number(said[0])
    )


def _number(text: str) -> Fraction | str:
    return text if re.search(r"/0*$", text) else Fraction(text.replace(",", ""))


def unit_behind(after: str) -> str:
    """The one or two words behind a value that may be its unit."""
    match = UNIT.match(after)
    return match[0] if match else ""
