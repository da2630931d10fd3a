"""Phrases that change nothing of what a sentence states, though their words do elsewhere: "and no other value", "if you want a decimal"."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.months import MONTHS
from cgd_recipes.grading.prose.wording import is_doubtful

COUNTS = r"(?:both|two|three|four|five|six|seven|eight|nine|ten|\d+)"
# No form begins within a word: so most places cost one look.
SILENT = re.compile(
    r"(?=[,\s(]|(?<![A-Za-z\d])[A-Za-z\d])(?:,?\s+no\s+matter\s+(?:how|what|which|where|when|who)\b[^,;\d]*(?=\W*$)|,?\s+(?:and|which)\s+(?:this\s+|it\s+|that\s+)?(?:can(?:not|['\u2019]t|\s+not))\s+be\s+(?:reduced|simplified|factored|cancelled)\b[^,;\d]*(?=\W*$)|,?\s+and\s+there\s+are(?:n['\u2019]t|\s+not)\s+any\s+(?:others?|more)(?=\W*$)"
    r"|(?:,|\s+[\u2013\u2014-])\s+(?:and\s+)?not\s+(?:just\s+|only\s+)?(?:on\s+|at\s+|in\s+|by\s+)?(?:[a-z]+\s+){0,2}(?:\d[\d.,]*(?:\s[a-z]+)?|(?<=\bday\s)[a-z]+)(?:,?\s+as\s[^;?]*)?(?=[.!]?$)"
    r"|,?\s*(?:and|but)\s+(?:by\s+|for\s+|at\s+|in\s+|with\s+)?(?:no|nothing|nowhere)\s+(?:else|others?|smaller|larger|more|less|fewer|greater|bigger|lower|higher)\b(?:\s+(?!is|are|has|have|can)[a-z]+){0,3}(?=\W*$)"
    r"|,?\s+if\s+(?:you|we|one)\s+(?:want|wanted|need|prefer|like|wish|insist)\b[^,.;)]*"
    rf"|,\s+(?:all\s+)?{COUNTS}\s+of\s+them(?=\W*$)|,?\s+in\s+(?:this|that)\s+order(?=\W*$)|\s+without\s+(?:bound|limit)\b"
    r"|\bnot\s+(?:exceeding|greater\s+than|more\s+than|less\s+than|smaller\s+than)\s+[-\u2212]?\d[\d.]*(?<!\.)"
    r"|\s+(?:with\s+no|without\s+(?:an?\s+)?)\s*remainder\b|\s+to\s+be\s+(?:certain|sure|safe)\b|(?<=\bthe\s)given\s+(?=range|interval|domain|values?|numbers?|function|equation|expression|sequence|series|curve|line|circle|triangle|polynomial|data|set|matrix)"
    r"|,?\s+(?:and|with)\s+nothing\s+(?:is\s+)?left\s+over(?=\W*$)|\s+for\s+some\s+constant\s+[A-Z](?=\W*$)|\b(?:\d+|[a-z]+)\s+choose\s+(?:\d+|[a-z]+),\s+or\s+(?=\d)"
    r"|\s+as\s+(?:the|its)\s+(?:(?:two|three|only|\d)\s+)?(?:real\s+)?(?:roots|solutions|answers|zeros)(?=\W*$)"
    r"|,\s+(?:though|although|if|but|even\s+if)\s+(?:only\s+)?(?:just|barely|narrowly|slightly)(?:\s+so)?(?=\W*$)|\s+away\s+from\s+where\s+[a-z]+\s+(?:began|started)\b"
    r"|\s+(?:that|which)\s+(?:can|could)\s+be\s+(?:[a-z]+ed|made|chosen|drawn|built|written)\b|,?\s+in\s+this\s+case,?(?=\s)|,\s+and\s+(?:as\s+a\s+(?:quick\s+)?check,?|indeed)\s[^;]*(?=[.!]$)"
    r"|\s*\([^()]*\b(?:for\s+(?:example|instance)|e\.g\.)[^()]*\)|(?<=\btells)\s+us(?:\s+that)?(?=\s+the\b)"
    r"|(?<=\bnumber)\s+(?:that\s+)?(?:we|he|she|they|you|I|[A-Z][a-z]+)\s+(?:started|began)\s+with\b|(?<=\bthe\s)original\s+(?=number\b)"
    rf"|\s+(?:between|among)\s+(?:(?:all|the)\s+)*(?:{COUNTS}\s+)?(?:of\s+)?them(?=\W*$)|,\s+each\s+(?:exactly\s+)?once(?=\W*$)"
    r"|\s+(?:on\s+)?the\s+(?:next|following)\s+(?:day|morning)(?=\W*$)|,?\s+respectively(?=\W*$)|\s+before\s+[a-z]+ing\b[^,;\d]*(?=\W*$)"
    r"|,?\s+and\s+(?:the|its)\s+[a-z]+,\s+by\s+the\s+way,\s[^.?!]*(?:\.\d[^.?!]*)?(?=[.!]?$)"
    r"|(?<=\d)\s+in\s+base\s+(?:ten|10)(?=\W*$)"
    r"|(?<=[a-z])\s+each(?=,?\s+(?:that|this|it)\s+(?:is|makes|comes|gives)\b))",
    re.IGNORECASE,
)
# "in April of 1912"
OF_YEAR = re.compile(rf"\b(?:{'|'.join(MONTHS)})\s+of\s+(?=\d{{4}}\b)")
# "As x approaches 2, this tends to 4", "only if k is 9"
APPROACHING = re.compile(
    r"^(?P<lead>\W*(?:(?:so|hence|thus),?\s+)?)as\s+\$?[a-z]\$?\s+(?:approaches|tends\s+to|goes\s+to|\u2192)\s+[^,\s]+,?\s+(?=(?:this|it|that|the)\s)",
    re.IGNORECASE,
)
ONLY_IF = re.compile(
    r"\b(?:only|exactly|precisely)\s+if\s+(?=\$?[a-z]\$?\s+(?:is|equals)\b|\$?[a-z]\s?=)", re.IGNORECASE
)
# "it cannot be more than 15, and 15 does work", "no method needs fewer than 15 moves, and the usual one needs no more"
AT_MOST = re.compile(
    r"^(?P<lead>(?:[^,]*,\s+)?(?:(?:so|and|thus|hence|therefore),?\s+)?)[^,]*\b(?:can(?:not|['\u2019]t)|no|never|nobody|nothing|does(?:n['\u2019]t|\s+not))\b[^,]*"
    r"\b(?:more|fewer|less|larger|greater|bigger|smaller|higher|lower|longer|shorter)\s(?:[a-z]+\s)?than\s+(?P<said>[^,]+?),?\s+(?:and|but)\s+"
    r"(?:(?P=said)\s+(?:(?:itself|indeed|does|also|is|can|be)\s+)*(?:works?|work|fine|possible|reached|attained|achieved|enough|allowed)"
    r"|[^,]*\b(?:reach|attain|achiev)(?:es|s|ed)?\s+(?:it|that|this)|(?:[^,\d]*\b)?(?:needs?|uses?)\s+no\s+(?:more|fewer)|(?:[^,\d]*\b)?does(?:n['\u2019]t|\s+not)\s+need\s+(?:any\s+)?more)\W*$",
    re.IGNORECASE,
)
# What is done, not what would be: "you would pay 68 dollars".
WOULD = re.compile(
    r"\b(?P<who>you|we|he|she|they|it|I|one|[A-Z][a-z]+)\s+would\s+(?:(?:therefore|thus|then|hence)\s+)?(?=[a-z]+\b)(?!(?:not|never|expect|have\s+been|make|think|say|guess|like|rather|if)\b)"
)
WOULD_BE = re.compile(r"\bwould\s+be\b", re.IGNORECASE)
WRITTEN = re.compile(
    r"\b(?:we|you)\s+(?:can\s+(?:also\s+)?)?(?:write|express)\s+(?:this|that|it|the\s+[a-z]+|this\s+[a-z]+|\d+)\s+as\b",
    re.IGNORECASE,
)
TELLS = re.compile(r"\btells(?=\s+(?:the|that|it)\b)")
# "Many people think that it is Sydney, but the capital is actually Canberra."
MANY_THINK = re.compile(
    r"^\W*(?:many|some|most)\s+(?:people|students)\s+(?:would\s+)?(?:guess|think|believe|assume|say|expect)\b[^.?;]*?,\s+but\s+(?=(?:it|the|its|[A-Z])[^.?;]*\b(?:actually|really|in\s+fact)\b)",
    re.IGNORECASE,
)
ACTUALLY = re.compile(r"(?<=\b(?:is|it|as)\s)(?:actually|really|in\s+fact)\s+", re.IGNORECASE)
# "the second one, 3^20, is larger"
THE_SECOND = re.compile(
    r"\bthe\s+(?:first|second|third|last|former|latter)(?:\s+(?:one|number|fraction|value|of\s+the\s+(?:two|three|2|3)(?:\s+numbers)?))?,\s+(?P<said>[^,]*\d[^,]*),(?=\s+is\b)",
    re.IGNORECASE,
)
ENDLESS = re.compile(r"\ban\s+infinite\s+number\s+of\b", re.IGNORECASE)
QUOTED = re.compile(r"[\"\u201c](?P<said>[^\"\u201c\u201d.?!]{1,30})[\"\u201d]")
REPEATS = re.compile(r"\brepeats\s+(?:itself\s+)?every\b", re.IGNORECASE)
ON_SCALE = re.compile(r"\b(?P<degrees>degrees)\s+on\s+the\s+(?P<scale>Celsius|Fahrenheit)\s+scale")
# "the color that appears most often"
APPEARS = re.compile(r"\bappears?\s+(?=(?:the\s+)?(?:most|least|more|exactly|only|\d|once|twice|as)\b)", re.IGNORECASE)
ONE = frozenset(["one", "same", "twice", "also"])
OTHERWISE = re.compile(
    r"\b(?:if|had|unless|otherwise|instead|were|with|without|but|however|should|elsewhere)\b", re.IGNORECASE
)
# "(the same as one of the others)", where nothing in it is doubt
REMARK = re.compile(r"\s+\((?P<said>[^()]*[a-z]{3}[^()]*)\)(?=\W*$)")
CAN = re.compile(r"\bcan\s+be\b", re.IGNORECASE)


@lru_cache(maxsize=8)
def trimmed(sentence: str, several: bool) -> str:
    """A sentence without such phrases.

    Args:
        sentence: in full.
        several: whether the gold answer has several values, each of which "can be".
    """
    if (remark := REMARK.search(sentence)) and not is_doubtful(remark["said"], ONE):
        sentence = sentence[: remark.start()] + sentence[remark.end() :]
    if ", but " in sentence and MANY_THINK.match(sentence):
        sentence = ACTUALLY.sub("", MANY_THINK.sub("", sentence))
    sentence = ONLY_IF.sub("exactly when ", APPROACHING.sub(r"\g<lead>", sentence))
    if " of 1" in sentence or " of 2" in sentence:
        sentence = OF_YEAR.sub("", sentence)
    if " than " in sentence:
        sentence = AT_MOST.sub(r"\g<lead>it is \g<said>.", sentence)
    if ", is" in sentence:
        sentence = THE_SECOND.sub(r"\g<said>", sentence)
    sentence = ENDLESS.sub("infinitely many", sentence)
    sentence = TELLS.sub("gives", WRITTEN.sub("it is", sentence))
    sentence = QUOTED.sub(r"\g<said>", sentence)
    sentence = ON_SCALE.sub(r"\g<degrees> \g<scale>", REPEATS.sub("has a period of", sentence))
    sentence = APPEARS.sub("occurs ", SILENT.sub("", sentence))
    if several:
        sentence = CAN.sub("is", sentence)
    return sentence if OTHERWISE.search(sentence) else WOULD_BE.sub("is", WOULD.sub(r"\g<who> ", sentence))
