"""The parts of a clause that may state the answer: all of it, or its first main clause without what tells more of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cgd_recipes.grading.prose.clauses import Clause
from cgd_recipes.grading.prose.masked import M, Masked, S
from cgd_recipes.grading.prose.roles import RESULT, stated_value

SUBJECT = (
    rf"(?:(?:the|its|his|her|their|this|that|an?|each|every)\s(?:[a-z{M}{S}-]+\s){{1,5}}?"
    rf"|(?:it|he|she|they|there|[A-Z][a-z]+|{S})\s)"
)
VERB = (
    r"(?:is|are|was|were|has|have|had|does(?:n't)?|do(?:n't)?|will|would|can|gets?|gives?|takes?|costs?|makes?|becomes?|equals?"
    r"|contains?|receives?|measures?|weighs?)"
)
# A second main clause: "; the smaller one is", ", and the area is".
CLAUSE = (
    rf"(?:;\s+|,\s+(?:and|while|whereas)\s+|\s+(?:and|while|whereas)\s+(?={SUBJECT}{VERB}\b))"
    rf"(?=(?:(?:in|for|of|with|at|on)\s[^,]*?,?\s)?(?:{SUBJECT})?(?:(?:also|then|only)\s)?{VERB}\b|{SUBJECT}[a-z]+s\s)"
)
# What tells more of a value behind it.
MORE = (
    r",\s+(?:which(?!\s+(?:we|you|I|must|still|needs?|ha[sv]e?\s+to)\b)|valid\s+(?:for|when)|who|whose|where|unlike|attained|reached|achieved|between|whereas"
    r"|while|obtained|measured|in\s+(?:this|that|the\s+given)\s+order|for\s+(?:example|instance)|and\s+that|(?:i\.e\.|that\s+is),?)\s"
    r"|,\s+(?:just\s+|only\s+)?(?:an?\s+(?:bit|little)|slightly|somewhat)\s|,?\s+with\s+(?:none|nothing|no\s+[a-z]+)\s"
)
BOUNDARY = re.compile(rf"(?P<clause>{CLAUSE})|(?P<more>{MORE})")
# What makes all before it unsure.
DOUBT = re.compile(
    r"\b(?:if|unless|maybe|perhaps|possibly|probably|wrong|mistake|incorrect|but|however|actually|instead|wait|sorry|another|also|either|or|cannot|impossible|contradict\w*|some|several|any|few|fewer|left|leaves|leaving|makes|means|so)\b|\?"
)
FIGURE = re.compile(r"\d[\d,.]*")


# A rounded value in what tells more of another one is not stated.
ASIDE = re.compile(r",\s+which\s[^,]*\b(?:about|approximately|roughly)\s")
PAIRED = re.compile(r"\b(?:other|smaller|larger|shorter|longer|younger|older|bigger|latter|second)\b")
# "the bound is attained, and the minimum is 6"
ATTAINED = re.compile(
    r"\W*(?:(?:the|this|that)\s+(?:(?:lower|upper)\s+)?(?:bound|value|minimum|maximum)\s+is\s+(?:(?:indeed|really|also)\s+)?(?:attained|achieved|reached|possible)"
    r"|equality\s+(?:holds|is\s+(?:possible|attained)))(?:,\s+and|\s+and|,\s+so)\s+",
    re.IGNORECASE,
)
LATER = re.compile(r"\b(?:later|earlier)\b")


def heads(clause: Clause) -> Iterator[Clause]:
    """A clause without a remark behind its value, all of it, and its first of two main clauses; of two values both, or the computed one."""
    main = clause.main
    if attained := ATTAINED.match(main.text):
        main = main.part(attained.end())
        clause = clause._replace(main=main)
    boundaries = [match for match in BOUNDARY.finditer(main.text) if not DOUBT.search(main.text, match.end())]
    for match in boundaries:
        if match["more"] and M in main.text[: match.start()]:
            yield clause._replace(main=main.part(0, match.start()))
    if not any(ASIDE.match(main.text, match.start()) and M in main.text[: match.start()] for match in boundaries):
        yield clause
    for match in boundaries:
        head, tail = main.part(0, match.start()), main.part(match.end())
        if match["clause"] and M in tail.text:
            yield from _of_two(clause, head, tail)
            return
        yield clause._replace(main=head)


def _of_two(clause: Clause, head: Masked, tail: Masked) -> Iterator[Clause]:
    """What two main clauses state together: the value of the one that has a value, the computed one, or both."""
    first, second = (stated_value(part, concludes=True) for part in (head, tail))
    if second is None:
        if RESULT.search(tail.text.partition(M)[0]) is None:
            yield clause._replace(main=head)
    elif LATER.search(tail.text):
        yield clause._replace(main=tail, concludes=True)
    elif first and first.sure and second.sure:
        computed = set(FIGURE.findall(first.value)) & set(FIGURE.findall(second.value))
        if "=" in second.value and computed and not PAIRED.search(tail.text):
            yield clause._replace(main=tail)
        else:
            yield clause._replace(main=Masked(f"it is {M}", (f"{first.value}, {second.value}",)))
