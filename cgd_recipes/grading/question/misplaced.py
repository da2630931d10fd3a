r"""Answers that have the value of the gold answer and are none: a list in another order, the expression of the question once more."""

from __future__ import annotations

import re
from functools import lru_cache
from math import gcd

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.asked_names import (
    extremes,
    in_order_of_question,
    in_order_of_things,
    is_in_order_of_names,
    values_by_name,
)
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION, asking
from cgd_recipes.grading.question.periods import is_for_another_time
from cgd_recipes.grading.values.parts import is_part, parts

# What is wanted of a fraction, or of a list
LOWEST = re.compile(
    r"\b(?:lowest\s+terms|simplest\s+form|fully\s+(?:reduced|simplified)|reduced\s+fraction|simplify|simplified\s+(?:value|fraction|form))\b",
    re.IGNORECASE,
)
DECIMAL = re.compile(r"\bas\s+a\s+(?:terminating\s+)?decimal\b|\bin\s+decimal\s+(?:form|notation)\b", re.IGNORECASE)
FRACTIONAL = re.compile(r"-?\d*\s*(?:\d+\s*/\s*\d+|\\[dt]?frac\s*(?:\{\s*-?\d+\s*\}|\d)\s*(?:\{\s*\d+\s*\}|\d+))")
FACTOR = re.compile(r"\bfactor(?:i[sz]e)?\s+(?:completely|fully|the\s|this\s|\$|\\|over\b)", re.IGNORECASE)
FRACTION = re.compile(r"-?(\d{1,9})\s*/\s*(\d{1,9})|-?\\[dt]?frac\s*\{\s*-?(\d{1,9})\s*\}\s*\{\s*(\d{1,9})\s*\}")
ORDERED = re.compile(
    r"\b(?:order|arrange|sort|rank)\b.*\b(?:from|least|greatest|smallest|largest|lowest|highest|ascending|descending|increasing|decreasing)\b",
    re.IGNORECASE,
)
# "Find the mean and the range": two numbers without their names stand in this order.
QUANTITY = (
    r"(?:mean|median|mode|range|sum|product|difference|quotient|remainder|slope|area|perimeter|circumference|height|radius|diameter|"
    r"numerator|denominator|gcd|lcm|amplitude|period|volume|surface\s+area|variance|standard\s+deviation)"
)
# "Give the coefficients in order", "List them from oldest to youngest", but not "Find all numbers whose digits are in increasing order"
IN_ORDER = re.compile(
    r"\b(?:give|list|write|state|arrange|put|sort|order|rank|name|report|enter|find|solve|determine|compute|calculate|balance|answer|what|who|tell)\b"
    r"(?:(?!\b(?:whose|that|which|where|such|with|if)\b)(?:[^.?!;]|\.(?=\d))){0,200}?"
    r"(?:\bin\s+(?:(?:(?:that|this|the|your|their|its)\s+)?(?:(?:right|correct|same|given|finishing|ascending|descending|increasing|decreasing|alphabetical|chronological|numerical)\s+)?"
    r"order(?!\s+(?:to|that|for)\b))|\bfrom\s+(?:the\s+)?[a-z]+est\s+to\b|\b[a-z]+est\s+(?:[a-z]+\s+)?first\b|\b(?:which|what|finishing)\s+order\b"
    r"|\border\s+of\s+(?:finish|arriv)|\brespectively\b"
    rf"|\bthe\s+{QUANTITY}(?:,\s+(?:the\s+)?{QUANTITY})*,?\s+and\s+(?:the\s+|its\s+)?{QUANTITY}\b)"
    r"|\b(?:give|list|write|state|find|determine|what\s+are)\s+(?:all\s+)?(?:the|its)\s+(?:[a-z]+\s+){0,2}coefficients\b",
    re.IGNORECASE,
)
BY_SIZE = re.compile(r"\b(?:ascending|descending|increasing|decreasing)\s+order\b", re.IGNORECASE)
SHAPE = re.compile(r"(?:\\text\s*\{\s*)?(\d+)\s*(?:\u00d7|\\times|x|by|\\text\s*\{\s*by\s*\})\s*(\d+)\s*\}?")
# "\\boxed{0,\\,-2}" has two items as "0, -2" has
SEPARATOR = re.compile(rf"\s*(?:;|{AND}|{OR}|,\s*\band\b)\s*")
NAMED = re.compile(rf"^(?P<name>\\?[A-Za-z]+(?:_\{{?\w+\}}?)?\s*=|(?:the\s+)?{QUANTITY}\b)", re.IGNORECASE)
# What a question wants done with an expression, before that expression and behind it
DO = re.compile(
    r"\b(?:factor(?:i[sz]e)?|expand|simplify|evaluate|compute|calculate|rationali[sz]e|reduce|convert|change|write|rewrite|express|give|put|find|"
    r"work\s+out|what\s+is|decompose|multiply|divide|combine|distribute|complete\s+the\s+square|how\s+many\s+[a-z]+\s+(?:is|are|equals?))\b:?\s+"
    r"(?:(?:and|simplify|fully|completely|out|the|an?|expression|following|product|sum|difference|quotient|power|number|integer|fraction|improper|mixed|"
    r"decimal|percent(?:age)?|denominator|simplest|form|like|terms|angle|polynomial|quadratic|value|of|in|for|exactly|exact|prime|factori[sz]ation|"
    r"expansion|integral|limit):?\s+)*$",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\s*(?:$|\n|[,;?!]|\.(?!\d)|(?:in|to|as|by|using|with|without|completely|fully|over|into|if|for|where|and)\b)",
    re.IGNORECASE,
)
COMBINE = re.compile(r"\b(?:combine|collect|simplify)\b", re.IGNORECASE)
SEVERAL = re.compile(r",(?!\d{3}(?!\d))")
FACTORIZED = re.compile(r"\bfactori[sz]ations?\b|\bfactori[sz]e\b|\bproduct\s+of\s+(?:its\s+)?primes?\b", re.IGNORECASE)
PRODUCT = re.compile(r"\\cdot|\\times|[\u00b7\u00d7*^]")
MATHEMATICS = re.compile(r"\$+|\\[()\[\]]")
# In turn: what only sets an expression apart
PLAINER = (
    (re.compile(r"\\(?:left|right|displaystyle|quad|qquad)(?![A-Za-z])|\\[,;:! ]|~|\s+"), " "),
    (re.compile(r"\\(?:text|mathrm|mathbf)\s*\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\sqrt\s*\{(\w+)\}"), r"\\sqrt\1"),
    (re.compile(r"\\[dt]?frac\s*(?:\{([^{}]*)\}|(\d))\s*(?:\{([^{}]*)\}|(\d))"), r"\1\2/\3\4"),
    (re.compile(r"\\(?:cdot|times)(?![a-z])|[\u00b7\u00d7]"), "*"),
    (re.compile("\u2212"), "-"),
    (re.compile(r"\s*\^\s*\{?\s*\\circ\s*\}?|\s+degrees\b"), "\u00b0"),
    (re.compile(r"\s*([-+*/^=])\s*|(?<=\()\s+|\s+(?=\))"), r"\1"),
    (re.compile(r"[{}\\]"), ""),
    (re.compile(r"\s+"), " "),
)
PERSON = re.compile("[A-Z][a-z]+")
A_WORD = re.compile(r"(?<![A-Za-z\\])[A-Za-z]{2}")
NO_FIGURE = re.compile(r"\\[A-Za-z]+|[\W_]")


