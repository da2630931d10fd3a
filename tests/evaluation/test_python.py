"""The Python that has lm-eval: what must be beside it, and what is said of its version."""

import sys

import pytest

from cgd_recipes import __version__
from cgd_recipes.environments.versions import Environment
from cgd_recipes.errors import RecipeError
from cgd_recipes.evaluation import python as finding


@pytest.fixture
def interpreter(tmp_path, monkeypatch):
    """A Python that says what it is told to."""

    def make(answer):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{answer}\n")
        path.chmod(0o755)
        monkeypatch.setattr(finding, "find_interpreter", lambda tool, source: str(path))
        return str(path)

    return make


def test_the_same_version_beside_lm_eval_is_taken(interpreter):
    path = interpreter(f"""echo '{{"math_verify": true, "cgd_recipes": "{__version__}"}}'""")
    assert finding.find_python("r.yaml") == path


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            """echo '{"math_verify": true, "cgd_recipes": "0.0.9"}'""",
            f"has cgd-recipes 0.0.9, and this program is {__version__}",
        ),
        (
            """echo '{"math_verify": true, "cgd_recipes": "99.1"}'""",
            f"has cgd-recipes 99.1, and this program is {__version__}",
        ),
        ("""echo '{"math_verify": true, "cgd_recipes": null}'""", "has no cgd_recipes"),
        (f"""echo '{{"math_verify": false, "cgd_recipes": "{__version__}"}}'""", "has no math_verify"),
        ("exit 1", "has no cgd_recipes"),
    ],
)
def test_what_is_beside_lm_eval_must_fit(answer, message, interpreter):
    path = interpreter(answer)
    with pytest.raises(RecipeError) as error:
        finding.find_python("r.yaml")
    assert str(error.value).startswith(f"{path}: {message}")
    assert f"-m pip install 'cgd-recipes[eval]=={__version__}'" in str(error.value)


def test_an_older_package_without_a_version_is_named(interpreter):
    interpreter(
        f'exec {sys.executable} - <<\'EOF\'\nprint(\'{{"math_verify": true, "cgd_recipes": "an unknown version"}}\')\nEOF'
    )
    with pytest.raises(RecipeError, match="has cgd-recipes an unknown version"):
        finding.find_python("r.yaml")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.4.11", ""),
        ("0.4.13", ""),
        ("0.5.0.dev1", "is a pre-release. The tasks were tried with it"),
        ("0.5.0rc1", "is not supported"),
        ("0.5.0", "is not supported"),
        ("0.4.9", "is not supported"),
    ],
)
def test_what_is_said_of_a_version(version, said, monkeypatch):
    monkeypatch.setattr(finding, "read_environment", lambda python: Environment(python, {"lm-eval": version}))
    warnings = finding.version_warnings("python")
    assert said in "\n".join(warnings)
    assert bool(warnings) == bool(said)
