"""Who does what to whom, and which kind of things is counted: "Ann gave Tom 56", where it is asked what Tom gave Ann."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.masked import M

# Forms of one verb.
VERBS = tuple(
    frozenset(forms.split())
    for forms in (
        "give gives gave given", "sell sells sold", "lend lends lent", "pay pays paid", "owe owes owed", "send sends sent",
        "hand hands handed", "pass passes passed", "beat beats beaten", "get gets got", "receive receives received", "buy buys bought",
        "borrow borrows borrowed", "win wins won", "take takes took taken",
    )
)  # fmt: skip
AGENT = re.compile(r"(?<!\bto\s)(?<!\bfrom\s)(?<!\bby\s)\b[A-Z][a-z]+\b")
PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being)\s+[a-z]+")
NO_KIND = frozenset(["left", "total", "more", "remaining", "altogether", "together", "each"])
OPENING = re.compile(
    r"^\W*(?:(?:So|Thus|Hence|Therefore|Then|In|And|But|How|What|Altogether|Finally)\b[\s,]*)+(?:many|much|total|all)?\b"
)
# "How many white marbles", "How many of the marbles are white"
KIND_BEFORE = re.compile(
    r"\bhow\s+many\s+(?!(?:does|did|are|was|were|has|have|had|will|can|would|more|fewer|different|total|such)\b)(?P<kind>[a-z-]{3,})\s+(?P<noun>[a-z]{3,})\b",
    re.IGNORECASE,
)
KIND_BEHIND = re.compile(
    r"\bhow\s+many\s+(?:of\s+)?(?:the\s+|these\s+|those\s+)?(?P<noun>[a-z]{3,})\s+are\s+(?P<kind>[a-z-]{3,})\b",
    re.IGNORECASE,
)
MIN_STEM = 3


def is_other_way(told: str, asking: str) -> bool:
    """Whether a clause has another person do to the second what the question asks that the second did."""
    if PASSIVE.search(told):
        return False
    clauses = [OPENING.sub("", text) for text in (told, asking)]
    names = [AGENT.findall(clause) for clause in clauses]
    if not all(names) or names[0][0] == names[1][0] or names[0][0] not in re.findall(r"[A-Z][a-z]+", clauses[1]):
        return False
    if names[1][0] not in re.findall(r"[A-Z][a-z]+", clauses[0]):
        return False
    words = [{*re.findall(r"[a-z]+", clause)} for clause in clauses]
    return any(forms & words[0] and forms & words[1] for forms in VERBS)


def is_other_kind(told: str, asking: str, question: str) -> bool:
    """Whether a clause counts things of another kind, which the question has, too: "12 red marbles" for the white ones."""
    match = KIND_BEHIND.search(asking) or KIND_BEFORE.search(asking)
    if match is None:
        return False
    kind, noun = (match[name].casefold() for name in ("kind", "noun"))
    small = told.casefold()
    if re.search(rf"\b{kind}\b", small):
        return False
    one = noun.removesuffix("s")
    other = re.search(
        rf"^\W*(?:so\s+)?(?P<label>[a-z-]{{3,}})\s*[:=]\s*{M}\W*$|{M}\s(?:are\s+)?(?P<before>[a-z-]{{3,}})(?:\s(?:{noun}|{one}|ones)\b|\W*$)"
        rf"|{M}\s(?:(?:{one}s?|ones|of\s+(?:them|the\s+{noun}))\s)?(?:(?:that|which)\s+)?are\s(?P<behind>[a-z-]{{3,}})\W*$",
        small,
    )
    said = (other["label"] or other["before"] or other["behind"]) if other else ""
    if said in {"", noun, one, f"{noun}s"} | NO_KIND or said in re.findall(r"[a-z-]+", asking.casefold()):
        return False
    if is_in_full(said, {kind, noun}, question.casefold()):
        return False
    sentences = [re.findall(r"[a-z-]+", each) for each in re.split(r"[.?!]\s", question.casefold())]
    return any(said in words and (kind in words or noun in words) for words in sentences)


def is_in_full(given: str, wanted: set[str], question: str) -> bool:
    """Whether things have a name of which the question first says all, "watermelons", and then asks for its end, "melons"."""
    short = next((noun for noun in wanted if given.endswith(noun) and given != noun), "")
    stem = short.removesuffix("s")
    named = re.findall(rf"\b[a-z-]*{re.escape(stem)}s?\b", question) if len(stem) > MIN_STEM else []
    full = {word.removesuffix("s") for word in named if word not in (short, stem)}
    return bool(full) and full == {given.removesuffix("s")} and named[0] not in (short, stem)
