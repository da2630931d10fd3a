"""Engine `openai`, against a small server: every way that one can fail, and what then reaches the journal."""

import asyncio
import gzip
import html
import socket
import textwrap
import zlib
from base64 import b64encode, urlsafe_b64encode
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from types import SimpleNamespace
from urllib.parse import quote

import orjson
import pytest
from aiohttp import web
from helpers.clock import FakeClock
from helpers.lists import some

from cgd_recipes.errors import RecipeError
from cgd_recipes.generation.engines.addresses import Address, Addresses, Clock, Waits
from cgd_recipes.generation.engines.keys import Keys
from cgd_recipes.generation.engines.openai import OpenAIEngine
from cgd_recipes.generation.engines.openai_answer import RetryableError, read_answer, retry_after
from cgd_recipes.generation.engines.openai_http import MOST_BYTES, _read
from cgd_recipes.generation.engines.openai_request import endpoint_findings
from cgd_recipes.generation.engines.protocol import (
    Completion,
    Endpoint,
    EngineSettings,
    Message,
    Request,
    RequestFailed,
    Sampling,
    SettingsError,
)

FAST = Waits(first=0.01, longest=0.05, ramp=0.01, connect=1.0)
KEY = "sk-planted/4f9a-Key_0123456789"
REQUEST = Request("k1", "probe", "r1", "student", "tiny", (Message("user", "2+2?"),), Sampling(seed=1, stop=("\n",)))


def answer(message=None, finish="stop", model="tiny", **more):
    message = {"content": "4"} if message is None else message
    return {"model": model, "choices": [{"message": message, "finish_reason": finish}], **more}


class Server:
    """Replies in turn with what its script says, and with a good answer after that.

    A reply is a body to send as JSON, (status, body) or (status, body, headers), raw bytes, a number of seconds to hang, or
    `reset`, `cut`, `empty`.
    """

    def __init__(self, *script, models=("tiny",)):
        self.script, self.models = list(script), [{"id": name, "root": f"/models/{name}"} for name in models]
        self.bodies, self.headers, self.gone, self.running, self.most = [], [], 0, 0, 0
        self.models_reply = None

    async def list_models(self, request):
        if self.models_reply is not None:  # an older aiohttp takes a reply without items for false
            return self.reply(self.models_reply, request)
        return web.json_response({"data": self.models})

    async def chat(self, request):
        self.bodies.append(await request.json())
        self.headers.append(request.headers.copy())
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            reply = self.script.pop(0) if self.script else answer()
            if isinstance(reply, int | float):
                await asyncio.sleep(reply)
                reply = answer()
            return self.reply(reply, request)
        except asyncio.CancelledError:
            self.gone += 1
            raise
        finally:
            self.running -= 1

    def reply(self, reply, request):
        match reply:
            case "reset":
                request.transport.abort()
                return web.Response()
            case "cut":
                request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b'{"choices": [{"mess')
                request.transport.close()
                return web.Response()
            case "empty":
                return web.json_response(answer({"content": " "}))
            case "echo":
                said = f"bad header {request.headers.get('Authorization')}"
                return web.json_response({"error": {"message": said}}, status=500)
            case bytes():
                return web.Response(body=reply)
            case web.Response():
                return reply
            case (status, body, *headers):
                return web.json_response(body, status=status, headers=headers[0] if headers else None)
        return web.json_response(reply)


@asynccontextmanager
async def serving(server, port=0):
    app = web.Application()
    app.router.add_get("/v1/models", server.list_models)
    app.router.add_post("/v1/chat/completions", server.chat)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


def settings(*urls, timeout=5.0, max_attempts=4, retry_seconds=5.0, roles=("student",), **endpoint):
    one = Endpoint("tiny", tuple(urls), **endpoint)
    return EngineSettings(dict.fromkeys(roles, one), timeout, max_attempts, retry_seconds)


def ask(*script, requests=1, models=("tiny",), waits=FAST, clock=None, **more):
    """Completions or failures of some requests, and the server that answered them."""

    async def run():
        server = Server(*script, models=models)
        async with serving(server) as url, OpenAIEngine(settings(url, **more), waits, clock) as engine:
            found = await asyncio.gather(*[engine.complete(REQUEST) for _ in range(requests)], return_exceptions=True)
            return found if requests > 1 else found[0], server

    return asyncio.run(run())


def test_an_answer_and_what_was_asked():
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}}
    found, server = ask(answer({"content": "4", "reasoning": "two and two"}, usage=usage), extra_body={"top_k": 5})
    assert isinstance(found, Completion) and found.server.startswith("http://127.0.0.1:")
    assert (found.text, found.reasoning, found.finish_reason) == ("4", "two and two", "stop")
    assert (found.prompt_tokens, found.completion_tokens, found.cached_tokens, found.attempts) == (9, 2, 5, 1)
    assert server.bodies == [
        {"model": "tiny", "messages": [{"role": "user", "content": "2+2?"}], "temperature": 0.0, "top_p": 1.0,
         "max_tokens": 8192, "seed": 1, "stop": ["\n"], "top_k": 5}
    ]  # fmt: skip
    assert "Authorization" not in server.headers[0]


def test_extra_body_replaces_and_removes_fields():
    _, server = ask(extra_body={"max_tokens": None, "max_completion_tokens": 7, "temperature": None})
    assert server.bodies[0]["max_completion_tokens"] == 7
    assert not {"max_tokens", "temperature"} & server.bodies[0].keys()


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": "4", "reasoning_content": "hm"}, "4", "hm"),
        ({"content": "4", "reasoning": None, "reasoning_content": ""}, "4", None),
        ({"content": None, "reasoning": "hm"}, "", "hm"),
        ({"content": [{"type": "text", "text": "4"}, {"type": "text", "text": "2"}]}, "42", None),
        ({"content": "4", "thinking": "hm"}, "4", "hm"),
        ({"content": "4", "reasoning": {"effort": "high"}, "reasoning_content": "hm"}, "4", "hm"),
        ({"content": "4", "reasoning": True}, "4", None),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "4"}]}, "4", "hm"),
    ],
)  # fmt: skip
def test_places_of_text_and_reasoning(message, text, reasoning):
    found, _ = ask(answer(message))
    assert (found.text, found.reasoning) == (text, reasoning)


