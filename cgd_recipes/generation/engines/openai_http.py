"""HTTP to servers that are not trusted: to named addresses only, with bounded bodies, and without the keys in what comes back."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cgd_recipes import __version__
from cgd_recipes.generation.engines.addresses import Address
from cgd_recipes.generation.engines.keys import Keys
from cgd_recipes.generation.engines.openai_answer import AWAY, FatalServerError, RetryableError, retry_after
from cgd_recipes.generation.engines.protocol import EngineSettings, RequestFailed

if TYPE_CHECKING:
    import aiohttp

MOST_BYTES = 16 << 20
"""Bytes of a body, also of one that came compressed: 16,384 tokens with the log probabilities of ten others each."""
_KEEP_ALIVE = 4.0
"""Seconds that an idle connection is kept: uvicorn, under vLLM and SGLang, and llama.cpp drop it after five."""


class Reply(NamedTuple):
    """What a server sent.

    Attributes:
        status: of HTTP.
        wait: seconds that it asks to wait; None where it does not say, or answered.
        body: without keys; a body that was cut short is none.
    """

    status: int
    wait: float | None
    body: bytes


class Http:
    """A session: no proxy of the environment is used, no redirect followed, no cookie kept.

    Args:
        settings: endpoints and the seconds of a try.
        keys: of the endpoints.
        connect: seconds until a connection stands.
    """

    def __init__(self, settings: EngineSettings, keys: Keys, connect: float):
        self._settings, self._keys, self._connect = settings, keys, connect
        self._headers: dict[str, dict[str, str]]
        self._session: aiohttp.ClientSession
        self._timeouts: dict[str, aiohttp.ClientTimeout]

    def open(self) -> None:
        """Begin the session, in the event loop that runs."""
        import aiohttp

        common = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        self._headers = {role: {**common, **self._keys.header(role)} for role in self._settings.endpoints}
        self._timeouts = {
            "POST": aiohttp.ClientTimeout(total=self._settings.timeout, sock_connect=self._connect),
            "GET": aiohttp.ClientTimeout(total=self._connect, sock_connect=self._connect),
        }
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
            headers={"User-Agent": f"cgd-recipes/{__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Give up what is in flight."""
        await self._session.close()

    async def send(self, method: str, address: Address, path: str, role: str, body: bytes | None = None) -> Reply:
        """What a server sends back.

        Raises:
            RetryableError: nothing came, or only a part.
            RequestFailed: more came than an answer can be.
            FatalServerError: the server sends us elsewhere.
        """
        import aiohttp

        try:
            async with self._session.request(
                method,
                address.url.rstrip("/") + path,
                data=body,
                headers=self._headers[role],
                timeout=self._timeouts[method],
                allow_redirects=False,
            ) as answer:
                status, headers, raw = answer.status, answer.headers, await _read(answer)
        except aiohttp.ConnectionTimeoutError:
            address.unsure = True
            raise RetryableError("no connection", f"none within {self._connect:g} s", AWAY) from None
        except TimeoutError:
            raise RetryableError("timeout", f"no answer within {self._timeouts[method].total:g} s") from None
        except aiohttp.ClientConnectorError as error:
            address.unsure = True
            raise RetryableError("no connection", str(error), AWAY) from None
        except (aiohttp.ClientError, OSError) as error:
            address.unsure = True
            raise RetryableError("connection lost", str(error) or type(error).__name__) from None
        if 300 <= status < 400:
            target = self._keys.clean(headers.get("Location", "elsewhere"))
            raise FatalServerError(f"sends requests on to {target}; nothing is sent there unless base_urls names it")
        return Reply(status, retry_after(headers) if status != 200 else None, self._keys.clean_bytes(raw))


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    decode, parts, size, sent = _decoder(answer.headers), list[bytes](), 0, 0
    async for chunk in answer.content.iter_any():
        parts.append(decode(chunk, MOST_BYTES + 1 - size))
        size += len(parts[-1])
        sent += len(chunk)
        # Both: what came compressed may go on for ever behind its end, and hold nothing.
        if max(size, sent) > MOST_BYTES:
            raise RequestFailed("answer too large", f"more than {MOST_BYTES >> 20} MB")
    return b"".join(parts).removeprefix(b"\xef\xbb\xbf")  # a byte order mark, which JSON must not have


def _decoder(headers: Mapping[str, str]) -> Callable[[bytes, int], bytes]:
    """What undoes a body's compression, which is not asked for, so many bytes at most."""
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return lambda chunk, most: chunk
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise RetryableError("malformed answer", f"compressed in a way that was not asked for: {encoding[:30]}")
    inflate = zlib.decompressobj(wbits=47)  # gzip or zlib, by the first bytes

    def decode(chunk: bytes, most: int) -> bytes:
        if inflate.eof:  # zlib would keep what follows
            return b""
        try:
            return inflate.decompress(chunk, most)
        except zlib.error as error:
            raise RetryableError("malformed answer", f"its compression is damaged: {error}") from None

    return decode
