r"""Names of the constants of a general solution, which may be chosen freely: `c e^{-2t}` and `K e^{-2t}`."""

from __future__ import annotations

import re

from cgd_recipes.grading.gold import Gold

GENERAL = re.compile(r"\bgeneral\s+solution\b", re.IGNORECASE)
LONE = re.compile(r"(?<![A-Za-z\\])[ABCKck](?![A-Z_']|[a-z]{2})")
# "has the form $x = x_p + c x_h$", "using $c$ for the constant": said of the constant, not of what is given
DECLARED = re.compile(
    r"x_\{?p\}?\s*\+\s*c\s*x_\{?h\}?|\b(?:using|use|with|write)\s+\$?[ABCKck]\$?\s+(?:for|as)\s+(?:the|an|your)\s[^.$]*\bconstant\b"
)
# The constant of a general solution: `y = C e^{3x}`
CONSTANT = re.compile(
    r"(?<![A-Za-z\\])(?P<name>C_\{?[01]\}?|c_\{?[01]\}?|[CAKBck])\s*(?:\\[,;: ]|\\cdot|\*|\u00b7)*\s*(?:e\s*\^|\\?exp(?![a-z]))"
)


def with_free_constants(gold: Gold, question: str) -> Gold:
    """A gold answer with its constants, A and B or one of C and K, numbered, where a general solution is asked for."""
    if not GENERAL.search(question):
        return gold
    names = sorted(LONE.findall(gold.text))
    asked = DECLARED.sub("", question)
    if (names != ["A", "B"] and (len(names) != 1 or names[0] in "AB")) or any(_asks_of(name, asked) for name in names):
        return gold
    return gold._replace(text=LONE.sub(lambda match: f"C_{{{names.index(match[0]) + 1}}} ", gold.text))


def with_constant(name: str, answer: str, question: str) -> str:
    """An answer with the gold answer's name for the constant before its exponential, if the question has neither name."""
    found = CONSTANT.search(answer)
    given = found["name"] if found else name
    if given == name or answer.count(given) != 1 or _asks_of(name, question) or _asks_of(given, question):
        return answer
    return answer.replace(given, name)


def _asks_of(name: str, question: str) -> bool:
    return re.search(rf"(?<![A-Za-z\\]){re.escape(name[0])}(?![A-Za-z])", question) is not None
