r"""What the last line of a response states as its answer, without the word "answer" in English before it.

`Therefore, $x = 9$.`; `**Correct option: (b)**`; `{"answer": 25}`; `答案: 25`, `Respuesta: 25`; a last line that is one value;
"So Marian has 5 apples left."; "Therefore, the rate is **8%**." Nowhere else than at the end.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from cgd_recipes.grading.endings.first_sentence import QUESTIONED
from cgd_recipes.grading.prose.ending import END, is_remark
from cgd_recipes.grading.prose.labelled import labelled as labelled_value
from cgd_recipes.grading.prose.languages import in_figures_of
from cgd_recipes.grading.prose.last import (
    in_bold,
    last_line,
    last_sentence,
    lone_value,
    value_of,
)
from cgd_recipes.grading.prose.lines import numeric
from cgd_recipes.grading.prose.trimmed import MAX_FINAL, MAX_LINE, SAID_FINAL
from cgd_recipes.grading.prose.wording import CONCLUDING, is_doubtful

SYMBOL = r"\\?[A-Za-z]+(?:_(?:\{\w+\}|\w))?(?:\(-?\w{1,4}\))?"
LABELS = json.loads(Path(__file__).with_name("labels.json").read_text(encoding="utf-8"))
# The whole last sentence: a word that concludes, and equations.
EQUATION = re.compile(
    rf"\W*{CONCLUDING},?\s*(?:that\s+)?(?:(?:we\s+(?:have|get|find|obtain|conclude)|it\s+follows)(?:\s+that)?\s+)?"
    rf"(?:(?P<dollar>\$\$?)\s*{SYMBOL}\s*=\s*(?P<math>[^=$\n]+?)\s*\.?\s*(?P=dollar)"
    rf"|\\[(\[]\s*{SYMBOL}\s*=\s*(?P<round>[^=$\n]+?)\s*\.?\s*\\[)\]]|{SYMBOL}\s*=\s*(?P<plain>[^=$\n]*[^=$\s.。\n]))[.!。]?\**",
    re.IGNORECASE,
)
# "Thus, **$2n$**", "Hence: 7\u03c0.": one value and nothing more.
ONLY = re.compile(
    rf"\W*{CONCLUDING}\s*[,:]?\s*(?P<said>(?:\*\*|\$|\\[(\[]).+|(?P<plain>(?:(?![A-Za-z]{{3}}|\s(?:is|are)\s)[^$*<>\u2264\u2265])+)[.!])",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"\([^()]*[a-z]{3}[^()]*\)\W*")
# "Dividing by 2, $x = 12$."
FOUND = re.compile(
    rf"(?P<before>.*(?:\bwe\s+(?:find|get|obtain|have)(?:\s+that)?|\bgives(?:\s+us)?|\byields|\bto\s+(?:get|obtain|find)|\w,|\$,))\s*"
    rf"(?P<dollar>\$\$?)\s*(?P<said>{SYMBOL}\s*=[^=$<>,]+?)\s*\.?\s*(?P=dollar)\.?$",
    re.IGNORECASE,
)
# Words, and what makes the equation no single value.
NO_VALUE = re.compile(
    r"(?<![A-Za-z\\])[A-Za-z]{3,}|[<>≠≈?]|\\(?:approx|ne|neq|le|ge|in|pm|text\s*\{[^{}]*\b(?:or|and|if|for|not|where)\b)|[,;]\s|\.\s|\.\."
)


def any_label(words: list[str]) -> str:
    """A pattern for any of several labels, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


