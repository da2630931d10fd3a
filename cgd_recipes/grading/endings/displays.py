"""Displays on one line, so that what stands behind a label or a word that concludes is one line."""

from __future__ import annotations

import re

# "$$\nx = 5\n$$", also if the display begins behind other words.
LINES = re.compile(r"\$\$(?P<dollars>[^$]*)\$\$|\\\[(?P<square>(?:(?!\\[\[\]])[^$])*)\\\]")
# One row of it: what has more is a chain or a list of equations.
ROW = re.compile(
    r"(?:(?:\$\$|\\\[)\s*)?\\begin\{(?P<name>equation|align|aligned|gather|gathered|multline)(?P<star>\*?)\}"
    r"(?P<row>(?:(?!\\\\|\\begin|\\end|\n\s*\n)[^$])*)\\end\{(?P=name)(?P=star)\}(?:\s*(?:\$\$|\\\]))?"
)
# "$$\nx = 5\n$$\nif n is even"
GOES_ON = re.compile(r"(?P<close>\$\$|\\\])[ \t]*\n[ \t]*(?=(?:or|if|unless|otherwise|else|when\s+\$?[a-z])\b)")
FENCED = re.compile(r"^```[a-z]*\n(?P<line>[^\n`]+)\n```$", re.MULTILINE)
# Words in a row, which are no mathematics.
WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,} +[A-Za-z]{3,}(?![A-Za-z{])")
# "[1 2]" and "[3 4]" below it are the rows of a matrix.
CELL = r"-?\d[\d./]*"
ROWS = re.compile(rf"^(?:\[[ \t]*{CELL}(?:(?:,[ \t]*|[ \t]+){CELL})*[ \t]*\](?:\n|\Z)){{2,9}}", re.MULTILINE)
# "A \ B", a set without another
DIFFERENCE = re.compile(r"(?<=\b[A-Z]\s)\\(?=\s[A-Z]\b)")
# "*Answer: 95 marks.* With 85 it would be less."
ITALIC = re.compile(
    r"^(?P<by>[*_])(?P<said>(?:(?:the|final)\s+)*answer\b[^*_\n]+[.!])(?P=by)(?=\s+[A-Z]|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
DISPLAY = re.compile(r"^\s*(?:\$\$(?:[^$]*)\$\$|\\\[(?:.*?)\\\])\s*", re.DOTALL)
AFTER_DISPLAY = re.compile(r"(?!.*\b(?:or|not|if|but|wrong|unless|wait)\b)[A-Z][^$\\*=]{1,200}", re.DOTALL)
# "$$5$$ or $$6$$", "$$5$$ if n is even"
BOUND = re.compile(r"[\s,;]*(?:or|if|unless|otherwise|else|provided|assuming|depending|when(?:ever)?\s+\$?[a-z])\b")


THEREFORE = re.compile(r"(?P<sign>\$\$?)\\therefore\s+")
CENTERED = re.compile(r"\\begin\{center\}\s*(?P<line>[^\n]{1,300}?)\s*\\end\{center\}")
# "Area ........ 12"
LEADERS = re.compile(r"^(?P<label>[ \t*]*[A-Za-z][A-Za-z ,'-]*[A-Za-z]) ?\.{4,} ?(?=[-\d$\\*])", re.MULTILINE)
# `$\text{the area} = 12$` in a line of its own
WORDS_LEFT = re.compile(
    r"^(?P<so>[ \t*]*)\$(?:\\therefore\s*)?\s*\\(?:text|mathrm|textbf)\s*\{"
    r"(?P<words>(?=[^{}$=]{0,100}[a-z]{3})[^{}$=]{3,200})\}\s*"
    r"(?P<sign>=|:)\s*(?P<value>[^$=]+)\$(?=[*.]*\s*[\u220e\u25a0\u25a1]?\s*$)",
    re.MULTILINE,
)
# A frame of signs around one line, and a table of one cell under "answer".
FRAME = re.compile(
    r"^[ \t]*[+*#\u250c\u256d\u2554][-=*#\u2500\u2550+]{3,}[+\u2510\u256e\u2557]?[ \t]*\n"
    r"[ \t]*[|*#\u2502\u2551](?P<line>[^\n|]+?)(?:[|*#\u2502\u2551]|(?<![|*#\u2502\u2551])(?=\n[ \t]*\u2514))[ \t]*\n"
    r"[ \t]*[+*#\u2514\u2570\u255a][-=*#\u2500\u2550+]{3,}[+\u2518\u256f\u255d]?[ \t]*$",
    re.MULTILINE,
)
CELL_BELOW = re.compile(
    r"^[ \t]*\|[ \t*]*(?P<name>(?:the[ \t]+)?(?:final[ \t]+)?(?:answer|result))[ \t*]*\|[ \t]*\n"
    r"[ \t]*\|[ \t:-]+\|[ \t]*\n[ \t]*\|(?P<line>[^\n|]+)\|[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
# `final_answer("12")`, the last call of an agent
CALL = re.compile(
    r"^[ \t]*(?:final_answer|submit_answer|submit)\((?:answer[ \t]*=[ \t]*)?"
    r"(?P<quote>[\"']?)(?P<said>-?[\d$\\][^\"'()\n+*=,]{0,200})(?P=quote)\)[ \t]*$",
    re.MULTILINE,
)
# "[ x = 12 ]", a display whose backslashes are lost
BARE_DISPLAY = re.compile(r"^[ \t]*\[ (?P<said>[^\[\],;\n$]{1,200}=[^\[\],;\n$]{1,200}) \]$", re.MULTILINE)


def on_one_line(text: str) -> str:
    r"""A text whose displays and code blocks of one line are on one line, and whose `\therefore` stands before the mathematics.

    What is no plain mathematics stays as it is.
    """
    if "\\begin{" in text:
        text = ROW.sub(lambda match: f"$${_joined(match['row'].replace('&', ''))}$$", text)
    if "[ " in text:
        text = BARE_DISPLAY.sub(r"$\g<said>$", text)
    if "$$" in text or "\\[" in text:
        text = LINES.sub(_display, text)
        text = GOES_ON.sub(r"\g<close> ", text)
    if "```" in text:
        text = FENCED.sub(r"\g<line>", text)
    if "submit" in text or "final_answer(" in text:
        text = CALL.sub(r"Final answer: \g<said>", text)
    if "]\n" in text:
        text = ROWS.sub(_matrix, text)
    if ("***\n" in text or "###\n" in text) and "```" not in text:
        text = FRAME.sub(lambda match: match["line"].strip(), text)
    if "|\n" in text or "\u2502\n" in text or "\u2551\n" in text or "\n\u2514" in text:
        text = FRAME.sub(lambda match: match["line"].strip(), text)
        text = CELL_BELOW.sub(lambda match: f"{match['name']}: {match['line'].strip()}", text)
    if " \\ " in text:
        text = DIFFERENCE.sub("\u2216", text)
    if "nswer" in text:
        text = ITALIC.sub(r"\g<said>\n", text)
    if "\\begin{center}" in text:
        text = CENTERED.sub(r"\g<line>", text)
    if "...." in text:
        text = LEADERS.sub(r"\g<label>: ", text)
    if "\\text" in text:
        text = WORDS_LEFT.sub(r"\g<so>\g<words> \g<sign> $\g<value>$", text)
    return THEREFORE.sub("\u2234 \\g<sign>", text) if "\\therefore" in text else text


def _display(match: re.Match[str]) -> str:
    inner = match["dollars"] if match["square"] is None else match["square"]
    if "\n" not in inner or "\n\n" in inner.strip() or WORDS.search(inner):
        return match[0]
    return f"{match[0][:2]}{_joined(inner)}{match[0][-2:]}"


def _matrix(match: re.Match[str]) -> str:
    """Rows of numbers as one matrix; as they are where they are not all of one length."""
    rows = [re.findall(CELL, line) for line in match[0].splitlines()]
    if len({len(row) for row in rows}) > 1:
        return match[0]
    return f"[{', '.join(f'[{chr(44).join(row)}]' for row in rows)}]" + "\n" * match[0].endswith("\n")


def _joined(inner: str) -> str:
    return " ".join(inner.split())


# "$18", "Ann, about $39.57": an amount of money, no mathematics that was cut off.
MONEY = re.compile(r"^\**\$\s*-?[\d.]|(?<![\w$\\])\$\d[\d,]*(?:\.\d+)?(?=\s+[a-z]|\W*$)")


def whole(answer: str) -> bool:
    """Whether braces and dollar signs are in pairs; those of an answer that was cut off are not."""
    opened = dollars = place = 0
    while place < len(answer):
        char = answer[place]
        if char == "\\":
            if answer[place + 1 : place + 2] in ("(", "["):
                opened += 1
            elif answer[place + 1 : place + 2] in (")", "]"):
                opened -= 1
            place += 1
        opened += (char == "{") - (char == "}")
        dollars += char == "$"
        place += 1
    money = dollars == 1 and MONEY.search(answer) is not None
    return opened == 0 and (dollars % 2 == 0 or money)