@pytest.mark.parametrize(
    "usage", [None, {}, [1], "none", {"prompt_tokens": "9"}, {"prompt_tokens": 2**80, "prompt_tokens_details": None}]
)
def test_usage_that_is_missing_or_nonsense_is_unknown(usage):
    found, _ = ask(answer(usage=usage))
    assert (found.text, found.prompt_tokens, found.completion_tokens, found.cached_tokens) == ("4", None, None, None)


def test_a_truncated_answer_is_given_back_as_it_is():
    for message in ({"content": "4"}, {"content": None}):
        found, server = ask(answer(message, finish="length"))
        assert found.finish_reason == "length" and len(server.bodies) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((500, {"error": "boom"}), "HTTP 500"),
        ((502, "<html>"), "HTTP 502"),
        ((503, {"error": {"message": "Loading model"}}), "HTTP 503"),
        ("reset", "connection lost"),
        ("cut", "connection lost"),
        (b'{"choices": [{"mess', "malformed answer"),
        (b'{"choices": []}', "malformed answer"),
        (b"[]", "malformed answer"),
        (b'{"choices": [{"message": {"content": "\\ud800"}}]}', "malformed answer"),
        (answer({"content": {"no": "text"}}), "malformed answer"),
        ("empty", "empty answer"),
        (answer({"content": None}), "empty answer"),
        (answer({"content": "half"}, finish="error"), "error in the answer"),
        ({"error": {"code": 502, "message": "upstream"}}, "HTTP 502"),
    ],
)
def test_what_may_pass_is_tried_again_within_the_budget(fault, reason):
    found, server = ask(fault, fault)
    assert (found.text, found.attempts, len(server.bodies)) == ("4", 3, 3)
    found, server = ask(*[fault] * 9)
    assert isinstance(found, RequestFailed) and (found.reason, found.attempts) == (reason, 4)
    assert len(server.bodies) == 4


def test_a_hanging_server_times_out():
    found, server = ask(600, timeout=1.0)
    assert (found.text, found.attempts, server.gone) == ("4", 2, 1)
    found, _ = ask(*[600] * 4, timeout=0.05, max_attempts=2)
    assert (found.reason, found.detail, found.attempts) == ("timeout", "no answer within 0.05 s", 2)


def test_the_budget_of_seconds_ends_the_tries():
    clock = FakeClock()
    found, _ = ask(*[(500, "boom")] * 50, max_attempts=50, retry_seconds=10.0, waits=Waits(), clock=clock)
    assert found.reason == "HTTP 500" and 4 <= found.attempts < 10
    assert clock.time() <= 1_010.0


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages)."),
        (400, "The decoder prompt (length 5000) is longer than the maximum model length of 4096."),
        (400, "max_tokens must be at least 1, got -186."),
        (400, "The input (61709 tokens) is longer than the model's context length (40960 tokens)."),
        (400, "the request exceeds the available context size. try increasing the context size or enable context shift"),
        (500, "the request exceeds the available context size. try increasing the context size or enable context shift"),
        (400, "request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it"),
        (400, "Your input exceeds the context window of this model."),
        (400, "prompt is too long: 213412 tokens > 200000 maximum"),
        (413, "Payload Too Large"),
    ],
)  # fmt: skip
def test_a_prompt_that_does_not_fit_is_not_tried_again(status, words):
    found, server = ask((status, {"error": {"message": words, "type": "BadRequestError", "code": status}}))
    assert isinstance(found, RequestFailed) and (found.reason, len(server.bodies)) == ("prompt too long", 1)
    assert words[:40] in found.detail


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((400, {"error": {"message": "'max_tokens' is too large: 8192. maximum context length is 4096"}}), "max_tokens too large"),
        ((400, {"error": {"message": "the prompt must be text (sent: temperature 0.0, top_p 1.0, seed 1)"}}), "HTTP 400"),
        ((400, {"error": {"message": "bad prompt (temperature 0.0, top_p 1.0); see docs.together.ai"}}), "HTTP 400"),
        ((403, {"error": {"message": "your input was flagged"}}), "HTTP 403"),
        (answer({"content": None, "refusal": "I will not."}), "refused by the server"),
        (answer({"content": "4, but", "refusal": "I will not."}), "refused by the server"),
        (answer(error={"code": 422, "message": "upstream"}), "HTTP 422"),
        (answer({"content": None}, finish="content_filter"), "refused by the server"),
    ],
)  # fmt: skip
def test_what_cannot_pass_fails_at_once(fault, reason):
    found, server = ask(fault)
    assert isinstance(found, RequestFailed) and (found.reason, len(server.bodies)) == (reason, 1)


def test_text_that_cannot_be_sent_fails_alone():
    async def run():
        server = Server()
        async with serving(server) as url, OpenAIEngine(settings(url), FAST) as engine:
            broken = Request("k2", "probe", "r2", "student", "tiny", (Message("user", "\ud800"),), Sampling())
            with pytest.raises(RequestFailed, match="not valid Unicode"):
                await engine.complete(broken)
            return await engine.complete(REQUEST)

    assert asyncio.run(run()).text == "4"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            (401, {"error": "no"}),
            r"refuses the key \(HTTP 401\) \(generate.student has model 'tiny' and no api_key_env\)",
        ),
        ((403, {"error": "no"}), r"refuses the key \(HTTP 403\)"),
        ((404, {"error": "no model tiny"}), r"has no such model.*no model tiny"),
        ((402, {"error": "Insufficient Balance"}), r"asks to be paid"),
        ((429, {"error": {"code": "insufficient_quota"}}), r"asks to be paid"),
        ((400, {"error": {"message": "Your credit balance is too low to access the API."}}), r"asks to be paid"),
        ((307, "", {"Location": "http://elsewhere.example/"}), r"sends requests on to http://elsewhere.example/"),
        (answer(model="huge"), r"answers as 'huge' now, and as 'tiny' before"),
    ],
)
def test_what_every_request_would_meet_stops_the_run(fault, message):
    async def run():
        server = Server(answer(), fault)
        async with serving(server) as url, OpenAIEngine(settings(url), FAST) as engine:
            await engine.complete(REQUEST)
            with pytest.raises(RecipeError, match=message) as caught:
                await engine.complete(REQUEST)
            assert str(caught.value).startswith(url) and "\n" not in str(caught.value)
            assert len(server.bodies) == 2

    asyncio.run(run())


