r"""Whether what follows a stated answer takes it back: "Wait, that is wrong.", "Scratch that.", "Sorry, it should be 13."."""

from __future__ import annotations

import re

# A second thought; without one a verdict must follow the answer at once to be about it.
AGAIN = (
    r"(?:oh|no|nope|wait|hold\s+on|hm+|oops|whoops|actually|sorry|correction|but|however|unfortunately|ah"
    r"|on\s+second\s+thoughts?|scratch\s+that)"
)
NOTICE = r"(?:and|well|i\s+(?:now\s+)?(?:think|see|reali[sz]e|notice)(?:\s+that)?)"
LEAD = rf"^\W*(?:(?P<again>{AGAIN})\b\W*(?:(?:{AGAIN}|{NOTICE})\b\W*)*)?"
OURS = r"(?:answer|result|value|solution|number|calculation|computation|reasoning|count|total)"
IT = rf"(?:it|this|that|the\s+above|(?:this|that|the|my|our)\s+(?:[a-z]+\s+)?{OURS})"
# "it is not correct to count both" and "this is not possible for larger n" are about something else.
ALONE = r"(?!\s+(?:to|that|for|if|when|unless|with|in)\b)"
WRONG = re.compile(
    rf"{LEAD}(?:{IT}|(?P<value>\S+))\s*(?:'s|is|was|must\s+be|seems|looks)\s+(?:[a-z]+ly\s+|all\s+|still\s+|just\s+)*"
    rf"(?:wrong|incorrect|mistaken|false|a\s+(?:[a-z]+\s+)?(?:mistake|slip|typo)|an\s+(?:[a-z]+\s+)?error){ALONE}",
    re.IGNORECASE,
)
NOT_RIGHT = re.compile(
    rf"{LEAD}(?:{IT}|(?P<value>\S+))\s*(?:(?:is|was|does|did|can|could)(?:\s+not|n't|not)|can't|'s\s+not)\s+(?:be\s+|the\s+|quite\s+|actually\s+|final\s+)*"
    rf"(?:right|correct|true|answer)\b{ALONE}",
    re.IGNORECASE,
)
# These need a second thought: "But this contradicts the assumption."
FAILS = re.compile(
    rf"{LEAD}{IT}\s*(?:(?:does|did|do|can)(?:\s+not|n't|not)\s+(?:satisfy|work|hold|match|fit|agree|add\s+up|make\s+sense)\b|contradicts|is\s+(?:too\s+[a-z]+|impossible|not\s+possible)\b|fails)",
    re.IGNORECASE,
)
MADE = re.compile(
    rf"{LEAD}(?:I(?:'ve|\s+have)?\s+(?:just\s+)?made\s+an?\s+(?:[a-z]+\s+)?(?:mistake|error|slip)|there(?:'s|\s+is|\s+was)\s+an?\s+(?:[a-z]+\s+)?(?:mistake|error)\s+(?:above|in\s+(?:my|this|the))"
    r"|scratch\s+that|(?:please\s+)?(?:ignore|disregard)\s+(?:this|that|the|my)\b|(?:I|let\s+me|let's|we)\s+(?:(?:need|have|should)\s+(?:to\s+)?)?(?:redo|recompute|recalculate|start\s+over|try\s+again|correct)\b"
    r"|I\s+(?:take\s+(?:that|it|this)\s+back|retract))",
    re.IGNORECASE,
)
# "Sorry, it should be 13."
INSTEAD = re.compile(
    rf"{LEAD}(?:(?:{IT})\s*(?:'s|is|was|should\s+be|must\s+be|should\s+have\s+been|=)\s+|make\s+that\s+|(?<=\W))\W*?(?P<value>-?\d[\d.,/]*)",
    re.IGNORECASE,
)
UPHELD = re.compile(
    r"\b(?:yes|(?:it|this|that|answer|result)\s*(?:'s|is|was|holds?)\s+(?:indeed\s+|still\s+|in\s+fact\s+)?(?:correct|right|fine|true|ok(?:ay)?)|(?:still|indeed)\s+(?:correct|right|holds?|stands?))\b",
    re.IGNORECASE,
)
BEHIND = re.compile(
    r"^[\s$.*\\)\]]*(?:is|was)\s+(?:what\s+(?:I|we)\s+(?:first|initially|originally)\b|wrong|incorrect|(?:certainly\s+)?not\s+(?:the\s+)?(?:final\s+)?(?:right|correct|answer)\b)",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"\b(?:answer|it|this|that|value|result)\s+(?:is|cannot\s+be|can't\s+be)\s*(?:not|n't)?\s*[\s$*\\(\[]*$",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:not|cannot|can't)\b|n't\b")
SENTENCE = re.compile(r"(?<=[.!?])(?<!\d\.)\s+|\s*\n+\s*")
# One of these is in every denial.
HINT = re.compile(
    rf"\b(?:{AGAIN}|wrong|incorrect|mistaken|false|mistake|slip|typo|error|not|cannot|ignore|disregard|redo|recompute|recalculate|retract|take\s|try\s|start\s|correct)|n't\b",
    re.IGNORECASE,
)
# The sentences that can be about the answer are near it.
MAX_BEHIND, MAX_SENTENCES = 4_000, 40


def taken_back(answer: str, before: str, behind: str) -> bool:
    """Whether the text around an answer denies it.

    Args:
        answer: as it was stated.
        before: the words before it.
        behind: the text behind it.
    """
    if BEHIND.match(behind[:80]) or ((match := BEFORE.search(before[-60:])) and DENIED.search(match[0])):
        return True
    if not HINT.search(behind, 0, MAX_BEHIND):
        return False
    verdict = False
    pieces = [piece for piece in SENTENCE.split(behind[:MAX_BEHIND])[:MAX_SENTENCES] if re.search(r"\w", piece)]
    for index, sentence in enumerate(pieces):
        if UPHELD.search(sentence) and not NOT_RIGHT.match(sentence):
            verdict = False
        elif _denies(sentence, answer, first=not index):
            verdict = True
    return verdict


def _denies(sentence: str, answer: str, *, first: bool) -> bool:
    for pattern in (WRONG, NOT_RIGHT):
        if match := pattern.match(sentence):
            value = match["value"]
            return first or match["again"] is not None if value is None else _same(value, answer)
    if MADE.match(sentence):
        return True
    if (match := FAILS.match(sentence)) and match["again"]:
        return True
    match = INSTEAD.match(sentence)
    return match is not None and match["again"] is not None and not _same(match["value"], answer)


def _same(value: str, answer: str) -> bool:
    """Whether a value as it was written stands in an answer."""
    plain = re.sub(r"[\s$\\,{}]", "", value).strip(".:;")
    return (
        bool(plain) and re.search(rf"(?<![\w.]){re.escape(plain)}(?!\w)", re.sub(r"[\s$\\,{}]", "", answer)) is not None
    )
