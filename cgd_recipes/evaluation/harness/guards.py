"""Guards against evaluations that run through and measure something else.

Each of them was seen to happen in lm-eval: a fault stops the run before anything is generated, a warning is printed.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from cgd_recipes.evaluation.harness.fault import EvaluationFault

log = logging.getLogger("cgd_recipes.evaluation")
COLLAPSED = (
    "the %d samples of every question are the same text, so pass@k is pass@1; a cache (--use_cache without do_sample=true), "
    "or a server that ignores temperature and seed, does this"
)
# What a model's generation_config.json may hold that transformers applies unasked.
_PENALTIES = {
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "encoder_repetition_penalty": 1.0,
    "diversity_penalty": 0.0,
}
_CUTS = {"top_k": 50, "top_p": 1.0, "min_p": None, "typical_p": 1.0}


def token_limit(options: Mapping[str, Any]) -> int:
    """Longest response in tokens that lm-eval will ask for; its own default where the options name none."""
    names = ("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens")
    return int(next((options[name] for name in names if options.get(name)), 256))


def check_grader() -> None:
    """See that answers can be graded, before hours are spent on them.

    Raises:
        EvaluationFault: math-verify is not installed.
    """
    if find_spec("math_verify") is None:
        raise EvaluationFault(
            f"math-verify, which grades, is missing: {sys.executable} -m pip install 'cgd-recipes[eval]'"
        )


def check_repeats(task: str, repeats: int, pass_at: Sequence[int], options: Mapping[str, Any]) -> None:
    """See that n samples of a question can differ, and that there are enough for every k.

    Raises:
        EvaluationFault: greedy decoding or one seed for all, which gives n times the same; or pass@k with k > n.
    """
    if any(k < 1 or k > repeats for k in pass_at):
        raise EvaluationFault(f"{task}: pass_at {list(pass_at)} needs that many samples, and repeats is {repeats}")
    if repeats == 1:
        return
    temperature = float(options.get("temperature") or 0.0)
    if options.get("do_sample") is False or not temperature:
        message = f"{task}: {repeats} samples with greedy decoding are {repeats} times the same"
        raise EvaluationFault(f"{message}; set --gen_kwargs do_sample=true,temperature=0.6")
    if "seed" in options:
        message = f"{task}: seed={options['seed']} in gen_kwargs gives every one of the {repeats} samples the same seed"
        raise EvaluationFault(f"{message}, and so the same text; leave it out")


def check_responses(task: str, found: int, wanted: int) -> None:
    """See that grading gets every sample: lm-eval's default filter hands on the first alone.

    Raises:
        EvaluationFault: it does not.
    """
    if found != wanted:
        raise EvaluationFault(f"{task}: {found} of {wanted} samples reached the grader; a filter took the others away")


def check_prompts(task: str, lengths: Mapping[str, int], context: int, options: Mapping[str, Any]) -> None:
    """See that every prompt fits beside the longest response: lm-eval would cut its beginning away without a word.

    Args:
        task: its name.
        lengths: document id -> tokens of its prompt.
        context: positions of the model, as lm-eval was told.
        options: generation kwargs.

    Raises:
        EvaluationFault: at least one does not.
    """
    limit = token_limit(options)
    room = context - limit
    long = {name: length for name, length in lengths.items() if length > room}
    if long:
        worst = max(long, key=lambda name: long[name])
        message = (
            f"{task}: {len(long)} of {len(lengths)} prompts would be cut: {worst} has {long[worst]} tokens, and max_gen_toks "
            f"{limit} leaves {max(room, 0)} of {context}; set --gen_kwargs max_gen_toks={max(context - max(long.values()), 1)} "
            "at most, or give the model more (max_model_len for vllm, max_length for hf)"
        )
        raise EvaluationFault(message)


def request_warnings(task: str, apply_chat_template: bool, options: Mapping[str, Any]) -> Iterator[str]:
    """What is unusual about how the model is asked."""
    if not apply_chat_template:
        yield f"{task}: no chat template is applied; unless this is a base model, add --apply_chat_template"
    stops = options.get("until")
    if stops:
        yield f"{task}: responses end at {stops!r}, in the middle of a solution perhaps; set --gen_kwargs until=[] or leave it out"


def generation_warnings(task: str, config: Any, options: Mapping[str, Any]) -> Iterator[str]:
    """What transformers takes from the model's generation_config.json into this evaluation, unasked.

    Args:
        task: its name.
        config: transformers' GenerationConfig, or None.
        options: generation kwargs, which come first.
    """
    sampled = bool(float(options.get("temperature") or 0.0)) and options.get("do_sample") is not False
    neutral = {**_PENALTIES, **(_CUTS if sampled else {})}
    for name, usual in neutral.items():
        value = getattr(config, name, None)
        if value is not None and value != usual and name not in options:
            fix = f"--gen_kwargs {name}={usual if name in _PENALTIES else '...'}"
            yield f"{task}: the model's generation_config.json sets {name}={value}, which is applied; set {fix} to decide it"


def check_distinct(shares: Sequence[float], repeats: int) -> bool:
    """Warn where every sample of every question is the same: a cache, or a server that ignores seed and temperature.

    Args:
        shares: for each question, the share of distinct texts among its samples.
        repeats: samples of a question.

    Returns:
        Whether they are.
    """
    collapsed = repeats > 1 and bool(shares) and all(round(share * repeats) == 1 for share in shares)
    if collapsed:
        log.warning(COLLAPSED, repeats)
    return collapsed
