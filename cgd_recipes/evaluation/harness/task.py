"""The lm-eval task class that the files in evals/ name. Imported inside lm-eval only, 0.4.11 to 0.4.13."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from datasets import Dataset
from lm_eval.api.task import ConfigurableTask

from cgd_recipes.evaluation.harness import guards
from cgd_recipes.evaluation.harness.documents import Benchmark, documents_sha256, gold_in, load_documents
from cgd_recipes.evaluation.harness.fault import EvaluationFault
from cgd_recipes.evaluation.harness.scores import graded, metric_list, problem_metrics
from cgd_recipes.grading import GRADERS, GradingPool

log = logging.getLogger("cgd_recipes.evaluation")
_OWN = ("class", "benchmark", "pass_at", "grader", "rows", "answers_like", "pictures", "draw", "data")


class Settings(NamedTuple):
    """The keys of a task file that are ours."""

    benchmark: Benchmark
    pass_at: tuple[int, ...]
    grader: str

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """Read them.

        Raises:
            EvaluationFault: an unknown grader.
        """
        kwargs = dict(config.get("dataset_kwargs") or {})
        configs = config.get("dataset_name") or ()
        benchmark = Benchmark(
            config["benchmark"],
            config["dataset_path"],
            (configs,) if isinstance(configs, str) else tuple(configs),
            kwargs.pop("revision", None),
            config["test_split"],
            tuple(rows) if isinstance(rows := config.get("rows", ()), (list, tuple)) else (rows,),
            config.get("answers_like", ""),
            config.get("pictures", True),
            config.get("draw"),
            config.get("data"),
            kwargs,
        )
        grader = config.get("grader", GRADERS[0])
        if grader not in GRADERS:
            raise EvaluationFault(f"{config['task']}: unknown grader '{grader}'; there are: {', '.join(GRADERS)}")
        return cls(benchmark, tuple(config.get("pass_at", (1,))), grader)


@cache
def pool() -> GradingPool:
    """The workers that grade, one pool for all tasks of a process."""
    workers = GradingPool()
    atexit.register(workers.close)
    return workers


def keep_all(responses: Sequence[Any], documents: Sequence[Any]) -> Sequence[Any]:
    """The filter of these tasks: every sample of a problem, where lm-eval's default keeps the first."""
    return responses


def _process_results(document: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
    """Stands in the configuration, where lm-eval takes it as a sign that metrics are made here; see MathTask."""
    raise NotImplementedError


class MathTask(ConfigurableTask):  # type: ignore[misc]
    """A benchmark of problems with a final answer in a box.

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
        super().__init__(config={**{key: config[key] for key in config if key not in _OWN}, **made})

    def download(self, dataset_kwargs: Mapping[str, Any] | None = None, **_: Any) -> None:
        """Read the problems; lm-eval calls this."""
        benchmark = self.settings.benchmark
        documents = load_documents(benchmark)
        if benchmark.rows and len(documents) not in benchmark.rows:
            message = "%s: %d problems in %s, where %s are expected"
            log.warning(
                message, self.config.task, len(documents), benchmark.source, " or ".join(map(str, benchmark.rows))
            )
        self.config.metadata = {
            **(self.config.metadata or {}),
            "documents_from": benchmark.source,
            "documents_sha256": documents_sha256(documents),
            "grader": self.settings.grader,
        }
        self.dataset = {benchmark.split: Dataset.from_list(documents)}

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
        # The only way from here to the model; None where no chat template is applied.
        self._model = getattr(options.get("chat_template"), "__self__", None)
        super().build_all_requests(**options)
        self._check_model(bool(options.get("apply_chat_template")), kwargs)

    def _check_model(self, apply_chat_template: bool, options: Mapping[str, Any]) -> None:
        name = self.config.task
        context = getattr(self._model, "max_length", None)
        lengths = {one.doc["id"]: self.tokens(one.args[0], None) for one in self.instances}
        known = {name: length for name, length in lengths.items() if length is not None}
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
        ids = self._model.tok_encode(text, add_special_tokens=add_special_tokens)
        return len(ids) if isinstance(ids, list) else None

    def process_results(self, doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
        """Grade all samples of one problem; lm-eval calls this."""
        texts = results[0] if isinstance(results[0], list) else [results[0]]
        guards.check_responses(self.config.task, len(texts), self.config.repeats)
        gold, grader = gold_in(doc), self.settings.grader
        grades = pool().grade_many([(gold, text or "") for text in texts], grader)
        # What our own runner lets a chat model remember.
        cut = getattr(self._model, "cgd_cut_texts", ())
        samples = graded(texts, grades, self.tokens, self.config.generation_kwargs, cut)
        return problem_metrics(samples, self.settings.pass_at, grader)
