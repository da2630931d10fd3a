"""The words in which a response says what its answer is, and what makes them a supposition or somebody else's."""

from __future__ import annotations

import re

NOUN = r"(?:answer|ans|result|solution)"
IS = (
    r"(?:is\s+none\s+other\s+than\b|(?:is|will\s+be|would\s+(?:(?:thus|therefore|then)\s+)?be|must\s+be|should\s+be|=)(?!\w)(?:\s+(?:equal\s+to|given\s+by|exactly|precisely)\b)?|equals\b|comes\s+(?:out\s+)?to(?:\s+be)?\b|can\s+only\s+be\b|(?:cannot|can['\u2019]t)\s+be\s+(?:anything|any\s+other\s+value)\s+(?:other|else)?\s*(?:than|but)\b|turns\s+out\s+to\s+be\b"
    r"|works\s+out\s+to(?:\s+be)?\b)"
)
# A value, alone or with one word behind it, at the end of a text
AT_END = r"[-\u2212]?[$(]?[-\u2212]?(?:\d|\\[a-z])[^\sA-Za-z]{0,40}(?:[ \t]+[A-Za-z]{1,20})?\.?\s*\Z"
STATEMENT = re.compile(
    rf"(?:\\text(?:bf|rm|it)?\s*\{{\s*(?:final\s+)?answer\s*:?\s*\}}\s*[:=]?"
    rf"|\bfinal\s+{NOUN}\b\**\s*(?:(?::|\u2192|\u21d2|=>|-{{1,2}}>)\s*\**|of\b|[-\u2013\u2014](?=\s)|{IS})"
    r"|(?<![A-Za-z])(?<!long )(?<!short )(?<!long-)(?<!short-)(?:answer|ans)(?![A-Za-z])"
    r"\.?[*_]*(?:\s?\([^()\n]*\))?[*_]*\s*(?:[:\uff1a](?:-(?=\s))?|\u2192|\u21d2|=>|->|>{2,3})[*_]*"
    r"|^[ \t>*_]*(?:the\s+)?answer\s+to\s+(?:(?:the|this|your|our)\s+(?:question|problem|exercise|task|puzzle|riddle)"
    r"(?:\s+of\s[^\n:]{1,150}|\s[\"\u201c'(][^\n:]{1,200})?|[\"\u201c'][^\n:]{1,200}|[^\n:]{1,200}\?[\"\u201d'*)]*):(?=[*_]*\s)"
    r"|^[ \t>*_]*(?:final\s+)?(?:ans|ANSWER)\.?[ \t]+(?=[-\u2212]?(?:[$(]?\d|\$?\\))"
    r"|\b(?:giv\w+|get|yield\w*|obtain)\s+(?:us\s+)?an\s+answer\s+of\b"
    r"|^[ \t>]*\*\*answer\*\*(?=[ \t]+[^A-Za-z\s])(?![ \t]+[-\u2013\u2014][ \t])"
    r"|^[ \t>*_\u2234\u21d2]*(?:(?:final\s+)?answers\**[ \t]*:\**|solution:[ \t]*(?=\n[ \t]*[-*\u2022][ \t])|solutions\**[ \t]*:\**(?=\n)|"
    r"(?:answer|ans)\b\**(?:[ \t]*\((?:in|with|rounded|simplified|exact|numeric|final|to)\b[a-z .]{0,40}\)\**)?[ \t]*"
    r"(?:=|\.\**(?=[ \t]+\S)|[-\u2013\u2014](?=[ \t])|is\b))"
    r"|\b(?:the\s+)?(?:correct|right)\s+(?:option|choice)\s+is(?=[\s*:]*\(?[A-J][).])"
    r"|\((?:the\s+|my\s+)?final\s+answer\)[*_]*\s*[:=]|\b(?:(?:the|our|my)\s+(?:correct\s+|right\s+|required\s+)?|required\s+)answer\s+(?:to\s+(?:the|this)\s+(?:question|problem)\s+)?"
    rf"{IS}|^[ \t]*(?:\\?\#){{4}}(?=[ \t]*[^\s#A-Za-z]|[ \t]+(?:[A-Za-z]\b|[A-Za-z][^=\n]{{0,20}}=))"
    # "... 120 each. #### 1,940", "12 + 7 = 19 #### 19": behind a sentence or the value itself, and the end of all
    rf"|(?<=[.!])[ \t]+\#{{4}}[ \t]+(?={AT_END})|(?<==[ \t])(?P<same>\d{{1,12}})[ \t]+\#{{4}}[ \t]+(?=(?P=same)\.?\s*\Z))"
    r"(?:[ \t]*as[ \t]+follows)?(?:[ \t]*(?:therefore|thus|then|hence|simply|indeed|just)\b,?)?[ \t]*(?::|\.{3}|\u2026)?[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
# One of these is in every statement.
KEYWORDS = ("answer", "final", "solution:\n", "solutions:", "solutions**:", "#", "option", "choice")
ANS = re.compile(r"(?<![a-z])ans(?![a-z])")
# "If the answer is 18", "an intermediate answer: 18".
TENTATIVE = re.compile(
    r"\b(?:if|suppose|supposing|assume|assuming|whether|unless|intermediate|partial|initial|first|previous|wrong|incorrect|tentative|possible|rough"
    r"|maybe|perhaps|possibly|probably|likely)"
    r"\s+(?:that\s+)?(?:the\s+|our\s+|my\s+)?(?:final\s+|correct\s+|right\s+)?(?:answers?|option|choice)\b",
    re.IGNORECASE,
)
# "Some students say the answer is 18", "I am not sure the answer is 18".
REPORTED = re.compile(
    r"\b(?:not\s+(?:sure|certain|clear)|unsure|uncertain|(?<!I )(?:might|may|could|would)\s+(?:think|say|guess|believe|argue|claim|expect)"
    r"|(?:some|someone|somebody|many|students?|people|others|they|one)\s+(?:\w+\s+)?(?:think|thinks|say|says|said|claim|claims|believe|guess)|tempt\w*"
    r"|(?<!\bI\s)(?<!\bwe\s)(?:claims|says|thinks|believes|guesses|insists|argues|claimed|insisted|argued))\b[^.!?\n]{0,30}$"
    # "the student's answer"
    r"|\b(?!(?:question|problem|puzzle|exercise|task|let|here|that|it|what|there)['\u2019]s)[A-Za-z]+['\u2019]s\s+(?:\w+\s+)?$"
    # "half of the answer", "a bound for the answer"
    r"|\b(?:of|for|on|than|half|twice)\s+(?:the\s+|our\s+|my\s+)?$",
    re.IGNORECASE,
)
# "12  # done", "\"12\""
COMMENT = re.compile(
    r"(?<=[\d\"'}])\s+(?:\#|//)\s*(?i:(?:the\s|my\s)?(?:final\s)?(?:answer|result)|final|done|end)\W*$"
)
QUOTED_VALUE = re.compile(r"^([\"'])(?P<said>[-\d.,/]+)\1$")


def uncommented(said: str) -> str:
    """What is said without a comment that calls it the answer, and without quotes."""
    return QUOTED_VALUE.sub(r"\g<said>", COMMENT.sub("", said))
