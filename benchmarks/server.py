"""A load emulator of a batching OpenAI-compatible server: it decodes so many requests at a time, each at a fixed pace.

    python benchmarks/server.py --slots 256 --mean 1.5 --faults 429=0.1 500=0.1

It prints its address when it listens. How long an answer is depends only on the seed, the row's marker (`row-000123` in the
prompt) and how far the row has come, so that every client gets the same work; requests without a marker go by their text.
Faults befall the first try of a request. `GET /stats` tells what was received; `--faults help` lists the faults.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import math
import re
import resource
import time
from collections import Counter, deque
from functools import partial
from statistics import NormalDist
from typing import Any

import orjson
from aiohttp import web

FAULTS = {
    "429": "HTTP 429, with Retry-After",
    "500": "HTTP 500",
    "reset": "the connection is reset",
    "cut": "the body ends in its middle",
    "hang": "no answer, ever",
    "malformed": "a body that is no JSON",
    "empty": "an answer without text",
    "truncated": "an answer that ends with finish_reason length",
    "overflow": "HTTP 400, prompt too long",
}
MARK = re.compile(r"\brow-\d+\b")
FILLER = "so we add the terms, then divide by two and check the sign; " * 2_000
CHARACTERS = 4  # per token
PROBE, CRITIQUE, REFINE = "Attempt at", "Remark on", "Answer to"
"""How answers begin, by which the next request of the row is known."""


def uniform(*parts: object) -> float:
    """A number between 0 and 1, both excluded, that depends on the parts only."""
    digest = hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64


def lengths(mark: str, stage: str, *, seed: int, mean: float, sigma: float, correlation: float) -> float:
    """Seconds of decoding: lognormal, with this mean; `correlation` of the logarithms of two calls of one row."""
    normal = NormalDist().inv_cdf
    own, row = normal(uniform(seed, mark, stage)), normal(uniform(seed, mark))
    score = math.sqrt(correlation) * row + math.sqrt(1 - correlation) * own
    return math.exp(math.log(mean) - sigma**2 / 2 + sigma * score)


class Emulator:
    """The server.

    Args:
        options: of the command line.
    """

    def __init__(self, options: argparse.Namespace):
        self.options, self.loop = options, asyncio.get_running_loop()
        self.length = partial(
            lengths, seed=options.seed, mean=options.mean, sigma=options.sigma, correlation=options.correlation
        )
        self.running = 0
        self.queue: deque[tuple[float, asyncio.Future[None]]] = deque()
        self.tries: Counter[bytes] = Counter()
        self.answered: set[bytes] = set()
        self.counts: Counter[str] = Counter()
        self.work, self.most, self.first, self.last = 0.0, 0, 0.0, 0.0
        self.web = web.Server(self.handle, access_log=None, handler_cancellation=True)
        self.listener: asyncio.Server
        self.port = options.port

    async def listen(self) -> None:
        """Start to listen; the port stays the same when it is done again."""
        self.listener = await self.loop.create_server(
            self.web, "127.0.0.1", self.port, reuse_address=True, backlog=1_024
        )
        self.port = self.listener.sockets[0].getsockname()[1]

    async def restart(self) -> None:
        """Drop all connections, and refuse new ones for a while."""
        self.counts["restarts"] += 1
        self.listener.close()
        for connection in list(self.web.connections):
            if connection.transport:
                connection.transport.abort()
        await asyncio.sleep(self.options.restart_seconds)
        await self.listen()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.method == "POST":
            return await self.complete(request)
        if request.path.endswith("/models"):
            models = [{"id": name, "object": "model", "root": self.model(name)} for name in self.options.models]
            return reply({"object": "list", "data": models})
        return reply(self.stats())

    def stats(self) -> dict[str, Any]:
        """What was received so far. Times are in seconds; `cpu` is this process's."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "received": self.tries.total(),
            "different": len(self.tries),
            "sent_again": self.tries.total() - len(self.tries),
            **self.counts,
            "running": self.running,
            "queued": len(self.queue),
            "most_running": self.most,
            "work": round(self.work, 3),
            "wall": round(max(0.0, self.last - self.first), 3),
            "cpu": round(usage.ru_utime + usage.ru_stime, 3),
        }

    def model(self, name: str) -> str:
        """What a model is called now."""
        limit = self.options.change_model_after
        changed = bool(limit) and self.tries.total() > limit
        return f"{name}-changed" if changed else name

    async def complete(self, request: web.BaseRequest) -> web.StreamResponse:
        """One chat completion."""
        raw = await request.read()
        body = orjson.loads(raw)
        if body["model"] not in self.options.models:
            return reply({"error": {"message": f"The model `{body['model']}` does not exist."}}, 404)
        self.first = self.first or time.monotonic()
        text = "\n".join(message["content"] for message in body["messages"])
        found = MARK.search(text)
        mark = found[0] if found else hashlib.blake2b(raw, digest_size=8).hexdigest()
        stage = REFINE if f"{CRITIQUE} {mark}" in text else CRITIQUE if f"{PROBE} {mark}" in text else PROBE
        key = hashlib.blake2b(raw, digest_size=16).digest()
        self.tries[key] += 1
        if self.options.restart_every and self.tries.total() % self.options.restart_every == 0:
            self.restarting = asyncio.ensure_future(self.restart())
        fault = self.fault(mark, stage) if self.tries[key] == 1 else ""
        if fault:
            self.counts[f"fault_{fault}"] += 1
            if early := await self.fail(fault, request):
                return early
        tokens = max(1, round(self.length(mark, stage) / self.options.pace))
        truncated = fault == "truncated" or tokens > body.get("max_tokens", 1 << 30)
        tokens = min(tokens, body.get("max_tokens", tokens))
        try:
            await self.decode(tokens * self.options.pace)
        except asyncio.CancelledError:
            self.counts["given_up"] += 1
            raise
        self.last = time.monotonic()
        self.counts["answered"] += 1
        self.counts["answered_again"] += key in self.answered
        self.answered.add(key)
        words = write(mark, stage, tokens, uniform(self.options.seed, mark, "verdict"), truncated)
        return reply(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "model": self.model(body["model"]),
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": "" if fault == "empty" else words},
                        "finish_reason": "length" if truncated else "stop",
                    }
                ],
                "usage": {"prompt_tokens": len(text) // CHARACTERS, "completion_tokens": tokens},
            }
        )

    def fault(self, mark: str, stage: str) -> str:
        """The fault that befalls the first try of a call, or nothing."""
        drawn = uniform(self.options.seed, mark, stage, "fault")
        for name, rate in self.options.faults.items():
            if drawn < rate:
                return name
            drawn -= rate
        return ""

    async def fail(self, fault: str, request: web.BaseRequest) -> web.StreamResponse | None:
        """What is sent in place of an answer; nothing where the answer itself has the fault."""
        if fault == "429":
            return reply({"error": {"message": "Rate limit reached"}}, 429, {"Retry-After": self.options.retry_after})
        if fault == "500":
            return reply({"error": {"message": "CUDA error"}}, 500)
        if fault == "overflow":
            said = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."
            return reply({"error": {"message": said}}, 400)
        if fault == "hang":
            await asyncio.Event().wait()
        if fault == "malformed":
            return web.Response(body=b'{"choices": [{"message": {"content": "so we', content_type="application/json")
        if fault in ("reset", "cut") and request.transport:
            if fault == "cut":
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b'{"choices": [{"mess')
                request.transport.close()
            else:
                request.transport.abort()
            return web.Response()
        return None

    async def decode(self, seconds: float) -> None:
        """Wait for a slot, and then as long as decoding takes."""
        done = self.loop.create_future()
        place = (seconds, done)
        if self.running < self.options.slots:
            self.start(*place)
        else:
            self.queue.append(place)
        try:
            await done
        except asyncio.CancelledError:
            if place in self.queue:
                self.queue.remove(place)
            else:
                self.free()
            raise
        self.free()

    def start(self, seconds: float, done: asyncio.Future[None]) -> None:
        """Begin to decode."""
        self.running += 1
        self.most = max(self.most, self.running)
        self.work += seconds
        self.loop.call_later(seconds, finish, done)

    def free(self) -> None:
        """A slot is free."""
        self.running -= 1
        if self.queue:
            self.start(*self.queue.popleft())


