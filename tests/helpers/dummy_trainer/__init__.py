"""A third trainer, as someone would add it: this folder and one line in the registry."""

from pathlib import Path

from cgd_recipes.environments.find import Tool
from cgd_recipes.errors import Finding
from cgd_recipes.files.yaml import Dialect
from cgd_recipes.trainers.protocol import Checked, TokenizationUnknownError


class Dummy:
    """See `Trainer`."""

    name = "dummy"
    config_file = "dummy.yaml"
    dialect = Dialect.PYYAML
    tool = Tool("dummy", "dummy", "dummy")
    shapes = frozenset({"conversations"})
    masks_answers = False
    overlong = "dummy dances at those that are"
    null_removes = False
    launch_template = Path(__file__).with_name("launch.sh.j2")

    def build(self, plan, data=None):
        rows = data.rows if data else None
        return {"dummy_model": plan.student, "steps": rows, "length": plan.train["sequence_len"], "out": "here"}

    def plan_findings(self, plan, data=None):
        return [Finding(("train", "epochs"), "dummy knows one epoch")] if plan.train["epochs"] > 1 else []

    def check(self, plan, config, folder):
        return self.check_file(config, folder)

    def warnings(self, plan, config, data=None):
        return ["dummy trains nothing"]

    def recognises(self, values):
        return "dummy_model" in values

    def named_files(self, values):
        return []

    def check_file(self, values, places):
        return Checked([] if "length" in values else [Finding(("dummy_model",), "dummy needs a length")], [])

    def probe_arguments(self, gpus, modules):
        return [str(gpus)]

    def sequence_limit(self, config):
        return config["length"]

    def tokenization(self, plan, config):
        raise TokenizationUnknownError("dummy has no tokenizer")

    def tokenizer_source(self, plan, config):
        raise TokenizationUnknownError("dummy has no tokenizer")

    def record(self, plan, record):
        return record

    def system_preamble(self, plan):
        return "dummy: "

    def adapter(self, plan, config):
        return None

    def output_folder(self, config):
        return config["out"]

    def model_folder(self, plan, config):
        return f"{config['out']}/last"

    def files(self, plan, config):
        return {"dummy.txt": "dum\n"}

    def launch_values(self, plan, config):
        return {"student": plan.student}

    def environment_problems(self, plan, config, environment):
        return []

    def machine_problems(self, plan, config, capability):
        return []

    def disclosures(self, config):
        return []

    def trains_without_gpu(self, config):
        return True

    def check_environment(self, interpreter):
        return None
