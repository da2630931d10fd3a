"""Write schemas/vendor/torchtune-<version>.json: what a torchtune config may name, and with which arguments.

Run it with the trainer's interpreter: `PYTHONPATH=. python tools/snapshot_torchtune.py [OUTPUT]`. Components come from
`inspect.signature`, a recipe's keys from its source (`cfg.x` is required, `cfg.get("x")` optional). It fails when a
config that torchtune ships names a component which the snapshot lacks. bitsandbytes is covered where it is installed.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import importlib.metadata
import inspect
import json
import pkgutil
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import torch
import torchtune.models
import yaml
from torchtune.modules import TransformerDecoder
from torchtune.training import ModelType

RECIPES = (
    "full_finetune_single_device",
    "full_finetune_distributed",
    "lora_finetune_single_device",
    "lora_finetune_distributed",
    "full_dpo_distributed",
    "lora_dpo_single_device",
    "lora_dpo_distributed",
)
MODULES = (
    *(f"torchtune.{name}" for name in ("data", "datasets", "modules.loss", "rlhf.loss", "training")),
    *(f"torchtune.training.{name}" for name in ("checkpointing", "lr_schedulers", "metric_logging")),
    *("torch.optim", "torch.optim.lr_scheduler", "torchao.optim", "bitsandbytes.optim"),
)
FUNCTIONS = {
    "_tp_plan": "tensor_parallel_plan",
    "get_cosine_schedule_with_warmup": "lr_scheduler",
    "setup_torch_profiler": "profiler",
}
# Everything that is not here is a switch.
KEY_TYPES: dict[str, list[str]] = {
    "clip_grad_norm": ["number", "string", "null"],
    "custom_sharded_layers": ["array", "null"],
    "dataset": ["object", "array"],
    **{key: ["string"] for key in ("output_dir", "device", "dtype", "collate_fn")},
    **{key: ["string", "integer", "null"] for key in ("ac_mode", "cudnn_deterministic_mode")},
    **{key: ["integer", "null"] for key in ("max_steps_per_epoch", "ac_option", "seed")},
    **{key: ["integer"] for key in ("batch_size", "epochs", "gradient_accumulation_steps", "log_every_n_steps")},
    "tensor_parallel_dim": ["integer"],
    **{key: ["object", "null"] for key in ("lr_scheduler", "profiler", "tensor_parallel_plan")},
    **{key: ["object"] for key in ("model", "tokenizer", "checkpointer", "ref_checkpointer", "optimizer", "loss")},
    **{key: ["object"] for key in ("metric_logger", "fsdp")},
}
# A recipe that swallows an argument without using it still accepts it; a misspelt one must not pass for that reason.
FORWARDS = ("WandBLogger", "CometLogger", "TensorBoardLogger")


def main(arguments: Sequence[str]) -> None:
    """Write the snapshot to the path given, by default into schemas/vendor."""
    version = importlib.metadata.version("torchtune")
    root = Path(__file__).resolve().parent.parent
    output = Path(arguments[0]) if arguments else root / "schemas" / "vendor" / f"torchtune-{version}.json"
    recipes = {name: recipe_keys(name) for name in RECIPES}
    components = dict(sorted(dict(all_components()).items()))
    add_shipped_keys(recipes, components)
    keys = sorted({key for recipe in recipes.values() for part in recipe.values() for key in part})
    snapshot = {
        "package": "torchtune",
        "version": version,
        "with": {name: importlib.metadata.version(name).split("+")[0] for name in ("datasets", "torch", "torchao")},
        "model_types": sorted(ModelType.__members__),
        "recipes": recipes,
        "keys": {key: KEY_TYPES.get(key, ["boolean"]) for key in keys},
        "components": components,
    }
    output.write_text(json.dumps(snapshot, indent=1) + "\n", encoding="utf-8")


def all_components() -> Iterator[tuple[str, dict[str, Any]]]:
    """Dotpath and description of every component that a config may name."""
    models = [f"torchtune.models.{module.name}" for module in pkgutil.iter_modules(torchtune.models.__path__)]
    for module in (*models, *MODULES):
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            print(f"left out, cannot be imported: {module}", file=sys.stderr)
            continue
        for name in getattr(loaded, "__all__", None) or dir(loaded):
            found = getattr(loaded, name, None)
            if not name.startswith("_") and callable(found) and (kind := kind_of(name, found)):
                yield f"{module}.{name}", describe(found, kind)
    yield "torch.nn.CrossEntropyLoss", describe(torch.nn.CrossEntropyLoss, "loss")
    own = importlib.import_module("cgd_recipes.torchtune_tokenizers")
    for name in ("llama3_tokenizer", "qwen2_5_tokenizer"):
        yield f"{own.__name__}.{name}", describe(getattr(own, name), "tokenizer")


def kind_of(name: str, found: Any) -> str:
    """What a name in one of the modules is good for in a config; empty when for nothing."""
    if isinstance(found, type) and issubclass(found, torch.optim.Optimizer):
        return "optimizer"
    if isinstance(found, type):
        classes = {"LR": "lr_scheduler", "Loss": "loss", "Logger": "metric_logger", "Checkpointer": "checkpointer"}
        kinds = [kind for ending, kind in classes.items() if name.endswith(ending)]
        if kinds:
            return kinds[0]
    if inspect.isfunction(found) and found.__annotations__.get("return") is TransformerDecoder:
        return "model"
    if inspect.isfunction(getattr(found, "func", None)):
        return kind_of(name, found.func) or ("prompt_template" if name.endswith("Template") else "")
    endings = {"okenizer": "tokenizer", "ataset": "dataset", "Template": "prompt_template", **FUNCTIONS}
    return next((kind for ending, kind in endings.items() if name.endswith(ending)), "")


def describe(component: Any, kind: str) -> dict[str, Any]:
    """Kind and parameters of a component; `open` where it takes arguments that cannot be listed."""
    parameters: dict[str, Any] = {}
    result: dict[str, Any] = {"kind": kind, "parameters": parameters}
    signature, hints = inspect.signature(component), _hints(component)
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            parameters.update(_forwarded(component, name, set(parameters)))
            if getattr(component, "__name__", "") in FORWARDS:
                result["open"] = True
            continue
        parameters[name] = _parameter(parameter, hints.get(name, parameter.annotation))
    if kind != "model":
        for described in parameters.values():
            described.pop("default", None)
    elif fixed := _fixed(component):
        result["fixed"] = fixed
    return result


class _CaughtError(Exception):
    """Carries what a model builder passes to the architecture it builds on."""


def _fixed(builder: Any) -> dict[str, Any]:
    """Values that a builder for one model size (`qwen2_5_7b_base`) sets itself."""
    builder = getattr(builder, "func", builder)
    module = sys.modules[builder.__module__]
    if not module.__name__.endswith("._model_builders"):
        return {}
    given = inspect.signature(builder).parameters
    saved = {
        name: part
        for name, part in vars(module).items()
        if inspect.isfunction(part) and part.__module__.endswith("._component_builders")
    }
    try:
        for name, part in saved.items():
            setattr(module, name, _catch(part))
        builder(**{name: [] for name in given if given[name].default is inspect.Parameter.empty})
    except _CaughtError as caught:
        values: dict[str, Any] = caught.args[0]
        return {name: value for name, value in values.items() if name not in given and isinstance(value, (int, float))}
    finally:
        vars(module).update(saved)
    return {}


def _catch(architecture: Callable[..., Any]) -> Callable[..., Any]:
    def catch(*args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(architecture).bind(*args, **kwargs)
        bound.apply_defaults()
        raise _CaughtError(dict(bound.arguments))

    return catch


def _hints(component: Any) -> dict[str, Any]:
    target = vars(component).get("__init__") if isinstance(component, type) else getattr(component, "func", component)
    try:
        return typing.get_type_hints(target)
    except (NameError, TypeError):
        return {}


def _parameter(parameter: inspect.Parameter, annotation: Any) -> dict[str, Any]:
    required = parameter.default is inspect.Parameter.empty
    described: dict[str, Any] = {"required": True} if required else {}
    names, choices = json_types(annotation)
    if parameter.default is None and names:
        names = names | {"null"}
    if annotation is inspect.Parameter.empty:
        simple = {bool: {"boolean"}, str: {"string"}, int: {"number"}, float: {"number"}}
        names = simple.get(type(parameter.default), set())
    if names:
        described["types"] = sorted(names)
    if choices:
        described["enum"] = sorted(choices)
    if isinstance(parameter.default, (bool, int, float, str)):
        described["default"] = parameter.default
    return described


def json_types(annotation: Any) -> tuple[set[str], set[str]]:
    """JSON types of an annotation, and the values of a Literal; an empty set where anything goes."""
    simple = {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null", Path: "string"}
    if annotation in simple:
        return {simple[annotation]}, set()
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return {"string"}, {str(value) for value in inner}
    if origin in (typing.Union, types.UnionType):
        parts = [json_types(part) for part in inner]
        # Tensors and callables cannot be written in YAML: what is left of the union is what can be.
        return set().union(*(names for names, _ in parts)), set().union(*(choices for _, choices in parts))
    if isinstance(origin, type):
        if issubclass(origin, Mapping):
            return {"object"}, set()
        if issubclass(origin, (Sequence, set)):
            return {"array"}, set()
    return set(), set()


def _forwarded(component: Any, name: str, known: set[str]) -> dict[str, Any]:
    """Parameters that `**name` really takes."""
    label = getattr(component, "__name__", "")
    if name.endswith("load_dataset_kwargs") or name.endswith("dataset_kwargs"):
        return {key: value for key, value in _load_dataset_parameters().items() if key not in known}
    if label in ("qwen2_tokenizer", "qwen2_5_tokenizer"):
        owner = importlib.import_module(component.__module__)
        tokenizer = owner.Qwen2_5Tokenizer if label == "qwen2_5_tokenizer" else owner.Qwen2Tokenizer
        found: dict[str, Any] = describe(tokenizer, "tokenizer")["parameters"]
        return {key: value for key, value in found.items() if key not in known and key != "special_tokens"}
    if "quantization" in name:
        return {"block_size": {"types": ["integer"]}, "scaler_block_size": {"types": ["integer"]}}
    return {}


def _load_dataset_parameters() -> dict[str, Any]:
    found: dict[str, Any] = describe(datasets.load_dataset, "")["parameters"]
    found = {name: value for name, value in found.items() if name not in ("path", "trust_remote_code")}
    for kind in ("csv", "json", "parquet", "text"):
        module = importlib.import_module(f"datasets.packaged_modules.{kind}.{kind}")
        own = {field.name for field in dataclasses.fields(getattr(module, f"{kind.capitalize()}Config"))}
        base = {field.name for field in dataclasses.fields(datasets.BuilderConfig)}
        found.update({name: {} for name in sorted(own - base) if name not in found})
    return found


def recipe_keys(name: str) -> dict[str, list[str]]:
    """Top-level keys that a recipe's source reads: required ones, and those with a default."""
    folder = Path(importlib.import_module("torchtune").__file__ or "").parents[1] / "recipes"
    required, optional = _reads((folder / f"{name}.py").read_text(encoding="utf-8"))
    if "CheckpointClient" in (folder / f"{name}.py").read_text(encoding="utf-8"):
        client = importlib.import_module("torchtune.training.checkpointing._checkpoint_client")
        optional |= _reads(inspect.getsource(client))[1]
    return {"required": sorted(required), "optional": sorted(optional - required)}


