"""What an OpenAI-compatible server sent back: an answer, a failure that may pass, or one that cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from cgd_recipes.data.finish import Ending, ending_of, finish_reason_of
from cgd_recipes.generation.engines.openai_content import read_content
from cgd_recipes.generation.engines.protocol import Completion, Request, RequestFailed

AWAY, BUSY, FAILED = "away", "busy", "failed"
"""Nobody there; there, but full; there, and it failed."""

_RETRYABLE = frozenset([408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529])
"""HTTP statuses worth another try: the server is restarting, or failed in passing."""
_TOO_LONG = re.compile(
    # vLLM, OpenAI; llama.cpp; SGLang; older vLLM, whose room for the answer went below zero; TGI; Anthropic, Mistral
    r"maximum context length|context_length_exceeded|exceeds? (the )?(available )?context (size|window)|exceed_context_size"
    r"|longer than the (model'?s context length|maximum model length)|max_tokens must be at least 1, got -"
    r"|tokens exceed the configured limit|must have less than \d+ tokens|(input|prompt)\b[^.]{0,40} (is )?too (long|large|big)",
    re.IGNORECASE,
)
_NO_ROOM = re.compile(r"max_(completion_)?tokens'? is too large", re.IGNORECASE)
_NO_MONEY = re.compile(
    r"insufficient[_ ](quota|balance|credits?|funds)|(credits?|balance)( is| are)? (too low|exhausted|depleted)"
    r"|billing[_ ](hard[_ ]limit|not[_ ]active)|account is not active",
    re.IGNORECASE,
)
"""What a 429 or 400 says that stays: nothing is left of what was paid for, or it was never paid."""
_PASSES = re.compile(
    r"\bper[ -_]?(second|minute|hour|day)|retry (in|after)|retrydelay|try again (in|after)|rate[ _-]?limit",
    re.IGNORECASE,
)
"""What a 429 or 403 says that passes, even where it says to look at the plan and billing."""
_THROTTLED = re.compile(
    r"too many requests|throttl(ed|ing)|rate[ _-]?limit[ _-]?(is |was )?(exceeded|reached)", re.IGNORECASE
)
"""What a 400 says where a 429 is due."""
_NOT_BOTH = re.compile(
    r"\b(cannot|can't|not) both\b|only one of|mutually exclusive|(cannot|n't|\bnot)\b[^.]{0,60}\b(together|same time)\b",
    re.IGNORECASE,
)
_REFUSED_VALUE = r"\b{}\b[^.;,{{}}]{{0,20}}\b(must|has to|should|can only|may only)\b"
"""A rule right behind a setting's name: some servers repeat all settings of a request whose prompt they refuse."""
_NAMED = {"stop": r"""["'`]stop["'`]"""}  # it is a word, too
_REFUSED_SETTING = re.compile(
    r"unsupported (value|parameter)|unsupported_(value|parameter)|does not support|doesn't support|not supported"
    r"|unrecognized|unknown (parameter|argument|field|name)|only the default|is deprecated|not permitted|extra inputs",
    re.IGNORECASE,
)
_MODERATED = re.compile(r"\bflagged|moderation", re.IGNORECASE)
_READ, _DETAIL, _NAME = 4_000, 300, 200
"""Bytes of a server's own words that are looked at, and kept; characters of a name that it gives."""


class RetryableError(Exception):
    """A try that failed in a way which may pass.

    Args:
        reason: as in RequestFailed.
        kind: away, busy or failed. Only failures are counted against the tries of a request.
        wait: seconds that the server asks to wait; None where it does not say.
    """

    def __init__(self, reason: str, detail: str = "", kind: str = FAILED, wait: float | None = None):
        super().__init__(reason)
        self.reason, self.detail, self.kind, self.wait = reason, detail, kind, wait


