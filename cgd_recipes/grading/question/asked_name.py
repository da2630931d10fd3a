r"""Left sides that name something else than what is asked: `f(4) = 12` for f(3), `AC = 12` for AB, `x = 12` for x + 3."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.chemistry import DIGITS
from cgd_recipes.grading.notation.structure import split_top
from cgd_recipes.grading.notation.tex import braced
from cgd_recipes.grading.prose.echo import denials, stems
from cgd_recipes.grading.question.asked_ratio import is_turned_round
from cgd_recipes.grading.question.asked_unit import COUNTED, MAX_QUESTION, asking
from cgd_recipes.grading.question.named_ratio import is_cancelled, is_turned_over

THING = (
    r"(?:(?:length|measure|degree\s+measure|size|area|perimeter|magnitude|determinant|absolute\s+value|modulus)\s+of\s+)?"
    r"(?:(?:the\s+)?(?:line\s+)?(?:segment|side|edge|chord|angle|triangle|quadrilateral|rectangle|square|trapezoid|matrix)\s+)?"
)
# "what is the value of $x + 3$", "Find AB.", "the area of triangle $ABC$"
ASKED = re.compile(
    r"\b(?:what(?:'s|\s+is|\s+must\s+be)|find|compute|determine|evaluate|calculate|solv(?:e|ing)\s+for|(?<!\ball\s)(?<!\bevery\s)(?<!\bany\s)values?\s+of|length\s+of|measure\s+of|area\s+of|perimeter\s+of|angle|side|segment)"
    rf"\s+(?:the\s+)?(?:(?:exact|numerical|largest|smallest|minimum|maximum|least|greatest|possible|real|positive|integer)\s+)*(?:values?\s+of\s+)?(?:the\s+)?{THING}(?:all\s+(?:[a-z]+\s+)?(?:numbers|integers|values|primes)\s+)?"
    r"(?:\$+(?P<tex>[^$]{1,80})\$+|\\\((?P<round>[^$]{1,80}?)\\\)|(?P<plain>\d*[a-z](?:\([\w,]{1,6}\)|\s?[-+*/]\s?\d*[a-z\d])*|[A-Z]{2,3}|(?<=angle\s)(?-i:[A-Z])))"
    r"(?=\s*(?:[.,?;:!]|$|\b(?:equals?|in|as|if|when|given|to|rounded|such|where|for|so|using|from|at|with|and|of)\b))",
    re.IGNORECASE,
)
# "the product $abc$", which is no product of what is abc
ASKED_MADE = re.compile(
    r"\b(?:what\s+is|find|compute|determine|value\s+of)\s+the\s+(?:(?:value|product|sum|difference|quotient|expression|quantity)\s+(?:of\s+the\s+)?)+\$(?P<tex>[^$]*[A-Za-z][^$]*[A-Za-z][^$]*)\$",
    re.IGNORECASE,
)
# "Solve for $x: 2x + 3 = 7$"
FOR_NAME = re.compile(r"(?<=^[A-Za-z])\s*:(?=[^:=]*=).*", re.DOTALL)
PLAIN_NAME = re.compile(r"[A-Z]{1,3}|\d*[a-z](?![a-z]).*")
# What is made of a name: the sum of all x, the number of n
MADE = re.compile(
    r"\b(?:sum|product|number|difference|average|mean|how\s+many|remainder|ratio|digits?|multiple|coefficient)\b",
    re.IGNORECASE,
)
MAX_MADE = 60
# In turn
PLAINER = (
    (re.compile(r"m?(?:\\(?:measured)?angle(?![A-Za-z])|\u2220)\s*"), "<"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), r"\1/\2"),
    (re.compile(r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|[*\u00b7\u00d7]"), ""),
    (re.compile(r"\\[lr]?vert(?![A-Za-z])"), "|"),
    (re.compile("\u2212"), "-"),
    (
        re.compile(
            r"\\(?:left|right|displaystyle|overline|mathrm|mathbf|text|operatorname|quad|big[lr]?)(?![A-Za-z])"
            r"|\\triangle\s*(?=[A-Z])|\\[,;:! ]|[\s${}]|\^\s*\{?\s*\\circ(?![a-z])|\u00b0"
        ),
        "",
    ),
)
POINTS = re.compile(r"(?P<kind><|\[?)(?P<points>[A-Z]{1,4})\]?")
ANGLE = re.compile(r"<(?P<points>[A-Z]{3})")
CALL = re.compile(r"\\?(?P<head>[A-Za-z]+)(?P<primes>'*)\((?P<inside>[^()]*)\)")
CALL_BEFORE = re.compile(
    r"\s*[A-Za-z]\w?'{0,2}\s*\(\s*(?P<of>[a-z])\s*\)(?=\s*,\s*(?:\\q?quad\s*)?(?P=of)\s*(?:[<>\u2264\u2265]|\\[gl]eq?(?![a-z])|\\geqslant))"
)
LETTER = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
FUNCTION = re.compile(r"\\(?:sin|cos|tan|cot|sec|csc|log|ln|det|operatorname|gcd|lcm|max|min|lim)(?![A-Za-z])")
PERSON = re.compile(r"(?<![\\A-Za-z])[A-Z][a-z]+")
# Not at the beginning of a sentence, where any word may be capitalised
PERSON_INSIDE = re.compile(r"(?<=[a-z,:;'] )[A-Z][a-z]+")
WORD = re.compile(
    r"(?<![\\A-Za-z])(?:[A-Za-z][a-z]{2,}|[Ii][fnst]|[Oo][fnr]|[Tt]o|[Aa][nst]|[Bb][ey]|[Dd]o|[Ss]o|[Ww]e|No|no)(?![A-Za-z])"
)
# "tan x + tanh x = 0" gives x no value
OF_FUNCTION = re.compile(
    r"(?<![\\A-Za-z])(?:(?:arc)?(?:sin|cos|tan)h?|cot|sec|csc|ln|log|exp|sqrt)(?=\s[a-z](?![A-Za-z]))"
)
CHANCE = re.compile(r"\bP\s*\(\s*\\text\s*\{(?P<of>[^{}]*)\}\s*\)|\bP\s*\((?P<plain>[a-z ]{4,})\)")
DERIVED = re.compile(r"\b(?:deriv|different|slope|rate|tangent|solve)", re.IGNORECASE)
DOES = re.compile(r"([A-Z][a-z]+) ([a-z]{3,})")
NUMBER = re.compile(r"-?\d+")
COMPARED = re.compile(r"[<>\u2264\u2265\u2208]|\\(?:leq?|geq?|neq?|leqslant|geqslant|in|equiv)(?![A-Za-z])")
NO_NAMES = frozenset(["i", "e", r"\pi", r"\sqrt", r"\frac", r"\dfrac", r"\tfrac", r"\cdot", r"\times"])
LEADS = re.compile(r"\\(?:implies|Rightarrow|Longrightarrow|to|iff|therefore|q?quad)(?![A-Za-z])|\u21d2")
# `-x`, `2(a+b)`, `w-c`
OPERATED = re.compile(r"[-+/]|^\d|\^|^\\[dt]?frac(?![A-Za-z]*=)")
LOW_DIGITS = re.compile("[\u2080-\u2089]+")
INDEXED = re.compile(r"\[?(?P<name>\\?[A-Za-z]+)_(?P<index>\d+)\]?")
# `x^2 = 6`, where it is asked how many equations there are
POWER_OF_NAME = re.compile(r"[a-z]\^\d+$")
MAX_LEFT = 60
# `\int_0^2 1 dt`
INTEGRAL = re.compile(r"\\int_[-\d\\].*d\\?(?P<over>[A-Za-z]+)$")
INVERSE = re.compile(r"(?P<head>[A-Za-z])\^-1\(")
SPACED, NEARLY = re.compile(r"\\[,;:!]"), re.compile(r"\\approx(?![A-Za-z])|\u2248")
# What stands beside a name that is part of something longer, or behind the equals sign of what is no plain value
IN_TERM, GOES_ON = re.compile(r"[\w)^+*/-]"), re.compile(r"[\w(^+*/-]")
NO_PLAIN_VALUE = re.compile(r"(?!-?[\d.]+(?![\d.]*[A-Za-z(+*/^-]))")
LETTER_BEFORE, A_LETTER = re.compile(r"[A-Za-z\\]"), re.compile("[A-Za-z]")
# `\min(a+b+c) = 6`, where the smallest value of a + b + c is asked for
EXTREME_OF = re.compile(
    r"\\(?:operatorname\s*\{)?(?:(?P<least>min|inf)|max|sup)\}?(?![A-Za-z])\s*(?:_\s*(?:\w|\{[^{}]*\}))?\s*"
    r"(?:(?:\\left)?\((?P<inside>[^()=]*)(?:\\right)?\)|(?:\\left)?\\\{(?P<set>[^{}=]*)(?:\\right)?\\\}|(?P<of>[^=()]+))\s*=\s*(?P<value>.+)"
)
# `\\text{max} = 6`
EXTREME_WORD = re.compile(
    r"\$?\s*\\text\s*\{\s*(?:the\s+)?(?:(?P<least>min|least|smallest|lowest)|max|greatest|largest|highest)[a-z]*\.?(?:\s+(?:possible\s+)?value)?\s*:?\s*\}",
    re.IGNORECASE,
)
SMALLEST = re.compile(r"\b(?:smallest|least|minimum|minimal|lowest|fewest)\b", re.IGNORECASE)
EXTREMES = re.compile(
    rf"{SMALLEST.pattern}|\b(?:largest|greatest|maximum|maximal|highest|most|biggest)\b", re.IGNORECASE
)


def is_of_other_name(answer: str, gold: str, question: str) -> bool:
    r"""Whether an answer is an equation that gives its value to another name of the question than the one that is asked for.

    A name that the question does not have may stand for what it asks for: `x = 12` in a word problem.
    """
    answer = SPACED.sub(" ", answer if "=" in answer else NEARLY.sub("=", answer))
    if "=" not in answer or re.search(r"[=,]|\\begin", gold):
        return False
    asked = targets(question)
    if (word := EXTREME_WORD.match(answer)) and _asks_of_other_extreme(word["least"] is not None, question):
        return True
    if (extreme := EXTREME_OF.match(answer.strip("$ "))) and EXTREMES.search(asking(question)):
        smallest = extreme["least"] is not None
        if smallest != (SMALLEST.search(asking(question)) is not None):
            return True
        answer = f"{extreme['of'] or extreme['inside'] or extreme['set']} = {extreme['value']}"
    left: list[str] = []
    for piece in split_top(
        LEADS.split(answer.strip("$ ."))[-1]
    ):  # "c = 5, d = 2": the last one counts, unless c is asked for
        left = [] if is_cancelled(piece) else split_top(piece, "=")[:-1]
        if any(_is_asked(bare(each), asked) or _is_given_as(bare(each), asked, question) for each in left):
            return False
    if any(len(each) > MAX_LEFT for each in left):
        return False
    if any(is_turned_round(each, question) or is_turned_over(each, question) for each in left):
        return True
    return any(_is_other_person(each, question) or _is_other(bare(each), asked, question) for each in left)


def _asks_of_other_extreme(smallest: bool, question: str) -> bool:
    """Whether a question asks for the greatest value alone, or for the smallest one, and this is the other one."""
    found = {SMALLEST.search(each[0]) is not None for each in EXTREMES.finditer(asking(question))}
    return found == {not smallest}


def bare(text: str) -> str:
    r"""A name without what only sets it: `<ABC` of `m\angle ABC`."""
    text = braced(LOW_DIGITS.sub(lambda match: "_" + match[0].translate(DIGITS), text))
    for pattern, plainer in PLAINER:
        text = pattern.sub(plainer, text)
    return text.replace("m<", "<")


@lru_cache(maxsize=64)
def targets(question: str) -> tuple[str, ...]:
    """The names and expressions whose value the asking sentence wants; none where it wants what is made of them."""
    found = []
    sentence = asking(question)
    for match in ASKED.finditer(sentence):
        plain, end = match["plain"], match.start(match.lastgroup or 0)
        if MADE.search(sentence, max(0, end - MAX_MADE), end) or (plain and not PLAIN_NAME.fullmatch(plain)):
            continue
        text = FOR_NAME.sub("", match["tex"] or match["round"] or plain)
        head = CALL_BEFORE.match(text)  # "Find $x(t), t > 0$"
        found.append(bare(head[0] if head else COMPARED.split(text)[0]).rstrip(".,?"))
    found += [bare(match["tex"]) for match in ASKED_MADE.finditer(sentence)]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _bare_question(question: str) -> str:
    return bare(WORD.sub("~", OF_FUNCTION.sub(r"0", question[-MAX_QUESTION:])))


def _is_other_person(left: str, question: str) -> bool:
    r"""Whether a left side is of somebody of whom it is not asked: `P(\text{Bob wins})`."""
    asked = asking(question)
    chance = CHANCE.search(left)
    if chance and _denies(chance["of"] or chance["plain"], asked):
        return True
    persons = {*PERSON_INSIDE.findall(question)}
    for name, does in DOES.findall(left):
        if name in persons and f"{name} {does}" not in asked and re.search(rf"[A-Z][a-z]+ {does}\b", asked):
            return True
    people = {*PERSON.findall(left)} & persons
    return bool(people) and not people & {*PERSON.findall(asked)}


def _is_asked(name: str, asked: tuple[str, ...]) -> bool:
    """Whether a name is one that is asked for: `x` for x(t), too, and `S` for S = a/b."""
    return name in asked or any(
        ((call := CALL.fullmatch(each)) and call["head"] == name)
        or (each.startswith(f"{name}=") and LETTER.search(each, len(name)) is not None)
        for each in asked
    )


def _denies(event: str, asked: str) -> bool:
    return bool({*stems(event)} & {*stems(asked)}) and denials(event) != denials(asked)


def _is_given_as(name: str, asked: tuple[str, ...], question: str) -> bool:
    """Whether the question says that what it asks for is this: `S = a + b`, or the x of f(x) where it asks for `f^{-1}(5)`."""
    whole = _bare_question(question)
    if any((inverse := INVERSE.match(each)) and f"{inverse['head']}({name})" in whole for each in asked):
        return True
    angle = ANGLE.fullmatch(name)
    names = (name, f"<{angle['points'][::-1]}") if angle else (name,)
    sides = [side for target in asked for each in names for side in (f"{target}={each}", f"{each}={target}")]
    return any(_stands_in(side, whole, IN_TERM, GOES_ON) for side in sides)


def _stands_in(part: str, whole: str, not_before: re.Pattern[str], not_behind: re.Pattern[str]) -> bool:
    """Whether a text has a part with nothing before and behind it that would make it part of something longer."""
    place = whole.find(part)
    while place >= 0:
        if not not_before.match(whole[place - 1 : place]) and not not_behind.match(whole, place + len(part)):
            return True
        place = whole.find(part, place + 1)
    return False


def _is_other(name: str, asked: tuple[str, ...], question: str) -> bool:
    whole = _bare_question(question)
    call = CALL.fullmatch(name)
    if call and not (call["primes"] and DERIVED.search(question)) and _is_other_call(call, whole):
        return True
    if _stands_in(f"{name}=", whole, IN_TERM, NO_PLAIN_VALUE):
        return True  # its value is given
    if not asked:  # the power of an unknown is no count
        return POWER_OF_NAME.match(name) is not None and COUNTED.search(asking(question)) is not None and name in whole
    points = [POINTS.fullmatch(each) for each in (name, *asked)]
    if points[0] and any(points[1:]) and (len(points[0]["points"]) > 1 or points[0]["kind"]):
        return not any(_same_points(points[0], other) for other in points[1:] if other)
    functions = [{*FUNCTION.findall(each)} for each in (name, "".join(asked))]
    if functions[0] and functions[1] and not functions[0] & functions[1]:
        return True
    indexed = [INDEXED.fullmatch(each) for each in (name, *asked)]
    if indexed[0] and (same := [each for each in indexed[1:] if each and each["name"] == indexed[0]["name"]]):
        return all(each["index"] != indexed[0]["index"] for each in same)
    known, letters = ({*LETTER.findall(FUNCTION.sub("", each))} - NO_NAMES for each in (" ".join(asked), name))
    if (of := INTEGRAL.match(name)) and letters <= {r"\int", "d", of["over"], "\\" + of["over"]}:
        return False  # a number, with no name but that of its variable
    if not letters or not letters <= {*LETTER.findall(whole)}:
        return False
    if _stands_in(name, whole, LETTER_BEFORE, A_LETTER) or not letters & known:
        return True
    return OPERATED.search(name) is not None and any(
        name != each and (each in name or name.replace("-", "+") == each.replace("-", "+")) for each in asked
    )


def _is_other_call(call: re.Match[str], whole: str) -> bool:
    """Whether the question has this function, but of something else: `f(4)`, `f'(3)` beside f(3)."""
    if call[0] in whole:
        return False
    found = [match for match in CALL.finditer(whole) if match["head"] == call["head"]]
    if not found:
        return False
    if call["primes"] not in {match["primes"] for match in found}:
        return True
    return bool(NUMBER.fullmatch(call["inside"].lstrip("-"))) and any(
        NUMBER.fullmatch(match["inside"].lstrip("-")) for match in found
    )


def _same_points(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two names of points name one segment, angle or area: AB and BA, the angles B and ABC."""
    if one["kind"] == "<" or other["kind"] == "<":
        middle = [
            each["points"][len(each["points"]) // 2] if len(each["points"]) == 3 else each["points"]
            for each in (one, other)
        ]
        if len(one["points"]) == len(other["points"]) == 3:
            return one["points"] in (other["points"], other["points"][::-1])
        return middle[0] == middle[1]
    if len(one["points"]) == 1:
        return one["points"] == other["points"] or len(other["points"]) > 1
    return sorted(one["points"]) == sorted(other["points"])
