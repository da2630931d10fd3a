r"""Answers with a remark in words behind them: `6\sqrt{2}\text{, where we used that both triangles are congruent}`.

Used by `readings`. A remark is one of those that are known, or a reason without numbers, units, and words that could change the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.notation.clean import AND
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.readings import reasons
from cgd_recipes.grading.readings.spellings import Pairs

MIN_WORDS, MAX_WORDS, MAX_ANSWER = 2, 16, 400
NAME = r"\$?\\?[A-Za-z](?:[a-z]+)?(?:_\{?\w\}?)?\$?"
RULE = (
    r"(?:(?:the\s+)?(?!(?:wrong|incorrect|false|approximat\w*|first|other|naive|old)\b)(?:[A-Z][A-Za-z'\u2019-]+"
    r"|[a-z]+(?:[ -][a-z]+)?)\s+)?(?:theorems?|rules?|formulas?|laws?|inequality|lemma|identity|identities|tests?|principle"
    r"|criterion|method|expansion|definition)"
)
KINDS = (
    r"(?:real\s+|positive\s+|integer\s+|valid\s+|possible\s+|further\s+|such\s+)?(?:solutions?|answers?|roots?|values?|ones?"
    r"|possibilit(?:y|ies)|pairs?|triples?|cases?|choices?|numbers?|integers?|primes?|functions?|polynomials?|elements?)"
)
EXIST = (
    r"(?:works?|exists?|fits?|(?:is|are|was|were)\s+(?:possible|valid|allowed)|satisf(?:y|ies)\s+(?:it|this|the\s+(?:equation"
    r"|condition|conditions|requirement)))"
)
# Remarks that are complete in themselves
REMARKS = (
    r"as\s+(?:required|desired|expected|wanted|claimed|stated|needed|asked|requested)(?:\s+(?:by|in)\s+the\s+(?:problem|question|statement|exercise))?|as\s+(?:shown|seen|found|computed|derived|proved)\s+(?:above|before|earlier)"
    rf"|by\s+(?:symmetry|induction|inspection|substitution|{RULE})|using\s+(?:symmetry|induction|substitution|{RULE})"
    r"|(?:obtained|found|derived|computed)\s+by\s+[a-z]+ing(?:\s+by\s+parts)?|after\s+(?:simplif|rationali[sz]|reduc|cancel|expand|factor|combin|rearrang)\w*(?:\s+(?:the\s+)?(?:terms?|fractions?|denominators?|expression|common\s+factors?))?"
    rf"|(?:the\s+)?(?:maximum|minimum|max\.?|min\.?|supremum|infimum|extremum|value|equality|it|this|which)?\s*(?:is\s+)?(?:attained|achieved|reached)\s+(?:at|for|when|by)\s+(?:the\s+)?{NAME}(?:\s*=\s*{NAME})*"
    r"|in\s+(?:its\s+|the\s+)?(?:simplest|lowest|reduced|closed|exact|decimal|standard|scientific|fraction(?:al)?|radical|interval|set|expanded|factored|simplified)\s+(?:form|terms|notation)"
    r"|(?:already|fully|completely)\s+(?:simplified|reduced|factored|factorised|factorized)|(?:checked|verified|confirmed)\s+(?:by\s+(?:hand|substitution|symmetry|direct\s+computation|computer)|numerically|above|directly|twice)"
    rf"|(?:independent(?:ly)?\s+of|regardless\s+of|no\s+matter|whatever)\s+(?:the\s+)?(?:(?:value|choice|order|size|position|shape|location|sign|size|starting\s+point)s?(?:\s+of\s+(?:the\s+)?(?:[a-z]+|{NAME}))?|{NAME})(?:\s+(?:is|was))?"
    rf"|(?:(?:and\b|{AND})\s*)?(?:there\s+(?:are|is)\s+)?no\s+(?:others?|more|(?:other|further|more)\s+{KINDS})(?:\s+{EXIST})?|(?:(?:and\b|{AND})\s*)?(?:nothing|none)\s+else\s+{EXIST}"
    rf"|(?:this\s+is\s+)?the\s+(?:only|unique)\s+{KINDS}|(?:which|this|that)\s+(?:is|was)\s+(?:what\s+(?:was\s+)?(?:asked|wanted|required|needed)(?:\s+for)?|the\s+(?:(?:final|required|desired|correct)\s+)?(?:answer|result))"
    rf"|for\s+(?:all|any|every|each)\s+(?:valid|admissible|allowed|permitted|permissible|possible|such)\s+(?:(?:values?|choices?)\s+of\s+)?{NAME}"
    r"|(?:tangent|touching|touches|(?:the\s+)?point\s+of\s+(?:tangency|contact))\s+(?:is\s+)?(?:at\s+)?(?:the\s+point\s+)?\([-\d./,\s\\{}a-z^]+\)"
    r"|for\s+the\s+(?:given|stated)\s+(?:values?|data|numbers|conditions?)|as\s+(?:an?\s+)?(?:exact|simplified|common|reduced)\s+(?:value|fraction|form|number)"
)
# A reason, which may have words of its own
REASON = r"where\s+we\s+(?:used?|took|have\s+used)\s+that\s+.*|(?:since|because)\s+.*"
REMARK = re.compile(
    rf"^(?P<main>.*[\w)\]}}%\u00b0\u2984])\s*(?P<sign>[,;(\u2014\u2013:]|--?(?=\s)|(?={AND}))\s*(?P<said>{REMARKS}|{REASON})\s*\)?\.?$",
    re.IGNORECASE | re.DOTALL,
)
# Without a sign before it
BARE = re.compile(
    rf"^(?P<main>.*[\w)\]}}%\u00b0\u2984])\s+(?P<said>since\s.*|because\s.*|{REMARKS})\s*\.?$",
    re.IGNORECASE | re.DOTALL,
)
# Words that could change the answer: doubt, another amount, a unit, a base
CHANGES = re.compile(
    r"\b(?:not|never|cannot|but|or|if|unless|except|maybe|perhaps|probably|possibly|might|could|should|would|wrong|incorrect|instead|half|twice|double|triple|minus|plus|times|less|more(?!\s+exist|$)|greater|than"
    r"|least|most|about|approximately|approx|roughly|almost|nearly|around|per|each|every|case|cases|assuming|suppose|supposing|percent|ignoring|guess|think|mod|modulo|otherwise|either|neither"
    r"|some|sometimes|ambiguous|sign|squared|cubed|reciprocal|opposite|negated|negative|remaining|rest|when|until|before|given|provided|unknown|hypothetical|estimate\w*|round\w*|thousand|million|hundred|dozen"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero|base|basis|units?|met(?:re|er)s?|cm|mm|km|kilo\w*|centi\w*|milli\w*|inch(?:es)?|feet|foot|miles?|yards?|seconds?|minutes?|hours?|days?|weeks?"
    r"|grams?|pounds?|ounces?|lit(?:re|er)s?|degrees?|radians?|dollars?|cents?|without|exclud\w*|includ\w*|ignor\w*|reject\w*|discard\w*|miss\w*|lost|extra|too|only|still|yet|first|second|third|last|part\w*|step|false|fails?|contradict\w*|diverg\w*|absurd|impossible)\b|n't\b",
    re.IGNORECASE,
)
# A letter may be named: "attained at x_0".
TOKENS = re.compile(rf"{AND}?(?:[A-Za-z\s,.$\\'\u2019-]|_\{{?\w\}}?)+")
IS_REASON = re.compile(REASON, re.IGNORECASE | re.DOTALL)


def without_remark(gold: str, answer: str) -> Iterator[Pairs]:
    """A value without the remark behind it."""
    plain = said(answer) if len(answer) <= MAX_ANSWER else ""
    for pattern in (REMARK, BARE):
        match = pattern.match(plain)
        if match and MIN_WORDS <= len(match["said"].split()) <= MAX_WORDS and _is_innocent(match["said"]):
            yield [(gold, match["main"].rstrip(" ,"))]
            return


def _is_innocent(remark: str) -> bool:
    return not IS_REASON.match(remark) or (TOKENS.fullmatch(remark) is not None and not CHANGES.search(remark))


READINGS = (without_remark, *reasons.READINGS)
