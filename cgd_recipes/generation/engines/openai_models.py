"""What servers say that they serve: looked at when a run begins, after a server was away, and in every answer."""

from __future__ import annotations

from fnmatch import fnmatchcase

from cgd_recipes.errors import Problem, Where, did_you_mean
from cgd_recipes.generation.engines.addresses import Address
from cgd_recipes.generation.engines.openai_answer import FatalServerError, read_models
from cgd_recipes.generation.engines.openai_http import Http
from cgd_recipes.generation.engines.protocol import EngineSettings, RequestFailed

_CATALOGUE = 20
"""Servers that list more models than this are hosted ones, which may serve others too."""


class ServedModels:
    """Sees that an address serves the model that it is asked for, and the same one all the time.

    A role whose endpoint says `check_model: false` is left out: a gateway may rename models, or give them in turn.

    Args:
        settings: the endpoints.
        http: open as long as it is asked.
    """

    def __init__(self, settings: EngineSettings, http: Http):
        self._endpoints, self._http = settings.endpoints, http
        self._listed: dict[tuple[str, str], dict[str, str]] = {}
        self._answered_as: dict[tuple[str, str], str] = {}

    async def first_look(self, role: str, address: Address) -> list[Problem]:
        """What is wrong with an address at the start; what it serves is kept.

        Raises:
            RetryableError: it does not answer.
            RequestFailed: it sends too much.
            FatalServerError: it refuses the key.
        """
        endpoint, url = self._endpoints[role], address.url
        try:
            reply = await self._http.send("GET", address, "/models", role)
        except (FatalServerError, RequestFailed):  # it is there, and what it says of its models is no matter
            if endpoint.check_model:
                raise
            return []
        if not endpoint.check_model:
            return []
        if reply.status in (401, 403):
            hint = f"; if the key may only not list the models, set generate.{role}.check_model: false"
            raise FatalServerError(f"refuses the key (HTTP {reply.status}){hint if reply.status == 403 else ''}")
        models = self._listed[role, url] = read_models(reply.body) if reply.status == 200 else {}
        if not models or len(models) > _CATALOGUE or any(_serves(name, endpoint.model) for name in models):
            return []
        hint = did_you_mean(endpoint.model, models) or f"; it serves: {', '.join(list(models)[:5])}"
        return [Problem(Where(url), f"serves no '{endpoint.model}'{hint} (generate.{role}.model){skip_check(role)}")]

    async def look_again(self, address: Address) -> None:
        """A server that was away has the same models as before, or else the run stops.

        Raises:
            RetryableError, RequestFailed: it does not answer, or sends too much.
            FatalServerError: it serves others now.
        """
        async with address.checking:
            for (role, url), before in self._listed.items():
                if url != address.url or not before or not address.unsure:
                    continue
                reply = await self._http.send("GET", address, "/models", role)
                if reply.status != 200:
                    return
                model, now = self._endpoints[role].model, read_models(reply.body)
                names = [model] if model in before else before.keys() | now.keys()
                if any(before.get(name) != now.get(name) for name in names):
                    listed = ", ".join(list(now)[:5]) or "nothing"
                    message = f"serves {listed} since it was restarted, not what it served before"
                    raise FatalServerError(message, about_model=True)
            address.unsure = False

    def check_answer(self, role: str, url: str, served: str) -> None:
        """An address answers as the same model all the time.

        Raises:
            FatalServerError: it does not.
        """
        before = self._answered_as.setdefault((role, url), served)
        if served != before and self._endpoints[role].check_model:
            message = f"answers as '{served}' now, and as '{before}' before: its model was changed"
            raise FatalServerError(message, about_model=True)


def skip_check(role: str) -> str:
    """How to accept what is found wrong with a model's name."""
    return f"; if the server only calls it otherwise, set generate.{role}.check_model: false"


def _serves(listed: str, model: str) -> bool:
    """Whether a listed name is a model's; gateways list patterns such as `*` and `openai/*`."""
    return listed == model or ("*" in listed and fnmatchcase(model, listed.replace("[", "[[]").replace("?", "[?]")))
