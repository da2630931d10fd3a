"""A name that a last sentence gives as the answer: the only one that its question does not have, "and it was written by Mary Shelley"."""

from __future__ import annotations

import re

from cgd_recipes.grading.notation.months import MONTHS, WEEKDAYS
from cgd_recipes.grading.notation.spelled import SMALL
from cgd_recipes.grading.notation.words import WHO, WORDS, listed
from cgd_recipes.grading.prose.another import contrary, same_order
from cgd_recipes.grading.prose.case import SILENT
from cgd_recipes.grading.prose.echo import DENIES, stems
from cgd_recipes.grading.prose.told import WORD, last_of
from cgd_recipes.grading.prose.trims import trimmed
from cgd_recipes.grading.prose.unsure import DOUBTFUL, MAY_BE_ASKED, OPEN
from cgd_recipes.grading.prose.vetoes import is_related
from cgd_recipes.grading.prose.worded import MOST
from cgd_recipes.grading.prose.wording import is_doubtful
from cgd_recipes.grading.prose.written_out import in_full

PROPER = re.compile(r"(?:the\s+)?[A-Z][\w.'\u2019-]*(?:\s(?:(?:da|de|van|von|of|the)\s)*[A-Z][\w.'\u2019-]*){0,3}")
PERSON = re.compile(r"[A-Z][\w.'-]*(?:\s(?:(?:da|de|van|von)\s)?[A-Z][\w.'-]*)+")
CAPITAL = re.compile(r"(?<![.\w'\u2019-])[A-Z][a-z][\w-]*")
DATES = frozenset([*MONTHS, *WEEKDAYS, "BC", "AD", *WORDS["titles"]])
# Where a clause begins that says something of its own.
BREAK = re.compile(
    r"[;:]\s+|\s[\u2013\u2014-]+\s|,\s+(?:(?:but|and|while|whereas|so|yet|though|although|since|because|as)\s+)?"
    r"|\s(?:but|while|whereas|because|since|and)\s"
)
# What leads to a name as the answer.
LEADS = re.compile(
    rf"(?:^|\b{listed('name_leads')}\s+)"
    rf"(?:(?:the|an?|then|thus|therefore|none\s+other\s+than|{listed('titles', 'persons')})\s+)*$"
)
SUBJECT = re.compile(
    rf"^\W*(?:{listed('concluding')}\b,?\s*|and\s+|the\s+|that\s+leaves\s+|since\s+\d{{4}},?\s+|today,?\s+|in\s+fact,?\s+|of\s+these,?\s+)*$",
    re.IGNORECASE,
)
FULL = re.compile(r"(?<![.\w'\u2019-])[A-Z][a-z]+(?:\s(?:(?:da|de|van|von)\s)?[A-Z][a-z]+)+")
STATED = re.compile(r"\b(?:is|was|were|are|has\s+been|by|did|won|wrote|made)\b")
NONE_IS = re.compile(
    r"\b(?:no|none|nobody|no\s+one|nothing)\b(?P<of>[^,;]*?)\s(?:is|are|was|has|runs|weighs|lives)\s+(?:(?:far|any|even)\s+)?"
    r"(?P<er>(?!(?:oth|ov|und|aft|nev)er\b)[a-z]+er|(?:more|less)\s[a-z]+)(?P<what>(?:\s[a-z]+){0,3}?)\s+than\s+(?:(?:the|an?)\s+)?"
    r"(?P<said>[^,;.]+?)(?:,\s+or\s[^,;.]+)?[.!]?$",
    re.IGNORECASE,
)
WHOLE = frozenset(stems("other others else group whole world earth planet body"))
OTHERS = re.compile(r"^\s+(?:and|or|nor|than|but)\s+(?!his\b|her\b|their\b|its\b|so\b|that\b|than\b|not\b|no\b|it\b)")
MAX_TAIL, MIN_SAME = 160, 5
# "governed from Toronto, its old capital"
# "The portrait, which hangs in the Louvre, was painted by Leonardo"
SAYS = re.compile(r"^(?:is|are|was|were)\s")
RELATIVE = re.compile(r"^(?:which|who)\s")
OLD = re.compile(r"\b(?:old|ancient|former|once|was)\b")
COUNTS = rf"(?:{SMALL.replace(' ', '|')})"
OPENINGS, BESIDE_NAMES = (frozenset(WORDS[name]) for name in ("openings", "beside_names"))
SET_APART = re.compile(
    r"^\W*(?:although|though|while|unlike|many|some|people|still|having|it\s+is\s+often)\b", re.IGNORECASE
)
# "Although the capital is Sydney, the parliament meets in Canberra."
GRANTED = re.compile(
    r"^\W*(?:although|though|while)\b(?!.*\b(?:think|believe|guess|assume|say|expect)s?\b)", re.IGNORECASE
)
# "Unlike Brazil, where people speak Portuguese,"
WHERE = re.compile(r"^(?P<lead>\W*unlike\s[^,]*),\s+where\s[^,]*(?=,\s)", re.IGNORECASE)
NO_OTHER = re.compile(r"\bnone\s+other\s+than\b", re.IGNORECASE)
# "But the Hamlet that we know is by"
WE_KNOW = re.compile(r"^\W*(?:but|yet)\s+|\s+that\s+we\s+(?:all\s+)?(?:know|read)(?:\s+today)?\b", re.IGNORECASE)
# "has been in Ankara since 1923, and that is the capital"
WHICH_IT_IS = re.compile(
    r",\s+(?:(?:and|so)\s+(?:that|this)\s+is\s+)?(?:the|its)\s+(?P<said>[^,;]+?)\W*$", re.IGNORECASE
)
# "is Einstein's", "were Commander Armstrong's"
WHOSE = re.compile(rf"(?<!not)\s(?:is|are|was|were)\s+(?:{listed('titles')}\s+)?$")
WORK = re.compile(
    r"^\W*(?:so\s+|but\s+)?the\s+(?:theory|novel|book|play|poem|symphony|discovery|invention|idea|design|work)\s"
)
# "and not by Michelangelo"
NOT_BY = re.compile(r",\s+(?:and\s+)?not\s+(?:(?:by|in|on)\s+)?[A-Z][a-z]+(?:\s[A-Z][a-z]+)*(?=[.,])")
# "That makes Marie Curie, who won another one, the first woman to win it"
WHO_ALSO = re.compile(r"^,\s+who\s[^,;?]*,\s+(?=the\s)")
# "Its author, Cervantes,", "the work of his wife, Mary Shelley"
MAKERS = {
    "wrote": "author|writer|novelist|poet|playwright",
    "painted": "painter|artist",
    "composed": "composer",
    "discovered": "discoverer",
    "invented": "inventor",
    "directed": "director",
    "designed": "architect|designer",
    "founded": "founder",
}
BY_A_NAMED = re.compile(r"\b(?:by|work\s+of)\s+(?:his|her|their|the)\s+(?:[a-z]+\s+)?[a-z]+,\s+$")
LAST_WORD = re.compile(r"[a-z]+(?=\s*$)")
# "It was bought by", where it is asked who painted it
DONE_BY = re.compile(
    r"\b(?P<done>[a-z]+(?:ed|en|ght|wn|ld|nt|ad|ue|es))\s+(?:by|to)\s+(?:the\s+|an?\s+)?(?:[a-z]+\s+)?$"
)
DOINGS = frozenset(WORDS["doings"])
NOT_DOUBT = re.compile(
    rf"\b(?:some|nearly|over|under|about|around|(?:more|less|fewer)\s+than|roughly|almost)\s+(?=\d|half\b"
    rf"|a\s|{COUNTS}\b)|\b(?:ever\s+since|since\s+\d{{4}})\b"
    r"|\bnear\s+the\s+(?=[A-Z])|\bsome\s+(?=[a-z]+\s+(?:help|support|advice)\b)",
    re.IGNORECASE,
)
IT = re.compile(
    r"^\W*(?:so\s+|and\s+|thus\s+|therefore\s+|hence\s+|by\s+far\s+|by\s+a\s+wide\s+margin,?\s+)?(?:(?:it|that|this|he|she|they)\b|the\s+[a-z]+\b.*\b"
    r"(?:by|is|was|work\s+of|on\s+an?)\b|you\s+(?:will|can)\s+find\s+(?:it|them)\b)",
    re.IGNORECASE,
)


