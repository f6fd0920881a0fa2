"""The providers that the litellm package speaks to: `litellm:PROVIDER/MODEL?base_url=…&api_key_env=…&dimensions=…`.

For those with a protocol of their own. What speaks OpenAI's is better asked by `openai:`, which says more about what
went wrong, and knows when to ask again.

Of cohere, gemini, jina_ai and voyage the address is known here, so that consent is given to a host: requests go there,
or to base_url, and nowhere else. base_url is what the package takes for the provider: Cohere's is the whole address
(https://api.cohere.com/v2/embed). Whoever else the package knows is asked where it says: there is no base_url, no
address is taken from the environment, and consent is given to the provider (`litellm:bedrock`).

The provider's key goes to its own address only; together with base_url, api_key_env names one. Beyond the four, the
package finds keys in the environment.

Options that decide the vectors: base_url, dimensions, WORDING, and the revision (a name that you give to what is
behind the model's now). Cohere takes every text for a document unless there is `query_input_type=search_query`.
Options that do not: api_key_env, and SERVICE_OPTIONS.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import weakref
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from harness.embedders.contract import called
from harness.embedders.options import options
from harness.embedders.remote.embedder import REMOTE_OPTIONS, RemoteEmbedder
from harness.embedders.remote.embeddings import decoded
from harness.embedders.remote.endpoint import Endpoint, endpoint_at
from harness.embedders.remote.openai_client import retry_after
from harness.embedders.remote.refusals import RefusedError, Then, after, answered
from harness.embedders.remote.sending import Reply
from harness.embedders.remote.service import SERVICE_OPTIONS
from harness.errors import EmbedderError, MissingExtraError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.options import Options
    from harness.model import Role, Spec

_KNOWN_PROVIDERS: Mapping[str, Endpoint] = {
    "cohere": Endpoint("https://api.cohere.com/v2/embed", "COHERE_API_KEY"),
    "gemini": Endpoint("https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY"),
    "jina_ai": Endpoint("https://api.jina.ai/v1", "JINA_AI_API_KEY"),
    "voyage": Endpoint("https://api.voyageai.com/v1", "VOYAGE_API_KEY"),
}
"""Providers that the package asks where it is told to, with the client that it is given: the tests see to that."""

_KNOWN = (*REMOTE_OPTIONS, "base_url", *SERVICE_OPTIONS)

_SECRET = re.compile(r"(?i)(key|token|secret|password|credentials?)(_id)?$")
"""How variables end that hold a secret."""

_ANSWERED = threading.local()
"""What this thread was answered last: `status` and `headers`. The package hands on neither of every provider."""

_SOUND = 200
_SHORTEST = 8  # characters of a secret: `true` must not vanish from a message


@dataclass(frozen=True)
class Provider(Endpoint):
    """A provider whose address the package knows. url: `litellm:bedrock`, which is what consent is given to."""

    def __post_init__(self) -> None:
        """Whether there is such a provider, the package says."""

    @property
    def host(self) -> str:
        """The provider."""
        return self.url

    @property
    def is_local(self) -> bool:
        """Never: only an address can tell."""
        return False

    def secrets(self) -> Sequence[str]:
        """Whatever the environment has: which of them a provider is sent, the package decides."""
        values = [value.strip() for name, value in os.environ.items() if _SECRET.search(name)]
        return [*super().secrets(), *(value for value in values if len(value) >= _SHORTEST)]


class LiteLLMEmbedder(RemoteEmbedder):
    """A model of a provider. Nothing is sent or imported on construction, which raises UsageError only."""

    def __init__(self, spec: Spec) -> None:
        given = options(spec, _KNOWN)
        provider, _, model = spec.name.partition("/")
        if not (provider and model):
            raise UsageError(f"{spec.text}: name a provider and its model, as in litellm:cohere/embed-v4.0")
        endpoint = _endpoint(given, provider, model)
        own = _KNOWN_PROVIDERS.get(provider, endpoint).url
        super().__init__(given, endpoint, {"base_url": None if endpoint.url == own else endpoint.url})
        self.service.model = model  # as the provider calls it
        self._name = spec.name

    def facts(self) -> Facts:
        """What the address says; whether a provider that only the package knows asks for a key is not known."""
        facts = super().facts()
        return replace(facts, key=None) if isinstance(self.service.endpoint, Provider) else facts

    def asking(self, role: Role) -> Callable[[Sequence[str]], Reply]:
        """Makes one request. Raises EmbedderError where there is no key, UsageError for a provider that is none."""
        said = self._said_always | self._wording.said(role)
        return lambda texts: self._answer(texts, said)

    @cached_property
    def _said_always(self) -> dict[str, Any]:
        """What every request says beside its texts."""
        endpoint, package = self.service.endpoint, _package()
        key = endpoint.key()
        said: dict[str, Any] = {"model": self._name, "timeout": self.service.timeout, "drop_params": False}
        said |= {"max_retries": 0, "num_retries": 0}
        if isinstance(endpoint, Provider):
            _demand_provider(package, self._name)
            said |= {"api_key": key} if key else {}
        else:  # a key in any case, or the package looks for one
            client = _client(endpoint, self.service.timeout)
            said |= {"api_base": endpoint.url, "api_key": key or "-", "client": client}
        if self._dimensions:
            # Else it would refuse to send what it does not know OpenAI's older models to take.
            said |= {"dimensions": self._dimensions, "allowed_openai_params": ["dimensions"]}
        return said

    def _answer(self, texts: Sequence[str], said: Mapping[str, Any]) -> Reply:
        endpoint, package = self.service.endpoint, _package()
        _ANSWERED.__dict__.clear()
        try:
            response = called(endpoint.host, lambda: package.embedding(input=list(texts), **said))
        except EmbedderError as error:
            raise _refusal(endpoint, error.__cause__ or error) from None  # the original may hold the key
        # Dictionaries, or objects that are read like such; whatever else a server sends has neither.
        getters: list[Any] = [getattr(one, "get", {}.get) for one in response.data or ()]
        rows = [(get("index"), get("embedding")) for get in getters]
        usage = getattr(response, "usage", None)
        tokens = getattr(usage, "prompt_tokens", None)
        with answered(tokens or None):
            return Reply(decoded(rows, len(texts), self._dimensions), tokens or None, str(response.model or ""))


def _endpoint(given: Options, provider: str, model: str) -> Endpoint:
    """Who is asked. The provider's key goes to nobody else, unless the user says so. Raises UsageError."""
    written, key_env = given.text("base_url", None), given.text("api_key_env", None)
    own = _KNOWN_PROVIDERS.get(provider)
    if own is None:
        if written is not None:
            raise UsageError(
                f"{given.spec.text}: base_url is known to be kept to for {', '.join(_KNOWN_PROVIDERS)} only. Ask a "
                f"server that speaks OpenAI's protocol as openai:{model}?base_url=…"
            )
        _demand_no_address(given.spec, provider)
        return Provider(f"litellm:{provider}", key_env or "")
    endpoint = own if written is None else endpoint_at(written)
    return replace(endpoint, key_env=key_env or (own.key_env if endpoint.url == own.url else ""))


