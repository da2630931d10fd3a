r"""Counts beside more about them than a question asks for: "70 pink, 12 blue", `2\ (\text{both full})`, "no remainder"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import AND, tidy
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.prose.echo import concluding, stems
from cgd_recipes.grading.question.asked_unit import COUNTED, MAX_QUESTION, asking
from cgd_recipes.grading.readings.counts import counts

# "2 trips (both full)", "3, all different"
ALL = re.compile(
    r"(?P<main>(?P<count>\d+|two|three|four|five)(?:\s[a-z]+)?)(?:\s*\(\s*|,\s+)(?P<all>both|all)\s+(?:(?:of\s+them|are|of\s+which)\s+){0,2}(?P<what>[a-z]+)\s*\)?",
    re.IGNORECASE,
)
PLAIN = frozenset(
    ["full", "empty", "distinct", "different", "real", "positive", "negative", "integers", "integer", "whole", "equal", "even", "odd",
     "prime", "valid", "used", "needed", "alike", "rational", "irrational", "complex", "imaginary", "nonzero", "simple", "possible"]
)  # fmt: skip
ITEM = re.compile(
    r"(?P<value>\d[\d,]*)\s+(?P<word>[a-z]{3,})(?:\s(?P<thing>[a-z]+))?|(?P<label>[a-z]{3,}):\s*(?P<said>\d[\d,]*)",
    re.IGNORECASE,
)
LABELLED = re.compile(
    r"^\W*(?:(?:the\s+)?(?:final\s+)?answer(?:\s+is|\W{0,4}:)|there\s+are|so\s+there\s+are)\W*\s(?P<said>[^\n]{1,200})$",
    re.IGNORECASE,
)
MAX_RESPONSE = 300
NAMELY = re.compile(r"[a-z][,:(]?\s*\(?namely\b")
NO_REMAINDER = re.compile(
    r"(?:there\s+(?:is|will\s+be|would\s+be)\s+|with\s+)?no\s+remainder(?:\s+left)?(?:\s*\((?P<check>[^()]*)\))?",
    re.IGNORECASE,
)
PRODUCT = re.compile(
    r"(?P<whole>\d{1,9})\s*=\s*(?P<one>\d{1,9})\s*(?:\u00b7|\u00d7|\*|\\cdot|\\times)\s*(?P<other>\d{1,9})"
)


# "13 values of k", "7 such n", "5 pairs", where it is asked how many
NUMBERS = r"(?:values?|integers?|numbers?|solutions?|choices?|possibilit(?:y|ies)|options?|roots?|zeros)"
KINDS = r"(?:(?:positive|negative|non-?negative|real|integer|integral|whole|natural|rational|prime|odd|even|ordered|unordered|complex)\s+)*"
OF_NAME = re.compile(
    rf"(?P<count>\d[\d,]*)\s+(?:(?:such|possible|different|distinct|valid)\s+)*(?P<kinds>{KINDS})(?:{NUMBERS}\s+(?:(?:of|for)\s+)?|(?<=such\s))(?P<name>[a-z])",
    re.IGNORECASE,
)
MANY_NUMBERS = re.compile(
    rf"\b(?:how\s+many|number\s+of)\s+(?:(?:possible|different|distinct|such)\s+)*(?P<kinds>{KINDS})(?P<noun>{NUMBERS})(?:\s+(?:of|for))?\s+(?P<name>[a-z])(?![\w^(])",
    re.IGNORECASE,
)
TUPLES = re.compile(r"(?P<count>\d[\d,]*)\s+(?P<thing>pairs|digits)")
FORMULA_ASKED = re.compile(
    r"\W*(?:compute|find|evaluate|determine|calculate|what\s+is)\s+(?:the\s+(?:value|sum)\s+(?:of\s+)?)?(?P<asked>\S.*)",
    re.IGNORECASE,
)


def of_counted(answer: str, gold: str, question: str) -> str:
    """A count with the things that the question counts: "13 values of k" for "how many integers k", "448 pairs"; else ""."""
    if not gold.strip("$ ").isdigit() or (not answer[:1].isdigit() and "\\text" not in answer):
        return ""
    plain, asked = said(tidy(answer)), asking(question)
    if match := OF_NAME.fullmatch(plain):
        return match["count"] if _counts(match, asked) else ""
    things = TUPLES.fullmatch(plain)
    formula = FORMULA_ASKED.fullmatch(asked.strip()) if things else None
    # "C(n) is the number of pairs in n. Compute C(1) + C(2)."
    if (
        things is None
        or formula is None
        or re.search(r"[a-z]{3}", re.sub(r"\\[a-z]+", "", formula["asked"]), re.IGNORECASE)
    ):
        return ""
    counted = re.search(
        rf"\bnumber\s+of\s+(?:[a-z]+\s+){{0,3}}{things['thing']}\b", question[-MAX_QUESTION:], re.IGNORECASE
    )
    return things["count"] if counted else ""


MONEY_PER = re.compile(
    r"(?:\\?\$\s?(?P<value>\d[\d,.]*)\$?|\$?(?P<amount>\d[\d,.]*)\$?\s?(?:\\text\s*\{\s*)?dollars?)\s?\}?\s?(?:/|per\s)\s?(?:\\text\s*\{\s*)?(?P<thing>[a-z]{3,})\s?\}?"
)


def money_per(answer: str, gold: str, question: str) -> str:
    """An amount of money for each of the things for which the question asks it, "$3/bushel", with words for its signs; else ""."""
    match = MONEY_PER.fullmatch(answer.strip(" .")) if "$" in answer or "dollar" in answer else None
    if match is None or "per" in gold or not re.search(rf"\b(?:per|an?|each)\s+{match['thing']}\b", asking(question)):
        return ""
    return rf"{match['value'] or match['amount']} \text{{ dollars per {match['thing']}}}"


def _counts(match: re.Match[str], asked: str) -> bool:
    """Whether it is asked how many numbers of such kinds there are for this name."""
    found = [*MANY_NUMBERS.finditer(asked.replace("$", ""))]
    if len(found) != 1 or found[0]["name"] != match["name"]:
        return False
    kinds = {*re.findall("[a-z-]+", f"{found[0]['kinds']} {found[0]['noun']}".casefold())}
    return {*match["kinds"].casefold().split()} <= kinds | {kind.removesuffix("s") for kind in kinds}


def with_all(answer: str, gold: str, question: str) -> str:
    """A count of things without what all of them are; else ""."""
    match = ALL.fullmatch(said(tidy(answer))) if gold.strip("$ ").isdigit() else None
    if match is None or not COUNTED.search(asking(question)):
        return ""
    two = match["count"].casefold() in ("2", "two")
    what = stems(match["what"])
    known = match["what"].casefold() in PLAIN or (bool(what) and {*what} <= {*stems(question)})
    return match["main"] if known and two == (match["all"].casefold() == "both") else ""


def of_several(answer: str, gold: str, question: str) -> str:
    """The number of the kind that a question asks for, of numbers of several kinds; else ""."""
    if not re.fullmatch(r"\d[\d,]*", gold.strip("$ ")):
        return ""
    found = [ITEM.fullmatch(part.strip()) for part in re.split(rf",\s+|{AND}", said(tidy(answer))) if part.strip()]
    kinds = {(match["word"] or match["label"]).casefold(): match["value"] or match["said"] for match in found if match}
    asked = asking(question).casefold()
    named = [kind for kind in kinds if re.search(rf"\b{kind}(?:ly)?\b", asked)]
    if (
        not 1 < len(kinds) == len(found)
        or len(named) != 1
        or not all(re.search(rf"\b{kind}\b", question, re.IGNORECASE) for kind in kinds)
    ):
        return ""
    wanted = re.search(
        rf"\bhow\s+many\s+(?:(?:of\s+the\s+[a-z]+\s+(?:are|were)\s+)?{named[0]}|[a-z]+\s+(?:did|does|has|had|were|are)\s+(?:[a-z]+\s+){{1,3}}{named[0]}ly)"
        r"\b(?!,|\s+(?:and|or|more|fewer|than)\b)",
        asked,
    )
    return kinds[named[0]] if wanted and not re.search(r"\b(?:not|more|fewer|altogether|total|each)\b", asked) else ""


def with_its_list(response: str, gold: str, question: str) -> str:
    """A count behind a label with the list of what is counted, which has as many members: "3 values, namely 1, 4 and 9"; else ""."""
    if len(response) > MAX_RESPONSE or not gold.strip("$ ").isdigit() or not COUNTED.search(asking(question)):
        return ""
    match = LABELLED.match(response)
    plain = tidy(match["said"].replace("**", "").strip(" .")) if match else ""
    found = next(iter(counts(gold, plain)), None) if NAMELY.search(plain) else None
    return found[0][1] if found else ""


def no_remainder(answer: str, _gold: str, question: str) -> str:
    """0 where an answer says that there is no remainder, and a remainder is asked for; else ""."""
    match = NO_REMAINDER.fullmatch(said(tidy(concluding(answer))).strip(" ."))
    if match is None or not re.search(r"\bremainder\b", asking(question), re.IGNORECASE):
        return ""
    check = PRODUCT.fullmatch(match["check"].strip()) if match["check"] else None
    if match["check"] and (check is None or int(check["whole"]) != int(check["one"]) * int(check["other"])):
        return ""
    return "0"
