"""What ranks documents without having vectors, as mteb's SearchProtocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import EmbedderError
from harness.interop.mteb import door
from harness.interop.mteb.failures import Remembers
from harness.interop.mteb.identity import model_meta
from harness.interop.mteb.inputs import parts
from harness.model import Ranker, Reranker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Ranking


class Searcher(Remembers):
    """A ranker, a reranker, or both.

    A cross-encoder too: as a CrossEncoderProtocol it would be handed a document anew for every pair that it is in. It
    gets texts as mteb makes them for any model: a document with its title before it, a query with its instruction
    behind it. Equal scores are equal to mteb too, which then puts the document with the larger id first.
    """

    def __init__(self, candidate: Ranker | Reranker) -> None:
        self.candidate = candidate
        self.mteb_model_meta = model_meta(candidate.identity)
        self._ids: list[str] = []
        self._documents: Sequence[str] = ()

    def _index(self, corpus: Any, **asked: Any) -> None:
        """Keep the documents until the next corpus. asked: what mteb hands to every model. Raises EmbedderError."""
        self._ids, self._documents = list(corpus["id"]), self._texts(corpus, "document", asked)

    def _search(self, queries: Any, **asked: Any) -> dict[str, dict[str, float]]:
        """Query → document → score, for every query, the best `top_k` of asked. Raises EmbedderError.

        Of `top_ranked`, query → documents, only those are ranked, where mteb names them.
        """
        ids, texts, k = list(queries["id"]), self._texts(queries, "query", asked), asked["top_k"]
        with self._remembering():
            ranking = self._ranking(ids, texts, k, asked.get("top_ranked"))
        return {
            query: {
                self._ids[place]: float(score)
                for place, score in zip(places[:k], scores[:k], strict=True)
                if place >= 0
            }
            for query, places, scores in zip(ids, ranking.indices, ranking.scores, strict=True)
        }

    index = _index  # by mteb's protocol: with more keywords than a signature of ours takes
    search = _search  # the same

    def _ranking(
        self, ids: Sequence[str], texts: Sequence[str], k: int, candidates: Mapping[str, Sequence[str]] | None
    ) -> Ranking:
        who = self.candidate
        if candidates is None:
            if isinstance(who, Ranker):
                return who.rank(texts, self._documents, k)
            raise EmbedderError(
                f"{who.identity} puts given candidates in order, and this task of mteb gives none; "
                "put it behind a first stage, as in hybrid:rerank(bm25:,ce:MODEL)"
            )
        if not isinstance(who, Reranker):
            raise EmbedderError(f"{who.identity} cannot put given candidates in order, as this task of mteb asks for")
        places = {document: place for place, document in enumerate(self._ids)}
        given = [sorted({places[document] for document in candidates.get(query, ())}) for query in ids]
        return who.rerank(texts, self._documents, [np.array(own, np.intp) for own in given])

    def _texts(self, rows: Any, prompt_type: str, asked: Mapping[str, Any]) -> Sequence[str]:
        """As an encoder would be handed them."""
        # A private function of mteb's, but the one that knows what its tasks make of a row; a copy of it would age.
        loader = door.module("mteb._create_dataloaders").create_dataloader(
            rows,
            task_metadata=asked["task_metadata"],
            prompt_type=door.module("mteb.types").PromptType(prompt_type),
            num_proc=asked.get("num_proc"),
        )
        with self._remembering():
            return [text for part in parts(loader) for text in part]
