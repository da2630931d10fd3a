"""Everything that a report says, put together once for all of its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cgd_recipes.errors import RecipeError, did_you_mean, user_error
from cgd_recipes.reporting.cases import Case, cases
from cgd_recipes.reporting.comparison import Change, Comparison, compare
from cgd_recipes.reporting.drift import Drift, drift
from cgd_recipes.reporting.evaluations import Model
from cgd_recipes.reporting.generation_cost import GenerationCost, generation_of
from cgd_recipes.reporting.paper import Table, load_paper
from cgd_recipes.reporting.published import Published, published_rows
from cgd_recipes.reporting.scorecard import Scorecard, scorecards
from cgd_recipes.reporting.signs import is_of_obedience
from cgd_recipes.reporting.training import Training, training_of


@dataclass(frozen=True)
class ModelReport:
    """One model.

    Attributes:
        label: what it is called.
        models: folders or hub ids, one for each training seed.
        cards: by benchmark.
        published: scores of the same student and method.
        trainings: what the trainers logged, as far as it is there.
        generations: what the rows cost to generate, as far as journals are there.
        warnings: of all its evaluations.
    """

    label: str
    models: Sequence[str]
    cards: Mapping[str, Scorecard]
    published: Sequence[Published]
    trainings: Sequence[Training]
    generations: Sequence[GenerationCost]
    warnings: Sequence[str]


@dataclass(frozen=True)
class Against:
    """One model against the baseline.

    Attributes:
        comparison: scores and tests.
        drift: what training may have spoiled in answers.
        obedience: changes of the benchmarks of instruction following, as far as both have them.
        cases: questions lost and won.
    """

    comparison: Comparison
    drift: Sequence[Drift]
    obedience: Sequence[Change]
    cases: Sequence[Case]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        models: the baseline first, where there is one.
        against: every other model against the baseline; empty without one.
        paper: published tables; empty unless they are asked for.
    """

    models: Sequence[ModelReport]
    against: Sequence[Against]
    paper: Sequence[Table] = ()

    @property
    def benchmarks(self) -> list[str]:
        """Names, in the order of the models."""
        return list(dict.fromkeys(name for model in self.models for name in model.cards))


def make_report(models: Sequence[Model], baseline: str | None, anyway: bool) -> Report:
    """Put a report together.

    Args:
        models: to report on.
        baseline: label of the one to compare the others with; None for no comparison.
        anyway: compare also what was measured differently.

    Raises:
        RecipeError: no such baseline, or models that cannot be compared.
    """
    ordered = list(models)
    against: list[Against] = []
    if baseline is not None:
        chosen = next((model for model in models if model.label == baseline), None)
        if chosen is None:
            labels = [model.label for model in models]
            raise user_error(f"--baseline {baseline}", f"is no run{did_you_mean(baseline, labels)}")
        ordered = [chosen, *(model for model in models if model is not chosen)]
        against = [_against(chosen, model, anyway) for model in ordered[1:]]
    return Report([_model_report(model) for model in ordered], against)


def paper_report() -> Report:
    """The published tables alone."""
    return Report([], [], load_paper())


def _model_report(model: Model) -> ModelReport:
    first = model.trainings[0]
    published = [found for name in model.benchmarks for found in published_rows(first.model, first.recipe, name)]
    warnings = [warning for training in model.trainings for warning in training.warnings]
    generations: dict[Path, GenerationCost] = {}
    for each in model.trainings:
        try:
            if (generation := generation_of(each.model)) is not None:
                generations[generation.journal] = generation  # trainings of one recipe share it
        except RecipeError as error:
            warnings.append(f"generation cost is not shown: {error}")
    return ModelReport(
        label=model.label,
        models=[training.model for training in model.trainings],
        cards=scorecards(model),
        published=published,
        trainings=[found for each in model.trainings if (found := training_of(each.model)) is not None],
        generations=list(generations.values()),
        warnings=list(dict.fromkeys(warnings)),
    )


def _against(baseline: Model, model: Model, anyway: bool) -> Against:
    comparison = compare(baseline, model, anyway)
    obedience = [change for change in comparison.changes if is_of_obedience(change.name)]
    return Against(comparison, drift(baseline, model), obedience, cases(baseline, model))