def test_a_dated_name_is_the_same_model_as_long_as_it_stays():
    found, _ = ask(answer(model="tiny-2026-01-01"), answer(model="tiny-2026-01-01"), requests=2)
    assert [one.served_model for one in found] == ["tiny-2026-01-01"] * 2


def test_another_model_after_a_restart_stops_the_run():
    async def run():
        server = Server(answer(), "reset")
        async with serving(server) as url, OpenAIEngine(settings(url), FAST) as engine:
            await engine.complete(REQUEST)
            server.models = [{"id": "tiny", "root": "/models/tiny"}, {"id": "more", "root": ""}]
            assert (await engine.complete(REQUEST)).attempts == 2
            server.script, server.models = ["reset"], [{"id": "tiny", "root": "/models/other"}]
            with pytest.raises(RecipeError, match="serves tiny since it was restarted, not what it served before"):
                await engine.complete(REQUEST)

    asyncio.run(run())


def test_a_server_that_restarts_is_waited_for_and_costs_no_tries():
    async def run():
        server = Server()
        async with serving(server) as url:
            engine = await OpenAIEngine(settings(url, max_attempts=2), FAST).__aenter__()
        waiting = asyncio.gather(*[engine.complete(REQUEST) for _ in range(20)])
        await asyncio.sleep(0.15)
        async with serving(server, int(url.split(":")[2].split("/")[0])):
            found = await waiting
        await engine.__aexit__(None, None, None)
        return found

    found = asyncio.run(run())
    assert [one.text for one in found] == ["4"] * 20
    assert max(one.attempts for one in found) > 1


def test_a_server_that_does_not_come_back_fails_in_time():
    async def run():
        async with serving(Server()) as url:
            engine = await OpenAIEngine(settings(url, retry_seconds=1.0), FAST).__aenter__()
        with pytest.raises(RequestFailed, match=r"no connection|connection lost") as caught:
            await engine.complete(REQUEST)
        await engine.__aexit__(None, None, None)
        return caught.value

    failed = asyncio.run(run())
    assert 2 <= failed.attempts < 60


def test_retry_after_holds_all_requests():
    found, server = ask((429, {}, {"Retry-After": "0.05"}), requests=10, concurrency=5, max_attempts=1)
    assert [answer.text for answer in found] == ["4"] * 10
    assert len(server.bodies) == 11
    assert server.most <= 5


def test_after_a_pause_requests_are_let_through_one_by_one():
    async def run():
        clock, waits, urls, taken = FakeClock(), FAST._replace(ramp=1.0), ("http://a",), []
        addresses = Addresses(urls, waits, clock)
        address = await addresses.take(urls, 5, None)
        begin = clock.time()
        address.refused(begin, 2.0, waits)
        addresses.give(address)

        async def ask():
            address = await addresses.take(urls, 5, None)
            taken.append(clock.time() - begin)
            addresses.give(address)

        waiting = [asyncio.create_task(ask()) for _ in range(6)]
        await clock.move(begin + 1.9)
        assert taken == []
        await clock.move(begin + 10)
        await asyncio.gather(*waiting)
        return taken

    first, *others = asyncio.run(run())
    assert 2.0 <= first <= 2.2
    gaps = [after - before for before, after in zip([first, *others], others, strict=False)]
    assert gaps == pytest.approx([0.2] * 5)


def test_a_request_waits_until_its_deadline_and_no_longer():
    async def run():
        clock, urls = FakeClock(), ("http://a",)
        addresses = Addresses(urls, FAST, clock)
        held = await addresses.take(urls, 1, None)
        waiting = asyncio.create_task(addresses.take(urls, 1, clock.time() + 3))
        await clock.move(clock.time() + 2.9)
        assert not waiting.done()
        await clock.move(clock.time() + 0.2)
        with pytest.raises(TimeoutError):
            await waiting
        addresses.give(held)
        assert (await addresses.take(urls, 1, None)).in_flight == 1

    asyncio.run(run())


def test_a_busy_server_costs_no_tries_but_ends_with_the_budget_of_seconds():
    found, _ = ask(*[(429, {}, {"retry-after-ms": "5"})] * 5, max_attempts=1)
    assert (found.text, found.attempts) == ("4", 6)
    found, server = ask((429, {"error": "come back tomorrow"}, {"Retry-After": "86400"}))
    assert (found.reason, found.attempts, len(server.bodies)) == ("HTTP 429", 1, 1)
    assert "tomorrow" in found.detail


def test_a_pause_grows_while_nothing_is_answered():
    waits = Waits(first=1.0, longest=8.0, ramp=1.0)
    for asked, first in ((None, 0), (0.0, 1)):
        address, now, pauses = Address("http://a"), 100.0, []
        for _ in range(6):
            address.refused(now, asked, waits)
            address.refused(now, asked, waits)
            pauses.append(address.opens() - now)
            now = address.opens()
        assert all(0.5 * 2**n <= pause <= 1.5 * 2**n for n, pause in enumerate(pauses[first : first + 4]))
        assert max(pauses) <= 12.0
        address.succeeded()
        address.refused(now, 3.0, waits)
        assert 3.0 <= address.opens() - now <= 3.3


def test_an_address_is_closed_when_a_good_part_of_its_requests_failed_in_a_row():
    waits = Waits(first=1.0, longest=8.0, ramp=1.0)
    for in_flight, patience in ((1, 3), (40, 10)):
        address = Address("http://a")
        address.in_flight = in_flight
        for _ in range(2):
            for _ in range(patience - 1):
                address.failed(100.0, waits, away=False)
            assert address.opens() == 0.0
            address.succeeded()
        for _ in range(patience):
            address.failed(100.0, waits, away=False)
        assert 100.5 <= address.opens() <= 101.5
    for now in range(200, 1000, 100):
        address.failed(now, waits._replace(away=2.0), away=True)
        assert now + 0.5 <= address.opens() <= now + 3.0, "nobody there"


def test_retry_after_as_number_or_date():
    later = datetime.now(UTC) + timedelta(seconds=60)
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({"Retry-After": "0"}) == 0
    assert retry_after({"Retry-After": "7", "retry-after-ms": "250"}) == 0.25
    assert 55 < retry_after({"Retry-After": format_datetime(later, usegmt=True)}) <= 60
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0
    assert [retry_after({"Retry-After": bad}) for bad in ("", "soon", "nan", "inf", "-1")] == [None] * 5
    assert retry_after({}) is None


