"""Ray Data with two vLLM replicas on this machine."""

import generating

ENGINE = {"dtype": "float32", "enforce_eager": True, "max_model_len": 2048, "gpu_memory_utilization": 0.2}
OPTIONS = {
    "engine_kwargs": ENGINE,
    "placement_group_config": {"bundles": [{"CPU": 1}]},
    "concurrency": [2, 2],
    "batch_size": 4,
}


def test_generates_all_stages(tmp_path):
    model = str(generating.folder())
    generating.write_recipe(tmp_path, "ray", model=model, concurrency=16, options=OPTIONS)
    calls = generating.generate_and_render(tmp_path, cached=False)
    assert {call["served_model"] for call in calls} == {model}
    assert {call["server"].split()[0] for call in calls} == {"ray"}
