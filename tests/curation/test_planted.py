"""Faults planted in clean rows, and what of them is found: recall and precision of each detector. `pytest -s` prints them.

What is missed is expected: an answer that is hinted at and not stated, or
that also stands in the question; a wrong answer that grading takes for another form of the right one does not occur.
"""

import random

import pytest
from helpers.shipped import ROOT

from cgd_recipes.curation.evaluated import Evaluated
from cgd_recipes.curation.filters.leakage import stating
from cgd_recipes.curation.filters.repetition import Seen
from cgd_recipes.curation.filters.shape import end_of, is_loop
from cgd_recipes.curation.overlap import Index, Thresholds
from cgd_recipes.files.jsonl import parse_json
from cgd_recipes.grading import Gold, grade

SEED, PLANTS = 7, 40
NAMES = ["Mara", "Jonas", "Lea", "Tom", "Ivy", "Omar", "Ines", "Kofi"]
THINGS = ["apples", "pencils", "books", "marbles", "tickets", "stamps", "shells", "cards"]
PLACES = ["at the market", "in the garden", "on the way home", "at school", "in the shop", "by the river"]
SPELLED = {12: "twelve", 13: "thirteen", 20: "twenty", 36: "thirty-six", 45: "forty-five", 100: "one hundred"}


def problem(draw):
    """A word problem of about 40 words."""
    who, what, where, other = draw.choice(NAMES), draw.choice(THINGS), draw.choice(PLACES), draw.choice(NAMES)
    return (
        f"{who} has {draw.randrange(11, 99)} {what} and buys {draw.randrange(11, 99)} more {where} every "
        f"{draw.choice(['day', 'week', 'month'])}. {other} has {draw.choice(['twice', 'half', 'a third'])} as many "
        f"{draw.choice(THINGS)} and gives {draw.randrange(11, 99)} of them to "
        f"{draw.choice(['a friend', 'an aunt', 'the library', 'a neighbour'])}. How many {draw.choice(THINGS)} do they have together after "
        f"{draw.randrange(11, 99)} {draw.choice(['days', 'weeks', 'months'])}, if nobody loses any?"
    )


def critique(draw):
    """A critique of 40 words that states no number from 12 on."""
    steps = [
        "looks right",
        "is not explained",
        "mixes up the units",
        "needs a second look",
        "follows from the one before",
    ]
    said = [f"Step {n} {draw.choice(steps)}." for n in draw.sample(range(1, 9), 4)]
    return " ".join(
        [*said, "Two of the sums are off, and the unit is missing.", "Set up one equation and solve it again."]
    )


def told(name, found, planted, clean):
    """Recall and precision of what was found among planted and clean items."""
    hits, false = len(found & planted), len(found & clean)
    recall, precision = hits / len(planted), hits / max(1, hits + false)
    print(f"{name:40} recall {recall:.2f} ({hits} of {len(planted)})  precision {precision:.2f} ({false} false)")
    return recall, precision


def test_leaks():
    draw = random.Random(SEED)
    forms = [
        lambda n: f"The right total is {n}.",
        lambda n: f"It should be \\boxed{{{n}}}.",
        lambda n: f"That makes {SPELLED.get(n, n)} in all.",
        lambda n: f"Then 3 + {n - 3} = {n}, not more.",
        lambda n: f"You would get {n:,}.00 there.",
    ]
    texts, planted, clean = {}, set(), set()
    for number in range(2 * PLANTS):
        gold, text = draw.choice([*SPELLED, 57, 1250, 84]), critique(draw)
        is_planted = number < PLANTS
        (planted if is_planted else clean).add(number)
        texts[number] = (f"{text} {draw.choice(forms)(gold)}" if is_planted else text, str(gold))
    found = {number for number, (text, gold) in texts.items() if list(stating(text, gold, "How many are there?"))}
    assert told("leaks", found, planted, clean) == (1.0, 1.0)
    hints = {
        number
        for number in planted
        if list(stating(f"{critique(draw)} It is ten more than you say.", "36", "How many?"))
    }
    assert hints == set()  # hinted at and not stated


@pytest.fixture(scope="module")
def held():
    draw = random.Random(SEED + 1)
    return [problem(draw) for _ in range(PLANTS)]


