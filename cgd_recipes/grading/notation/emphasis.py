r"""What a text makes stand out: "The area is *12*.", "`12`", "<b>12</b>" are as much as "**12**"."""

from __future__ import annotations

import re

# Emphasis counts at the end, where the answer is.
MAX_TAIL, MAX_INSIDE = 2_000, 120
INSIDE = r"(?P<said>[\w$\\(\[{\u2212\u221a\u03c0\u2248+-](?:[^\n*`<>_]{0,78}[\w$%)\]}\u00b0!.:\u00b2\u00b3\u03c0])?)"
MARKS = (
    ("***", re.compile(rf"(?<![\w*\\)}}\]$])\*\*\*{INSIDE}\*\*\*(?![\w*({{\\$])")),
    ("*", re.compile(rf"(?<![\w*\\)}}\]$])\*{INSIDE}\*(?![\w*({{\\$])")),
    ("`", re.compile(rf"(?<![\w`])`{INSIDE}`(?![\w`])")),
    ("__", re.compile(rf"(?<!\w)__{INSIDE}__(?!\w)")),
    (r"\textbf", re.compile(r"(?<![\w$\\{(=])\\textbf\s*\{(?P<said>[^{}\n]{1,80})\}(?![\w$\\})=])")),
    ("==", re.compile(rf"(?<![\w=])==(?P<bold>\*\*)?{INSIDE}(?(bold)\*\*)==(?![\w=])")),
    ("</", re.compile(rf"<(?P<tag>b|strong|u|em|i|mark)>\s*{INSIDE}\s*</(?P=tag)>", re.IGNORECASE)),
)
ANY_MARK = re.compile(r"[*`]|__|==|\\textbf|</")
# Marks that stand on one side alone
OPENING = (r"\textbf", "</")


# "So $4 + 9 = $ **13**", "4 + 9 = **13**", "4 + 9 \u2192 **13**"
RESULT = re.compile(
    r"(?P<open>\$|\\\()(?P<formula>[^$*\n]{1,200}?=)\s*(?P<close>\$|\\\))\s*\*\*\$?(?P<said>[^*\n$]{1,60}?)\$?\*\*"
    r"|^[ \t]*(?!\d+[.)][ \t])(?P<plain>(?:(?![^\W\d_])[^$*\n\\<>:;,?]){1,200}=)[ \t]*\*\*(?P<value>[^*\n]{1,60})\*\*(?=[.!]?$)"
    r"|^[ \t]*(?!\d+[.)][ \t])(?:(?![A-Za-z])[^$*\n\\<>:;,?=]){1,200}(?:\u2192|\u21d2)[ \t]*(?P<led>\*\*\d[^*\n]{0,60}\*\*)(?=[.!]?$)"
)


def with_result_in_bold(text: str) -> str:
    """A text whose last line is a formula with its result alone in bold, with the whole of it in bold."""
    start = text.rfind("\n") + 1
    if "**" not in text[start:] or len(text) - start > MAX_TAIL:
        return text
    return text[:start] + RESULT.sub(_in_bold, text[start:])


def _in_bold(match: re.Match[str]) -> str:
    if match["led"]:
        return match["led"]
    if match["plain"]:
        return f"**{match['plain'].strip()} {match['value']}**"
    bold = "" if match.string[: match.start()].strip() else "**"  # a sentence ends with the formula
    return f"{bold}{match['open']}{match['formula']} {match['said']}{match['close']}{bold}"


def with_bold(text: str) -> str:
    """A text in which what is slanted, underlined, in bold or in the type of code within its last lines is in bold."""
    if not ANY_MARK.search(text, max(0, len(text) - MAX_TAIL)):
        return text
    for mark, pattern in MARKS:
        start = text.find(mark, max(0, len(text) - MAX_TAIL))
        if start >= 0 and (mark in OPENING or text.rfind(mark) > start):
            start = max(0, start - (MAX_INSIDE if mark == "</" else 10))
            text = text[:start] + pattern.sub(r"**\g<said>**", text[start:])
    return text
