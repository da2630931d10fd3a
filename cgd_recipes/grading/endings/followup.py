"""Where a model that was not stopped goes on behind its final answer with a question that nobody asked.

A base model ends its answer and writes the next example of the pattern: "Question: ...", "### Problem 2", "User: ...", or a token
that ends a text. Its final answer is the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cgd_recipes.grading.endings.conclusion import LABELS, any_label

MAX_QUESTIONS, MAX_ASKED, MIN_WORDS = 8, 600, 6
_ASKED, _TURNS, _ENDS, _FURTHER = (any_label(LABELS[name]) for name in ("questions", "turns", "ends", "further"))
# "Question: ", "**Problem 2.** ", "### Exercise 3" and nothing more, "Here is another question:", "Human: ".
LABEL = re.compile(
    rf"\n[ \t>*_#=\[(-]*(?:(?:here(?:'s|\s+is)|now,?|let's\s+(?:try|do|solve)|try)\s+){{0,2}}(?:(?:an?|the|this)\s+)?(?:(?:{_FURTHER})\s+)?"
    rf"(?:(?P<name>{_ASKED})[ \t]*(?:(?:no\.?|number)[ \t]*)?#?(?P<number>\d{{1,3}}|[IVX]{{1,4}})?(?:[ \t]*\([^()\n]{{0,40}}\))?|{_TURNS})"
    r"[*_]*[ \t]*(?:[:\uff1a][*_\])]*|[\]).][*_\])]*(?=\s)|[*_#]*(?=\n|$))",
    re.IGNORECASE,
)
# "9<|endoftext|>", "9.Human: "; one of the signs is in every such end.
END = re.compile(rf"{_ENDS}|(?<=[\d.}}$)])(?:{_TURNS}):\s", re.IGNORECASE)
SIGNS = ("<|", "<\uff5c", "</s>", "<eos>", "<end_of", "<start_of", "[INST]", "Human:", "User:")
# The next example without a label, between two answers: "Lisa has 20 pens and gives 8 away. How many are left?"
BARE = re.compile(
    r"\n[ \t]*\n\s*(?:\d+[.)]\s+|\#+\s+)?(?="
    r"(?!(?i:is|are|was|do|does|did|can|could|should|would|what|why|how|but|so|if|or|and|now|note|let|yes)\b)"
    r"[A-Z](?:[^\n]{15,}[.,]\s|[^\n]{15,}\.\n)[^\n]*\?[ \t]*\n)"
)
ANSWER = re.compile(r"####|\banswer\b|\\boxed|^[ \t]*\**A\**:", re.IGNORECASE | re.MULTILINE)
# A second look at the own answer: "Problem: this counts the corner twice", "Q: Is this right?", "User: That is wrong."
SELF = re.compile(
    r"\W*(?:(?:is|was|are|were|does|did|do)\s+(?:this|that|it|these|they|my|our|the\s+answer)\b|(?:am|are|did|have|do)\s+(?:I|we|you)\b"
    r"|(?:this|that|it)\s+(?:(?:is|was|seems|looks)\s+(?:not|wrong|incorrect|too)|counts?|assumes|ignores|double|does|cannot|can't|isn't|misses|includes)\b"
    r"|(?:I|we|you)(?:'ve|\s+have)?\s+(?:forgot|made|missed|misread|miscounted|counted|assumed|used|should|must|need|overlooked|did|ignored)\b"
    r"|(?:wait|but|no|hmm|actually|sorry|however)\b|the\s+(?:above|answer|result|question\s+(?:asks|says|was))\b|(?:please\s+)?(?:check|verify|reconsider|try\s+again)\b)"
    r"|[^\n]*\b(?:mistake|incorrect|wrong|misread|the\s+above|(?:your|my|previous)\s+answer|sure\?)",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"[?\uff1f]|(?:^|[.!,:]\s+)(?:find|compute|calculate|determine|evaluate|solve|simplify|how\s+(?:many|much)|what|which|prove|show)\b",
    re.IGNORECASE,
)
ANSWERS = re.compile(r"\n\s*\n|\n(?=\W*(?:A|Answer|Solution|Assistant|Response)\b)")
# What stands before has tried to answer: "A: so many", "15 - 6 = 9", "So he has 9."
TRIED = re.compile(
    r"^[ \t]*\**(?:A|Ans|Answer)\**[ \t]*:|\d\s*[-+*/\u00d7\u00f7\u2212\u00b7]\s*\$?\d[^\n]*=[^\n]*\d[^\n]*\Z"
    r"|^\W*(?:so|thus|hence|therefore)\b[^\n]*\d[^\n]*\Z",
    re.IGNORECASE | re.MULTILINE,
)
# Short questions that a model asks itself, one behind the other, are parts of one.
SENTENCES = re.compile(r"[.!]\s")


class FollowUp(NamedTuple):
    """A place where a text may go on with a question of its own.

    Args:
        head: the text before it.
        new: the question is not about the answer before it, nor part of the one that was asked.
        whole: it has numbers of its own, so that a mere sentence before it may have been the answer.
        tried: what stands before has tried to answer.
    """

    head: str
    new: bool = True
    whole: bool = True
    tried: bool = False


def follow_ups(text: str) -> Iterator[FollowUp]:
    """The places where a text may go on with a question of its own, the first one first."""
    lines = LABEL.finditer(text) if "\n" in text else ()
    places = [match.span() for match, _ in zip(lines, range(MAX_QUESTIONS), strict=False)]
    ends = [match.start() for match in END.finditer(text)][:1] if any(sign in text for sign in SIGNS) else []
    if "?" in text:
        places += [match.span() for match in BARE.finditer(text) if _is_between_answers(text, *match.span())]
    asks_itself = bool(places) and LABEL.match("\n" + text.lstrip()[:MAX_ASKED]) is not None
    for start, end in sorted([*places, *((place, place) for place in ends)]):
        head = text[:start].rstrip()
        if not head:
            continue
        if start in ends:
            yield FollowUp(head)
            return
        asked = ANSWERS.split(text[end : end + MAX_ASKED].strip())[0]
        whole = len(asked.split()) >= MIN_WORDS and re.search(r"\d", asked) is not None
        new = not SELF.match(asked) and (not asks_itself or (whole and SENTENCES.search(asked) is not None))
        asks = ASKS.search(asked) is not None
        yield FollowUp(head, new, new and whole and asks, asks and TRIED.search(head) is not None)
        asks_itself = True


def _is_between_answers(text: str, start: int, end: int) -> bool:
    """Whether the line before a place is marked as an answer, and one behind it too, while what is there is a question of its own."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    asked = text[end : end + MAX_ASKED].partition("?")[0]
    return (
        ANSWER.search(before) is not None
        and ANSWER.search(text, end) is not None
        and re.search(r"\d", asked) is not None
        and not SELF.match(asked)
    )
