"""Yes or no, as the last sentence of a response says it of its question: "the claim isn't true", "no such triangle exists"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.text import truth
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import DENIES, KINDS, OPEN, SYMBOL, denials, stems, symbols, with_denials
from cgd_recipes.grading.prose.figures import MATHEMATICS
from cgd_recipes.grading.prose.worded import clauses, is_open

ANSWERED = re.compile(r"^\W*(?:so\s+|and\s+)?(?P<said>yes|no)\W*$", re.IGNORECASE)
# "So the claim isn't true.", "Such a triangle cannot exist."
OF_STATEMENT = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore|but|and),?\s+)*(?:the|this|that)\s+(?:statement|claim|assertion|proposition|conjecture)\s+"
    r"(?:is|holds)(?P<denied>\s+not\b|n['\u2019]t\b)?\s+(?:(?:indeed|therefore|thus|hence|always|in\s+fact"
    r"|actually)\s+)*(?P<said>true|correct|right|valid|false|incorrect|wrong|invalid)\b"
    r"(?:\s+for\s+(?:all|every)\s[^,;:]*)?\W*$",
    re.IGNORECASE,
)
# "so it can't be done", "no such triangle exists"
DONE = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore|but|and),?\s+)*(?:(?:it|this|that)\s+(?:(?:can(?:not|\s+not|['\u2019]t)"
    r"\s+be\s+done|is\s+(?:not\s+possible|impossible))|(?P<yes>can\s+be\s+done|is\s+possible))"
    r"|(?:it\s+follows\s+that\s+)?no\s+such\s+(?:(?:[a-z]+\s+){1,2})(?:exists?|is\s+possible|can\s+exist))\W*$",
    re.IGNORECASE,
)
OF_SUCH = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore|but|and),?\s+)*such\s+an?\s+(?:[a-z]+\s+){1,2}(?:is\s+(?P<im>not"
    r"\s+possible|impossible)|(?P<cannot>can(?:not|['\u2019]t)|does(?:\s+not|n['\u2019]t))\s+exist|(?P<is>is"
    r"\s+possible|exists|does\s+exist))\W*$",
    re.IGNORECASE,
)
POSSIBLE = re.compile(r"\b(?:possible|can|could|exists?|is\s+there|are\s+there)\b", re.IGNORECASE)
IMPOSSIBLE = re.compile(r"\b(?:impossible|not\s+possible)\b", re.IGNORECASE)
THAT = re.compile(
    r"^\W*(?:(?:so|thus|hence|therefore|and),?\s+)*(?:(?:this|that|which|it)\s+(?:shows|means|proves|implies"
    r"|confirms|tells\s+us)|it\s+follows|we\s+conclude)\s+(?:that\s+)?(?=the\b|it\b|they\b)"
    r"|\bit\s+is\s+(?:indeed\s+|therefore\s+)?(?:true|correct|the\s+case)\s+that\s+",
    re.IGNORECASE,
)
NOT_THAT = re.compile(r"\bit\s+is\s+(?:not\s+(?:true|the\s+case)|false|untrue)\s+that\s+", re.IGNORECASE)
# What a law says is said of the question's thing.
BY_LAW = re.compile(
    r"^\W*by\s+[^,]*?\b(?:theorem|test|definition|converse|property|rule|criterion|law|inequality)\b[,:]?"
    r"\s+(?=(?:it|this|they|the|that|he|she)\b)",
    re.IGNORECASE,
)
FIRST = re.compile(r"^if\b[^,]*,\s*(?:then\s+)?", re.IGNORECASE)
ORIGIN = re.compile(r"\bzero\b|\bthe\s+origin\b", re.IGNORECASE)
ID_EST = re.compile(r"\bi\.e\.,?\s*")
# "the vectors (1, 2) and (4, -2)"
JOINED = re.compile(r"(?<=[)\d$])\s+and\s+(?=[(\d$\\])")
# "so it converges"
OF_IT = re.compile(r"^\W*so\s+(?:it|they)\s", re.IGNORECASE)
RIGHT_ANGLED = re.compile(r"\bright-angled\b", re.IGNORECASE)
COMPOSITE = re.compile(r"\bcomposite,?\s+and\s+(?:therefore\s+|thus\s+)?not\s+(?:an?\s+)?prime\b", re.IGNORECASE)
DIVIDES = re.compile(r"(?P<divisor>\b\d+)\s+(?:does(?P<not>\s+not|n['\u2019]t)\s+divide|divides)\s+(?P<of>\d+)\b")
# "It can't be called prime", "every bloop is a lazzie", "It is impossible to write it as such a fraction"
CALLED = re.compile(r"\bcan(?P<not>not|\s+not|n?['\u2019]t)?\s+be\s+(?:called|considered|counted\s+as|regarded\s+as)\b")
COUNTS_AS = re.compile(
    r"\bdoes(?P<not>\s+not|n['\u2019]t)\s+count\s+as\b|\bis\s+(?P<denied>not\s+)?(?:(?:thus|therefore)"
    r"\s+)?(?:considered|regarded\s+as)\b"
)
ALL = re.compile(r"\ball\s+(?P<thing>[a-z]+?)s\s+are\s+(?P<what>[a-z]+?)(?:(?<=[sxz])es|s)\b")
EVERY = re.compile(r"\bevery\s+(?P<thing>[a-z]+)\s+is\s+an?\s+(?P<what>[a-z]+)\b")
POSSIBLE_TO = re.compile(
    r"\bit\s+is\s+(?P<not>im|not\s+)?possible\s+to\s+(?P<verb>[a-z]+)\s+(?:it|this|them)\b(?:\s+as\s+such\b)?",
    re.IGNORECASE,
)
DONE_BY_IT = {"write": "written", "draw": "drawn", "make": "made", "build": "built", "cut": "cut", "break": "broken"}
OF_DAYS = re.compile(r"\s+(?:of|with)\s+36[56]\s+days(?=\W*$)")
# They stand before their subject in a question.
MODALS = frozenset(["must", "can", "will", "could"])
# Words for the mathematics of a question.
NAMED = frozenset(["square", "root", "cube", "squar", "function", "matrix", "triangl"])


# "Yes, but only for n = 3"
RESTRICTED = re.compile(
    r"\b(?:only\s+(?:if|for|when|at|in)|unless|except|provided|sometimes|not\s+always|depends\s+on|it\s+depends|if)\b",
    re.IGNORECASE,
)


# "**False.** Opening erodes first."
BOLD = re.compile(r"\s*\*\*(?P<said>true|false|yes|no)\b(?P<end>[^*\w\n]*)\*\*(?P<rest>[^\n]*)", re.IGNORECASE)
REASON = re.compile(r"(?:since|because|as|for)\s", re.IGNORECASE)
WEAK = re.compile(
    r"\b(?:not\s+sure|unsure|maybe|perhaps|probably|possibly|likely|wrong|incorrect|mistaken|longer|after\s+all|actually|however|but|though|well|wait|hmm|it\s+(?:fails|is|does|holds|works))\b",
    re.IGNORECASE,
)
SIGN = re.compile(r"^\s*(?:[,;:.]|[-\u2013\u2014]{1,2}(?=\s))?\s*")
GOES_ON = re.compile(r"\b(?:true|false|yes|no|correct|wait|actually|however|but)\b", re.IGNORECASE)


def in_bold(response: str) -> str:
    """Yes or no where the last line is that in bold, or a reason stands behind it; "" for anything else."""
    match = BOLD.fullmatch(response.rstrip().rpartition("\n")[2])
    if match is None:
        return ""
    rest = SIGN.sub("", match["rest"]).strip()
    begins = match["end"].strip() + match["rest"].strip()
    if "?" in begins or (rest and ((begins[0].isalpha() and not REASON.match(rest)) or WEAK.search(rest))):
        return ""
    told = truth(f"{match['said']}: {rest}" if rest else match["said"])
    return "" if told is None else ("No", "Yes")[told]


def truth_in(response: str, asking: str, question: str) -> str:
    """Yes or no where the last sentence says or denies what is asked; "" where it does neither.

    Args:
        response: the whole text, without a thought, and without a box.
        asking: the sentence that asks.
        question: all of the question.
    """
    if bold := in_bold(response):
        return bold
    said = clauses(response)
    first, rest = (said[-1][0], said[-1][1]) if said else ("", "")
    if (match := OF_STATEMENT.match(first)) and not any(each.search(rest) for each in (DENIES, OPEN, GOES_ON)):
        return ("No", "Yes")[
            (match["said"].casefold() in ("true", "correct", "right", "valid")) != bool(match["denied"])
        ]
    asking = RIGHT_ANGLED.sub("right", asking)
    plain_asking = MATHEMATICS.sub(" ", JOINED.sub(" ", FIRST.sub("", asking)))
    asked = [stem for stem in stems(plain_asking) if stem not in KINDS]
    if DENIES.search(asking) or re.search(r"\bor\b(?!\s+(?:false|no)\b)", asking) or not asked:
        return ""
    for clause, behind in said:
        if (match := ANSWERED.match(clause)) and len(said) > 1:
            restricted = any(RESTRICTED.search(each) for pair in said for each in pair)
            return "" if restricted else _unless_denied(match["said"].capitalize(), behind)
        possible = POSSIBLE.search(asking) and not IMPOSSIBLE.search(asking) and not behind.strip()
        if possible and (match := OF_SUCH.match(clause)):
            return "Yes" if match["is"] else "No"
        if possible and (match := DONE.match(clause)):
            return "Yes" if match["yes"] else "No"
        told = _as_asked(clause, asking)
        plain = DENIES.sub(" ", told)
        ours = {*stems(plain)} - KINDS
        start = len(asked)
        while start and asked[start - 1] in ours:
            start -= 1
        if start == len(asked):
            continue
        denied = denials(told)
        foreign = ours - {*stems(question)} - SILENT - (NAMED if MATHEMATICS.search(asking) else frozenset())
        in_order = _in_order(plain, asking) and _in_order(plain, FIRST.sub("", asking))
        sure = not foreign and not is_open(told, behind, question) and in_order
        of_it = OF_IT.match(told) and " and " not in plain_asking and " or " not in plain_asking
        whole = start <= len(asked) // 2 or denied or of_it
        return ("Yes", "No")[denied] if sure and whole and denied < 2 else ""
    return ""


def _unless_denied(said: str, behind: str) -> str:
    """Yes or no, unless what is behind it denies it or gives another verdict."""
    return "" if GOES_ON.search(behind) or (said == "Yes" and DENIES.search(behind)) else said


def _as_asked(clause: str, asking: str) -> str:
    """A clause with the words that the question has for the same: "2027 is not divisible by 3" for "3 does not divide 2027"."""
    told = NOT_THAT.sub("it is not that ", THAT.sub("", BY_LAW.sub("", ID_EST.sub("", clause))))
    told = CALLED.sub(lambda match: "is not" if match["not"] else "is", OF_DAYS.sub("", told))
    told = COUNTS_AS.sub(lambda match: "is not" if match["not"] or match["denied"] else "is", told)
    if re.search(r"\bevery\b", FIRST.sub("", asking)):
        told = ALL.sub(r"every \g<thing> is a \g<what>", told)
    if re.search(r"\ball\b", FIRST.sub("", asking)):
        told = EVERY.sub(r"all \g<thing>s are \g<what>s", told)
    if re.match(r"can\b", asking, re.IGNORECASE):
        told = POSSIBLE_TO.sub(_possible, told)
    told = DIVIDES.sub(_divisible, COMPOSITE.sub("not prime", RIGHT_ANGLED.sub("right", told)))
    return ORIGIN.sub("0", with_denials(told, asking))


def _possible(match: re.Match[str]) -> str:
    verb = match["verb"].casefold()
    return f"it can {'not ' if match['not'] else ''}be {DONE_BY_IT.get(verb, verb.removesuffix('e') + 'ed')}"


def _divisible(match: re.Match[str]) -> str:
    return f"{match['of']} is {'not ' if match['not'] else ''}divisible by {match['divisor']}"


def _in_order(clause: str, asking: str) -> bool:
    """Whether the words of a clause that the question has come in its order, and its numbers and letters too."""
    for ours, theirs in ((stems(clause), stems(asking)), (SYMBOL.findall(clause), SYMBOL.findall(asking))):
        last = [each for place, each in enumerate(ours) if each not in ours[place + 1 :]]
        left = iter(theirs)
        if not all(each in left for each in last if each in theirs and each not in MODALS):
            return False
    return symbols(clause) <= symbols(asking)
