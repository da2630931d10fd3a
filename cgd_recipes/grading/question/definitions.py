r"""What a question defines by an equation, "Let $T=20$": in an answer such as `T\sqrt7=20\sqrt7` it stands for its value."""

from __future__ import annotations

import re

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean, tidy
from cgd_recipes.grading.notation.number import CONSTANT
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.free_constants import DECLARED as OF_CONSTANT
from cgd_recipes.grading.values.single import LETTER, chain

MAX_QUESTION, MAX_ANSWER, MAX_DEFINED = 5_000, 300, 5
DEFINED = re.compile(
    r"\b(?:[Ll]et|[Ss]et|[Pp]ut|[Ss]uppose|[Dd]efine)\s+(?:that\s+)?"
    r"(?:\$\s*(?P<name>[A-Za-z])\s*=\s*(?P<value>[^=$<>,;]{1,40})\$"
    r"|(?P<plain>[A-Za-z])\s*=\s*(?P<number>-?\d{1,12}(?:[./]\d{1,12})?)(?![\w^*/+(\\-]|[.,]\d|\s*[-+*/^(\\\u00b7\u00d7]))"
)
CONSTANTS = frozenset("ei")


def with_definitions(gold: Gold, answer: str, question: str) -> tuple[Gold, str]:
    """A gold answer and an answer with the values of the names that the question defines, where only one of the two has such a name."""
    if len(answer) > MAX_ANSWER or len(gold.text) > MAX_ANSWER or gold.kind in ("boolean", "option", "text"):
        return gold, answer
    for name, value in _definitions(question)[:MAX_DEFINED]:
        if _has(name, gold.text):
            gold = _in_its_names(gold, name, value, answer)
        elif CONSTANT.fullmatch(value) and not _names(clean(gold.text)):
            answer = _chain_of_values(answer, name, value)
    return gold, answer


def _definitions(question: str) -> list[tuple[str, str]]:
    """The names that a text defines by one equation, and says nothing else of, with their values."""
    text = question[-MAX_QUESTION:]
    found = []
    for match in DEFINED.finditer(text):
        name = match["name"] or match["plain"]
        value = clean(match["value"] or match["number"])
        told = re.findall(rf"(?<![A-Za-z\\]){name}\$?\s*(?:=|<|>|\\(?:le|ge|leq|geq|in|neq?)(?![A-Za-z]))", text)
        if (
            len(told) == 1
            and name not in CONSTANTS
            and value
            and not re.search(r"\\text|(?<![A-Za-z\\])[A-Za-z]{2,}", value)
        ):
            found.append((name, value))
    return found


def _in_its_names(gold: Gold, name: str, value: str, answer: str) -> Gold:
    """A gold answer in the names of a definition, if an answer has these and not the one that is defined."""
    names = _names(value)
    if not names or _has(name, answer) or "_" in gold.text or not names <= _names(clean(answer)):
        return gold
    return gold._replace(text=_replaced(clean(gold.text), name, value))


def _chain_of_values(answer: str, name: str, value: str) -> str:
    """An equation whose sides have a defined name, with its value there: `3T = 9`; any other answer as it is."""
    parts = chain(clean(answer))
    replaced = [
        (sign, _replaced(part, name, value) if _names(part) == {name} and part != name else part)
        for sign, part in parts
    ]
    if len(parts) < 2 or replaced == parts or LETTER.search(parts[-1][1].replace(r"\text", "")) or f"{name}(" in answer:
        return answer
    return "".join(f" {sign} {part}" if sign else part for sign, part in replaced)


def _replaced(text: str, name: str, value: str) -> str:
    return LETTER.sub(lambda match: f"({value})" if match[0] == name else match[0], text)


def _names(text: str) -> set[str]:
    return {*LETTER.findall(text)} - CONSTANTS


def _has(name: str, text: str) -> bool:
    return name in LETTER.findall(clean(text))


