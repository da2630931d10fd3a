"""The verdict of a critique: what its last conclusion line states, and nothing that it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

UNREADABLE = "unreadable"
"""The verdict of a conclusion line that states neither `right` nor `wrong` alone."""

# Every repetition is bounded: a degenerate model writes 40,000 colons in a line.
_LABEL = re.compile(
    r"[\W_]{0,20}(?:\d{1,3}[.)][\W_]{0,20})?(?:(?:final|overall|my)[ \t]{1,4})?conclusion([\W_]{0,20})", re.IGNORECASE
)
_COMMANDS = re.compile(r"(?:\\|\b)(?:boxed|fbox|text|textbf|mathrm)\{")
_END = re.compile(r"\[END\]|<\|[A-Za-z0-9_]{1,40}\|>|</s>", re.IGNORECASE)
_DECORATION = " \t\r\n*_~`#>'\".!:\uff1a;,(){}[]<>-\u2013\u2014$\\\u200b\u200c\u200d\u2060\ufeff"
# Struck out, not ticked, negated by a sign, a cross before `right`, a tick before `wrong`.
_TAKEN_BACK = re.compile(
    r"~~|\[[ _]?\]|[\u2610\u2612]|[!\u00ac\u2260][ \t]?\w"
    r"|[\u2716-\u2718\u274c\u274e][\W_]{0,10}right|[\u2611\u2705\u2713\u2714][\W_]{0,10}wrong",
    re.IGNORECASE,
)
# A sentence below that takes a conclusion back: one that begins so, or that states the other verdict of the answer itself.
# `The correct answer is 5.` and `The method is right.` do not contradict `wrong`.
_SECOND_THOUGHT = re.compile(
    r"(?:\A|[.!?\n])[\W_]{0,10}(?:(?:no|oh|but|hmm+|well)[,.]? )?(?:wait\b(?! (?:times?|lists?|until|for)\b)"
    r"|hold on\b|scratch that|strike that|never ?mind"
    r"|on (?:second|further|closer) (?:thoughts?|reflection|inspection|look)|let me (?:re-?(?:check|consider|evaluate|examine|think)"
    r"|double[- ]check|check again|look again)|i (?:take (?:it|that|this) back|was (?:wrong|mistaken)|misjudged|misread|stand corrected"
    r"|changed? my mind|retract))",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"(?:(?:\A|[.!?,;:(\n]|\b(?:and|but|so|that|because|since|think|therefore|no|fact|actually|indeed)\b)[\W_]{0,6}(?:it|this|that)"
    r"|(?<!if the )(?<!whether the )\b(?:student|answer|solution|response|result|conclusion|verdict)"
    r"(?: of [^\s.;]{1,20}| here| above){0,2})"
    r"(?:(?:'s| is| was| are| seems| looks| should be| must be)(n't| not)?)"
    r"(?: (?:(?!part|most|large|near)[a-z]{2,12}ly|in fact|indeed|still|also|all|just|quite|after all|now|in|to be)){0,2}"
    r" (right|correct|wrong|incorrect|false|mistaken)\b"
    r"(?![ -](?:angled|handed|answer|approach|method|value|result|step|way|idea|formula|angle|triangle|side|hand|one)\b)",
    re.IGNORECASE,
)
# A line below that gives the other verdict by name: `Verdict: wrong`, `Correction: it is wrong.`, `Sorry, I meant wrong.`
_RENAMED = re.compile(
    r"\b(?:(?:verdict|conclusion|correction|corrected|judge?ment|assessment|edit|update|answer|so|thus|therefore|hence|no|nope|sorry)"
    r"[ \t*_]{0,4}[:,;=\u2013\u2014-](?:[^\w\n.]{0,6}(?:it|this|that|the|student|student's|answer|is|was|should|be)\b){0,4}"
    r"|i (?:mean|meant)|should (?:be|read|say)|mark (?:it|this) as)[^\w\n.]{1,6}(right|correct|wrong|incorrect)\b(?=[\W_]{0,10}(?:\n|\Z))",
    re.IGNORECASE,
)
_LONGEST = 200  # characters of a line that may hold a verdict with its decoration, and no more than that


def verdict_of(critique: str) -> str | None:
    """`right` or `wrong` from the last conclusion line of a critique.

    The authors' pipeline asks for a last line `Conclusion: right` or `Conclusion: wrong`. Read are also a label such as
    `**Final Conclusion:**`, a heading `Conclusion`, and a verdict on the line below them. A line below that consists of the
    other verdict contradicts it, and so does a sentence below that takes it back.

    Returns:
        `UNREADABLE` where the last conclusion says anything else (`right or wrong`, `mostly right`); None where there is
        no conclusion line.
    """
    below, all_below = "", set[str | None]([None])
    for line, end in _lines_from_the_end(critique):
        found = _LABEL.match(line)
        if found:
            rest, is_labelled = line[found.end() :].strip(), ":" in found[1] or "\uff1a" in found[1]
            stated = None if _TAKEN_BACK.search(found[1] + rest) else _stated(rest or below)
            if is_labelled or (not rest and stated):
                holds = stated and all_below <= {None, stated} and not (below and _takes_back(critique[end:], stated))
                return stated if holds else UNREADABLE
        if line.strip(_DECORATION):
            below = line
            all_below.add(_stated(line))
    return None


def parse_verdict(critique: str) -> str | None:
    """`right` or `wrong` where a critique's last conclusion line states it (see `verdict_of`), else None."""
    found = verdict_of(critique)
    return None if found == UNREADABLE else found


def _lines_from_the_end(text: str) -> Iterator[tuple[str, int]]:
    """Lines, each with where it ends."""
    end = len(text)
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        yield text[start:end], end
        end = start - 1


def _takes_back(text: str, stated: str) -> bool:
    """Whether what stands below a conclusion contradicts it."""
    if _SECOND_THOUGHT.search(text):
        return True
    claims = [(claim[2].lower() in _RIGHT) != bool(claim[1]) for claim in _CLAIM.finditer(text)]
    claims += [name[1].lower() in _RIGHT for name in _RENAMED.finditer(text)]
    return any(is_right != (stated == "right") for is_right in claims)


_RIGHT = ("right", "correct")


def _stated(text: str) -> str | None:
    """The verdict that a line consists of, decoration aside."""
    if len(text) > _LONGEST or _TAKEN_BACK.search(text):
        return None
    word = _END.sub("", _COMMANDS.sub("", text)).strip(_DECORATION).lower()
    return word if word in ("right", "wrong") else None
