"""The options that a question lists: an answer may name one by its letter or by what it says."""

from __future__ import annotations

import re
from functools import lru_cache

from cgd_recipes.grading.gold import Gold
from cgd_recipes.grading.notation.clean import clean, key
from cgd_recipes.grading.notation.text import same_text
from cgd_recipes.grading.prose.answering import ARTICLE
from cgd_recipes.grading.prose.echo import stems
from cgd_recipes.grading.values.certain import certain
from cgd_recipes.grading.values.symbolic import same_value

# "(A) 12", "B. 14", "C) 16"
OPTION = re.compile(
    r"(?:^|(?<=[\s,;:]))\(?(?P<letter>[A-H])[).:]:?\s*(?P<said>\S.*?)(?=(?:[,;]|\band|\bor)?\s*(?<!\w)\(?[A-H][).:]:?\s|\s*$)",
    re.DOTALL,
)
# "(A) Shape A: a square", whose own name has a letter and a colon, too
IN_PARENTHESES = re.compile(
    r"(?:^|(?<=[\s,;:]))\((?P<letter>[A-H])\):?\s*(?P<said>\S.*?)(?=(?:[,;]|\band|\bor)?\s*\([A-H]\):?\s|\s*$)",
    re.DOTALL,
)
# `\textbf{(A)}\ 12 \qquad`, "(a) 12. (b) 14"
IN_LATEX = re.compile(
    r"\\(?:textbf|text|mathrm|mathbf|textrm)\s*\{\s*\(?([A-H])\)?\s*\}[).:]?(?:\\\s|~)?|\\q?quad(?![A-Za-z])"
)
SMALL = re.compile(r"(?<![\w(])\(([a-h])\)(?=[\s$:])")
FIRST = re.compile(r"\bA[).:]")
LETTER = re.compile(r"\(?(?P<letter>[A-H])\)?\.?")
# "C. 32", "59 (option C)", "12 digits, which is choice (C)", "C, 5"
WITH_LETTER = re.compile(
    r"^\(?(?P<first>[A-H])(?:[).:,]|\s*[-\u2013\u2014=])\s*(?P<behind>\S.*)$|^(?P<before>\S.*?)(?:,\s+"
    r"(?:which\s+is\s+)?|\s*\(\s*(?:which\s+is\s+)?|\s+)(?:option|choice|answer)?\s*\(?(?P<last>[A-H])\)*$",
    re.DOTALL,
)
# "so I'd pick option C", "the graph is decreasing, option (B)", "the second one, **(b)**"
NAMED = re.compile(
    r"\b(?:option|choice|answer)(?:\s+is)?\s+\(?(?P<called>[A-H])\b\)?|\((?P<alone>[A-H])\)|\*\*\((?P<bold>[a-h])\)\*\*"
)
# "so I'd pick C", "one should pick the dolphin"
PICKS = (
    r"(?:^|[,;:]\s+|\bso\s+|\band\s+)(?:I|we|one)(?:['\u2019]d|['\u2019]ll|\s+(?:should|would|must|will"
    r"|can))?\s+(?:pick|choose|select|go\s+(?:for|with)|opt\s+for|take)\s+"
)
PICKED = re.compile(PICKS + r"\(?([A-H])\)?(?=\W*$)", re.IGNORECASE)
OTHER_LETTER = re.compile(r"(?<![\w'-])[B-H](?![\w'-])")
OTHERWISE = re.compile(r"\b(?:had|without|otherwise|before|first|would\s+have|at\s+(?:a\s+)?first)\b", re.IGNORECASE)
CLAUSE = re.compile(r"[;:]\s|,\s+(?=(?:so|but|and|while|whereas|which)\b)")
DOUBT = re.compile(
    r"\b(?:not|never|no|if|either|or|maybe|perhaps|might|could|unless|wrong|incorrect|eliminat\w*|rul\w+"
    r"\s+out|except|trap|unlike|than|instead|tempting|guess)\b|n['\u2019]t\b|\?",
    re.IGNORECASE,
)
OPTION_BEFORE = re.compile(r"^(?:the\s+)?(?:option|choice)\s+(?=\(?[A-H]\b)", re.IGNORECASE)
# "(b) Mars"
SMALL_LETTER = re.compile(r"^\(?[a-h]\)(?=[\s,]|$)|(?<=\s)\([a-h]\)$")
WORD = re.compile(r"[a-z\d]+")
IN_TEXT = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf)\s*\{([^{}]*)\}")
BLANKS = re.compile(r"\s{2,}")
DISPLAY_END = re.compile(r"(\\\]|\$\$)(?=\(A\))")
# "(C), the horizontal plane at height c"
DESCRIBED = re.compile(
    r"\(?(?P<letter>[A-H])\)?\s*(?:[,:;\u2013\u2014]\s*|(?=\([^()]*\)$)\()(?P<text>[^()]*[a-z][^()]*)\)?"
)
NAMED_AS = re.compile(
    r"the\s+(?:(?:product|quotient|chain|power|sum|sine|cosine|triangle|parallelogram|addition|multiplication|binomial|quadratic|Pythagorean)|[A-Z][a-z]+['\u2019]s?)\s+(?:rule|law|theorem|formula|identity|inequality)"
)
WORD_IN_OPTION = re.compile(r"(?<!\\)\b[A-Za-z]{3,}")
# "(a) Color 1: $(\\pi, 0.3)$": the name of what an option describes
NAME_OF_OPTION = re.compile(r"(?P<name>[A-Z][a-z]+\s(?:\d{1,2}|[A-Z]))\s*:\s*\S")
# "Which family of densities is it?", "What kind of distribution", for "the Gamma family"
KIND_ASKED = re.compile(
    r"\b(?:which|what)\s+(?P<kind>[a-z]{3,})(?:\s+of\s+(?:the\s+)?(?P<of>[a-z]{3,}))?\b", re.IGNORECASE
)
# "colors A, B and C", where no options are listed
LETTERED = re.compile(
    r"\b(?P<things>[a-z]{3,}s)\s+\$?A\$?(?:,\s*\$?[B-H]\$?)*,?\s+and\s+\$?(?P<last>[B-H])\b", re.IGNORECASE
)
SMALL_GOLD = re.compile(r"\((?P<letter>[a-h])\)")
THING_LETTERED = re.compile(r"(?:the\s+)?(?P<thing>[a-z]{3,})\s+\((?P<letter>[a-h])\)", re.IGNORECASE)
SPACING = re.compile(r"\\[,;:! ]")
# Behind the last option: "$2x$. Which option is correct?"
ASKS = re.compile(
    r"(?<=[^\s])(?:[.;!?]|[.;]?\$)[.;]?\s+(?:which|what)\s+(?:one\s+)?(?:of\s+(?:these|them|the\s+(?:options|choices|above|following))\s+)?(?:(?:option|choice|answer|one|statement)s?\s+)?"
    r"(?:is|are|holds?)\b(?:\s+(?:the\s+)?(?:correct|right|true|it))?(?:\s+(?:one|option|choice|answer))?\s*[.?!]?$"
    r"|(?:[.;!?]|[.;]?\$)[.;]?\s+(?:choose|select|pick|give|enter|state)\s+[a-z\s]{3,60}[.?!]?$",
    re.IGNORECASE,
)
FORMULA = re.compile(r"\d|\\")
MIN_OPTIONS, MAX_QUESTION, MIN_SAID, MAX_FORMULA = 2, 5_000, 3, 80
PARAGRAPH = "\n\n"


