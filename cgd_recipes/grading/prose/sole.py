"""The gold answer as the only value of the last sentence that says something, beside words none of which speaks against it.

However the sentence is built: "so its 12 lol, easier than it looked", "And 12 it is: nothing else fits". Read in this way is only what
no other rule reads.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.words import WORDS, listed
from cgd_recipes.grading.prose.echo import stems
from cgd_recipes.grading.prose.ending import is_remark, sentences
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.plainer import CLOSING, without_remarks
from cgd_recipes.grading.prose.told import Same
from cgd_recipes.grading.prose.values import numbers_in, numbers_of, with_units
from cgd_recipes.grading.prose.wording import MAX_SENTENCE

MAX_WORDS, MAX_BACK = 30, 3
# What a value in passing, a bound, a step, a part, doubt, or what somebody else says has beside it.
AGAINST = re.compile(
    r"\b(?:not|never|cannot|no|neither|nor|none|but|however|although|though|unless|if|suppos\w+|assum\w+|let|consider\w*|whether|maybe|perhaps|probably|possibly|likely|might|may|could|would|should|seem\w*|appear\w*"
    r"|guess\w*|think|thinks|thought|believe\w*|unsure|wonder|try|trying|tried|test\w*|cases?|steps?|up\s+to|ruled?|rules|for\s+now|as\s+one|to\s+be\s+[a-z]+ed|next|first|second|third|initial\w*|previous|intermediate|far|yet|then|before|after|later|until|once|remain\w*|left|rest|others?|another"
    r"|half|twice|double|triple|times|plus|minus|add\w*|subtract\w*|divid\w*|multipl\w*|squared?|squares|cubed?|cubes|root|more|less|fewer|greater|smaller|larger|bigger|than|least|most|bound\w*|between|over|under|above|below|exceed\w*"
    r"|around|about|approx\w*|roughly|nearly|almost|close|estimat\w*|each|every|per|apiece|some|one\s+of|parts?|partial\w*|average|chang\w+|increas\w+|decreas\w+|wrong|incorrect|mistake|error|off|instead|rather|either|or|except|only|tempt\w*|trap"
    r"|common|textbook|key|claim\w*|says?|said|told|given|known|recall|note|remember|example|want\w*|need\w*|must(?!\s+be)|have\s+to|has\s+to|us(?:e|ing)|formulas?|equations?|conditions?|contradict\w*|divisible|multiples?|factors?|pages?|see|rows?|lines?|chapter|digits?|fails?|false|impossible|too|can|because|since|where|when|while)\b"
    r"|n['\u2019]t\b|[?\u2260<>\u2264\u2265\u2248~]",
    re.IGNORECASE,
)
# The words that such a sentence may have beside those of its question: none of them says what the value is not.
INNOCENT = frozenset(stems(" ".join(WORDS["innocent"])))
# What is said is the writer's conclusion, or of what is asked.
OWN = re.compile(
    rf"^\W*(?:{listed('concluding')}|so|and|it|its|that|this|which|we|you|I|answer|final|result|yeah|ok(?:ay)?|all\s+in\s+all)\b"
    rf"|\banswer\b|^\W*{M}",
    re.IGNORECASE,
)


def sole_value(plain: str, asking: str, question: str, part: str, same: Same) -> str:
    """The value of the last sentence where it is the gold answer's, and none of the question's; "" for any other sentence.

    Args:
        plain: the text of the response.
        asking: the sentence that asks.
        question: all of the question.
        part: the gold answer.
        same: whether it and a value, with the words behind that may be its unit, are the same.
    """
    last = next(
        (
            sentence
            for _, sentence in sentences(plain)[:MAX_BACK]
            if not CLOSING.match(sentence) and not is_remark(sentence)
        ),
        "",
    )
    sentence = without_remarks(last.replace("**", "")).rstrip(".! ")
    if len(sentence) > MAX_SENTENCE or len(sentence.split()) > MAX_WORDS:
        return ""
    whole = lexed(sentence + ".")
    if whole is None or whole.text.count(M) != 1 or AGAINST.search(whole.text):
        return ""
    value, unit = with_units(whole)[0]
    new = numbers_in(value) - numbers_of(question)
    if not new or not all(number in sentence.replace(",", "") for number in new) or not same(part, value, unit):
        return ""
    words, known = {*stems(whole.text)} - {*stems(unit)}, {*stems(question)} | INNOCENT
    return value if words <= known and (OWN.search(whole.text) or words & {*stems(asking)}) else ""
