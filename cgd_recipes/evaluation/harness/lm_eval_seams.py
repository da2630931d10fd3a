"""Every place where lm-eval has no door and one is made: what differs between its versions, and what its objects are made to carry.

Imported by lm-eval's Python only; 0.4.11 to 0.4.13, and tried with 0.5.0.dev1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lm_eval.api import task as _task
from lm_eval.api.model import LM

from cgd_recipes.evaluation.harness.answers import AnswerJournal
from cgd_recipes.evaluation.harness.ends import Ends
from cgd_recipes.evaluation.harness.scores import Sample
from cgd_recipes.evaluation.harness.served import mend_outputs

KINDS = ("generate_until", "loglikelihood", "loglikelihood_rolling")
"""The ways in which lm-eval asks a model."""
_RECORDER = "cgd_recorder"

# From 0.5 on ConfigurableTask is another name of the abstract class, which makes no requests.
GenerateTask: Any = getattr(_task, "GenerateTask", None) or _task.ConfigurableTask


def metrics_for_lm_eval(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics of one question as lm-eval's version wants them: 0.5 takes a list for one value a sample."""
    if not hasattr(_task, "GenerateTask"):
        return dict(metrics)
    return {name: [value] for name, value in metrics.items()}


def load_task(manager: Any, name: str) -> Any:
    """One task of a task manager; 0.4.11 has another method for it."""
    return manager.load([name])["tasks"][name] if hasattr(manager, "load") else manager.load_task_or_group([name])[name]


def gold_model(respond: Callable[[Mapping[str, Any]], str]) -> Any:
    """A model of lm-eval that answers a document's request with `respond(document)`."""

    class GoldModel(LM):  # type: ignore[misc]
        tokenizer_name = "none"

        def generate_until(self, requests: Any, **_: Any) -> list[str]:
            return [respond(request.doc) for request in requests]

        def apply_chat_template(self, messages: Any, **_: Any) -> str:
            return "\n".join(str(message["content"]) for message in messages)

        def loglikelihood(self, requests: Any, **_: Any) -> Any:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

    return GoldModel()


def model_behind(chat_template: Any) -> Any:
    """The model that a task's requests go to; None where no chat template is applied.

    A task is given the model's bound method, and there is no other way from a task to its model.
    """
    return getattr(chat_template, "__self__", None)


class Recorder:
    """What our runner and the tasks tell each other in the course of a run; it is attached to the model, which both see.

    Attributes:
        ends: what a server said of the ends of responses.
        graded: (task, number of a question) -> its samples.

    Args:
        model: lm-eval's.
    """

    def __init__(self, model: Any):
        self.ends = Ends()
        self.graded: dict[tuple[str, int], Sequence[Sample]] = {}
        self._journal: AnswerJournal | None = None
        setattr(model, _RECORDER, self)
        if hasattr(model, "set_cache_hook"):
            model.set_cache_hook(self)
        for kind in KINDS:
            setattr(model, kind, partial(self._answer, kind, getattr(model, kind)))
        if hasattr(model, "parse_generations"):
            self._keep_finish_reasons(model)

    def start(self, path: Path) -> AnswerJournal:
        """Keep the answers of the next run in a file, and take from it what it has."""
        if self._journal:
            self._journal.close()
        self.graded.clear()
        self._journal = AnswerJournal(path, self.ends)
        return self._journal

    def _answer(self, kind: str, ask: Callable[..., Any], requests: Any, *args: Any, **options: Any) -> Any:
        if self._journal is None:
            return ask(requests, *args, **options)
        return self._journal.answer(kind, lambda missing: ask(missing, *args, **options), requests)

    def add_partial(self, kind: str, arguments: Any, answer: Any) -> None:
        """Stands in for lm-eval's cache, which engines give each answer as it comes."""
        if self._journal is not None:
            self._journal.add_partial(kind, arguments, answer)

    def _keep_finish_reasons(self, model: Any) -> None:
        parse = model.parse_generations

        def parse_generations(outputs: Any, **options: Any) -> Any:
            return parse(mend_outputs(outputs, self.ends), **options)

        model.parse_generations = parse_generations


def recorder_of(model: Any) -> Recorder | None:
    """What is attached to a model; None where plain lm-eval runs the task."""
    found: Recorder | None = getattr(model, _RECORDER, None)
    return found
