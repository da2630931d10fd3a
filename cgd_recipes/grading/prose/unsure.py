"""What speaks against a clause that has the gold answer: doubt, a condition, a denial, a report, a step."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import WORDS
from cgd_recipes.grading.prose.case import CONCLUDES, Case, gold_places
from cgd_recipes.grading.prose.clauses import LIMITED
from cgd_recipes.grading.prose.echo import DENIES, denials
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.objects import HOW_LONG
from cgd_recipes.grading.prose.told import WORD, text_of
from cgd_recipes.grading.prose.values import numbers_in, numbers_of, with_units
from cgd_recipes.grading.prose.wording import DOUBT_WORDS

NOT_SURE = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|almost|nearly|(?<!hands\s)(?<!hand\s)over|under|above|below|than|(?<!\badd\s)(?<!\badds\s)up\s+to)\s+|[\u2248~]\s*)$"
)
OPEN = re.compile(
    r"\?|[\"\u201c\u201d\u2026]|(?<!,\s)\.\.\.|\b(?:errors?|mistakes?|misconception|trap|pitfall|blunder|if|unless|whether|instead|however|yet|although|though|rather|remember|recall|example|instance|exercise|let|suppose|(?<!middle\s)(?<!largest\s)(?<!smallest\s)(?<!every\s)(?<!each\s)(?<!only\s)one\s+of(?!\s+the\s+others)|give\s+or\s+take|at\s+this\s+point)\b|^\W*had\b",
    re.IGNORECASE,
)
# "the probability of error", "4 mistakes", where it is asked about errors
ERRORS = frozenset(["error", "errors", "mistake", "mistakes"])
ERROR_ASKED = re.compile(
    rf"\b(?:(?:(?:probability|chance|rate|margin|number)\s+of\s+(?:an?\s+)?|percent(?:age)?\s+|standard\s+|relative\s+|absolute\s+)errors?"
    rf"|error\s+(?:rate|probability))\b|(?<={M}\s)(?:errors|mistakes)\b",
    re.IGNORECASE,
)
SO_WE = re.compile(r"^\W*(?:(?:and|so|then|which|but)\s+)*(?:we|I|you)\b|^\W*but\b", re.IGNORECASE)
# Doubt, possibility, comparison, reports, steps: none of it where something is asserted, unless the question has it too.
DOUBTFUL = (
    frozenset(re.findall(r"[a-z']+", " ".join([*WORDS["hedges"], *WORDS["reports"], *WORDS["partial"]]))) | DOUBT_WORDS
) - frozenset([*WORDS["no_doubt"], "above", "below", "tells", "appears", "once", "around", "going"]) | {
    "comparison",
    "each",
    "every",
    "per",
    "part",
}
ABOUT = re.compile(r"(?:\b(?:about|around|roughly|approximately)\s+|[\u2248~]\s*)$")
ROUNDED = re.compile(
    r"\b(?:nearest|round(?:ed)?|approximat\w+|estimate|roughly|about|decimal\s+places?|significant)\b", re.IGNORECASE
)
MAY_BE_ASKED = frozenset(WORDS["may_be_asked"])
# "After giving away 27 she has": what was given is context.
AFTER_DOING = re.compile(rf"^\W*(?:and\s+)?after\s+[a-z]+ing\b[^,{M}]*{M}", re.IGNORECASE)
SUBORDINATE = re.compile(r"^\W*(?:because|since|as(?!\s+an?\b)|while|whereas)\b", re.IGNORECASE)
# ", which makes neither denominator zero", ", and no smaller number is divisible by both"
TELLS_MORE = re.compile(
    rf"^\W*(?:which|and\s+no\s+(?:smaller|larger|greater|other))\b(?!.*\b(?:asked|answers?|possible|allowed|valid|correct|right|true|solutions?|wants?|question|what|if|but|should|only)\b)[^{M}?]*$",
    re.IGNORECASE,
)
OF_QUESTION = re.compile(r"^\W*(?:for|with|at|when|if|of\s+(?:these|those|them))\b", re.IGNORECASE)
# "in the second week", where week two is asked for
ORDINALS = {"first": "one", "second": "two", "third": "three", "fourth": "four", "fifth": "five"}
BEGINNING = frozenset(["begin", "begins", "began", "begun", "start", "starts", "started", "starting"])
# A part of the work where there are other results, but not where the gold answer is the only one.
NOT_PARTIAL = frozenset(
    ["each", "every", "per", "now", "earlier", "case", "should", "starting", "remains", "remaining"]
)
AT_MOST = re.compile(rf"\bat\s+most\s+{M}\s(?:[a-z]+\s){{1,3}}can\s+be\b", re.IGNORECASE)
AT_LEAST = re.compile(
    rf"\bat\s+least\s+{M}\s(?:[a-z]+\s){{1,3}}(?:must|have\s+to|need\s+to|are\s+needed)\b", re.IGNORECASE
)
AT_LEAST_ASKED = frozenset(["must", "need", "needed", "guarantee", "sure", "minimum"])
# "before the discount it was $20", where it is asked what it was
BEFORE = re.compile(r"\W*before\b", re.IGNORECASE)
ORIGINAL = re.compile(r"\b(?:was|were|did|before|original\w*|first|initial\w*|start\w*|old|regular)\b", re.IGNORECASE)
IN_ORDER = re.compile(rf"^\W*in\s+the\s+(?P<which>{'|'.join(ORDINALS)})\b", re.IGNORECASE)
EXTREME = frozenset(["smallest", "least", "minimum", "greatest", "largest"])


def is_doubtful(case: Case, text: str, plain: str) -> bool:
    """Whether the clause, or what stands around it, is doubt, a condition, a denial or a report."""
    asked = {*WORD.findall(case.question.casefold())}
    allowed = asked & (MAY_BE_ASKED | DOUBTFUL)
    allowed |= {"per", "each", "every"} if asked & {"per", "each", "every", "apiece"} else set()
    allowed |= NOT_PARTIAL if case.alone and not case.strict else frozenset()
    allowed |= {"after"} if HOW_LONG.search(case.asking) or AFTER_DOING.match(plain) else set()
    allowed |= {word for word, number in ORDINALS.items() if number in asked}
    allowed |= BEGINNING if asked & BEGINNING else frozenset()
    allowed |= {"could"} if "can" in asked else set()
    allowed |= {"other", "while", *ORDINALS} if case.several else set()
    allowed |= {"another"} if "more" in asked else set()
    allowed |= {"most"} if "can" in asked and AT_MOST.search(plain) else set()
    allowed |= {"least"} if asked & AT_LEAST_ASKED and AT_LEAST.search(plain) else set()
    allowed |= {"before"} if case.alone and _is_before(case, plain) else set()
    allowed |= {"first", "next", "least"} if asked & EXTREME else set()
    allowed |= {
        word for each in case.main for _, its_unit in with_units(each.clause) for word in WORD.findall(its_unit)
    }
    core = ERROR_ASKED.sub("", case.core) if asked & ERRORS else case.core
    before = text_of(case.before)
    behind = "".join(each.clause.text for each in case.behind if not TELLS_MORE.match(each.clause.text))
    return bool(
        {*WORD.findall(plain.casefold())} & DOUBTFUL - allowed
        or any(_is_about(each.clause.text[:place], case) for each in case.main for place in gold_places(each))
        or OPEN.search(core)
        or OPEN.search(behind)
        or (OPEN.search(before + text.removesuffix(case.core)) and not CONCLUDES.match(text))
        or (DENIES.search(case.core) and denials(case.core) != denials(case.asking))
        or DENIES.search(behind)
        or SUBORDINATE.match(case.core)
        or (
            LIMITED.match(CONCLUDES.sub("", before + text))
            and not (BEFORE.match(before) and CONCLUDES.match(text.lstrip(" ,;")))
            and not is_of_question(case)
            and not (BEFORE.match(CONCLUDES.sub("", before + text)) and ORIGINAL.search(case.asking))
        )
        or any(LIMITED.match(each.clause.text.lstrip("( ")) for each in case.behind)
    )


def _is_before(case: Case, plain: str) -> bool:
    """Whether "before" tells only when: "before the increase it was 60", "in the air for 4 s before it lands"."""
    if BEFORE.match(plain):
        return ORIGINAL.search(case.asking) is not None
    return (
        HOW_LONG.search(case.asking) is not None
        and re.search(rf"{M}.*\bbefore\s+(?:it|he|she|they|the)\b", plain) is not None
    )


def _is_about(before: str, case: Case) -> bool:
    """Whether what leads to a value makes it a bound or an estimate; "about" does not where it is asked to round."""
    rounded = ABOUT.search(before) and ROUNDED.search(case.question)
    return NOT_SURE.search(before) is not None and not rounded


def is_of_question(case: Case) -> bool:
    """Whether a sentence that begins with a condition begins with the question's: "For ten people that makes", "Of those, 38 is"."""
    first = (case.before or case.main)[0].clause
    lead = CONCLUDES.sub("", first.text)
    if order := IN_ORDER.match(lead):
        return ORDINALS[order["which"].casefold()] in WORD.findall(case.question.casefold())
    of_gold = (case.before or case.main)[0].kinds[:1] == ("gold",) and re.match(
        r"\W*of\s+(?:these|those|them)\b", lead, re.IGNORECASE
    )
    values = "".join(first.values[:1]) if M in lead and not of_gold else ""
    return OF_QUESTION.match(lead) is not None and numbers_in(values) <= numbers_of(case.question)
