"""Recipes, families, students and folders that others wrote: nothing of them runs unasked, and nothing ends in a traceback."""

import json
import shutil
import subprocess
import time

import pytest
import yaml
from click.testing import CliRunner
from helpers.launch_commands import write_commands
from helpers.plain import plain_yaml
from helpers.rows import FEW_ROWS

from cgd_recipes.commands.main import main
from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import data_root
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.check import check_recipe
from cgd_recipes.trainers.disclosure import disclosures_in
from cgd_recipes.trainers.plan import make_plan
from cgd_recipes.trainers.torchtune.references import resolve
from cgd_recipes.trainers.torchtune.student import checkpoint_names

ONE_GPU = ("launch.gpus_per_node=1", *FEW_ROWS)
WORDS = ["$(touch PWN)", "`touch PWN`", '"; touch PWN; "', "'; touch PWN; '", "two words", "a\nb", "$$", "-rf", "*"]


def validate(*settings, recipe="qwen-cgd"):
    options = [part for setting in settings for part in ("-s", setting)]
    return CliRunner().invoke(main, ["validate", recipe, *options])


def dry_run(folder, **environment):
    """The words of the command that launch.sh would start, one a line, and what it runs before that."""
    path = folder / "bin"
    write_commands(path, tune='printf "%s\\n" "$@" >>../told')
    variables = {"PATH": f"{path}:/usr/bin:/bin", "GPUS_PER_NODE": "1", **environment}
    command = ["bash", "launch.sh"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=variables)


@pytest.mark.processes
@pytest.mark.parametrize("word", WORDS)
def test_a_checkpoint_folder_is_one_word_of_the_shell(word, render_recipe, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = ["train.trainer=torchtune", f"train.checkpoint_dir={json.dumps(word)}", *ONE_GPU]
    rendered = render_recipe("qwen-cgd", *settings)
    assert dry_run(rendered.folder, DRY_RUN="1").returncode == 0
    # Not dry, the stand-in for tune is asked to download into exactly that folder.
    shutil.rmtree(rendered.folder / "bin")
    dry_run(rendered.folder)
    told = (rendered.folder.parent / "told").read_text()
    assert told.startswith(f"download\nQwen/Qwen2.5-Math-7B\n--output-dir\n{tmp_path / word}\n--ignore-patterns\n")
    assert not list(tmp_path.rglob("PWN"))


@pytest.mark.processes
@pytest.mark.parametrize("word", WORDS)
def test_an_output_folder_and_an_end_of_turn_are_one_word_of_the_shell(word, render_recipe, tmp_path):
    text = (data_root() / "recipes/families/qwen.yaml").read_text()
    (tmp_path / "family.yaml").write_text(text.replace("<|im_end|>", "END").replace(": END", f": {json.dumps(word)}"))
    settings = ["train.adapter=lora", f"train.axolotl.output_dir={json.dumps(word)}", *ONE_GPU]
    rendered = render_recipe("qwen-cgd", f"family={tmp_path / 'family.yaml'}", *settings)
    script = (rendered.folder / "launch.sh").read_text()
    assert subprocess.run(["bash", "-n", rendered.folder / "launch.sh"], check=False).returncode == 0
    assignment = script[script.index("model=") : script.index("# Left by an earlier run")]
    shown = subprocess.run(
        ["bash", "-c", f'{assignment}printf %s "$model"'], capture_output=True, text=True, check=True
    )
    # What rm and mkdir get must not look like an option either.
    assert shown.stdout == ("./-rf" if word == "-rf" else word)
    call = script[script.index("  python3 - ") :].partition(' "$@" <<')[0].replace("python3 -", "printf %s")
    assert subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True).stdout == word.replace(
        "-rf", "-rf"
    )
    assert dry_run(rendered.folder, DRY_RUN="1").returncode == 0
    assert not list(tmp_path.rglob("PWN"))


