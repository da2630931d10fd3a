"""A small OpenAI-compatible server in a thread, for tests that run the whole command."""

import asyncio
import json
import threading
from contextlib import contextmanager

from aiohttp import web


def said(text, finish="stop", **message):
    """A reply with a text, as servers give it."""
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}
    choice = {"message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
    return {"model": "tiny", "choices": [choice], "usage": usage}


class ChatServer:
    """Replies by a function from (request body, number of the request) to a body, or to (status, body).

    Attributes:
        bodies: every request, in order.
        headers: theirs.
    """

    def __init__(self, reply):
        self.reply, self.bodies, self.headers = reply, [], []

    async def _models(self, request):
        return web.json_response({"data": [{"id": "tiny"}]})

    async def _chat(self, request):
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        reply = self.reply(body, len(self.bodies))
        status, reply = reply if isinstance(reply, tuple) else (200, reply)
        return web.json_response(reply, status=status)

    async def _serve(self, started, stop):
        app = web.Application()
        app.add_routes([web.get("/v1/models", self._models), web.post("/v1/chat/completions", self._chat)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        started.set()
        while not stop.is_set():
            await asyncio.sleep(0.02)
        await runner.cleanup()


@contextmanager
def chat_server(reply):
    """Serve while the block runs."""
    server, started, stop = ChatServer(reply), threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(server._serve(started, stop)))
    thread.start()
    started.wait(10)
    try:
        yield server
    finally:
        stop.set()
        thread.join()


def stage_of(body):
    """Which of the shipped stages asks: probe, critique, again, refine or judge."""
    first, last = body["messages"][0]["content"], body["messages"][-1]["content"]
    if "Give it now" in last or "Give the two ratings" in last:
        return "again"
    if first.startswith("You rate"):
        return "judge"
    if "Now write an improved answer" in last or "Critique: " in last:
        return "refine"
    return "critique" if "you review the answer" in first else "probe"


def teaching(body, number):
    """What student and teacher say when all goes well: texts that name the question they belong to."""
    question = json.dumps(body["messages"])[:2000]
    tag = next((f"q{number}" for number in range(1000) if f"question {number}?" in question), "q?")
    return {
        "probe": said(f"student on {tag}"),
        "critique": said(f"critique of {tag}\nConclusion: wrong"),
        "again": said('{"conclusion": "right"}'),
        "refine": said(f"refined {tag}"),
        "judge": said("Informativeness: 4\nSpecificity: 5"),
    }[stage_of(body)]
