"""The report in its three forms: what it says, and that no text of a model becomes markup, script or a request."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from helpers.finished_runs import record, write_eval, write_results

from cgd_recipes.commands.main import main
from cgd_recipes.files.schema import check_schema
from cgd_recipes.generation.engines.protocol import Completion, Message, Request, Sampling
from cgd_recipes.generation.journal import Journal
from cgd_recipes.reporting.generation_cost import generation_of
from cgd_recipes.reporting.paper import load_paper, make_cell
from cgd_recipes.reporting.published import published_rows
from cgd_recipes.reporting.scorecard import count_steps
from cgd_recipes.reporting.signs import has_phrase
from cgd_recipes.reporting.training import training_of
from cgd_recipes.reporting.words import printed, trained


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def report(folder, *arguments):
    result = run("report", *arguments, "-o", folder)
    assert result.exit_code == 0, result.output
    values = json.loads((folder / "report.json").read_text())
    assert check_schema(values, "report") == []
    return (folder / "report.html").read_text(), (folder / "report.md").read_text(), values


class Tags(HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_a_run_against_a_baseline(pair_of_runs, tmp_path):
    base, tuned = pair_of_runs(selection={"set": "cgd_gsm8k", "scores": {}, "model": "x"})
    page, text, values = report(tmp_path / "out", tuned, "--baseline", base)
    for form in (page, text.replace("\\", "")):
        assert "cgd_amc23: better by" in form
        assert "was chosen on cgd_gsm8k" in form
    assert [model["label"] for model in values["models"]] == ["base", "tuned"]
    assert values["comparisons"][0]["benchmarks"][0]["verdict"] == "better"
    assert set(values["models"][0]["benchmarks"][0]["pass_at"]) == {"1", "2", "3", "4"}
    assert {case["kind"] for case in values["comparisons"][0]["cases"]} == {"lost", "won"}
    assert page.count("<svg") >= 4
    again = report(tmp_path / "out", tuned, "--baseline", base)
    assert again == (page, text, values)


def test_without_a_baseline_nothing_is_compared(pair_of_runs, tmp_path):
    values = report(tmp_path / "out", *pair_of_runs())[2]
    assert values["comparisons"] == []
    by_label = report(tmp_path / "other", *pair_of_runs(), "--baseline", "tuned")[2]
    assert by_label["comparisons"][0]["baseline"] == "tuned"


HOSTILE = (
    "</script><script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>"
    "{{ 7*7 }}|[x](javascript:alert(3))\ud800\x1b[31m\u202e"
)


def test_hostile_text_stays_text(tmp_path):
    rows = [record(n, n % 2, text=HOSTILE, question=HOSTILE) for n in range(6)]
    others = [{**record(n, (n + 1) % 2, text=HOSTILE, question=HOSTILE)} for n in range(6)]
    names = {"model_name": HOSTILE, "versions": {"t": HOSTILE}}
    write_results(tmp_path / "a", {"t": rows}, **names)
    write_results(tmp_path / "b", {"t": others}, **names)
    page, text, _ = report(tmp_path / "out", tmp_path / "a", "--baseline", f"{HOSTILE[:9]}<b>={tmp_path / 'b'}")
    tags = Tags(page).found
    assert [tag for tag, _ in tags if tag in ("img", "iframe", "object", "embed", "link", "base", "form")] == []
    assert [tag for tag, _ in tags].count("script") == 1
    assert [
        attributes
        for _, attributes in tags
        if any(key.startswith("on") or key in ("src", "href") for key in attributes)
    ] == []
    assert "alert(1)" in page and "49" not in re.findall(r"\{\{ 7\*7 \}\}|49", page)
    assert "default-src 'none'" in page
    assert "<script" not in text and "<img" not in text
    assert "\x1b" not in page and "\u202e" not in page


def test_the_page_allows_its_own_script_alone(pair_of_runs, tmp_path):
    page = report(tmp_path / "out", *pair_of_runs())[0]
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.replace("&#39;", "'").replace("&#43;", "+")


def test_what_was_measured_differently_is_marked_everywhere(tmp_path):
    write_eval(tmp_path / "a", {"t": [[1], [0], [1]]})
    write_eval(tmp_path / "b", {"t": [[1], [0], [0]]}, system_instruction="Other.")
    refused = run("report", tmp_path / "a", "--baseline", tmp_path / "b", "-o", tmp_path / "out")
    assert refused.exit_code == 1 and not (tmp_path / "out").exists()
    page, text, values = report(tmp_path / "out", tmp_path / "a", "--baseline", tmp_path / "b", "--anyway")
    tables = re.findall("<table.*?</table>", page, re.DOTALL)
    assert len(tables) == 3 and all("NOT COMPARABLE: system prompt differ" in table for table in tables)
    assert text.count("NOT COMPARABLE") == 2
    assert values["comparisons"][0]["comparable"] is False


def test_files_of_others_stay(pair_of_runs, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.md").write_text("mine")
    result = run("report", *pair_of_runs(), "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert (tmp_path / "out/thesis.md").read_text() == "mine"


def test_what_is_asked_wrongly(pair_of_runs, tmp_path):
    assert "name at least one results folder" in run("report", "-o", tmp_path / "x").stderr
    assert "no such file or folder" in run("report", *pair_of_runs(), "--baseline", "bse", "-o", tmp_path / "x").stderr


def test_the_paper(tmp_path):
    page, text, values = report(tmp_path / "out", "--paper")
    wrong = [
        (
            table["name"],
            row["method"],
            row["teacher"],
            average["name"],
            average["printed"],
            round(average["recomputed"], 1),
        )
        for table in values["paper"]
        for row in table["rows"]
        for average in row["averages"]
        if not average["agrees"]
    ]
    assert wrong == [
        ("cgd-llama", "cft", "Llama-3.3-70B-Instruct", "group 2", 32.4, 32.2),
        ("cgd-llama", "cft", "GPT-4o", "group 2", 36.4, 35.4),
        ("cgd-s1", "base", None, "group 1", 35.4, 39.7),
        ("cgd-s1", "base", None, "group 2", 17.9, 17.3),
        ("cgd-qwen", "cft", "s1.1-32B", "all", 46.9, 42.2),
    ]
    assert text.count("and its cells give") == 5
    assert "IFEval" in text and "AIME24 pass@16" in text and "34.4 ± 4.2" in text
    assert page.count("<h2>Published: ") == text.count("## Published: ") == len(load_paper())


def test_which_claims_are_outside_noise():
    llama = load_paper()[0]
    found = {(claim.second, claim.benchmark): claim for claim in llama.claims}
    cft = "cft (Llama-3.3-70B-Instruct)"
    assert found[cft, "OlympiadBench"].verdict == "outside noise"
    assert found[cft, "GPQA-Diamond"].verdict == "within noise"
    assert found[cft, "AMC23"].verdict == "depends on which questions"
    assert found[cft, "AMC23"].unpaired == pytest.approx(0.222, abs=0.001)
    assert found[cft, "TheoremQA"].unpaired == pytest.approx(0.015, abs=0.001)


def test_a_published_score_stands_beside_the_same_student_and_method(tmp_path):
    def found(*arguments):
        return [(each.table.name, each.row.method) for each in published_rows(*arguments)]

    student = "meta-llama/Llama-3.1-8B-Instruct"
    assert found(student, None, "cgd_amc23") == [("cgd-llama", "base"), ("cft-llama", "base")]
    assert found("/out/model", "llama-cgd", "cgd_amc23") == [("cgd-llama", "cgd")]
    assert found("/out/model", "llama-cgd", "ifeval") == [("cgd-llama-ood", "cgd")]
    assert ("cft-qwen25-math", "cft") in found("/out/model", "qwen-cft", "cgd_gsm8k")
    assert published_rows("/out/model", "mixtral-cgd", "cgd_amc23") == []
    assert published_rows("/out/model", "llama-cgd", "leaderboard_musr") == []
    write_eval(tmp_path / "llama-cgd", {"cgd_amc23": [[1], [0]]})
    page, _, values = report(tmp_path / "out", tmp_path / "llama-cgd")
    (published,) = values["models"][0]["published"]
    assert (published["printed"], published["correct"], published["questions"]) == (37.5, 15, 40)
    assert "rounds to one decimal" in page


def test_a_score_that_no_count_gives():
    assert make_cell("Minerva-Math", 33.6, 272).correct is None
    assert make_cell("AMC23", 37.5, 40).correct == 15
    assert make_cell("BBH", 47.1).is_possible


def test_published_scores_that_cannot_be():
    found = {(table.name, cell.benchmark, printed(cell)) for table in load_paper() for _, cell in table.impossible}
    assert ("cgd-critique-content", "AMC23 (3 runs)", "18.3 ± 1.7*") in found
    assert ("cgd-llama", "Minerva-Math", "33.6*") in found
    assert {name for name, *_ in found} == {
        "cgd-llama", "cgd-s1", "cgd-llama-ood", "cgd-critique-content", "cft-deepseek-math", "cft-qwen25", "cft-llama"
    }  # fmt: skip


def test_claims_on_averages():
    llama, _, qwen, *_ = load_paper()
    found = {(each.second, each.name): each for table in (llama, qwen) for each in table.average_claims}
    assert found["cft (Llama-3.3-70B-Instruct)", "group 1"].verdict == "outside noise"
    assert found["distill (Llama-3.3-70B-Instruct)", "group 1"].verdict == "not shown by the counts"
    assert found["cft (GPT-4o)", "all"].difference.value == pytest.approx(0.002, abs=0.0005)
    (average,) = qwen.rows[0].averages
    assert average.interval.low < average.recomputed / 100 < average.interval.high


def test_phrases_of_refinement():
    for text in ("As the critique says, 3 is wrong.", "Refined solution: 4", "CONCLUSION: RIGHT"):
        assert has_phrase(text), text
    for text in ("The critiqued theory", "the answer is 4", ""):
        assert not has_phrase(text), text


def test_steps_are_lines():
    assert count_steps("a\n\n b \n\t\n") == 2


def test_losses_of_axolotl(tmp_path):
    told = {"tokens/total": 1024, "tokens/trainable": 100}
    history = [{"step": 1, "loss": 2.5, **told}, {"step": 2, "loss": 1.5}, {"train_runtime": 1800.0, "step": 2}, "x"]
    model = tmp_path / "mine" / "model"
    (model / "checkpoint-2").mkdir(parents=True)
    state = model / "checkpoint-2/trainer_state.json"
    state.write_text(json.dumps({"log_history": history, "num_input_tokens_seen": 0}))
    found = training_of(str(model))
    assert (found.losses, found.seconds) == ([(1, 2.5), (2, 1.5)], 1800.0)
    assert (found.tokens, found.trained_tokens, found.gpu_hours) == (1024, 100, None)
    write_rendered(tmp_path / "mine", "extends: [llama-sft]\n", batch={"world_size": 4})
    assert training_of(str(model)).gpu_hours == 2.0
    assert trained(training_of(str(model))) == (
        "2 logged steps, loss 2.500 to 1.500, 1,024 tokens (100 of them trained), 30 min, 2.00 GPU hours"
    )
    state.write_text(json.dumps({"log_history": history[:2], "num_input_tokens_seen": 77}))
    assert training_of(str(model)).tokens == 1024
    state.write_text("{")
    assert training_of(str(model)) is None


def test_losses_of_torchtune(tmp_path):
    model = tmp_path / "model" / "epoch_0"
    model.mkdir(parents=True)
    (tmp_path / "model/logs").mkdir()
    lines = (
        "Step 1 | loss:5.612079620361328 lr:0.005 tokens_per_second_per_gpu:194.5000762939453 grad_norm:2.3259940147399902 \n"
        "Step 2 | loss:5.29988431930542 lr:0.005 tokens_per_second_per_gpu:130.8912353515625 grad_norm:3.3405182361602783 \n"
    )
    log = tmp_path / "model/logs/train.log"
    log.write_text(lines)
    assert training_of(str(model)).losses == [(1, 5.612079620361328), (2, 5.29988431930542)]
    assert training_of(str(model)).tokens is None
    log.rename(tmp_path / "model/logs/log_1732.txt")  # torchtune's own name
    assert len(training_of(str(model)).losses) == 2
    assert training_of("org/model") is None


def write_rendered(folder, recipe, **manifest):
    """What of a rendered folder a report reads."""
    (folder / "recipe.resolved.yaml").write_text(recipe)
    (folder / "manifest.json").write_text(json.dumps({"manifest_version": 1, "outputs": {}, **manifest}))


GENERATES = """\
extends: [llama-cgd, base/generate]
generate:
  student: {base_urls: [http://127.0.0.1:1/v1], price: {prompt: 1.0, completion: 4.0}}
  teacher: {base_urls: [http://127.0.0.1:1/v1]}
  journal: j.sqlite
"""


def test_the_cost_of_generation_is_that_of_the_journal(tmp_path):
    (tmp_path / "mine/model").mkdir(parents=True)
    assert generation_of(str(tmp_path / "mine/model")) is None
    write_rendered(tmp_path / "mine", GENERATES)
    assert generation_of(str(tmp_path / "mine/model")) is None  # the journal is elsewhere
    student, teacher = "meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.3-70B-Instruct"
    with Journal(tmp_path / "mine/j.sqlite") as journal:
        run = journal.begin_run({"recipe": "mine"})
        journal.begin_run({"recipe": "mine"})
        for number, (stage, role, model) in enumerate(
            [("probe", "student", student), ("probe", "student", "older"), ("critique", "teacher", teacher)]
        ):
            request = Request(str(number), stage, "r", role, model, (Message("user", "2+2?"),), Sampling())
            journal.put(request, Completion("4", None, "stop", 1_000_000, 500_000, 0, 2.5))
        journal.end_run(run)
    found = generation_of(str(tmp_path / "mine/model/checkpoint-2"))
    costs = {(each.stage, each.model): each.cost for each in found.stages}
    assert costs == {("probe", student): 3.0, ("probe", "older"): None, ("critique", teacher): None}
    assert (found.cost, found.unfinished, {each.seconds for each in found.stages}) == (3.0, 1, {2.5})
    losses = [{"step": step, "loss": 5 / step} for step in range(1, 101)]
    (tmp_path / "mine/model/trainer_state.json").write_text(json.dumps({"log_history": losses}))
    write_eval(tmp_path / "tuned", {"t": [[1], [0]]}, model_args={"pretrained": str(tmp_path / "mine/model")})
    page, text, values = report(tmp_path / "out", tmp_path / "tuned")
    assert values["models"][0]["generations"][0]["cost"] == 3.0
    for form in (page, text):
        assert (
            "3 answers, 3,000,000 prompt tokens, 1,500,000 completion tokens" in form
            and "cost 3.00 (stages without a price left out)" in form
        )
        assert "100 logged steps, loss 5.000 to 0.050" in form
    assert "<td>1</td><td>5</td>" in page and "<td>100</td><td>0.05</td>" in page


def test_a_journal_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "mine/model").mkdir(parents=True)
    write_rendered(tmp_path / "mine", GENERATES)
    (tmp_path / "mine/j.sqlite").write_text("what?" * 300)
    write_eval(tmp_path / "tuned", {"t": [[1], [0]]}, model_args={"pretrained": str(tmp_path / "mine/model")})
    (warning,) = report(tmp_path / "out", tmp_path / "tuned")[2]["models"][0]["warnings"]
    assert "generation cost is not shown" in warning and "j.sqlite" in warning


def test_instruction_following_is_a_line_of_drift(tmp_path):
    for name, share in (("a", 10), ("b", 3)):
        rows = [record(n, int(n % 12 < share), metric="prompt_level_strict_acc") for n in range(48)]
        write_results(tmp_path / name, {"ifeval": rows}, metric="prompt_level_strict_acc")
    page, text, values = report(tmp_path / "out", tmp_path / "b", "--baseline", tmp_path / "a")
    (change,) = values["comparisons"][0]["obedience"]
    assert (change["name"], change["verdict"]) == ("ifeval", "worse")
    for form in (page, text):
        assert "Instruction following, ifeval: worse by 58.3 points" in form
    write_results(tmp_path / "c", {"t": [record(n, 1) for n in range(3)]})
    page = report(tmp_path / "other", tmp_path / "c", "--baseline", f"d={tmp_path / 'c'}")[0]
    assert "Instruction following was not measured" in page
