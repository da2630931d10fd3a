"""The lm-eval task class that the files in evals/ name. Imported inside lm-eval only; for its versions see lm_eval_seams."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from datasets import Dataset

from cgd_recipes.data.thinking import without_thinking
from cgd_recipes.evaluation.harness import guards
from cgd_recipes.evaluation.harness.documents import Benchmark, documents_sha256, load_documents
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.harness.lm_eval_seams import GenerateTask, metrics_for_lm_eval, model_behind, recorder_of
from cgd_recipes.evaluation.harness.pool import pool
from cgd_recipes.evaluation.harness.scores import graded, is_whole, metric_list, question_metrics
from cgd_recipes.evaluation.harness.votes import ballot
from cgd_recipes.grading import GRADERS, Gold

log = logging.getLogger("cgd_recipes.evaluation")
# Keys that lm-eval does not know, and one of 0.5: there a task of a group would be called group::task.
_OWN = (
    "class", "benchmark", "pass_at", "grader", "rows", "answers_like", "pictures", "draw", "data", "finish_reasons", "_qualified_name",
)  # fmt: skip


class Settings(NamedTuple):
    """The keys of a task file that are ours.

    Attributes:
        benchmark: where the questions come from.
        pass_at: the k of pass@k.
        grader: one of GRADERS.
        finish_reasons: of whole responses, besides those that are known.
    """

    benchmark: Benchmark
    pass_at: tuple[int, ...]
    grader: str
    finish_reasons: tuple[str, ...]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read them.

        Raises:
            EvaluationFault: an unknown grader.
        """
        grader = config.get("grader", GRADERS[0])
        if grader not in GRADERS:
            raise EvaluationFault(f"{config['task']}: unknown grader '{grader}'; there are: {', '.join(GRADERS)}")
        return cls(
            Benchmark.of(config), tuple(config.get("pass_at", (1,))), grader, tuple(config.get("finish_reasons") or ())
        )


def keep_all(responses: Sequence[Any], documents: Sequence[Any]) -> Sequence[Any]:
    """The filter of these tasks: every sample of a question, where lm-eval's default keeps the first."""
    return responses


def _process_results(document: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
    """Stands in the configuration, where lm-eval takes it as a sign that metrics are made here; see MathTask."""
    raise NotImplementedError


class MathTask(GenerateTask):  # type: ignore[misc]
    """A benchmark of questions with a final answer in a box.

    The keys of its file that lm-eval does not know are read here; everything else is lm-eval's. Given a system instruction,
    that replaces the description, which holds the instruction for those who run the task by hand.

    Args:
        config: the task file, merged with what it includes.
    """

    def __init__(self, config: Mapping[str, Any]):
        self.settings = Settings.of(config)
        repeats = config.get("repeats", 1)
        made = {
            "process_results": _process_results,
            "metric_list": metric_list(self.settings.pass_at, repeats),
            "filter_list": [{"name": "none", "filter": [{"function": "custom", "filter_fn": keep_all}]}],
        }
        self._model: Any = None
        self._golds: list[Gold] = []
        super().__init__(config={**{key: config[key] for key in config if key not in _OWN}, **made})

    def download(self, dataset_kwargs: Mapping[str, Any] | None = None, **_: Any) -> None:
        """Read the questions; lm-eval calls this."""
        benchmark = self.settings.benchmark
        documents = load_documents(benchmark)
        if benchmark.rows and len(documents) not in benchmark.rows:
            message = "%s: %d questions in %s, where %s are expected"
            log.warning(
                message, self.config.task, len(documents), benchmark.source, " or ".join(map(str, benchmark.rows))
            )
        self.config.metadata = {
            **(self.config.metadata or {}),
            "documents_from": benchmark.source,
            "documents_sha256": documents_sha256(documents),
            "grader": self.settings.grader,
        }
        self._golds = [document.gold for document in documents]
        rows = [document.as_row(number) for number, document in enumerate(documents)]
        self.dataset = {benchmark.split: Dataset.from_list(rows)}

    def build_all_requests(self, **options: Any) -> None:
        """Make the prompts, and see that they reach the model as they are.

        Raises:
            EvaluationFault: a result would be wrong; see `guards`.
        """
        name, kwargs = self.config.task, self.config.generation_kwargs
        guards.check_grader()
        guards.check_repeats(name, self.config.repeats, self.settings.pass_at, kwargs)
        if options.get("system_instruction") is not None:
            self.config.description = ""
        self._model = model_behind(options.get("chat_template"))
        super().build_all_requests(**options)
        self._check_model(bool(options.get("apply_chat_template")), kwargs)

    def _check_model(self, apply_chat_template: bool, options: Mapping[str, Any]) -> None:
        name = self.config.task
        context = getattr(self._model, "max_length", None)
        lengths = {instance.doc["id"]: self.tokens(instance.args[0], None) for instance in self.instances}
        known = {document: length for document, length in lengths.items() if length is not None}
        if known and isinstance(context, int):
            guards.check_prompts(name, known, context, options)
        warnings = [*guards.request_warnings(name, apply_chat_template, options)]
        config = getattr(getattr(self._model, "model", None), "generation_config", None)
        for warning in [*warnings, *guards.generation_warnings(name, config, options)]:
            log.warning(warning)

    def tokens(self, text: str, add_special_tokens: bool | None = False) -> int | None:
        """Tokens of a text, with the model's tokenizer; None where lm-eval has none (a chat endpoint).

        Args:
            text: a response, or a prompt.
            add_special_tokens: None for what the model does with prompts.
        """
        if not hasattr(self._model, "tok_encode") or not isinstance(text, str):
            return None
        whole = text.encode("utf-8", "replace").decode()  # tokenizers refuse lone surrogates
        ids = self._model.tok_encode(whole, add_special_tokens=add_special_tokens)
        return len(ids) if isinstance(ids, list) else None

    def process_results(self, doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
        """Grade all samples of one question, each by what follows its thinking; lm-eval calls this."""
        # From 0.5 on the samples themselves; before, one list of them.
        texts = results[0] if isinstance(results[0], list) else list(results)
        guards.check_responses(self.config.task, len(texts), self.config.repeats)
        gold, grader = self._golds[doc["number"]], self.settings.grader
        answers = [without_thinking(text or "").answer for text in texts]
        grades = pool().grade_many([(gold, answer, doc["problem"]) for answer in answers], grader)
        recorder = recorder_of(self._model)
        samples = graded(
            texts,
            grades,
            self.tokens,
            self.config.generation_kwargs,
            finish_reasons=[recorder.ends.reason(text or "") if recorder else None for text in texts],
            also_whole=self.settings.finish_reasons,
        )
        if recorder:
            recorder.graded[self.config.task, doc["number"]] = samples
        ballots = [ballot(sample.grade, whole=is_whole(sample, grader)) for sample in samples]
        vote = pool().vote(gold, ballots) if len(samples) > 1 else None
        return metrics_for_lm_eval(question_metrics(samples, self.settings.pass_at, grader, vote))