def is_misplaced(gold: str, answer: str, question: str) -> bool:
    """Whether an answer is no result: a fraction to be reduced, another order, time or shape of a matrix, the question's expression."""
    if is_for_another_time(gold, answer, question):
        return True
    asked = asking(question)
    if (fraction := FRACTION.fullmatch(answer.strip("$ "))) and LOWEST.search(question[-MAX_QUESTION:]):
        above, below = (int(part) for part in fraction.groups() if part)
        return gcd(above, below) > 1
    if (
        DECIMAL.search(asked)
        and FRACTIONAL.fullmatch(answer.strip("$ "))
        and FRACTIONAL.fullmatch(gold.strip("$ ")) is None
    ):
        return True
    if FACTOR.search(asked) and _is_sum(answer) and not _is_sum(gold):
        return True  # `b(a+5)+2(a+5)`
    shapes = [SHAPE.fullmatch(text.strip("$ ")) for text in (gold, answer)]
    if shapes[0] and shapes[1] and "matri" in asked:  # 3 rows and 4 columns are no 4 by 3 matrix
        return shapes[0].groups() != shapes[1].groups()
    several = len(gold) > 2 and "," in gold
    return (several and (is_disordered(gold, answer, question) or is_misassigned(gold, answer, question))) or repeats(
        gold, answer, question
    )


