r"""Forms of sentences that have one value, and the words that decide whether it is claimed: see `claim`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from cgd_recipes.grading.figures import MASK, SYMBOL_MASK

M = MASK
VALUE = rf"(?P<value>{M})"
ENDS = re.compile(rf"(?:[\w)%{M}{SYMBOL_MASK}][.!]|the\sword\s\S+[.!]|{M})$")
# What may stand before the sentence proper, and the premise of one: "There are 4 of 12, so the probability is one third."
LEAD = re.compile(
    r"^(?:in\s(?:other\swords|this\scase)|indeed|(?:this|that|it|which)\s(?:means|shows|implies)(?:\sthat)?|"
    r"we\s(?:see|conclude|find|have|get)\sthat|it\s(?:follows|is\sclear|is\sevident)\sthat)\b,?\s*",
    re.IGNORECASE,
)
THEN = re.compile(
    r"[,;]\s+(?:and\s+)?(?:so|therefore|thus|hence|which\s+means|meaning)\b(?:\s+that\b)?,?\s+", re.IGNORECASE
)
NO_PREMISE = re.compile(
    r"\b(?:if|suppos\w+|assum\w+|let|unless|maybe|perhaps|might|may|could|would|sure|say|not|never|example|wrong|guess)\b|\?",
    re.IGNORECASE,
)
# "So" begins a step as well, where nothing is before it.
STEP = re.compile(r"^\W*(?:so|thus|hence)\b", re.IGNORECASE)
# Two ways to write one value.
JOINED = re.compile(rf"{M}(?P<by>,?\s+(?:or|that\s+is,?|i\.e\.,?|which\s+(?:is|equals)|out\s+of)\s+){M}")
ADVERB = r"(?:(?:therefore|thus|then|hence|exactly|precisely|simply|just|a\stotal\sof)\s|:\s*)?"
IS = (
    r"(?:is|are|was|were|will\sbe|equals?|(?:is|are|was)\s(?:therefore\s|thus\s)?(?:equal|equivalent)\sto|comes\sto|"
    r"amounts\sto|becomes|totals|gives|evaluates\sto|simplifies\sto)"
)
# The first word of a sentence that is none of these is taken for a name.
NAME = (
    r"(?:(?!(?:The|There|It|Its|He|His|She|Her|They|Their|We|I|You|Our|One|Let|Now|Then|Next|Here|Note|Notice|Recall|Remember|Since|As|If|When|Given|With|For|From|"
    r"To|In|On|By|At|Also|And|But|Or|See|Of|An?|This|That|These|Those|What|How|Some|Many|Most|Few|Each|Every|Both|All|No|Nobody|None|Nothing|Neither|"
    r"Someone|Thus|So|Step|Check|Hint|Using|Only|Put|Set|Try|Take|Consider|Plug|Substitute|Divide|Multiply|Add|Subtract|Compute|Calculate|Find|Write|"
    r"Look|Go|Count|Start|Say|Suppose|Assume|Test|Round|[A-Z][a-z]+ly)\b)[A-Z][a-z]+)"
)
WE_GET = r"[Ww]e\s(?:therefore\s|finally\s)?(?:get|obtain|find|arrive\sat|end\sup\swith|are\sleft\swith)"
# "So we divide by 18."
PROCEDURE = re.compile(
    r"(?:(?:we|I|you|let\sus)\s(?!(?:(?:can|will|are|also|\w+ly)\s)*(?:get|have|obtain|find|conclude|see|need|arrive|end|left|reach|make|buy|form|choose|arrange|fit|seat)\b)|"
    r"(?:divide|multiply|subtract|add|take|use|write|put|plug|substitute|try|check|go|look|see|recall|note|compute|calculate)\b)",
    re.IGNORECASE,
)
# What tells a result from a number that was given.
LEFT = re.compile(
    r"\b(?:left(?:\sover)?|remaining|in\stotal|in\sall|altogether|all\stogether|total)[.!]?$", re.IGNORECASE
)
SUCH = re.compile(r"\s(?:different\s|distinct\s)?such\s[a-z][a-z\s-]*[.!]?$", re.IGNORECASE)
RESULT = re.compile(
    r"\b(?:an?|the)\s(?:\w+\s)?(?:total|profit|sum|average|mean|difference|product|probability|loss|gain)\sof\s$"
)
FIGURE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+|/[0-9]+)?")
COMPUTED = re.compile(r"(?:=|>>|\b(?:gives?|gets?|yields?|obtain|leaves)(?:\s+us)?)[\s$*\\(£€]*$", re.IGNORECASE)
# A further number may tell what is counted: "from 10 to 25", "for 10 people"; "at $2 each" is another value.
TELLS_WHAT = re.compile(
    rf"\b(?:from\s{M}\sto\s{M}|between\s{M}\sand\s{M}|both\s{M}\sand\s{M}|of\s{M}\s[a-z]+\sand\s{M}|(?:of|for|with|by|in|on|to|from|after)\s(?:the\s)?{M}|when\s{M}(?=\s[a-z])"
    rf"|(?:(?:less|greater|more|fewer|larger|smaller)\s)than\s(?:or\sequal\sto\s)?{M}"
    rf"|letters\s(?:[A-Z],?\s)+and\s[A-Z]\b|the\sword\s[\"\u201c][A-Za-z]+[\"\u201d])"
)
REMARK = re.compile(
    rf",\s(?:counting\sboth\s\w+|which\sis\s(?:the|our|a|an)\s[^,{M}]+|as\s(?:required|desired|claimed))(?=[.!]?$)"
)
# Doubt elsewhere, but part of what was asked in a subject, or behind the value, as in "six-sided".
SMALL_NUMBERS = frozenset(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
IN_SUBJECT = SMALL_NUMBERS | frozenset(
    ["least", "most", "than", "after", "or", "when", "where", "while", "under", "over", "between", "can", "some", "half", "only", "want",
     "wanted"]
)  # fmt: skip
BEHIND = SMALL_NUMBERS | frozenset(["than", "between", "when"])
ASKED = re.compile(
    rf"\bfirst\s(?={M})|\bleft\sover\b|^\spossible\b|\bat\sleast\sone\b|\bwithout\sreplacement\b|\bthat\scan\sbe\b|\bcan\s(?!be\b)|\baround\sthe\b",
    re.IGNORECASE,
)
# "The square of the answer is 7."
ANSWER = re.compile(r"\banswers?\b", re.IGNORECASE)
THE_ANSWER = re.compile(
    r"(?:the|our|my)\s(?:final\s|correct\s|required\s|desired\s|right\s)?answer(?:\s(?:to|of)\s(?:the|this)\s(?:\w+\s)?(?:question|problem))?(?:\s(?:that\s)?(?:we|I)\s[a-z\s]+)?$",
    re.IGNORECASE,
)
# "Twice the number is 18" is an equation in words.
OPERATIONS = (
    r"(?:double|twice|half|triple|more\sthan|less\sthan|increased|decreased|added|subtracted|multiplied|divided|doubled|halved|squared"
    r"|sum|difference|product|quotient|square|plus|minus|times)"
)
UNKNOWN = r"(?:the|this|that|a|our|my)\s(?:\w+\s)?(?:number|answer|integer|unknown)"
UNSOLVED = re.compile(
    rf"\b(?:{OPERATIONS}\b.*\b{UNKNOWN}|{UNKNOWN}\b.*\b{OPERATIONS})\b(?!\s(?:of|that|we)\b)", re.IGNORECASE
)
# What is said of somebody else's answer, or of one before, is no claim.
OF_OTHERS = re.compile(r"\w+'s\s(?:\w+\s)?(?:answer|guess|claim|reply|solution)\b|\bthe\sold\b", re.IGNORECASE)
# A number behind a preposition is in passing, and so is that of a theorem: "So, by Theorem 18, it holds."
NOT_BEFORE = re.compile(
    r"\b(?:of|from|with|in|at|on|for|into|as|than|by|to|like|the|this|that|these|those|numbers?|values?|row|column|line|page|part|day|room|figure|point|item)\s$|(?:^|[a-z,]\s)[A-Z][a-z]+\s$"
)
MEASURES = re.compile(
    r"\b(?:(?:total|profit|average|speed|rate|loss|sum|gain|price|cost)\sof|(?:differ|(?:in|de)creased)\sby|(?:equal|equivalent|sum|up|out|amounts|comes)\sto)\s$"
)
NOT_BEHIND = re.compile(
    r"^\s*(?:[-+*/=^(]|(?:short|off|away\sfrom|of(?!\sthem\W*$)|times|to|squared|cubed|(?:more|less|fewer|greater)\b(?=.*\bthan))\b)|\b(?:to\sbe|as\san?|(?:left|more|remaining)\sto|to\s(?:solve|check|count|find|consider|examine|do|go|show|prove|see)|on\s(?:the|both|each)\s(?:\w+\s)?(?:hand\s)?sides?|"
    r"unknowns?|unknown\snumbers|variables?|assumptions?|attempts?|tries|mistakes?|equations?)\b"
)
# A value that begins the sentence: "18 students passed", and not "18 fails".
NO_NOUN = re.compile(
    r"\s(?:(?:is|are|was|were)\s(?!(?:the|our|what|needed|required|left|remaining)\b)|(?:does|do|must|can|cannot|could|may|might|will|would|should|fails?|works?|holds?|divides?|satisfies|appears?|has|leads?|gives?)\b)"
)
ONE_OF_THEM = re.compile(rf"\b(?:in|for|with|per)\s{M}\s[a-z]+[.!]?$")
GOES_ON = re.compile(r"\band\b|,\s(?:which|who|so|but)\b")
DANGLING = re.compile(r"\b(?:and|or|but|of|in|to|for|with|per|so|the|an?|such)\s*$")
# Two claims in one sentence.
CLAIMS_BEFORE = re.compile(rf"(?<!that)\s(?:is|are|was|were|equals)\s{M}.*\band\b")
# A value of its own: no arithmetic without its result, no comparison.
UNDONE = re.compile(r"[+*\u00d7\u00f7\u00b7]|\s[-\u2212/]\s|\d[-\u2212]\d")
COMPARED = re.compile(r"[<>\u2260?]|\\(?:ne|neq|ldots|dots|cdots|implies|Rightarrow|to)(?![A-Za-z])|\.\.\.")
UNIT = re.compile(
    r"(?:\s+(?!(?:left|in|at|and|per|of|on|for|to|each|every|from|with|by|a|an|the|as|is|are|was|total|more|altogether|all|that|which|"
    r"together|remaining|away|long|tall|wide|high|old|times?|such|different|possible|whose|who|between|less|greater|than)\b)[a-z]+(?:/[a-z]+)?\b){1,2}"
)


class Form(NamedTuple):
    """A form of sentences that has one value.

    Args:
        pattern: the masked sentence, with the groups "value" and, where it may be anything that was asked, "subject".
        is_result: whether a sentence of this form says by itself that its value is a result.
        allowed: words of doubt that its subject may hold.
    """

    pattern: re.Pattern[str]
    is_result: Callable[[re.Match[str]], bool]
    allowed: frozenset[str] = frozenset()


FORMS = (
    # "The area of a circle with radius 3 is 28.3.", "Tom's share is 4.", "x is equal to 4.", "12 · 11 equals 132.", "20% of 35 is 7."
    Form(
        re.compile(
            rf"(?P<subject>(?:(?:[Tt]he|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er|[Oo]ur)\s|{NAME}'s?\s).*|[a-z]|{SYMBOL_MASK}"
            rf"|{M}(?:\s(?:of|times|plus|minus|(?:multiplied|divided)\sby)\s{M}|\s[a-z]+)?)\s{IS}\s{ADVERB}{VALUE}"
        ),
        lambda match: True,
        IN_SUBJECT,
    ),
    # "There are 26 whole numbers from 10 to 25."
    Form(
        re.compile(rf"there\s(?:is|are|were|was|will\sbe|remains?)\s{ADVERB}(?:only\s)?{VALUE}", re.IGNORECASE),
        lambda match: SUCH.match(match.string, match.end()) is not None,
    ),
    # "60 eggs are needed for 10 people."
    Form(
        re.compile(
            rf"(?:[Aa]\stotal\sof\s)?{VALUE}(?:\s[a-z-]+){{1,3}}?(?:\sof\s[a-z]+)?\s(?:is|are|was|were|will\sbe)\s(?:needed|required|left|remaining|sold|used)\b"
        ),
        lambda match: False,
    ),
    # "She has 36 dollars left.", "Josh made a profit of 70 thousand dollars."
    Form(
        re.compile(
            rf"(?P<subject>(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey|{NAME}(?:'s\s[a-z]+)?(?:\sand\s{NAME})?|"
            rf"(?:[Tt]he|[Hh]is|[Hh]er|[Tt]heir|[Ee]ach|[Ee]very|[Bb]oth|[Aa]ll)(?:\s(?:[\w'-]+|{M})){{1,5}}?)(?:\s(?!(?:and|that)\b)[a-z]+){{1,6}}\s){VALUE}"
        ),
        lambda match: RESULT.search(match["subject"]) is not None,
    ),
    # "Evaluating the polynomial, we obtain -128."
    Form(
        re.compile(
            rf"(?!(?:Check|Round|Estimat|Guess|Ignor|Neglect|Test|Try|Assum|Suppos|Approximat))[A-Z][a-z]+ing\b(?P<subject>.*),\s{WE_GET}\s{ADVERB}{VALUE}"
        ),
        lambda match: True,
        IN_SUBJECT,
    ),
)
# "That leaves 10 pens."
THAT = re.compile(
    rf"(?:this|that)(?:'s|\s(?:is|leaves|gives|makes|means|equals|results\sin|yields))\s(?:us\s)?{ADVERB}{VALUE}",
    re.IGNORECASE,
)
# Sentences with one value, where something else says that it is a result.
CONCLUSIONS = (
    Form(THAT, lambda match: False),
    Form(re.compile(rf"(?:{WE_GET}|[^{M}]*)\s?{VALUE}(?=[^{M}]*$)"), lambda match: False),
)
