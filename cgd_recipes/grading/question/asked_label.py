r"""Values under the words of their question: "length: 8", "Mia: 12", `\text{The modulus of } w \text{ equals } 3`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.asked_name import EXTREMES, SMALLEST
from cgd_recipes.grading.question.asked_unit import asking

MAX_ANSWER = 200
LABELLED = re.compile(r"(?P<label>[A-Za-z]+(?:[ -][A-Za-z]+){0,3})\s*:\s*(?P<value>[-\u2212+$\\\d(.][^:=]*)")
# "The modulus of w equals 3"
OF_NAME = re.compile(
    r"(?:the\s+)?(?P<noun>[a-z]+(?:\s[a-z]+)?)\s+of\s+(?P<name>\$?\\?[A-Za-z]+(?:_\{?\w+\}?)?\$?)\s+(?:is|equals|is\s+equal\s+to|=)\s+(?P<value>[-\u2212+$\\\d(.].*)",
    re.IGNORECASE,
)
# `\\text{Area}_{\\min} = 44`
EXTREME = re.compile(
    r"\\(?:text|mathrm)\s*\{\s*(?P<noun>[A-Za-z]{3,}(?: [A-Za-z]+)?)\s*\}\s*_\s*\{?\s*"
    r"(?:\\|\\(?:text|mathrm)\s*\{)?(?P<which>min|max)(?:imum|imal)?\s*\}{0,2}\s*"
    r"=\s*(?P<value>[^=]+)"
)
# The values of |w| by their names
SIZES = frozenset(["modulus", "magnitude", "absolute value", "norm"])
# What makes another value of the one that is labelled
MADE = re.compile(
    r"\b(?:sum|product|difference|ratio|average|mean|total|altogether|together|combined|both|than|more|fewer|less|longer|shorter|other|rest|remain\w*|percent\w*|fraction|probability|each|per|twice|half|increase\w*|decrease\w*|change[sd]?)\b",
    re.IGNORECASE,
)
OTHER = re.compile(r"\b(?:not|or|if|except|less|more|per|each|than|about|least|most|between)\b", re.IGNORECASE)
A_PERSON = re.compile(r"(?<!^)(?<![.?!]\s)\b[A-Z][a-z]+\b")
ASKS = (
    r"\b(?:what(?:'s|\s+is|\s+was|\s+are|\s+will\s+be)|find|compute|determine|calculate|give|state|work\s+out)\s+(?:the\s+)?"
    r"(?:(?!of\b|in\b)[a-z]+\s+){0,2}"
)
ASKS_FOR = r"\b(?:what(?:'s|\s+is)|find|compute|determine|calculate)\s+the\s+"
OF = r"\s+of\s+(?:the\s+)?(?:[a-z]+\s+)?\$?"
MAKING = frozenset(
    ["square", "cube", "reciprocal", "inverse", "negative", "opposite", "logarithm", "double", "half", "square root"]
)
ENDS = r"(?=\s+(?:of|in|for|to|that|which|if|when|on|at)\b|\s*[.,?;]|\s*$)"


def labelled_as_asked(answer: str, gold: str, question: str) -> str:
    """The value behind a label that names the quantity, the things or the one person of which it is asked; else ""."""
    plain = said(answer) if len(answer) <= MAX_ANSWER else ""
    asked = asking(question)
    if ":" in gold or OTHER.search(plain):
        return ""
    if match := EXTREME.fullmatch(answer.strip("$ ")) if "_" in answer else None:
        return match["value"] if _asks_for_extreme(match["noun"], match["which"], asked) else ""
    if match := OF_NAME.fullmatch(plain):
        return match["value"] if _asks_of_name(match["noun"], match["name"].strip("$"), asked) else ""
    match = LABELLED.fullmatch(plain)
    return match["value"] if match and _asks_for(match["label"], asked) else ""


def is_of_other_label(answer: str, question: str) -> bool:
    """Whether an answer says its value of another name than the one that is asked about: the area of ABD, the square of x."""
    match = OF_NAME.fullmatch(said(answer).replace(" _", "_")) if len(answer) <= MAX_ANSWER else None
    if match is None:
        return False
    asked, noun = asking(question), match["noun"]
    wanted = re.search(rf"{ASKS}{re.escape(noun)}{OF}(?P<name>[^\s$,.?]+)", asked, re.IGNORECASE)
    if wanted and _upright(wanted["name"]) != _upright(match["name"]):
        return True
    return noun.casefold() in MAKING and noun.casefold() not in asked.casefold()


def _asks_for_extreme(noun: str, which: str, asked: str) -> bool:
    """Whether it is asked for the least value of a quantity alone, or for the greatest one."""
    found = {"min" if SMALLEST.search(each[0]) else "max" for each in EXTREMES.finditer(asked)}
    named = rf"{ASKS_FOR}(?:{EXTREMES.pattern})\s+(?:possible\s+)?(?:values?\s+of\s+(?:the\s+)?)?{re.escape(noun)}\b"
    return found == {which} and re.search(named, asked, re.IGNORECASE) is not None


def _upright(name: str) -> str:
    r"""A name without what only sets it: `\mathrm{O}_{2}` is `O_2`."""
    return re.sub(r"\\(?:mathrm|mathbf|text)(?![A-Za-z])|[{}$]", "", name)


def _asks_for(label: str, asked: str) -> bool:
    label = re.sub(r"^the\s", "", label, flags=re.IGNORECASE)
    if MADE.search(asked.replace(label.casefold(), " ")):
        return False
    people, label = {*A_PERSON.findall(asked)}, re.escape(label)
    if label in people:
        does = re.search(rf"\b(?:does|do|did|will|would|can|could|has|have|had|is|was)\s+{label}\b", asked)
        return people == {label} and does is not None
    counted = rf"\bhow\s+(?:many|much)\s+(?:[a-z]+\s+){{0,2}}{label}\b(?!\s+(?:and|or)\b)"
    return re.search(rf"{ASKS}{label}{ENDS}|{counted}", asked, re.IGNORECASE) is not None


def _asks_of_name(noun: str, name: str, asked: str) -> bool:
    """Whether it is asked for this of that name: the area of ABC, |w|."""
    bare = re.escape(name)
    if MADE.search(asked):
        return False
    sized = rf"(?<![\w)}}])(?:\||\\[lr]?vert\s*){bare}\s*(?:\||\\[lr]?vert)(?!\s*[\^_*/+-])"
    if noun.casefold() in SIZES and re.search(sized, asked):
        return True
    return re.search(rf"{ASKS}{re.escape(noun)}{OF}{bare}(?![\w^])", asked, re.IGNORECASE) is not None