def test_a_familys_student_is_one_word_of_the_shell(render_recipe, tmp_path):
    family = plain_yaml((data_root() / "recipes/families/qwen.yaml").read_text())
    for word in ("$(touch PWN)/x", "a;b/c", "x y/z"):
        student = {"student": word, "students": {word: family["students"]["Qwen/Qwen2.5-Math-7B"]}}
        (tmp_path / "family.yaml").write_text(yaml.safe_dump({**family, **student}))
        recipe = {"extends": "base/cgd", "name": "x", "description": "x", "family": "./family.yaml"}
        (tmp_path / "r.yaml").write_text(json.dumps({**recipe, "extends": ["base/full", "base/cgd"]}))
        with pytest.raises(RecipeError, match="no hub id"):
            render_recipe(str(tmp_path / "r.yaml"), "train.trainer=torchtune", *ONE_GPU)


@pytest.mark.processes
@pytest.mark.parametrize("ready", [True, False])
def test_a_dry_run_of_a_folder_runs_nothing_of_it(ready, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/axolotl").write_text("#!/bin/sh\n")
    (tmp_path / "bin/python").symlink_to("/bin/true")
    (tmp_path / "bin/axolotl").chmod(0o755)
    monkeypatch.setenv("CGD_TRAINER_BIN", str(tmp_path / "bin"))
    assert CliRunner().invoke(main, ["render", "qwen-cgd", "-s", "data.sample=64", "-o", "out"]).exit_code == 0
    script, manifest = tmp_path / "out/launch.sh", tmp_path / "out/manifest.json"
    script.write_text("#!/bin/bash\ntouch PWN\nprintf '\x1b[2J'\n")
    values = json.loads(manifest.read_text())
    digest = subprocess.run(["sha256sum", script], capture_output=True, text=True, check=True).stdout.split()[0]
    values["outputs"]["launch.sh"] = digest
    manifest.write_text(json.dumps(values))
    named = ["out"] if ready else ["qwen-cgd", "-s", "data.sample=64", "-o", "out"]
    result = CliRunner().invoke(main, ["train", *named, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "of which a dry run runs nothing:\n#!/bin/bash\ntouch PWN\n" in result.stdout
    assert "\x1b" not in result.stdout
    assert not list(tmp_path.rglob("PWN"))


NO_FOLDER = "'student' is no hub id such as 'org/name', and there is no folder"


@pytest.mark.parametrize(
    ("student", "message"),
    [
        *((name, NO_FOLDER) for name in ("./nosuch", "../nosuch", "~/nosuch", "/nosuch", "a/b/c")),
        ("~nobody-here/x", "there is no user of that name"),
        ("x\0y", "holds the character NUL"),
    ],
)
def test_a_student_that_is_not_there(student, message):
    with pytest.raises(RecipeError, match=message):
        make_plan(load_recipe("qwen-cgd", [f"student={json.dumps(student)}"]))


def test_a_file_is_no_student(tmp_path, monkeypatch):
    """Its name looks like the id of a model on the hub."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(RecipeError, match=r"'student' names a file, model\.gguf; write the folder"):
        make_plan(load_recipe("qwen-cgd", ["student=model.gguf"]))


@pytest.mark.parametrize("key", ["student", "teacher"])
def test_a_familys_models_may_be_in_a_home_folder(key, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    family = plain_yaml((data_root() / "recipes/families/mistral-small.yaml").read_text())
    for name, result in (("~/x", f"{tmp_path}/x"), ("~nobody-here/x", "there is no user of that name")):
        (tmp_path / "family.yaml").write_text(yaml.safe_dump({**family, key: name}))
        try:
            found = load_recipe("mistral-small-cgd", [f"family={tmp_path / 'family.yaml'}"]).get(key)
        except RecipeError as error:
            found = error.problems[0].message
        assert found.endswith(result)


@pytest.mark.parametrize("name", ["~/x.jsonl", "~nobody-here/x.jsonl"])
def test_a_file_to_compare_with_may_be_in_a_home_folder(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "r.yaml").write_text("extends: [qwen-cgd, base/curate]\nname: r\n")
    result = validate(f"curate.decontaminate.against=['{name}']", recipe=str(tmp_path / "r.yaml"))
    assert result.exit_code == 1
    assert ("no such file: " if name.startswith("~/") else "there is no user of that name") in result.stderr


def test_a_variable_in_a_path_is_not_expanded():
    assert "$HOME is not expanded here" in validate("student=$HOME/student").stderr


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "student").mkdir()
    (tmp_path / "student/config.json").write_text('{"max_position_embeddings": 4096}')
    plan = make_plan(load_recipe("qwen-cgd", ["student=~/student", "train.checkpoint_dir=~/files"]))
    assert plan.student == str(tmp_path / "student")
    assert str(plan.recipe.local_path("train", "checkpoint_dir")) == str(tmp_path / "files")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "the file must be a mapping"),
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        (
            '{"max_position_embeddings": "4096"}',
            "'max_position_embeddings' must be a whole number or null, found '4096'",
        ),
        ('{"num_attention_heads": 0}', "'num_attention_heads' must be at least 1, found 0"),
        ('{"rope_parameters": [1]}', "'rope_parameters' must be a mapping or null"),
        ('{"model_type": 3}', "'model_type' must be text, found 3"),
    ],
)
@pytest.mark.parametrize("trainer", ["axolotl", "torchtune"])
def test_a_students_config_of_another_shape(text, message, trainer, tmp_path):
    (tmp_path / "config.json").write_text(text)
    result = validate(f"student={tmp_path}", f"train.trainer={trainer}")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"-s student: the config.json of '{tmp_path}'")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tokenizer_config.json", b"[]"),
        ("tokenizer_config.json", b"{"),
        ("tokenizer_config.json", b'{"chat_template": 3}'),
        ("tokenizer_config.json", b'{"chat_template": [3, {"name": "default", "template": []}]}'),
        ("special_tokens_map.json", b'"x"'),
        ("chat_template.jinja", b"\xff\xfe"),
    ],
)
def test_a_students_tokenizer_files_of_another_shape(file, content, tmp_path):
    from cgd_recipes.data.chat import load_chat

    (tmp_path / "config.json").write_text('{"max_position_embeddings": 4096}')
    (tmp_path / file).write_bytes(content)
    plan = make_plan(load_recipe("qwen-cgd", [f"student={tmp_path}"]))
    with pytest.raises(RecipeError, match=rf"-s student: .*{file} cannot be read: "):
        load_chat(plan, check_recipe(plan).config)


@pytest.mark.parametrize(
    ("key", "value", "settings", "message"),
    [
        (
            "torchtune",
            None,
            ["train.trainer=torchtune"],
            "does not say how torchtune trains it; add a torchtune section",
        ),
        (
            "torchtune.tokenizer",
            {"path": "x"},
            ["train.trainer=torchtune"],
            "'torchtune.tokenizer._component_' is missing",
        ),
        ("axolotl.special_tokens", 3, [], "'special_tokens' must be a mapping"),
        ("axolotl.special_tokens", 3, ["train.axolotl.special_tokens={eos_token: a}"], "eos_token must be <|im_end|>"),
        (
            "students.Qwen/Qwen2.5-Math-7B.hidden_size",
            "a",
            [],
            "hidden_size' must be a whole number or null, found 'a'",
        ),
    ],
)
def test_a_family_of_another_shape(key, value, settings, message, tmp_path):
    family = plain_yaml((data_root() / "recipes/families/qwen.yaml").read_text())
    section, *path = family, *key.replace("Qwen2.5", "Qwen2_5").split(".")
    path = [part.replace("Qwen2_5", "Qwen2.5") for part in path]
    for part in path[:-1]:
        section = section[part]
    if value is None:
        del section[path[-1]]
    else:
        section[path[-1]] = value
    (tmp_path / "family.yaml").write_text(yaml.safe_dump(family))
    result = validate(f"family={tmp_path / 'family.yaml'}", *settings)
    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.parametrize("prompt", ["", "  ", "\n", "\u200b", "\ufeff\u2060 \u00ad"])
def test_an_empty_system_prompt_is_an_error(prompt):
    with pytest.raises(RecipeError, match="nothing of 'system_prompt' shows: training would have an empty system turn"):
        make_plan(load_recipe("qwen-cgd", [f"system_prompt={json.dumps(prompt)}"]))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (["train.axolotl.plugins=[mine.Plugin]"], "runs code: 'train.axolotl.plugins[0]' names mine.Plugin, which is not"),
        (["train.axolotl.trust_remote_code=true"], "runs code: 'train.axolotl.trust_remote_code' is True"),
        (["evaluate.model_args={trust_remote_code: true}"], "runs code: 'evaluate.model_args.trust_remote_code' is True"),
        (["evaluate.gen_kwargs={a: 'trust_remote_code=True'}"], "runs code: 'evaluate.gen_kwargs.a' turns trust_remote_code on"),
        (["train.axolotl.wandb_project=x"], "sends data: 'train.axolotl.wandb_project' is x"),
        (["evaluate.engine=server", "evaluate.base_url=http://x.y/v1"], "sends data: 'evaluate.base_url' names the address http://x.y/v1"),
        (
            ["train.trainer=torchtune", "train.torchtune={loss: {_component_: mine.loss}}"],
            "runs code: 'train.torchtune.loss._component_' names mine.loss, which is not part of torchtune",
        ),
        (
            ["train.trainer=torchtune", "train.torchtune={metric_logger: {filename: '${oc.env:SECRET}'}}"],
            "reads the environment: 'train.torchtune.metric_logger.filename' names the variable SECRET",
        ),
        (
            ["train.trainer=torchtune", "train.torchtune={metric_logger: {filename: '${ oc.${seed} : SECRET}'}}"],
            "reads the environment: 'train.torchtune.metric_logger.filename' names the variable SECRET",
        ),
        (
            ["train.trainer=torchtune", "train.torchtune={collate_fn: mine.pad}"],
            "runs code: 'train.torchtune.collate_fn' names mine.pad, which is not part of torchtune",
        ),
        (
            ["train.trainer=trl", "train.trl={env: {LD_PRELOAD: ./x.so, KEY: secret}}"],
            "sets the environment: 'train.trl.env' sets LD_PRELOAD, KEY",
        ),
        (
            ["train.trainer=trl", "train.trl={datasets: [{path: ./evil.py}]}"],
            "runs code: 'train.trl.datasets[0].path' names a program, ./evil.py",
        ),
        (["train.axolotl={rl: grpo, trl: {rollout_func: mine.f}}"], "runs code: 'train.axolotl.trl.rollout_func' is mine.f"),
        (["train.axolotl={rl: grpo, trl: {vllm_server_host: x.y}}"], "sends data: 'train.axolotl.trl.vllm_server_host' is x.y"),
        (["train.axolotl.hf_mlflow_log_artifacts=true"], "sends data: 'train.axolotl.hf_mlflow_log_artifacts' is True"),
        (["train.axolotl.use_otel_metrics=true"], "sends data: 'train.axolotl.use_otel_metrics' is True"),
    ],
)  # fmt: skip
def test_what_runs_code_reads_or_sends_is_told(settings, line):
    result = validate(*settings)
    assert result.exit_code == 0, result.stderr
    assert any(told.startswith(line) for told in result.stderr.splitlines()), result.stderr


def test_a_generation_tells_its_addresses_and_keys(tmp_path):
    (tmp_path / "r.yaml").write_text("extends: [qwen-cgd, base/generate]\nname: r\n")
    urls = [f"generate.{role}.base_urls=[https://{role}.example/v1]" for role in ("student", "teacher")]
    result = validate("generate.teacher.api_key_env=AWS_SECRET", *urls, recipe=str(tmp_path / "r.yaml"))
    assert result.exit_code == 0, result.stderr
    assert result.stderr.splitlines() == [
        "sends data: 'generate.student.base_urls[0]' names the address https://student.example/v1",
        "sends data: 'generate.teacher.base_urls[0]' names the address https://teacher.example/v1",
        "reads the environment: 'generate.teacher.api_key_env' names the variable AWS_SECRET",
    ]


@pytest.mark.parametrize("key", ["distributed_executor_backend", "backend", "kv_connector_module_path"])
def test_a_class_of_others_in_vllms_options_is_told(key, tmp_path):
    (tmp_path / "r.yaml").write_text("extends: [qwen-cgd, base/generate]\nname: r\ngenerate: {engine: vllm}\n")
    for value, lines in (("mine.Class", 1), ("", 0)):
        result = validate(f"generate.teacher.options={{a: {{{key}: '{value}'}}}}", recipe=str(tmp_path / "r.yaml"))
        assert result.stderr.count(f"runs code: 'generate.teacher.options.a.{key}' is mine.Class") == lines


def test_what_a_deepspeed_file_switches_on_is_told(tmp_path):
    file = tmp_path / "ds.json"
    for is_on, lines in ((True, 1), (False, 0)):
        file.write_text(json.dumps({"wandb": {"enabled": is_on, "team": "x"}}))
        (tmp_path / "axolotl.yaml").write_text(
            f"base_model: a/b\ndeepspeed: {file}\ndatasets: [{{path: a/b, type: chat_template}}]\nmicro_batch_size: 1\n"
            "gradient_accumulation_steps: 1\nlearning_rate: 1.0e-5\n"
        )
        for name, settings in (("qwen-cgd", [f"train.axolotl.deepspeed={file}"]), (str(tmp_path / "axolotl.yaml"), [])):
            told = [
                line
                for line in validate(*settings, recipe=name).stderr.splitlines()
                if line.startswith("sends data: 'wandb'")
            ]
            assert len(told) == lines
            assert all(line.endswith(f", in {file}") for line in told)


@pytest.mark.parametrize("text", ["x" * 200_000, "${" + " " * 200_000, "${" * 50_000, "${a${b}" + " " * 200_000])
def test_a_long_text_is_looked_through_at_once(text):
    start = time.monotonic()
    assert list(disclosures_in({"key": text})) == []
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({f"a{n}": f"${{a{n - 1}}}${{a{n - 1}}}" for n in range(1, 60)}, "becomes too large"),
        ({f"a{n}": [f"${{a{n - 1}}}"] * 2 for n in range(1, 60)}, "becomes too large"),
        ({f"a{n}": f"${{a{n + 1}}}" for n in range(3000)}, "leads through more than 50 references"),
    ],
)
def test_references_that_name_one_another_come_to_an_end(values, message):
    _, findings, _ = resolve({"a0": "x", **values, "a3000": "y"})
    assert message in findings[0].message
    assert resolve({"a0": "x", "a1": "${a0}/${a0}", "a2": ["${a1}"]})[:2] == (
        {"a0": "x", "a1": "x/x", "a2": ["x/x"]},
        [],
    )


@pytest.mark.parametrize(
    ("pattern", "last", "names"),
    [
        ("m-{}-of-{}.bin", "00002", ["m-00001-of-00002.bin", "m-00002-of-00002.bin"]),
        ("m-{}-of-{}.bin", "99999999999", []),
        ("m-{}-of-{}.bin", "\u00b2", []),
        ("{}-{}-{x}{0.__class__}", "1", ["1-1-{x}{0.__class__}"]),
    ],
)
def test_names_of_checkpoint_files_by_a_pattern(pattern, last, names):
    assert list(checkpoint_names({"filename_format": pattern, "max_filename": last})) == names


def test_shipped_recipes_tell_nothing():
    for trainer in ("axolotl", "torchtune"):
        assert validate(f"train.trainer={trainer}").stderr == ""


@pytest.mark.parametrize("name", ["./evil.yaml", "evil.yml", "../evil"])
def test_a_task_file_is_told_before_it_runs(name):
    told = f"runs code: 'evaluate.tasks[1]' names a task file, which may run code: {name}"
    assert told in validate(f"evaluate.tasks=[cgd_math, {name}]").output.splitlines()
    assert "evaluate.tasks" not in validate("evaluate.tasks=[cgd_math, ifeval]").output
