"""Rows that `generate` wrote: the report has what they cost."""

import json
from pathlib import Path

from helpers.chat_server import chat_server, teaching
from helpers.command import run


def test_the_report_of_generated_rows_has_what_each_stage_cost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": f"r{number}", "question": f"What is {number} + 1?", "answer": str(number + 1)} for number in range(3)
    ]
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with chat_server(teaching) as server:
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
        cost = json.loads(Path(name, "data.json").read_text())["cost"]
        assert [stage["stage"] for stage in cost] == ["probe", "critique", "refine"]
        assert all(stage["answers"] == 3 for stage in cost)
        assert "What the rows cost" in Path(name, "data.html").read_text(encoding="utf-8")
