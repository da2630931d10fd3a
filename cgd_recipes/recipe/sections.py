"""The sections of a recipe as types, so that the type checker sees a mistyped key.

They say what `schemas/recipe.schema.json` says; a test holds the two together. A key that a complete recipe may lack is
`NotRequired`: `schemas/recipe.resolved.schema.json` lists the others.
"""

from typing import Any, NotRequired, TypedDict


class DataSection(TypedDict):
    """`data`: where the rows come from and which of them are used."""

    source: str
    config: NotRequired[str | None]
    split: NotRequired[str | None]
    revision: NotRequired[str | None]
    format: str
    columns: NotRequired[dict[str, str | None]]
    sample: int | None
    seed: int
    max_rejected: float
    match_methods: NotRequired[list[str]]
    control_tokens: str
    marks_as_text: NotRequired[list[str]]
    overlong: str


class RoleSection(TypedDict):
    """`generate.student` and `generate.teacher`: where a model runs, and how it samples."""

    model: str | None
    base_urls: list[str]
    api_key_env: str | None
    concurrency: int | None
    temperature: float | None
    top_p: float | None
    max_tokens: int
    seed: int | None
    samples: NotRequired[int]
    stop: list[str]
    thinking: str
    finish_reasons: NotRequired[list[str]]
    check_model: NotRequired[bool]
    serve: NotRequired[list[str] | None]
    extra_body: dict[str, Any]
    options: dict[str, Any]
    price: dict[str, float]


class GenerateSection(TypedDict):
    """`generate`: how student and teacher fill in what the rows lack."""

    engine: str
    stages: list[str] | None
    style: str
    given: str
    output: str | None
    journal: str | None
    student: RoleSection
    teacher: RoleSection
    timeout: float
    max_attempts: int
    retry_seconds: float
    max_failures: int
    accept: dict[str, Any] | None


class CurateSection(TypedDict):
    """`curate`: what is looked at in rows, and which of them are used."""

    answers_like: str | None
    truth: bool
    refined_right: bool
    verdict_true: bool
    student_wrong: bool
    leakage: str
    decontaminate: dict[str, Any]
    repetition: dict[str, Any]
    shape: dict[str, Any]
    require: dict[str, float]
    ablation: dict[str, Any] | None
    methods: dict[str, float] | None
    verdict_ratio: dict[str, float] | None


class LoraSection(TypedDict):
    """`train.lora`: the size of the adapters."""

    r: int
    alpha: int
    dropout: float


class TrainSection(TypedDict):
    """`train`: training settings in one vocabulary for all trainers."""

    trainer: str
    adapter: str
    lora: LoraSection
    learning_rate: float
    lr_scheduler: str
    warmup_ratio: float
    weight_decay: float
    max_grad_norm: float | None
    epochs: int
    max_steps: int | None
    global_batch_size: int
    micro_batch_size: int
    sequence_len: int
    sample_packing: bool
    precision: str
    sharding: str
    attention: str
    gradient_checkpointing: bool
    save_steps: int | None
    seed: int
    checkpoint_dir: NotRequired[str | None]
    axolotl: NotRequired[dict[str, Any]]
    torchtune: NotRequired[dict[str, Any]]
    trl: NotRequired[dict[str, Any]]


class LaunchSection(TypedDict):
    """`launch`: the machines to train on."""

    nodes: int
    gpus_per_node: int


class EvaluateSection(TypedDict):
    """`evaluate`: what is measured, and how."""

    tasks: list[str]
    engine: str
    base_url: str | None
    served_model: str | None
    max_gen_toks: int
    samples: int | None
    seed: NotRequired[int | None]
    batch_size: NotRequired[int | str | None]
    pass_at: list[int]
    temperature: float | None
    top_p: float
    grader: str
    data: str | None
    finish_reasons: NotRequired[list[str]]
    select_on: str | None
    unsafe_code: bool
    model_args: dict[str, Any]
    gen_kwargs: dict[str, Any]


class OutputSection(TypedDict):
    """`output`: the rendered dataset, and for which further trainers it is written."""

    format: str
    license: NotRequired[str | None]
    also: NotRequired[list[str]]
