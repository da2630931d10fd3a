"""Numbers and findings as people read them."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from cgd_recipes.reporting.statistics.proportion import Interval

if TYPE_CHECKING:  # numpy comes with some of them, and quick commands need a few of these words
    from cgd_recipes.reporting.comparison import Change, Comparison
    from cgd_recipes.reporting.generation_cost import GenerationCost
    from cgd_recipes.reporting.paper import Cell
    from cgd_recipes.reporting.scorecard import Scorecard
    from cgd_recipes.reporting.training import Training


def percent(value: float, signed: bool = False) -> str:
    """A share in percent, with one digit after the point."""
    shown = f"{100 * value:{'+' if signed else ''}.1f}"
    return shown.replace("-", "\u2212") if float(shown) else shown.lstrip("-+")


def bounds(interval: Interval, signed: bool = False) -> str:
    """`[41.2, 50.1]`."""
    return f"[{percent(interval.low, signed)}, {percent(interval.high, signed)}]"


def with_bounds(interval: Interval, signed: bool = False) -> str:
    """`45.6 [41.2, 50.1]`."""
    return f"{percent(interval.value, signed)} {bounds(interval, signed)}"


def p_value(value: float) -> str:
    """Three digits after the point; smaller ones are said to be."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def points(value: float) -> str:
    """A size of an effect in points of percent."""
    return "none" if isinf(value) else percent(value)


def count(card: Scorecard) -> str:
    """`15 of 40`, or `61 of 320 (40 x 8)`."""
    total = card.questions * card.samples
    of = f"of {total}" if card.samples == 1 else f"of {total} ({card.questions} x {card.samples})"
    return f"{card.correct} {of}" if card.correct is not None else of.removeprefix("of ")


def finding(change: Change) -> str:
    """One change in a sentence or two."""
    name = "On average" if change.is_average else change.name + ":"
    shown = f"{points(abs(change.difference.interval.value))} points"
    if change.is_seen:
        return f"{name} {change.verdict} by {shown}, outside noise (p {p_value(change.adjusted)})."
    less = (
        f"This set could have shown {points(change.detectable)} points."
        if not isinf(change.detectable)
        else "This set is too small to show any difference."
    )
    direction = "higher" if change.difference.interval.value > 0 else "lower"
    moved = f"{shown} {direction}" if round(1000 * change.difference.interval.value) else "no difference"
    return f"{name} {moved}, within noise (p {p_value(change.adjusted)}). {less}"


def seeds(card: Scorecard) -> str:
    """What is known of the two sources of variation."""
    found = card.variation
    training = (
        "one training seed"
        if found.trainings == 1
        else f"{found.trainings} training seeds, sd {percent(found.training or 0)}"
    )
    runs = found.runs // found.trainings
    if found.sampling is None:
        return f"{training}, one sampling run each" if found.trainings > 1 else f"{training}, one sampling run"
    return f"{training}, {runs} sampling runs{' each' if found.trainings > 1 else ''}, sd {percent(found.sampling)}"


def mark(comparison: Comparison) -> str:
    """What stands above every table of runs that were measured differently; empty where they were not."""
    facts = list(dict.fromkeys(each.fact for each in comparison.mismatches))
    verb = "differs" if len(facts) == 1 else "differ"
    return f"NOT COMPARABLE: {', '.join(facts)} {verb}. Compared because of --anyway." if facts else ""


def printed(cell: Cell) -> str:
    """`37.5`, `18.3 ± 1.7`; `2110` (words); with a star where no whole numbers of right answers give that."""
    error = "" if cell.error is None else f" ± {cell.error}"
    value = f"{cell.printed:.1f}" if cell.printed <= 100 else f"{cell.printed:g}"
    return f"{value}{error}{'' if cell.is_possible else '*'}"


def trained(training: Training) -> str:
    """What a trainer logged, in one line."""
    first, last = training.losses[0][1], training.losses[-1][1]
    parts = [f"{len(training.losses):,} logged steps, loss {first:.3f} to {last:.3f}"]
    if training.tokens:
        covered = f" ({training.trained_tokens:,} of them trained)" if training.trained_tokens else ""
        parts.append(f"{training.tokens:,} tokens{covered}")
    if training.seconds is not None:
        parts.append(duration(training.seconds))
    if training.gpu_hours is not None:
        parts.append(f"{training.gpu_hours:.2f} GPU hours")
    return ", ".join(parts)


def money(cost: float) -> str:
    """What something cost: cents, and two digits of less than one."""
    return f"{cost:.2f}" if cost >= 1 else f"{cost:.2g}"


def generated(generation: GenerationCost) -> str:
    """What a journal says of all its stages, in one line."""
    answers = sum(stage.answers for stage in generation.stages)
    prompts, made = (
        sum(getattr(stage, name) for stage in generation.stages) for name in ("prompt_tokens", "completion_tokens")
    )
    parts = [f"{answers:,} answers, {prompts:,} prompt tokens, {made:,} completion tokens"]
    if generation.seconds:
        parts.append(f"{duration(generation.seconds)} on the clock")
    if generation.unfinished:
        parts.append(f"{generation.unfinished} runs did not come to their end, and their time is not known")
    if generation.cost is not None:
        is_whole = all(stage.cost is not None for stage in generation.stages)
        parts.append(f"cost {money(generation.cost)}{'' if is_whole else ' (stages without a price left out)'}")
    return f"{', '.join(parts)}."


def duration(seconds: float) -> str:
    """`48 s`, `12 min`, `3.4 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"
