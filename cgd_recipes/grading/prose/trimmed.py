"""The end of a response without what says nothing: fences, tokens of control, pictures, markup, lines about the text."""

from __future__ import annotations

import re

MAX_LINE = 1_000
# What may stand behind everything without saying anything.
SAYS_NOTHING = ("\n```", "\n---", "\n***", "\n===", "</s>", "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "<|end_of_text|>", "<|end|>",
                "<end_of_turn>", r"$\blacksquare$", r"$\square$", "QED", "Q.E.D.",
                r"\qed", r"\hfill", r"\end{document}", r"\blacksquare", r"\square", " //", "*/", "<--", "<-",
                "<==", "<<<", "\u2190")  # fmt: skip
# Ticks, party poppers and the like.
PICTURE = "[\u220e\u2600-\u27bf\ufe0f\u25a0\u25a1\u25aa\u25fb-\u25fe\U0001f000-\U0001faff]"
PICTURE_BETWEEN = re.compile(rf"(?<=[.!?)*]){PICTURE}+\s|(?<=\s){PICTURE}+\s")
ONE_PICTURE = re.compile(PICTURE)
PICTURES = re.compile(rf"^(?:{PICTURE}\s*)+|(?:(?<!\s)\s*{PICTURE})+$")
# What is said behind an answer out of politeness.
POLITE = re.compile(
    r"(?:I hope (?:this|that|it)|hope (?:this|that|it)|(?:please )?let me know|feel free|"
    r"if you have any|happy to help|is there anything)\b[^\n]*$",
    re.IGNORECASE,
)
# "Median = 8 (final)", "24 km/h \u2190 final answer"
SAID_FINAL = re.compile(
    r"\s*(?:\((?:final|answer|ans\.?|(?:the\s+|my\s+)?final\s+answer)\)|(?:\u2190|<-{1,2})\s*(?:the\s+|my\s+)?(?:final\s+)?answer)$",
    re.IGNORECASE,
)
MAX_MARKUP, MAX_ABOUT, MAX_LINES_ABOUT = 40, 120, 5
FINALLY, MAX_FINAL = ("nal)", "wer)", "wer", "ns)", "ns.)"), 30


def without_pictures(text: str) -> str:
    """A text without the pictures that it begins or ends with."""
    return text if text.isascii() else PICTURES.sub("", text)


# "Confidence: 95%", "Difficulty: medium", in lines of their own behind an answer
ABOUT_TEXT = re.compile(
    r"\n\W*(?:(?:confidence(?:\s+(?:level|score))?|difficulty|topics?|subject|level|source|tags?|category|format|language|time(?:\s+(?:taken|spent|used))?|tokens?(?:\s+used)?)\W*[:=](?!.*\banswer\b)[^\n]{1,60}"
    r"|(?:status|certainty|verified|checked)\W*[:=]\W*(?:yes|true|done|final|complete[d]?|solved|verified|correct|checked|certain|high|very\s+high|full|\d{2,3}\s?%)\W*)$",
    re.IGNORECASE,
)
MARKUP = re.compile(
    r"\s*(?:<br\s*/?>|</?(?:p|div|center|body|html|section|article)>|&nbsp;"
    r"|\\end\{(?:center|flushleft|quote|large|Large)\}|\s<-+|\u2190+|\n[*\u2550=#~-]{3,})\s*$",
    re.IGNORECASE,
)
MARKUP_ENDS = (">", ";", "}", "-", "\u2190", "*", "\u2550", "=", "#", "~")


def without_lines_about(text: str) -> str:
    """A text without lines about itself behind it: "Difficulty: medium"."""
    for _ in range(MAX_LINES_ABOUT if "\n" in text else 0):
        about = ABOUT_TEXT.search(text, max(0, len(text) - MAX_ABOUT))
        if about is None or "}" in about[0]:  # of JSON
            break
        text = text[: about.start()]
    return text


def trimmed(text: str) -> str:
    """A text without fences of code, rules, pictures and tokens of control behind it; a picture ends a sentence as a full stop does."""
    end = len(text)
    pictured = end > 0 and ONE_PICTURE.match(text.rstrip()[-1:] or " ") is not None
    while end:
        start = end
        while end > 0 and (text[end - 1].isspace() or ONE_PICTURE.match(text, end - 1)):
            end -= 1
        if text.endswith(SAYS_NOTHING, 0, end):
            end -= next(len(each) for each in SAYS_NOTHING if text.endswith(each, 0, end))
        line = max(text.rfind("\n", 0, end), text.rfind(". ", 0, end) + 1, text.rfind("! ", 0, end) + 1)
        if not text.isascii():
            line = max(
                line, *(match.end() - 1 for match in PICTURE_BETWEEN.finditer(text, max(0, end - MAX_LINE), end)), -1
            )
        if 0 < line < end <= line + MAX_LINE and POLITE.match(text[line + 1 : end]):
            end = line
        if text.endswith(MARKUP_ENDS, 0, end) and (markup := MARKUP.search(text, max(0, end - MAX_MARKUP), end)):
            end = markup.start()
        elif (
            text.find("\n", max(0, end - MAX_ABOUT), end) >= 0
            and (about := ABOUT_TEXT.search(text, max(0, end - MAX_ABOUT), end))
            and "}" not in about[0]
        ):
            end = about.start()
        if text[:end].endswith(FINALLY) and (final := SAID_FINAL.search(text, max(0, end - MAX_FINAL), end)):
            end = final.start()
        if end == start:
            break
    return text[:end] + "." * (pictured and text[end - 1 : end].isalnum())