def _is_sum(text: str) -> bool:
    """Whether a plus or minus stands between two terms of an expression outside all brackets."""
    plain = text.rpartition("=")[2].strip(" $.")
    depth, before = 0, ""
    for char in plain:
        depth += (char in "([{") - (char in ")]}")
        if char in "+-" and depth == 0 and (before.isalnum() or before in tuple(")]}")):
            return True
        before = char if not char.isspace() else before
    return False


def is_disordered(gold: str, answer: str, question: str) -> bool:
    """Whether an answer has the items of a gold list in another order, where the question wants them in order."""
    wanted, given = (parts(items(text)) for text in (gold, answer))
    if not is_ordered(question) and (re.search(r"[=(]", gold) or not is_in_order_of_names(len(wanted), question)):
        return False
    if len(wanted) != len(given) or len(wanted) < 2 or _has_names(answer):
        return False
    sizes = [number.value for part in wanted if (number := as_number(part))]
    if BY_SIZE.search(question) and sizes not in (sorted(sizes), sorted(sizes, reverse=True)):
        return False  # something else is wanted in that order
    return any(not is_part(*pair) for pair in zip(wanted, given, strict=True)) and all(
        any(is_part(part, each) for each in given) for part in wanted
    )


def is_misassigned(gold: str, answer: str, question: str) -> bool:
    """Whether an answer gives the values of a gold list to other names than the question lists them in: "x = 3, y = 1" for "1, 3"."""
    if "=" in gold or "(" in gold:
        return False
    by_name = values_by_name(answer)
    if (order := extremes(by_name)) is not None:
        return not order  # whichever is asked for first
    order = in_order_of_question(by_name, question) if len(by_name) > 1 else ()
    wanted = parts(items(gold))
    of_persons = (
        not order and not A_WORD.search(gold) and len(by_name) == len(wanted) and all(map(PERSON.fullmatch, by_name))
    )
    if of_persons and all(re.search(rf"\b{name}\b", question) for name in by_name):
        # whose values they are cannot be told where the question has the names in no one order
        values = [by_name[name] for name in in_order_of_things(by_name, question[-MAX_QUESTION:])]
        return not values or not all(map(is_part, wanted, values))
    if not order or len(wanted) != len(order):
        return False
    values = [by_name[name] for name in order]
    return not all(map(is_part, wanted, values)) and all(any(is_part(part, each) for each in values) for part in wanted)


@lru_cache(maxsize=64)
def is_ordered(question: str) -> bool:
    """Whether a question wants several things in order."""
    return bool(ORDERED.search(asking(question)) or IN_ORDER.search(question[-MAX_QUESTION:]))


def items(text: str) -> str:
    r"""The items of a list with a comma between them, without brackets around them: "1, 2, 3" of `(1;\ 2;\ 3)`."""
    plain = said(tidy(text))
    if (whole := enclosed(plain)) and whole[0] in ("()", "[]", OPEN_SET + CLOSE_SET):
        plain = whole[1]
    return SEPARATOR.sub(", ", plain)


