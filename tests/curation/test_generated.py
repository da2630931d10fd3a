"""Rows that `generate` wrote: the report has what they cost."""

import json
from pathlib import Path

from helpers.chat_server import chat_server, said, stage_of, teaching
from helpers.command import run


def one_cut_off(body, number):
    cut = stage_of(body) == "refine" and "What is 2 + 1?" in body["messages"][-1]["content"]
    return said("It is", "length") if cut else teaching(body, number)


def test_the_report_of_generated_rows_has_what_each_stage_cost_and_lost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": f"r{number}", "question": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(4)
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with chat_server(one_cut_off) as server:
        role = {"model": "tiny", "base_urls": [server.url], "max_tokens": 50, "price": {"prompt": 1, "completion": 2}}
        recipe = {
            "extends": ["llama-cgd", "base/generate", "base/curate"],
            "name": "r",
            "data": {"source": "rows.jsonl"},
            "generate": {"student": role, "teacher": role},
        }
        Path("r.yaml").write_text(json.dumps(recipe), encoding="utf-8")
        assert run("generate", "r.yaml").exit_code == 0
    for command in (["inspect", "r.yaml", "-o", "out"], ["render", "r.yaml", "-o", "rendered"]):
        result = run(*command)
        assert result.exit_code == 0, result.output
    for name in ("out", "rendered/report"):
        found = json.loads(Path(name, "data.json").read_text())
        assert (found["rows"]["generated"]["drawn"], found["rows"]["read"]) == (4, 3)
        text = Path(name, "data.md").read_text(encoding="utf-8")
        assert "| asked | 4 |\n| refine: truncated answer | 3 |\n| read | 3 |" in text
        cost = found["cost"]
        assert [stage["stage"] for stage in cost] == ["probe", "critique", "refine"]
        assert [stage["answers"] for stage in cost] == [4, 4, 3]
        assert "What the rows cost" in Path(name, "data.html").read_text(encoding="utf-8")
