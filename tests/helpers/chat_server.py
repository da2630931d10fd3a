"""A small OpenAI-compatible server in a thread, for tests that run the whole command."""

import asyncio
import json
import threading
from contextlib import contextmanager, suppress


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

    async def _answer(self, reader, writer):
        """Answer the requests of a connection; a web framework takes as long for that as all else in a test."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                request, *fields = head.decode("latin-1").rstrip("\r\n").split("\r\n")
                headers = dict(field.split(": ", 1) for field in fields)
                body = await reader.readexactly(int(headers.get("Content-Length", 0)))
                status, reply = self._reply(request.split()[1], headers, body)
                content = json.dumps(reply).encode()
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (status, len(content), content)
                )
        writer.close()

    def _reply(self, path, headers, body):
        if path == "/v1/models":
            return 200, {"data": [{"id": "tiny"}]}
        if path != "/v1/chat/completions":
            return 404, {}
        self.bodies.append(json.loads(body))
        self.headers.append(headers)
        reply = self.reply(self.bodies[-1], len(self.bodies))
        return reply if isinstance(reply, tuple) else (200, reply)

    async def _serve(self, started):
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        started.set()
        await self._stop.wait()
        server.close()

    def run(self, started):
        """Serve until `stop`; `started` is set as soon as there is a `url`."""
        asyncio.run(self._serve(started))

    def stop(self):
        """Serve no longer; to be called from another thread."""
        self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def chat_server(reply):
    """Serve while the block runs."""
    server, started = ChatServer(reply), threading.Event()
    thread = threading.Thread(target=server.run, args=(started,))
    thread.start()
    started.wait(10)
    try:
        yield server
    finally:
        server.stop()
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
