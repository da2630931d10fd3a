r"""The domain that a question gives to a name, said once more in an answer: `f(x) = 3x \text{ for } x > 0`, `n^2\ (n \ge 1)`."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import tidy
from cgd_recipes.grading.notation.number_sets import domain_in_words, domain_of
from cgd_recipes.grading.notation.text import said
from cgd_recipes.grading.question.asked_unit import asking

SET = r"(?:\\mathbb\s*\{?\s*[RZNQ]\s*\}?|[\u211d\u2124\u2115\u211a])(?:\s*[_^]\s*(?:\{[^{}]*\}|[+*0]))?|\(\s*0\s*,\s*\\infty\s*\)"
KINDS = r"(?P<sign>positive|non-?\s?negative|natural)?\s*(?P<kind>integer|whole\s+number|(?:real|rational)(?:\s+number)?|number)s?"
# What comes behind an answer: "for all x > 0", "(n \\ge 1)", "\\forall x \\in \\mathbb{R}^+", "for every positive integer n".
BEHIND = re.compile(
    rf"\s*[,;]?\s*(?P<open>\()?\s*(?:(?:where|with|valid|defined|(?P<for>for)|(?P<every>all|every|any|each|\\forall(?![A-Za-z])))\s*){{0,3}}"
    rf"(?:(?P<name>[a-z])\s*(?:(?P<compared>>|\\ge|\\in)\s*(?P<value>\d+|{SET})|(?:is\s+)?(?:an?\s+)?{KINDS.replace('?P<', '?P<is_')})"
    rf"|{KINDS}\s+(?P<named>[a-z]))\s*(?(open)\))$"
)
# `f: \\mathbb{R}^+ \\to \\mathbb{R}^+`
MAPS = re.compile(
    rf"[fg]\s*(?::|\\colon(?![A-Za-z]))\s*(?P<set>{SET})\s*\\(?:to|rightarrow|longrightarrow)(?![A-Za-z])"
)
MAPPED = re.compile(
    rf"^(?P<name>[fg])\s*:\s*(?P<set>{SET})\s*\\to\s*(?:{SET})\s*[,;:]?\s*(?=[a-z]\s*\\mapsto|(?P=name)\s*\()"
)
# "positive integer $n$", "Let $n$ be a positive integer", "integer $n \\geqslant 2$"
OF_NAME = (
    r"\b{kinds}\s*\$?\s*{name}(?![A-Za-z(_^])(?:\s*(?P<compared>>|\\ge)\s*(?P<value>\d+))?",
    r"(?<![A-Za-z\\]){name}\$?\s+(?:be|is|denotes?)\s+(?:an?\s+)?(?:fixed\s+|given\s+)?{kinds}(?:\s+(?:with\s+)?\$?{name}\s*(?P<compared>>|\\ge)\s*(?P<value>\d+))?",
)
FUNCTION = re.compile(r"^\$?[fg]\s*\(\s*(?P<variable>[a-z])\s*\)\s*=")
SAYS_DOMAIN = re.compile(r"[>\u2208\u2265\u21a6]|\\(?:ge|in|mapsto)|\b(?:real|integer|number|rational)")
MAX_QUESTION = 5_000
OF_TIME = re.compile(
    r"\b(?:laplace|impulse|step\s+(?:function|response|input)|initial(?:ly)?|transient|velocity|unit\s+step)\b",
    re.IGNORECASE,
)


def without_domain(answer: str, gold: str, question: str) -> str:
    """An answer without what it says of a name, if that is the whole domain that the question gives to it; else ""."""
    if not SAYS_DOMAIN.search(answer):
        return ""
    read = said(tidy(answer)).replace("\u207a", "^+")
    if (mapped := MAPPED.match(read)) and _function_domain(question) == domain_of(mapped["set"]) != "":
        return read[mapped.end() :]
    match = BEHIND.search(read)
    if match is None or not match.start() or not re.search(r"[\d)}\w]\s*$", read[: match.start()]):
        return ""
    if not (match["open"] or match["for"] or match["every"] or re.match(r"\s*,", match[0])):
        return ""
    name = match["name"] or match["named"]
    main = read[: match.start()]
    if name == "t" and (match["compared"], match["value"]) in ((">", "0"), (r"\ge", "0")) and OF_TIME.search(question):
        return (
            "" if re.search(r"[<>|]|\\[gl]e(?:q|qslant)?(?![a-z])|\bu\b|\\begin|\\text", gold) else main
        )  # which starts at zero
    function = FUNCTION.match(main)
    domain = _function_domain(question) if function and function["variable"] == name else domain_in(question, name)
    return main if domain and _said(match) & {domain, *INSIDE.get(domain, ())} else ""


# "0 when a = 4", where it is asked when a = 4
AT_VALUE = re.compile(
    r"\s*,?\s*\(?(?:(?:when|if|for|at|where)\s+)\$?(?P<name>[A-Za-z])\s*=\s*(?P<value>-?[\d./]*\d)\$?\)?$"
)


def without_given(answer: str, gold: str, question: str) -> str:
    """An answer without the value of a name for which it is asked, "when a = 4", the only one that the question gives it; else ""."""
    read = said(tidy(answer))
    match = AT_VALUE.search(read) if "=" in read[1:] else None
    if match is None or not match.start() or re.search(r"[=,]", gold + read[: match.start()].partition("=")[2]):
        return ""
    name, text = match["name"], re.sub(r"[${}]|\\[()]", "", question[-MAX_QUESTION:])
    given = re.findall(rf"(?<![A-Za-z\\]){name}\s*=\s*(-?[\d./]*\d)(?![\d*/^+(A-Za-z-])", text)
    asked = re.search(
        rf"\b(?:when|if|for|at|where)\s+(?:\$|\\\()?{name}\s*=\s*{re.escape(match['value'])}(?![\d.]*\d)",
        asking(question),
        re.IGNORECASE,
    )
    return read[: match.start()] if asked and given == [match["value"]] else ""


# `c = 0 \\text{, giving } y = 3x`, where it is asked for c
CONSEQUENCE = re.compile(
    r"(?P<main>(?P<name>[a-zA-Z])\s*=\s*[^=,;]{1,40}?)\s*,?\s*\(?(?:(?:giving|yielding|(?:which|that)\s+(?:gives|yields))|so(?:\s+that)?)\s+\$?"
    r"(?P<other>[a-zA-Z])(?:\s*\([a-z]\))?\s*=[^=,;]{1,60}\)?"
)


def with_consequence(answer: str, gold: str, question: str) -> str:
    """The value of the one name that is asked for, without what follows from it for another name; else ""."""
    match = (
        CONSEQUENCE.fullmatch(said(tidy(answer)).strip(" .")) if answer.count("=") == 2 and "=" not in gold else None
    )
    if match is None or match["name"] == match["other"]:
        return ""
    asked = re.findall(
        r"\b(?:(?:what|which)\s+(?:values?|choice)\s+of|find|determine|compute|value\s+of)\s+\$?([A-Za-z])(?!\$?(?:[A-Za-z]|\s+and\b|\s*[-+*/^(=,]))",
        asking(question),
        re.IGNORECASE,
    )
    return match["main"] if {*asked} == {match["name"]} else ""


# `(1 - e^{-t})u(t)`, where it is asked for t > 0
STEP = re.compile(r"(?:\\[,;:! ]|\\cdot(?![A-Za-z])|\s){0,4}(?<![A-Za-z\\_])(?P<head>[uH])\s*\(\s*(?P<name>[a-z])\s*\)")
FROM_ZERO = r"(?<![A-Za-z\\+*/^-]){name}\s*(?:>|\u2265|\\g(?:e|eq|eqslant|t)(?![a-z]))\s*0(?![.\d])"


def without_step(answer: str, gold: str, question: str) -> str:
    """An answer with 1 for the unit step of a time that is greater than zero where the question asks; else ""."""
    found = {(match["head"], match["name"]) for match in STEP.finditer(answer)}
    if len(found) != 1:
        return ""
    ((head, name),) = found
    of_head = rf"(?<![A-Za-z\\]){head}(?![A-Za-z])"
    if re.search(of_head, gold) or re.search(of_head, question) or "=" in STEP.sub("", answer).partition("=")[2]:
        return ""
    return STEP.sub(" (1)", answer) if re.search(FROM_ZERO.replace("{name}", name), asking(question)) else ""


# "for every p \\in (0, 15)", "(0 < p < 15)"
INTERVAL = re.compile(
    r"(?P<lead>\s*,?\s*\(?\s*(?:for\s+)?(?:(?:all|every|any|each|\\forall)\s*)?)"
    r"(?:(?P<name>[a-z])\s*\\in\s*(?P<open>[(\[])\s*(?P<low>-?\d+)\s*,\s*(?P<high>-?\d+)\s*(?P<shut>[)\]])"
    r"|(?P<from>-?\d+)\s*(?P<first><|\\le)\s*(?P<of>[a-z])\s*(?P<second><|\\le)\s*(?P<to>-?\d+))\s*\)?$"
)


def without_interval(answer: str, gold: str, question: str) -> str:
    """An answer without the interval of a name that the question gives just so; else ""."""
    read = said(tidy(answer))
    match = INTERVAL.search(read)
    if (
        match is None
        or not match["lead"].strip()
        or not re.search(r"[\d)}\w]\s*$", read[: match.start()])
        or "<" in gold
    ):
        return ""
    signs = {"<": "<", r"\le": "<=", "(": "<", "[": "<=", ")": "<", "]": "<="}
    name, low, high = match["name"] or match["of"], match["low"] or match["from"], match["high"] or match["to"]
    one, other = signs[match["open"] or match["first"]], signs[match["shut"] or match["second"]]
    plain = re.sub(r"\\leqslant|\\leq?|\u2264", "<=", question[-MAX_QUESTION:].replace("\\lt", "<"))
    plain = re.sub(r"[${}\\]", "", plain)
    given = re.search(
        rf"(?<![\w.]){re.escape(low)}\s*{one}\s*{name}\s*{other}\s*{re.escape(high)}(?!\.?\d|\s*[+*/^-])", plain
    )
    return read[: match.start()] if given else ""


# What may be said of a domain: of whole numbers n > 0 and n >= 1 are the same.
INSIDE = {
    "Z>0": ("N", "x>0", "x>=1"),
    "Z>=0": ("N", "x>=0", "x>-1"),
    "R>0": ("x>0",),
    "R>=0": ("x>=0",),
    "Q>0": ("x>0",),
    **{f"x>={number}": (f"x>{number - 1}",) for number in range(2, 10)},
}


def _said(match: re.Match[str]) -> set[str]:
    """The domains that a qualifier may mean."""
    if match["value"] is None:
        return {domain_in_words(match["sign"] or match["is_sign"], match["kind"] or match["is_kind"])} - {""}
    if match["compared"] == r"\in":
        return {domain_of(match["value"])} - {""}
    return {f"x>{'=' * (match['compared'] != '>')}{match['value']}"}


def _function_domain(question: str) -> str:
    """The domain of the function that a question asks for; "" where it gives none, or several."""
    found = {domain_of(match["set"]) for match in MAPS.finditer(question[-MAX_QUESTION:])}
    if found == {"N"}:
        natural = {
            domain_in_words(match["sign"], match["kind"]) for match in NATURAL.finditer(question[-MAX_QUESTION:])
        }
        return natural.pop() if len(natural) == 1 else "N"
    return found.pop() if len(found) == 1 else ""


NATURAL = re.compile(
    r"\\mathbb\s*\{?\s*N\s*\}?[^.;]{0,40}\b(?:set\s+of\s+)?(?:all\s+)?(?:the\s+)?(?P<sign>positive|non-?negative)\s+(?P<kind>integer)s?"
)


def domain_in(question: str, name: str) -> str:
    """The domain that a question gives to a name in words; "" where it gives none, or several."""
    text = question[-MAX_QUESTION:]
    text = re.sub(r"\\(?:geqslant|geq)(?![A-Za-z])|\u2265", r"\\ge ", text)
    found = set()
    for pattern in OF_NAME:
        for match in re.finditer(pattern.replace("{kinds}", KINDS).replace("{name}", name), text):
            base = domain_in_words(match["sign"], match["kind"])
            low = (
                int(match["value"][:9]) + (match["compared"] == ">") if match["compared"] and base[:1] == "Z" else None
            )
            found.add(base if low is None else "Z>0" if low == 1 else "Z>=0" if low == 0 else f"x>={low}")
    return found.pop() if len(found) == 1 else ""
