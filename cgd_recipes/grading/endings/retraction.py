r"""Whether what follows a stated answer takes it back: "Wait, that is wrong.", "Scratch that.", "Sorry, it should be 13."."""

from __future__ import annotations

import re
from fractions import Fraction

# A second thought; without one a verdict must follow the answer at once to be about it.
AGAIN = (
    r"(?:oh|no|nope|wait|hold\s+on|hm+|oops|whoops|actually|sorry|correction|but|however|unfortunately|ah"
    r"|on\s+second\s+thoughts?|scratch\s+that|edit(?=:)|update(?=:))"
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
# "Status: wrong", "Verified: no"
STATUS = re.compile(
    r"^\W*(?:status|verdict|verified|verification|checked|check|correct|correctness|valid|grade|result\s+of\s+the\s+check)\W*:\W*(?:(?:it|this|that|(?:the|my|this|that)\s+(?:[a-z]+\s+)?answer)\s+is\s+)?(?:(?:wrong|incorrect|false|fail(?:s|ed)?|invalid|rejected|not\s+(?:correct|right|verified|valid))\b|no\b(?=\W*$|[,;]))",
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
    r"|I\s+(?:(?:have\s+to|must|need\s+to|should|will)\s+)?(?:take\s+(?:that|it|this)\s+back|retract)|I\s+(?:(?:have\s+to|must|need\s+to|should|will|hereby)\s+)?withdraw\b)",
    re.IGNORECASE,
)
# About the answer wherever it stands in a sentence: "So the answer above is wrong", "That makes the answer I gave incorrect".
ABOVE = r"(?:above|in\s+the\s+box|I\s+(?:gave|boxed|stated|wrote|got)(?:\s+(?:above|before|first))?|(?:given|stated|boxed|written)\s+above)"
OWN = rf"(?:(?:the|my|our)\s+(?:[a-z]+\s+)?(?:{OURS}|box)\s+{ABOVE}|(?:the|my|our)\s+(?:boxed|above|previous|earlier)\s+{OURS})"
NO_LONGER = re.compile(
    rf"\b{OWN}\s+(?:(?:is|was)\s+)?(?:[a-z]+ly\s+|all\s+|still\s+|just\s+)*(?:wrong|incorrect|mistaken|false|not\s+(?:right|correct)|should\s+(?:read|be)\b)",
    re.IGNORECASE,
)
REPLACED = re.compile(
    r"\b(?:replace|change)\s+(?:the\s+)?\$?(?P<value>-?\d[\d.,/]*)\$?\s+(?:by|with|to)\b", re.IGNORECASE
)
# "The correct answer is 60 - 4 = 56", "take 56 as my final answer": another number than the answer takes it back.
BETTER = re.compile(
    rf"\b(?:the|my|our)\s+(?:(?:correct|right|revised|corrected)\s+(?:final\s+)?{OURS}|(?:actual|real|true|new|updated)\s+(?:final\s+)?answer|answer(?=\s+(?:should|must)\b)|(?P<final>final\s+answer))"
    r"\s*(?::|(?:(?:therefore|thus|then|actually)\s+)?(?:is|was|becomes|(?:would|should|must)\s+(?:(?:therefore|thus|then|actually)\s+)?(?:be|have\s+been)))\s*(?:(?:therefore|thus|then|actually|indeed|just|only)\s+)*:?\s*(?P<said>[^,;(]+)",
    re.IGNORECASE,
)
TAKEN = re.compile(
    r"\b(?:take|use|accept|consider)\s+\W*(?P<value>-?\d[\d.,/]*)\W*(?:[a-z]+\s+)?(?:as|to\s+be)\s+(?:my|the|our)\s+(?:(?:final|correct|right|new)\s+)*answer\b",
    re.IGNORECASE,
)
SUPPOSED = re.compile(
    r"\b(?:if|unless|whether|suppose|might|may|could|says?|thinks?|claims?|tempt\w*|not|never|nobody|no\s+one)\b|\?",
    re.IGNORECASE,
)
# A number with a sign of money, and with words behind it that may be its unit.
LAST_NUMBER = re.compile(
    r"(?:.*=)?[\s$*\\(]*(?P<number>[-\u2212]?\d[\d,]*(?:\.\d+)?)[\s$*\\)]*(?P<unit>(?:\s*[a-z]+){0,2})[\s.!*$]*"
)
ONE_NUMBER = re.compile(r"[^\d]*?(?P<number>[-\u2212]?\d[\d,]*(?:\.\d+)?)[^\d^/%]*")
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
    r"(?<=[\w$)}])\s+(?:(?:is|was|are|can|could|must|should|may|will|would)(?:\s+not|n't)(?:\s+be)?|cannot\s+be|can't\s+be|be)(?:\s+not)?\s*[\s$*\\(\[]*$",
    re.IGNORECASE,
)
DENIED = re.compile(r"\b(?:not|cannot|can't)\b|n't\b")
SENTENCE = re.compile(r"(?<=[.!?])(?<!\d\.)\s+|\s*\n+\s*")
# One of these is in every denial.
HINT = re.compile(
    rf"\b(?:{AGAIN}|wrong|incorrect|mistaken|false|mistake|slip|typo|error|not|cannot|ignore|disregard|fail|fails|failed|invalid|rejected|redo|recompute|recalculate|retract|withdraw|take\s|try\s|start\s|correct|right|revised|actual|true|new|updated|answer|replace|change|use\s|accept|consider|edit|box|unclear|either|both|each)|n't\b",
    re.IGNORECASE,
)
# "It is unclear which one is meant."
UNDECIDED = re.compile(
    r"\b(?:it\s+is|it's|it\s+remains)\s+(?:unclear|not\s+(?:clear|certain))\s+(?:which|what)\b"
    r"|\b(?:either|both|each)\s+(?:(?:one|answer|value)s?\s+)?(?:of\s+(?:them|these|the\s+two)\s+)?(?:could|may|might|can)\s+be\s+(?:the\s+(?:final\s+|correct\s+|right\s+)?answer|right|correct|meant|accepted)\b",
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
    if BEHIND.match(behind[:80]) or (
        DENIED.search(before, max(0, len(before) - 60))
        and (match := BEFORE.search(before[-60:]))
        and DENIED.search(match[0])
    ):
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
    if STATUS.match(sentence) or MADE.match(sentence) or UNDECIDED.search(sentence) or _corrects(sentence, answer):
        return True
    if (match := FAILS.match(sentence)) and match["again"]:
        return True
    match = INSTEAD.match(sentence)
    return match is not None and match["again"] is not None and not _same(match["value"], answer)


def _corrects(sentence: str, answer: str) -> bool:
    """Whether a sentence calls the answer wrong, or another number the right one."""
    for pattern in (NO_LONGER, REPLACED, TAKEN, BETTER):
        match = pattern.search(sentence)
        if match is None or SUPPOSED.search(sentence, 0, match.start()):
            continue
        if pattern is NO_LONGER:
            return True
        if pattern is BETTER:
            return _is_other(match["said"], answer, with_unit=match["final"] is None)
        return _same(match["value"], answer) is (pattern is REPLACED)
    return False


def _is_other(said: str, answer: str, *, with_unit: bool) -> bool:
    """Whether what is said is a plain number, perhaps with a unit, and the answer holds one other number."""
    given, own = (
        LAST_NUMBER.fullmatch(re.split(r"\s(?:and|not|because|since|as|rather|instead)\s", said)[0]),
        ONE_NUMBER.fullmatch(answer),
    )
    if given is None or own is None or (given["unit"].strip() and not with_unit):
        return False
    return _plain(given["number"]) != _plain(own["number"])


def _plain(number: str) -> Fraction:
    return Fraction(number.replace(",", "").replace("\u2212", "-"))


def _same(value: str, answer: str) -> bool:
    """Whether a value as it was written stands in an answer."""
    plain = re.sub(r"[\s$\\,{}]", "", value).strip(".:;")
    return (
        bool(plain) and re.search(rf"(?<![\w.]){re.escape(plain)}(?!\w)", re.sub(r"[\s$\\,{}]", "", answer)) is not None
    )
