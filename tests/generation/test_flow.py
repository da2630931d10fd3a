"""One row's way through the stages."""

import pytest
from helpers.rows import make_row

from cgd_recipes.errors import RecipeError
from cgd_recipes.files.shipped import data_root
from cgd_recipes.generation.engines.protocol import Completion, RequestFailed
from cgd_recipes.generation.flow import flow
from cgd_recipes.generation.settings import load_generation
from cgd_recipes.generation.stage import FOLDER, read_stage
from cgd_recipes.generation.stage_choice import stages_for
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.trainers.plan import make_plan

URLS = ["generate.student.base_urls=[http://127.0.0.1:1/v1]", "generate.teacher.base_urls=[http://127.0.0.1:1/v1]"]


@pytest.fixture
def generation(tmp_path):
    def make(*settings, recipe="extends: [llama-cgd, base/generate]\nname: try\n"):
        (tmp_path / "r.yaml").write_text(recipe)
        return load_generation(make_plan(load_recipe(str(tmp_path / "r.yaml"), [*URLS, *settings])))

    return make


def said(text, reasoning=None, finish="stop"):
    return Completion(text, reasoning, finish, 1, 1, None, 0.1, "m", "s")


def walk(generation, row, *answers):
    """The requests that a row makes when it gets these answers, and its outcome if it came to one."""
    steps, requests, waiting = flow(generation, row), [], list(answers)
    try:
        request = next(steps)
        while True:
            requests.append(request)
            if not waiting:
                return requests, None
            request = steps.send(waiting.pop(0))
    except StopIteration as end:
        return requests, end.value


QUESTION = {"id": "q", "question": "2+2?"}
ALL = [said("It is 5."), said("5 is wrong.\nConclusion: wrong"), said("It is 4.")]


def test_the_three_stages(generation):
    requests, outcome = walk(generation(), QUESTION, *ALL)
    assert [(request.stage, request.role, request.model) for request in requests] == [
        ("probe", "student", "meta-llama/Llama-3.1-8B-Instruct"),
        ("critique", "teacher", "meta-llama/Llama-3.3-70B-Instruct"),
        ("refine", "teacher", "meta-llama/Llama-3.3-70B-Instruct"),
    ]
    assert [turn.role for turn in requests[0].messages] == ["user"]
    assert requests[0].messages[0].content == "2+2?"
    assert requests[1].messages[1].content == "Question: 2+2?\n\nStudent's Answer: It is 5."
    assert requests[2].messages[1].content.endswith("Critique: 5 is wrong.\nConclusion: wrong")
    assert outcome.stage is None
    assert outcome.row == {
        **QUESTION,
        "student_response": "It is 5.",
        "student_model": "meta-llama/Llama-3.1-8B-Instruct",
        "critique": "5 is wrong.\nConclusion: wrong",
        "verdict": "wrong",
        "refined_response": "It is 4.",
        "teacher_model": "meta-llama/Llama-3.3-70B-Instruct",
    }


@pytest.mark.parametrize(
    ("method", "stages"),
    [
        ("cgd", ["probe", "critique", "refine"]),
        ("cft", ["probe", "critique"]),
        ("distill", ["answer"]),
        ("sft", []),
        ("dpo", ["probe", "critique", "refine"]),
        ("refined-only", ["probe", "critique", "refine"]),
    ],
)
def test_a_method_brings_the_stages_that_it_needs(generation, method, stages):
    assert [bound.stage.name for bound in generation(f"method={method}").stages] == stages


def test_compared_methods_bring_theirs_too(generation):
    made = generation("data.match_methods=[cgd, distill]")
    assert [bound.stage.name for bound in made.stages] == ["probe", "critique", "refine", "answer"]