def only_name(response: str, gold: str, asking: str, question: str) -> str:
    """The gold answer, a name that its question does not have, where the last sentence gives it and no other; else "".

    Args:
        response: the whole text, without a thought, and without a box.
        gold: the gold answer, in words.
        asking: the sentence that asks.
        question: all of the question.
    """
    gold = gold.strip(" .")
    if not PROPER.fullmatch(gold) or not asking or DENIES.search(asking):
        return ""
    sentence = trimmed(in_full(last_of(response).replace("**", "")), several=False)
    sentence = WHERE.sub(r"\g<lead>", WE_KNOW.sub(" ", sentence).lstrip())
    for form in forms_of(gold, asking, question):
        if form not in sentence:
            continue
        places = [*re.finditer(rf"(?<![\w'\u2019-]){re.escape(form)}(?![\w-])(?P<own>['\u2019]s?\b)?", sentence)]
        if len(places) == 1:
            (start, end), own = places[0].span(), places[0]["own"]
            if own and not (_is_asked(sentence[:start], asking) and re.match(r"\W*$|,", sentence[end:])):
                return ""
            return gold if _is_said(sentence[:start], sentence[end:], gold, asking, question) else ""
    return ""


def _is_asked(before: str, asking: str) -> bool:
    """Whether what is somebody's is what is asked for: "the discovery is Fleming's"."""
    said = BREAK.split(before)[-1]
    if WORK.match(said) and WHOSE.search(said):
        return True
    asked = {stem[:MIN_SAME] for stem in {*stems(asking)} - SILENT}
    return WHOSE.search(said) is not None and any(stem[:MIN_SAME] in asked for stem in {*stems(said)} - SILENT)


