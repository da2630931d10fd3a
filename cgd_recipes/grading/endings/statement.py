r"""What a response without a box states as its final answer.

Counted, the last one first: `<answer>27</answer>`; "the final answer is X", "the answer is X", "answer: X", "#### X"; a last line
"A: X"; a heading such as "### Final Answer" with nothing but the answer under it. A number in passing is no statement, nor is
one that was cut off.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cgd_recipes.grading.endings.conclusion import called_final, concluded, labelled
from cgd_recipes.grading.endings.displays import AFTER_DISPLAY, BOUND, DISPLAY, on_one_line, whole
from cgd_recipes.grading.endings.first_sentence import first_sentence, is_prose
from cgd_recipes.grading.endings.items import listed
from cgd_recipes.grading.endings.retraction import taken_back
from cgd_recipes.grading.endings.wordings import ANS, KEYWORDS, NOUN, REPORTED, STATEMENT, TENTATIVE, uncommented
from cgd_recipes.grading.gold import Fault
from cgd_recipes.grading.prose import concluded_in_prose, with_money
from cgd_recipes.grading.prose.ending import is_remark
from cgd_recipes.grading.prose.labelled import labelled as labelled_value
from cgd_recipes.grading.prose.last import HEADINGS, TAG
from cgd_recipes.grading.prose.plainer import plainer, without_remarks
from cgd_recipes.grading.prose.reported import is_of_a_part, is_reported, last_of
from cgd_recipes.grading.prose.trimmed import trimmed, without_pictures

MAX_STATEMENT = 5_000
# A statement stands at the end.
MAX_TAIL = 20_000
TAGGED = re.compile(
    r"<(?P<tag>(?:final[_-]?)?ans(?:wer)?|final|result|solution)>(?P<said>.*?)(?P<end></(?P=tag)>|$)|\[ANSWER\](?P<square>.*?)(?P<stop>\[/ANSWER\]|$)",
    re.IGNORECASE | re.DOTALL,
)
# A statement that a later word takes back or doubts.
RETRACTED = re.compile(
    r"\b(?:however|wait|alternatively|actually|hmm|on second thought|but|oops|correction|sorry|my mistake|made an? (?:mistake|error))\b"
    r"(?!\s+(?:that|this|it)\s+(?:was|is)(?:n't|\s+not)\s+(?:the\s+question|what|asked|needed))",
    re.IGNORECASE,
)
REASON = re.compile(
    r"\s*,?(?<!but)\s+(?:because|since)\b.*$|\s*,\s+(?:counting|coming\s+from|obtained\s+(?:from|by)|independent(?:ly)?\s+of|regardless\s+of|no\s+matter)\b(?!.*\b(?:but|times|plus|minus|only)\b).*$|,\s+(?:which(?!\s+(?:is|equals|makes|gives)\s+\S*\d)|as|meaning)\b(?!.*\b(?:wrong|incorrect|not|impossible)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
SO = re.compile(r"(?P<said>\$?[\d.,/]*\d(?:\s[a-z]+)?),\s+so\s(?P<rest>.*)", re.DOTALL)
LAST_LINE = re.compile(  # "A: 18", "#### Venus"
    r"[ \t]*(?:\**(?:A|Ans)\**[ \t]*:\**|(?P<four>\#{4})(?=[ \t]+[A-Za-z]\S*(?:[ \t]+[\w'-]+){0,3}\.?\s*$))[ \t]*(?P<said>[^\n]+?)\s*$",
    re.I,
)
HEADING = re.compile(
    rf"^[ \t]*(?:\#{{1,6}}[ \t]*\**|\*\*|\\textbf\s*\{{|\\section\*?\s*\{{)[ \t]*(?:the\s+)?(?:(?:final|correct)\s+)?"
    rf"(?:{NOUN}|conclusion)[ \t]*"
    r"(?::?\**:?|:?\})[ \t]*:?[ \t]*$"
    r"|^[ \t]*final[ \t]+answer[ \t]*:?[ \t]*(?:\n[ \t]*[=-]{3,}[ \t]*)?$",
    re.IGNORECASE | re.MULTILINE,
)
HEADED_BY = ("#", "**", "\\")
PLAIN_HEADINGS = tuple(
    f"{line}{end}" for line in ("inal answer", "inal Answer", "INAL ANSWER") for end in ("\n", ":\n")
)
NEXT_HEADING = re.compile(r"^(?:\#{1,6}[ \t]|\*\*[A-Z][a-z]+:?\*\*:?[ \t]*$)", re.MULTILINE)
SAID = re.compile(r"[^\n]*(?:\n(?=[ \t]*(?:\$\$|\\\[)[ \t]*\S)[^\n]*)?")  # or a display on the next line
LIST = re.compile(r"[-*+\u2022]\s|\d[.)]\s")
ITEM = re.compile(r"^[-*+\u2022]\s+")
# Behind "the answer is:": mathematics, bold text or a few words on the next line, with nothing else on it; or the last line.
BELOW = re.compile(
    rf"\s*\n[\s>]*(?:```[a-z]*\n\s*)?(?!{LIST.pattern})(?P<line>"
    r"\$\$[^$]+\$\$[.,]?|\\\[(?:(?!\\\]).)+\\\][.,]?|\$[^$\n]+\$\.?|\\\([^\n]+?\\\)\.?|\*\*[^*\n]+\*\*\.?"
    r"|(?:\S+[ \t]*){1,4}(?=\n|\Z)|[^\n]+\Z)[ \t]*(?=\n|\Z)",
    re.DOTALL,
)
# The only item below it: "The answer is:\n\n- 50".
ONE_ITEM = re.compile(
    r"\s*\n[ \t>]*[-*+\u2022][ \t]+(?P<line>(?:\*\*)?(?:\$[^$\n]+\$|\\\([^\n]+?\\\)|[^\s*]+)(?:[ \t][A-Za-z]+)?(?:\*\*)?\.?)\s*\Z"
)
# "Answer: I'd put down 50."
SAID_BY = re.compile(
    r"^(?:I(?:['\u2019]d|['\u2019]ll|\s+would|\s+will)?\s+(?:say|answer|get|got|give|put\s+down|go\s+with|write(?:\s+down)?|enter|submit)"
    r"|that(?:\s+would\s+be|['\u2019]d\s+be|['\u2019]s|\s+is)|(?:you|we)\s+(?:should\s+|will\s+|['\u2019]ll\s+)?(?:get|have))\s+(?=[*$]*[-\u2212]?[\d\\$])",
    re.IGNORECASE,
)
HOPE = re.compile(r"\.?\s*I hope (?:it|this) is correct.*$", re.IGNORECASE)
LONE = re.compile(
    r"(?:\*\*(?P<bold>[^*\n]+)\*\*|\$\$?(?P<math>[^$]+)\$\$?|\\\((?P<round>.+?)\\\)|\\\[(?P<display>.+?)\\\])[.\s]*",
    re.DOTALL,
)
# "{2, -5}", whose braces TeX would not show.
PLAIN_SET = re.compile(r"(?:(?<=[\u2208=]\s)|(?<=\\in\s)|^)\{(?P<said>[^{}\\$,]+(?:,[^{}\\$,]+)+)\}(?=\.?$)")
QUOTED = re.compile(r"^[ \t]*>[ \t]*(?=\S)", re.MULTILINE)
# A word, or too much for a formula.
NO_FORMULA = re.compile(
    r"(?<![A-Za-z\\])(?!mod|pmod|sin|cos|tan|log|exp|sqrt|and)[A-Za-z]{3,}|.{100}|[?!;]|\\text|[.,]\s+[A-Z]"
)
EXCLAIMED = re.compile(r"\S*\d( [a-z]+)*!|.*[^!\\](?:[$%\u00b0\]]|\\\))!")


class Found(NamedTuple):
    """A statement of a final answer.

    Args:
        place: where in the text it begins.
        said: the answer, as far as it goes.
        closed: nothing of it is missing.
    """

    place: int
    said: str
    closed: bool = True


def stated(text: str, *, marked: bool = False) -> tuple[str, Fault]:
    """The answer that a text states last, and what is wrong with it: see `extract_answer`; if so wanted, only a marked one."""
    end = trimmed(on_one_line(text[-MAX_TAIL:]))
    found = _found(end, text, marked=marked)
    if not found and not marked and (plain := plainer(end)) != end:
        end, found = plain, _found(plain, plain)
    if not found:
        return "", "no answer"
    last = max(found, key=lambda each: each.place)
    place = max(end.find(last.said, last.place), last.place) + len(last.said)
    if not last.said or RETRACTED.search(end, place) or taken_back(last.said, "", end[place:]):
        return "", "no answer"
    return (last.said, "") if last.closed and whole(last.said) else (last.said, "cut off")


def _found(text: str, written: str, *, marked: bool = False) -> list[Found]:
    """The statements of a trimmed text, which was `written` with more behind it; what is not marked only where nothing marked follows."""
    headed = any(mark in text for mark in HEADED_BY) or any(line in text for line in PLAIN_HEADINGS)
    headings = [match.span() for match in HEADING.finditer(text)] if headed else []
    found = [
        *_tagged(text),
        *_sentences(text),
        *_last_line(text),
        *(_headed(text, headings[-1][1]) if headings else ()),
    ]
    if label := labelled(text):
        found.append(_as_found(*label, text))
    if final := called_final(written, text):
        found.append(_as_found(*final, text))
    heading = headings[-1][0] if headings else -1
    if not marked and all(each.place < heading for each in found):
        found += _in_prose(text)
    return found


def _in_prose(text: str) -> list[Found]:
    """What the last sentence or line of a text states without a label."""
    if is_reported(last_of(text)):
        return []
    if in_prose := concluded_in_prose(text):
        said = with_money(in_prose[1]).strip()
        if "=" in said and said.endswith("$") and said.count("$") == 1:
            said = said[:-1]  # the mathematics began before the value
        return [Found(in_prose[0], said)]
    conclusion = concluded(text)
    return [_as_found(conclusion[0], with_money(conclusion[1]), text)] if conclusion else []


def _tagged(text: str) -> list[Found]:
    matches = list(TAGGED.finditer(text))
    if not matches:
        return []
    last = matches[-1]
    said = last["said"] if last["square"] is None else last["square"]
    if len(said) > MAX_STATEMENT:
        return []
    inner = _sentences(said)
    closed = bool(last["end"] or last["stop"] or (last["square"] and "\n" not in said.strip()))
    return [Found(last.end() - 1, inner[-1].said if inner else tidy_statement(said), closed)]


def _sentences(text: str) -> list[Found]:
    """The last sentence that says what the answer is."""
    small = text.casefold()
    if not any(word in small for word in KEYWORDS) and not ("ans" in small and ANS.search(small)):
        return []
    matches = list(STATEMENT.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)][: len(matches)]
    for match, end in [*zip(matches, ends, strict=True)][::-1]:
        said = _behind(text, match.end(), end)
        bold = text.count("**", text.rfind("\n", 0, match.start()) + 1, match.end()) % 2
        if bold and said.count("**") % 2:
            said, bold = said.replace("**", "", 1), 0  # bold that began before the label: "**Answer: 7 cuts** (not 8)"
        said = TAG.sub("", _without_reason(first_sentence(HOPE.sub("", said)))).strip()
        before = max(match.start() - 60, text.rfind("\n", 0, match.start()) + 1)
        if TENTATIVE.search(text, before, match.end()) or REPORTED.search(text[before : match.start()]):
            continue
        if is_of_a_part(text[before : match.end()], text[match.end() :]):
            continue
        value = _read(said)
        if said.strip("*#: ") and (value != said or not is_prose(said.lstrip("*$ "), match[0])):
            last = _as_found(match.start(), value, text)
            return [last._replace(closed=last.closed and not (bold and "**" not in text[match.end() :]))]
    return []


def _behind(text: str, start: int, end: int) -> str:
    """What stands behind the words of a statement: the rest of the line, or what is below."""
    line = SAID.match(text, start, min(end, start + MAX_STATEMENT))
    said = line[0] if line else ""
    if not said.strip("*: ") and (below := BELOW.match(text, start + len(said), end)):
        return below["line"]
    if not said.strip("*: ") and (one := ONE_ITEM.match(text[start + len(said) : end])):
        return one["line"]
    if not said.strip("*: ") and (items := listed(text[start + len(said) : end].strip().split("\n"), "answer")):
        return items
    if text[start - 1 : start] != "\n":
        return said
    if LIST.match(said) and start + len(said) < end:
        return listed(text[start:end].strip().split("\n"), "answer")
    return ITEM.sub("", said.lstrip("> "))


def _without_reason(said: str) -> str:
    """What is said without a reason behind it; one in parentheses is part of a remark."""
    reason = REASON.search(said)
    inside = reason and said.count("(", 0, reason.start()) > said.count(")", 0, reason.start())
    return said[: reason.start()] if reason and not inside else said


def _last_line(text: str) -> list[Found]:
    start = max(text.rfind("\n") + 1, len(text) - MAX_STATEMENT)
    match = LAST_LINE.match(text, start)
    if match is None or (match["four"] and HEADINGS.fullmatch(match["said"])):
        return []
    return [_as_found(match.start("said"), _read(match["said"]), text)]


def _read(said: str) -> str:
    """What a statement says, without remarks; as it stands where bold text in it is cut off."""
    if (so := SO.match(said)) and so["rest"].count(re.sub(r"[^\d.]", "", so["said"]).strip(".") or so["said"]):
        return so["said"]  # "The answer is 150, so Omar needs 150 dollars of the 180."
    said = SAID_BY.sub("", said)
    value = said if said.count("**") % 2 else labelled_value(said)
    if value == said and (plain := without_remarks(said)) != said:
        return _read(plain)
    return said if value == said else with_money(value)


def _headed(text: str, end: int) -> list[Found]:
    """What stands alone under a last heading, which ends there: one line, or one display or bold text."""
    if len(text) - end > MAX_STATEMENT:
        return []
    below = QUOTED.sub("", text[end:].strip())
    if (further := NEXT_HEADING.search(below)) and further.start():
        below = below[: further.start()].strip()
    while "\n" in below and is_remark(below.rpartition("\n")[2].replace("*", "")):
        below = below.rpartition("\n")[0].rstrip()
    lone = LONE.fullmatch(below)
    if lone:
        said = next(part for part in lone.groups() if part is not None)
        return [Found(end, tidy_statement(said))]
    if (display := DISPLAY.match(below)) and AFTER_DISPLAY.fullmatch(below, display.end()):
        return [Found(end, tidy_statement(display[0]))]
    lines = [line for line in below.split("\n") if line.strip()]
    if len(lines) == 1:
        lines = [ITEM.sub("", lines[0])]
    emphasised = list(re.finditer(r"\*\*([^*\n]+)\*\*", below))
    if items := listed(lines, text[:end]):
        return [Found(end, items)]
    if len(lines) == 1 and len(emphasised) == 1 and re.search(r"\d|\$|\\", emphasised[0][1]):
        return [Found(end, tidy_statement(emphasised[0][1]))]
    if len(lines) == 1 and (value := labelled_value(lines[0])) != lines[0]:
        return [Found(end, tidy_statement(with_money(value)))]
    short = len(lines) == 1 and (
        len(lines[0].split()) <= (6 if "=" in lines[0] else 4) or not NO_FORMULA.search(lines[0])
    )
    if short and not STATEMENT.search(lines[0]):
        return [_as_found(end, lines[0], text)]
    return []


def _as_found(place: int, said: str, text: str) -> Found:
    """A statement, with bold text and mathematics that begin and do not end told as cut off."""
    bold = said.count("**") % 2 == 1 and not said.rstrip(". ").endswith("**")
    return Found(place, tidy_statement(said), not bold)


def tidy_statement(said: str) -> str:
    """A statement without emphasis, quotation marks, full stop and a comment of code around it."""
    said = without_pictures(uncommented(said.strip())).strip()
    if (display := DISPLAY.match(said)) and not BOUND.match(said, display.end()):
        said = display[0].strip()
    for opening, closing in ((r"\[", r"\]"), (r"\(", r"\)")):  # the display began before the statement
        if said.count(closing) > said.count(opening):
            said = said.rpartition(closing)[0]
    if said.count("$") == 1 and said.endswith("$"):
        said = said[:-1]
    said = PLAIN_SET.sub(r"\\{\g<said>\\}", said.replace("**", ""))
    if said.endswith(")") and said.count(")") > said.count("(") and "[" not in said:
        said = said[:-1]
    said = (said if said.endswith("..") else said.rstrip(". ")).strip("*`_ ")
    if len(said) > 2 and said[0] == said[-1] == "'":
        said = said[1:-1]
    if EXCLAIMED.fullmatch(said):  # a sentence with an exclamation mark
        said = said[:-1]
    return said if said.endswith("...") else said.rstrip(". ").strip()
