"""Engines that load models themselves, as far as it goes without them: what is missing, options, models used twice."""

import asyncio
import sys
from types import ModuleType, SimpleNamespace

import pytest
from click.testing import CliRunner
from conftest import ROOT

from cgd_recipes.commands.main import main
from cgd_recipes.errors import Finding, RecipeError, dotted
from cgd_recipes.generation.engines import embedded as embedded_engine
from cgd_recipes.generation.engines import ray as ray_engine
from cgd_recipes.generation.engines import vllm as vllm_engine
from cgd_recipes.generation.engines.options import (
    extra_body_findings,
    models_to_load,
    option_name_findings,
    sampling_values,
)
from cgd_recipes.generation.engines.protocol import (
    Completion,
    Endpoint,
    EngineSettings,
    Message,
    Request,
    Sampling,
    SettingsError,
)
from cgd_recipes.generation.engines.registry import ENGINES

ASKED = Request(
    key="k",
    stage="probe",
    row_id="r1",
    role="student",
    model="m",
    messages=(Message("user", "1 + 1?"),),
    sampling=Sampling(0.5, 0.9, 64, None, ("END",)),
    attempt=2,
    schema={"type": "x"},
)


def settings(**endpoints):
    return EngineSettings(endpoints)


@pytest.fixture
def without(monkeypatch):
    """Make imports of certain packages fail, as where they are not installed."""

    def hide(*names):
        for name in [one for one in sys.modules if one.partition(".")[0] in names]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setattr(sys, "meta_path", [Missing(names), *sys.meta_path])

    return hide


