r"""Ways of writing that say the same: signs in tuples, remarks behind an answer, greatest common divisors of names, square brackets."""

from __future__ import annotations

import re
from itertools import product
from math import gcd, lcm

from cgd_recipes.grading.notation.clean import clean
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import COORDINATES, SET, Group, enclosed, signs, split_top
from cgd_recipes.grading.notation.text import words

PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])")
MINUS_PLUS = re.compile(r"\\mp(?![A-Za-z])")
# What says nothing about the value.
REMARK = re.compile(
    r"\s*(?:\\quad\s*)?\(?\s*\\text\s*\{\s*\(?\s*(?:(?:all|any|every|with)?\s*(?:possible\s+)?(?:two|four|eight|\d)?\s*(?:choices\s+of\s+|combinations?\s+of\s+)?"
    r"(?:signs?(?:\s+(?:combinations?|choices?))?)|(?:the\s+)?signs\s+(?:are\s+)?independent(?:ly)?|independent\s+signs|in\s+(?:any\s+order|simplest\s+form|"
    r"lowest\s+terms)|simplified|exact(?:ly|\s+value)?|by\s+symmetry|as\s+(?:required|desired|expected))\s*\)?\s*\}\s*\)?$",
    re.IGNORECASE,
)
EVERYWHERE = re.compile(
    r",?\s*(?:\\text\s*\{\s*for\s+(?:all|any|every)\s*(?:real)?\s*\}|for\s+(?:all|any|every)(?:\s+real)?(?![A-Za-z])|\\forall(?![A-Za-z]))\s*[a-z]"
    r"(?:\s*\\in\s*\\mathbb\s*\{?\s*R\s*\}?)?(?=\s*,\s*[a-z](?:\([a-z]\))?\s*=)"
)
INFINITE = re.compile(
    r"(?:there (?:is|are|exists?) )?(?:an )?(?:infinitely many|infinite(?: number of)?|infinity)(?: (?:distinct |such )?(?:real |integer )?"
    r"(?:solutions?|answers?|values?))?(?: exist)?"
)
DIVISOR = re.compile(
    r"(?:\\text\s*\{\s*|\\?(?<![A-Za-z]))(?P<which>gcd|lcm)(?![A-Za-z])\s*\}?\s*\((?P<inside>[^()]*)\)(?!\s*=)"
)
MAX_SIGNS = 4
COORDINATE = re.compile(r"^\s*(?P<name>[a-z])\s*=")
# Brackets of a group whose items each have a name.
NAMED = "names"


def is_infinite(text: str) -> bool:
    """Whether an answer says that there are infinitely many."""
    return INFINITE.fullmatch(words(text)) is not None or clean(text) == r"\infty"


def plain(text: str) -> str:
    r"""A cleaned text without a remark behind it, without "for all x" within it, and with every tuple of a `\pm`."""
    shorter = EVERYWHERE.sub("", REMARK.sub("", text))
    return tuples(shorter or text)


def tuples(text: str) -> str:
    r"""`(\pm 3, \pm 2)` as four tuples, `(\pm 3, \mp 2)` as two, `\pm (3, 2)` as two; any other text as it is."""
    if not PLUS_MINUS.search(text):
        return text
    whole = enclosed(text)
    in_set = whole is not None and whole[0] == SET
    items = split_top(whole[1] if whole and in_set else text)
    done = [found for item in items for found in _each(item)]
    if done == items:
        return text
    return SET[0] + ", ".join(done) + SET[1] if in_set else ", ".join(done)


def _each(item: str) -> list[str]:
    outer = PLUS_MINUS.match(item)
    whole = enclosed(item[outer.end() :].strip() if outer else item)
    parts = split_top(whole[1]) if whole and whole[0] == "()" else []
    if len(parts) < 2:
        return [item]
    if outer:
        negative = ", ".join(f"-({part})" for part in parts)
        return [item] if PLUS_MINUS.search(whole[1] if whole else "") else [f"({', '.join(parts)})", f"({negative})"]
    if MINUS_PLUS.search(item):
        return [item] if any(enclosed(part) for part in parts) else signs(item)
    if not 0 < sum(bool(PLUS_MINUS.search(part)) for part in parts) <= MAX_SIGNS:
        return [item]
    return [f"({', '.join(each)})" for each in product(*map(signs, parts))]


def divisors(*texts: str) -> tuple[str, ...]:
    r"""The texts with every `\gcd(a, b)` as one name, the same for the same arguments in any order; `\lcm` of two by it."""
    names: dict[tuple[str, ...], str] = {}

    def named(match: re.Match[str]) -> str:
        arguments = tuple(sorted(re.sub(r"\s", "", part) for part in split_top(match["inside"])))
        if len(arguments) < 2:
            return match[0]
        if all(re.fullmatch(r"\d{1,99}", part) for part in arguments):
            return f" {(gcd if match['which'] == 'gcd' else lcm)(*map(int, arguments))} "
        order = (match["which"], *arguments) if len(arguments) > 2 else arguments
        name = names.setdefault(order, rf"G_{{q{len(names)}}}")
        if match["which"] == "gcd" or len(arguments) > 2:
            return f" {name} "
        return rf" \frac{{({arguments[0]})({arguments[1]})}}{{{name}}} "

    return tuple(DIVISOR.sub(named, text) for text in texts)


def round_brackets(left: Group | str, right: Group | str) -> tuple[Group | str, Group | str]:
    """Two groups with the square brackets of one as round ones, where the other has round ones and it can be no interval."""
    both = (left, right)
    if not all(isinstance(each, Group) for each in both) or {
        each.brackets for each in both if isinstance(each, Group)
    } != {"()", "[]"}:
        return both
    turned = [each._replace(brackets="()") if isinstance(each, Group) and _no_interval(each) else each for each in both]
    return turned[0], turned[1]


def _no_interval(group: Group) -> bool:
    if group.brackets != "[]" or len(group.items) != 2:
        return len(group.items) > 2
    low, high = map(as_number, group.items)
    return low is not None and high is not None and low.value > high.value


def in_order_of_names(answer: Group | str) -> Group | str:
    """`y = 3, x = 2` with its coordinates in the order of their names; anything else as it is."""
    if not isinstance(answer, Group) or answer.brackets:
        return answer
    assigned = [COORDINATE.match(item) for item in answer.items]
    names = [match["name"] for match in assigned if match]
    if len(set(names)) != len(answer.items) or "".join(sorted(names)) not in (*COORDINATES, "abcd"):
        return answer
    return Group(NAMED, tuple(sorted(answer.items, key=lambda item: item.strip()[0])))