def test_given_fields_stay_and_the_rest_is_made(generation):
    row = {**QUESTION, "student_response": "It is 3.", "student_correct": False}
    requests, outcome = walk(generation(), row, *ALL[1:])
    assert [request.stage for request in requests] == ["critique", "refine"]
    assert outcome.row["student_response"] == "It is 3."
    assert outcome.row["student_correct"] is False
    assert "student_model" not in outcome.row
    assert walk(generation(), make_row(1, verdict="wrong"))[0] == []


def test_what_said_something_of_an_older_answer_goes(generation):
    row = make_row(1, verdict="wrong", student_correct=False, student_reasoning="old")
    requests, outcome = walk(generation("generate.given=replace"), row, *ALL)
    assert len(requests) == 3
    assert outcome.row["student_response"] == "It is 5."
    assert not {"student_correct", "student_reasoning"} & set(outcome.row)
    assert outcome.row["teacher_response"] == row["teacher_response"]
    only_probe = generation("generate.given=replace", "generate.stages=[probe]")
    outcome = walk(only_probe, row, ALL[0])[1]
    assert not {"critique", "verdict", "refined_response", "student_correct"} & set(outcome.row)


def test_a_missing_verdict_is_asked_for_once(generation):
    requests, outcome = walk(
        generation(), QUESTION, ALL[0], said("Five is off."), said('{"conclusion": "wrong"}'), ALL[2]
    )
    assert len(requests) == 4
    assert [turn.role for turn in requests[2].messages] == ["system", "user", "assistant", "user"]
    assert requests[2].messages[2].content == "Five is off."
    assert requests[2].schema["properties"] == {"conclusion": {"enum": ["right", "wrong"]}}
    assert (outcome.row["critique"], outcome.row["verdict"]) == ("Five is off.\nConclusion: wrong", "wrong")
    # Servers that take no schema answer in text.
    outcome = walk(generation(), QUESTION, ALL[0], said("Hm."), said("conclusion: right"), ALL[2])[1]
    assert outcome.row["verdict"] == "right"
    requests, outcome = walk(generation(), QUESTION, ALL[0], said("Hm."), said("I cannot say."))
    assert (outcome.stage, outcome.reason, outcome.detail) == ("critique", "no verdict in the answer", "I cannot say.")
    assert outcome.keys == tuple(request.key for request in requests[1:])


def test_scores_of_the_judge(generation):
    made = generation("generate.stages=[judge]")
    row = make_row(1)
    outcome = walk(made, row, said("Informativeness: 4\n**Specificity:** 5"))[1]
    assert (outcome.row["informativeness"], outcome.row["specificity"]) == (4, 5)
    requests, outcome = walk(
        made, row, said("Informativeness: 9, fine"), said('{"informativeness": 3, "specificity": 2}')
    )
    assert list(requests[1].schema["properties"]) == ["informativeness", "specificity"]
    assert (outcome.row["informativeness"], outcome.row["specificity"]) == (3, 2)


def test_thinking_is_kept_apart(generation):
    answers = [said("<think>hm</think>It is 5."), said("Conclusion: wrong", "apart"), said("It is 4.")]
    requests, outcome = walk(generation(), QUESTION, *answers)
    assert outcome.row["student_reasoning"] == "hm"
    assert outcome.row["critique_reasoning"] == "apart"
    assert "refined_reasoning" not in outcome.row
    assert not any(
        "hm" in turn.content or "apart" in turn.content for request in requests for turn in request.messages[1:]
    )


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said("It is", finish="length"), "truncated answer"),
        (said("<think>It is"), "the answer never left its thinking"),
        (RequestFailed("HTTP 500", "oops"), "HTTP 500"),
    ],
)
def test_an_answer_that_cannot_be_used_sets_the_row_aside(generation, answer, reason):
    requests, outcome = walk(generation(), QUESTION, answer)
    assert len(requests) == 1
    assert (outcome.stage, outcome.reason) == ("probe", reason)


