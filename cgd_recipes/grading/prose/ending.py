r"""Where the final answer of prose stands: the last sentence that says something, before remarks, checks and pleasantries."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.notation.months import SHORT_MONTHS
from cgd_recipes.grading.notation.words import listed
from cgd_recipes.grading.prose.agreed import with_answer
from cgd_recipes.grading.prose.wording import MAX_SENTENCE

MAX_TAIL, MAX_BACK = 2_000, 4
# Behind these a sentence goes on.
NO_END = r"(?<!\bi\.e.)(?<!\be\.g.)(?<!\bvs.)(?<!\bsq.)(?<!\bRs.)"
# The end of a sentence, not of an abbreviation, a decimal or an item's number.
# The sign comes first: so no more is looked at in most places of a text.
END = re.compile(
    r"[.!?](?<=[\w)$}\]%*!\"\u201d\u00b2\u00b3\u221e\u00b0\u20ac\u00a3].)(?<!\bMr.)(?<!\bMrs.)(?<!\bMs.)(?<!\bDr.)(?<![ (]p\.m.)"
    rf"{NO_END}"
    rf"{''.join(f'(?<!{chr(92)}b{month}.)' for month in SHORT_MONTHS)}"
    r"(?:\*\*|[)\"\u201d])*\s+(?=[A-Z\u2234*$\\(\[|\"\u201c\d\u2713\u2705-]|[a-z]\()"
    r"|\.(?<=\d\.\.\.)\s+(?=[A-Z])|[\u3002\uff01\uff1f]\s*|\s*\n\s*"
)
# In a text that has neither capitals at the beginnings nor full stops at the ends of its sentences.
INFORMAL_END = re.compile(
    rf"{END.pattern}|[.!?](?<=[\w)%].){NO_END}(?<!\bapprox.)(?<!\betc.)(?<!\bno.)(?<!\.m.)\s+(?=[a-z])"
)
FORMAL = re.compile(r"\A[^A-Za-z]*[A-Z]|[.!?]\s+[A-Z][a-z]")
STOPPED = (".", "!", "$$", "\\]")
# What a sentence that is cut off ends with.
GOES_ON = re.compile(
    rf"(?:[,;:=+*/^<>({{\[-]|(?<![\w'])(?!(?<=\d\s)in$){listed('unfinished', 'prepositions', 'determiners', 'copulas')})$",
    re.IGNORECASE,
)
REMARK = re.compile(rf"^\W{{0,3}}{listed('remarks')}(?!\w)|^\((?:[^()]|\([^()]*\))*\)\W*$|^\W*$", re.IGNORECASE)
SHORT = re.compile(rf"^\W{{0,3}}{listed('short_remarks')}(?!\w)", re.IGNORECASE)
# "That is 5 more than her brother, who scored 23."
COMPARES = re.compile(
    r"^(?:that|this|it)(?:\s+is|\s+was|['\u2019]s)\s+(?:(?:(?:about|over|almost)\s+)?\S+\s+(?:[a-z]+\s+)?(?:more|less|fewer|higher|lower|better|longer|shorter|times)\b.*\b(?:than|as)\b"
    r"|(?:more|less|greater|smaller|higher|lower)\s+than\s+[^,;]*(?:,\s+(?:just\s+)?as\s+[^,;]*)?$)",
    re.IGNORECASE,
)
# A remark that finds a mistake is none.
TAKES_BACK = re.compile(
    r"\b(?:not|n't|but|however|wrong|incorrect|mistake|slip|error|wait|oops|actually|contradict\w*|fail(?:s|ed)?|rejected|invalid|off|instead|different|mismatch|impossible|too|should|only|(?:beware|careful|caution|warning)[:,]?\s+(?:this|that|it|I|we))\b|n't\b|[?\u2260\u2717\u274c]",
    re.IGNORECASE,
)
SAFE = re.compile(
    r"^\W*(?:\(the\s+(?:question|tempting|common)|it(?:\s+is|['\u2019]s)\s+tempting\b|enjoy\b|you\s+can\s+see\s+(?:this|that|it)\s+by\b|note\s+that\b[^.?;]*\bwould\s+be\b[^.?;]*\binstead\W*$|\((?:do\s+not|don't)\s+(?:confuse|forget|mix)|for\s+(?:example|instance)|(?:that|this)\s+is\s+(?:when|how\s+(?:many|much|long|far|old))\b(?!.*[,;]\s.*\d)|the\s+other\s+(?:root|solution|value)\b[^.?]*\b(?:discarded|rejected|excluded|ruled\s+out)\W*$|let\s+me\s+know|feel\s+free|i\s+hope|hope|thank|if\s+you|happy\s+(?:to|[a-z]+ing)|please|(?:nice|great|lovely|delicious|well\s+done|good\s+(?:job|luck|work))\b[^.?\d]{0,40}!$)",
    re.IGNORECASE,
)


def sentences(text: str) -> list[tuple[int, str]]:
    """The last sentences and lines of a text, each with its place, the last one first."""
    start = max(0, len(text) - MAX_TAIL)
    end = END if FORMAL.search(text) else INFORMAL_END
    ends = [start, *(match.end() for match in end.finditer(text, start))]
    pieces = [(begin, text[begin:end].strip()) for begin, end in zip(ends, [*ends[1:], len(text)], strict=True)]
    return [piece for piece in pieces[::-1] if piece[1]]


@lru_cache(maxsize=4)  # a response is asked for it several times
def last_statement(text: str) -> tuple[int, str] | None:
    """The last sentence of a text that is no remark, and its place; None where it is cut off or too long."""
    for place, sentence in sentences(text):
        if not is_remark(sentence):
            bare = sentence.rstrip("* )")
            ended = is_in_bold(sentence) or _has_no_stops(text, place)
            whole = bare.endswith(STOPPED) or (ended and not GOES_ON.search(bare))
            return (place, sentence) if whole and len(sentence) <= MAX_SENTENCE else None
    return None


def is_in_bold(sentence: str) -> bool:
    """Whether all of a sentence, no heading or label, is in bold, whose end tells that it was not cut off."""
    return ":" not in sentence and sentence.startswith("**") and sentence.endswith("**") and sentence.count("**") == 2


def _has_no_stops(text: str, place: int) -> bool:
    """Whether full stops are left out: of the whole text, or of all lines before a place."""
    lines = [line.rstrip("* )") for line in text[:place].splitlines() if line.strip()]
    return not FORMAL.search(text) or (bool(lines) and not any(line.endswith((*STOPPED, ",", "?")) for line in lines))


# "Together they would have 48, but that wasn't the question."
DISMISSED = re.compile(
    r"\b(?:that|this|it|which)(?:\s+was|\s+is|['\u2019]s)(?:n't|\s+not)\s+(?:the\s+question|what\b|asked|needed|relevant|of\s+interest)|^\W*we\s+(?:were|are)\s+(?:only\s+)?asked\b(?!.*\d)",
    re.IGNORECASE,
)


# "Please take 31 as my final answer."
TAKE = re.compile(r"^\W*please\s+(?:take|use|accept|consider)\b.*\banswer\b", re.IGNORECASE)


# "If you count them all, there are 45."
IF_COUNTED = re.compile(r"^\W*if\s+you\s+(?:count|add|sum|total|multiply|divide|subtract|combine|put)\b", re.IGNORECASE)
# "(Beware: forgetting the last one is a common mistake.)"
MISTAKES = r"(?:common|frequent|typical|usual|classic|easy)\s+(?:mistake|error|trap|pitfall|slip)"
WARNS = re.compile(
    rf"^\((?:(?:beware|careful|caution|note)\b[:,]?\s+)?(?![^()]*\b(?:I|we|my|our|above|answer)\b)(?:(?:an?|the(?:\s+most)?)\s+{MISTAKES}\s+(?:here\s+)?is\s+(?:to\s|[a-z]+ing\s)[^()\d?]*"
    rf"|[a-z]+ing\s[^()\d?]*\sis\s+(?:an?|the(?:\s+most)?|one)\s+(?:very\s+)?{MISTAKES}[^()\d?]*)\)$",
    re.IGNORECASE,
)
# "If two more had come, it would have been 84."
AS_IT_SHOULD = re.compile(r",?\s+(?:just\s+)?as\s+(?:it|they|we)\s+should(?:\s+be)?(?=\W*$)", re.IGNORECASE)
COUNTERFACTUAL = re.compile(
    r"^\W*(?:if\b[^.?;]*\bhad\b|had\b)[^.?;]*\bwould\s+have\b[^?;]*$"
    r"|^\W*if\b[^.?;]*\b(?:mattered|counted|allowed|weren't|were\s+not|didn't|did\s+not)\b[^.?;]*\bwould\b[^?;]*$"
    r"|^\W*the\s+next\s+(?:such\s+)?(?:one|number)\s+would\s+be\b[^?;]*$|^\W*the\s+(?:[a-z]+\s+){0,2}[a-z]+,\s+by\s+the\s+way,\s[^?;]*$",
    re.IGNORECASE,
)


def is_remark(sentence: str) -> bool:
    """Whether a sentence says nothing of its own: a check that holds, an example, a comparison, a pleasantry."""
    if TAKE.match(sentence) or IF_COUNTED.match(sentence) or with_answer(sentence) != sentence:
        return False
    dismissed = DISMISSED.search(sentence)
    if (
        SAFE.match(sentence)
        or WARNS.match(sentence)
        or (dismissed and not re.search(r"\d", sentence[dismissed.end() :]))
        or COUNTERFACTUAL.match(sentence)
    ):
        return True
    if SHORT.match(sentence) and not re.search(r"\d", sentence) and not TAKES_BACK.search(sentence):
        return True
    return bool(
        (REMARK.match(sentence) or COMPARES.match(sentence)) and not TAKES_BACK.search(AS_IT_SHOULD.sub("", sentence))
    )
