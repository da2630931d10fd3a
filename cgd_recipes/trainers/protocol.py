"""What the rest of the package asks of a trainer. One package per trainer answers it; `registry` lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from cgd_recipes.environments.find import Tool
from cgd_recipes.environments.versions import Environment
from cgd_recipes.errors import Finding, Problem
from cgd_recipes.files.yaml import Dialect
from cgd_recipes.recipe.plan import Plan
from cgd_recipes.trainers.disclosure import Disclosure
from cgd_recipes.trainers.places import Places

Config = dict[str, Any]
"""A trainer's config as it is written: plain values, in the order in which they are to stand."""

UNTRAINED = "training_detail"
"""Key of a message with the parts of its text that are trained, and those that are not, as Axolotl reads them."""


@dataclass(frozen=True)
class TrainingData:
    """The dataset that a plan is trained on.

    Attributes:
        rows: number of training examples.
        sha256: of the dataset file.
    """

    rows: int
    sha256: str


class Checked(NamedTuple):
    """What a check of a config says.

    Attributes:
        findings: mistakes, by path into the config.
        notes: in words, what only some versions of the trainer object to.
    """

    findings: list[Finding]
    notes: list[str]


@dataclass(frozen=True)
class Tokenization:
    """How a trainer makes tokens of messages.

    Attributes:
        file: the tokenizer.json.
        template: source of the chat template.
        special: special tokens by name, such as `bos_token`.
        ends: tokens that end an answer.
        variables: what the template sees besides.
    """

    file: Path
    template: str
    special: Mapping[str, str]
    ends: frozenset[str]
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TokenizerSource:
    """Where a trainer takes the tokenizer from when it starts, and what it changes.

    Attributes:
        student: hub id or folder, as the trainer's process sees it.
        revision: commit on the hub; None for the newest.
        template: chat template to use; None for the student's own.
        special_tokens: special tokens that the trainer sets, by their names.
        variables: what it gives the chat template besides messages and special tokens.
        is_own: whether the tokenizer's own EOS, padding token and generation prompt are those of training as well.
        trust_remote_code: whether the student's own code may run.
    """

    student: str
    revision: str | None = None
    template: str | None = None
    special_tokens: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_own: bool = True
    trust_remote_code: bool = False


class TokenizationUnknownError(Exception):
    """Why the tokens that a trainer will see cannot be known here."""


class NoChatTemplateError(TokenizationUnknownError):
    """The student is here, and has no chat template."""


class Trainer(Protocol):
    """What this project does for one trainer.

    Attributes:
        name: as recipes write it; the trainer's own keys stand under `train.<name>` in a recipe, and `<name>` in a family.
        config_file: name of the rendered config.
        dialect: how it reads YAML.
        tool: its program, and how to find and install it.
        shapes: shapes of examples that it can train, see `Method.shape`.
        masks_answers: whether it can leave the beginning of an answer out of the loss.
        overlong: what it does with an example that is longer than its limit, as the end of a sentence.
        null_removes: whether null under `train.<name>` takes a rendered key away.
        launch_template: template of launch.sh; it extends `launch/frame.sh.j2`, which says what it may define.
    """

    name: str
    config_file: str
    dialect: Dialect
    tool: Tool
    shapes: frozenset[str]
    masks_answers: bool
    overlong: str
    null_removes: bool
    launch_template: Path

    def build(self, plan: Plan, data: TrainingData | None = None) -> Config:
        """The config of a plan for which `plan_findings` has nothing; without its data, one that can be checked."""
        ...

    def plan_findings(self, plan: Plan, data: TrainingData | None = None) -> list[Finding]:
        """Settings that the trainer cannot honour, by path into the recipe."""
        ...

    def check(self, plan: Plan, config: Config, folder: Path | None) -> Checked:
        """Check the config of a plan.

        Args:
            plan: the plan.
            config: what `build` gave.
            folder: folder in which files that the config names must exist; None leaves that out.
        """
        ...

    def warnings(self, plan: Plan, config: Config, data: TrainingData | None = None) -> list[str]:
        """What a user should know before training."""
        ...

    def recognises(self, values: Mapping[str, Any]) -> bool:
        """Whether a mapping is a config of this trainer."""
        ...

    def check_file(self, values: Any, places: Places) -> Checked:
        """Check a config that may be written by hand, as far as it stands for itself.

        Args:
            values: what the file holds.
            places: where its relative paths may start.
        """
        ...

    def named_files(self, values: Config) -> list[str]:
        """Relative names of files and folders that a config, which may be written by hand, needs when the run starts."""
        ...

    def probe_arguments(self, gpus: int, modules: Path | None) -> list[str]:
        """Arguments of the trainer's `probe.py` after the config file.

        Args:
            gpus: GPUs of the run.
            modules: folder whose modules the probe may import, and so run; None for no folder.
        """
        ...

    def sequence_limit(self, config: Config) -> int | None:
        """Longest example in tokens; None where the config sets no limit."""
        ...

    def tokenization(self, plan: Plan, config: Config) -> Tokenization:
        """How a plan's messages become tokens.

        Raises:
            TokenizationUnknownError: that cannot be known here.
            RecipeError: a file of the student cannot be read.
        """
        ...

    def tokenizer_source(self, plan: Plan, config: Config) -> TokenizerSource:
        """Where the trainer takes the tokenizer from.

        Raises:
            TokenizationUnknownError: the config takes it from elsewhere.
        """
        ...

    def record(self, plan: Plan, record: Mapping[str, Any]) -> dict[str, Any]:
        """An example as the trainer reads it from the dataset.

        Args:
            plan: the plan.
            record: what the shape of its method makes of a row.
        """
        ...

    def system_preamble(self, plan: Plan) -> str:
        """Text to put before the system message, because the trainer leaves out what the model's own template adds."""
        ...

    def adapter(self, plan: Plan, config: Config) -> str | None:
        """The adapter that a config trains; None where all weights are trained."""
        ...

    def output_folder(self, config: Config) -> str:
        """The folder that a config saves to, relative to the output folder unless it is absolute."""
        ...

    def model_folder(self, plan: Plan, config: Config) -> str:
        """The folder of the trained model once launch.sh has ended, relative to the output folder unless absolute."""
        ...

    def files(self, plan: Plan, config: Config) -> dict[str, str]:
        """Files that a rendered config names and that are rendered with it: name -> text."""
        ...

    def launch_values(self, plan: Plan, config: Config) -> dict[str, object]:
        """What `launch_template` needs beyond what it has for every trainer; see `launch.build_launch`."""
        ...

    def environment_problems(self, plan: Plan, config: Config, environment: Environment) -> Iterable[Problem]:
        """What an environment that has the trainer lacks to train a plan."""
        ...

    def machine_problems(self, plan: Plan, config: Config, capability: float | None) -> Iterable[Problem]:
        """What this machine lacks to train a plan, the number of GPUs apart.

        Args:
            plan: the plan.
            config: its config.
            capability: compute capability of the machine's weakest GPU, such as 8.0; None where there is none, or unknown.
        """
        ...

    def disclosures(self, config: Config) -> Iterable[Disclosure]:
        """What a config runs, reads or sends, where that is not told by `disclosures_in`."""
        ...

    def trains_without_gpu(self, config: Config) -> bool:
        """Whether a config of one process trains on the CPU where there is no GPU."""
        ...

    def check_environment(self, interpreter: str) -> None:
        """See that the trainer's environment has what every rendered config names.

        Raises:
            RecipeError: it has not.
        """
        ...