def test_a_conversation_goes_on(generation):
    separate = walk(generation(), QUESTION, *ALL)[0]
    requests, outcome = walk(generation("generate.style=conversation"), QUESTION, *ALL)
    assert requests[2].messages[: len(requests[1].messages)] == requests[1].messages
    assert [turn.role for turn in requests[2].messages] == ["system", "user", "assistant", "user"]
    assert requests[2].messages[2].content == "5 is wrong.\nConclusion: wrong"
    assert outcome.row["refined_response"] == "It is 4."
    assert [one.key == other.key for one, other in zip(separate, requests, strict=True)] == [True, True, False]


def test_keys_change_with_what_is_asked_and_with_nothing_else(generation):
    def keys(*settings):
        return [request.key for request in walk(generation(*settings), QUESTION, *ALL)[0]]

    base = keys()
    assert keys() == base
    assert keys("name=other", "generate.timeout=5", "generate.student.concurrency=3", "data.seed=7") == base
    assert [a == b for a, b in zip(keys("generate.teacher.temperature=0.5"), base, strict=True)] == [True, False, False]
    assert [a == b for a, b in zip(keys("generate.student.model=x"), base, strict=True)] == [False, True, True]
    thinking = "generate.teacher.extra_body={chat_template_kwargs: {enable_thinking: false}}"
    assert [a == b for a, b in zip(keys(thinking), base, strict=True)] == [True, False, False]


def test_a_changed_template_redoes_its_stage_and_what_follows(generation, tmp_path):
    (tmp_path / "mine.yaml").write_text("extends: critique\nname: critique\ndescription: mine\nsystem: Be brief.\n")
    recipe = "extends: [llama-cgd, base/generate]\nname: try\ngenerate: {stages: [probe, mine.yaml, refine]}\n"
    base = walk(generation(), QUESTION, *ALL)[0]
    mine = walk(generation(recipe=recipe), QUESTION, *ALL)[0]
    assert mine[1].messages[0].content == "Be brief."
    # The same critique from another prompt leads to the same refine request: it need not be paid for again.
    assert [one.key == other.key for one, other in zip(base, mine, strict=True)] == [True, False, True]


def test_stage_files_are_checked(generation, tmp_path):
    (tmp_path / "bad.yaml").write_text(
        "extends: critique\nname: critique\ndescription: mine\nuser: '{{ questoin }} {{ reference }}'\nagain: '{{ 1 + question }}'\n"
    )
    with pytest.raises(RecipeError) as caught:
        generation("generate.stages=[probe, prob, bad.yaml]", recipe="extends: [llama-cgd, base/generate]\nname: x\n")
    assert "unknown stage 'prob'; did you mean 'probe'?" in str(caught.value)
    recipe = "extends: [llama-cgd, base/generate]\nname: try\ngenerate: {stages: [bad.yaml]}\n"
    with pytest.raises(RecipeError) as caught:
        generation(recipe=recipe)
    messages = [problem.message for problem in caught.value.problems]
    assert "the template uses 'questoin', which is no row field; did you mean 'question'?" in messages
    assert "the template uses 'reference', which 'needs' does not list" in messages
    assert any(message.startswith("the template fails: ") for message in messages)
    assert all(problem.where.source.endswith("bad.yaml") and problem.where.line for problem in caught.value.problems)


STAGE = "role: teacher\nneeds: [question]\nuser: '{{ question }}'\ndescription: mine\n"


@pytest.fixture
def stages(tmp_path):
    """The shipped stages, and one that writes `refined_response` too."""

    def make(more=""):
        path = tmp_path / "a-second.yaml"
        path.write_text(f"name: second\noutputs: {{refined_response: text}}\n{STAGE}{more}")
        return [read_stage(path), *(read_stage(found) for found in sorted((data_root() / FOLDER).glob("*.yaml")))]

    return make


