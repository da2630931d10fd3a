r"""Sets of whole numbers, however they are written, where the question says that a name is one: `k > 1`, `\{2, 3, 4, \ldots\}`."""

from __future__ import annotations

import re
from fractions import Fraction

from cgd_recipes.grading.notation.clean import AND, CLOSE_SET, OPEN_SET, OR, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.domains import domain_in
from cgd_recipes.grading.values.realset import INFINITY, RealSet, looks_like_set, real_set

# `k \\ge 2`
BOUNDED = re.compile(
    r"(?<![A-Za-z\\])(?P<name>[a-z])\s*(?:<|>|\\(?:le|ge|ne)(?![A-Za-z]))|(?:<|>|\\(?:le|ge)(?![A-Za-z]))\s*(?P<behind>[a-z])(?![A-Za-z])"
)
LISTED = re.compile(
    rf"(?:[a-z]\s*(?:\\in|=)\s*)?[{OPEN_SET}{{]?\s*(?P<items>-?\d+(?:\s*,\s*-?\d+)*)(?P<on>\s*,?\s*\\ldots)?\s*[{CLOSE_SET}}}]?"
)
# `\\mathbb{Z}_{\\ge 2}`
FROM = re.compile(r"(?:[a-z]\s*\\in\s*)?\\mathbb\s*\{?\s*[ZN]\s*\}?\s*_\s*\{\s*(?P<sign>>|\\ge)\s*(?P<low>\d+)\s*\}")
# `\\mathbb{N} \\setminus \\{1\\}`
ALL_BUT = re.compile(
    rf"(?:[a-z]\s*\\in\s*)?\\mathbb\s*\{{?\s*[ZN]\s*\}}?(?:\s*[_^]\s*(?:\{{[^{{}}]*\}}|[+*]))?\s*\\(?:setminus|backslash)\s*{OPEN_SET}(?P<but>\s*\d+(?:\s*,\s*\d+)*\s*){CLOSE_SET}"
)
WORDS = re.compile(
    r"(?:(?:exactly|precisely|only|for)\s+)?(?:(?:all|every|any|each|the)\s+)?(?:the\s+)?(?:(?P<sign>positive|natural)\s+)?(?:integers?|whole\s+numbers?|(?<=natural\s)numbers?|(?P<of>[a-z])(?![A-Za-z]))"
    r"(?:\s+(?P<name>[a-z])(?![A-Za-z]))?(?:\s*,)?\s*(?P<rest>\S.*)",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"(?:except|other\s+than|but|excluding|apart\s+from|besides)\s+(?:for\s+)?(?:[a-z]\s*=\s*)?(?P<but>\d+(?:(?:\s*,\s*|\s*,?\s+and\s+)\d+)*)",
    re.IGNORECASE,
)
AT_LEAST = re.compile(
    r"(?:(?:that|which)\s+(?:is|are)\s+)?(?:(?P<than>(?:strictly\s+)?(?:greater|larger|bigger|more)\s+than)(?P<equal>\s+or\s+equal\s+to)?|at\s+least|from|starting\s+(?:from|at)|not\s+less\s+than)\s+"
    r"(?P<low>\d+)(?P<on>\s+(?:on|onwards?|upwards?))?",
    re.IGNORECASE,
)
INEQUALITY = re.compile(r"[<>\u2264\u2265\u2260]|\\(?:le|ge|ne)")
SIGN = re.compile(r"<|>|\\(?:le|ge)(?![A-Za-z])")
MIN_LISTED, FAR, WIDTH = 3, 10**6, 30


def same_whole(answer: str, gold: str, question: str) -> str:
    """The gold answer, where the question says that its name is a whole number, and an answer is the same set of these; else ""."""
    if not INEQUALITY.search(gold) and not INEQUALITY.search(answer):
        return ""
    wanted, given = tidy(gold), tidy(answer)
    if "," not in gold and as_number(wanted) is not None:
        return ""  # bounds between which one number lies have not been brought to their end
    match = BOUNDED.search(wanted) or BOUNDED.search(given)
    domain = domain_in(question, match["name"] or match["behind"]) if match else ""
    if match is None or not (domain[:1] == "Z" or domain.startswith("x>=")):
        return ""
    left, right = _members(wanted), _members(given)
    if left is None or right is None or (left.name and right.name and left.name != right.name):
        return ""
    finite = "," in gold and "ldots" not in wanted and LISTED.fullmatch(wanted) is not None
    if finite and any(edge.denominator > 1 for edge in right.edges):
        return ""  # nor where they are no whole numbers
    low = {"Z>0": 1, "Z>=0": 0, "Z": -FAR}.get(
        domain, int(domain.removeprefix("x>=") if domain.startswith("x>=") else 0)
    )
    edges = [int(edge) for edge in (*left.edges, *right.edges) if abs(edge) < INFINITY] or [0]
    near = {edge + step for edge in edges for step in range(-WIDTH, WIDTH + 1)}
    places = [*near, *(edge + step for edge in (min(edges), max(edges)) for step in (-FAR, FAR, FAR + 1))]
    same = all(left.contains(Fraction(place)) == right.contains(Fraction(place)) for place in places if place >= low)
    return gold if same else ""


def _members(text: str) -> RealSet | None:
    """The whole numbers that a tidied text states, as a set that holds for these; None where it cannot be read."""
    if match := LISTED.fullmatch(text):
        return _of_list([int(item) for item in match["items"].split(",")], on=match["on"] is not None)
    if match := FROM.fullmatch(text):
        return _from(int(match["low"]) + (match["sign"] == ">"))
    if match := ALL_BUT.fullmatch(text):
        return _but([int(item) for item in match["but"].split(",")])
    if r"\text" not in text and looks_like_set(text):
        return real_set(text)
    return _in_words(said(text).replace(AND, " and ").replace(OR, " or "))


def _of_list(items: list[int], *, on: bool) -> RealSet | None:
    if not on:
        return RealSet(tuple(map(Fraction, items)), lambda x: x in items)
    steps = items == [*range(items[0], items[0] + len(items))]
    return _from(items[0]) if steps and len(items) >= MIN_LISTED else None


def _from(low: int) -> RealSet:
    return RealSet((Fraction(low),), lambda x: x >= low)


def _but(left_out: list[int]) -> RealSet:
    return RealSet(tuple(map(Fraction, left_out)), lambda x: x not in left_out)


def _in_words(plain: str) -> RealSet | None:
    """Whole numbers in words: "all positive integers except 1", "every integer greater than 1"."""
    match = WORDS.fullmatch(plain)
    if match is None:
        return None
    rest = match["rest"].strip()
    if left_out := EXCEPT.fullmatch(rest):
        found = _but([int(item) for item in re.findall(r"\d+", left_out["but"])])
    elif bound := AT_LEAST.fullmatch(rest):
        found = _from(int(bound["low"]) + bool(bound["than"] and not bound["equal"]))
    else:
        named = match["of"] or match["name"] or ""
        condition = f"{named} {rest}" if SIGN.match(rest) else re.sub(r"^(?:with|such\s+that|where)\s+", "", rest)
        inner = real_set(condition) if BOUNDED.search(condition) else None
        if inner is None:
            return None
        found = inner
    low = 1 if match["sign"] else -FAR
    return found._replace(contains=lambda x: found.contains(x) and x >= low, edges=(*found.edges, Fraction(1)))
