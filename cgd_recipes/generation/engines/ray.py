"""Engine `ray`: a whole stage at a time over a Ray cluster, by Ray Data and its vLLM engine."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from math import ceil
from types import TracebackType
from typing import Any

from cgd_recipes.errors import Finding, user_error
from cgd_recipes.generation.engines.options import (
    extra_body_findings,
    import_or_explain,
    option_finding,
    option_name_findings,
    raise_if_any,
    sampling_values,
)
from cgd_recipes.generation.engines.protocol import (
    Completion,
    EngineSettings,
    Message,
    Request,
    RequestFailed,
    Sampling,
    SettingsError,
)
from cgd_recipes.generation.engines.vllm import ENVIRONMENT as VLLM_ENVIRONMENT
from cgd_recipes.generation.engines.vllm import vllm_names

CONCURRENCY = 256
USES_SERVERS = False
ENVIRONMENT: Mapping[str, str] = {**VLLM_ENVIRONMENT, "RAY_USAGE_STATS_ENABLED": "0"}
_BATCH = 32
"""Requests that go to a replica together and come back together, where `batch_size` does not say."""
_MOST_ENCODERS = 16
_LOCAL_CPUS = 8
"""Logical CPUs, at least, of a cluster that is started here: every step of Ray Data reserves one, busy or not."""
_SET_ELSEWHERE = {
    "model_source": "generate.{role}.model",
    "should_continue_on_error": "the engine: a row that fails is set aside",
    **dict.fromkeys(["chat_template_stage", "tokenize_stage", "detokenize_stage"], "the engine, which encodes itself"),
    **dict.fromkeys(["task_type", "prepare_multimodal_stage"], "the engine: text is generated"),
}


def open_engine(settings: EngineSettings) -> RayEngine:
    """The engine for settings of a recipe.

    Raises:
        SettingsError: an option is unknown, or max_model_len is not given.
        RecipeError: Ray or vLLM is missing.
    """
    import_or_explain("ray", "ray.data")
    arguments, sampling = vllm_names("ray")
    known = import_or_explain("ray", "ray.data.llm").vLLMEngineProcessorConfig.model_fields
    raise_if_any([
        *option_name_findings(settings, set(known), _SET_ELSEWHERE, "setting of vLLMEngineProcessorConfig"),
        *_argument_findings(settings, arguments),
        *extra_body_findings(settings, sampling),
    ])  # fmt: skip
    return RayEngine(settings)


class RayEngine:
    """Gives a stage to Ray Data as one dataset; the replicas' processes end with it.

    Connects to the cluster of RAY_ADDRESS (`auto` for one that runs on this machine); without it, it starts one here.

    Args:
        settings: endpoints whose `options` are fields of Ray's vLLMEngineProcessorConfig: `engine_kwargs` (vLLM's engine
            arguments), `concurrency` (replicas), `batch_size`, `accelerator_type`, `placement_group_config`, ...
    """

    def __init__(self, settings: EngineSettings):
        self._endpoints = settings.endpoints
        self._server = ""

    def __enter__(self) -> RayEngine:
        """Connect, or start a cluster.

        Raises:
            RecipeError: the cluster does not answer.
        """
        import ray
        import vllm

        named = os.environ.get("RAY_ADDRESS")
        # Never a cluster that merely happens to run here: it may be another run's own, which ends with that run.
        here = {} if named else {"num_cpus": max(_LOCAL_CPUS, os.cpu_count() or 1), "include_dashboard": False}
        try:
            ray.init(address=named or "local", log_to_driver=False, logging_level="ERROR", **here)
        except ConnectionError as error:
            message = f"no Ray cluster answers there ({error}); start it, or unset RAY_ADDRESS to use this machine"
            raise user_error(f"RAY_ADDRESS={named}", message) from error
        self._server = f"ray {ray.__version__}, vllm {vllm.__version__}"
        ray.data.DataContext.get_current().enable_progress_bars = False
        for name in ("ray", "ray.data"):
            logging.getLogger(name).setLevel(logging.ERROR)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import ray

        ray.shutdown()

    def batch(self, role: str, requests: Iterable[Request]) -> Iterator[tuple[Request, Completion | RequestFailed]]:
        """Answer all requests of one stage, in any order, each batch as soon as it is there.

        Requests wait in Ray's object store, which spills to disk, and not in this process.

        Raises:
            SettingsError: the model cannot be loaded, or the cluster is lost.
        """
        import ray
        from ray.data.llm import build_processor

        encoder, config = self._encoder(role), self._config(role)
        with _located(role, self._endpoints[role].model):
            # Ray Data gives a block to one replica: a block of more than a batch would leave the others idle.
            tables = _blocks(requests, config.batch_size, self._endpoints[role].extra_body)
            blocks = [ray.put(table) for table in tables]
            if not blocks:
                return
            rows = ray.data.from_arrow_refs(blocks).map_batches(
                _encoder_class(), fn_constructor_kwargs=encoder, batch_size=config.batch_size, batch_format="pyarrow",
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=min(_MOST_ENCODERS, ceil(len(blocks) / 8))),
            )  # fmt: skip
            for row in build_processor(config)(rows).iter_rows():
                yield self._result(row)

    def _config(self, role: str) -> Any:
        """Ray's own configuration: our defaults, then the options."""
        from pydantic import ValidationError
        from ray.data.llm import vLLMEngineProcessorConfig

        endpoint = self._endpoints[role]
        options = {"batch_size": _BATCH, "log_engine_metrics": False, **endpoint.options}
        options.setdefault("max_concurrent_batches", ceil(endpoint.concurrency / max(1, options["batch_size"])))
        stages = dict.fromkeys(["chat_template_stage", "tokenize_stage", "detokenize_stage"], False)
        try:
            return vLLMEngineProcessorConfig(
                model_source=endpoint.model, should_continue_on_error=True, **stages, **options
            )
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise_if_any(option_finding(role, fault["loc"], f"is not valid: {fault['msg']}") for fault in found)
            raise

    def _encoder(self, role: str) -> dict[str, Any]:
        endpoint = self._endpoints[role]
        arguments = endpoint.options["engine_kwargs"]
        return {
            "model": arguments.get("tokenizer") or endpoint.model,
            "trust_remote_code": bool(arguments.get("trust_remote_code")),
            "max_model_len": arguments["max_model_len"],
            "template": endpoint.extra_body.get("chat_template_kwargs", {}),
        }

    def _result(self, row: dict[str, Any]) -> tuple[Request, Completion | RequestFailed]:
        request = _thaw(row["request"])
        if row["refused"]:
            return request, RequestFailed(*json.loads(row["refused"]))
        if row["__inference_error__"]:
            return request, RequestFailed("refused by vLLM", " ".join(str(row["__inference_error__"]).split())[:300])
        text, tokens = row["generated_text"], int(row["num_generated_tokens"])
        # Ray does not say why an answer ended; one that fills its room was cut off.
        finish = "length" if tokens >= int(row["room"]) else "stop"
        if not text.strip() and finish == "stop":
            return request, RequestFailed("empty answer")
        model = self._endpoints[request.role].model
        return request, Completion(text, None, finish, int(row["num_input_tokens"]), tokens, None,
                                   round(float(row["time_taken_llm"]), 3), model, self._server)  # fmt: skip