def renamed(text, draw):
    """The text with other numbers."""
    return " ".join(str(draw.randrange(11, 99)) if word.isdigit() else word for word in text.split())


def paraphrased(text, draw):
    """The text with every fifth word another one, so that hardly eight in a row stay."""
    return " ".join("so" if place % 5 == 4 and word.isalpha() else word for place, word in enumerate(text.split()))


@pytest.mark.parametrize(
    ("kind", "least"), [("verbatim", 1.0), ("within a longer text", 1.0), ("other numbers", 1.0), ("paraphrase", 0.9)]
)
def test_contaminated_questions(kind, least, held):
    pytest.importorskip("rapidfuzz")
    index, draw = (
        Index([Evaluated("held", str(n), text) for n, text in enumerate(held)], Thresholds(0.7, 0.95, 0.5)),
        random.Random(SEED + 2),
    )
    change = {
        "verbatim": lambda text: text,
        "within a longer text": lambda text: f"Read this. {text} Think step by step, and write the answer in a box.",
        "other numbers": lambda text: renamed(text, draw),
        "paraphrase": lambda text: paraphrased(text, draw),
    }[kind]
    found = {
        number
        for number, text in enumerate(held)
        if str(number) in {m.question.id for m in index.matches(change(text))}
    }
    shipped = [parse_json(line)["question"] for line in (ROOT / "recipes/sample/rows.jsonl").read_bytes().splitlines()]
    names = {f"sample {n}": text for n, text in enumerate(shipped)}
    false = {name for name, text in names.items() if index.matches(text)}
    recall, _ = told(f"contamination, {kind}", found | false, set(range(PLANTS)), set(names))
    assert recall >= least and not false


def test_duplicates():
    pytest.importorskip("rensa")
    draw, seen, found, planted = random.Random(SEED + 3), Seen(0.8), set(), set()
    texts = {f"row {n}": f"{problem(draw)} {critique(draw)}" for n in range(PLANTS)}
    for number, text in enumerate(list(texts.values())):
        texts[f"same {number}"] = text.upper().replace(" ", "  ")
        texts[f"near {number}"] = text.replace("together", "in all")
        planted |= {f"same {number}", f"near {number}"}
    for name, text in texts.items():
        looked = seen.find(text)
        seen.add(name, looked)
        found |= {name} if looked.twin else set()
    recall, precision = told("duplicates, same and near", found, planted, set(texts) - planted)
    assert recall >= 0.95 and precision == 1.0


def test_wrong_refined_answers_and_flipped_verdicts():
    draw, found, planted, clean = random.Random(SEED + 4), set(), set(), set()
    for number in range(2 * PLANTS):
        gold = draw.randrange(100, 9_999)
        said = gold + draw.choice([1, -1, 10, 90]) if number < PLANTS else gold
        form = draw.choice(["\\boxed{{{:,}}}", "The answer is {:,}.", "#### {}", "\\boxed{{{}.0}}"])
        (planted if number < PLANTS else clean).add(number)
        if not grade(Gold(str(gold)), f"{critique(draw)}\n{form.format(said)}").correct:
            found.add(number)
    assert told("wrong answers", found, planted, clean) == (1.0, 1.0)


def test_loops_and_cut_answers():
    draw, found, planted, clean = random.Random(SEED + 5), set(), set(), set()
    for number in range(2 * PLANTS):
        text = " ".join(critique(draw) for _ in range(4)) + " So the answer is 12."
        if number < PLANTS:
            text += f" {draw.choice(['The answer is 12. ', '12', 'Wait, so we add. '])}" * 120
        (planted if number < PLANTS else clean).add(number)
        found |= {number} if is_loop(text) else set()
    assert told("loops", found, planted, clean) == (1.0, 1.0)
    whole = {n: " ".join(critique(draw) for _ in range(2)) + " So the answer is 12." for n in range(PLANTS)}
    cut = {
        n
        for n, text in whole.items()
        if end_of(text[: draw.randrange(60, len(text) - 25)]) in ("cut off", "no sentence end")
    }
    recall, _ = told("cut answers", cut, set(whole), set())
    assert recall >= 0.85  # one that is cut right behind a sentence cannot be told
    assert {end_of(text) for text in whole.values()} == {"whole"}
