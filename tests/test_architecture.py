"""The shape of the package: imports go with the data, modules and functions stay small."""

import ast

from conftest import ROOT

PACKAGE = ROOT / "cgd_recipes"

# Every module imports only from those before it.
ORDER = [
    "__init__", "errors", "shipped", "yamlfile", "schema", "template", "output",
    "recipe", "family", "resolve", "prompt_file", "method", "plan", "adapter",
    "source", "rows", "order", "examples", "dataset", "writer",
    "axolotl_config", "axolotl_check", "torchtune_components", "torchtune_student", "torchtune_config", "torchtune_check",
    "torchtune_tokenizers", "trainer",
    "grading.gold", "grading.extract", "grading.clean", "grading.number", "grading.structure", "grading.text",
    "grading.latex", "grading.unit", "grading.symbolic", "grading.single", "grading.strict", "grading.compat", "grading.plain",
    "grading.grader", "grading.worker", "grading.pool", "grading.golds", "grading.__init__",
    "evaluation.__init__", "evaluation.taskfiles", "evaluation.settings",
    "check", "chat", "lengths", "with_trainer", "trainer_file",
    "manifest", "generation.__init__", "generation.engine", "generation.thinking", "generation.stage", "generation.bound",
    "generation.settings",
    "generation.addresses", "generation.keys", "generation.openai_answer", "generation.openai_engine",
    "generation.engine_options", "generation.embedded_engine", "generation.vllm_engine", "generation.ray_engine",
    "generation.journal", "generation.export", "generation.flow", "generation.questions", "generation.triples",
    "generation.run", "generation.runner", "generation.tally", "generation.estimate", "generation.generate",
    "launch", "evalplan", "render", "rendered", "preview", "preview_show",
    "evaluation.fault", "evaluation.passk", "evaluation.documents", "evaluation.guards", "evaluation.scores", "evaluation.task",
    "evaluation.sweep", "evaluation.check", "evaluation.summary", "evaluation.show", "evaluation.install", "evaluation.runs",
    "evaluation.select", "evaluation.run", "evaluation.manage",
    "commands", "commands_generate", "train", "doctor", "report_bug", "cli_options", "cli_eval", "cli_generate", "cli", "__main__",
]  # fmt: skip


def modules():
    """Dotted name below the package -> syntax tree; probes run in other environments and import nothing of ours."""
    paths = [path for path in PACKAGE.rglob("*.py") if not {"probes", "_data"}.intersection(path.parts)]
    names = {path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in paths}
    return {names[path]: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_every_module_has_its_place():
    assert set(modules()) == set(ORDER)


def test_imports_go_with_the_data():
    backward = []
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cgd_recipes"):
                target = node.module.partition(".")[2] or "__init__"
                if target not in ORDER:  # a package
                    target += ".__init__"
                if ORDER.index(target) >= ORDER.index(name):
                    backward.append(f"{name} imports {target}")
    assert backward == []


def test_modules_and_functions_stay_small():
    long = []
    for name, tree in modules().items():
        lines = len((PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8").splitlines())
        if lines > 300:
            long.append(f"{name}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 50:
                long.append(f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines")
    assert long == []


def test_nothing_of_a_machine_is_left_in_shipped_files():
    folders = ["recipes", "templates", "schemas", "cgd_recipes", "evals", "docs"]
    files = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yaml", ".j2", ".md", ".json")
    ]
    assert len(files) > 50
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert "/root/" not in text and "/home/" not in text, path
