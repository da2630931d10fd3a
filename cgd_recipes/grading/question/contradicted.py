"""Answers that say another thing than the one asked for: "30 each" of a total, the width for the length, "yes" with the opposite."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.chemistry import DIGITS
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.words import UNITS
from cgd_recipes.grading.prose.agents import is_other_kind, is_other_way
from cgd_recipes.grading.prose.another import contrary
from cgd_recipes.grading.prose.echo import stems, with_denials
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.ruled_out import FIGURE
from cgd_recipes.grading.question.asked_label import is_of_other_label
from cgd_recipes.grading.question.asked_name import is_of_other_name
from cgd_recipes.grading.question.asked_phrase import is_label_of_other
from cgd_recipes.grading.question.asked_unit import asking
from cgd_recipes.grading.question.other_operands import is_of_other, is_of_other_rate
from cgd_recipes.grading.question.other_things import is_of_other_things

TOTAL = re.compile(r"\b(?:in\s+(?:all|total)|altogether|together|combined|total|both)\b", re.IGNORECASE)
EACH = re.compile(
    r"\b(?:each|every|per|apiece|average|equally|evenly|split|one|an?\s+(?:person|child|day))\b", re.IGNORECASE
)
FOR_EACH = re.compile(r"(?P<value>\d[\d.,/]*)[}$]*(?:\s+[a-z]+){0,2}\s+(?:each|apiece)\b")
MAX_TAIL = 400
WORD = re.compile(r"(?<!\\)[A-Za-z]{2,}")
# "Yes, it is an IIR filter"
IS_A = re.compile(
    r"^\W*(?:yes|true)\b[\s,.:;-]+(?:it|this|that|they)\s+(?:is|are)\s+(?:indeed\s+|actually\s+)?an?\s+(?P<said>[^,.;:]+)",
    re.IGNORECASE,
)
SHORT_FORM = re.compile(r"\b[A-Z]{2,}\b")
# "Yes, the series is divergent", where it is asked whether it is convergent
YES = re.compile(r"^\W*(?:yes|true)\b[\s,.:;-]+(?P<rest>.+)", re.IGNORECASE | re.DOTALL)
TRUE_OR_FALSE = re.compile(r"\btrue\s+or\s+false\b")
NON = re.compile(r"\bnon-?(?P<base>[a-z]+)\b")
NEGATED = re.compile(
    r"\b(?:non-?|in(?=(?:finite|exact|correct|valid|consistent|definite)\b)|im(?=(?:possible|proper)\b)|ir(?=(?:rational|regular|reversible)\b)"
    r"|un(?=(?:bounded|stable|equal|biased|even|countable)\b)|dis(?=(?:continuous|connected)\b)|a(?=symmetric\b))(?P<base>[a-z]+)\b"
)

# "older than Zoe", "warmer in Rome than in Oslo", "more than the car of Ben"
WHOM = r"than\s+(?:(?:in|at|on|for|from|to)\s+)?(?:(?:the|an?|his|her|that)\s+)?(?:(?:[a-z]+\s+)?of\s+)?(?:the\s+)?(?P<whom>[A-Za-z]+)"
COMPARED = re.compile(rf"\b(?P<more>more|less|fewer|[a-z]{{2,}}er)\s+(?:[A-Za-z]+\s+){{0,3}}?{WHOM}")
THAN = re.compile(rf"\b{WHOM}")
CLAUSES = re.compile(r"[,.;:(]\s|\b(?:so|and|but|while|because|since)\s")
INTERCEPT = re.compile(r"(?<![A-Za-z])(?P<letter>[xyz])\$?[\s-]+intercepts?\b")
# "8", "8 cm", "$8"
BARE = re.compile(r"\W*[-\u2212]?[\d.,/:\s]*\d\W*(?P<unit>[A-Za-z]+)?[/\u00b2\u00b3]?\w*\W*")
# "Final answer: The final answer is 8"
MARK = re.compile(
    r"^\W*(?:(?:the|my|our)\s+)?(?:(?:final|correct|right)\s+)?(?:answers?|ans|result|solution|a)\**\s*(?:is\b:?|[:=.])\**\s*"
    r"(?:(?:the|my|our)\s+(?:final\s+)?answer\s+is\b:?\s*)?|^[\s>]*#{2,}\s*",
    re.IGNORECASE,
)
HOPE = re.compile(r"\.\s*I\s+hope\s+(?:it|this)\s+is\s+correct\W*$")
# "Volume: 12", "m\u2220A = 22.5"
ANGLE = re.compile(r"\W*m?(?:\u2220|\\angle(?![a-z]))")
LAST_BRACKETS = re.compile(r"(?<=\d)\s\([^()]*\)\.?$")
OWN_LABEL = re.compile(r"[^\d=:.,;]{1,40}[:=][^:=,;]{1,60}")
PRICE = re.compile(r"\b(?:(?:what|which)\s+price|equilibrium\s+price|price\s+level)\b", re.IGNORECASE)
# "So f(4) = 12", "$AC = 15$ cm"
NAMED_LINE = re.compile(
    r"(?:(?:so|thus|hence|therefore|and|then|\\therefore)\b,?\s*)?(?P<said>(?:(?!(?<![A-Za-z\\])[A-Za-z]{4,})[^=:;,]){1,60}(?:=[^=:;,]{1,60}){1,4})",
    re.IGNORECASE,
)
# "So $1/n = 1/9$. The value of $n$ is therefore $n = 9$."
A_DIGIT = re.compile(r"\d")
NEXT_SENTENCE = re.compile(r"(?<=[^A-Z\s][.!])\s+(?=[A-Z])")
REASON = re.compile(r"\s(?:because|since|as|so|which|where|when|if|for)\s|[;(]|,\s(?!\d{3}\b)")
MAX_WORDS = 14
# "If each member posts 3 times a day, how many posts are there": what is asked stands behind the condition.
CONDITION = re.compile(
    r"^(?:if|when|given\s+that)\b[^?]*?,\s+(?=(?:how|what|find|calculate|determine)\b)", re.IGNORECASE
)
# "12 apples more", "12 per box"
MORE = re.compile(r"\d[^.]*\s(?:more|fewer|less)$", re.IGNORECASE)
MORE_ASKED = re.compile(
    r"\b(?:more|fewer|less|additional|extra|another|still|needs?|needed|differ\w*|exceed\w*|missing)\b", re.IGNORECASE
)
PER = re.compile(r"\d[^.]*(?:\sper\s+|[a-z]\s?/\s?)(?P<of>[a-z]{3,})$", re.IGNORECASE)


# "the coefficient of $\\mathrm{O}_2$"
COEFFICIENT = re.compile(
    r"\bcoefficient\s+(?:of|for|before|in\s+front\s+of)\s+(?:the\s+)?(?P<of>\$[^$]+\$|[A-Z\\][\w\\{}^]*|[a-z](?![A-Za-z])\S*)"
)
LAYOUT = re.compile(r"\\(?:mathrm|text|rm|ce)(?![a-z])|\\(?=\s)|[\s{}_$~.,:]")
# "3 O", where the coefficient of `O_2` is asked for
BEFORE_FORMULA = re.compile(r"\d+(?:/\d+)?(?P<of>[A-Z](?![a-z]{3})[A-Za-z\d()]*)")
COMPARATIVE = re.compile(r"\b(?P<more>more|less|fewer|[a-z]{2,}er)\b")


def _is_turned_or_of_other(told: str, question: str) -> bool:
    """Whether a text turns the comparison of its question round, or gives the coefficient of something else."""
    asked = asking(question)
    if "than" in told and is_turned_comparison(told, asked):
        return True
    if "than" in asked and _is_of_compared(told[-MAX_TAIL:], asked):
        return True
    letters = {match["letter"] for match in INTERCEPT.finditer(told)} if "intercept" in told else set()
    if letters and (known := {*INTERCEPT.findall(asked)} or {*INTERCEPT.findall(question)}) and not letters & known:
        return True
    if is_of_other_rate(told, asked, question):
        return True
    if "oefficient" in asked and (value := BEFORE_FORMULA.fullmatch(LAYOUT.sub("", told[-MAX_TAIL:]))):
        wanted = {LAYOUT.sub("", match["of"]) for match in COEFFICIENT.finditer(asked)}
        return bool(wanted) and value["of"] not in wanted
    if "coefficient" not in told:
        return False
    given, wanted = (
        {LAYOUT.sub("", match["of"].translate(DIGITS)) for match in COEFFICIENT.finditer(text)}
        for text in (told, asked)
    )
    return bool(given and wanted) and not any(each.startswith(one) for one in given for each in wanted)


def is_of_another_thing(gold: str, answer: str, response: str, question: str) -> bool:
    """Whether what stands in the last box, or behind the last label, is said of another thing than the one that is asked about."""
    if "boxed" in response:
        plain, left = said(answer), answer
        if _is_turned_or_of_other(plain, question):
            return True
    else:
        last = HOPE.sub("", response[-MAX_TAIL:].rstrip().rpartition("\n")[2])
        if _is_turned_or_of_other(last, question) or is_label_of_other(last, question):
            return True
        if "#### " in last:
            last = last[last.rfind("#### ") :]
        if (mark := MARK.match(last)) is None:
            # other prose is looked at elsewhere
            told = LAST_BRACKETS.sub("", last.replace("**", "").strip())
            if _names_another(told, gold, question):
                return True
            return OWN_LABEL.fullmatch(told) is not None and (
                (ANGLE.match(told) is not None and is_of_other_name(told.strip("$ ."), gold, question))
                or contrary(told, asking(question))
            )
        plain = left = last[mark.end() :].replace("**", "")
    if is_of_other(left, plain, question, asking(question)) or is_of_other_name(left, gold, question):
        return True
    if is_of_other_label(answer, question):
        return True
    if _is_bare(plain) or not WORD.search(plain):
        return False
    told = REASON.split(plain.replace("**", ""))[0].strip(" .$")
    if len(told) > MAX_TAIL or not WORD.search(told) or len(told.split()) > MAX_WORDS:
        return False
    asked = asking(question)
    core = CONDITION.sub("", asked)
    whole = lexed(told + ".")
    per = PER.search(told)
    return bool(asked) and (
        contrary(told, asked)
        or is_of_other_things(told, question)
        or (MORE.search(told) is not None and not MORE_ASKED.search(asked))
        or (per is not None and _is_per_another(per["of"], core, asked, question))
        or is_other_way(told, asked)
        or (whole is not None and is_other_kind(whole.text, asked, question))
    )


def _is_per_another(thing: str, core: str, asked: str, question: str) -> bool:
    """Whether it is not asked how much there is per such a thing, "75 cents per apple"; a price in the question may be one."""
    if thing in UNITS or EACH.search(core):
        return False
    if (
        PRICE.search(asked)
        and re.search(rf"\bper\s+{thing}\b", question)
        and not (TOTAL.search(asked) or A_DIGIT.search(asked))
    ):
        return False
    return not {*stems(thing)} & {*stems(core)} or re.search(rf"\d\s{thing}s\b", core) is not None


def _names_another(line: str, gold: str, question: str) -> bool:
    """Whether a line, or its last sentence if that has a figure, gives its value to another name than the one that is asked for."""
    last = NEXT_SENTENCE.split(line)[-1]
    named = NAMED_LINE.fullmatch(last if A_DIGIT.search(last) else line)
    return named is not None and is_of_other_name(named["said"].strip("$ ."), gold, question)


def is_turned_comparison(told: str, asked: str) -> bool:
    """Whether a text says "Zoe is older than Ben", where it is asked how much older Ben is than Zoe."""
    found = [*COMPARED.finditer(told[-MAX_TAIL:])]
    wanted = {match["whom"] for match in THAN.finditer(asked)}
    if not found or len(wanted) != 1 or found[-1]["whom"] in wanted:
        return False
    whom, more = found[-1]["whom"], found[-1]["more"]
    return all(re.search(rf"\b{word}\b", THAN.sub(" ", asked)) for word in (whom, more))


def _is_of_compared(told: str, asked: str) -> bool:
    """Whether a text says "Zoe is 5 years older", where it is asked how much older somebody else is than Zoe."""
    than = [*THAN.finditer(asked)]
    words = {match["more"] for match in COMPARATIVE.finditer(asked)}
    if len(than) != 1 or not words:
        return False
    found = [match for match in COMPARATIVE.finditer(told) if match["more"] in words]
    if not found or THAN.search(told, found[-1].end()):
        return False
    subject, whom = CLAUSES.split(told[: found[-1].start()])[-1], than[0]["whom"]
    others = {*re.findall(r"\b[A-Z][a-z]+|(?<=\bthe )[a-z]+", asked[: than[0].start()])} - {whom, "How", "What", "By"}
    return re.search(rf"\b{whom}\b", subject) is not None and not others & {*re.findall("[A-Za-z]+", subject)}


def _is_bare(text: str) -> bool:
    """Whether a text is a number, or a number with a known unit."""
    bare = BARE.fullmatch(text)
    return bare is not None and (not bare["unit"] or bare["unit"] in UNITS)


def is_of_each(answer: str, response: str, question: str) -> bool:
    """Whether a response ends with the answer as the number of each, where the question asks for all together."""
    tail = response[-MAX_TAIL:].rstrip().rpartition("\n")[2]
    if "each" not in tail and "apiece" not in tail:
        return False
    asked = asking(question)
    if not TOTAL.search(asked) or EACH.search(asked):
        return False
    found, number = [*FOR_EACH.finditer(tail)], FIGURE.search(answer)
    return bool(found and number) and found[-1]["value"].strip(".,") == (number[0].strip(".,") if number else "")


def is_contrary_yes(answer: str, question: str) -> bool:
    """Whether an answer is a yes that goes on with another thing than the one that it is asked about."""
    plain, asked = said(answer), asking(question)
    goes_on = YES.match(plain)
    if goes_on is None:
        return False
    rest, small = goes_on["rest"].casefold(), TRUE_OR_FALSE.sub("", asked.casefold())
    # An opposite that the question has too may be what it is about.
    foreign = " ".join(word for word in rest.split() if word.strip(".,;:!") not in small)
    if (
        with_denials(foreign, small) != foreign
        or with_denials(small, foreign) != small
        or any(re.search(rf"(?<![a-z-]){match['base']}\b", small) for match in NEGATED.finditer(foreign))
    ):
        return True
    if any(re.search(rf"(?<![a-z-]){match['base']}\b", rest) and match[0] not in rest for match in NON.finditer(small)):
        return True
    kind = IS_A.match(plain)
    wanted = {*SHORT_FORM.findall(asked)}
    if kind is None or not wanted:
        return False
    words = kind["said"].split()
    initials = "".join(word[0] for word in words).upper()
    given = {*SHORT_FORM.findall(kind["said"])} or ({initials} if len(words) > max(map(len, wanted)) else set())
    return bool(given) and not any(name in each for name in wanted for each in given)