def _demand_no_address(spec: Spec, provider: str) -> None:
    """Raises UsageError where the environment may send the texts elsewhere: which variable counts, the package says."""
    words = "|".join({"AWS", "WX", "WML", re.escape(provider.upper().partition("_")[0])})
    address = re.compile(rf"\w+_(API_BASE|BASE_URL|API_URL)|({words})_(\w+_)?(URL|ENDPOINT)(_\w+)?")
    found = [name for name, value in sorted(os.environ.items()) if value and address.fullmatch(name)]
    if found:
        raise UsageError(
            f"{spec.text}: the environment has {', '.join(found)}, and litellm may take the address of {provider} from "
            f"there, so that nobody could say who gets the texts. Leave it out (env -u {found[0]} harness …), and "
            "write an address as openai:MODEL?base_url=…"
        )


@cache
def _package() -> Any:
    """The package, without what it does of its own accord."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it fetches a table of prices when it is imported
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # or it reads a file .env, in whatever folder this is
    try:
        # 2.5 s that only a command which asks it pays.
        import httpx
        import litellm
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "litellm", "litellm") from error
    litellm.client_session = httpx.Client(follow_redirects=False, event_hooks={"request": [_without_organisation]})
    litellm.sync_transport = _Straight(litellm.client_session)
    litellm.telemetry = False
    litellm.suppress_debug_info = True  # it prints advice into tables
    litellm.disable_hf_tokenizer_download = True  # to count tokens
    litellm.drop_params = False  # an option that is not sent would be an option that is not tried
    litellm.DEFAULT_MAX_RETRIES = 0  # what it takes max_retries=0 for
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True  # LITELLM_LOG=DEBUG shows requests
    for name in ("openai", "httpx", "httpcore"):  # so does OPENAI_LOG=debug
        logging.getLogger(name).setLevel(logging.WARNING)
    return litellm


class _Straight:
    """Carries requests of the package where they are addressed to. A redirection is an error: nobody allowed it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def handle_request(self, request: Any) -> Any:
        """The answer, unread. Raises RemoteProtocolError for one that points elsewhere."""
        import httpx

        response = self._client.send(request, stream=True)
        if response.has_redirect_location:
            response.close()
            raise httpx.RemoteProtocolError(f"{request.url.host} answered {response.status_code}: it points elsewhere")
        return response

    def close(self) -> None:
        """The client is shared."""