def forms_of(gold: str, asking: str, question: str) -> list[str]:
    """How a name may be written: in full; of a person the last name; without the kind that the question asks for."""
    bare = gold.removeprefix("the ").removeprefix("The ")
    forms = [bare]
    words = bare.split()
    if len(words) > 1 and PERSON.fullmatch(bare) and WHO.search(asking):
        forms.append(words[-1])
    if len(words) == 2:
        forms += [words[1]] * (words[0] == "Mount" and "mountain" in asking)
        forms += [own for own, kind in (words, words[::-1]) if re.search(rf"\b{kind}\b", asking, re.IGNORECASE)]
    return [form for form in forms if form not in question and len(form) > 1]


def none_exceeds(response: str, gold: str, asking: str, question: str) -> str:
    """The gold answer where no other is said to exceed it, and the most is asked for: "No bone is longer than the femur."; else ""."""
    asked, sentence = MOST.search(asking), in_full(last_of(response).replace("**", ""))
    match = NONE_IS.search(sentence) if asked and "than" in sentence else None
    if not match or not asked or DENIES.search(asking) or {*stems(match["said"])} != {*stems(gold)}:
        return ""
    er, most = match["er"].casefold(), asked[0].casefold()
    same = f"{er[:-1]}st" == most or same_order(er, most) or er.split()[-1] in asking.casefold().split()
    foreign = ({*stems(match["of"])} - WHOLE | {*stems(match["what"])}) - {*stems(question)} - SILENT
    return gold if same and not foreign and not is_doubtful(sentence[: match.start()]) else ""


def is_another_named(sentence: str, gold: str, asking: str, question: str) -> bool:
    """Whether a clause names another one at least as much as what is asked: "Buzz Aldrin was the first to set foot on it"."""
    if not PROPER.fullmatch(gold.strip(" .")):
        return False
    known = {*CAPITAL.findall(question)} | DATES
    own = {*CAPITAL.findall(gold)}
    ours, theirs = [-1], [-1]
    for clause in BREAK.split(sentence):
        common = len({*stems(clause)} & {*stems(asking)} - SILENT)
        if own & {*CAPITAL.findall(clause)}:
            ours.append(common)
        elif (
            STATED.search(clause)
            and not DENIES.search(clause)
            and any(not {*CAPITAL.findall(name)} <= known for name in FULL.findall(clause))
        ):
            theirs.append(common)
    return max(theirs) > 0 and max(theirs) >= max(ours)