class Missing:
    """A finder for packages that are not there."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


@pytest.mark.parametrize(
    ("engine", "package"),
    [(embedded_engine, "xllamacpp"), (vllm_engine, "vllm"), (ray_engine, "ray")],
)
def test_a_missing_package_names_its_extra(engine, package, without):
    without(package)
    name = engine.__name__.rpartition(".")[2].removesuffix("_engine")
    with pytest.raises(RecipeError) as caught:
        engine.open_engine(settings(student=Endpoint("m")))
    assert str(caught.value) == f"engine {name}: needs {package}: pip install 'cgd-recipes[{name}]'"


def test_a_broken_package_says_why(monkeypatch):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "xllamacpp":
                raise ImportError("libgomp.so.1: cannot open shared object file")

    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(RecipeError, match=r"cannot import xllamacpp \(libgomp.so.1"):
        embedded_engine.open_engine(settings(student=Endpoint("m")))


def test_option_names():
    roles = settings(student=Endpoint("m", options={"max_modell_len": 1, "model": "x", "dtype": "auto"}))
    ours, path = {"model": "generate.{role}.model"}, ("generate", "student", "options")
    assert list(option_name_findings(roles, {"max_model_len", "dtype", "model"}, ours, "engine argument")) == [
        Finding((*path, "max_modell_len"), "is no engine argument; did you mean 'max_model_len'?"),
        Finding((*path, "model"), "is set by generate.student.model"),
    ]


def test_extra_body_names():
    extra = {"chat_template_kwargs": {}, "top_k": 20, "min_pp": 0.1, "chat_template_kwarg": {}}
    found = extra_body_findings(settings(teacher=Endpoint("m", extra_body=extra)), {"top_k", "min_p"})
    path, no = ("generate", "teacher", "extra_body"), "is no sampling parameter of vLLM; did you mean"
    assert list(found) == [
        Finding((*path, "min_pp"), f"{no} 'min_p'?"),
        Finding((*path, "chat_template_kwarg"), f"{no} 'chat_template_kwargs'?"),
    ]


def test_models_are_loaded_once():
    one, same, other = Endpoint("m", options={"a": 1}), Endpoint("m", concurrency=2, options={"a": 1}), Endpoint("m")
    assert models_to_load({"student": one, "teacher": same}) == {"student": ["student", "teacher"]}
    assert models_to_load({"student": one, "teacher": other}) == {"student": ["student"], "teacher": ["teacher"]}
    assert not vllm_engine.VLLMEngine(settings(student=one, teacher=same)).one_model
    assert vllm_engine.VLLMEngine(settings(student=one, teacher=other)).one_model


def test_sampling_is_always_explicit():
    values = sampling_values(ASKED, {"top_k": 20, "temperature": 1, "chat_template_kwargs": {"x": 1}}, 32)
    assert values == {"top_k": 20, "temperature": 0.5, "top_p": 0.9, "max_tokens": 32, "stop": ["END"]}
    greedy = Request("k", "probe", "r1", "student", "m", ASKED.messages, Sampling())
    assert sampling_values(greedy, {}, 10**6) == {"temperature": 0.0, "top_p": 1.0, "max_tokens": 8192}


def test_a_gguf_file_is_wanted(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=lambda: SimpleNamespace(n_ctx=0)))
    (tmp_path / "text").write_text("no model")
    roles = {"student": Endpoint(str(tmp_path / "away.gguf")), "teacher": Endpoint(str(tmp_path / "text"))}
    with pytest.raises(SettingsError) as caught:
        embedded_engine.open_engine(settings(**roles))
    student, teacher = str(caught.value).splitlines()
    assert student.startswith(
        f"'generate.student.model' names '{tmp_path}/away.gguf', which is not there; name a GGUF file"
    )
    assert teacher.startswith(f"'generate.teacher.model' names '{tmp_path}/text', which is no GGUF file;")


def test_problems_are_located_in_the_recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=lambda: SimpleNamespace(n_ctx=0)))
    (tmp_path / "q.jsonl").write_text('{"question": "1 + 1?"}\n')
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    (tmp_path / "r.yaml").write_text(
        "extends: [llama-cgd, base/generate]\nname: r\ndata: {source: q.jsonl}\ngenerate:\n  engine: embedded\n"
        "  student: {model: m.gguf, options: {n_ctxx: 1}}\n  teacher: {model: m.gguf}\n"
    )
    said = CliRunner().invoke(main, ["generate", "r.yaml"])
    assert said.exit_code == 1
    assert (
        "r.yaml:6:38: 'generate.student.options.n_ctxx' is no llama.cpp parameter; did you mean 'n_ctx'?" in said.output
    )


def test_ray_asks_for_the_length():
    arguments = {"dtype": "float32", "max_num_seq": 8}
    roles = settings(student=Endpoint("m", options={"engine_kwargs": arguments}), teacher=Endpoint("m"))
    found = {
        dotted(finding.path): finding.message
        for finding in ray_engine._argument_findings(roles, {"dtype", "max_num_seqs"})
    }
    assert set(found) == {
        "generate.student.options.engine_kwargs.max_model_len",
        "generate.student.options.engine_kwargs.max_num_seq",
        "generate.teacher.options.engine_kwargs.max_model_len",
    }
    wrong = found["generate.student.options.engine_kwargs.max_num_seq"]
    assert wrong == "is no vLLM engine argument; did you mean 'max_num_seqs'?"


def test_ray_wants_a_mapping_of_arguments():
    roles = settings(student=Endpoint("m", options={"engine_kwargs": ["dtype"]}))
    (finding,) = ray_engine._argument_findings(roles, {"dtype"})
    assert finding.path == ("generate", "student", "options", "engine_kwargs")
    assert finding.message == "must be a mapping of names to values, found ['dtype']"


def test_requests_come_back_from_ray_as_they_went():
    import pyarrow

    tables = list(ray_engine._blocks(iter([ASKED] * 5), 2, {}))
    assert [table.num_rows for table in tables] == [2, 2, 1]
    assert all(table.schema.types == [pyarrow.string(), pyarrow.string()] for table in tables)
    back = ray_engine._thaw(tables[0]["request"][0].as_py())
    assert back == ASKED
    assert (back.row_id, back.attempt, back.schema) == ("r1", 2, ASKED.schema)


class Tokenizer:
    """One token a character; refuses a conversation that begins with an answer."""

    chat_template = "x"

    def apply_chat_template(self, messages, **options):
        import jinja2

        if messages[0]["role"] == "assistant":
            raise jinja2.TemplateError("roles must alternate")
        return [1] * sum(len(message["content"]) for message in messages)


@pytest.mark.parametrize(
    ("messages", "outcome"),
    [
        ([Message("user", "1 + 1?")], ([1] * 6, 14, "")),
        ([Message("user", "x" * 20)], ([0], 1, "prompt too long")),
        ([Message("assistant", "no")], ([0], 1, "refused by the chat template")),
    ],
)
def test_ray_encodes_what_fits(messages, outcome, monkeypatch):
    transformers = ModuleType("transformers")
    transformers.AutoTokenizer = SimpleNamespace(from_pretrained=lambda *names, **options: Tokenizer())
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    encoder = ray_engine._encoder_class()("m", False, 20, {})
    request = Request("k", "probe", "r1", "student", "m", tuple(messages), Sampling(max_tokens=64))
    (table,) = ray_engine._blocks([request], 8, {})
    (row,) = encoder(table).to_pylist()
    ids, room, refused = outcome
    assert (row["tokenized_prompt"], row["room"], row["sampling_params"]["max_tokens"]) == (ids, room, room)
    assert refused in row["refused"]
    assert bool(row["refused"]) == bool(refused)


def test_ray_tells_what_was_cut_off():
    engine = ray_engine.RayEngine(settings(student=Endpoint("m")))
    (table,) = ray_engine._blocks([ASKED], 8, {})
    row = {
        "request": table["request"][0].as_py(),
        "refused": "",
        "__inference_error__": "",
        "generated_text": "2",
        "num_generated_tokens": 5,
        "num_input_tokens": 6,
        "time_taken_llm": 1.0,
        "room": 6,
    }
    assert engine._result(row)[1].finish_reason == "stop"
    assert engine._result({**row, "num_generated_tokens": 6})[1].finish_reason == "length"
    assert engine._result({**row, "generated_text": " "})[1].reason == "empty answer"
    assert engine._result({**row, "refused": '["prompt too long", "9 tokens"]'})[1].reason == "prompt too long"
    assert engine._result({**row, "__inference_error__": "ValueError: no"})[1].reason == "refused by vLLM"


def test_a_model_without_a_template_is_refused(monkeypatch):
    """What vLLM is asked for is a stand-in; the real one runs in the integration tests."""
    engine = SimpleNamespace(get_tokenizer=lambda: SimpleNamespace(chat_template=None), shutdown=lambda: None)
    modules = {
        "vllm": SimpleNamespace(__version__="0"),
        "vllm.v1.engine.exceptions": SimpleNamespace(EngineDeadError=OSError),
        "vllm.engine.arg_utils": SimpleNamespace(AsyncEngineArgs=lambda **arguments: arguments),
        "vllm.v1.engine.async_llm": SimpleNamespace(
            AsyncLLM=SimpleNamespace(from_engine_args=lambda arguments: engine)
        ),
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(SettingsError, match="has no chat template"):
        asyncio.run(vllm_engine.VLLMEngine(settings(student=Endpoint("base"))).complete(ASKED))


def test_every_engine_has_what_the_protocol_says():
    for name, module in ENGINES.items():
        assert callable(module.open_engine), name
        assert module.CONCURRENCY > 0, name
        assert isinstance(module.USES_SERVERS, bool), name
        assert all(isinstance(value, str) for value in module.ENVIRONMENT.values()), name
    assert EngineSettings({}).max_attempts > 1


class Echo:
    """An engine that repeats the question; one that loads its models, as far as the recipe goes."""

    CONCURRENCY, USES_SERVERS, ENVIRONMENT, one_model = 3, False, {}, False

    def open_engine(self, settings):
        if settings.endpoints["student"].options.get("volume", 0) > 10:
            raise SettingsError([Finding(("generate", "student", "options", "volume"), "is too loud; set 10 or less")])
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def switch(self, role):
        pass

    def slots(self, role):
        return self.CONCURRENCY

    async def complete(self, request):
        return Completion(f"{request.messages[-1].content}\nConclusion: right", None, "stop", 1, 1, None)


def test_an_engine_of_ones_own_is_one_line_in_the_registry(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(ENGINES, "echo", Echo())
    (tmp_path / "q.jsonl").write_text('{"question": "1 + 1?"}\n')
    (tmp_path / "r.yaml").write_text(
        "extends: [llama-cgd, base/generate]\nname: r\ndata: {source: q.jsonl}\ngenerate:\n  engine: echo\n"
        "  student: {options: {volume: 5}}\n"
    )
    run = CliRunner().invoke
    assert "rows      1 of 1 complete" in run(main, ["generate", "r.yaml"]).output
    said = run(main, ["generate", "r.yaml", "-s", "generate.student.options.volume=11"])
    assert said.exit_code == 1
    assert "'generate.student.options.volume' is too loud; set 10 or less" in said.output
    said = run(main, ["generate", "r.yaml", "-s", "generate.student.base_urls=[http://127.0.0.1:1/v1]"])
    assert "'generate.student.base_urls' is for engine openai; engine echo has no use for it" in said.output
    said = run(main, ["generate", "r.yaml", "-s", "generate.engine=ecco"])
    assert "unknown engine 'ecco'; did you mean 'echo'?" in said.output


def test_no_engine_is_told_by_its_name_outside_its_folder():
    names = {f'"{name}"' for name in ENGINES}
    folder = ROOT / "cgd_recipes" / "generation"
    told = [path for path in folder.glob("*.py") if any(name in path.read_text("utf-8") for name in names)]
    assert told == []