def test_requests_go_to_the_least_busy_address_and_past_one_that_fails():
    async def run():
        good, slow, bad = Server(), Server(*[0.05] * 99), Server(*[(500, "boom")] * 99)
        async with serving(good) as one, serving(slow) as two, serving(bad) as three:
            use = settings(one, two, three, concurrency=4, max_attempts=9)
            async with OpenAIEngine(use, FAST._replace(first=0.2, longest=0.2)) as engine:
                assert engine.slots("student") == 12
                found = await asyncio.gather(*[engine.complete(REQUEST) for _ in range(60)])
        return found, good, slow, bad

    found, good, slow, bad = asyncio.run(run())
    assert [one.text for one in found] == ["4"] * 60
    assert len(good.bodies) > len(slow.bodies) > 0
    assert len(bad.bodies) < 15, "one that fails is left alone"
    assert max(good.most, slow.most, bad.most) <= 4


def test_two_roles_at_one_address_share_its_limit():
    async def run():
        server = Server(*[0.01] * 40)
        async with (
            serving(server) as url,
            OpenAIEngine(settings(url, roles=("student", "teacher"), concurrency=3), FAST) as engine,
        ):
            teacher = Request("k", "critique", "r1", "teacher", "tiny", REQUEST.messages, Sampling())
            await asyncio.gather(*[engine.complete(one) for one in [REQUEST, teacher] * 20])
        return server

    server = asyncio.run(run())
    assert (server.most, len(server.bodies)) == (3, 40)


