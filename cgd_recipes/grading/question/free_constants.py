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

# What no product of names is
NO_PRODUCT = re.compile(
    r"\\(?:begin|end|text|mathrm|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+|(?<![A-Za-z])(?:arc)?(?:cosh?|sech?|csch?|cot)(?![A-Za-z])"
)
FORMULA, RUN = re.compile(r"\$([^$]{1,500})\$"), re.compile(r"[A-Za-z]+")
# "mc^2", "= ky" outside of signs of mathematics
SHORT_RUN = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,3})(?=\s?[\^_=+*/(])|[\d^_=+*/(-]\s?([A-Za-z]{2,3})(?![A-Za-z])")
# A whole number of half turns, or the base of a power: no constant that may be chosen
NUMBERS = re.compile(
    r"(?<![A-Za-z\\])[ABCKck]\s*(?:\^|\\pi(?![A-Za-z])|\u03c0)|(?:\\pi|\u03c0)\s*(?:\\cdot\s*|\*\s*)?[ABCKck](?![A-Za-z_'])"
)


def with_free_constants(gold: Gold, question: str) -> Gold:
    """A gold answer with its constants, A and B or one of C and K, numbered, where a general solution is asked for."""
    if not GENERAL.search(question):
        return gold
    names = sorted(LONE.findall(gold.text))
    asked = DECLARED.sub("", question)
    if any(each in gold.text for each in (r"\mathbb", "integer")) or NUMBERS.search(gold.text):
        return gold
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
    """Whether a question has a name, alone or in a product: `mc^2`, `ku_{n-1}`, "y' = ky"."""
    plain = NO_PRODUCT.sub(" ", question)
    letter = re.escape(name[0])
    return (
        re.search(rf"(?<![A-Za-z\\]){letter}(?![A-Za-z])", plain) is not None
        or any(name[0] in each for formula in FORMULA.findall(plain) for each in RUN.findall(formula))
        or any(name[0] in each for sides in SHORT_RUN.findall(plain) for each in sides)
    )