def _argument_findings(settings: EngineSettings, known: set[str]) -> Iterator[Finding]:
    within = ("engine_kwargs",)
    for role, endpoint in settings.endpoints.items():
        arguments = endpoint.options.get("engine_kwargs", {})
        if isinstance(arguments, Mapping) and "max_model_len" not in arguments:
            why = "is needed: Ray does not say why an answer ended, and with it one that was cut off is known"
            yield option_finding(role, (*within, "max_model_len"), why)
    yield from option_name_findings(settings, known, {"model": "generate.{role}.model"}, "vLLM engine argument", within)


def _blocks(requests: Iterable[Request], size: int, extra_body: Mapping[str, Any]) -> Iterator[Any]:
    """Arrow tables of requests and their sampling parameters, both as JSON, so that all blocks have one schema."""
    import pyarrow

    waiting = iter(requests)
    while block := list(islice(waiting, size)):
        sampling = [_sampling(request, extra_body) for request in block]
        yield pyarrow.table({"request": [json.dumps(asdict(request)) for request in block], "sampling": sampling})


def _sampling(request: Request, extra_body: Mapping[str, Any]) -> str:
    values = sampling_values(request, extra_body, request.sampling.max_tokens)
    if request.schema:
        values["structured_outputs"] = {"json": json.dumps(request.schema)}
    return json.dumps(values)


def _thaw(text: str) -> Request:
    values = json.loads(text)
    messages = tuple(Message(*message) for message in values.pop("messages"))
    *drawn, stop = values.pop("sampling")
    return Request(messages=messages, sampling=Sampling._make([*drawn, tuple(stop)]), **values)


@contextmanager
def _located(role: str, model: str) -> Iterator[None]:
    """Say which model it is that Ray cannot run, in place of a traceback through its workers."""
    from ray.exceptions import RayError

    try:
        yield
    except (RayError, OSError, ValueError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        why = (lines or [type(error).__name__])[-1][:300]
        message = f"names '{model}', which Ray cannot run: {why}; every answer so far is kept"
        raise SettingsError([Finding(("generate", role, "model"), message)]) from error


def _encoder_class() -> type:
    """The step before vLLM: conversations become tokens, where Ray's own two steps would begin them with two BOS tokens.

    A class in a function is sent to the workers as it is, so that they need no cgd-recipes.
    """

    class Encode:
        def __init__(self, model: str, trust_remote_code: bool, max_model_len: int, template: dict[str, Any]):
            from transformers import AutoTokenizer

            self.tokenizer = AutoTokenizer.from_pretrained(model, trust_remote_code=trust_remote_code)
            if not self.tokenizer.chat_template:
                raise ValueError("it has no chat template (a base model?); name an instruct model")
            self.max_model_len, self.template = max_model_len, template

        def __call__(self, batch: Any) -> Any:
            import pyarrow

            names = ("tokenized_prompt", "sampling_params", "room", "refused")
            encoded = zip(
                *map(self.encode, *(batch[name].to_pylist() for name in ("request", "sampling"))), strict=True
            )
            columns = dict(zip(names, map(list, encoded), strict=True))
            return pyarrow.table({"request": batch["request"], **columns})

        def encode(self, request: str, sampling: str) -> tuple[list[int], dict[str, Any], int, str]:
            import json

            import jinja2

            messages = [dict(zip(("role", "content"), turn, strict=True)) for turn in json.loads(request)["messages"]]
            parameters, refused = json.loads(sampling), ""
            try:
                ids = self.tokenizer.apply_chat_template(
                    messages, add_generation_prompt=True, tokenize=True, return_dict=False, **self.template
                )
            except jinja2.TemplateError as error:
                ids, refused = [0], json.dumps(["refused by the chat template", str(error)])
            room = self.max_model_len - len(ids)
            if room < 1:
                refused = json.dumps(["prompt too long", f"{len(ids)} tokens, max_model_len is {self.max_model_len}"])
                ids, room = [0], 1
            parameters["max_tokens"] = min(parameters["max_tokens"], 1 if refused else room)
            return ids, parameters, parameters["max_tokens"], refused

    return Encode