def test_a_waiting_request_that_is_given_up_leaves_its_place_to_others():
    async def run():
        addresses = Addresses(["http://a"], FAST, Clock())
        held = await addresses.take(("http://a",), 1, None)
        waiting = [asyncio.ensure_future(addresses.take(("http://a",), 1, None)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        addresses.give(held)
        waiting[1].cancel()  # it has been handed the address, and does not know yet
        await asyncio.wait(waiting[:2])
        assert await asyncio.wait_for(waiting[2], 1) is held and held.in_flight == 1

    asyncio.run(run())


def test_cancelling_closes_the_connections_at_once():
    async def run():
        server = Server(*[60] * 8)
        async with serving(server) as url:
            async with OpenAIEngine(settings(url), FAST) as engine:
                tasks = [asyncio.ensure_future(engine.complete(REQUEST)) for _ in range(8)]
                while server.running < 8:
                    await asyncio.sleep(0.01)
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            while server.running:
                await asyncio.sleep(0.01)
            return server.gone

    assert asyncio.run(run()) == 8  # they would answer in a minute


def start_fails(server=None, **more):
    async def run():
        async with serving(server or Server()) as url:
            with pytest.raises((RecipeError, SettingsError)) as caught:
                async with OpenAIEngine(settings(url, **more), FAST):
                    pass
            return str(caught.value).replace(url, "URL")

    return asyncio.run(run())


def test_what_is_wrong_at_the_start_is_said_before_any_request(monkeypatch):
    assert "URL: serves no 'tiny'; did you mean 'tiny2'?" in start_fails(Server(models=("tiny2",)))
    assert "URL: serves no 'tiny'; it serves: a, b" in start_fails(Server(models=("a", "b")))
    monkeypatch.delenv("OUR_KEY", raising=False)
    assert "OUR_KEY: is not set; generate.student.api_key_env names it" in start_fails(api_key_env="OUR_KEY")
    monkeypatch.setenv("OUR_KEY", "two\nlines-of-it")
    said = start_fails(api_key_env="OUR_KEY")
    assert "OUR_KEY: holds characters that no key has" in said
    assert "'generate.student.extra_body.stream' cannot be set there" in start_fails(extra_body={"stream": True})
    assert "lines-of-it" not in said
    monkeypatch.setenv("OUR_KEY", KEY)
    refusing = Server()
    refusing.models_reply = (401, {"error": f"wrong key {KEY}"})
    said = start_fails(refusing, api_key_env="OUR_KEY")
    assert "refuses the key (HTTP 401) (generate.student has model 'tiny' and its key from OUR_KEY)" in said
    assert KEY not in said


def test_servers_without_a_list_of_models_or_with_a_long_one_are_tried():
    for server in (Server(), Server(models=[f"m{number}" for number in range(40)])):
        server.models_reply = (404, "") if len(server.models) == 1 else None

        async def run(server):
            async with serving(server) as url, OpenAIEngine(settings(url), FAST) as engine:
                return await engine.complete(REQUEST)

        assert asyncio.run(run(server)).text == "4"


def test_addresses_that_nobody_answers_are_all_named():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/v1"

        async def run():
            async with OpenAIEngine(settings(url, f"{url}/other"), FAST):
                pass

        with pytest.raises(RecipeError) as caught:
            asyncio.run(run())
    assert [str(problem.where) for problem in caught.value.problems] == [url, f"{url}/other"]
    assert "does not answer (no connection: " in str(caught.value) and "set generate.student.base_urls" in str(
        caught.value
    )


@pytest.mark.parametrize(
    "url", ["http://me:sk-secret@host/v1", "http://host/v1?key=sk-secret", "host:8000", "ftp://host/v1", ""]
)
def test_addresses_that_carry_keys_or_are_none(url):
    async def run():
        async with OpenAIEngine(settings(url), FAST):
            pass

    with pytest.raises(SettingsError, match=r"^'generate.student.base_urls\[0\]' ") as caught:
        asyncio.run(run())
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("key", [KEY, "plain-key-4711"])
def test_the_key_goes_into_the_header_and_nowhere_else(monkeypatch, logged, capfd, key):
    monkeypatch.setenv("OUR_KEY", key)
    escaped = key.replace("/", "\\/").replace("p", "\\u0070")
    leaks = [
        (400, {"error": {"message": f"bad header Bearer {key}"}}),
        (404, {"error": f"no model for {key}"}),
        (307, "", {"Location": f"http://elsewhere.example/?key={key}"}),
        answer({"content": f"my key is {key}", "reasoning": f"{key}?"}, finish=key, model=f"tiny-{key}"),
        f'{{"model": "tiny", "choices": [{{"message": {{"content": "{escaped}"}}}}]}}'.encode(),
        f'{{"choices": [{{"mess{key.replace("/", chr(92) + "/")}'.encode(),
        "echo",
    ]

    async def run(leak):
        server = Server(leak, leak)
        async with (
            serving(server) as url,
            OpenAIEngine(settings(url, api_key_env="OUR_KEY", max_attempts=2), FAST) as engine,
        ):
            try:
                found = await engine.complete(REQUEST)
            except (RequestFailed, RecipeError) as error:
                assert error.__suppress_context__ or error.__context__ is None
                found = error
        assert server.headers[0]["Authorization"] == f"Bearer {key}"
        return repr(vars(found)) if isinstance(found, Completion) else f"{found!r} {found}"

    said = [asyncio.run(run(leak)) for leak in leaks]
    assert all("[key]" in one for one in said), said
    said += [logged.getvalue(), *capfd.readouterr()]
    for spelling in (key, key.replace("/", "\\/"), key.replace("/", "\\\\/"), key.split("/")[-1]):
        assert not [one for one in said if spelling in one]


def test_a_key_is_not_left_over_where_a_servers_words_are_cut(monkeypatch):
    monkeypatch.setenv("OUR_KEY", KEY)
    for filler in range(255, 300, 9):
        found, _ = ask((400, "x" * filler + KEY), api_key_env="OUR_KEY")
        assert found.reason == "HTTP 400" and KEY[:4] not in str(found)


def test_a_key_that_is_no_secret_stays_in_answers(monkeypatch):
    monkeypatch.setenv("OUR_KEY", "EMPTY")
    found, _ = ask(answer({"content": "the EMPTY set"}), api_key_env="OUR_KEY")
    assert found.text == "the EMPTY set"


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    found, _ = ask()
    assert found.text == "4"


@pytest.mark.parametrize(
    ("choice", "finish"),
    [
        ({"native_finish_reason": "MAX_TOKENS"}, "MAX_TOKENS"),
        ({"stop_reason": "max_tokens"}, "max_tokens"),
        ({"native_finish_reason": "SAFETY"}, "SAFETY"),
        ({"native_finish_reason": "abort"}, "abort"),
        ({"done_reason": "length"}, "length"),
        ({"finishReason": "MAX_TOKENS"}, "MAX_TOKENS"),
        ({"stop_reason": "refusal"}, "refusal"),
        ({"stop_reason": "a stop string"}, "stop"),
        ({"message": {"content": "4", "function_call": {"name": "f"}}}, "function_call"),
        ({"message": {"content": "4", "tool_calls": [{"id": "1"}]}}, "tool_calls"),
        (
            {"native_finish_reason": "STOP", "stop_reason": 151645, "message": {"content": "4", "tool_calls": []}},
            "stop",
        ),
        ({"finish_reason": None, "native_finish_reason": "stop"}, "unknown"),
    ],
)
def test_an_end_that_stands_beside_the_finish_reason_is_heard(choice, finish):
    whole = {"message": {"content": "4"}, "finish_reason": "stop", **choice}
    assert read_answer(orjson.dumps({"choices": [whole]})).finish_reason == finish


@pytest.mark.parametrize(("tokens", "finish"), [(31, "stop"), (32, "length"), (33, "stop"), (None, "stop")])
def test_an_answer_of_all_tokens_that_were_allowed_was_cut_whatever_the_server_says(tokens, finish):
    request = replace(REQUEST, sampling=Sampling(max_tokens=32))
    body = orjson.dumps(answer(usage={"completion_tokens": tokens}))
    assert read_answer(body, request).finish_reason == finish


def test_names_that_a_server_gives_are_not_kept_for_ever():
    found = read_answer(orjson.dumps(answer(finish="x" * 5000, model="y" * 5000)))
    assert (len(found.finish_reason), len(found.served_model)) == (200, 200)


@pytest.mark.parametrize(
    "error", [{"code": "429"}, {"status": 429}, {"code": "rate_limit_exceeded"}, {"status": "RESOURCE_EXHAUSTED"}]
)
def test_an_error_that_came_with_200_counts_as_what_it_says(error):
    found, _ = ask((200, {"error": {"message": "slow down", **error}}), max_attempts=1)
    assert found.text == "4"


def test_an_answer_may_come_with_another_status_of_success_or_a_byte_order_mark():
    assert ask((201, answer()))[0].text == "4"
    assert ask(b"\xef\xbb\xbf" + orjson.dumps(answer()))[0].text == "4"
    assert ask(*[web.Response(status=204)] * 4)[0].reason == "HTTP 204"


@pytest.mark.parametrize(
    "reply",
    [(400, {"error": "Rate limit exceeded"}), (400, {"message": "ThrottlingException: too many requests"}), (498, {})],
)
def test_a_server_that_is_full_may_say_so_with_another_status(reply):
    assert ask(reply, max_attempts=1)[0].text == "4"


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ([{"type": "text", "text": "4"}, {"type": "refusal", "refusal": "I can't"}], "refused by the server: I can't"),
        ([{"type": "refusal", "refusal": "No."}], "refused by the server: No."),
        (
            [{"type": "text", "text": "4"}, {"type": "image_url", "image_url": {}}],
            "a part 'image_url' in the answer: 4",
        ),
        ([{"type": "tool_use", "name": "f"}, {"type": "text", "text": "4"}], "a part 'tool_use' in the answer: 4"),
    ],
)
def test_a_part_that_is_no_text_is_not_dropped(parts, fault):
    body = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
    with pytest.raises(RequestFailed) as caught:
        read_answer(orjson.dumps(body))
    assert f"{caught.value.reason}: {caught.value.detail}" == fault


def test_parts_of_thinking_are_no_answer():
    thinking = [{"type": "thinking", "thinking": "hm"}, {"type": "redacted_thinking", "data": "x"}]
    body = {"choices": [{"message": {"content": [*thinking, {"type": "text", "text": "4"}]}, "finish_reason": "stop"}]}
    found = read_answer(orjson.dumps(body))
    assert (found.text, found.reasoning) == ("4", "hm")


def test_a_malformed_answer_says_how_it_begins():
    with pytest.raises(RetryableError, match="malformed answer") as caught:
        read_answer(b"<html>\n  busy</html>")
    assert caught.value.detail == "<html> busy</html>"


