r"""Lists that a question asks for, in other dress: `1 \to 2 \to 4` for a path, "3 and 2" for eigenvalues, "1 0 1 1", `(5\,V, 3\,V)`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.unit import unit_name
from cgd_recipes.grading.question.asked_names import is_in_order_of_names, values_by_name
from cgd_recipes.grading.question.asked_set import alternatives, as_set, is_no_interval
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION, asking
from cgd_recipes.grading.question.misplaced import is_ordered, items
from cgd_recipes.grading.values.parts import is_part

MAX_LENGTH, MAX_ITEMS, MAX_NUMBER, MAX_ASKED = 300, 30, 1_000, 2_000
PATH = re.compile(
    r"\b(?:paths?|routes?|tours?|walks?|cycles?|order|sequence|traversal|visit(?:ed|s)?)\b", re.IGNORECASE
)
STEP = re.compile(r"\s*(?:\\(?:long)?(?:right)?arrow(?![A-Za-z])|\\to(?![A-Za-z])|[-=]+>|[\u2192\u27f6])\s*")
DASH = re.compile(r"\s*[-\u2013\u2014]\s*")
NODE = re.compile(r"\d{1,3}|[A-Z]\d?")
# "[4, 1, 2], length 2"
LENGTH = re.compile(r"(?P<path>[\[(].*[\])]),\s*(?:of\s+|with\s+)?length\s*(?:=|:|is)?\s*(?P<length>\d{1,3})")
DIGIT_LIST = re.compile(r"\b(?:list|sequence|digits?|code|string|vector)\b", re.IGNORECASE)
# "a list with each digit as an element", "the chain code", "the digits as a list"
EACH_DIGIT = re.compile(
    r"\b(?:each|every)\s+(?:digit|bit|symbol)\b|\bchain\s+code\b|\b(?:list|sequence)\s+of\s+(?:the\s+|its\s+|all\s+)?(?:[a-z]+\s+)?(?:digits|bits)\b"
    r"|\b(?:digits|bits)\s+(?:of\s+[^.?]{1,40}\s)?(?:as|in)\s+an?\s+list\b|\bdigit\s+by\s+digit\b",
    re.IGNORECASE,
)
IN_BLANKS = re.compile(r"\d{1,3}(?:\s+\d{1,3}){2,99}")
# Values of which the order says nothing
UNORDERED = re.compile(
    r"\beigen\s?values?\b|\b(?:roots|zeros|zeroes)\s+of\b|\ball\s+(?:the\s+)?possible\s+(?:numbers|values|integers|primes|solutions)\b",
    re.IGNORECASE,
)
# What is no interval
AS_LIST = re.compile(r"\beigen\s?values\b|\b(?:as|in)\s+an?\s+list\b|\blist\s+of\b", re.IGNORECASE)
LAST_SENTENCE = re.compile(r"[.?!]\s+")
# What a list may have beside them, or which of them it wants
OTHERS = re.compile(
    r"\b(?:sum|product|number\s+of|how\s+many|respectively|[a-z]+est|maximum|minimum|eigen\s?vectors?|determinant|trace|first|second|ratio"
    r"|difference|multiplicit\w*|ascending|descending|increasing|decreasing|mean|rank|intervals?|inequalit\w*|range|ordered|pairs?|points?|vertex|vertices"
    r"|coordinates?|permutations?|poles?|below|outputs?|images?|evaluate|double|simple|and\s+the)\b|[\[(]\s*\\?[a-z]\w*\s*,",
    re.IGNORECASE,
)
ALL_VALUES = re.compile(
    r"\b(?:all|which|what)\s+(?:[a-z]+\s+){0,3}(?:values?\b|numbers?\b|x\b|\$[a-z]\$)|\bsolve\b|\bfor\s+which\b",
    re.IGNORECASE,
)
AND_WORD = re.compile(r"\s+and\s+")
# `-3 < x < -2`, which no value can satisfy beside another such chain, unless they overlap
BETWEEN = re.compile(r"[^<>=,]+(?:<|\u2264|\\leq?(?![a-z]))\s*(?P<name>[a-z])\s*(?:<|\u2264|\\leq?(?![a-z]))[^<>=,]+")
EIGENVALUES = re.compile(r"\beigen\s?values\b", re.IGNORECASE)
NAMED = re.compile(r"(?:\\lambda|\u03bb|[a-z])(?:_\{?\d\}?)?\s*=\s*(?P<value>[^=]+)")
NAME = re.compile(r"(?:\\lambda|\u03bb|[a-z])(?:_\{?\d\}?)?")
TIMES = re.compile(
    r"\s*\(?\s*(?:(?:with\s+)?(?:algebraic\s+)?multiplicity\s*(?:of\s+)?(?P<number>[1-4])|(?P<word>double|twice|repeated|simple)(?:\s+(?:root|eigenvalue))?)\s*\)?$"
)
MATRIX = re.compile(r"\[\s*(?P<rows>\[[-\d.,\s]+\](?:\s*,\s*\[[-\d.,\s]+\]){1,5})\s*\]")
TEX_MATRIX = re.compile(r"\\begin\{[pb]?matrix\}(?P<rows>[-\d.\s&\\]+)\\end\{[pb]?matrix\}")
COMPLEX = re.compile(
    r"\bcomplex\s+numbers?\s+\$?(?:[a-z]\s*=\s*)?(?P<real>[a-z])\s*\+\s*"
    r"(?:i\s*(?P<turned>[a-hj-z])|(?P<imaginary>[a-hj-z])\s*i)(?![A-Za-z])"
)
PART_OF_COMPLEX = re.compile(
    r"\b(?:conjugate|modulus|magnitude|absolute\s+value|argument|(?:real|imaginary)\s+part|inverse|reciprocal|square)\s+of\b|\|[^|]*\||\\(?:overline|bar|arg)(?![a-z])",
    re.IGNORECASE,
)
IN_UNIT = re.compile(
    r"\bin\s+(?:the\s+)?(?:units?\s+(?:of\s+)?)?\$?(?:\\(?:text|mathrm)\s*\{\s*)?(?P<unit>[A-Za-z\u03a9\u00b5/]{1,20})"
)
AMOUNT = re.compile(r"(?P<value>-?\d[\d.]*)\s*(?P<unit>[A-Za-z\u03a9\u00b5/]{1,20})")
WITHOUT = re.compile(
    rf"{OPEN_SET}(?P<all>[^{OPEN_SET}{CLOSE_SET}]+){CLOSE_SET}\s*\\setminus\s*{OPEN_SET}(?P<but>[\d,\s]+){CLOSE_SET}"
)
ELLIPSIS = re.compile(r"\\(?:ldots|dots|cdots)|\.\.\.|\u2026")


def as_list(answer: str, gold: str, question: str) -> str:
    """The list that an answer is in another dress, with the brackets of the gold answer; "" for any other answer."""
    if len(answer) > MAX_LENGTH or not re.search(r"\d|[A-Z]", answer):
        return ""
    read = tidy(answer)
    if COMPLEX.search(question) and "," not in gold:
        return _complex(answer, question)
    whole = enclosed(tidy(gold)) or ("", gold)
    wanted = split_top(whole[1])
    if not 1 < len(wanted) <= MAX_ITEMS or whole[0] not in ("", "[]", "()"):
        return ""
    every = READINGS if whole[0] == "()" else READINGS + UNORDERED_READINGS
    found = next((given for reading in every if (given := reading(read, wanted, question))), [])
    return f"{whole[0][:1]}{', '.join(found)}{whole[0][1:]}" if len(found) == len(wanted) else ""


def united(answer: str, gold: str, question: str) -> str:
    """Two or more intervals of one name with "or" for the "and" between them, where all values are asked for that satisfy it; else ""."""
    if r"\cup" not in gold or not ALL_VALUES.search(question):
        return ""
    pieces = [piece.strip(" ,$") for piece in split_top(AND_WORD.sub(AND, tidy(answer)), AND)]
    chains = [BETWEEN.fullmatch(piece) for piece in pieces]
    names = {chain["name"] for chain in chains if chain}
    return r"\text{ or }".join(pieces) if len(pieces) > 1 and all(chains) and len(names) == 1 else ""


def _complex(answer: str, question: str) -> str:
    """The complex number whose two parts an answer names as the question does."""
    asked, values = COMPLEX.search(question), values_by_name(answer)
    if asked is None or PART_OF_COMPLEX.search(asking(question)):
        return ""
    real, imaginary = asked["real"], asked["turned"] or asked["imaginary"]
    return f"({values[real]}) + ({values[imaginary]})i" if {*values} == {real, imaginary} else ""


def _path(read: str, wanted: list[str], question: str) -> list[str]:
    """The nodes of a path, which stand in its order."""
    if not PATH.search(question):
        return []
    plain = said(read).strip(" .")
    if told := LENGTH.fullmatch(plain):
        nodes = split_top(told["path"][1:-1])
        return nodes if len(nodes) == int(told["length"]) + 1 else []
    for sign in (STEP, DASH):
        nodes = [node.strip() for node in sign.split(plain)]
        if len(nodes) == len(wanted) > (1 if sign is STEP else 2) and all(map(NODE.fullmatch, nodes)):
            return nodes
    return []


def _blanks(read: str, wanted: list[str], question: str) -> list[str]:
    """Numbers with nothing but blanks between them, digits with nothing at all."""
    plain = said(read).strip(" .()[]")
    if (
        plain.isdecimal()
        and plain.isascii()
        and EACH_DIGIT.search(question)
        and all(item.isdecimal() for item in wanted)
    ):
        return [*plain] if {len(item) for item in wanted} == {1} else []  # "6706" for [6, 7, 0, 6]
    return plain.split() if IN_BLANKS.fullmatch(plain) and DIGIT_LIST.search(question) else []


def _with_units(read: str, wanted: list[str], question: str) -> list[str]:
    """The items of a list, each of which has the unit that the question asks for."""
    if not all(as_number(clean(item)) for item in wanted):
        return []
    each = split_top((enclosed(read) or ("", read))[1])
    both = [AMOUNT.fullmatch(said(item)) for item in each]
    units = {unit_name(match["unit"]) if match else None for match in both}
    unit = units.pop() if len(units) == 1 else None
    asked = {unit_name(match["unit"]) for match in IN_UNIT.finditer(question)}
    return [match["value"] for match in both if match] if unit and asked - {None} == {unit} else []


def _unordered(read: str, wanted: list[str], question: str) -> list[str]:
    """The items of a gold list, which may stand in any order: eigenvalues, with their multiplicities as the trace has them."""
    asked = f"{asking(question)} {LAST_SENTENCE.split(question[-MAX_QUESTION:].strip())[-1]}"
    if not UNORDERED.search(asked) or is_ordered(question) or is_in_order_of_names(len(wanted), question):
        return []
    if OTHERS.search(asked) or not (AS_LIST.search(asked) or is_no_interval(wanted)):
        return []
    given = _difference(read) or _multiplied(read)
    single = [*dict.fromkeys(given)]
    if len(single) != len(wanted) or not all(any(is_part(part, each) for each in single) for part in wanted):
        return []
    # The trace tells which one is there more than once, if there is one or there are but two values.
    told = (
        EIGENVALUES.search(asked) and (len(single) < 3 or len(given) == len(single) + 1) and _has_trace(given, question)
    )
    if len(given) > len(single) and not told:
        return []
    return wanted if all(any(is_part(part, each) for part in wanted) for each in single) else []


def _multiplied(read: str) -> list[str]:
    """The values of an answer, each as often as it says."""
    given: list[str] = []
    called: set[str] = set()
    for part in split_top(items(read).replace(AND, ",")):
        *names, last = split_top(part.strip(" $."), "=") or [""]
        called |= {name.partition("_")[0].strip() for name in names}
        times = TIMES.search(last)
        value = last[: times.start()] if times else last
        if not all(map(NAME.fullmatch, names)) or len(called) > 1:
            return []
        count = int(times["number"] or (1 if times["word"] == "simple" else 2)) if times else max(len(names), 1)
        given += [value.strip()] * count
    return given


def _has_trace(given: list[str], question: str) -> bool:
    """Whether so many values are the eigenvalues of the one matrix of a question, as far as their number and sum say."""
    matrices = [
        *(
            [row.split(",") for row in re.findall(r"\[([^\[\]]*)\]", match["rows"])]
            for match in MATRIX.finditer(question)
        ),
        *(
            [row.split("&") for row in match["rows"].strip("\\ \n").split(r"\\")]
            for match in TEX_MATRIX.finditer(question)
        ),
    ]
    if len(matrices) != 1:
        return False
    rows = matrices[0]
    numbers = [as_number(value) for value in given]
    if not all(numbers) or any(len(row) != len(rows) for row in rows) or len(given) != len(rows):
        return False
    diagonal = [as_number(row[place].strip()) for place, row in enumerate(rows)]
    return all(diagonal) and sum(n.value for n in numbers if n) == sum(n.value for n in diagonal if n)


def _difference(read: str) -> list[str]:
    r"""The numbers of a set without some of them: `\{1, 2, \ldots, 9\} \setminus \{4, 6\}`."""
    match = WITHOUT.fullmatch(read.strip())
    if match is None:
        return []
    written = split_top(match["all"])
    dots = [place for place, item in enumerate(written) if ELLIPSIS.fullmatch(item)]
    numbers = [item for item in written if item.isdecimal() and len(item) < 4]
    if len(numbers) + len(dots) != len(written) or len(dots) > 1:
        return []
    values = [int(item) for item in numbers]
    if dots and (dots[0] != len(written) - 2 or values[:-1] != [*range(values[0], values[0] + len(values) - 1)]):
        return []
    if dots and not 1 < len(values) - 1 < values[-1] - values[0] <= MAX_NUMBER:
        return []
    values = [*range(values[0], values[-1] + 1)] if dots else values
    out = [int(item) for item in split_top(match["but"]) if len(item) < 4]
    return [str(value) for value in values if value not in out] if {*out} <= {*values} else []


READINGS = (_path, _blanks, _with_units)
# Not of a tuple, which is in order
UNORDERED_READINGS = (as_set, alternatives, _unordered)


ZEROS_AND_ONES = re.compile(r"\[\s*[01](?:\s*,\s*[01]){1,9}\s*\]")
TRUTHS = {"yes": "1", "true": "1", "no": "0", "false": "0"}
# "Does it converge?", "is it true"
YES_OR_NO = re.compile(r"(?:^|(?<=[.?:;)]\s))(?:is|are|does|do|can|has|have|will)\b[^?]*\?", re.IGNORECASE)


def as_truths(answer: str, gold: str, question: str) -> str:
    """A list of yes and no as ones and zeros, where a question asks as many times and leaves it open how this is written; else ""."""
    if not ZEROS_AND_ONES.fullmatch(gold.strip("$ ")):
        return ""
    plain = said(tidy(answer)).strip("$ .")
    whole = enclosed(plain)
    told = [item.strip(" .").casefold() for item in split_top(whole[1] if whole else plain)]
    numbers = [TRUTHS[item] for item in told if item in TRUTHS]
    asked = len(YES_OR_NO.findall(question[-MAX_ASKED:]))
    if (
        len(numbers) != len(told)
        or len(told) != asked
        or re.search(r"\b(?:yes|no|true|false)\b", question, re.IGNORECASE)
    ):
        return ""
    return f"[{', '.join(numbers)}]"
