r"""One spelling for one thing: answers in LaTeX, in plain text and in Python, without what does not change their value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cgd_recipes.grading.notation.layout import flat
from cgd_recipes.grading.notation.tex import braced, closing_brace

# Set braces, as characters of their own, so that they are not taken for groups.
OPEN_SET, CLOSE_SET = "⦃", "⦄"
# As in number.
MIN_DIGITS = 6
# The end of a row of a matrix.
ROW = "↵"
# "and" and "or" between answers; elsewhere both are commas.
AND, OR = "⩓", "⩔"
# The unit vectors i, j and k.
UNIT_VECTORS = "\U0001d422\U0001d423\U0001d424"  # bold letters

CHARACTERS = str.maketrans(json.loads(Path(__file__).with_name("characters.json").read_text(encoding="utf-8")))
# Of several characters: 10⁻⁴, 10²³, 2ⁿ⁻¹; aₙ₊₁
RAISED, LOWERED_RUN = re.compile("[⁺⁻⁽⁾⁰¹²³⁴-⁹ⁱⁿᵏᵐˣʸ]{2,}"), re.compile("[₀-₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚₛₜₓ]{2,}")
LOWERED = str.maketrans(
    "⁺⁻⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹ⁱⁿᵏᵐˣʸ₊₋₍₎₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚₛₜₓ", "+-()0123456789inkmxy+-()0123456789aehijklmnopstx"
)
SIZES = r"\\(?:left|right|bigl|bigr|Bigl|Bigr|biggl|biggr|big|Big|bigg|Bigg|middle)(?![A-Za-z])\s*\.?"


BOLD = r"\\(?:mathbf|boldsymbol|bm|vec|hat|textbf|overrightarrow|mathrm)\s*\{?\s*"
VECTOR = rf"(?!\\mathrm\s*\{{?\s*[ijk])(?:{BOLD}){{1,2}}\\?([ijk])(?:math)?(?![A-Za-z])\s*\}}?\s*\}}?"
# 12th, 12^{\text{th}}
ENDING = r"(?:st|nd|rd|th)"
ORDINAL = (
    rf"(?<=\d)\s*(?:\^\s*\{{\s*(?:\\text\s*\{{\s*{ENDING}\s*\}}|{ENDING})\s*\}}"
    rf"|\^?\s*\\text\s*\{{\s*{ENDING}\s*\}}|{ENDING}(?![A-Za-z]))"
)


def unit_vector(match: re.Match[str]) -> str:
    r"""`\hat{i}` and `\mathbf{i}` as a character of its own."""
    return UNIT_VECTORS["ijk".index(match[1])]


def repeating(whole: str, start: str, period: str) -> str:
    r"""`0.1\overline{6}` as a fraction."""
    below = 10 ** len(start) * (10 ** len(period) - 1)
    above = int((whole + start + period) or 0) - int((whole + start) or 0)
    return rf"\frac{{{above}}}{{{below}}}"


def _under_line(match: re.Match[str]) -> str:
    return repeating(match[1], match[2], match[3] or match[4])


def dotted(match: re.Match[str]) -> str:
    r"""`0.1\dot{6}` and `0.\dot{1}4285\dot{7}` with the period under a line."""
    period = re.sub(r"\D", "", match["period"])
    return rf"{match['start']}\overline{{{period}}}"


def going_on(match: re.Match[str]) -> str:
    r"""`0.333\ldots` and `0.1212...` as fractions; `3.14159\ldots`, whose digits do not repeat, cut off where there are enough."""
    digits = match["digits"]
    for length in range(1, 7):
        times = 3 if length == 1 else 2
        period = digits[-length:]
        if len(digits) >= length * times and digits.endswith(period * times):
            start = digits[: -length * times]
            return repeating(match["whole"], start, period)
    cut_off = f"{match['whole']}.{digits}"
    return cut_off if len((match["whole"] + digits).lstrip("0")) >= MIN_DIGITS else match[0]


FUNCTION = r"(?:arc)?(?:sin|cos|tan)|(?:sin|cos|tan)h|cot|sec|csc|log|ln|exp|sqrt"
SECONDS = r"sec\s*(?:\^\s*\{?-?\d\}?\s*)?(?:[}=,;)]|\\approx|$)"
SOLAR = r"(?<=[\d}])\s*(?:\\cdot)?\s*([LMR])\s*_\s*\{?\s*(?:\\(?:odot|bigodot)|\\text\s*\{\s*sun\s*\}|sun)\s*\}?(?=[\s,)]*$)"
IN_TEXT_O = r"\\text\s*\{\s*o\s*\}"
# In turn; what a rule leaves is what the next one sees.
RULES: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\\\(|\\\)|\\\[|\\\]|\$\$", " "),
    (r"\\\$|\$|\\(?:pounds|euro|textdollar)\b", " "),
    (SIZES, ""),
    (r"\\(?:displaystyle|textstyle|limits|nolimits|rm|bf|it|sf|tt|normalsize|small|[Ll]arge|LARGE|[Hh]uge|centering)(?![A-Za-z])", " "),
    (r"\\(?:text)?color\s*\{[^{}]*\}", " "),
    (r"\\(?:phantom|hspace|vspace)\*?\s*\{[^{}]*\}", " "),
    # A comma for the point: 3{,}5
    (r"(?<=\d)\{,\}(?=(?:\d{1,2}|\d{4,})(?!\d))", "."),
    # Thousands: 1{,}200; 1\,200; 1\!200; 10,\!080
    (r"(?<=\d)\s*(?:\{,\}|,\\[!,;: ]|\\,|\\!|\\;|\\:)\s*(?=\d{3}(?!\d))", ","),
    (r"(?<=\d)['_](?=\d{3}(?!\d))", ","),
    (r"\\!", ""),
    # ^{14}/_{3}
    (r"(?<![\w)}\]])(?:\{ ?\})?\^ ?(?:\{(\d+)\}|(\d)) ?/ ?_ ?(?:\{(\d+)\}|(\d))", r"\\frac{\1\2}{\3\4}"),
    # complex(1, 2)
    (r"(?<![A-Za-z\\])complex\(\s*(-?\d[\d./]*)\s*,\s*(-?\d[\d./]*)\s*\)", r"(\1)+(\2)i"),
    (r"(?<=[A-Za-z])((?:_\{\d\}){2,})(?=\s*=)", lambda match: "_{" + re.sub(r"\D", "", match[1]) + "}"),
    # What ends a proof.
    (r"\\(?:checkmark|blacksquare|square|Box|qed|qedhere|blacklozenge)(?![A-Za-z])|[✓✔✅□■∎]", " "),
    (r"\\colon(?![A-Za-z])", ":"),
    (r"(?<=[\w)}])\s*(?::=|\\coloneqq(?![A-Za-z]))", " ="),
    (r"\^\s*\{\s*\}", ""),
    # {-}1
    (r"(?<![\w^}\]])\{\s*([-+])\s*\}(?=\s*[\d.\\(A-Za-z])", r"\1"),
    # e^(3x), but not f^(3), a derivative
    (r"(?<![fgyu])\^\s*\(((?:[^(){}]|\([^(){}]*\))*)\)", r"^{\1}"),
    (r"\\lg(?![A-Za-z])", r"\\log_{10} "),
    (r"\\text\s*\{\s*(arc(?:sin|cos|tan)|sin|cos|tan|ln|log)\s*\}", r"\\\1 "),
    (r"\\log\s*_\s*\{?\s*e\s*\}?(?![A-Za-z])", r"\\ln "),
    (r"\\bigcup(?![A-Za-z])(?!\s*_)|(?<=[)\]])\s*U\s*(?=[(\[])", r"\\cup "),
    (r"\b(begin|end)\s*\{smallmatrix\}", r"\1{pmatrix}"),
    (r"\\[,;: >]|\\q?quad(?![A-Za-z])|(?<!\\)~", " "),
    (r"\\(?:d|t|c)frac(?![A-Za-z])", r"\\frac"),
    (r"\\(?:d|t)binom(?![A-Za-z])", r"\\binom"),
    (VECTOR, unit_vector),
    (r"\\operatorname\s*\*?\s*\{\s*(arc\w+|sin|cos|tan|cot|sec|csc|sinh|cosh|tanh|ln|log|exp|lcm|gcd|max|min)\s*\}", r"\\\1 "),
    (r"\\(?:text(?:rm|bf|it|tt|sf|normal)|math(?:rm|bf|it|sf|tt)|bm|boldsymbol|[mh]box|operatorname|emph|underline)\s*(?=\{)", r"\\text"),
    # v_{\text{max}}, v_\text{max}, v_{\max}
    (r"_\s*\{\s*\\(max|min|inf|sup)\s*\}|_\s*\\(max|min|inf|sup)(?![A-Za-z])", lambda match: f"_{{{match[1] or match[2]}}}"),
    (r"(_\s*\{[^{}]*)\\text\s*\{([^{}]*)\}", lambda match: match[1] + match[2].strip()),
    (r"_\s*\\text\s*\{([^{}]*)\}", lambda match: f"_{{{match[1].strip()}}}"),
    (r"\\text\s*\{\s*(-?\d[\d.,]*)\s*([A-Za-z ]*)\}", r" \1 \\text{\2}"),
    (r"\\text\s*\{\s*\}", " "),
    # Magnitudes: 4^\text{m}.5
    (r"(?<=\d)\^ ?(?:\{ ?)?\\text ?\{ ?m ?\}(?: ?\})?(?=\.\d)", ""),
    # 6\text{e-}3
    (r"(?<=\d)\s*\\text\s*\{\s*([eE][+-]?)\s*\}(?:\{\s*([+-]?)\s*\})?\s*(?=\d)", r"\1\2"),
    (r"(?:\\mu|[\u00b5\u03bc])\s*\\text\s*\{\s*(?=(?:mol|Hz|Pa|rad|eV|sec|[mgsLlVAFCTHJWNM])\s*\})", r"\\text{\\mu "),
    (r"(?<=[\d}])\s*\\text\s*\{\s*x\s*\}\s*(?=10\s*\^)", r" \\times "),
    (r"\\text\s*\{\s*([-+])\s*\}(?=\s*[\d.\\])", r" \1"),
    (r"(?:,\s*)?\\text\s*\{\s*(?:,\s*)?(and|or)\s*\}\s*,?", lambda match: AND if match[1] == "and" else OR),
    (r"(?:,\s*)?(?<![A-Za-z\\])(and|or)(?![A-Za-z])", lambda match: AND if match[1] == "and" else OR),
    (r"(?:,\s*)?\\(lor|vee|land|wedge)(?![A-Za-z])", lambda match: OR if match[1] in ("lor", "vee") else AND),
    (r"\\mathring\s*\{\s*(?:\\(?:mathrm|text)\s*\{\s*A\s*\}|A)\s*\}", r"\\AA "),
    (r"\\text\s*\{\s*\\(?:AA|angstrom)(?![A-Za-z])\s*\}|\\(?:AA|angstrom)(?![A-Za-z])", r"\\text{Å}"),
    (r"(?<=\d)\s*(?:\\text\s*\{\s*)?([kMGmn])\s*\}?\s*(?:\\Omega(?![A-Za-z])|Ω)", r" \\text{\1Ω}"),
    (r"(?<=\d)\s*\\Omega(?=[\s$]*$)", r" \\text{Ω}"),
    (SOLAR, r" \\text{\1_sun}"),
    (r"(?:(?<=[\d}])\s*|(?<=\s))(?:\\text\s*\{\s*(?:percent|per cent|pct\.?|percentage)\s*\}|per\s?cent(?:age)?(?![a-z]))", r"%"),
    (r"\\%", "%"),
    (rf"(?<=\d)\s*\^\s*(?:\{{\s*(?:{IN_TEXT_O}|o)\s*\}}|o(?![A-Za-z])|{IN_TEXT_O})", "°"),
    (r"\\degree(?![A-Za-z])|\^\s*\{\s*\\circ\s*\}|\^\s*\\circ(?![A-Za-z])|\\text\s*\{\s*°\s*\}", "°"),
    (r"(?<!\s)\s+(?=[°%])", ""),
    (r"°\s*(?:\\text\s*\{\s*([CF])\s*\}|([CF])(?![A-Za-z]))", r"°\1\2"),
    (r"\\(?:le|leq|leqslant)(?![A-Za-z])|<=", r"\\le "),
    (r"\\(?:ge|geq|geqslant)(?![A-Za-z])|>=", r"\\ge "),
    (r"\\lt(?![A-Za-z])|&lt;", "<"),
    (r"\\gt(?![A-Za-z])|&gt;", ">"),
    (r"\\(?:approx|simeq|thickapprox|doteq)(?![A-Za-z])|~=|\\sim(?=\s*\d)", r"\\approx "),
    (r"(?<=\d)\s*(?:\\[,;:]\s*)?\{\s*((?:[kMG]?eV|[cmnk]m|kg|mol|[kMG]?Hz|k[JN]|[kM]?pc|yr)(?:/[a-z]+)?)\s*\}(?=[\s$.]*$)", r" \\text{\1}"),
    (r"\\(?:langle)(?![A-Za-z])", "("),
    (r"\\(?:rangle)(?![A-Za-z])", ")"),
    (r"\\(?:lbrace)(?![A-Za-z])|\\\{", OPEN_SET),
    (r"\\(?:rbrace)(?![A-Za-z])|\\\}", CLOSE_SET),
    (r"\\(?:lbrack)(?![A-Za-z])", "["),
    (r"\\(?:rbrack)(?![A-Za-z])", "]"),
    (r"\\infin(?![A-Za-z])|(?<![A-Za-z\\])(?:infinity|inf|oo)(?![A-Za-z])", r"\\infty "),
    (r"\\prime(?![A-Za-z])", "'"),
    (r"\^\s*\{?\s*((?:'\s*)+)\}?", lambda match: match[1].replace(" ", "")),
    (r"\\dots(?:c|b)?(?![A-Za-z])|\\ldots(?![A-Za-z])|\\cdots(?![A-Za-z])|\.\.\.", r"\\ldots "),
    (r"\*\*", "^"),
    (r"(?<![A-Za-z])(?:np|numpy|math|sympy)\.(?=[A-Za-z])", ""),
    (r"(?<![A-Za-z\\])sqrt\s*\(([^()]*)\)", r"\\sqrt{\1}"),
    # but "5 in/sec"
    (rf"(?<![A-Za-z\\])(?!{SECONDS})({FUNCTION}|pi|alpha|beta|theta|lambda|omega|gamma)(?![A-Za-z])", r"\\\1 "),
    (r"\\text\s*\{\s*(a(?:sin|cos|tan))\s*\}", r" \1"),
    (r"(?<![A-Za-z\\])a(sin|cos|tan)(?![A-Za-z])", r"\\arc\1 "),
    (r"\{([^{}]*)\\choose(?![A-Za-z])([^{}]*)\}", r"\\binom{\1}{\2}"),
    (r"\\sqrt\s*\(([^()]*)\)", r"\\sqrt{\1}"),
    (r"(\\sqrt(?:\[[^\]]*\])?)\s*(\d+|[A-Za-z])", r"\1{\2}"),
    (r"\\sqrt\s+(?=[\[{])", r"\\sqrt"),
    (r"^([\s$]*[A-Za-z])_([A-Za-z]{2,8}|\d{2,6})(?=\s*=)", r"\1_{\2}"),  # R_eq = 2, a_12 = 7
    (r"(?<!\d)(?P<start>\d*\.\d*?)\s*(?P<period>(?:\\dot\s*\{?\s*\d\s*\}?)(?:\d*\s*\\dot\s*\{?\s*\d\s*\}?)?)", dotted),
    (r"(?<!\d)(\d*)\.(\d*)\s*\\(?:overline|bar)\s*(?:\{\s*(\d+)\s*\}|(\d))", _under_line),
    (r"(?<!\d)(?P<whole>\d*)\.(?P<digits>\d+)\s*(?:\\ldots|…)", going_on),
    (r"(?<![\w^{}\\.])(\d+)\((?=\d+/\d+\))", r"\1 \\cdot ("),
    (ORDINAL, ""),
    (r"\s+", " "),
]  # fmt: skip
COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in RULES]
# What leads up to an answer in a box: "The answer is 5", "approximately 5".
LEAD = re.compile(
    r"^(?:\\text\s*\{)?\s*(?:(?:thus|so|therefore|hence),?\s+)?(?:(?:the\s+)?(?:final\s+)?answer\s*(?:is|:|=)|approximately|approx\.|about|"
    r"roughly|\\approx|\\therefore|=|\\implies|\\(?:Right|right|Longright|longright)arrow|\\to(?![a-z])|:)\s*\}?\s*(?=\S)",
    re.IGNORECASE,
)
PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
TRAIL = " \t\n\r.,;:"


def _without_lead(text: str) -> str:
    r"""A text without what leads up to it; of `\text{The answer is 12}` the number."""
    rest = LEAD.sub("", text)
    inside = rest != text and rest.endswith("}") and rest.count("}") > rest.count("{")
    return rest[:-1] if inside else rest


@lru_cache(maxsize=8192)
def tidy(text: str) -> str:
    """As `clean`, with "and" and "or" still told apart."""
    if PLAIN.fullmatch(text):  # no rule has anything to do
        return text
    if "\\" in text:
        text = flat(text)
    # Outside matrices a doubled backslash is one that was escaped once too often.
    text = (
        re.sub(r"\\\\(?:\[\d*\.?\d+(?:pt|em|ex|mm|cm)\])?", ROW, text)
        if re.search(r"matrix\}|\{array\}|cases\}", text)
        else re.sub(r"\\\\(?=[A-Za-z])", r"\\", text)
    )
    if not text.isascii():
        text = RAISED.sub(lambda match: "^{" + match[0].translate(LOWERED) + "}", text)
        text = LOWERED_RUN.sub(lambda match: "_{" + match[0].translate(LOWERED) + "}", text)
    text = text.translate(CHARACTERS)
    for letter in ("epsilon", "phi", "theta", "rho"):  # two shapes of one letter, where they are not told apart
        if rf"\var{letter}" in text and rf"\{letter}" not in text:
            text = text.replace(rf"\var{letter}", rf"\{letter}")
    for pattern, replacement in COMPILED:
        text = pattern.sub(replacement, text)
    text = braced(text)
    while (shorter := _without_lead(text.strip()).rstrip(TRAIL)) != text:
        text = shorter
    if len(text) > 2 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    while text.startswith("{") and closing_brace(text, 0) == len(text) - 1:
        text = text[1:-1].strip()
    return text


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """An answer with one spelling for fractions, brackets, percent, degrees, conjunctions and thousands."""
    text = tidy(text)
    if AND in text or OR in text:
        text = re.sub(rf"\s*[{AND}{OR}]\s*", ", ", text).rstrip(TRAIL).removeprefix(", ")
    return text


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """What is the same for answers that differ in nothing but layout: no blanks, except between digits."""
    text = re.sub(r"_\s*\{?\s*(?:\\text)?\s*\{?\s*\(?([0-9A-Za-z]+)\)?\s*\}?\s*\}?", r"_{\1}", clean(text))
    return re.sub(r"(?<!\d) +| +(?!\d)", "", text)