def conversation(*script, follow_up=False, request=REQUEST, **more):
    """What becomes of two requests one after the other, and the server."""
    request = replace(request, attempt=2, schema={"type": "object"}) if follow_up else request

    async def run():
        server, found = Server(*script), []
        async with serving(server) as url, OpenAIEngine(settings(url, **more), FAST) as engine:
            for _ in range(2):
                try:
                    found.append(await engine.complete(request))
                except (RequestFailed, RecipeError) as error:
                    found.append(error)
        return found, server

    return asyncio.run(run())


@pytest.mark.parametrize(
    "words",
    [
        "Rate limit of 5 requests per minute reached; see your billing page to raise it",
        "You exceeded your current quota, please check your plan and billing details. Please retry in 12.3s.",
        "Too many tokens per-minute for your billing tier (insufficient_quota)",
        "billing tier 1 allows 3 requests; try again in 20 seconds",
    ],
)
def test_a_429_that_passes_is_waited_for_whatever_it_says_of_billing(words):
    found, _ = ask((429, {"error": {"message": words}}))
    assert (found.text, found.attempts) == ("4", 2)


@pytest.mark.parametrize("words", ["rate limit exceeded, try again in 3s", "userRateLimitExceeded", "5 per minute"])
def test_a_403_about_a_rate_is_waited_for(words):
    found, _ = ask((403, {"error": {"message": words}}))
    assert (found.text, found.attempts) == ("4", 2)


@pytest.mark.parametrize(
    "error",
    [
        {"message": "You exceeded your current quota, please check your plan and billing details.", "code": "insufficient_quota"},
        {"message": "Insufficient credits"},
        {"code": "billing_hard_limit_reached"},
        {"message": "Your account is not active, please check your billing details", "code": "billing_not_active"},
    ],
)  # fmt: skip
def test_a_429_that_stays_ends_the_run(error):
    found, _ = ask((429, {"error": error}))
    assert isinstance(found, RecipeError) and "asks to be paid (HTTP 429)" in str(found)


def test_a_429_about_money_with_a_time_to_wait_is_waited_for():
    found, _ = ask((429, {"error": {"code": "insufficient_quota"}}, {"retry-after-ms": "5"}))
    assert found.text == "4"


@pytest.mark.parametrize(
    "refusal",
    [
        (400, {"error": "response_format is not supported"}),
        (400, {"error": {"message": "Unknown field"}}),
        (422, {"detail": "extra fields not permitted: response_format"}),
        (501, "not implemented"),
        (500, {"error": "guided decoding backend failed to compile the json_schema"}),
        (405, {"error": "response_format: not for this model"}),
        (424, {"error": "the grammar could not be compiled"}),
        (404, {"error": "no endpoint found that can handle the requested parameters"}),
        (200, {"error": {"message": "response_format is not supported", "code": 400}}),
        (200, {"error": {"message": "no json_schema here"}}),
        (503, {"error": "no backend for json_schema"}),
    ],
)
def test_a_server_that_takes_no_schema_is_asked_without_it_from_then_on(refusal):
    found, server = conversation(refusal, follow_up=True)
    assert [answer.text for answer in found] == ["4", "4"]
    assert ["response_format" in body for body in server.bodies] == [True, False, False]


@pytest.mark.parametrize("reply", [(500, {"error": "internal"}), answer({"content": ""})])
def test_the_last_try_goes_without_a_schema_at_which_a_server_fails_without_a_word(reply):
    found, server = conversation(*[reply] * 3, follow_up=True, max_attempts=4)
    assert found[0].text == "4"
    assert ["response_format" in body for body in server.bodies] == [True, True, True, False, True]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_no_matter_of_the_schema(status):
    found, server = conversation((status, {"error": "no grammar for you"}), follow_up=True)
    assert isinstance(found[0], RecipeError) and "response_format" in server.bodies[0]


def test_what_is_wrong_with_more_than_the_schema_is_said_as_the_server_said_it_first():
    found, server = conversation(*[(400, {"error": "no such template"})] * 3, follow_up=True)
    assert isinstance(found[0], RequestFailed) and found[0].reason == "HTTP 400"
    assert "response_format" in server.bodies[2], "nothing was learned from a request that failed either way"


@pytest.mark.parametrize(
    "words",
    [
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "max_tokens is deprecated, send max_completion_tokens",
        "this model has no max_tokens (try max_completion_tokens)",
        "Unsupported parameter: 'max_tokens' is not supported with this model.",
        "Unrecognized request argument supplied: max_tokens",
        [{"type": "extra_forbidden", "loc": ["body", "max_tokens"], "msg": "Extra inputs are not permitted"}],
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_wants_max_completion_tokens_gets_it_from_then_on(words, status):
    found, server = conversation((status, {"error": {"message": words}}))
    assert [answer.text for answer in found] == ["4", "4"]
    assert ["max_completion_tokens" in body for body in server.bodies] == [False, True, True]
    assert ["max_tokens" in body for body in server.bodies] == [True, False, False]


def test_both_refusals_are_learned_together():
    refusals = (400, {"error": "Use 'max_completion_tokens' instead"}), (400, {"error": "no response_format"})
    found, server = conversation(*refusals, follow_up=True)
    assert [answer.text for answer in found] == ["4", "4"]
    assert len(server.bodies) == 4
    assert not {"max_tokens", "response_format"} & server.bodies[-1].keys()


def test_what_a_server_refuses_beside_max_tokens_is_said():
    limit = (400, {"error": {"message": "Use 'max_completion_tokens' instead."}})
    found, _ = conversation(limit, (400, {"error": {"message": "'temperature' does not support 0.0 with this model."}}))
    assert "takes no temperature but its own (HTTP 400); set generate.student.temperature: null" in str(found[0])
    found, _ = conversation(limit, (400, {"error": {"message": "the prompt is too long"}}))
    assert isinstance(found[0], RequestFailed) and found[0].reason == "prompt too long"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported.", "temperature"),
        ("`top_p` is deprecated for this model", "top_p"),
        ("Extra inputs are not permitted: seed", "seed"),
        ("Unrecognized request argument supplied: seed", "seed"),
        ("Unknown parameter: 'top_p'.", "top_p"),
    ],
)  # fmt: skip
def test_a_server_that_takes_no_setting_but_its_own_stops_the_run_and_says_what_to_set(words, name):
    found, _ = conversation((400, {"error": {"message": words}}))
    assert isinstance(found[0], RecipeError)
    assert f"takes no {name} but its own (HTTP 400); set generate.student.{name}: null" in str(found[0])


