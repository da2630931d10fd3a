"""`kill -9` and start again; `benchmarks/kills.py` is the long form, against an emulator of a batching server."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest
from conftest import ROOT
from helpers.chat_server import chat_server, teaching

ROWS, SLOTS, KILLS_AT = 60, 4, (5, 40, 41, 120)
"""Rows, requests in flight, and the numbers of the requests at which the process is killed."""


@pytest.mark.processes
def test_no_row_is_lost_or_twice_and_nothing_sent_again_but_what_was_in_flight(tmp_path):
    asked, ended, process = Counter(), [], None
    began = threading.Event()

    def reply(body, number):
        asked[json.dumps(body["messages"])] += 1
        if len(ended) < len(KILLS_AT) and asked.total() >= KILLS_AT[len(ended)]:
            began.wait(60)
            process.send_signal(signal.SIGKILL)  # what was on its way may ask for it again
        return teaching(body, number)

    with chat_server(reply) as server:
        questions = [{"id": f"r{number}", "question": f"What is question {number}?"} for number in range(ROWS)]
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions), encoding="utf-8")
        role = {"model": "tiny", "base_urls": [server.url], "max_tokens": 50, "concurrency": SLOTS}
        recipe = {"extends": ["llama-cgd", "base/generate"], "name": "r", "data": {"source": "rows.jsonl"}}
        recipe["generate"] = {"student": role, "teacher": role}
        (tmp_path / "r.yaml").write_text(json.dumps(recipe), encoding="utf-8")
        command = [sys.executable, "-m", "cgd_recipes", "generate", "r.yaml"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        while not ended or ended[-1] == -signal.SIGKILL:
            began.clear()
            process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, env=environment)
            began.set()
            ended.append(process.wait(60))
    assert ended == [-signal.SIGKILL] * len(KILLS_AT) + [0]
    triples = (tmp_path / "build/r.generated/triples.jsonl").read_text("utf-8").splitlines()
    assert sorted(json.loads(line)["id"] for line in triples) == sorted(row["id"] for row in questions)
    assert len(asked) == 3 * ROWS
    assert asked.total() - len(asked) <= len(KILLS_AT) * SLOTS
