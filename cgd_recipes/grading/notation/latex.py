r"""A cleaned answer as LaTeX that math-verify's parser reads without losing anything of it.

The parser drops primes, refuses `\frac{dM}{dt}` and subscripts of more than letters, reads `I` as the imaginary unit and
`1e5` as a product. Each of these gets a name here that it keeps.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.clean import CLOSE_SET, OPEN_SET, ROW, UNIT_VECTORS

NAME = r"(?:\\[A-Za-z]+|[A-Za-z])(?:_\{[^{}]*\})?"
GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
DERIVATIVE = re.compile(
    rf"\\frac\s*\{{\s*d(?:\^\{{?(?P<order>\d)\}}?)?\s*(?P<name>{NAME})\s*\}}\s*\{{\s*d\s*{NAME}(?:\^\{{?\d\}}?)?\s*\}}"
)
SUBSCRIPT = re.compile(
    rf"(?P<bound>\\(?:sum|prod|int|lim|log)\s*_\s*(?:{GROUP}|\\[A-Za-z]+|\w))|_\s*(?P<inner>{GROUP}|\\[A-Za-z]+|[0-9A-Za-z])"
)
DOTS = re.compile(
    rf"\\(?P<dots>d?dot)\s*(?:\{{\s*(?P<grouped>{NAME})\s*\}}|(?P<name>{NAME}))(?P<subscript>_\{{[^{{}}]*\}})?"
)
PRIMES = re.compile(rf"(?P<name>{NAME})(?P<primes>'+)(?P<subscript>_\{{[^{{}}]*\}})?")
COMMAND_OR = re.compile(r"\\[A-Za-z]+|_\{[^{}]*\}|(?<![A-Za-z])I(?!_)|T(?!_)|E_\{([^{}]*)\}")

# "4/5 i", "4/5i" and "1/2 x" are a fraction times something; "1/2x" is not.
FRACTION_OF = re.compile(
    r"(?<![\w./^}])(?P<above>\d+)\s*/\s*(?P<below>\d+)(?=\s*i(?![A-Za-z])|\s+(?:[a-z](?![A-Za-z])|\\(?:pi|sqrt|ln|log|sin|cos|tan)(?![a-z])))"
)
# The parser adds them, as a whole number and its fraction: `2(3)`, `2(3)(4)`, `2(\frac{1}{3})`, `(2)\frac{1}{3}`,
# `\frac{4}{2}\frac{1}{3}`, `\binom{5}{2}\binom{4}{2}`.
FACTORS = re.compile(
    r"(?<![\w.^_\\])\d+(?:\.\d+)?(?=\s*(?:\(|\\binom))|(?:(?<![A-Za-z.^_\\])|(?<=\\cdot)|(?<=\\times))\(\s*[-+]?\d+(?:\.\d+)?(?:\s*/\s*\d+)?\s*\)(?=\s*(?:\(|\d|\\frac|\\binom))"
    r"|\\binom\s*\{[^{}]*\}\s*\{[^{}]*\}(?=\s*(?:\(|\d|\\frac|\\binom))"
    rf"|\\frac\s*{GROUP}\s*{GROUP}(?=\s*(?:\(|\\frac|\\binom))|\)(?=\s*\\(?:frac|binom)(?![A-Za-z]))"
)
MAX_FRACTIONS = 5
# `4\pi(3)^2` and `r^2(10)`, which are no functions
NO_CALL = re.compile(
    r"(?:\\pi(?:\s*\^\s*(?:\{\s*\d+\s*\}|\d))?|(?<![A-Za-z\\])(?![fghFGHPp])[A-Za-z](?:_\{[^{}]*\})?\s*\^\s*(?:\{\s*\d+\s*\}|\d))\s*(?=\(\s*\d)"
)
# `\ln 3 / \ln 2` is a quotient; the parser takes all that follows as the argument.
BEFORE_FUNCTION = re.compile(
    r"(?P<function>\\(?:ln|log(?:\s*_\s*(?:\{[^{}]*\}|\d))?|sin|cos|tan|cot|sec|csc|exp))\s*(?P<argument>\d*\.?\d+|\d*\s*(?:[a-z]|\\[a-z]+))(?=\s*/\s*\\(?:ln|log|sin|cos|tan|cot|sec|csc|exp)(?![A-Za-z]))"
)
# `\sin{(2x)} / 3`, as sympy writes it
BRACED_ARGUMENT = re.compile(
    r"(?P<function>\\(?:ln|log|a?r?c?(?:sin|cos|tan)h?|cot|sec|csc|exp)(?:\s*\^\s*(?:\{\s*-?\d+\s*\}|\d))?)"
    rf"\s*\{{\s*\((?P<argument>(?:[^{{}}]|{GROUP})*)\)\s*\}}"
)
UNIT_LETTERS = str.maketrans({unit: f" {letter} " for unit, letter in zip(UNIT_VECTORS, "ijk", strict=True)})
TRIGONOMETRY = re.compile(r"\\(?:sin|cos|tan|cot|sec|csc)(?![A-Za-z])")


def subscripts(text: str) -> str:
    """Every subscript of a name as letters and digits in braces; the bounds of sums and the base of a logarithm stay."""

    def plain(match: re.Match[str]) -> str:
        if match["bound"]:
            return match[0]
        inner = re.sub(r"\\text\b|[^0-9A-Za-z]", "", match["inner"])
        return f"_{{{inner}}}" if inner else ""

    return SUBSCRIPT.sub(plain, text)


def renamed(name: str, mark: str) -> str:
    """A name with a mark in its subscript: `v_{o}` and `D1` give `v_{oD1}`."""
    base, _, subscript = name.partition("_{")
    return f"{base}_{{{subscript.rstrip('}')}{mark}}}"


def derivatives(text: str) -> str:
    r"""`\frac{dv}{dt}`, `\dot{v}` and `v'` as one name each: the derivative is no product and no fraction."""
    text = DERIVATIVE.sub(lambda match: " " + renamed(match["name"], f"D{match['order'] or 1}") + " ", text)
    text = DOTS.sub(
        lambda match: renamed(
            (match["grouped"] or match["name"]) + (match["subscript"] or ""), f"D{len(match['dots']) - 2}"
        ),
        text,
    )
    return PRIMES.sub(
        lambda match: renamed(match["name"] + (match["subscript"] or ""), f"D{len(match['primes'])}"), text
    )


def letters(match: re.Match[str]) -> str:
    """Capital I, T and E with a subscript under names that the parser takes neither for constants nor for a transposition."""
    if match[0] in ("I", "T"):
        return f" Z_{{{match[0]}}} "
    return f"Z_{{E{match[1]}}}" if match[1] is not None else match[0]


def square_groups(text: str) -> str:
    r"""Square brackets that group as round ones; those of \sqrt[3] stay."""
    text = re.sub(r"\\sqrt\s*\[([^\[\]]*)\]", r"\\sqrt⟦\1⟧", text)
    return text.replace("[", "(").replace("]", ")").replace("⟦", "[").replace("⟧", "]")


def to_latex(text: str) -> str:
    """The cleaned text of one value, ready for the parser."""
    text = re.sub(r"(?<![A-Za-z])(\d+\.?\d*|\.\d+)[eE]([+-]?\d+)(?![\d.])", r"\1 \\cdot 10^{\2}", text)
    text = re.sub(r"\^\s*(-\d+)(?![\d.])", r"^{\1}", text)  # x^-3
    text = BRACED_ARGUMENT.sub(r"\g<function>(\g<argument>)", text)
    text = BEFORE_FUNCTION.sub(r"\g<function>(\g<argument>)", text)
    text = FRACTION_OF.sub(r"\\frac{\g<above>}{\g<below>}", text)
    text = derivatives(subscripts(re.sub(r"\\hbar(?![A-Za-z])", r"h_{bar}", text)))
    text = re.sub(r"\\text\s*\{\s*([A-Za-z])\s*\}", r" \1 ", text)
    # \text{MR} is MR: names of several letters are read as their product.
    text = re.sub(r"\\text\s*\{\s*([A-Z][A-Z]{1,5})\s*\}", r" \1 ", text)
    text = text.translate(UNIT_LETTERS)
    # \gamma is read as Euler's constant or as the function.
    text = re.sub(r"\\gamma(?![A-Za-z])(?:_\{(\w+)\})?", lambda match: f" g_{{amma{match[1] or ''}}} ", text)
    text = COMMAND_OR.sub(letters, square_groups(text))
    text = NO_CALL.sub(r"\g<0> \\cdot ", text)
    for _ in range(MAX_FRACTIONS):  # what stands within a fraction that is a factor itself comes next
        if (multiplied := FACTORS.sub(r"\g<0> \\cdot ", text)) == text:
            break
        text = multiplied
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<![\d])\.(?=\d)", "0.", text)
    if TRIGONOMETRY.search(text):
        text = re.sub(r"(\d+\.?\d*)\s*°", r"(\\frac{\1 \\pi}{180})", text)
    text = text.replace(ROW, r" \\ ").replace("°", "").replace(OPEN_SET, r"\{").replace(CLOSE_SET, r"\}")
    return re.sub(r"\s+", " ", text).strip()
