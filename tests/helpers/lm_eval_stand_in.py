"""As much of lm-eval as the task class and its check touch, in the two shapes that lm-eval has had; the real one is in the nox sessions."""

import sys
from itertools import islice
from types import ModuleType, SimpleNamespace


class Instance:
    """A request."""

    def __init__(self, doc, prompt, options, repeats):
        self.doc, self.args, self.repeats = doc, (prompt, options), repeats
        self.resps, self.filtered_resps = [], {}


class LM:
    """lm-eval's base class of models."""

    rank, world_size = 0, 1

    def set_cache_hook(self, hook):
        self.cache_hook = hook


class Task:
    """What the task classes of 0.4 and 0.5 share; by itself it makes no requests, as ConfigurableTask of 0.5."""

    flat = False
    requests = True

    def __init__(self, config):
        self.config = SimpleNamespace(**{"repeats": 1, "metadata": None, "description": "", **config})
        self.instances = []
        self.download(config.get("dataset_kwargs"))

    @property
    def eval_docs(self):
        return self.dataset[self.config.test_split]

    def build_all_requests(self, limit=None, system_instruction=None, chat_template=None, **_):
        system = "\n".join(filter(None, [system_instruction, self.config.description]))
        self.instances = []
        for doc in islice(self.eval_docs, limit) if self.requests else ():
            messages = [{"role": "user", "content": doc["problem"]}]
            if system:
                messages.insert(0, {"role": "system", "content": system})
            prompt = chat_template(messages) if chat_template else "\n".join(turn["content"] for turn in messages)
            self.instances.append(Instance(doc, prompt, self.config.generation_kwargs, self.config.repeats))
        if not self.instances:
            raise ValueError("task.build_requests() did not find any docs!")

    def aggregation(self):
        return {listed["metric"]: listed["aggregation"] for listed in self.config.metric_list}


class GenerateTask(Task):
    """The task class of 0.5: process_results gets the samples, and a list is one value a sample."""

    flat = True


def evaluate(lm, task_dict, limit=None, apply_chat_template=False, **_):
    """lm-eval's `evaluate`, for tasks that generate."""
    found = {}
    for name, task in task_dict.items():
        template = lm.apply_chat_template if apply_chat_template else None
        task.build_all_requests(limit=limit, chat_template=template, apply_chat_template=apply_chat_template)
        requests = [instance for instance in task.instances for _ in range(instance.repeats)]
        for instance, response in zip(requests, lm.generate_until(requests), strict=True):
            instance.resps.append(response)
        metrics = {}
        for instance in task.instances:
            results = instance.resps if task.flat else [instance.resps]
            for metric, value in task.process_results(instance.doc, results).items():
                metrics.setdefault(metric, []).append(value[0] if task.flat and isinstance(value, list) else value)
        aggregation = task.aggregation()
        found[name] = {
            f"{metric},none": sum(values) / len(values)
            if aggregation[metric] == "mean"
            else aggregation[metric](values)
            for metric, values in metrics.items()
        }
    return {"results": found}


def install(monkeypatch, version, tasks):
    """Put the stand-in where `import lm_eval` finds it.

    Args:
        monkeypatch: pytest's.
        version: "0.4" or "0.5".
        tasks: name -> a function that makes the task.
    """

    class TaskManager:
        def __init__(self, **options):
            self.options = options

        def load(self, names):
            return {"tasks": {name: tasks[name]() for name in names}}

        def match_tasks(self, names):
            return [name for name in names if name == "gpqa"]

    abstract = type("ConfigurableTask", (Task,), {"requests": version == "0.4"})
    classes = {"ConfigurableTask": abstract, **({"GenerateTask": GenerateTask} if version == "0.5" else {})}
    contents = {
        "lm_eval": {},
        "lm_eval.api": {},
        "lm_eval.api.task": classes,
        "lm_eval.api.model": {"LM": LM},
        "lm_eval.tasks": {"TaskManager": TaskManager},
        "lm_eval.evaluator": {"evaluate": evaluate},
    }
    for name, values in contents.items():
        module = ModuleType(name)
        module.__dict__.update(values)
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules["lm_eval.api"].task = sys.modules["lm_eval.api.task"]
    for name in ("task", "lm_eval_seams"):  # made anew from this stand-in
        monkeypatch.delitem(sys.modules, f"cgd_recipes.evaluation.harness.{name}", raising=False)