def _without_organisation(request: Any) -> None:
    """Whose account with OpenAI it is, is nobody else's business."""
    if request.url.host != "api.openai.com":
        for name in ("openai-organization", "openai-project"):
            request.headers.pop(name, None)


def _client(endpoint: Endpoint, timeout: int | None) -> Any:
    """A client for this endpoint and no other: a text `files/a`, for one, the package would look up at Google."""
    import httpx
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    web = httpx.Client(
        follow_redirects=False,  # the texts of a redirected request would go where nobody allowed them to go
        trust_env=not endpoint.is_local,  # and those for this machine through a proxy
        timeout=timeout,
        event_hooks={"request": [partial(_demand_address, httpx.URL(endpoint.url))], "response": [_note]},
    )
    handler = HTTPHandler(client=web)
    weakref.finalize(handler, web.close)
    return handler


def _demand_address(allowed: Any, request: Any) -> None:
    url = request.url
    if (url.scheme, url.host, url.port) != (allowed.scheme, allowed.host, allowed.port):
        raise UsageError(f"litellm would ask {url.host}, and texts are sent to no address but {allowed.host}")


def _note(response: Any) -> None:
    _ANSWERED.status, _ANSWERED.headers = response.status_code, response.headers


def _demand_provider(package: Any, name: str) -> None:
    """Raises UsageError for a provider that the package does not know."""
    import openai

    try:
        package.get_llm_provider(name)
    except openai.OpenAIError:
        provider = name.partition("/")[0]
        known = [str(getattr(one, "value", one)) for one in package.provider_list]
        raise UsageError(
            f"litellm:{name}: litellm knows no provider {provider!r}. {nearest(provider, known)}"
        ) from None


def _refusal(endpoint: Endpoint, error: Any) -> RefusedError:
    """What the package raised, of whichever library it is, told without a secret."""
    import openai

    said = endpoint.quoted(str(error).partition("Traceback")[0]) or type(error).__name__
    status = getattr(_ANSWERED, "status", _SOUND)
    status = getattr(error, "status_code", None) if status == _SOUND else status
    headers = getattr(_ANSWERED, "headers", None) or getattr(error, "litellm_response_headers", None) or {}
    then = Then.STOP if _not_sent(error) else after(status)
    # An answer that it cannot read is a fault of the connection for it.
    billed = isinstance(error, openai.APIConnectionError)
    return RefusedError(f"{endpoint.host}: {said}", then, retry_after(headers), billed=billed)


def _not_sent(error: Any) -> bool:
    own = _package().exceptions
    return isinstance(error, own.UnsupportedParamsError | own.LiteLLMUnknownProvider)
