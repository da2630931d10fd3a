r"""Orders and assignments as a question asks for them: "1st: Dana; 2nd: Al", `\frac25 < 45\% < 0.5`, `2 H2 + O2 -> 2 H2O`, "dog: Vik"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.chemistry import DIGITS
from cgd_recipes.grading.notation.clean import AND, tidy
from cgd_recipes.grading.notation.spelled import ORDINALS
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.notation.things import things_of
from cgd_recipes.grading.question.listed_options import bare
from cgd_recipes.grading.question.misplaced import is_ordered
from cgd_recipes.grading.readings.unknowns import rows_of, tuples_of

# "1st: Dana", "2nd place - Al", "third: Cy", "1. Anna", "(2) Ben"
RANK = r"(?:(?P<nth>\d)(?:st|nd|rd|th)|(?P<word>first|second|third|fourth|fifth|sixth)|(?P<number>\d)[.)]|\((?P<inside>\d)\))"
RANKED = re.compile(
    rf"{RANK}(?:\s+place)?\s*(?::|=|[-\u2013\u2014]\s|\u2192|\bis\b)?\s*(?P<said>[A-Za-z][A-Za-z' -]*?)", re.IGNORECASE
)
NEXT = re.compile(rf"\s*[,;]?\s+(?:and\s+)?(?={re.sub(r'[?]P<[a-z]+>', '?:', RANK)})", re.IGNORECASE)
ASCENDING = re.compile(
    r"\b(?:from\s+)?(?:the\s+)?(?:least|smallest|lowest|shortest|lightest|youngest|slowest|cheapest|coldest|weakest|nearest)\s+to\b|\b(?:ascending|increasing)\b",
    re.IGNORECASE,
)
DESCENDING = re.compile(
    r"\b(?:from\s+)?(?:the\s+)?(?:greatest|largest|biggest|highest|longest|tallest|heaviest|oldest|fastest|hottest|strongest|farthest)\s+to\b|\b(?:descending|decreasing)\b",
    re.IGNORECASE,
)
INTEGERS = re.compile(r"[(\[]?\s*\d+(?:\s*[,:]\s*\d+)+\s*[)\]]?")
TEX = re.compile(r"\\(?:text|mathrm|mathbf|rm|ce)(?![A-Za-z])|\\[,;:! ]|\\q?quad(?![A-Za-z])|[{}_$~]|\((?:s|l|g|aq)\)")
ARROW = re.compile(
    r"\\(?:long|x)?rightarrow(?![A-Za-z])|\\(?:to|Rightarrow|rightleftharpoons)(?![A-Za-z])|[-=]+>|[\u2192\u27f6\u21cc=]"
)
TERM = r"(?:\d{1,3}\s*)?[A-Z][A-Za-z\d()]*"
SIDE = rf"{TERM}(?:\s*\+\s*{TERM})*"
EQUATION = re.compile(rf"{SIDE}\s*>\s*{SIDE}")
COUNTED = re.compile(r"(\d*)\s*([A-Z].*)")
MAX_EQUATION = 1_000
# "image 2", `|DC_2|`
ITEM = re.compile(r"(?P<label>[^\d<>=,]*[A-Za-z][^\d<>=,]*)(?P<number>\d{1,2})(?P<end>[^\d<>=,]*)")
# "keys K2, K3"
THINGS = re.compile(
    r"(?:the\s+)?(?P<thing>(?P<letter>[a-z])[a-z]{2,20}?)s\s+(?=(?-i:[A-Z])\d)(?=(?P=letter))", re.IGNORECASE
)
# "all pairs (m, n)"
NAMES = re.compile(r"\(\s*(?P<names>[A-Za-z](?:\s*,\s*[A-Za-z])+)\s*\)")
# "dog -> Vik", `A = \text{knave}`, "Ann: knight"
ASSIGNED = re.compile(
    r"(?P<one>[A-Za-z]+(?:\s[A-Za-z]+)?)\s*(?:\u2192|\u21d2|[-=]>|\\(?:to|rightarrow|Rightarrow)(?![A-Za-z])|[:=]|\s[\u2013\u2014-]\s)\s*"
    r"(?:(?:an?|the)\s)?(?P<other>[A-Za-z]+(?:\s[A-Za-z]+)?)"
)


def is_turned(sentence: str, asking: str) -> bool:
    """Whether a sentence orders things the other way round than asked: "from largest to smallest"."""
    told, asked = (
        (ASCENDING.search(text) is not None, DESCENDING.search(text) is not None) for text in (sentence, asking)
    )
    return told == asked[::-1] and told[0] != told[1]


def ranked(answer: str, gold: str, _question: str) -> str:
    """The names of an answer that numbers them, in the order of their numbers; "" where it numbers none."""
    if "," not in gold or not re.search(r"\d[.)a-z]|first", answer, re.IGNORECASE):
        return ""
    found = [RANKED.fullmatch(part.strip(" ,;.")) for part in NEXT.split(bare(answer))]
    ranks = {
        int(match["nth"] or match["number"] or match["inside"] or ORDINALS[match["word"].casefold()]): match["said"]
        for match in found
        if match
    }
    if len(ranks) != len(found) or [*sorted(ranks)] != [*range(1, len(split_top(gold)) + 1)]:
        return ""
    return ", ".join(ranks[rank] for rank in sorted(ranks))


def chained(answer: str, gold: str, question: str) -> str:
    """The items of a chain of one sign, where the question asks for a list in the order that the sign has; else ""."""
    sign = next((each for each in "<>" if each in answer), "")
    if not sign or "," not in gold or "," in answer or re.search("[<>=]", gold) or not is_ordered(question):
        return ""
    way = ASCENDING if sign == "<" else DESCENDING
    parts = bare(answer).split(sign)
    plain = len(parts) == len(split_top(gold)) and not re.search(r"[<>=\u2264\u2265]|\\(?:le|ge|ne)", "".join(parts))
    return ", ".join(part.strip() for part in parts) if plain and way.search(question) else ""


def coefficients(answer: str, gold: str, question: str) -> str:
    """The coefficients of a chemical equation that the question has without them, where it asks for them; else ""."""
    if "oefficient" not in question or not INTEGERS.fullmatch(gold.strip("$ ")) or not ARROW.search(answer):
        return ""
    asked, given = (
        _equation(text[-MAX_EQUATION:])
        for text in (question, answer if answer.count("=") < 2 else answer.rpartition("=")[0])
    )
    if not asked or [name for _, name in asked] != [name for _, name in given]:
        return ""
    return ", ".join(number or "1" for number, name in given if name != ">")


def _equation(text: str) -> list[tuple[str, str]]:
    """The coefficients and formulas of the one chemical equation of a text, with the sign between its sides; none where there is none."""
    found = EQUATION.findall(ARROW.sub(" > ", TEX.sub("", text).translate(DIGITS)))
    if len(found) != 1:
        return []
    terms = re.split(r"\s*\+\s*", re.sub(r"\s*>\s*", " + 0> + ", found[0]))
    counted = [COUNTED.fullmatch(term) for term in terms]
    return [(match[1], match[2]) if match else ("", ">") for match in counted]


def assigned(answer: str, gold: str, _question: str) -> str:
    """The gold answer, where an answer assigns its things the other way round or in another order: "dog: Vik" for "Vik: dog"."""
    if ":" not in gold and " is " not in gold:
        return ""
    things = things_of(gold)
    wanted = {(name, value.casefold()) for name, value in things.items()}
    if len(wanted) < 2 or not all(value.replace(" ", "").isalpha() for _, value in wanted):
        return ""
    found = [
        ASSIGNED.fullmatch(part.strip(" ."))
        for part in split_top(said(tidy(answer)).replace(AND, ",").replace(";", ","))
    ]
    pairs = [(match["one"].casefold(), match["other"].casefold()) for match in found if match]
    if len(pairs) != len(found) or len(pairs) != len(wanted):
        return ""
    # "Ann gives to Bob, Bob to Ann": what has both roles cannot be turned round.
    apart = not {name for name, _ in wanted} & {value for _, value in wanted}
    turned = {(other, one) for one, other in pairs}
    return gold if {*pairs} == wanted or (apart and turned == wanted) else ""


def solved(answer: str, gold: str, question: str) -> str:
    """Solutions that an answer says by their unknowns as tuples in the order in which the question names these; else ""."""
    if ("=" not in answer and "&" not in answer) or not gold.lstrip("$ ").startswith("("):
        return ""
    read = tidy(answer)
    rows = rows_of(read)
    orders = {re.sub(r"[\s,]", "", match["names"]) for match in NAMES.finditer(question)}
    named = [order for order in orders if rows and sorted(order) == sorted(rows[0])]
    return ", ".join(tuples_of(read, named[0])) if len(named) == 1 else ""


def numbered(answer: str, gold: str, question: str) -> str:
    """The numbers of things that are all called the same, in the order that a question asks for: "image 2 -> image 1"; else ""."""
    if not INTEGERS.fullmatch(gold.strip("$ ")):
        return ""
    if not (is_ordered(question) or ASCENDING.search(question) or DESCENDING.search(question)):
        return ""
    plain = re.sub(r"\s*,?\s+and\s+", ", ", _without_things(bare(answer), question))
    sign = next((each for each in "<>" if plain.count(each) and not ARROW.search(plain)), "")
    if sign and not (ASCENDING if sign == "<" else DESCENDING).search(question):
        return ""
    found = [
        ITEM.fullmatch(part.strip()) for part in (plain.split(sign) if sign else re.split(f",|{ARROW.pattern}", plain))
    ]
    called = {(match["label"].strip(), match["end"].strip()) for match in found if match}
    if not all(found) or len(called) != 1 or len(found) < 2:
        return ""
    return f"[{', '.join(match['number'] for match in found if match)}]"


def _without_things(plain: str, question: str) -> str:
    """Items without the word before them that the question has for them, and their letters are of: "K2, K3" of "keys K2, K3"."""
    match = THINGS.match(plain)
    known = match and re.search(rf"\b{re.escape(match['thing'])}s?\b", question, re.IGNORECASE)
    return plain[match.end() :] if match and known else plain
