"""The final answer of a response: its last box, or an explicit statement of the answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from cgd_recipes.grading.endings.boxed_names import with_name_first
from cgd_recipes.grading.endings.followup import follow_ups
from cgd_recipes.grading.endings.frames import with_boxes
from cgd_recipes.grading.endings.retraction import taken_back
from cgd_recipes.grading.endings.rows import with_last_row
from cgd_recipes.grading.endings.statement import RETRACTED, stated
from cgd_recipes.grading.endings.steps import MAX_BEFORE, is_a_step
from cgd_recipes.grading.gold import MAX_LENGTH, Fault
from cgd_recipes.grading.notation.code_notation import as_mathematics
from cgd_recipes.grading.notation.emphasis import with_bold, with_result_in_bold
from cgd_recipes.grading.notation.raised_fractions import with_plain_fractions
from cgd_recipes.grading.notation.tex import closing_brace
from cgd_recipes.grading.prose.trimmed import without_lines_about

# What joins two boxes is never that long; text that is would only cost time.
MAX_JOINT, MAX_NESTED, MAX_BOXES = 60, 5, 50
# A final answer stands at the end; of longer texts only so much of it is looked at.
MAX_TAIL = 400_000
# The backslash is lost where a text was read as an escape.
BOX = re.compile(r"\\(?:boxed|fbox|framebox)(?![A-Za-z])\s*|(?:\x08o|(?<![A-Za-z\\])bo)xed(?=\{)")
SPACE = r"(?:\\[,;:! ]|\\q?quad|[\s$])*"
# What may stand between two boxes that state one answer together: "\boxed{1}$ and $\boxed{-2}", "\boxed{1} or n=\boxed{-2}".
JOINT = re.compile(
    rf"{SPACE}(?:,|;|(?:\\text\s*\{{)?\s*(?:,\s*)?(?:and|or)\b\s*\}}?){SPACE}(?:\\?[A-Za-z]+(?:_\{{?\w+\}}?)?(?:\([a-z]\))?\s*(?:=|\\in\b){SPACE})?"
)
# "Put your answer within \boxed{}." is about the form of an answer.
MENTION = re.compile(r"\b(?:within|in|inside|into|using|with|form|format)\s+(?:an?\s+|the\s+)?[`$'\"]*$", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"\s*(?:\\?(?:ldots|dots|cdots)|\.\.\.|(?:\\text\s*\{\s*)?(?:your |the |final )*answer(?: here)?\s*\}?)?\s*",
    re.IGNORECASE,
)
CALLED = re.compile(r"\b(?:final|correct|right|revised|corrected|actual|new)\s+(?:final\s+)?answer\b", re.IGNORECASE)
# What is struck out is taken back: `~~11~~ 13`.
STRUCK = re.compile(
    r"(?:(?<=[\s*_>(:])|^)~~(?=[^~\s])[^~\n]*[^~\s]~~(?=[\s*_.,;:!)]|$)|<(?P<tag>s|del|strike)>.*?</(?P=tag)>",
    re.DOTALL | re.MULTILINE,
)
# GSM8K's calculator: "60 - 17 = <<60-17=43>>43", where the result may stand in the mark alone.
CALCULATED = re.compile(r"<<[^<>\n]{1,200}?=\s*(?P<said>[^<>=\n]{1,50})>>(?:(?=\s*\$?(?P=said))|(?P<alone>))")
# The Greek letter for the prefix: "3 \u03bcm"
MICRO = re.compile(
    r"(?<=\d)(?P<gap>\s?)\u03bc(?=(?:mol|Pa|Hz|rad|eV|sec|[msLlVAFCTHJWM\u03a9]|(?<=\s\u03bc)[gN])(?![A-Za-z]))"
)
NOT_SAID = re.compile(r"[\s$,]|\\[,;:! ]")


def boxes(text: str) -> list[tuple[int, int, str | None]]:
    """Start, end and content of the last outermost boxes, in order; the content of a box that is not closed is None."""
    return [*_boxes(text)]


@lru_cache(maxsize=4)  # a response is asked for its boxes several times
def _boxes(text: str) -> list[tuple[int, int, str | None]]:
    found: list[tuple[int, int, str | None]] = []
    if "box" not in text and "oxed" not in text:
        return found
    place = 0
    for match in [*BOX.finditer(text)][-MAX_BOXES:]:
        if match.start() < place:
            continue
        start = match.end()
        if text[start : start + 1] == "{":
            end = closing_brace(text, start)
            if end < 0:
                return [*found, (match.start(), len(text), None)]
            found.append((match.start(), end + 1, text[start + 1 : end]))
            place = end + 1
        else:  # TeX boxes the next token: \boxed 5
            token = re.compile(r"[^\s$.,;{}]{1,100}").match(text, start)
            end = token.end() if token else start
            found.append((match.start(), end, token[0] if token else None))
            place = max(end, start)
    return found


def last_boxes(text: str) -> tuple[str, bool] | None:
    """Content of the last box, with those joined to it by a comma or "and"; and whether it is closed."""
    found = boxes(text)
    while found and _is_mention(text, *found[-1]):
        found.pop()
    if not found:
        return None
    start, _, content = found[-1]
    if content is None:
        return BOX.sub("", text[start : start + MAX_LENGTH], count=1).removeprefix("{"), False
    parts = [unboxed(content)]
    for before, after in zip(found[-2::-1], reversed(found[1:]), strict=False):
        between = text[before[1] : after[0]]
        if before[2] is None or len(between) > MAX_JOINT or not JOINT.fullmatch(between):
            break
        parts.insert(0, unboxed(before[2]))
    return ", ".join(dict.fromkeys(parts)), True


def _is_mention(text: str, start: int, end: int, content: str | None) -> bool:
    """Whether a box is only spoken of: empty or a placeholder, behind words such as "within"."""
    if content is None and text[start:end].rstrip().endswith("}"):
        return False
    return (
        PLACEHOLDER.fullmatch(content or "") is not None
        and MENTION.search(text[max(0, start - 40) : start]) is not None
    )


def unboxed(content: str) -> str:
    """The content without boxes of its own."""
    content = content.strip()
    if len(content) > MAX_LENGTH or content.isdecimal():
        return content
    for _ in range(MAX_NESTED):
        if not (found := boxes(content)):
            break
        for start, end, inner in reversed(found):
            content = content[:start] + (inner or "") + content[end:]
    return with_name_first(content.strip())


# Not "the correct answer is choice 3".
MARK = re.compile(r"####|\banswer\b(?!.{0,20}\b(?:choice|option)\b)", re.IGNORECASE)
# Lines behind a blank one: "> **x = 5**". Elsewhere the sign may be a relation.
BLOCK_QUOTE = re.compile(r"(?:\A|\n[ \t]*\n)(?:[ \t]*>[ \t]+\S[^\n]*(?:\n|\Z))+")
QUOTE_MARK = re.compile(r"^[ \t]*>[ \t]+", re.MULTILINE)


BLANKS = re.compile(r"&nbsp;|<br\s*/?>|\\noindent(?![A-Za-z])")
ARROWS = re.compile("[\u2794\u2799-\u279c\u279d-\u27a1\u27a4\u27be\u27f6\u27f9\u25b6\u25ba\u2b95\u2192]+\ufe0f?")
# "So it cant be 10."
DENIAL = re.compile(r"(?<![a-z])(?P<verb>(?:ca|do|does|did|is|are|was|were|has|have|had|could|would|should|wo))nt\b")
APART = re.compile(r"(?<=\d) +(?=\\?%(?!\s*\d))")
HYPHENED_UNIT = re.compile(r"(?<=\blight)-(?=(?:years?|seconds?|minutes?|hours?|days?)\b)")
# "two y-intercepts"
INTERCEPTS = re.compile(r"\b(?P<count>\d{1,9}|one|two|three|four|no)\s(?P<letter>[a-z])-(?=intercepts?\b)")
# `$\$5$/mile`
RATE = re.compile(
    r"(?:\$|\\\()\\\$\s?(?P<amount>\d[\d,.]{0,20})(?:\$|\\\))(?P<per>\s?/\s?|\sper\s)(?=[a-z]{1,20}[ ]?[*_]*(?:[.,;:!)\n]|$))"
)
# `$\mathbf{x = 12}$`
IN_BOLD = re.compile(r"\$\\(?:mathbf|boldsymbol|bm|pmb)")
BOLD_MATHEMATICS = re.compile(
    r"\$\\(?:mathbf|boldsymbol|bm|pmb)\s*\{(?P<said>(?:[^{}$=]|\{[^{}$]{0,40}\}){1,80}=(?:[^{}$]|\{[^{}$]{0,40}\}){1,80})\}\$"
)


def without_marks(text: str) -> str:
    """A text without the marks of a block quote, of code and of a calculator, which leave their result: `<<60-17=43>>43`."""
    text = with_boxes(text)
    if "&nbsp;" in text or "<br" in text or "\\noindent" in text:
        text = BLANKS.sub(" ", text)
    text = without_lines_about(text.rstrip())
    text = with_result_in_bold(with_last_row(with_bold(as_mathematics(text))))
    if "nt " in text:
        text = DENIAL.sub("\\g<verb>n't", text)
    if "\\$" in text:
        text = RATE.sub(r"\g<amount> dollars\g<per>", text)
    if "$\\" in text and IN_BOLD.search(text):
        text = BOLD_MATHEMATICS.sub(r"$\g<said>$", text)
    if not text.isascii():
        text = MICRO.sub("\\g<gap>\u00b5", with_plain_fractions(ARROWS.sub("\u2192", text)))
    if " %" in text or " \\%" in text:
        text = APART.sub("", text)
    if "light-" in text:
        text = HYPHENED_UNIT.sub(" ", text)
    if "-intercept" in text:
        text = INTERCEPTS.sub(r"\g<count> \g<letter> ", text)
    if ">" not in text:
        return text
    text = BLOCK_QUOTE.sub(lambda match: QUOTE_MARK.sub("", match[0]), text)
    return CALCULATED.sub(lambda match: "" if match["alone"] is None else match["said"].strip(), text)


class Final(NamedTuple):
    """The final answer of a response.

    Args:
        answer: what there is of it.
        fault: what is wrong with it: see `extract_answer`.
        later: what the text behind the box says under a label that the answer is; "" where it has none.
    """

    answer: str
    fault: Fault
    later: str = ""


def extract_answer(response: str) -> tuple[str, Fault]:
    r"""The final answer of a response and what is wrong with it.

    It is what stands in the last `\boxed` or `\fbox`; without any box, what the response states as its final answer: see
    `statement.stated`. A number in passing is no answer. Of a response with `</think>` only what follows counts, and of one that
    goes on with a question of its own only what stands before that.

    Returns:
        The answer and "", or what there is of it and "no answer" or "cut off": the last box or the thought is not
        closed, even where an earlier box is.
    """
    found = final_answer(response)
    return found.answer, found.fault


def final_answer(response: str, *, plain: bool = False) -> Final:
    """The final answer of a response, which may be `plain` of marks already: see `extract_answer` and `without_marks`."""
    _, thought, text = response.rpartition("</think>")
    if not thought and "<think>" in response:
        return Final("", "cut off")
    spoken = response.partition("</think>")[2][:MAX_TAIL] if response.count("</think>") > 1 else ""
    text = text[-MAX_TAIL:] if plain else without_marks(text[-MAX_TAIL:])
    if "~~" in text or "</" in text:
        text = STRUCK.sub("", text)
    for place in follow_ups(spoken or text):
        if "</think>" in place.head:
            break
        found = _final(place.head, marked=not place.whole)
        if found.fault == "cut off" or (found.answer and place.new):
            return found
        if found.answer or place.tried:
            return Final("", "no answer")
    return _final(text)


def _final(text: str, *, marked: bool = False) -> Final:
    """The answer of a text that may end with it; only one that a box, tag, label or heading marks, if so wanted."""
    boxed = last_boxes(text)
    if boxed is None:
        return Final(*stated(text, marked=marked))
    answer, closed = boxed
    if not closed:
        return Final(answer, "cut off")
    if answer and _taken_back(answer, text):
        answer = _said_instead(text[boxes(text)[-1][1] :])
    start, end, _ = boxes(text)[-1]
    behind = text[end:]
    if not answer or is_a_step(text[max(0, start - MAX_BEFORE) : start], behind):
        return Final("", "no answer")
    return Final(answer, "", stated(behind, marked=True)[0] if MARK.search(behind) else "")


def _said_instead(text: str) -> str:
    """What a text behind a box that was taken back calls the final or correct answer; "" where it calls nothing so."""
    later, fault = stated(text) if CALLED.search(text) else ("", "")
    return later if not fault else ""


def _taken_back(answer: str, text: str) -> bool:
    """Whether what stands around the last box denies it, or doubt follows it, and then another answer."""
    start, end, _ = boxes(text)[-1]
    if taken_back(answer, text[max(0, start - 60) : start], text[end:]):
        return True
    if not RETRACTED.search(text, end):
        return False
    later, fault = stated(text[end:])
    again = rf"(?<![\w.]){re.escape(NOT_SAID.sub('', answer))}(?![\w])"
    return (
        bool(later)
        and not fault
        and later.strip(" .").casefold() not in ("yes", "no")
        and not re.search(again, NOT_SAID.sub("", later))
    )