# The numbers that a question may give in words; "twice as many"
IN_WORDS = {
    2: "two|twice|double[ds]?|doubling",
    3: "three|thrice|triple[ds]?|tripling",
    4: "four|quadruple[ds]?",
    5: "five",
    6: "six",
    7: "seven",
    8: "eight",
    9: "nine",
    10: "ten",
}
MAX_CONSECUTIVE = 6
# `4x = 16` behind "x = 4"
MULTIPLE = re.compile(
    r"\$?(?P<times>\d{1,6})?\s*(?:\\cdot\s*)?(?P<name>[a-z])\s*(?:(?P<sign>[-+])\s*(?P<more>\d{1,6}))?\s*=\s*(?P<value>-?\d{1,9})\$?"
)


def of_own_unknown(answer: str, response: str, question: str) -> str:
    """The value that a box gives to a multiple of an unknown of its own, if it is what the unknown's value before the box makes of it."""
    match = MULTIPLE.fullmatch(answer.strip()) if "=" in answer else None
    if match is None or not (match["times"] or match["sign"]) or _has(match["name"], question):
        return ""
    given = rf"(?<![\w+*/^\\.-])(?<![-+*/\d)]\s){match['name']}\s*=\s*(?P<value>-?\d{{1,9}})(?![\w^*/+(\\-]|[.,]\d|\s*[-+*/^=\\])"
    found = {int(each["value"]) for each in re.finditer(given, response[: response.rfind("boxed")][-MAX_QUESTION:])}
    if len(found) != 1:
        return ""
    if not (_is_given(match["times"], question) and _is_given(match["more"], question)):
        return ""
    more = int(match["more"] or 0) * (-1 if match["sign"] == "-" else 1)
    return match["value"] if int(match["times"] or 1) * found.pop() + more == int(match["value"]) else ""


def _is_given(number: str | None, question: str) -> bool:
    """Whether a question has a number, in digits or in words, or steps through consecutive ones."""
    if number is None:
        return True
    words = IN_WORDS.get(int(number), "(?!)")
    given = re.search(rf"(?<![\d.,]){number}(?![\d]|[.,]\d)|\b(?:{words})\b", question[-MAX_QUESTION:], re.IGNORECASE)
    return given is not None or (int(number) <= MAX_CONSECUTIVE and "consecutive" in question)


# "..., C an arbitrary constant"
DECLARED = re.compile(
    r"[,;]?\s*\(?(?:where\s+|with\s+)?\$?(?P<name>[A-Zck])\$?\s+(?:is\s+|denotes\s+|being\s+)?(?:an?\s+|any\s+|some\s+)?(?:arbitrary\s+)?(?:real\s+)?"
    r"constant(?:\s+of\s+integration)?\)?$"
)

# What only an equation with a derivative, or an integral, has: its solution has a constant
INTEGRATED = re.compile(
    r"\\(?:d?frac|tfrac)\s*\{\s*(?:\\partial|d)|\\i?int(?![A-Za-z])|\\d?dot(?![A-Za-z])|(?<![A-Za-z])d\w/d\w|(?<![A-Za-z])[A-Za-z](?:'|\^\{?\\prime)"
    r"|\b(?:differential|integra(?:l|te|ting|tion)|anti-?derivative|primitive)\b|\bgeneral\s+solution",
    re.IGNORECASE,
)


def without_declared(answer: str, gold: str, question: str) -> str:
    """An answer without the remark that one of its names is a constant, which has the gold answer's name for it; else the answer."""
    match = DECLARED.search(said(tidy(answer)).strip(" .$")) if "constant" in answer else None
    if match is None or "," in gold or not INTEGRATED.search(question[-MAX_QUESTION:]):
        return answer
    main, name = match.string[: match.start()], match["name"]
    question = OF_CONSTANT.sub("", question)
    wanted = [each for each in "cCkKABD" if len(_places(each, gold)) == 1 and not _places(each, question)]
    if len(wanted) != 1 or len(_places(name, main)) != 1:
        return answer
    if name != wanted[0] and (_places(wanted[0], main) or _places(name, question)):
        return answer
    (start,) = _places(name, main)
    return f"{main[:start]}{wanted[0]}{main[start + 1 :]}"


def _places(name: str, text: str) -> list[int]:
    """Where a name of one letter stands in a text, in no word, command or subscript."""
    return [match.start() for match in re.finditer(rf"(?<![A-Za-z\\_])(?<!_\{{){name}(?!_|[a-z]{{2}})", text)]