def _has_names(answer: str) -> bool:
    """Whether the items of a list have names of their own, by which they are told apart: "b = 3, a = 1"."""
    names = [match["name"].casefold() for part in split_top(items(answer)) if (match := NAMED.match(part))]
    return len({*names}) > 1 or len(values_by_name(answer)) > 1


def repeats(gold: str, answer: str, question: str) -> bool:
    """Whether an answer is the expression that a question wants factored, expanded or evaluated, and the gold answer is not."""
    number = answer.strip("$ ").replace(",", "")
    if number.isdecimal() and PRODUCT.search(gold) and FACTORIZED.search(question):
        return as_number(gold) is None and re.search(rf"(?<!\d){number}(?!\d)", question.replace(",", "")) is not None
    if COMBINE.search(question) and _is_rearranged(answer, gold, question):
        return True
    if len(answer) > len(question) or not (figures := _figures(answer)) or figures not in _figures(question):
        return False
    written, wanted = (_expression(text.strip(" $.")) for text in (answer, gold))
    if not written or SEVERAL.search(written) or sorted(written) == sorted(wanted):
        return False
    asked = "\n".join(_expression(piece) for piece in MATHEMATICS.split(question[-MAX_QUESTION:]))
    place = asked.find(written)
    while place >= 0:
        if DONE.match(asked, place + len(written)) and DO.search(asked[max(0, place - 80) : place].replace("\n", " ")):
            return True
        place = asked.find(written, place + 1)
    return False


def _is_rearranged(answer: str, gold: str, question: str) -> bool:
    """Whether an answer has the same terms as an expression of the question, which the gold answer has not: nothing was combined."""
    written, wanted = (sorted(_expression(text.strip(" $."))) for text in (answer, gold))
    pieces = [piece for part in MATHEMATICS.split(question[-MAX_QUESTION:]) for piece in re.split(r"[\n:]", part)]
    return (
        len(written) > 1
        and written != wanted
        and any(written == sorted(_expression(each.strip(" ."))) for each in pieces)
    )


def _figures(text: str) -> str:
    """The letters and digits of a text, in which an expression that stands in it is found whatever its layout."""
    return NO_FIGURE.sub("", text)


def _expression(text: str) -> str:
    r"""An expression without what only sets it apart: "2^10" of `2^{10}`, "3/4" of `\frac{3}{4}`."""
    for pattern, plainer in PLAINER:
        text = pattern.sub(plainer, text)
    return text.strip()


# What makes another value of the one beside it: "at least 12", "12 divided by 2", "the square of 12".
CHANGING = re.compile(
    r"\b(?:twice|half\s+of|(?:square|cube|reciprocal|negative|opposite|inverse)\s+of|divided|multiplied|doubled|tripled|halved|squared|cubed"
    r"|percent\s+of|anything\s+but|at\s+(?:least|most)|up\s+to|each\s+for|not\s+sure|unsure|(?:more|less|fewer|greater)\s+than|not|thousand|pairs)\b",
    re.IGNORECASE,
)
PAIRS_COUNTED = re.compile(r"\bnumber\s+of\s+(?:(?:un)?ordered\s+)?pairs\b", re.IGNORECASE)
HEAD = re.compile(r"[^,;(.]*")
INEQUALITY = re.compile(r"[<>\u2264\u2265]|\\(?:le|ge)(?:q|qslant)?(?![a-z])")


def is_changed(gold: str, answer: str, question: str) -> bool:
    """Whether the first words of an answer make another value of its number, by words that neither the gold answer nor the question has."""
    head = HEAD.match(answer) if re.search(r"\d", gold) else None
    found = {each.casefold() for each in CHANGING.findall(head[0])} if head else set()
    if INEQUALITY.search(gold):
        found = {word for word in found if not word.endswith(("than", "least", "most"))}  # they are its signs
    asked = f"{gold} {asking(question)}".casefold()
    if "pairs" in found and PAIRS_COUNTED.search(question[-MAX_QUESTION:]):
        return False
    return bool(found) and not any(word in asked for word in found)
