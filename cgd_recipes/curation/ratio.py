"""A set of rows with a given share of right and of wrong student answers, by the critiques' verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from cgd_recipes.curation.protocol import Entry, because
from cgd_recipes.curation.spool import Spool
from cgd_recipes.data.filters.protocol import Drop

VERDICTS = ("right", "wrong")


def at_ratio(
    entries: Iterable[Entry], ratio: Mapping[str, float], sample: int | None, reject: Callable[[Entry, Drop], None]
) -> Iterator[Entry]:
    """The first rows of each verdict, in their order, so many of each as the ratio says.

    All ratios of one source give sets of one size, as in the CGD authors' `filter_crit_ratios`: as many rows as there are of
    the rarer verdict, and at most `sample`. There, rows without a verdict are dropped in silence and the draw has no seed; here
    they are rejected, and the order is that of the draw.

    Args:
        entries: in the order of the draw; they are read until it is known which are used.
        ratio: verdict -> share; the shares add up to 1.
        sample: at most so many rows; None for as many as there are.
        reject: called with every row that is read and not used.
    """
    seen: Counter[str] = Counter()
    with Spool() as spool:
        for entry in entries:
            verdict = entry.facts.get("verdict", "")
            if verdict not in VERDICTS:
                reject(entry, because("curate.verdict_ratio: the critique has no verdict"))
                continue
            seen[verdict] += 1
            spool.add(entry)
            if sample and min(seen[name] for name in VERDICTS) >= sample:
                break
        size = min([seen[name] for name in VERDICTS] + ([sample] if sample else []))
        right = round(size * ratio.get("right", 0.0))
        left = {"right": right, "wrong": size - right}
        for entry in spool:
            verdict = entry.facts["verdict"]
            if left[verdict]:
                left[verdict] -= 1
                yield entry
            else:
                reject(entry, because("curate.verdict_ratio: there are enough rows with this verdict"))