@pytest.mark.parametrize("words", ["Unsupported parameter: 'stop'", "'stop' must have at most 4 items"])
def test_a_server_that_takes_no_stop_says_what_to_set(words):
    found, _ = conversation((400, {"error": {"message": words}}))
    assert "set generate.student.stop: []" in str(found[0])
    found, _ = conversation((400, {"error": {"message": "do not stop: it is not supported"}}))
    assert found[0].reason == "HTTP 400"


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        ("`temperature` and `top_p` cannot both be specified for this model", "top_p", "does not take both temperature and top_p"),
        ("temperature and top_p can't be used at the same time", "top_p", "does not take both temperature and top_p"),
        ("Please set only one of temperature, top_p", "top_p", "does not take both temperature and top_p"),
        ("temperature must be below 2", "temperature", "does not take this temperature: {'detail': 'temperature must be below 2'}"),
        ("temperature: must be 1", "temperature", "does not take this temperature: {'detail': 'temperature: must be 1'}"),
    ],
)  # fmt: skip
def test_a_value_that_a_server_does_not_take_stops_the_run_with_its_words(words, name, said):
    found, _ = conversation((422, {"detail": words}))
    assert isinstance(found[0], RecipeError)
    assert f"{said} (HTTP 422); set generate.student.{name}: null" in str(found[0]).replace('"', "'")


@pytest.mark.parametrize(
    "question", ["The temperature should be 25 C. In F?", "No seed must be lost: is that not supported?"]
)
def test_a_server_that_repeats_the_prompt_says_nothing_of_settings(question):
    said = {"detail": [{"msg": "bad", "input": question}]}
    found, _ = conversation((422, said), request=replace(REQUEST, messages=(Message("user", question),)))
    assert isinstance(found[0], RequestFailed) and found[0].reason == "HTTP 422"


@pytest.mark.parametrize("status", [400, 403, 500])
@pytest.mark.parametrize(
    "question",
    [
        "Ann's check bounces for insufficient funds.  What does\nshe owe?",
        "The pump fills 3 litres per minute. Was the prompt too long?",
        "The post was flagged 4 times.",
    ],
)
def test_words_of_a_prompt_that_a_server_repeats_are_not_the_servers(status, question):
    plain, repeated = ({"detail": [{"msg": "bad", "input": text}]} for text in ("Hello", question))
    request = replace(REQUEST, messages=(Message("user", question),))
    (expected, _), _ = conversation((status, plain), request=request)
    (found, _), _ = conversation((status, repeated), request=request)
    assert (type(found), getattr(found, "reason", "")) == (type(expected), getattr(expected, "reason", ""))


def test_a_server_that_also_says_it_itself_is_heard():
    said = {"error": {"message": "insufficient_quota", "input": "insufficient funds"}}
    found, _ = conversation((400, said), request=replace(REQUEST, messages=(Message("user", "insufficient funds"),)))
    assert "asks to be paid (HTTP 400)" in str(found[0])


def test_settings_that_are_null_and_an_empty_stop_are_not_sent():
    quiet = replace(REQUEST, sampling=Sampling(None, None, 10))

    async def run():
        server = Server()
        async with serving(server) as url, OpenAIEngine(settings(url), FAST) as engine:
            await engine.complete(quiet)
        return server.bodies[0]

    assert asyncio.run(run()).keys() == {"model", "messages", "max_tokens"}


def test_a_gateway_may_rename_models_where_the_recipe_says_so():
    found, _ = conversation(answer(model="a"), answer(model="b"), check_model=False)
    assert [answer.served_model for answer in found] == ["a", "b"]
    found, _ = conversation((404, {"error": "no instance at the moment"}), check_model=False)
    assert found[0].attempts == 2
    found, _ = conversation(*[(404, {"error": "no instance"})] * 4, check_model=False)
    assert found[0].detail == 'a gateway may not find a model for a moment; it said: {"error": "no instance"}'
    found, _ = conversation(answer(model="a"), answer(model=None))
    assert [answer.served_model for answer in found] == ["a", "tiny"], (
        "an answer that names no model is of no other one"
    )
    found, _ = conversation(answer(model="a"), answer(model="b"))
    assert "its model was changed" in str(found[1])
    assert "if the server only calls it otherwise, set generate.student.check_model: false" in str(found[1])
    found, _ = conversation((404, {"error": "no model"}))
    assert "set generate.student.check_model: false" in str(found[0])
    assert "base_urls go up to and with /v1" in str(found[0])


@pytest.mark.parametrize("listed", [["*"], ["openai/*", "t*"], ["other", "*ny"]])
def test_a_list_of_patterns_holds_the_models_that_they_match(listed):
    assert ask(models=listed)[0].text == "4"


@pytest.mark.parametrize(
    "models_reply",
    [
        (401, {}),
        (403, {}),
        {"data": [{"id": "other"}]},
        (500, {}),
        (302, {}, {"Location": "http://other/"}),
        b" " * (MOST_BYTES + 1),
    ],
)
def test_what_models_are_listed_is_no_matter_where_the_recipe_says_so(models_reply):
    async def run():
        server = Server()
        server.models_reply = models_reply
        async with serving(server) as url, OpenAIEngine(settings(url, check_model=False), FAST) as engine:
            return await engine.complete(REQUEST)

    assert asyncio.run(run()).text == "4"


def test_another_model_at_the_start_says_what_to_set():
    assert "set generate.student.check_model: false" in start_fails(Server(models=["other"]))
    server = Server()
    server.models_reply = (403, {"error": "missing scope"})
    message = (
        "refuses the key (HTTP 403); if the key may only not list the models, set generate.student.check_model: false"
    )
    assert message in start_fails(server)


@cache
def big(kind):
    """A body beyond any bound, as it travels."""
    raw = b'{"choices": [{"message": {"content": "' + b"4" * (MOST_BYTES + 100)
    return {"plain": raw, "gzip": gzip.compress(raw), "deflate": zlib.compress(raw)}[kind]