@lru_cache(maxsize=64)
def options(question: str) -> dict[str, str]:
    """Letter -> what it stands for; empty where a question lists no options in the order of the alphabet, or is too long."""
    if len(question) > MAX_QUESTION:
        return {}
    if "\\" in question:
        question = IN_LATEX.sub(lambda match: f" ({match[1]}) " if match[1] else " ", question)
    question = DISPLAY_END.sub(r"\1 ", question)
    if "(a)" in question and not FIRST.search(question.replace(" A:", " ")):
        question = SMALL.sub(lambda match: match[0].upper(), question)
    if not FIRST.search(question):
        return {}
    plain = BLANKS.sub(lambda match: PARAGRAPH if match[0].count("\n") > 1 else " ", question)
    for pattern in (OPTION, IN_PARENTHESES):
        # Behind the last option and a blank line stands what is to be done: "Enter the letter of the correct option."
        found = [
            (match["letter"], match["said"].partition(PARAGRAPH)[0].strip(" .,;$\n"))
            for match in pattern.finditer(plain)
        ]
        letters = "".join(letter for letter, _ in found)
        if found and (asks := ASKS.search(found[-1][1])):
            found[-1] = (found[-1][0], found[-1][1][: asks.start()].strip(" .,;$\n"))
        if len(found) >= MIN_OPTIONS and letters == "ABCDEFGH"[: len(letters)]:
            return dict(found)
    return {}