LABELLED = re.compile(
    rf"^\W*(?:{any_label(LABELS['before'])}[,\uff0c]?\s*)?(?:(?:(?:the\s+)?(?:correct|right)\s+(?:option|choice)|(?:final\s+)?(?:result|solution|total|conclusion|summary|verdict)s?|final(?:[\s_]+\w+)?|simplified(?:\s+(?:form|expression))?|(?:in\s+)?simplest\s+form|tl;?dr(?!\W+[a-z\s]+:)|{any_label(LABELS['labels'])})"
    rf"\s*(?:\*\*)?\s*(?:[:\uff1a=]|(?<=[Rr])\s[-\u2013\u2014](?=\s))|{any_label(LABELS['sentences'])}(?:\s*[:\uff1a])?)\s*(?:\*\*\s*)?(?P<said>\S.*?)(?:{any_label(LABELS['after'])})?[。.]?$",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(
    any_label([each for each in LABELS["labels"] if re.match(r"[a-z\u00c0-\u04ff]", each)]), re.IGNORECASE
)
# "35個", "6 яблок": what is counted, in the letters of other scripts; Greek ones are mathematics, and scales such as 万 part of the number.
SCRIPT = "[\u0400-\u04ff\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
COUNTED_ELSEWHERE = re.compile(
    rf"^([-+]?\d[\d.,]*)\s*{SCRIPT}{{1,12}}(?<![千万亿億兆百十半倍割])(?:\s{SCRIPT}{{2,12}}){{0,2}}$"
)
# "answer2", "alternative answer"
ALTERNATIVE = re.compile(r"(?:\w+[ _-])?(?:answer|alternative)s?(?:[ _-]?\d+)?")
MAX_YAML = 200
KEYS = ("answer", "final_answer", "final answer", "result")


def labelled(text: str) -> tuple[int, str] | None:
    """Where the last line says what the answer is, by a label or as an object of JSON, and the answer."""
    place, line = last_line(text)
    if (said := _of_json(text)) is not None:
        return place, said
    if "value:" in text[-MAX_YAML:] and (answer := YAML.search(text, max(0, len(text) - MAX_YAML))):
        return place, f"{answer['said'].strip()} {answer['unit'].strip()}"
    match = LABELLED.match(line)
    if match and ELSEWHERE.search(line, 0, match.start("said")):
        return (
            (place + match.start("said"), labelled_value(COUNTED_ELSEWHERE.sub(r"\1", elsewhere)))
            if (elsewhere := in_figures_of(match["said"]))
            else None
        )
    if match is None or QUESTIONED.match(match["said"]):
        return None
    said = END.split(match["said"], maxsplit=1)[0]
    if bold := in_bold(said.strip()):
        return place + match.start("said"), bold.strip("*")
    if "**" in line[: match.start("said")] and said.count("**") % 2:  # "Final answer: **3** (three)"
        said = said.replace("**", "", 1)
    # "Conclusion: Tom has 10 pens left."
    value = labelled_value(said)
    return place + match.start("said"), value if value != said else COUNTED_ELSEWHERE.sub(r"\1", said.strip("。 "))


# "How many in one? \u2192 12", "**How many in all?** 12", "FINAL ANSWER 12"
ASKED = re.compile(
    r"^\W*(?:(?:how|what|which|who|when|where)\b[^?]*\?(?:\**\s*(?:\u2192|\u21d2|-{1,2}>|=>|:)|\*\*(?=\s))|final\s+answer(?=\s))\s*(?P<said>[^?]+)$",
    re.IGNORECASE,
)


def concluded(text: str) -> tuple[int, str] | None:
    """Where the end of a text states one value that it concludes with, and that value: see `lone_value`."""
    place, line = last_line(text)
    if BRACKETED.fullmatch(line) and is_remark(line):  # "**110**", and below it "(That is 55% of them.)"
        text = text[:place].rstrip()
        place, line = last_line(text)
    if (said := lone_value(text, place, line)) is not None:
        return place, numeric(said)
    if (asked := ASKED.match(line)) and (
        said := value_of(re.sub(r"^\*\*|(?<!\*)\*\*$", "", asked["said"].strip()))
    ) is not None:
        return place + asked.start("said"), said
    start, sentence = last_sentence(line)
    if sentence[:1] in ('"', "\u201c"):
        return None
    if match := EQUATION.fullmatch(sentence):
        value = next(match[name] for name in ("math", "round", "plain") if match[name])
        if not NO_VALUE.search(value):
            return place + start, value.strip()
    if (match := ONLY.fullmatch(sentence)) and (
        said := value_of(f"**{match['plain']}**" if match["plain"] else match["said"])
    ):
        return place + start, said
    if (
        "=" in sentence
        and "$" in sentence
        and (match := FOUND.match(sentence))
        and "=" not in match["before"]
        and not is_doubtful(match["before"])
    ):
        return place + start, match["said"]
    return None


A_WORD = re.compile(r"(?<![A-Za-z\\])(?!(?:sqrt|sin|cos|tan|log|exp|pi)(?![A-Za-z]))[A-Za-z]{2,}")


def called_final(written: str, text: str) -> tuple[int, str] | None:
    """Where mathematics stands that a text, as it was written, calls its final answer behind it, and that mathematics."""
    end = written.rstrip(" .*\n")
    place, line = last_line(text)
    start, sentence = last_sentence(line)
    if not SAID_FINAL.search(end, max(0, len(end) - MAX_FINAL)) or A_WORD.search(sentence) or "=" not in sentence:
        return None
    return place + start, sentence


OBJECT = re.compile(r"(?:(?<=[\n \t`])|\A)\{(?=\s*[\"'])")
# `\frac` in a string of JSON, where `\f` would be a character of its own.
UNESCAPED = re.compile(r"(?<!\\)\\(?=[A-Za-z]{2})")

# What may be false of an answer that is one
HARMLESS = frozenset(
    ["rounded", "is_rounded", "approximate", "is_approximate", "estimated", "is_estimate", "uncertain", "error"]
)
YAML = re.compile(
    r"(?:\A|\n)[ \t]*(?:final[ _])?answer:[ \t]*\n(?P<indent>[ \t]{1,8})value:[ \t]*(?P<said>[^\n]{1,80})\n"
    r"(?P=indent)units?:[ \t]*(?P<unit>[^\n]{1,40})$",
    re.IGNORECASE,
)


def _of_json(text: str) -> str | None:
    if not text.endswith("}"):
        return None
    opening = [*OBJECT.finditer(text, max(0, len(text) - MAX_LINE))][-1:]
    if not opening:
        return None
    written = UNESCAPED.sub(r"\\\\", text[opening[0].start() :])
    pairs = _pairs(written) or _pairs(written.replace("'", '"'))
    if any(value is False and name.casefold() not in {*HARMLESS, *KEYS} for name, value in pairs):
        return ""
    said = {found for name, value in pairs if name.casefold() in KEYS and (found := _written(value))}
    wanted = [name for name, _ in pairs if name.casefold() in KEYS]
    others = {value for name, value in pairs if ALTERNATIVE.fullmatch(name.casefold()) and name.casefold() not in KEYS}
    return said.pop() if len(said) == 1 and len(wanted) == 1 and others <= said else None


def _written(value: object) -> str:
    """An answer of JSON as a text: a string, a number as it was written, or several of them; "" for anything else."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else ""


def _pairs(written: str) -> list[tuple[str, object]]:
    """Names and values of an object of JSON, numbers as they were written; none where it is none."""
    try:
        return list(json.loads(written, parse_int=str, parse_float=str, object_pairs_hook=list))
    except (ValueError, RecursionError):
        return []
