r"""What the prose at the end of a response states as its answer: see docs/evaluation.md.

The last sentence that is no remark is cut into clauses (`clauses`); what it concludes has one value in the role of a result
(`roles`), or says its answer in words (`complements`). Doubt, a condition, a question, a plan, what others say, a second value in
the same role: nothing is stated.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.choices import chosen
from cgd_recipes.grading.prose.clauses import Clause, clause_of
from cgd_recipes.grading.prose.complements import ORDINAL, PARITY, answered, day_of, said_in_words
from cgd_recipes.grading.prose.doubts import STARTS
from cgd_recipes.grading.prose.ending import MAX_BACK, is_in_bold, is_remark, sentences
from cgd_recipes.grading.prose.figures import MATHEMATICS, in_figures, is_money
from cgd_recipes.grading.prose.heads import heads
from cgd_recipes.grading.prose.languages import in_other_language, language_of
from cgd_recipes.grading.prose.lexer import lexed
from cgd_recipes.grading.prose.lines import equation, numeric, total_row
from cgd_recipes.grading.prose.masked import M
from cgd_recipes.grading.prose.named import named_value
from cgd_recipes.grading.prose.reals import excludes_more, said_of_reals
from cgd_recipes.grading.prose.roles import stated_value
from cgd_recipes.grading.prose.ruled_out import is_of_power
from cgd_recipes.grading.prose.wording import CONCLUDING, CORRECTS, is_doubtful

# What tells that something was computed before the last sentence.
COMPUTES = re.compile(
    r"\d\s*[%\u00b0]?\s*(?:[-+*/=\u00d7\u00f7\u00b7\u2212x^]|times|plus|minus|divided|percent)\s*\S|=|[\u00d7\u221a]"
    r"|\b(?:twice|half|double|times|remain\w*|left|of them|each|per)\b|\$[^$]*[-+\\^][^$]*\$"
)
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
WHOLE_FIGURE = re.compile(r"(?:\d+\s)?\d+(?:\.\d+)?(?:/\d+)?")
COMPUTED_BESIDE = re.compile(r"\([^()]*\d\s*[-+*/\u00d7\u00b7]\s*[^()]*\)")
# "30 days after Thursday is a Saturday"
SAID_OF = re.compile(rf"{M}[^{M}]*\sis\s(?:an?\s)?[A-Za-z]+[.!]?$")
# "The oldest of the three is Bea.", "Three days after Monday comes Thursday."
NAME_LAST = re.compile(r"\s(?:is|was|be|comes|on)\s(?:an?\s)?[A-Z][a-z]+[.!]?$")
OF_THESE = re.compile(r"\bof (?:which|whom|these)\b")
TRAILING = re.compile(rf"(?<=of which ){M}|(?<=of whom ){M}|(?<=of these ){M}")
PLAIN = re.compile(r"[$\u20ac\u00a3]?-?[\d.,/ ]+%?(?:\s[a-z]+)*")
COMPUTES_IT = re.compile(r"(?:[=\u2248]|\b(?:would\s+be|gives|makes|leaves|leaving|we\s+get|obtain))\s*[$(]?$")
MAX_SENTENCE = 500
DANGLING = re.compile(r"\b(?:and|or|but|of|in|to|for|with|per|so|the|an?|such)\s*$")
SO = re.compile(r"^(?:.*,\s|\W*)(?:so|thus|hence|therefore)\b,?\s+(?=(?:yes|no)\b)", re.IGNORECASE)
# "It is 5" points to something before it.
POINTS = re.compile(r"\W*(?:it|this|that|they|these|those|we|one|you|I)\b", re.IGNORECASE)
PARENTHESIS = re.compile(r"\s*\((?:since|because|as)\b[^()]*\)(?=[.!]?$)", re.IGNORECASE)
WHOLE = re.compile(r"[.!)*\u3002\uff01]$|[\d%\u00b0)\]}$\u03c0]$")


def concluded_in_prose(text: str) -> tuple[int, str] | None:
    """Where the prose at the end of a trimmed text states its answer, and that answer; None where it states none."""
    for back, (place, sentence) in enumerate(sentences(text)):
        if back >= MAX_BACK:
            return None
        if back == 0:
            start = text.rfind("\n") + 1
            if row := total_row(_bold_end(text[start:])) or named_value(text[:start], text[start:].strip()):
                return max(text.rfind(row), place), row
        if is_remark(sentence):
            continue
        said = in_prose(sentence, text[:place], last=back == 0)
        # The statement ends where its sentence does, so that nothing in it counts as said after it.
        if said and excludes_more(said, sentence):
            return None
        return (place + len(sentence) - len(said), said) if said else None
    return None


# "Red: 15, blue: 90. **Total: 15 + 90 = 105**"
BOLD_END = re.compile(r"(?<=[.!]\s)\*\*[^*\n]+\*\*$")


def _bold_end(line: str) -> str:
    """The sentence in bold with which a line ends, or the line."""
    match = BOLD_END.search(line) if line.endswith("**") and len(line) <= MAX_SENTENCE else None
    return match[0] if match else line


ITEM = re.compile(r"[-+*\u2022|#>]\s|\d+[.)]\s|[\"\u201c]")

FULL_STOP = re.compile(r"[.!\u3002\uff01]$")


JOINED = re.compile(r" or | = ")


def in_prose(sentence: str, before: str, *, last: bool = True) -> str | None:
    """The answer that a sentence states behind the text before it."""
    plain = sentence.replace("**", "").strip()
    if (
        len(plain) > MAX_SENTENCE
        or ITEM.match(plain)
        or CORRECTS.match(plain)
        or is_of_power(plain)
        or (last and not _is_whole(plain, sentence))
    ):
        return None
    if language := language_of(plain):
        return in_other_language(plain, language)
    if said := chosen(plain) or equation(PARENTHESIS.sub("", plain)) or answered(SO.sub("", plain)):
        return said
    if last and not before.strip() and not FULL_STOP.search(plain):
        return None  # one sentence that may be cut off
    plain = OF_THEM.sub("", plain)
    if said := said_of_reals(plain) or called_answer(plain):
        return said
    if (whose := WHOSE.search(plain)) and not STARTS.match(plain):
        return in_prose("Its " + whose["rest"], before, last=last)
    if aside := in_brackets(plain) or namely(plain) or in_intervals(plain):
        return aside
    clause = clause_of(plain, follows=bool(before.strip()))
    if clause is None:
        return None
    for each in heads(clause):
        if said := _of_clause(each, plain, before, last=last):
            return said
        if (first := _as_computed(each, before)) and (said := _of_clause(first, plain, before, last=last)):
            return said
    return None


# "Together these form the dihedral group, whose order is 8."
WHOSE = re.compile(r",\s+whose\s+(?P<rest>[a-z]+\s+(?:is|are|equals)\s[^,]+[.!])$")
# "The hands make a right angle (90 degrees)."
BRACKETS = re.compile(r"^(?P<head>[^()\d\\]+)\((?P<said>[^()\\]*\d[^()\\]*)\)[.!]?$")
MEASURED = re.compile(r"=|[\u00b0%$]|\d{2}|\d\s[a-z]")


def in_brackets(sentence: str) -> str | None:
    """The value in brackets with which a sentence without another value ends."""
    match = BRACKETS.match(sentence)
    behind = _alone(match) if match and MEASURED.search(match["said"]) else ""
    return match["said"].rpartition("=")[2].strip() if match and re.fullmatch(rf"{M}(?:\s[a-z]+)?\.", behind) else None


def _alone(match: re.Match[str]) -> str:
    """What a sentence says behind its head, with its values masked; "" where the head has a value of its own, or doubt."""
    whole, head = lexed(match["said"] + "."), lexed(match["head"] + ".")
    if whole is None or head is None or M in head.text or is_doubtful(match["head"]):
        return ""
    return whole.text


# "Beth is the tallest of the three."
OF_THEM = re.compile(
    r"(?:(?<=er)\s+of\s+the\s+(?:two|2)|(?<=est)\s+of\s+(?:the\s+|all\s+)?(?:two|three|four|five|six|[2-6])|(?<=est)\s+of\s+(?:them(?:\s+all)?|all))(?=[.!]?$|,\s+by\s)"
)
# "Therefore x = 5 is the final answer."
CALLED = re.compile(
    rf"^\W*(?:{CONCLUDING},?\s+)?(?P<said>\S.*?)\s+is\s+(?:indeed\s+|therefore\s+|thus\s+|then\s+)?(?:the|our|my)\s+(?:final\s+|correct\s+|required\s+)?answer[.!]?$",
    re.IGNORECASE,
)


def called_answer(sentence: str) -> str | None:
    """The one value that a sentence calls the answer."""
    match = CALLED.match(sentence)
    whole = lexed(match["said"] + ".") if match else None
    return match["said"] if match and whole and re.fullmatch(rf"{M}(?:\s[a-z]+)?\.", whole.text) else None


# "There are three solutions, namely 0 and 2."
NAMELY = re.compile(r"^(?P<head>[^()\d\\]+),\s+namely,?\s+(?P<said>[^.]*\S)[.!]$")
MANY = re.compile(r"\b(?:solutions|roots|values|numbers|zeros)$")


def namely(sentence: str) -> str | None:
    """The value, or the values of several things, with which a sentence without another one ends behind "namely"."""
    match = NAMELY.match(sentence)
    if match is None:
        return None
    behind = _alone(match)
    several = MANY.search(match["head"]) and re.fullmatch(rf"{M}(?:(?:,|,?\s+and)\s+{M})+\.", behind)
    return match["said"] if behind == f"{M}." or several else None


# "The domain is 1 < x < 9 with x \u2260 4, that is, (1, 4) \u222a (4, 9)."
INTERVAL = r"[(\[][^()\[\],;]{1,30},[^()\[\],;]{1,30}[)\]]"
THAT_IS = re.compile(
    rf"^(?P<head>[^()\[\]]*)(?:,\s+(?:that\s+is|i\.e\.),?|\si\.e\.,?)\s+(?P<said>\$?{INTERVAL}(?:\s*(?:\u222a|\\cup(?![a-z]))\s*{INTERVAL})*\$?)\.?$"
)
COMPARES = re.compile(r"[<>\u2264\u2265\u2260]=?|!=|\\(?:ne|le|ge)q?(?![a-z])")


def in_intervals(sentence: str) -> str | None:
    """The intervals with which a sentence ends that says the same by inequalities before."""
    match = THAT_IS.match(sentence) if "that is" in sentence or "i.e." in sentence else None
    return match["said"].strip("$") if match and not is_doubtful(COMPARES.sub("=", match["head"])) else None


ORDER = re.compile(r"\b(?:original|originally|initial|initially)\b")


def _as_computed(clause: Clause, before: str) -> Clause | None:
    """A clause without words of order, where its only value is what was computed last: "The original price was 50."."""
    if not ORDER.search(clause.main.text) or len(clause.main.values) != 1:
        return None
    figures = FIGURE.findall(clause.main.values[0])
    computed = re.findall(r"=\s*[$(]*([\d,]*\d(?:\.\d+)?)", before[-MAX_SENTENCE:])
    if len(figures) != 1 or not computed or figures[0].replace(",", "") != computed[-1].replace(",", ""):
        return None
    return clause._replace(main=clause.main._replace(text=ORDER.sub("", clause.main.text)))


def _of_clause(clause: Clause, sentence: str, before: str, *, last: bool) -> str | None:
    """The answer that a clause of a sentence states: its value, or its words."""
    text = clause.main.text
    if not clause.main.values and (said := answered(text)):
        return said
    if M in text and not day_of(clause) and (found := stated_value(clause.main, concludes=clause.concludes)):
        several = text.count(M, 0, text.rfind(M)) > 1 or JOINED.search(found.value) is not None
        computed = (
            bool(COMPUTES.search(before + clause.premise) or COMPUTED_BESIDE.search(sentence))
            or several
            or not last
            or len(FIGURE.findall(figures(before[-MAX_SENTENCE:]))) > 1
        )
        sure = found.sure and not (PLAIN.fullmatch(found.value) and POINTS.match(text))
        if not (sure or clause.concludes or (computed and _is_new(found.value, before))):
            return None
        return None if _repeats(found.value, sentence, before) else numeric(found.value)
    if (
        M in text
        and not day_of(clause)
        and not (clause.concludes and SAID_OF.match(text))
        and not NAME_LAST.search(sentence)
        and not ORDINAL.match(text)
        and not PARITY.match(text)
    ):
        return None
    return said_in_words(clause, sure=clause.concludes or bool(before.strip()))


def _repeats(value: str, sentence: str, before: str) -> bool:
    """Whether a value only repeats what was given, while what was left out behind it is new: "30 cabins, of which 14 are empty"."""
    if not OF_THESE.search(sentence) or _is_new(value, before):
        return False
    whole = lexed(sentence)
    found = [*TRAILING.finditer(whole.text)] if whole else []
    left_out = [whole.values[whole.text.count(M, 0, match.start())] for match in found] if whole else []
    return bool(left_out) and all(_is_new(each, before) for each in left_out)


def figures(text: str) -> str:
    """A text with its numbers in words as figures, as far as they are clear."""
    return in_figures(text) or text


def with_money(value: str) -> str:
    """A value whose signs of dollars are those of money, not of mathematics."""
    mathematics = any(not is_money(match[0]) for match in MATHEMATICS.finditer(value))
    return re.sub(r"(?<!\\)\$(?=\s?\d)", r"\\$", value) if "=" in value and not mathematics else value


def _is_whole(sentence: str, written: str) -> bool:
    """Whether a sentence, which was written with emphasis, is not cut off."""
    return WHOLE.search(sentence) is not None or (
        (is_in_bold(written) or re.search(r"\d\s[a-z/]+$", sentence) is not None) and not DANGLING.search(sentence)
    )


def _is_new(value: str, before: str) -> bool:
    """Whether a value is not among the numbers before it, unless it was computed there."""
    figures = WHOLE_FIGURE.findall(value.replace(",", ""))
    if not figures:
        return True
    places = [*re.finditer(rf"(?<![\d./]){re.escape(figures[-1])}(?![\d/]|\.\d)", before.replace(",", ""))]
    return not places or COMPUTES_IT.search(before.replace(",", "")[: places[-1].start()]) is not None
