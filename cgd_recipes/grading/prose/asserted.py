r"""The gold answer in the last sentence of a response that cannot be read without it: stated, or only in passing.

The sentence is cut into clauses. The gold answer is stated where it is the only new value of its clause, nothing there or behind it is
doubt (`unsure`), it is what the clause says and not what only tells more (`objects`), and the clause is not about something else
(`another`). A clause that has no word of the question may have one that says something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.another import NAME_INSIDE, contrary
from cgd_recipes.grading.prose.case import CONCLUDES, RESTATES, SILENT, Case, gold_places, is_alone
from cgd_recipes.grading.prose.clauses import TRIED
from cgd_recipes.grading.prose.doubts import (
    ANSWER,
    BY_WRITER,
    LAW,
    OF_META,
    ONE_OF_SEVERAL,
    PROCEDURE,
    STARTS,
    THE_ANSWER,
    UNSOLVED,
    undoubted,
)
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.masked import M, S
from cgd_recipes.grading.prose.objects import is_object, name_at
from cgd_recipes.grading.prose.prepared import prepared
from cgd_recipes.grading.prose.reading import has_all, read
from cgd_recipes.grading.prose.told import (
    LED,
    WORD,
    Same,
    Told,
    gold_of,
    said_of,
    shared,
    text_of,
    with_last_new,
)
from cgd_recipes.grading.prose.unsure import DOUBTFUL, MAY_BE_ASKED, OPEN, SO_WE, is_doubtful, is_of_question
from cgd_recipes.grading.prose.worked import comes_to
from cgd_recipes.grading.values.parts import same_amount

IT_IS = re.compile(rf"^\W*(?:it|that|this|they)\s+(?:is|are|equals?)\s+{M}", re.IGNORECASE)
# "Adding these together yields 56"
COMPUTES = re.compile(
    rf"^\W*(?:Add|Subtract|Divid|Multiply|Combin|Tak|Summ|Count)ing\b.*\b(?:yields|gives|leaves|makes|we\s+(?:get|find|have|obtain))\s+[^{M}]*{M}"
)
# "so that is how many paths there are"
POINTS_BACK = re.compile(
    rf"^\W*(?:(?:so|and|thus|hence)\s+)*(?:that|this|it|these|those|they)\s+(?:is|are)\b[^{M}]*$", re.IGNORECASE
)
COMES_BACK = re.compile(
    rf"^\W*(?:so|and|thus|hence)\s+(?:that|this|these|those)(?:\s+(?:is|are|comes|must|has)|['\u2019]s)\b(?!\s+(?:not|wrong|why|where))[^{M}]*$",
    re.IGNORECASE,
)
# "so she gets $7 back", "so that $1680 can be withdrawn"
FURTHER = re.compile(
    r"^\W*(?:so\s+(?:that\s+)?|and\s+|its\s+|the\s+)(?!(?:so|therefore|the\s+answer|in\s+all|altogether|total)\b)",
    re.IGNORECASE,
)
ATTAINED = re.compile(
    rf"^\W*(?:and\s+)?(?:(?:it|this|that|which)\s+(?:is|occurs|happens)|with\s+(?:the|its)\s+(?:minimum|maximum)(?:\s+value)?)\s+(?:(?:attained|reached|achieved|taken)\s+)?(?:at|when|for)\s+[{M}{S}]\W*$"
)
# "the other 11 are dimes", "and the one after that is 101"
OF_OTHERS = re.compile(
    r"^\W*(?:and\s+)?followed\s+by\b|^\W*(?:and\s+)?the\s+(?:other|rest|remaining|next\s+one|one\s+(?:after|before)\s+(?:that|it))\b(?!.*\b(?:but|not|answer|so)\b)",
    re.IGNORECASE,
)
# "which is 450 g more than in the recipe"
COMPARES = re.compile(
    rf"^\W*which\s+is\s+(?:only\s+|just\s+)?{M}(?:\s[a-z]+)?\s+(?:more|less|fewer|{listed('comparatives')})\s+than\b[^{M}]*$",
    re.IGNORECASE,
)
# "so those are the two solutions"
THE_SOLUTIONS = re.compile(
    rf"^\W*so\s+(?:these|those|they)\s+are\s+(?:exactly\s+)?(?:all\s+)?the\s+(?:(?:only\s+)?(?:two|three|{M})\s+)?(?:solutions|roots|values|zeros)\W*$"
    rf"|^\W*so\s+there\s+are\s+(?:(?:exactly|precisely|just)\s+)?(?:these|those)\s+(?:two|three|{M})\s+(?:solutions|roots|values|zeros)\W*$",
    re.IGNORECASE,
)
ALTERNATIVE = re.compile(r"^\W*(?:or|ou|oder)\b", re.IGNORECASE)
# "and after the full drop it is 7200"
IT_BECOMES = re.compile(
    rf"\b(?:it|this|that)\s+(?:is|was|becomes|equals|(?:will|would)\s+be|comes\s+to)\s+(?:[a-z]+\s+){{0,2}}{M}",
    re.IGNORECASE,
)
OTHER_WORDS = re.compile(r"\bin\s+other\s+words\b", re.IGNORECASE)
EXCLUDES = re.compile(
    r"\b(?:leaving\s+out|exclud(?:ing|ed)|except|apart\s+from|ignoring|discarding|other\s+than|not\s+counting)\b",
    re.IGNORECASE,
)
# "so it is 12": another conclusion.
ENDS_IN = re.compile(r"^\W*(?:and\s+)?(?:so|thus|hence|therefore|then)\b", re.IGNORECASE)
WOULD = re.compile(r"\bwould\b|['\u2019]d\b", re.IGNORECASE)
# "Put them together and you have 39", "so we go with 31"
THEN_GET = re.compile(
    rf"\b(?:and\s+(?:you|we)\s+(?:have|get|obtain|find)|to\s+(?:obtain|get|find)|gives|go\s+with|read\s+off)\s+(?:[a-z]+\s+){{0,4}}{M}[^{M}]*$",
    re.IGNORECASE,
)
PLAN = re.compile(rf"\b(?:needs?|ha(?:s|ve|d)|wants?|must|let)\s+(?:(?:us|to)\s+)*{listed('solving')}\b", re.IGNORECASE)
# "6√2, plus one"
ADDS = re.compile(r"^\W*(?:plus|minus|times)\b", re.IGNORECASE)
PROCESS = re.compile(r"\b(?:must|still|then|next|needs?|later|twice)\b", re.IGNORECASE)
PREDICATE = re.compile(r"^\W*(?:is|are|was|were|has|have|divides|equals|fails|works)\b", re.IGNORECASE)
DIVISOR = "greatest common divisor"
SHORT_FORMS = {
    "gcd": DIVISOR, "gcf": DIVISOR, "hcf": DIVISOR, "greatest common factor": DIVISOR, "lcm": "least common multiple",
}  # fmt: skip
THAT_IS = re.compile(r"^\W*(?:or|which\s+is|that\s+is|i\.e\.,?)\s+")
OF_WHAT = re.compile(r"(?<=[a-z])\s+of\s+[a-z\s]+\W*$")
LAST_SO = re.compile(
    r"^.*,\s+(?P<said>(?:so|hence|thus|therefore|which\s+means|and|the|it|he|she|this|that|we)\s.*)$", re.DOTALL
)
SHORT_FORM = re.compile(rf"\b(?:{'|'.join(SHORT_FORMS)})\b(?!\s*\()", re.IGNORECASE)
# What an answer is said of: "the answer to the question is".
OF_ANSWER = re.compile(rf"^(.*?\banswer\b[^{M}]*?)(?=\s(?:is|are|comes|equals|would|must|will)\b)", re.IGNORECASE)
# So many words that neither the question has nor say nothing, by how many the clause shares with the asking sentence.
MAX_FOREIGN, MAX_FOREIGN_ALONE = (1, 9, 9), 9


def asserted(response: str, asking: str, question: str, parts: tuple[str, ...], same: Same, *, new: bool = True) -> str:
    """The values of the gold answer as the last sentence of a response states them; "" where it does not.

    Args:
        response: the whole text, without a thought, and without a box.
        asking: the sentence that asks.
        question: all of the question.
        parts: the values of the gold answer.
        same: whether a part and a value of the sentence, with the words behind it that may be its unit, are the same.
        new: without a value of the gold answer, the last value that is new is what the sentence states.
    """
    asking, question = in_words(asking), in_words(question)
    said, sentence = prepared(response, asking, several=len(parts) > 1)
    strict = WOULD.search(said) is not None
    if WOULD.search(sentence) and not WOULD.search(question):
        return ""
    as_read = read(in_words(sentence), asking, question, parts, same) if sentence and asking else None
    if as_read is None and asking and (concluding := LAST_SO.search(sentence)):
        as_read = read(in_words(concluding["said"]), asking, question, parts, same)
    if as_read is None:
        return ""
    whole, told = as_read
    found = [place for place, each in enumerate(told) if "gold" in each.kinds]
    found_gold = has_all(whole, told, parts, same)
    if not found_gold:
        told, found = with_last_new(told) if new else (told, [])
        strict = True
    if not found:
        return ""
    first_hand = [
        place for place in found if not RESTATES.match(told[place].clause.text) and "new" not in told[place].kinds
    ]
    last = (found if len(parts) > 1 else first_hand or found)[-1]
    start = found[0] if len(parts) > 1 else last
    if any("new" in each.kinds for each in told[start : last + 1]):
        return ""
    while start and not _says_anything(told[start : last + 1]) and "new" not in told[start - 1].kinds:
        start -= 1
    beside = any(value.startswith("(") for each in told[start : last + 1] for value in each.clause.values)
    if beside and WOULD.search(said):  # "They would make a right angle (90 degrees)."
        return ""
    case = Case(told[start : last + 1], told[:start], told[last + 1 :], asking, question, len(parts) > 1, strict)
    if is_alone(told, question):
        working = response[: max(response.rfind(said), 0)]
        case = case._replace(alone=True, computed=found_gold and comes_to(working, parts, same))
    return gold_of(case.main, several=len(parts) > 1) if _is_asserted(case) else ""


def in_words(text: str) -> str:
    """A text with "greatest common divisor" for "gcd"."""
    return SHORT_FORM.sub(lambda match: SHORT_FORMS[match[0].casefold()], text)


def _says_anything(told: Sequence[Told]) -> bool:
    text = CONCLUDES.sub("", text_of(told))
    return S in text or bool({*stems(text)} - SILENT)


def _is_asserted(case: Case) -> bool:
    text = text_of(case.main)
    body = CONCLUDES.sub(" ", text)
    plain = re.sub(r"\s{2,}", " ", undoubted(OTHER_WORDS.sub(" ", body), False)).strip()
    common = shared(case.main, case.asking, case.question)
    again = not case.several and sum("gold" in each.kinds for each in (*case.before, *case.main)) > 1
    worked = case.alone and (case.computed or again)
    if is_doubtful(case, text, "" if worked else plain) or not all(
        _goes_on(case, each, common) for each in case.behind
    ):
        return False
    if not case.strict and _has_concluded(case):
        return False
    if worked:
        return not _is_of_another(case, text)
    if _is_no_answer(case, text, body, plain):
        return False
    for number, each in enumerate(case.main):
        if ALTERNATIVE.match(each.clause.text) and any("gold" in other.kinds for other in case.main[:number]):
            continue  # "three eighths, or 37.5%"
        stated = gold_places(each) if case.several else gold_places(each)[-1:]
        if any(
            not is_object(
                each.clause.text, place, case.asking, name_at(each, place), alone=case.alone and not case.strict
            )
            for place in stated
        ):
            return False
    foreign = {*stems(body)} - {*stems(case.question)} - SILENT
    if POINTS_BACK.match(text_of(case.behind[:1])):
        common += shared(case.behind[:1], case.asking, case.question)
    concludes = (
        case.concludes or (IT_IS.match(text) and not case.strict) or COMPUTES.match(text) or is_of_question(case)
    )
    led = any(LED.search(each.clause.text[:place]) for each in case.main for place in gold_places(each))
    limit = MAX_FOREIGN_ALONE if case.alone and not led else MAX_FOREIGN[min(common, 2)]
    return len(foreign) <= limit and (common > 0 or bool(concludes) or not case.strict)


def _is_asked(text: str, asking: str) -> bool:
    """Whether the first word of a text is one of the asking sentence: "half", "twice"."""
    first = WORD.search(text.casefold())
    return first is not None and first[0] in WORD.findall(asking.casefold())


def _is_no_answer(case: Case, text: str, body: str, plain: str) -> bool:
    """Whether the clause is a plan, a step, a law, or about something or somebody else."""
    before = text_of(case.before)
    return bool(
        any(pattern.match(plain) for pattern in (BY_WRITER, ONE_OF_SEVERAL, LAW))
        or (PROCEDURE.match(plain) and not THEN_GET.search(plain))
        or (STARTS.match(plain) and not THEN_GET.search(plain) and not _is_asked(plain, case.asking))
        or UNSOLVED.search(body)
        or ((meta := OF_META.search(body)) and not re.search(rf"\b{meta[0].split()[-1]}\b", case.question))
        or PLAN.search(body)
        or TRIED.match(text)
        or (ALTERNATIVE.match(text) and not RESTATES.match(text) and any("new" in each.kinds for each in case.before))
        or (STARTS.match(before + text) and not CONCLUDES.match(text) and not _is_asked(before + text, case.asking))
        or (ANSWER.search(text) and not all(THE_ANSWER.match(of.strip()) for of in OF_ANSWER.findall(body.strip())))
        or _is_of_another(case, text)
    )


def _has_concluded(case: Case) -> bool:
    """Whether the sentence concludes with one other value before: "So the next prime is 33, and 37 follows"."""
    others = [each for each in case.before if "new" in each.kinds]
    return (
        len(others) == 1
        and others[0].kinds.count("new") == 1
        and ENDS_IN.match(others[0].clause.text) is not None
        and shared(others, case.asking, case.question) > 1
        and not CONCLUDES.search(case.core.lstrip(" ,;"))
    )


def _is_of_another(case: Case, text: str) -> bool:
    """Whether the clause is about something or somebody else than what is asked."""
    names = {*NAME_INSIDE.findall(case.asking)}
    others = {*NAME_INSIDE.findall(case.question)} - names
    return bool(
        EXCLUDES.search(text)
        or contrary(text.strip(" ,;"), case.asking)
        or (names and any(re.search(rf"\b{name}\b", said_of(case.main)) for name in others))
    )


def _goes_on(case: Case, clause: Told, common: int) -> bool:
    """Whether a clause behind the gold answer leaves it as it is."""
    text = clause.clause.text
    if ADDS.match(text):
        return False
    if ATTAINED.match(text) or COMPARES.match(text) or OF_OTHERS.match(text) or THE_SOLUTIONS.match(text):
        return True
    if COMES_BACK.match(text) and not clause.kinds:
        return True
    nearer = shared([clause], case.asking, case.question)
    if (
        case.concludes
        and common > 1
        and not nearer
        and FURTHER.match(text)
        and not OPEN.search(text)
        and not DENIES.search(text)
    ):
        return True
    amount = OF_WHAT.sub("", clause.clause.said(lead.end())) if (lead := THAT_IS.match(text)) else ""
    if amount and same_amount(gold_of(case.main, several=False), amount):
        return True
    again = RESTATES.match(text) is not None
    further = {*stems(text)} - {*stems(case.question)} - SILENT
    if PROCESS.search(text) or SO_WE.match(text) or (PREDICATE.match(text) and further):
        return False
    if not again and (clause.words & DOUBTFUL - MAY_BE_ASKED or (ENDS_IN.match(text) and M in text)):
        return False
    if not again and "new" in clause.kinds and IT_BECOMES.search(text):
        return False
    return again or common > nearer or "new" not in clause.kinds