@pytest.mark.parametrize("kind", some(["gzip", "deflate", "plain"], every=3))
def test_a_body_without_end_is_not_read_to_its_end(kind):
    headers = {} if kind == "plain" else {"Content-Encoding": kind}
    found, server = ask(web.Response(body=big(kind), headers=headers))
    assert isinstance(found, RequestFailed) and found.reason == "answer too large"
    assert len(server.bodies) == 1
    listing = Server()
    listing.models_reply = web.Response(body=big(kind), headers=headers)
    assert "does not answer (answer too large: more than 16 MB)" in start_fails(listing)


def test_what_follows_a_compressed_body_is_neither_kept_nor_read_for_ever():
    served = 0

    async def endless():
        nonlocal served
        yield gzip.compress(b"{}")
        while served < 100:
            served += 1
            yield bytes(1 << 20)

    body = SimpleNamespace(headers={"Content-Encoding": "gzip"}, content=SimpleNamespace(iter_any=endless))
    with pytest.raises(RequestFailed, match="answer too large"):
        asyncio.run(_read(body))
    assert served == MOST_BYTES >> 20


def test_a_body_that_came_compressed_unasked_is_read():
    raw = orjson.dumps(answer())
    for kind, body in {"gzip": gzip.compress(raw), "deflate": zlib.compress(raw)}.items():
        assert ask(web.Response(body=body, headers={"Content-Encoding": kind}))[0].text == "4"
    for kind in ("br", "zstd", "gzip"):
        found, _ = ask(*[web.Response(body=raw, headers={"Content-Encoding": kind}) for _ in range(4)])
        assert found.reason == "malformed answer"


def nested(depth):
    """Thinking in thinking in thinking."""
    content = "x"
    for _ in range(depth):
        content = [{"type": "thinking", "thinking": content}]
    return content


@pytest.mark.parametrize(
    "reply",
    [
        answer({"content": nested(480)}),
        answer({"content": None, "reasoning": nested(300)}),
        b'{"choices": [{"message": {"content": ' + b"[" * 900 + b"]" * 900 + b"}}]}",
        b"[" * 100_000,
        answer({"content": None, "refusal": nested(400)}),
        {"error": {"code": 10**30, "message": nested(200)}},
        answer({"content": "4"}, finish=nested(400)),
        {"choices": [{"message": "4"}]},
        {"choices": {"0": {}}},
        (429, {}, {"Retry-After": "Fri, 31 Dec 99999999 23:59:59 GMT"}),
        (429, {}, {"Retry-After": "1e308"}),
        (429, {}, {"Retry-After": "Mon, 99 Foo 2026 99:99:99 +9999999"}),
        (503, "\x1b[2J" * 100, {"Retry-After": "0"}),
    ],
)
def test_no_reply_is_a_bug_of_ours(reply):
    found, _ = ask(*[reply] * 4, retry_seconds=1.0)
    assert isinstance(found, RequestFailed | Completion | RecipeError)
    assert "\x1b" not in str(found)


@pytest.mark.parametrize(
    "url",
    ["http://[::1/v1", "http://host:99999/v1", "http://host:abc/v1", "http://a..b/v1", f"http://{'a' * 70}/v1", "http://[x]/v1", "http:///v1",
     "http://ho st/v1", "http://host\t/v1", "http://h\\x/v1", "http://h%00/v1", "http://127.0.0.1:0/v1", "http://h,i/v1"],
)  # fmt: skip
def test_addresses_that_cannot_be_parsed_are_told_before_anything_is_sent(url):
    (finding,) = endpoint_findings("student", Endpoint("tiny", (url,)))
    assert finding.path == ("generate", "student", "base_urls", 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/v1",
        "https://[::1]:8000/v1",
        "http://my_host.local/v1",
        "https://b\u00fccher.example/v1",
        "http://[fe80::1%eth0]:80/v1",
        "http://h.:1/v1",
    ],
)
def test_addresses_that_are_some(url):
    assert list(endpoint_findings("student", Endpoint("tiny", (url,)))) == []


@pytest.mark.parametrize("before", ["", "x", "xy", "Bearer ", "Authorization: Bearer "])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode, lambda raw: raw.hex().encode()])
def test_a_key_that_comes_back_encoded_is_taken_out(monkeypatch, before, encode):
    monkeypatch.setenv("OUR_KEY", KEY)
    for after in ("", "a", "ab"):
        encoded = encode(f"{before}{KEY}{after}".encode()).decode()
        found, _ = ask(answer({"content": f"it is {encoded}"}), api_key_env="OUR_KEY")
        assert "[key]" in found.text
        begin = len(encode(before.encode()).rstrip(b"="))
        assert not any(encoded[at : at + 8] in found.text for at in range(begin, len(encoded) - 8))


@pytest.mark.parametrize(
    "encode",
    [
        str.upper, str.lower, html.escape, lambda key: quote(quote(key, safe=""), safe=""), lambda key: quote(key, safe="").lower(),
        lambda key: "".join(f"&#{ord(letter)};" for letter in key), lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key),
        lambda key: ":".join(f"{ord(letter):02X}" for letter in key), lambda key: key.replace("/", "\\\\/"),
        lambda key: "\n".join(textwrap.wrap(b64encode(f"Bearer {key} and more".encode()).decode(), 16)),
    ],
)  # fmt: skip
def test_a_key_that_comes_back_in_another_spelling_is_taken_out(monkeypatch, encode):
    monkeypatch.setenv("OUR_KEY", KEY)
    spelt = encode(KEY)
    for reply in (answer({"content": f"it is {spelt}."}), (400, {"error": f"it is {spelt}."})):
        found, _ = ask(reply, api_key_env="OUR_KEY")
        said = found.text if isinstance(found, Completion) else found.detail
        assert "[key]" in said
        assert spelt not in said and spelt[-24:-12] not in said


def test_a_text_of_what_keys_begin_with_ends(monkeypatch):
    monkeypatch.setenv("OUR_KEY", KEY)
    keys = Keys({"student": Endpoint("tiny", api_key_env="OUR_KEY")})
    for part in ("s", "\\", "%25", "&#0000", KEY[:-1], "c2st\n", "73 6b "):
        assert keys.clean(part * (1 << 18) + KEY).endswith("[key]")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1:8000/v1/chat/completions/", "ends in /chat/completions, which is added to it"),
        ("http://127.0.0.1:8000/v1?", "an address is scheme, host and path only"),
    ],
)
def test_addresses_to_which_nothing_can_be_added(url, fault):
    (found,) = endpoint_findings("student", Endpoint("tiny", (url,)))
    assert fault in found.message