def finish(done: asyncio.Future[None]) -> None:
    """Decoding is over; the client may have gone."""
    if not done.done():
        done.set_result(None)


def write(mark: str, stage: str, tokens: int, verdict: float, truncated: bool) -> str:
    """An answer of so many tokens, as a student or a teacher would end it."""
    body = f"{stage} {mark}: {FILLER[: tokens * CHARACTERS]}"
    if truncated:
        return body
    if stage == CRITIQUE:
        return f"{body}\n\nConclusion: {'right' if verdict < 0.3 else 'wrong'}"
    return f"{body}\n\nThe answer is \\boxed{{{len(mark) + tokens}}}."


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON response."""
    return web.Response(body=orjson.dumps(body), status=status, headers=headers, content_type="application/json")


def rates(texts: list[str]) -> dict[str, float]:
    """`429=0.1 all=0.05` as rates."""
    found: dict[str, float] = {}
    for text in texts:
        name, _, rate = text.partition("=")
        if name != "all" and name not in FAULTS:
            raise SystemExit("\n".join(f"{known:<10} {what}" for known, what in FAULTS.items()))
        found.update(dict.fromkeys(FAULTS if name == "all" else [name], float(rate)))
    if sum(found.values()) > 1:
        raise SystemExit("the rates of all faults add up to more than 1")
    return found


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--models", nargs="+", default=["emulated"])
    parser.add_argument("--slots", type=int, default=256, help="requests decoded at a time; others wait in order")
    parser.add_argument("--mean", type=float, default=1.5, help="seconds of an answer")
    parser.add_argument("--sigma", type=float, default=0.6, help="of its logarithm")
    parser.add_argument("--pace", type=float, default=0.005, help="seconds of a token")
    parser.add_argument("--correlation", type=float, default=0.0, help="between the lengths of the calls of a row")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", nargs="*", default=[], metavar="NAME=RATE", help="or all=RATE; `help` lists them")
    parser.add_argument("--retry-after", default="1", help="seconds that a 429 asks to wait")
    parser.add_argument("--restart-every", type=int, default=0, help="requests")
    parser.add_argument("--restart-seconds", type=float, default=2.0)
    parser.add_argument("--change-model-after", type=int, default=0, help="requests")
    options = parser.parse_args(arguments)
    options.faults = rates(options.faults)
    return options


async def main() -> None:
    """Serve until ended."""
    emulator = Emulator(parse())
    await emulator.listen()
    print(f"http://127.0.0.1:{emulator.port}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
