r"""The end of a response: its last line and last sentence, without what says nothing, and what is one value there."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.code_notation import with_times
from cgd_recipes.grading.notation.months import MONTHS
from cgd_recipes.grading.notation.spelled import spelled
from cgd_recipes.grading.notation.unit import composition
from cgd_recipes.grading.prose.approximate import with_equals_sign
from cgd_recipes.grading.prose.trimmed import MAX_LINE, without_pictures
from cgd_recipes.grading.prose.wording import BETWEEN, CONCLUDING, is_doubtful

SENTENCE_END = re.compile(r"(?<=[\w)$}\]%*])[.!?]\**\s+(?=[A-Z\u2234*$\\])")
WRAPPERS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"\*\*\*(?P<said>[^*]+)\*\*\*",
        r"\*\*(?P<said>[^*]+)\*\*",
        r"__(?P<said>[^_]+)__",
        r"\*(?P<said>[^*]+)\*",
        r"`(?P<said>[^`]+)`",
        r"\"(?P<said>-?\d[\d.,/]*)\"",
        r"\\\((?P<said>(?:(?!\\[()]).)+)\\\)",
        r"\\\[(?P<said>(?:(?!\\[\[\]]).)+)\\\]",
        r"\$\$(?P<said>[^$]+)\$\$",
        r"\$(?P<said>[^$]+)\$",
    )
)
AMOUNT = r"(?:\\?\$|€|£)?\s?[-+\u2212]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
PART = "[\u00bc-\u00be\u2150-\u215e]"
NUMBER = rf"(?:[-+\u2212]?\d*{PART}|{AMOUNT})(?:\s?/\s?\d+|\s\d+/\d+)?(?:\s?\\?%|°)?"
# A number with at most three words, which may be its unit.
COUNTED = re.compile(
    rf"{NUMBER}(?:\s?(?!(?:and|or|of|in|at|to|for|the|an?|by|x|times|is|are|was|if|from|then|so|it|has|does|divides|fails|holds|works)\b)[A-Za-z\u00b5\u00c5][A-Za-z]*[\u00b2\u00b3]?(?:[/^]\w+)?\.?){{0,3}}"
)
LETTER = re.compile(r"\(?[A-J]\)?|[A-J][.):]\s*\S{1,12}|(?:yes|no|true|false)", re.IGNORECASE)
NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}|[A-Z]{3,}")
# Words that stand alone in bold print and are headings.
HEADINGS = re.compile(
    r"(?:the )?(?:final|correct)?\s*(?:answer|solution|conclusion|step|note|check|verification|summary|explanation|proof|case|result|"
    r"reasoning|example|"
    r"problem|question|hint|done|end|analysis|calculation|method|remark|total|given|approach|discussion)s?\b.*",
    re.IGNORECASE | re.DOTALL,
)
ASSIGNED = re.compile(
    r"(?:m?(?:\u2220|\\angle(?![a-z]))\s*)?\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\(-?\w{1,4}\))?\s*=\s*[^=]+"
)
NAMED = re.compile(r"^(?:[A-Za-z]|[\u0391-\u03bf\u03c1-\u03c9])(?:_(?:\{\w{1,12}\}|\w{1,12}))?\s*=\s*")
# The last row of equations in several rows.
ROWS = re.compile(r"\\end\{(?:align|aligned|gather|gathered|eqnarray|split)\*?\}\s*(?:\$\$|\\\])?$")
MONTH = rf"(?:{'|'.join(MONTHS)})"
DATE = re.compile(
    rf"(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}(?:,?\s+\d{{4}})?|{MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
)
# What makes mathematics no value, or none that is stated as the answer.
NO_VALUE = re.compile(
    r"(?<![A-Za-z\\])[A-Za-z]{4,}|[≠≈?…]|\\(?:approx|ne|neq|ldots|dots|cdots|implies|Rightarrow|to|text\s*\{[^{}]*\b(?:if|for(?!\s+all\b)|not|where|about)\b)|\.\.\.|\.\s"
)
ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z]+\*?\}(?:\{[clr|]+\})?|_\{[^{}]*\\to[^{}]*\}")
# `=> 10`, `= 10`
ARROW = re.compile(
    r"^\s*(?:={1,3}>|-+>|=|\u2192|\u21d2|\u27a1\ufe0f?|\u27f9|\u25b6\ufe0f?|\u25ba"
    r"|Out\[\d*\]:|>>>|\u2234|\\therefore|\\(?:Long)?[Rr]ightarrow|\\implies)\s*"
)
TAG = re.compile(r"</?(?:b|u|i|em|strong|big|mark|center|p|span|code)(?:\s[^<>]{0,80})?>", re.IGNORECASE)
BRACKETED = re.compile(r"(?:\(|\[|\{|\\(?:text|mathbf|textbf|mathrm|bf|boldsymbol)\s*\{)(?P<said>[-\d.,/$%\s]+)[)\]}]")
LISTED = re.compile(r",(?!\d{3}(?!\d))")  # of a tuple or an interval, whose brackets are part of it
ITEM = re.compile(r"(?:[-+•]\s|\*\s|\d+[.)]\s|\(?[a-z]\)\s|\||#|step\b|case\b|part\b)", re.IGNORECASE)
HEADING_LINE = re.compile(
    r"#|\*\*(?:step|case|part)\b[^*]*\*\*:?$|(?:step|case|part)\s+\d+\W*$|\*\*[^*]+:\*\*$|\*\*[^*]+\*\*:?$",
    re.IGNORECASE,
)


def last_line(text: str) -> tuple[int, str]:
    """Where the last line of a trimmed text begins, and that line; of several rows of mathematics, the last."""
    if rows := ROWS.search(text, max(0, len(text) - 60)):
        first = text.find("}", max(text.rfind(r"\begin{", 0, rows.start()), 0)) + 1
        start = max(text.rfind(r"\\", 0, rows.start()) + 2, first)
        row = text[start : rows.start()].replace("&", "").strip()
        if row.startswith("=") and (value := row.rpartition("=")[2].strip()):  # what goes on a chain ends it
            row = value
        return (start, f"${row}$") if 0 < len(row) <= MAX_LINE else (start, "")
    place = text.rfind("\n") + 1
    line = text[place:]
    return (
        (place + len(line) - len(line.lstrip(" \t>")), line.strip().lstrip("> "))
        if len(line) <= MAX_LINE
        else (place, "")
    )


def last_sentence(line: str) -> tuple[int, str]:
    """Where the last sentence of a line begins, and that sentence."""
    ends = [match.end() for match in SENTENCE_END.finditer(line)]
    start = ends[-1] if ends else 0
    return start, line[start:].strip()


def unwrapped(text: str) -> tuple[str, str]:
    r"""A text without the emphasis or mathematics that is all around it, and what that was: "" for none, "**", "$"."""
    around = ""
    text = without_pictures(text.strip()).strip()
    for _ in range(4):
        shorter = text[:-1] if text.endswith(".") and not text.endswith("..") else text
        match = next((found for each in WRAPPERS if (found := each.fullmatch(shorter))), None)
        if match is None:
            return shorter.strip(), around
        mathematics = match[0].startswith(("$", r"\(", r"\["))
        around = "$" if mathematics else around or "**"
        text = match["said"].strip()
    return text, around


def lone_value(text: str, place: int, line: str) -> str | None:
    """The value that a last line is and nothing more; None where it is more, or one of several such lines.

    A line under a heading of a step is part of the step, and an item of a list one of several.
    """
    before = text[:place].rstrip("> \t\n")
    line = _item_alone(line, before)
    said = value_of(line)
    if said is None or ITEM.match(line):
        return None
    start = before.rfind("\n") + 1
    previous = before[max(start, len(before) - MAX_LINE) :].strip().lstrip("> ")
    if previous.startswith("```"):
        return said
    other = value_of(previous) if previous else None
    listed = (
        other is not None
        and other != said
        and any(each.fullmatch(other) and each.fullmatch(said) for each in (COUNTED, SOLVED))
    )
    headed = HEADING_LINE.match(previous) or (previous.endswith(":") and OPTION.fullmatch(line.strip("*_. ")))
    if listed or (previous and headed and not ANSWER_LINE.search(previous) and not leads_up(previous)):
        return None
    return said


# The only item, or a number as a heading: "Therefore:", "- $d = 12$"; "# 12"
LONE_ITEM = re.compile(r"(?:[-+*\u2022]\s+|\#{1,6}\s+(?=\**\$?-?\d))(?=\S)")
CONCLUDES = re.compile(
    rf"\W*(?:{CONCLUDING}|result|we\s+(?:get|have|obtain|find|conclude)|final\s+value)\W*:?\W*$", re.IGNORECASE
)


def _item_alone(line: str, before: str) -> str:
    """A last line without the sign of an item where it is the only one, behind words that conclude, or the only heading."""
    match = LONE_ITEM.match(line)
    if match is None:
        return line
    previous = before[-MAX_LINE:].rpartition("\n")[2]
    alone = "\n#" not in "\n" + before if line.startswith("#") else CONCLUDES.match(previous) is not None
    return line[match.end() :] if alone else line


# "x = 3, y = 2", one of several solutions
SOLVED = re.compile(r"\$?[a-z]\s*=[^=,]+(?:,[^=,]+=[^=,]+)+")
# "**Therefore, the area is:**"
LEADS_UP = re.compile(
    r"\b(?:is|are|was|were|equals|becomes|be|have|obtain|find|get|gives(?:\s+us)?|as\s+follows)\s*[*_]*:?[*_]*:?[*_]*$",
    re.IGNORECASE,
)


def leads_up(line: str) -> bool:
    """Whether a line is a sentence without its end, which is the answer on the next line."""
    return LEADS_UP.search(line) is not None and not is_doubtful(line.rstrip("*_: ")) and not ITEM.match(line)


ANSWER_LINE = re.compile(r"(?i)(?<!wrong )(?<!incorrect )(?<!previous )\b(?:answer|result|conclusion|solution)")


# "P(no two together) = 4/7"
OF_EVENT = re.compile(r"^(?:P|Pr|Prob)\s?\([^()=]+\)(?=\s*=)")
MAX_VALUE = 200
# "**Option (b)**"
OPTION = re.compile(r"(?:the\s+)?(?:option|choice)\s+(?P<said>\([A-Ja-j]\)|[A-Ja-j])", re.IGNORECASE)
# Another verdict: "**False** (true for n = 1)"
OTHERWISE = re.compile(r"(?i)\b(?:true|false|yes|no|reject\w*|ruled|discard\w*|exclud\w*|extraneous|wrong|squared)\b")
VALUE_SIGN = re.compile(r"[\d\u00bc-\u00be]|\u03c0|(?<![A-Za-z])\\?pi(?![A-Za-z])")


def value_of(line: str) -> str | None:
    """What a line states where it is one value and nothing more: a number, mathematics, the letter of an option, a name in bold."""
    line = with_times(ARROW.sub("", TAG.sub("", line)).strip())
    line = _without_remark(line)
    line = with_equals_sign(in_bold(line) or line)
    if len(line) > MAX_VALUE:
        return None
    if PLAIN_LIST.fullmatch(line):
        return line
    if (
        line.count("**") == 2
        and not line.endswith("..")
        and COUNTED.fullmatch(counted := line.replace("**", "").rstrip("."))
    ):
        return counted
    said, around = unwrapped(line)
    if not said:
        return None
    if around == "**" and (option := OPTION.fullmatch(said)):
        return option["said"]
    if (number := spelled(said)) and re.fullmatch(r"[a-z]*", number[1]):
        return said
    if bracketed := BRACKETED.fullmatch(said):
        said, around = said if LISTED.search(bracketed["said"]) else bracketed["said"].strip(), "**"
    if (
        COUNTED.fullmatch(said)
        or COUNTED.fullmatch(NAMED.sub("", said))
        or (LETTER.fullmatch(said) and said not in ("I", "a", "i"))
    ):
        return said
    if around == "$":
        return said if is_mathematics(said) else None
    if around and NAME.fullmatch(said) and not HEADINGS.fullmatch(said):
        return said
    if DATE.fullmatch(said):
        return said
    if around and " and " in said and all(_is_equation(each) for each in said.split(" and ")):
        return said  # "x = 1 and x = 3"
    if around and (quantity := QUANTITY.fullmatch(said)) and composition(quantity["unit"]):
        return said
    said = OF_EVENT.sub("P", said)
    exact = APPROXIMATELY.sub("", said)
    if exact != said and ("=" in exact or "/" in exact):
        return said if around and value_of(f"**{exact}**") else None
    stated = around or ASSIGNED.fullmatch(said)
    return said if stated and PLAIN.fullmatch(said) and not _has_words(said) and _is_stated(said) else None


# Numbers, names and signs of mathematics, and nothing else
PLAIN = re.compile(
    r"[-+\u2212\d.,\s()\\A-Za-z{}^_/*=\u221a\u03c0\u00b1\u00b2\u00b3\u00b7\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215e\u2208\u222a\u221e\u2220\u00b0\u2032<>\u2264\u2265\u27e8\u27e9\[\]]+"
)


def _has_words(said: str) -> bool:
    return re.search(r"[A-Za-z]{3,}", re.sub(r"\\[A-Za-z]+|sqrt|pi", "", said)) is not None


def _is_stated(said: str) -> bool:
    return is_mathematics(said) and VALUE_SIGN.search(said) is not None


# "M = 18.02 g\u00b7mol\u207b\u00b9"
QUANTITY = re.compile(rf"{NAMED.pattern}{AMOUNT}\s(?P<unit>[A-Za-z\u00b5\u03a9][^\s=,;]{{1,30}})")


def _without_remark(line: str) -> str:
    """A line without a remark in brackets that neither doubts it nor gives another verdict."""
    remark = REMARKED.search(line)
    if remark is None or is_doubtful(ONLY_ONE.sub("", remark["remark"])) or OTHERWISE.search(remark["remark"]):
        return line
    return line[: remark.start()].rstrip()


def _is_equation(text: str) -> bool:
    """Whether a text gives a name one value, or two bounds, in mathematics."""
    return (ASSIGNED.fullmatch(text) or BETWEEN.fullmatch(text)) is not None and value_of(f"**{text}**") is not None


def is_mathematics(said: str) -> bool:
    """Whether mathematics states a value: no arithmetic with its result, no comparison with a number in passing."""
    said = ENVIRONMENT.sub("", said)
    if NO_VALUE.search(
        re.sub(r"\\text\w*\s*\{(?![^{}]*\b(?:if|for(?!\s+all\b)|not|where|about|or)\b)[^{}]*\}", "T", said)
    ):
        return False
    return (
        "=" not in said
        or re.search(r"[A-Za-z]", re.sub(r"\\(?:[dt]?frac|cdot|times|sqrt|left|right)(?![A-Za-z])", "", said))
        is not None
    )


# "2,3,4", but "2,345" is a number
PLAIN_LIST = re.compile(r"-?\d+(?:\.\d+)?(?:,\s?-?\d+(?:\.\d+)?)+(?<!,\d{3})(?<!,\s\d{3})")
# "r = 12 (only root that fits)", of words alone that name no unit
REMARKED = re.compile(r"(?<=[\w*$}])\s+\((?!in\b|mod\b)(?P<remark>[a-z]+(?:\s[a-z]+)+)\)\.?$", re.IGNORECASE)
ONLY_ONE = re.compile(r"\bonly\s+(?=[a-z]+\b)|\b(?:double-?\s?)?checked\b", re.IGNORECASE)
# "**C(h) = 35h + 40** (in dollars)"
BOLD_REMARK = re.compile(r"(?P<said>\*\*[^*]+\*\*)\s*\((?P<remark>[^()]*)\)\.?")
# "**Raj**, with 49 seconds"
BOLD_NAME = re.compile(r"(?P<said>\*\*[A-Z][a-z]+\*\*),\s+with\s+(?P<remark>[^,;*]*\d[^,;*]*)")


def in_bold(text: str) -> str:
    """What a text has in bold before a remark that does not doubt it; "" for any other text."""
    match = BOLD_REMARK.fullmatch(text) or BOLD_NAME.fullmatch(text)
    return match["said"] if match and not is_doubtful(match["remark"]) and not OTHERWISE.search(match["remark"]) else ""


# "P = 1/17 \u2248 0.0588"
APPROXIMATELY = re.compile(
    r"\s*(?:\u2248|\\approx)\s*-?[\d.]+\s*\\?%?$|\s*\((?:\u2248|about|approx(?:imately|\.)?|roughly)\s*-?[\d.]+\s*\\?%?\)$"
)
