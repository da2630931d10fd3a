r"""The clauses of a last sentence: what it concludes, without its premise, its reasons and its remarks.

"Since each of the 8 friends pays 15, they collect 120 dollars in all, which is what we wanted." concludes "they collect 120 dollars".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.doubts import EACH
from cgd_recipes.grading.prose.joining import restated
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M, Masked, S
from cgd_recipes.grading.prose.tails import without_tails
from cgd_recipes.grading.prose.written_out import CONSEQUENCE, in_full

BREAK = r"(?:\s*[,;:\u2014\u2013]|\s+-)\s+"
CONCLUDING = listed("concluding")
LEAD = re.compile(
    rf"^\W*(?:and\s+|but\s+)?(?:{CONCLUDING})(?![\w-])(?!\s+(?:far|much|many|long|called))[,:]?\s*(?:that\s+)?",
    re.IGNORECASE,
)
# ", so", "; therefore", "and so", ": thus"
INNER = re.compile(
    rf"(?:{BREAK}(?:and\s+)?|\s+and\s+)(?P<word>{CONCLUDING})(?![\w-])(?!\s+(?:far|much|many|long|called|on|by|(?:(?:that|this)\s+)?is\s+(?:how|what|when|where|why))\b)(?!(?<=then)\s+(?-i:[A-Z][a-z]))[,:]?\s+(?:that\s+)?|,\s+which\s+(?=(?:happens(?!\s+to\s+be)|occurs|holds|is\s+true)\s)|,\s+and\s+(?=(?:since|because|as)\b)|,\s+and\s+(?=(?:that|this)\s+(?:is|makes|gives|leaves)\s+(?:[a-z]+\s+){{0,2}}{M})|:\s+(?=(?:the|it|this|that|he|she|they|there|each|all|his|her|its)\s|[\u25a1]\W*$)|\s+so\s+that\s+(?!is\s)|,\s+and\s+(?=what\s+(?:remains|is\s+left)\s|[a-z]+ing\b[^,]*\b(?:gives|yields|leaves)\s|[a-z]+ing\s+(?:it\s+|this\s+|them\s+)?back,?\s+(?:we|one)\s+(?:get|obtain|find|have|arrive\s+at)s?\s)|\s+(?:tells\s+us|shows|means|implies)\s+that\s+|(?<=[a-z{M}])\s+(?:we|one|you)\s+(?:see|find|conclude)\s+that\s+|{BREAK}(?:and\s+)?(?:we|one|you)\s+(?:see|find|get|conclude|know)s?\s+that\s+|\s+and\s+(?:we\s+|one\s+|you\s+)?(?:see|find|conclude|obtain)s?\s+that\s+",
    re.IGNORECASE,
)
PARTICIPLE = re.compile(
    rf"(?:,\s+(?:and\s+)?|\s+and\s+|(?<=[{M}{S}\w])(?=\sand\s(?:get|obtain|find)\s)|(?<=[{M}{S}\w])\s+(?=for\s+a\s+total))(?=\s?{listed('participles')}\s)(?!for\s+(?!a\s))",
    re.IGNORECASE,
)
CONTRAST = re.compile(r"(?:[,;]\s+|\s+)(?:but|yet(?!\s+to\b)|however),?\s+", re.IGNORECASE)
DENIAL = re.compile(rf"(?:no|not)\s+(?:an?\s+)?(?:[a-z]+|{M}(?:\s[a-z]+)?)\W*$")
UNSURE = re.compile(
    r"\b(?:sure|certain|guess|think|maybe|perhaps|unclear|cannot|can't|probably|possibly|if|unless)\b", re.IGNORECASE
)
# "Since 3 of 7 are red, ...", "Dividing by 3, ...", "Of the 40 pupils, ..."
SUBORDINATE = re.compile(
    rf"^(?:(?P<reason>since|because|as|given(?:\s+that)?|using|by|from|counting|after|to|with|of|out\s+of|in|at|on|over|during|among|back|rounded|evaluated|for|when|if(?=\s(?:we|you|one)\s(?:add|multiply|subtract|divide|combine|sum|plug|substitute|solve|simplify|square)\b))\b|[A-Z][a-z]+ing\b|Twice\b)[^{M}]*?(?:{M}[^{M}]*?)*?,\s+",
    re.IGNORECASE,
)
# Gerunds of what is only tried; "Rounding to the nearest tenth" is a result.
TRIED = re.compile(
    r"^(?:check|estimat|guess|ignor|neglect|test|try|assum|suppos|approximat|round(?!ing\s+(?:to|up|down)\b|ed\s+(?:to|up|down)\b)|verify|imagin)\w*\b",
    re.IGNORECASE,
)
LIMITED = re.compile(
    rf"^(?:if(?!\s(?:we|you|one)\s(?:add|multiply|subtract|divide|combine|sum|plug|substitute|solve|simplify|square)\b)|when(?!\s[^,]*\b(?:divided|rounded|expressed|written|simplified|evaluated)\b)|whenever|for\s+(?:example|instance|{M}|{S}|the\s+(?:first|last|second|next)|each|every)|with\s+{M}(?!\s+(?!(?:we|it|the|this|that|i)\b)[a-z])|without|in\s+(?:the|this|that|an?)\s+(?:example|case|first|second|last|worst|best)|at\s+first|according|of\s+(?:these|those|them)|as\s+(?:stated|given)|by\s+(?:assumption|hypothesis|definition)|in\s+case|unless|suppose|assume|let|after\s+rounding|before|at\s+this\s+point|now)(?!\w)",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|unless|whether|suppose|supposing|assume|assuming|let|maybe|perhaps|might|could|sure|guess|wrong|someone|example|say|would|contradiction|says|said|claims|hint)\b(?!\s+and\s+only)|\?|[\"\u201c\u201d]",
    re.IGNORECASE,
)


NOTING = re.compile(r"^\W*(?:note|notice|observe)\s+that\s+", re.IGNORECASE)


# "Adding 3 to both sides leaves us with ..."
GERUND = re.compile(
    rf"^\W*[A-Z][a-z]+ing\b[^,]*?\s(?={listed('copulas')}\s)(?!.*{listed('copulas')}\s.*{listed('copulas')}\s[^{M}]*{M}[^{M}]*$)"
)
IN_BASE = re.compile(rf"^in\s+base\s+{M},?\s+", re.IGNORECASE)


# "So" begins a step as well, where nothing is before it.
STEP = re.compile(r"^\W*so\b", re.IGNORECASE)


# Fewer words before a colon are a label.
MAX_LABEL = 3


# "36, not 35": what is set against something else is asserted.
CONTRASTED = re.compile(r",\s+(?:not|rather\s+than|(?:up|down)\s+from)\s")


# A question, a quotation, or a sentence that goes on.
GOES_ON = re.compile(r"[?\"\u201c\u201d\u2026]|\.\.\.|[:,]\s*$")
# "the vertex is at (2, 3), and because the parabola opens down, it is a maximum"
EXTREMUM = re.compile(
    rf"(?<={M}),\s+(?:and\s+)?(?:since|because|as)\s[^{M}]*\b(?:it|this)\s+is\s+(?:an?|the)\s+(?:[a-z]+\s+)?(?:minimum|maximum)(?=[.!]?$)"
)


class Clause(NamedTuple):
    """What a sentence concludes.

    Args:
        main: the clause, with its values masked.
        premise: what stands before it in the sentence.
        concludes: a word or a premise says that it is a conclusion.
    """

    main: Masked
    premise: str
    concludes: bool


def clause_of(sentence: str, *, follows: bool) -> Clause | None:
    """What a sentence concludes; None where it is conditional, a question, or not to be read.

    Args:
        sentence: a whole one.
        follows: something is before it, from which "so" can conclude.
    """
    inner = CONSEQUENCE.search(sentence) is not None
    whole = lexed(in_full(sentence))
    if whole is None or GOES_ON.search(whole.text):
        return None
    whole = _after_contrast(_attained(restated(whole)))
    if whole is None:
        return None
    if extremum := EXTREMUM.search(whole.text):
        whole = whole.part(0, extremum.start())
    start = _behind(whole.text, _behind(whole.text, 0, LEAD), LEAD)
    concludes = inner or (start > 0 and (follows or not STEP.match(whole.text)))
    whole_text = whole.text
    for match in INNER.finditer(whole_text):
        start, concludes = match.end(), True
    premise = whole_text[:start]
    main = whole.part(start)
    main, listed_before = _behind_colon(main, whole_text[:start])
    concludes = concludes or listed_before
    main = without_tails(main.part(_behind(main.text, 0, NOTING)))
    concludes = concludes or CONTRASTED.search(whole_text, start) is not None
    if (gerund := GERUND.match(main.text)) and M in main.text[gerund.end() :] and not TRIED.match(main.text):
        premise += gerund[0]
        main, concludes = main.part(gerund.end()), True
    split = _participle(main)
    if TRIED.match(main.text) or LIMITED.match(main.text):
        return None
    if split:
        if re.search(r"\b(?:not|no|never)\b|n't\b", main.text[:split]):
            return None
        premise += main.text[:split]
        main, concludes = main.part(split), True
    if led := _subordinate(main):
        premise += main.text[:led]
        main, concludes = main.part(led), True
        main = main.part(_behind(main.text, 0, LEAD))
    main = main.part(_behind(main.text, 0, IN_BASE))
    labelled = whole_text[:start].rstrip().endswith(":") and main.text.strip(" .!") == M
    if labelled or LIMITED.match(main.text) or CONDITION.search(premise):
        return None
    return Clause(main, premise, concludes)


COMBINING = re.compile(r"[A-Z][a-z]+ing\s[a-z\s]*:\s+")


# "it never exceeds 9, and this value is attained"
BOUND = re.compile(
    rf"\b(?:(?:never|cannot|can\s+not|does\s+not)\s+(?:exceeds?|(?:be|gets?)\s+(?:more|larger|greater|bigger|higher|less|smaller|lower)\s+than|(?:go(?:es)?|falls?)\s+(?:above|below))"
    rf"|(?:is|are)\s+(?:always\s+)?(?:at\s+(?:least|most)|no\s+(?:more|less|larger|smaller|greater)\s+than))\s+{M}(?=[,;\s](?!.*\b(?:not|never|if\s+it|whether|open|unknown|unclear)\b).*\b(?:attained|achieved|reached|equality|taken)\b).*",
    re.IGNORECASE,
)


def _attained(whole: Masked) -> Masked:
    """A clause in which a bound that is attained is a value."""
    match = BOUND.search(whole.text)
    if match is None:
        return whole
    place = whole.text.index(M, match.start())
    main = whole.part(0, place + 1)
    return main._replace(text=f"{main.text[: match.start()]}is {M}.")


def _behind_colon(main: Masked, before: str) -> tuple[Masked, bool]:
    """A clause behind "Combining everything:", and whether it was; a lone value behind a colon is what the words before it are."""
    if (
        main.text.strip(" .!") == M
        and before.rstrip().endswith(":")
        and len(before.split()) > MAX_LABEL
        and not EACH.search(before)
    ):
        return main._replace(text="is " + main.text.strip()), False
    lead = COMBINING.match(main.text)
    return (main.part(lead.end()), True) if lead and not TRIED.match(main.text) else (main, False)


def _after_contrast(whole: Masked) -> Masked | None:
    """What stands behind "but"; None where the doubt before it is the writer's own."""
    matches = list(CONTRAST.finditer(whole.text))
    if not matches:
        return whole
    before, behind = whole.text[: matches[-1].start()], whole.text[matches[-1].end() :]
    if UNSURE.search(before):
        return None
    if DENIAL.match(behind):  # "a parallelogram, but no rectangle"
        return whole.part(0, matches[-1].start())
    return whole.part(matches[-1].end())


def _behind(text: str, start: int, pattern: re.Pattern[str]) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _participle(main: Masked) -> int:
    """Where ", giving 91" begins; 0 where there is nothing like it."""
    matches = [match for match in PARTICIPLE.finditer(main.text) if M in main.text[match.end() :] and match.start()]
    return matches[-1].end() if matches else 0


def _subordinate(main: Masked) -> int:
    """Where the main clause behind a subordinate one begins; 0 where there is none."""
    if not SUBORDINATE.match(main.text):
        return 0
    commas = [
        match.end()
        for match in re.finditer(r",\s+", main.text)
        if not re.match(rf"(?:and|or|which|who|where|{M},|{M}\s+and\b)", main.text[match.end() :])
        and not (main.text[match.start() - 1] == M and re.match(rf"{M}\W*$", main.text[match.end() :]))
    ]
    for end in commas:
        if re.search(rf"[{M}]|\b(?:is|are)\b", main.text[end:]):
            return end
    return 0