def by_option(gold: str, answer: str, question: str) -> str:
    """An answer by its letter where the gold answer is one, by what the letter stands for where it is not; else as it is.

    An answer that has both keeps the one that is wanted, if the question says the same of both; with another's text it is none: "".
    """
    listed = options(question)
    if not listed:
        return _lettered(gold, answer, question)
    plain = _without_thing(bare(answer), question)
    letter, given = LETTER.fullmatch(bare(gold)), LETTER.fullmatch(plain)
    if given:
        own = answer if plain == bare(answer) else plain
        return own if letter else listed.get(given["letter"], answer)
    if letter and (described := _described(plain, listed)) is not None:
        return described
    meant = [each for each, said in listed.items() if _same(said, answer) or same_text(said, plain)] if letter else []
    if len(meant) == 1:  # "Image B" of "(b) Image B"
        return meant[0]
    if letter and not meant and len(meant := _by_name(plain, listed, question)) == 1:
        return meant[0]
    if (both := WITH_LETTER.match(plain)) and (named := both["first"] or both["last"]) in listed:
        said = (both["behind"] or both["before"]).strip(" ,;:")
        if _same(listed[named], said):
            return named if letter else said
        return "" if any(_same(other, said) for other in listed.values()) else answer  # the text of another option
    return answer


def _by_name(plain: str, listed: dict[str, str], question: str) -> list[str]:
    """The options that a text names by their names, "Color 1", or by all that they say with the kind that is asked for: "Gamma family"."""
    names = {letter: match["name"] for letter, said in listed.items() if (match := NAME_OF_OPTION.match(said))}
    if len(names) == len(listed):
        return [letter for letter, name in names.items() if same_text(name, plain)]
    words = ARTICLE.sub("", plain.strip(" .")).casefold().split()
    kinds = {kind.casefold().removesuffix("s") for match in KIND_ASKED.finditer(question) for kind in match.groups("")}
    kinds -= {"", "following", "these", "those", "option", "the"}
    if len(words) < 2 or not {words[-1].removesuffix("s"), words[0]} & kinds:
        return []
    shorter = " ".join(words[:-1] if words[-1].removesuffix("s") in kinds else words[1:])
    return [letter for letter, said in listed.items() if said.casefold() == shorter]


def _without_thing(plain: str, question: str) -> str:
    """The letter of "Color (A)", where the question asks which color it is; any other answer as it is."""
    match = THING_LETTERED.fullmatch(plain.strip(" ."))
    asked = match and re.search(rf"\b(?:which|what)\s+{match['thing']}\b", question[-MAX_QUESTION:], re.IGNORECASE)
    return match["letter"].upper() if match and asked else plain


def _lettered(gold: str, answer: str, question: str) -> str:
    """The letter of "Color B" for the gold answer (b), where the question has colors A, B and C and no options; else the answer."""
    plain = bare(answer).strip(" .") if SMALL_GOLD.fullmatch(gold.strip()) and len(question) <= MAX_QUESTION else ""
    thing, _, letter = plain.removeprefix("the ").rpartition(" ")
    found = LETTERED.search(question) if thing.isalpha() and re.fullmatch("[A-H]", letter) else None
    if not found or found["things"].casefold().removesuffix("s") != thing.casefold() or letter > found["last"]:
        return answer
    return letter


