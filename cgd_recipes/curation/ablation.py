"""Ablations of critiques: those of other rows, flipped verdicts, corrupted words. Nothing else of a row changes, and no other row.

Add one: a function, and its line in `ABLATIONS`. The leak-free ablation is `curate.leakage`, generic critiques are a method.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator

from xxhash import xxh3_64_intdigest

from cgd_recipes.curation.protocol import Entry
from cgd_recipes.curation.spool import Spool
from cgd_recipes.data.verdict import parse_verdict
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.recipe import Recipe

_OF_THE_CRITIQUE = ("leaks", "verdict_is", "informativeness", "specificity", "loops", "language", "long")
"""Facts that do not hold any more of another critique."""
_BLOCK = 16
"""Rows among which critiques go round: few, so that their lengths are alike, and more than a question is often repeated."""
_SAID = re.compile(r"\b(right|wrong)\b", re.IGNORECASE)
_OTHER = {"right": "wrong", "wrong": "right"}
_AT = ("curate", "ablation")


def ablate(entries: Iterable[Entry], recipe: Recipe) -> Iterator[Entry]:
    """Rows with critiques as `curate.ablation` wants them; as they are where it is null.

    Args:
        entries: the rows that are used, in their order.
        recipe: with a `curate` section.

    Raises:
        RecipeError: there are no critiques to swap.
    """
    section = recipe.curate["ablation"]
    if not section:
        return iter(entries)
    return ABLATIONS[section["critiques"]](entries, section["rate"], recipe)


def _is_chosen(entry: Entry, rate: float, seed: int) -> bool:
    """Whether a row is one of a share of rows; more rows are chosen at a larger rate, and none is chosen no more."""
    return "critique" in entry.row.fields and random.Random(f"{seed}:ablation:{entry.row.id}").random() < rate  # noqa: S311


def _with_critique(entry: Entry, critique: str, kind: str) -> Entry:
    entry.row.fields["critique"] = critique
    for fact in _OF_THE_CRITIQUE:
        entry.facts.pop(fact, None)
    entry.facts["changed"] = kind
    return entry


def flipped(entries: Iterable[Entry], rate: float, recipe: Recipe) -> Iterator[Entry]:
    """Critiques whose conclusion states the other verdict; what they say before it stays."""
    for entry in entries:
        verdict, critique = entry.facts.get("verdict", ""), entry.row.fields.get("critique", "")
        said = list(_SAID.finditer(critique))
        if verdict in _OTHER and said and _is_chosen(entry, rate, recipe.data["seed"]):
            last = said[-1]
            changed = critique[: last.start()] + _in_case_of(last[0], _OTHER[last[0].lower()]) + critique[last.end() :]
            if parse_verdict(changed) == _OTHER[verdict]:
                entry.row.fields["verdict"] = entry.facts["verdict"] = _OTHER[verdict]
                _with_critique(entry, changed, "flipped")
        yield entry


def _in_case_of(model: str, word: str) -> str:
    return word.upper() if model.isupper() else word.capitalize() if model[0].isupper() else word


def corrupted(entries: Iterable[Entry], rate: float, recipe: Recipe) -> Iterator[Entry]:
    """Critiques in which each word, at this rate, is another word of the same critique; the last line stays."""
    for entry in entries:
        critique = entry.row.fields.get("critique", "")
        body, last = critique[: critique.rfind("\n") + 1], critique[critique.rfind("\n") + 1 :]
        words = body.split()
        if len(set(words)) > 1:
            draw = random.Random(f"{recipe.data['seed']}:words:{entry.row.id}")  # noqa: S311
            _with_critique(entry, _with_words(body, words, rate, draw) + last, "corrupted")
        yield entry


def _with_words(text: str, words: list[str], rate: float, draw: random.Random) -> str:
    """A text with its words replaced at a rate. A word that is replaced at a rate is replaced by the same at a larger one."""

    def replace(found: re.Match[str]) -> str:
        is_replaced, other = draw.random() < rate, draw.choice(words)
        return other if is_replaced else found[0]

    return re.sub(r"\S+", replace, text)


def irrelevant(entries: Iterable[Entry], rate: float, recipe: Recipe) -> Iterator[Entry]:
    """Critiques of other rows with the same verdict and about the same length; no row has its own, or one of its own question.

    Rows of one verdict are put in order of the length of their critiques, and critiques go round among each 16 of them.

    Raises:
        RecipeError: rows of a verdict all ask the same question.
    """
    with Spool() as spool:
        chosen: dict[str, list[tuple[int, int, int]]] = {}
        for number, entry in enumerate(entries):
            spool.add(entry)
            if _is_chosen(entry, rate, recipe.data["seed"]):
                place = (
                    len(entry.row.fields["critique"]),
                    number,
                    xxh3_64_intdigest(entry.row.fields["question"].encode()),
                )
                chosen.setdefault(entry.facts.get("verdict", ""), []).append(place)
        donors: dict[int, int] = {}
        for verdict, places in chosen.items():
            for block in _blocks(sorted(places)):
                turned = _turned(block)
                if turned is None:
                    message = (
                        f"the {len(block)} critiques with verdict '{verdict}' are of too few questions to swap them"
                    )
                    raise RecipeError([recipe.problem(_AT, message)])
                donors |= turned
        for number, entry in enumerate(spool):
            if number in donors:
                _with_critique(entry, spool[donors[number]].row.fields["critique"], "irrelevant")
            yield entry


def _blocks(places: list[tuple[int, int, int]]) -> Iterator[list[tuple[int, int, int]]]:
    """Neighbours by length, so many that every block has enough: the last one is up to twice as long."""
    count = max(1, len(places) // _BLOCK)
    for block in range(count):
        yield places[block * _BLOCK : (block + 1) * _BLOCK if block < count - 1 else None]


def _turned(block: list[tuple[int, int, int]]) -> dict[int, int] | None:
    """Number of a row -> number of the row whose critique it gets: a rotation in which none gets one of its own question.

    Rows stand in a circle, the even places one way and the odd ones back, so that neighbours in it are neighbours by length.
    """
    circle = block[::2] + block[1::2][::-1]
    for turn in range(1, len(circle)):
        pairs = list(zip(circle, circle[turn:] + circle[:turn], strict=True))
        if all(mine[2] != other[2] for mine, other in pairs):
            return {mine[1]: other[1] for mine, other in pairs}
    return None


ABLATIONS: dict[str, Callable[[Iterable[Entry], float, Recipe], Iterator[Entry]]] = {
    "irrelevant": irrelevant,
    "flipped": flipped,
    "corrupted": corrupted,
}
"""They take the rows, a rate (of rows; of words for `corrupted`), and the recipe, for its seed."""
