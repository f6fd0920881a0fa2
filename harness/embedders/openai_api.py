"""OpenAI, and every server that speaks its protocol: `openai:MODEL?base_url=…&api_key_env=…&dimensions=…`.

vLLM, text-embeddings-inference, Infinity, Ollama, LM Studio, llama.cpp, DashScope, SiliconFlow, Zhipu, Azure.

Options that decide the vectors: base_url, dimensions, query_prompt, document_prompt, query_input_type,
document_input_type, api_version, revision (a name that you give to what is behind the address now). Options
that do not: api_key_env, encoding, tokenizer (the folder or file of the model's tokenizer.json, else tokens are
estimated), and SERVICE_OPTIONS.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from harness.embedders.options import options
from harness.embedders.remote.embedder import REMOTE_OPTIONS, RemoteEmbedder
from harness.embedders.remote.embeddings import decoded
from harness.embedders.remote.endpoint import endpoint_at
from harness.embedders.remote.openai_client import counted, open_client, post
from harness.embedders.remote.refusals import RefusedError, Then, answered
from harness.embedders.remote.sending import Reply
from harness.embedders.remote.service import SERVICE_OPTIONS
from harness.embedders.remote.tokenizer_file import named_tokenizer
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.embedders.options import Options
    from harness.embedders.remote.endpoint import Endpoint
    from harness.model import Role, Spec

_OPENAI = "https://api.openai.com/v1"
_KNOWN = (*REMOTE_OPTIONS, "base_url", "api_version", "encoding", "tokenizer", *SERVICE_OPTIONS)


class OpenAIEmbedder(RemoteEmbedder):
    """A model behind an address. Nothing is sent on construction, which raises UsageError only."""

    def __init__(self, spec: Spec) -> None:
        given = options(spec, _KNOWN)
        if not spec.name:
            raise UsageError(f"{spec.text}: name a model, as in openai:text-embedding-3-small")
        endpoint = _endpoint(given)
        self._api_version = given.text("api_version", None)
        self._encoding = given.choice("encoding", "base64", ("base64", "float"))
        own = {"base_url": None if endpoint.url == _OPENAI else endpoint.url, "api_version": self._api_version}
        super().__init__(given, endpoint, own, named_tokenizer(given))

    def asking(self, role: Role) -> Callable[[Sequence[str]], Reply]:
        """Makes one request. Raises EmbedderError where there is no key, or no client."""
        client = self._client  # opened once, before there are several threads
        said = self._wording.said(role)
        return lambda texts: self._answer(client, texts, said)

    def _answer(self, client: Any, texts: Sequence[str], extra: Mapping[str, str]) -> Reply:
        asked: dict[str, Any] = {"model": self.service.model, "input": texts, **extra}
        asked["encoding_format"] = self._encoding
        if self._dimensions:
            asked["dimensions"] = self._dimensions
        answer = post(client, self.service.endpoint, self._path, asked, dict)
        tokens = counted(answer.get("usage"), "prompt_tokens", "total_tokens")
        with answered(tokens):
            rows = decoded(_indexed(answer, self.service.endpoint), len(texts), self._dimensions)
        return Reply(rows, tokens, str(answer.get("model") or ""))

    @property
    def _path(self) -> str:
        if self._api_version and "/deployments/" not in self.service.endpoint.url:
            return f"/deployments/{quote(self.service.model, safe='')}/embeddings"
        return "/embeddings"

    @cached_property
    def _client(self) -> Any:
        return open_client(self.service.endpoint, self.service.timeout, self._api_version)


def _endpoint(given: Options) -> Endpoint:
    """Where it is, in one way of writing. The key of OpenAI goes to nobody else, unless the user says so."""
    from_environment = os.environ.get("OPENAI_BASE_URL") or _OPENAI
    endpoint = endpoint_at(given.text("base_url", from_environment))
    theirs = endpoint.url == _OPENAI or ("base_url" not in given.spec.options and "OPENAI_API_KEY" in os.environ)
    return replace(endpoint, key_env=given.text("api_key_env", "OPENAI_API_KEY" if theirs else ""))


def _indexed(answer: Mapping[str, Any], endpoint: Endpoint) -> list[tuple[Any, Any]]:
    """The index of each vector, None where it is not said, and what stands for the vector."""
    data = answer.get("data")
    if isinstance(data, list) and all(isinstance(one, dict) for one in data):
        return [(one.get("index"), one.get("embedding")) for one in data]
    said = endpoint.quoted(str(answer.get("error") or ", ".join(answer)))
    raise RefusedError(f"{endpoint.host} sent an answer without `data`: {said}. Is base_url right?", Then.RETRY)
