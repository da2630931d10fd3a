r"""Several names whose values are asked for, in the order in which the question has them: "the values of $x, y$ and $z$"."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import AND, ROW, clean, tidy
from cgd_recipes.grading.notation.number import as_number
from cgd_recipes.grading.notation.structure import enclosed, split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.asked_name import WORD, bare
from cgd_recipes.grading.question.asked_unit import MAX_QUESTION
from cgd_recipes.grading.readings.listed import as_assigned

GREEK = {
    "\u03b1": r"\alpha",
    "\u03b2": r"\beta",
    "\u03b3": r"\gamma",
    "\u03b8": r"\theta",
    "\u03bb": r"\lambda",
    "\u03bc": r"\mu",
}
# "x", "m_1", `\alpha`, "e(18)"
NAME = (
    rf"(?:\\(?:alpha|beta|gamma|delta|theta|lambda|mu|phi|rho|sigma|omega)(?![A-Za-z])|[A-Za-z{''.join(GREEK)}](?![A-Za-z]))"
    r"(?:_\{\w{1,3}\}|_\w(?![A-Za-z0-9]))?(?:\(-?\w{1,4}\))?"
)
IN_DOLLARS = rf"(?<![A-Za-z\\])\$?{NAME}\$?(?![A-Za-z])"
# "x, y and z", "(m, n)"
LISTED = rf"{IN_DOLLARS}(?:\s*,\s*{IN_DOLLARS})*(?:\s*,)?(?:\s+and\s+|\s*,\s*){IN_DOLLARS}"
NAMES_LISTED = re.compile(LISTED)
EACH = re.compile(rf"(?<![A-Za-z\\]){NAME}(?![A-Za-z])")
ASK = r"\b(?:determine|find|compute|calculate|evaluate|give|state|solve\s+for|how\s+many|what\s+(?:is|are)|values?\s+of)\s+"
ASKING = re.compile(ASK, re.IGNORECASE)
# "Determine the values of $x, y$ and $z$", "Find the integers a and b"
ASKED = re.compile(
    rf"{ASK}(?:(?:all|both|the|real|positive|negative|exact|numerical|possible|unknown|missing|values?|numbers?|integers?|constants?|coefficients?"
    rf"|parameters?|unknowns?|variables?|of|for)\s+){{0,6}}(?P<names>{LISTED})(?=\$?(?:\s*[.,:;?!\n]|\s*$|[\s-]+(?:values|coordinates|if|for|so|such|in|that|given|when|with|where|from|by)\b))",
    re.IGNORECASE,
)
# Names of what may change places: both roots of an equation, two numbers with a sum
ALIKE = re.compile(
    r"\b(?:roots|zeros|zeroes|solutions|intercepts|factors|interchange\w*|(?:two|three)\s+(?:[a-z]+\s+){0,3}(?:numbers|integers|primes|digits|reals))\b",
    re.IGNORECASE,
)
# "x = 3", "f(2): 3", "length 3", "3 red"
LABELLED = re.compile(
    r"(?P<name>[^=:]*[^=:\s])\s*(?:=|:|\u2248|\\approx(?![A-Za-z])|(?<=\s)is\s)\s*(?P<value>[^=:]+)"
    r"|(?:the\s+)?(?P<word>[A-Za-z]{3,}(?:\s[A-Za-z]+){0,2})\s+(?P<behind>-?\d[\d.,/]*)|(?P<amount>-?\d[\d.,/]*)\s+(?P<thing>[A-Za-z]{3,}(?:\s[a-z]+)?)"
)
LARGEST = {
    "least": re.compile(r"\\?(?:min|minimum|smallest|least|lowest)\b", re.IGNORECASE),
    "most": re.compile(r"\\?(?:max|maximum|largest|greatest|highest)\b", re.IGNORECASE),
}
WORDS = re.compile(r"[A-Za-z]{3,}(?:\s[A-Za-z]+){0,3}")
# What an ordered whole has, or what is no plain value
BRACKETS = re.compile(r"[=<>\[\u00b1;]|\\(?:pm|mp|begin|in|cup)(?![a-z])|^\W*[({]|\\\{")
SYSTEM = re.compile(r"\bsolve\s+the\s+(?:following\s+)?(?:system|simultaneous\s+equations)\b", re.IGNORECASE)
LETTER = re.compile(r"(?<![A-Za-z\\])[xyz](?![A-Za-z])")
IS = re.compile(rf"(?<![A-Za-z\\])\$?(?P<name>{NAME})\$?\s+is\s+\$?(?P<value>-?\d[\d./]*\d|-?\d)")
# "Write the width first, then the length."
IN_TURN = re.compile(r"\bfirst,?\s+(?:and\s+)?then\b|\b(?:give|write|put|state|list)\b[^.?]*\bfirst\b", re.IGNORECASE)
# "How many of each did she buy?", where the things stand before it
OF_EACH = re.compile(r"\bhow\s+(?:many|much)\s+(?:of\s+)?each\b|\bnumber\s+of\s+each\b", re.IGNORECASE)
MAX_SENTENCE = 300
DEGREES = re.compile(r"\s*(?:\^\s*\{?\s*\\circ\s*\}?|\u00b0)$")
MAX_ASKING, MAX_LABEL = 5, 60
LAYOUT = re.compile(r"\\(?:begin|end)\s*\{[a-z]+\}(?:\{[clr]+\})?|&|\\left\\\{|\\right\s*\.")
ROWS = re.compile(rf"\s*(?:{ROW}|{AND}|\\q?quad(?![A-Za-z])|\\\\|\n|;|,\s*and\b)\s*")


def plain_name(name: str) -> str:
    r"""A name in the one way in which it is compared: `m_1` of `m_{1}`, `\alpha` of the letter."""
    return GREEK.get(name[:1], name[:1]) + re.sub(r"[\s{}$]", "", name[1:])


def names_in(text: str) -> tuple[str, ...]:
    """The names of a list of names, in its order."""
    return tuple(plain_name(name) for name in EACH.findall(re.sub(r"\band\b|\$", " ", text)))


@lru_cache(maxsize=64)
def names_asked(question: str) -> tuple[str, ...]:
    """The names whose values a question asks for as a list; none where it lists none, or several lists of other names."""
    found = {names_in(match["names"]) for match in ASKED.finditer(question[-MAX_QUESTION:])}
    if not found and SYSTEM.search(question[-MAX_QUESTION:]):
        known = {*LETTER.findall(question[-MAX_QUESTION:])}
        return next((each for each in (("x", "y", "z"), ("x", "y")) if known >= {*each}), ())
    names = found.pop() if len(found) == 1 else ()
    return names if len({*names}) == len(names) else ()


def is_in_order_of_names(count: int, question: str) -> bool:
    """Whether so many values without their names stand in the order of the names that a question asks for."""
    return count > 1 and len(names_asked(question)) == count and not ALIKE.search(question)


def values_by_name(answer: str) -> dict[str, str]:
    """The values of an answer by the names or words that it has for them; none for any other answer."""
    written = ROWS.sub(", ", LAYOUT.sub(" ", as_assigned(answer)))
    text = ROWS.sub(", ", said(tidy(written)))
    found: dict[str, str] = {}
    for part in split_top(text):
        *names, last = split_top(part.strip(" $."), "=") or [""]  # "a = b = 3"
        match = LABELLED.fullmatch(f"{names[-1]} = {last}" if names else last)
        if match is None or not all(map(EACH.fullmatch, names[:-1])):
            return {}
        value = DEGREES.sub("", (match["value"] or match["behind"] or match["amount"]).strip())
        for name in (*names[:-1], match["name"] or match["word"] or match["thing"]):
            if (label := _plain_label(name)) in found or plain_name(value) in found:
                return {}
            found[label] = value
    return found


def _plain_label(label: str) -> str:
    label = re.sub("^[Tt]he ", "", label.strip(" $*"))
    return plain_name(label) if EACH.fullmatch(label) else label[:MAX_LABEL]


def in_order_of_question(names: dict[str, str], question: str, *, listed: bool = False) -> tuple[str, ...]:
    """Names of an answer in the order in which a question has them where it asks for them; none where it does not.

    Args:
        names: the names, with their values.
        question: what was asked.
        listed: it must have them in a list with nothing but commas between them.
    """
    text = question[-MAX_QUESTION:]
    lists = [names_asked(question), *(names_in(match[0]) for match in reversed([*NAMES_LISTED.finditer(text)]))]
    orders = {order for order in lists if {*order} == {*names} and len(order) == len(names)}
    if not orders and not listed and (each := [*OF_EACH.finditer(text)]):
        return in_order_of_things(names, text[: each[-1].start()])
    for match in () if orders or listed else [*ASKING.finditer(text)][-MAX_ASKING:]:
        places = _places(names, text[match.end() :])
        if len({*places.values()} - {-1}) == len(names):
            orders.add(tuple(sorted(names, key=places.__getitem__)))
    # "How many quarters and how many dimes, if there are more dimes than quarters": two orders are none.
    return orders.pop() if len(orders) == 1 and not IN_TURN.search(text) else ()


def in_order_of_things(names: dict[str, str], text: str) -> tuple[str, ...]:
    """Names of things in the order in which a text has them, first and last; none where it has these in two orders."""
    things = {name: re.compile(rf"\b{re.escape(name.removesuffix('s'))}s?\b", re.IGNORECASE) for name in names}
    found = {name: [match.start() for match in thing.finditer(text)] for name, thing in things.items()}
    if not all(found.values()) or not all(map(WORDS.fullmatch, names)):
        return ()
    first, last = (tuple(sorted(names, key=lambda name: found[name][end])) for end in (0, -1))
    return first if first == last else ()


def by_names(answer: str, gold: str, question: str) -> str:
    """The values of an answer that has their names, as a list in the order in which the question asks for these; else ""."""
    if "," not in gold or answer.lstrip(" $").startswith("[") or not re.search(r"[=:]|[A-Za-z]{3}", answer):
        return ""
    if re.search(r"[=(]|(?<![\\A-Za-z])[A-Za-z]{3}", said(tidy(gold))):
        return ""  # it has names or tuples of its own
    found, wanted = values_by_name(answer), enclosed(tidy(gold)) or ("", gold)
    if not 1 < len(found) == len(split_top(wanted[1])) or wanted[0] not in ("", "[]"):
        return ""
    order = extremes(found)
    if order is None:
        order = in_order_of_question(found, question, listed=any(map(EACH.fullmatch, found)))
    return f"{wanted[0][:1]}{', '.join(found[name] for name in order)}{wanted[0][1:]}" if order else ""


def as_tuples(gold: Gold, answer: str, question: str) -> tuple[Gold, str]:
    """A gold answer and an answer as tuples, where both are bare lists of the values of the names that a question asks for."""
    if "," not in gold.text or "," not in answer or BRACKETS.search(gold.text) or BRACKETS.search(answer):
        return gold, answer
    wanted, given = split_top(gold.text.replace("$", "")), split_top(answer.replace("$", ""))
    if len(wanted) != len(given) or not is_in_order_of_names(len(wanted), question):
        return gold, answer
    return gold._replace(text=f"({', '.join(wanted)})"), f"({', '.join(given)})"


def with_names(answer: str, sentence: str, question: str) -> str:
    """Values with the names that a sentence has for them, "q = 3, p = 4" of "so q is 3 and p is 4"; any other answer as it is."""
    if "," not in answer or " is " not in sentence or not (asked := names_asked(question)):
        return answer
    found = {plain_name(match["name"]): match["value"] for match in IS.finditer(sentence[-MAX_SENTENCE:])}
    same = sorted(found.values()) == sorted(part.strip(" $") for part in split_top(answer))
    return ", ".join(f"{name} = {value}" for name, value in found.items()) if same and {*found} == {*asked} else answer


def extremes(names: dict[str, str]) -> tuple[str, ...] | None:
    """The names of a smallest value and a largest one, in this order; none where it is the larger one, None for other names."""
    found = {which: name for name in names for which in LARGEST if LARGEST[which].match(name)}
    if not len(found) == len(names) == 2:
        return None
    low, high = (as_number(clean(names[found[which]])) for which in ("least", "most"))
    return (found["least"], found["most"]) if low and high and low.value <= high.value else ()


def _places(names: dict[str, str], text: str) -> dict[str, int]:
    """Where names first stand in a text, such as "the width $w$ and the length $l$"; -1 for those that do not."""
    letters, written = names_in(text), bare(WORD.sub("~", text))
    places = {}
    for name in names:
        if EACH.fullmatch(name):
            places[name] = letters.index(name) if name in letters else -1
        elif WORDS.fullmatch(name):
            found = re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)
            places[name] = found.start() if found else -1
        else:
            found = re.search(rf"(?<![A-Za-z\\]){re.escape(bare(name))}(?![\w'])", written)
            places[name] = found.start() if found else -1
    return places
