"""Trains the same rows and tiny model of every family with one trainer and with a plain loop, and writes down what came of it.

    python conformance.py TRAINER MODELS FACTS [FAMILY...]

Run by the interpreter that has the trainer. FACTS is a folder; `tools/conformance.py` compares what lies there.
"""

import contextlib
import hashlib
import importlib
import json
import os
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

os.environ.update(AXOLOTL_DO_NOT_TRACK="1", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
import tiny

HERE = Path(__file__).parent
STEPS = 6
"""The loss of the last is the loss after five steps."""
LEFT_OUT = {"gpt-oss", "deepseek-r1-distill"}
"""See docs/trainers.md."""
SETTINGS = [
    f"data.source={HERE / 'rows.jsonl'}",
    "data.sample=null",
    "train.global_batch_size=2",
    "train.micro_batch_size=2",
    f"train.epochs={STEPS}",
]


def render_for(trainer, family, models, folder):
    """Render the shipped recipe of a family, with the smoke overlay and the tiny model."""
    from cgd_recipes.recipe.resolve import load_recipe
    from cgd_recipes.rendering.render import render

    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"extends: [{family}-cgd, {HERE / 'smoke.yaml'}]\nname: conformance\nstudent: {models / family}\n"
    )
    return render(load_recipe(str(recipe), [*SETTINGS, f"train.trainer={trainer}"]), folder / "out", progress=print)


def plain_rows(rendered):
    """Token ids and labels by transformers alone: trained are the tokens that hold something of the answer, and its end."""
    from transformers import AutoTokenizer

    plan, family, rows = rendered.plan, rendered.plan.family.values, []
    tokenizer = AutoTokenizer.from_pretrained(plan.student)
    template = plan.family.template(
        family["axolotl"].get("chat_template_jinja") or tokenizer.chat_template, plan.thinks
    )
    end, preamble = tokenizer.convert_tokens_to_ids(family["end_of_turn"]), family.get("template_preamble", "")
    for line in (rendered.folder / "data/train.jsonl").read_text(encoding="utf-8").splitlines():
        messages = json.loads(line)["messages"]
        messages[0]["content"] = messages[0]["content"].removeprefix(preamble)
        text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False)
        found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ids, start = found["input_ids"], text.rindex(messages[-1]["content"])
        first = next(at for at, (_, stop) in enumerate(found["offset_mapping"]) if stop > start)
        last = len(ids) - ids[::-1].index(end)
        rows.append((ids, [-100] * first + ids[first:last] + [-100] * (len(ids) - last)))
    return rows


def plain_losses(rendered, rows):
    """Losses of a plain loop: AdamW, every trained token of the step weighs alike."""
    import torch
    from transformers import AutoModelForCausalLM

    train = rendered.plan.train
    model = AutoModelForCausalLM.from_pretrained(rendered.plan.student, dtype=torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=train["learning_rate"], weight_decay=train["weight_decay"])
    losses, count = [], sum(label != -100 for _, labels in rows for label in labels)
    for _ in range(STEPS):
        total = 0.0
        for ids, labels in rows:
            logits = model(input_ids=torch.tensor([ids])).logits[0, :-1].float()
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels[1:]), reduction="sum") / count
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), train["max_grad_norm"])
        optimizer.step()
        optimizer.zero_grad()
        losses.append(total)
    return losses


@contextlib.contextmanager
def recorded_losses():
    """The loss of every step of a transformers trainer, before it is rounded for a log."""
    from transformers import Trainer

    losses, step = [], Trainer.training_step

    def record(self, *arguments, **options):
        losses.append(float(loss := step(self, *arguments, **options)))
        return loss

    Trainer.training_step = record
    yield losses
    Trainer.training_step = step


def train_axolotl():
    """Rows and losses of axolotl.yaml in the current folder."""
    from axolotl.cli.args import TrainerCliArgs
    from axolotl.cli.config import load_cfg
    from axolotl.common.datasets import load_datasets
    from axolotl.train import train

    config = load_cfg("axolotl.yaml")
    data = load_datasets(cfg=config, cli_args=TrainerCliArgs())
    with recorded_losses() as losses:
        train(cfg=config, dataset_meta=data)
    return [(row["input_ids"], row["labels"]) for row in data.train_dataset], losses


def train_trl():
    """Rows and losses of trl.yaml in the current folder."""
    import trl

    script, rows, Own = importlib.import_module("trl.scripts.sft"), [], trl.SFTTrainer

    class Kept(Own):
        def train(self, *arguments, **options):
            rows.extend((row["input_ids"], row["labels"]) for row in self.train_dataset)
            return super().train(*arguments, **options)

    trl.SFTTrainer = Kept
    with recorded_losses() as losses:
        script.main(*script.make_parser().parse_args_and_config(["--config", "trl.yaml"]))
    trl.SFTTrainer = Own
    return rows, losses


def train_torchtune():
    """Rows and losses of torchtune.yaml in the current folder."""
    from omegaconf import OmegaConf
    from torchtune import config
    from torchtune._cli.tune import main

    settings = OmegaConf.load("torchtune.yaml")
    data = config.instantiate(settings.dataset, config.instantiate(settings.tokenizer))
    rows = [(list(map(int, row["tokens"])), list(map(int, row["labels"]))) for row in data]
    sys.argv = ["tune", "run", "full_finetune_single_device", "--config", "torchtune.yaml"]
    with contextlib.suppress(SystemExit):
        main()
    (log,) = Path("model/logs").glob("*.log")
    return rows, [float(loss) for loss in re.findall(r"\bloss:([0-9.e+-]+|nan)", log.read_text())]


TRAIN = {"axolotl": train_axolotl, "torchtune": train_torchtune, "trl": train_trl}


def facts_of(rows, losses):
    """What is compared. Nothing after the last trained token can change a loss, so it is left out."""
    ids, masks = [], []
    for tokens, labels in sorted((list(tokens), list(labels)) for tokens, labels in rows):
        stop = max(at for at, label in enumerate(labels) if label != -100) + 1
        ids.append(tokens[:stop])
        masks.append([label != -100 for label in labels[:stop]])
    return {
        "rows": len(ids),
        "tokens": sum(map(len, ids)),
        "trained": sum(map(sum, masks)),
        "ids": hashlib.sha256(json.dumps(ids).encode()).hexdigest()[:16],
        "mask": hashlib.sha256(json.dumps(masks).encode()).hexdigest()[:16],
        "first_loss": round(losses[0], 6),
        "loss_after_five_steps": round(losses[STEPS - 1], 6),
    }


def main(trainer, models, folder, families):
    """Train families; writes FACTS/<trainer>.json."""
    found = {trainer: {}, "plain": {}}
    for family in families or sorted({*tiny.families_of(trainer)} - LEFT_OUT):
        if not (models / family / "config.json").is_file():
            tiny.build(family, models / family)
        with tempfile.TemporaryDirectory() as work, contextlib.chdir(work):
            rendered = render_for(trainer, family, models, Path(work))
            rows = plain_rows(rendered)
            found["plain"][family] = facts_of(rows, plain_losses(rendered, rows))
            os.chdir(rendered.folder)
            found[trainer][family] = facts_of(*TRAIN[trainer]())
            print(
                f"{trainer} {family}: {found[trainer][family]}, {time.process_time():.0f} s of CPU so far", flush=True
            )
    versions = {name: version(name) for name in (trainer, "torch", "transformers")}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{trainer}.json").write_text(json.dumps({"trainer": trainer, "versions": versions, **found}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve(), sys.argv[4:])
