"""Sentences that give a value as what others answer, as a mistake, as the answer of a step, or as a bound: no statement of the answer."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.ending import WARNS, sentences
from cgd_recipes.grading.prose.figures import in_figures

MAX_BEHIND = 4_000
# "Many students answer 12 here", "Some would say 12"
OTHERS = re.compile(
    r"^\W*(?:(?:here|sadly|often),?\s+)?(?:some|many|most|several|few|lots|others|everyone|everybody|nobody|one|you|students?|people|pupils|beginners?|readers?|solvers?|learners|children|contestants)\s"
    r"(?:(?!who\b|that\b|is\b|are\b)[a-z]+\s){0,4}?(?:answer|guess|say|think|claim|believe|reply|suggest|assume)(?:s|ed)?\b",
    re.IGNORECASE,
)
# "A common wrong answer is 12.", "An easy mistake is 12."
MISTAKE = re.compile(
    r"\b(?:an?|the|one|another)\s+(?:[a-z]+\s+){0,2}(?:(?:wrong|incorrect|false|mistaken|tempting)\s+(?:answer|result|value|guess|solution)|mistake|error|slip|trap)\b",
    re.IGNORECASE,
)
# ", which is false", ", and that is incorrect", ", but they are wrong"
VERDICT = re.compile(
    r"[,;\u2013\u2014-]\s*(?:(?:and|but|though|although|yet)\s+)?(?:which|that|this|it|they)(?:\s+(?:is|are|was|were|would\s+be)|['\u2019]s)\s+(?:[a-z]+ly\s+)?"
    r"(?:wrong|incorrect|false|mistaken|not\s+(?:right|correct))\b\W*$|,\s+(?:wrongly|incorrectly|mistakenly)\W*$",
    re.IGNORECASE,
)
# "The right answer is 16"
RIGHT = re.compile(
    r"\b(?:correct|right|actual|true|final|real)\s+(?:answer|value|result|one)\b|\b(?:the|our|my)\s+answer\s+(?:is|must)\b|\binstead\b|\bactually\b|\bbut\s+(?!(?:(?:that|this|it|they)\s+)?(?:(?:is|are|was|were)\s+)?(?:[a-z]+ly\s+)?(?:wrong|incorrect|false|not)\b|(?:that|this|it|they)['\u2019])",
    re.IGNORECASE,
)
# "Answer to step 2: 16", "Step 2 answer: 16", "Answer (step 2): 16"
OF_STEP = re.compile(
    r"\banswer\W{1,4}(?:(?:to|for|of|in)\s+)?(?:step|stage)\s+\(?[a-z\d]\b|\b(?:step|stage)\s+\(?[a-z\d]+\)?(?:['\u2019]s)?\s+answer\b",
    re.IGNORECASE,
)
# "The answer to the previous question: 16", "Answer to half the problem: 16", "The answer to Ann's problem: 16"
OF_ANOTHER = re.compile(
    r"\b[Aa]nswers?\s+(?:to|of|for|in)\s+(?:(?:the|an?|my|our|your)\s+)?(?:previous|preceding|earlier|wrong|other|another|different|easier|simpler|related|similar"
    r"|half|part\s+of|(?:first|second|last|next)\s+(?:step|stage)|(?!(?:Question|Problem|Exercise|Task|Today)['\u2019])[A-Z]\w*['\u2019]s)\b"
)
# "is 16 in the second case", "16 for odd n"
OF_CASE = re.compile(
    r"(?<![\d.,])(?P<value>\d[\d.,]*)[\s$*)}]{1,4}(?:[a-z]+\s)?(?:in|for|at)\s+(?:(?:the|this|that|our|each|every)\s+)?"
    r"(?:(?:(?:first|second|third|last|other|former|latter|best|worst|one|sub)[\s-]?)?(?P<kind>case|scenario|situation|subcase|step|stage|branch)|(?P<parity>odd|even)\s+\$?[a-z])\b",
    re.IGNORECASE,
)
# "Answer (part a): 16", and below it "(b) Now ..."
OF_PART = re.compile(
    r"\banswer\W{1,4}(?:(?:to|for|of|in)\s+)?(?:part\s+)?\(?(?P<first>[a-g1-8])\b\)?|\bpart\s+\(?(?P<then>[a-g1-8])\)?(?:['\u2019]s)?\s+answer\b",
    re.IGNORECASE,
)
NEXT_PART = re.compile(r"\n[^\w\n]*(?:(?:for|now|in)\s+)?(?:part\s+)?\(?(?P<part>[b-h2-9])[).:]", re.IGNORECASE)
BOUND = (
    r"(?:(?:no|not)\s+(?:more|fewer|less|greater)\s+than|at\s+(?:the\s+)?(?:very\s+)?(?:least|most)|(?:more|fewer|less|greater|larger|smaller|higher|lower)\s+than|(?:(?<=\bis\s)|(?<=\bare\s)|(?<=:\s)|(?<=\bbe\s))up\s+to|over"
    r"|an?\s+(?:minimum|maximum)\s+of|(?:minimum|maximum)\s+of)"
)
BEHIND = re.compile(r"[\s$*)}]*(?:[a-z]+\s)?or\s+(?:more|fewer|less|greater|higher|lower|over|under)\b", re.IGNORECASE)
# Where a bound is asked for, or what is needed or possible at all
BOUND_ASKED = re.compile(
    r"\b(?:least|most|minimum|maximum|minimal|maximal|smallest|largest|greatest|fewest|lowest|highest|min|max|bounds?|needs?|needed|requires?|required|necessary|must|guarantees?"
    r"|ensures?|enough|suffices?|sufficient|limit|exceeds?|afford|can|could|fits?|possible\s+number|have\s+to|has\s+to|should|inequality|range|than|over|under|above|below)\b",
    re.IGNORECASE,
)
# A condition: "that are at least 2"
CONDITION = re.compile(
    r"\bat\s+(?:least|most)\s+(?:\W*\d|one\b|two\b|three\b)|\b(?:more|less|greater|fewer)\s+than\s+\W*\d", re.IGNORECASE
)


def last_of(text: str) -> str:
    """The last sentence or line of a text that is no warning."""
    found = [piece for piece in sentences(text) if not WARNS.match(piece[1])]
    return found[0][1].replace("**", "") if found else ""


def is_reported(sentence: str) -> bool:
    """Whether a sentence says what others answer, what is a mistake, or what a step gives, and not what the answer is."""
    if OF_STEP.search(sentence) or OF_ANOTHER.search(sentence):
        return True
    for pattern in (OTHERS, MISTAKE):
        if (match := pattern.search(sentence)) and not RIGHT.search(sentence, match.end()):
            return True
    verdict = VERDICT.search(sentence)
    # ", not 63, which is wrong"
    return verdict is not None and not RIGHT.search(sentence) and not re.search(r"\bnot\b", sentence[: verdict.start()])


def is_of_a_part(line: str, behind: str) -> bool:
    """Whether a label is of a step, or of a part behind which another one follows."""
    if OF_STEP.search(line):
        return True
    match = OF_PART.search(line)
    if match is None:
        return False
    part = (match["first"] or match["then"]).casefold()
    return any(further["part"].casefold() > part for further in NEXT_PART.finditer(behind[:MAX_BEHIND]))


def is_of_a_case(sentence: str, gold: str, question: str) -> bool:
    """Whether a sentence gives the gold answer's number only for a case of its own, of which the question knows nothing."""
    cases = [match for match in OF_CASE.finditer(sentence) if match["value"] == gold]
    return 0 < len(cases) == sentence.count(gold) and all(
        (match["kind"] or match["parity"]).casefold() not in question.casefold() for match in cases
    )


def is_a_bound(sentence: str, gold: str, asking: str) -> bool:
    """Whether a sentence gives a number only as a bound, "at least 4", where none is asked for."""
    if not gold.isdigit() or BOUND_ASKED.search(CONDITION.sub(" ", asking)):
        return False
    plain = in_figures(sentence) or sentence
    found = [*re.finditer(rf"(?<![\w.,/]){gold}(?!\w|[.,/]\d)", plain)]
    bounded = re.compile(rf"\b{BOUND}[\s$*(\\]*$", re.IGNORECASE)
    return bool(found) and all(
        bounded.search(plain, max(0, match.start() - 40), match.start()) or BEHIND.match(plain, match.end())
        for match in found
    )
