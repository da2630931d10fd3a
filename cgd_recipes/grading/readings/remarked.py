r"""Answers with a remark in words behind them: `6\sqrt{2}\text{, where we used that both triangles are congruent}`.

Used by `readings`. A remark begins in one of the ways that are known, holds no number, and no word that could change the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings import reasons
from cgd_recipes.grading.readings.spellings import Pairs

MIN_WORDS, MAX_WORDS = 2, 16
BEGINS = (
    r"where\s+we\s+(?:used?|took|take|set|have\s+used)|since|because|as\s+(?:required|desired|expected|wanted|claimed|stated|needed|asked|requested|shown|above|before)"
    r"|by\s+(?:the\s|symmetry|induction|[A-Z])|using|obtained|found|derived|computed|after\s+(?:simplif|rationali[sz]|reduc|cancel|expand|factor|combin|rearrang)\w*"
    r"|(?:the\s+)?(?:maximum|minimum|max\.?|min\.?|supremum|infimum|extremum|value|equality|it|this|which)?\s*(?:is\s+)?(?:attained|achieved|reached)\b"
    r"|in\s+(?:its\s+|the\s+)?(?:simplest|lowest|reduced|closed|exact|decimal|standard|scientific|fraction(?:al)?|radical|interval|set|expanded|factored|simplified)\s+(?:form|terms|notation)"
    r"|(?:already|fully|completely)\s+(?:simplified|reduced|factored|factorised|factorized)|(?:checked|verified|confirmed)\b"
    rf"|independent(?:ly)?\s+of|regardless\s+of|no\s+matter|whatever|(?:(?:and\b|{AND})\s*)?(?:there\s+(?:are|is)\s+)?no\s+(?:other|others|more|further)\b(?!\s+than)|(?:(?:and\b|{AND})\s*)?nothing\s+else|none\s+else"
    r"|(?:the\s+|this\s+is\s+the\s+)?(?:only|unique)\s+(?:real\s+|positive\s+|integer\s+|possible\s+)?(?:solution|answer|root|value|one|possibility|pair|triple)\b"
    r"|(?:which|this|that)\s+(?:is|was)\s+(?:what|the\s+(?:answer|required|desired|final))|for\s+the\s+(?:given|stated)\b|as\s+(?:an?\s+)?(?:exact|simplified|common|reduced)\b"
)
REMARK = re.compile(
    rf"^(?P<main>.*[\w)\]}}%\u00b0\u2984])\s*(?P<sign>[,;(\u2014\u2013:]|--?(?=\s)|(?={AND}))\s*(?P<said>(?:{BEGINS})(?![a-z]).*?)\)?\.?$",
    re.IGNORECASE | re.DOTALL,
)
# Without a sign before it
BARE = re.compile(
    r"^(?P<main>.*[\w)\]}%\u00b0\u2984])\s+(?P<said>(?:since|because|independent(?:ly)?\s+of|regardless\s+of|as\s+required|as\s+desired|in\s+simplest\s+form|in\s+lowest\s+terms)\b.*?)\.?$",
    re.IGNORECASE | re.DOTALL,
)
CHANGES = re.compile(
    r"\b(?:not|never|cannot|but|or|if|unless|except|maybe|perhaps|probably|possibly|might|could|should|would|wrong|incorrect|instead|half|twice|double|minus|plus|times|less|more|greater|than"
    r"|least|most|about|approximately|approx|roughly|almost|nearly|around|per|each|every|case|cases|assuming|suppose|supposing|percent|ignoring|guess|think|mod|modulo|otherwise|either|neither"
    r"|some|sometimes|ambiguous|sign|squared|cubed|reciprocal|opposite|negated|remaining|rest|when|until|before|given|provided|unknown|hypothetical|estimate|estimated|rounded|thousand|million|hundred|dozen)\b|n't\b",
    re.IGNORECASE,
)
# A letter may be named: "attained at x_0".
TOKENS = re.compile(rf"{AND}?(?:[A-Za-z\s,.$\\'\u2019-]|_\{{?\w\}}?)+")


def without_remark(gold: str, answer: str) -> Iterator[Pairs]:
    """A value without the remark behind it."""
    plain = said(answer)
    for pattern in (REMARK, BARE):
        match = pattern.match(plain)
        if (
            match
            and MIN_WORDS <= len(match["said"].split()) <= MAX_WORDS
            and TOKENS.fullmatch(match["said"])
            and not CHANGES.search(match["said"])
        ):
            yield [(gold, match["main"].rstrip(" ,"))]
            return


READINGS = (without_remark, *reasons.READINGS)