def test_two_stages_that_write_one_field_are_never_chosen_by_their_names(stages):
    for listed in (stages(), stages()[::-1]):
        with pytest.raises(RecipeError) as caught:
            stages_for(["refined_response"], listed)
        assert {problem.where.source.rpartition("/")[2] for problem in caught.value.problems} == {
            "a-second.yaml", "refine.yaml",
        }  # fmt: skip
        for problem in caught.value.problems:
            assert "'second'" in problem.message and "'refine'" in problem.message
            assert "both write 'refined_response'; say `default: true` in one of them" in problem.message
    for listed in (stages("default: true\n"), stages("default: true\n")[::-1]):
        assert [stage.name for stage in stages_for(["refined_response"], listed)] == ["second"]
    assert [stage.name for stage in stages_for(["critique"], stages())] == ["probe", "critique"]


def test_named_stages_that_write_one_field_are_a_mistake(generation, tmp_path):
    (tmp_path / "second.yaml").write_text(f"name: second\noutputs: {{refined_response: text}}\n{STAGE}")
    recipe = (
        "extends: [llama-cgd, base/generate]\nname: try\ngenerate: {stages: [probe, critique, refine, second.yaml]}\n"
    )
    with pytest.raises(RecipeError, match="stages 'refine' and 'second' both write 'refined_response'; leave one of"):
        generation(recipe=recipe)


def test_earlier_names_of_stage_keys_are_still_read(tmp_path):
    path = tmp_path / "old.yaml"
    path.write_text(
        f"name: old\ngives: {{critique: text, verdict: verdict}}\nvoids: [refined_response]\nagain: Say it.\n{STAGE}"
    )
    stage = read_stage(path)
    assert stage.outputs == ["critique", "verdict"]
    assert stage.values["invalidates"] == ["refined_response"]
    assert stage.follow_up({}).content == "Say it."
    (tmp_path / "child.yaml").write_text("extends: old.yaml\nname: child\ndescription: mine\nfollow_up: Now.\n")
    assert read_stage(tmp_path / "child.yaml").follow_up({}).content == "Now."
    path.write_text(f"name: old\ngives: {{critique: txt}}\noutputs: {{critique: text}}\n{STAGE}")
    with pytest.raises(RecipeError) as caught:
        read_stage(path)
    assert "old.yaml:2:1: 'gives' is an earlier name of 'outputs', which is there too; remove it" in str(caught.value)
    path.write_text(f"name: old\ngives: {{critique: txt}}\n{STAGE}")
    with pytest.raises(RecipeError, match=r"old.yaml:2:9: 'outputs.critique' must be one of 'text'"):
        read_stage(path)


@pytest.mark.parametrize(
    "conclusion",
    [
        "Conclusion: right or wrong",
        "Conclusion: right approach but wrong final answer",
        "Conclusion: mostly right",
        "Conclusion: not wrong",
    ],
)
def test_a_verdict_that_hedges_is_asked_for_again(generation, conclusion):
    answers = [ALL[0], said(f"Hm.\n{conclusion}"), said('{"conclusion": "wrong"}'), ALL[2]]
    requests, outcome = walk(generation(), QUESTION, *answers)
    assert [(request.stage, request.attempt) for request in requests] == [
        ("probe", 1), ("critique", 1), ("critique", 2), ("refine", 1),
    ]  # fmt: skip
    assert requests[2].is_follow_up and not requests[1].is_follow_up
    assert outcome.row["verdict"] == "wrong"
    outcome = walk(generation(), QUESTION, ALL[0], said(f"Hm.\n{conclusion}"), said(conclusion))[1]
    assert outcome.reason == "no verdict in the answer"


def test_a_finish_reason_that_is_unknown_sets_the_row_aside_unless_the_recipe_knows_it(generation):
    cut = said("The answer is found by first", finish="content_filter")
    outcome = walk(generation(), QUESTION, cut)[1]
    assert (outcome.stage, outcome.reason) == ("probe", "finish reason 'content_filter'")
    known = generation("generate.student.finish_reasons=[content_filter]")
    assert walk(known, QUESTION, cut, *ALL[1:])[1].stage is None
    assert known.describe()["probe"]["finish_reasons"] == ["content_filter"]
    assert "finish_reasons" not in generation().describe()["probe"]