def _described(plain: str, listed: dict[str, str]) -> str | None:
    """The letter before a text that has the words of its option and of no other; "" where it has another's, None for anything else."""
    match = DESCRIBED.fullmatch(plain)
    if match is None or match["letter"] not in listed:
        return None
    text = f" {' '.join(WORD.findall(match['text'].casefold()))} "
    if NAMED_AS.fullmatch(match["text"]) and not any(WORD_IN_OPTION.search(said) for said in listed.values()):
        return match["letter"]  # the name of a formula: "(b), the chain rule"
    found = {letter: WORD.findall(ARTICLE.sub("", said.casefold())) for letter, said in listed.items()}
    named = {letter for letter, words in found.items() if words and f" {' '.join(words)} " in text}
    if not named:
        return None
    own = (
        rf" (?:the |an? )?(?:[a-z]+ )?{' '.join(found[match['letter']])} (?:(?:at|of|with|in|through|along) [a-z\d ]+)?"
    )
    doubted = DOUBT.search(match["text"]) or OTHER_LETTER.search(match["text"])
    return match["letter"] if named == {match["letter"]} and re.fullmatch(own, text) and not doubted else ""


def with_option_text(gold: Gold, answer: str, question: str) -> Gold:
    """A gold answer that is the letter of an option with what the option says, for an answer that names no letter."""
    letter = LETTER.fullmatch(bare(gold.text))
    plain = bare(answer)
    if letter is None or len(plain) < MIN_SAID or LETTER.fullmatch(plain) or WITH_LETTER.match(plain):
        return gold
    listed = options(question)
    if not (said := listed.get(letter["letter"])):
        return gold
    own = gold._replace(text=said, kind="auto")
    return gold if certain(own, answer) is None and _has_twin(letter["letter"], question) else own


@lru_cache(maxsize=64)
def _has_twin(letter: str, question: str) -> bool:
    """Whether an option in mathematics has the value of another one, so that a value in another form tells neither."""
    listed = options(question)
    own, *others = (clean(listed[each]) for each in sorted(listed, key=lambda each: each != letter))
    if not FORMULA.search(own) or len(own) > MAX_FORMULA:
        return False
    return any(FORMULA.search(each) and len(each) <= MAX_FORMULA and same_value(own, each) for each in others)


def named_option(sentence: str, question: str) -> str:
    """The letter of the one option that a sentence names as its answer, in a clause without doubt; "" for none and several."""
    if not (listed := options(question)):
        return ""
    named = {
        (str(match[match.lastgroup or 0]).upper(), clause)
        for clause in CLAUSE.split(sentence)
        for match in NAMED.finditer(clause)
        if match["bold"] is None or _says_of_option(clause[match.end() :], match["bold"].upper(), question)
    }
    picked = PICKED.search(sentence) if not named and not OTHERWISE.search(sentence) else None
    if picked and {*OTHER_LETTER.findall(sentence)} <= {picked[1].upper()}:
        named = {(picked[1].upper(), sentence[picked.start() :])}
    letters = {letter for letter, _ in named}
    if len(letters) != 1 or not letters <= {*listed} or any(DOUBT.search(clause) for _, clause in named):
        return ""
    return letters.pop()


def _says_of_option(behind: str, letter: str, question: str) -> bool:
    """Whether what stands behind the letter of an option has no words but the question's, and no other option's name."""
    names = {match["name"] for said in options(question).values() if (match := NAME_OF_OPTION.match(said))}
    own = NAME_OF_OPTION.match(options(question).get(letter, ""))
    others = names - {own["name"] if own else ""}
    return {*stems(behind)} <= {*stems(question)} and not any(name.casefold() in behind.casefold() for name in others)


def is_letter(gold: str) -> bool:
    """Whether a gold answer is the letter of an option: "C", "(c)"."""
    return LETTER.fullmatch(bare(gold)) is not None


def bare(answer: str) -> str:
    r"""An answer without mathematics or `\text{}` around its words, and without "option" before it."""
    if "\\" in answer:
        answer = IN_TEXT.sub(r"\1", answer).replace("~", " ")
        answer = SPACING.sub(" ", answer)
    plain = OPTION_BEFORE.sub("", answer.strip("$* ")).strip()
    return SMALL_LETTER.sub(lambda match: match[0].upper(), plain)


def _same(said: str, answer: str) -> bool:
    left, right = (
        key(re.sub(r"\^\{(\w)\}", r"^\1", ARTICLE.sub("", clean(text))))
        for text in (said, re.sub(r"(?<=\d)\s+[a-z]+$", "", answer.strip(" .*$")))
    )
    return left == right or (left.isalpha() and left.casefold() == right.casefold())