class FatalServerError(Exception):
    """An answer that every other request would get too: the run must stop. Its text says why, without naming the address.

    Args:
        message: why.
        about_model: whether the model's name is at fault, which a setting can let pass.
    """

    def __init__(self, message: str, *, about_model: bool = False):
        super().__init__(message)
        self.about_model = about_model


def read_answer(raw: bytes, request: Request | None = None) -> Completion:
    """Read the body of a successful chat completion; the caller knows its server, time and tries.

    Args:
        request: see `raise_for`.

    Raises:
        RetryableError: malformed, or empty.
        RequestFailed, FatalServerError: an error that came with HTTP status 200.
    """
    try:
        body = orjson.loads(raw)
        if error := body.get("error") or body["choices"][0].get("error"):
            raise_for(_error_status(error), raw, None, request)
        choice, usage = body["choices"][0], body.get("usage")
        message, usage = choice["message"], usage if isinstance(usage, dict) else {}
        content = read_content(message.get("content"))
        text, refusal = content.text, message.get("refusal") or content.refusal
        thought = (said for name in _REASONING if isinstance(said := message.get(name), str | list) and said)
        reasoning = read_content(next(thought, None)).text or content.thinking or None
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        sent, made = usage.get("prompt_tokens"), usage.get("completion_tokens")
        finish, model = finish_reason_of(choice)[:_NAME], str(body.get("model") or "")[:_NAME]
        if request and made == request.sampling.max_tokens and ending_of(finish) is Ending.WHOLE:
            finish = "length"  # some servers say `stop` of every answer
        answer = Completion(text, reasoning, finish, _count(sent), _count(made), _count(cached), served_model=model)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise RetryableError("malformed answer", server_words(raw)) from None
    if answer.finish_reason == "error":
        raise RetryableError("error in the answer", server_words(raw))
    empty = not text.strip() and not (reasoning or "").strip()
    if refusal or (empty and ending_of(finish) is not Ending.TRUNCATED):
        if refusal or answer.finish_reason == "content_filter":
            why = refusal if isinstance(refusal, str) else "content filter"
            raise RequestFailed("refused by the server", why[:_DETAIL])
        raise RetryableError("empty answer")
    if content.other:
        raise RequestFailed(f"a part '{_printable(content.other)}' in the answer", text[-_DETAIL:])
    return answer


_REASONING = ("reasoning", "reasoning_content", "thinking")
"""Where servers put the thinking; the last is Ollama's. What is no text there is a setting that is repeated."""


def raise_for(status: int, raw: bytes, wait: float | None, request: Request | None = None) -> None:
    """Raise what an HTTP status other than 200 means.

    Args:
        wait: seconds that the server asks to wait.
        request: what was asked. Some servers repeat it, so words that stand in a prompt are not taken for the server's.

    Raises:
        RetryableError: it may pass.
        RequestFailed: another try brings the same.
        FatalServerError: so does every other request.
    """
    said, prompts = server_words(raw, _READ), _prompts(request)
    words = said[:_DETAIL]

    def says(pattern: re.Pattern[str]) -> bool:
        return any(match[0].lower() not in prompts for match in pattern.finditer(said))

    if status == 403 and says(_PASSES):
        raise RetryableError(f"HTTP {status}", words, BUSY, wait)
    if status in (401, 403) and not says(_MODERATED):
        raise FatalServerError(f"refuses the key (HTTP {status})")  # never with the server's words: some repeat the key
    lasting = says(_NO_MONEY) and not wait and not says(_PASSES)
    if status == 402 or (status in (400, 429) and lasting):
        raise FatalServerError(f"asks to be paid (HTTP {status}): {words}")
    if status == 404:
        message = f"has no such model, or no chat endpoint there (base_urls go up to and with /v1) (HTTP 404): {words}"
        raise FatalServerError(message, about_model=True)
    if status in (429, 498) or (status == 503 and wait is not None) or (status == 400 and says(_THROTTLED)):
        raise RetryableError(f"HTTP {status}", words, BUSY, wait)
    if says(_NO_ROOM):
        raise RequestFailed("max_tokens too large", words)
    if status == 413 or says(_TOO_LONG):
        raise RequestFailed("prompt too long", words)
    if status in _RETRYABLE:
        raise RetryableError(f"HTTP {status}", words)
    raise RequestFailed(f"HTTP {status}", words)