def _reads(source: str) -> tuple[set[str], set[str]]:
    required, optional = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("cfg", "self._cfg") and node.attr != "get":
            required.add(node.attr)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("cfg.get", "self._cfg.get"):
            key = node.args[0]
            optional.add(str(key.value) if isinstance(key, ast.Constant) else "profiler")
    return required, optional


def add_shipped_keys(recipes: dict[str, dict[str, list[str]]], components: dict[str, Any]) -> None:
    """Check torchtune's own configs against the snapshot, and list keys that they set although no recipe reads them.

    Raises:
        SystemExit: a config names a component which the snapshot lacks.
    """
    registry = importlib.import_module("torchtune._recipe_registry").get_all_recipes()
    folder = Path(importlib.import_module("torchtune").__file__ or "").parents[1] / "recipes" / "configs"
    unknown = set()
    for recipe in registry:
        for config in recipe.configs if recipe.name in recipes else []:
            if "vision" in config.name:
                continue
            values = yaml.safe_load((folder / config.file_path).read_text(encoding="utf-8"))
            keys = recipes[recipe.name]
            keys["optional"] = sorted({*keys["optional"], *values} - {*keys["required"]})
            sections = [value for value in values.values() if isinstance(value, dict)]
            unknown |= {section["_component_"] for section in sections if "_component_" in section} - set(components)
    if unknown:
        raise SystemExit(f"the snapshot lacks components of torchtune's own configs: {', '.join(sorted(unknown))}")


if __name__ == "__main__":
    main(sys.argv[1:])