def _is_said(before: str, behind: str, gold: str, asking: str, question: str) -> bool:
    """Whether a name between two texts is what the sentence says."""
    lead = BREAK.split(before)[-1]
    apart = SAYS.match(lead) is not None and lead.strip() != before.strip()
    subject = BREAK.split(before)[0] if apart else ""
    known = {*CAPITAL.findall(question)} | {*CAPITAL.findall(gold)} | DATES
    further = [name for name in CAPITAL.findall(lead[1:]) if name not in known]
    first = CAPITAL.match(lead.lstrip()) if lead.strip() == before.strip() else None
    if first and first[0] not in known and not {*stems(first[0])} <= {*stems(question)} | SILENT:
        opening = first[0].casefold() not in OPENINGS
        further += [first[0]] * opening
    for clause in BREAK.split(before)[:-1]:
        granted = GRANTED.match(clause) and {*stems(clause)} & {*stems(asking)} - {*stems(lead)} - SILENT
        if granted or not (SET_APART.match(clause) or (apart and RELATIVE.match(clause)) or DENIES.search(clause)):
            further += [name for name in CAPITAL.findall(clause[1:]) if name not in known]
    if further or is_related(lead, asking) or _is_open(lead, f"{question} {gold}"):
        return False
    if (
        WHO.search(asking)
        and (done := DONE_BY.search(NO_OTHER.sub("", lead)))
        and done["done"] not in DOINGS
        and not {*stems(done["done"])} & {*stems(asking)}
    ):
        return False
    behind = WHO_ALSO.sub(" ", NOT_BY.sub("", behind))
    tail = BREAK.split(behind)[0]
    if (
        OTHERS.match(behind)
        or "?" in behind
        or len(behind) > MAX_TAIL
        or is_doubtful(NOT_DOUBT.sub(" ", behind), BESIDE_NAMES | {*WORD.findall(question.casefold())})
    ):
        return False
    also = is_it["said"] if (is_it := WHICH_IT_IS.search(behind)) and not OLD.search(behind) else ""
    if OLD.match(also) or re.match(rf",\s+(?:its|the)\s+{OLD.pattern}", behind):
        return False
    common = {*stems(f"{subject} {lead} {behind if SUBJECT.match(lead) else tail} {also}")} & {*stems(asking)} - SILENT
    if contrary(f"{lead} {tail}", asking):
        return False
    if not lead and _is_appositive(before, behind, asking):
        return True
    if SUBJECT.match(lead):
        return (
            bool(common)
            and not DENIES.search(behind)
            and not [each for each in CAPITAL.findall(behind) if each not in known]
        )
    return LEADS.search(lead) is not None and bool(common or IT.match(subject or lead)) and not DENIES.search(tail)


def _is_appositive(before: str, behind: str, asking: str) -> bool:
    """Whether a name tells more of who did what is asked: "Its author, Cervantes, published it", "the work of his wife, Mary Shelley"."""
    if (named := BY_A_NAMED.search(before)) and (done := LAST_WORD.search(before[: named.start()])):
        return re.match(r"\W*$", behind) is not None and ({done[0]} <= DOINGS or {*stems(done[0])} <= {*stems(asking)})
    makers = [nouns for verb, nouns in MAKERS.items() if re.search(rf"\b{verb}\b", asking)]
    return (
        bool(makers)
        and re.fullmatch(rf"\W*(?:so\s+)?(?:its|the)\s+(?:{makers[0]}),\s+", before, re.IGNORECASE) is not None
    )


def _is_open(lead: str, question: str) -> bool:
    """Whether what leads to a name is a denial, a doubt, a condition or a report."""
    asked = {*WORD.findall(question.casefold())} & (MAY_BE_ASKED | DOUBTFUL)
    lead = NO_OTHER.sub("", lead)
    words = {*WORD.findall(lead.casefold())}
    return bool(
        words & DOUBTFUL - asked - BESIDE_NAMES or OPEN.search(lead.removeprefix("had ")) or DENIES.search(lead)
    )
