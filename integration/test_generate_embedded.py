"""The embedded engine: llama.cpp in process, with a real model, on one core."""

import subprocess

import generating
import pytest

OPTIONS = {"n_threads": 1, "n_parallel": 4, "n_ctx": 8192}


def test_generates_all_stages(tmp_path):
    model = generating.gguf()
    generating.write_recipe(tmp_path, "embedded", model=str(model), options=OPTIONS)
    calls = generating.generate_and_render(tmp_path)
    assert {call["served_model"] for call in calls} == {model.name}
    assert {call["server"].split()[0] for call in calls} == {"xllamacpp"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n_ctxx": 8192}, "'generate.student.options.n_ctxx' is no llama.cpp parameter; did you mean 'n_ctx'?"),
        ({"n_ctx": "8k"}, "'generate.student.options.n_ctx' is '8k', but must be of type int"),
        ({"cont_batching": "yes"}, "'generate.student.options.cont_batching' is 'yes', but must be of type bool"),
        ({"port": 8080}, "'generate.student.options.port' is set by the engine: a free port of 127.0.0.1"),
        ({"n_ctx": -5}, "llama.cpp cannot load it"),
    ],
)
def test_says_what_is_wrong_with_options(options, said, tmp_path):
    generating.write_recipe(tmp_path, "embedded", model=str(generating.gguf()), options=options)
    done = subprocess.run(
        [*generating.CGD_RECIPE, "generate", "recipe.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