def refused_setting(raw: bytes, request: Request) -> tuple[str, str] | None:
    """The sampling setting that a server says it does not take, of those that it was sent, and what it says of it.

    Some servers repeat the request that they refuse. So a name that is in a prompt is no setting.
    """
    said, prompts = server_words(raw, _READ), _prompts(request)
    sent = [
        name for name in ("temperature", "top_p", "seed", "stop") if getattr(request.sampling, name) not in (None, ())
    ]
    named = [name for name in sent if re.search(_NAMED.get(name, rf"\b{name}\b"), said) and name not in prompts]
    if len(named) > 1 and _NOT_BOTH.search(said):
        return named[-1], f"does not take both {' and '.join(named)}"
    if named and _REFUSED_SETTING.search(said):
        return named[0], f"takes no {named[0]} but its own"
    ruled = (name for name in named if re.search(_REFUSED_VALUE.format(name), said, re.IGNORECASE))
    return next(((name, f"does not take this {name}: {said[:_DETAIL]}") for name in ruled), None)


def refuses_max_tokens(raw: bytes) -> bool:
    """Whether a server says that it does not take `max_tokens`, but another field in its place."""
    said = server_words(raw, _READ)
    if "max_completion_tokens" in said:
        return True
    return any(
        _REFUSED_SETTING.search(said[max(0, at.start() - 60) : at.end() + 60])
        for at in re.finditer(r"\bmax_tokens\b", said)
    )


def read_models(raw: bytes) -> dict[str, str]:
    """What `/models` lists: name -> where the server says it was loaded from (vLLM's `root`). Empty where it cannot be read."""
    try:
        listed = orjson.loads(raw)["data"]
        return {_printable(str(model["id"])[:_NAME]): str(model.get("root") or "") for model in listed}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait: `retry-after-ms`, or Retry-After as a number or a date (RFC 9110, 10.2.3)."""
    if milliseconds := _number(headers.get("retry-after-ms")):
        return milliseconds / 1000
    header = headers.get("Retry-After")
    if header is None or (seconds := _number(header)) is not None:
        return None if header is None else seconds
    try:
        date = parsedate_to_datetime(header)
        return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):  # no date, or one in the year 99999999
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _prompts(request: Request | None) -> str:
    """All messages of a request in lower case, on one line like `server_words`."""
    return " ".join(" ".join(message.content for message in request.messages).lower().split()) if request else ""


def stated_status(status: int, raw: bytes) -> int:
    """The HTTP status that a reply means: some gateways send an error with 200, some an answer with 201."""
    if not 200 <= status < 300:
        return status
    with suppress(ValueError, AttributeError):
        if error := orjson.loads(raw).get("error"):
            return _error_status(error)
    return 200 if raw else status


def _error_status(error: Any) -> int:
    """The HTTP status that the body of an error has; 500 where it has none."""
    said = [error.get(name) for name in ("code", "status", "type")] if isinstance(error, dict) else []
    for code in map(str, said):
        if code.isascii() and code.isdecimal() and 400 <= int(code[:4]) < 600:
            return int(code)
        if re.search(r"rate_?limit|resource_?exhausted|too_?many", code, re.IGNORECASE):
            return 429
    return 500


def server_words(raw: bytes, most: int = _DETAIL) -> str:
    """The beginning of what a server said, on one line."""
    return _printable(" ".join(raw[:most].decode(errors="replace").split()))


def _printable(text: str) -> str:
    """A server's words without what would move a terminal's cursor."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
