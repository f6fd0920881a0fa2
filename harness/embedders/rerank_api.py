"""Rerankers behind an address: `ce:MODEL?base_url=http://127.0.0.1:7997/v1[&api=jina&api_key_env=…]`.

`api` says how the service wants to be asked; base_url is what stands before `/rerank`:

    jina       Jina, SiliconFlow, LM Studio, llama.cpp and whatever else takes `documents` and gives `results`
    cohere     Cohere (https://api.cohere.com/v2), which knows no `return_documents`
    dashscope  DashScope's qwen3-rerank (https://dashscope.aliyuncs.com/compatible-api/v1)
    infinity   Infinity, asked for scores before the sigmoid
    tei        text-embeddings-inference, whose address ends in no /v1; asked for scores before the sigmoid
    vllm       vLLM, asked to cut what is too long
    voyage     Voyage AI (https://api.voyageai.com/v1)

Options that decide the scores: base_url, api, revision (a name that you give to what is behind the address now).
Options that do not: api_key_env, and SERVICE_OPTIONS.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.diagnostics.scripts import token_count
from harness.embedders.facts import extra
from harness.embedders.options import deciding, options
from harness.embedders.remote.embedder import HARMLESS
from harness.embedders.remote.embeddings import cut, handed_over, in_order, named, no_text
from harness.embedders.remote.endpoint import endpoint_at
from harness.embedders.remote.openai_client import counted, open_client, post
from harness.embedders.remote.refusals import RefusedError, Then, answered
from harness.embedders.remote.sending import Reply
from harness.embedders.remote.service import SERVICE_OPTIONS, open_service
from harness.errors import EmbedderError, UsageError
from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.pair_scores import Pair
    from harness.model import Floats, Index, Spec


@dataclass(frozen=True)
class _Form:
    """How a service is asked and answers. limit: of what it returns, which some set when they are not told.

    results: where they stand, empty where they are all of the answer. more: what is sent beside the texts.
    """

    path: str = "/rerank"
    documents: str = "documents"
    limit: str = "top_n"
    results: str = "results"
    score: str = "relevance_score"
    more: Mapping[str, Any] = field(default_factory=dict)


_FORMS: Mapping[str, _Form] = {
    "jina": _Form(more={"return_documents": False}),
    "cohere": _Form(),
    "dashscope": _Form(path="/reranks"),
    "infinity": _Form(more={"return_documents": False, "raw_scores": True}),
    "tei": _Form(documents="texts", limit="", results="", score="score", more={"raw_scores": True, "truncate": True}),
    "vllm": _Form(more={"truncate_prompt_tokens": -1}),
    "voyage": _Form(limit="top_k", results="data"),
}

_DEFAULTS: Mapping[str, str | None] = {"base_url": None, "api": "jina"}
"""Options that decide the scores, all but the revision."""

_KNOWN = (*_DEFAULTS, "revision", "api_key_env", *SERVICE_OPTIONS)


class RerankService:
    """A reranker behind an address. Nothing is sent on construction, which raises UsageError only.

    A request has one query, and documents up to `batch_size` and `batch_tokens`. What is scored is taken to depend on
    nothing else in the request, as with every model that reads one pair at a time.
    """

    sentinels: Sequence[Pair] = tuple(
        ("采购申请由谁审批？", document)
        for document in ("采购申请需要部门经理审批。", "采购部门每周一开会。", HARMLESS, "请假申请由直属主管审批。")
    )
    """What it is asked to score before it is paid for anything else: relevant, half relevant, and neither."""

    def __init__(self, spec: Spec) -> None:
        given = options(spec, _KNOWN)
        if not spec.name:
            raise UsageError(f"{spec.text}: name a model, as in ce:BAAI/bge-reranker-v2-m3?base_url=…")
        api = given.choice("api", "jina", _FORMS)
        endpoint = endpoint_at(given.text("base_url", ""), given.text("api_key_env", ""))
        self._form = _FORMS[api]
        self.service = open_service(given, endpoint)
        self.identity = Identity(
            backend="ce",
            name=spec.name,
            revision=given.text("revision", ""),
            options=deciding({"base_url": endpoint.url, "api": api}, _DEFAULTS),
            symmetric=True,
        )

    def score(self, pairs: Sequence[Pair]) -> Floats:
        """A number per pair, n. Raises EmbedderError, and UsageError where the terms do not allow it."""
        scores = np.empty(len(pairs))
        for places, some in self.parts(pairs):
            scores[places] = some
        return scores

    def parts(self, pairs: Sequence[Pair]) -> Iterator[tuple[Index, Floats]]:
        """Places in `pairs` and their scores, answer by answer. Raises as `score`, after all that could be had."""
        unsent = {place: reason for place, pair in enumerate(pairs) if (reason := no_text("".join(pair)))}
        tokens, client = _tokens(pairs), self._client  # opened once, before there are several threads
        parts = self.service.fetch(
            self._requests(pairs, tokens, unsent),
            tokens,
            lambda places: self._answer(client, [pairs[place] for place in places.tolist()]),
            lambda: self._answer(client, self.sentinels[:1]),
        )
        for places, rows in handed_over(parts, unsent, partial(_without_scores, pairs)):
            yield places, np.asarray(rows[:, 0], np.float64)

    def facts(self) -> Facts:
        """What the address says."""
        return self.service.facts(extra("openai"))

    def sizes(self, pairs: Sequence[Pair]) -> list[int]:
        """The estimated tokens of each request that it would make for these pairs, in one call."""
        tokens = _tokens(pairs)
        return [sum(tokens[place] for place in places.tolist()) for places in self._requests(pairs, tokens, {})]

    def _requests(self, pairs: Sequence[Pair], tokens: Sequence[int], left_out: Container[int]) -> list[Index]:
        """The places of the pairs of each request, all of one query."""
        of_query: dict[str, list[int]] = {}
        for place, (query, _) in enumerate(pairs):
            if place not in left_out:
                of_query.setdefault(query, []).append(place)
        return [
            np.array(places)[some]
            for places in of_query.values()
            for some in self.service.requests([tokens[place] for place in places])
        ]

    def _answer(self, client: Any, pairs: Sequence[Pair]) -> Reply:
        form = self._form
        asked = {"query": pairs[0][0], form.documents: [document for _, document in pairs], **form.more}
        if form.limit:
            asked |= {"model": self.service.model, form.limit: len(pairs)}
        whole: Mapping[str, Any] = {}
        if form.results:
            whole = post(client, self.service.endpoint, form.path, asked, dict)
            found = whole.get(form.results)
        else:
            found = post(client, self.service.endpoint, form.path, asked, list)
        tokens = _counted(whole)
        with answered(tokens):
            fault = self.service.endpoint.quoted(str(whole.get("error") or ""))
            scores = _scores(found, form.score, len(pairs), fault)
        return Reply(scores[:, None], tokens, str(whole.get("model") or ""))

    @cached_property
    def _client(self) -> Any:
        client = open_client(self.service.endpoint, self.service.timeout)
        weakref.finalize(self, client.close)  # its connections end with the scorer, not with the process
        return client


def _tokens(pairs: Sequence[Pair]) -> list[int]:
    """Estimated, of each pair: services count the query once for every document."""
    # A document is in many pairs.
    known = {text: token_count(text) for text in {text for pair in pairs for text in pair}}
    return [sum(known[text] for text in pair) for pair in pairs]


def _scores(found: Any, name: str, count: int, fault: str) -> Floats:
    """The scores in the order of the documents, n; NaN where one is null.

    name: of the score. fault: what the service says instead. Raises RefusedError where there is not one for each.
    """
    try:
        order = [one["index"] for one in found]
        scores = np.array([np.nan if one[name] is None else float(one[name]) for one in found])
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"the answer has no {name!r} and 'index' of every document ({fault or error!r}). Is api= right? Known: "
            f"{', '.join(_FORMS)}",
            Then.RETRY,
        ) from error
    places = np.array(in_order(order, count, "scores"), np.intp)
    return scores[np.argsort(places)]


def _counted(answer: Mapping[str, Any]) -> int | None:
    """As the service counts them: where most say it (Jina, vLLM, Infinity, DashScope, Voyage), or as SiliconFlow."""
    meta = answer.get("meta")
    tokens = (meta if isinstance(meta, dict) else answer).get("tokens")
    return counted(answer.get("usage"), "total_tokens") or counted(tokens, "input_tokens")


def _without_scores(pairs: Sequence[Pair], reasons: Mapping[int, str]) -> EmbedderError:
    return EmbedderError(
        named(
            f"{len(reasons)} of {len(pairs)} pairs got no score; the others are scored and kept:",
            [(" / ".join(repr(cut(text)) for text in pairs[place]), reason) for place, reason in reasons.items()],
            "Take these documents or queries out of the suite",
        )
    )
