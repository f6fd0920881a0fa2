"""Whatever the harness can open as what `mteb.evaluate` takes.

import harness, mteb
from harness.interop.mteb import encoder

minilm = harness.open_embedder(harness.parse_spec("packaged:all-MiniLM-L6-v2"))
mteb.evaluate(encoder(minilm), mteb.get_tasks(["STSBenchmark", "SciFact"]))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import EmbedderError
from harness.interop.mteb import door
from harness.interop.mteb.failures import Remembers
from harness.interop.mteb.identity import model_meta
from harness.interop.mteb.inputs import parts
from harness.interop.mteb.searcher import Searcher
from harness.model import Embedder, Ranker, Reranker, reads_images
from harness.search import FLOAT32, as_stored, usage_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Role, Usage, Vectors

_ROLES: dict[str, Role] = {"query": "query", "document": "document"}
"""mteb's prompt types; a text of any other task is neither."""

_OF_THE_VECTOR_ALONE = ("float32", "float16", "binary")
"""Number formats that need no calibration on documents: which those are, mteb does not say."""


class Encoder(Remembers):
    """An embedder as mteb's EncoderProtocol: it is handed batches, and asks the embedder once, for each text once.

    The embedder gets the texts as mteb gives them to any model, in their role; prompts are its own matter. Vectors come
    back in its number format and are compared by its similarity.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.candidate = embedder
        self._usage: Usage = usage_of(embedder)
        self.mteb_model_meta = model_meta(
            embedder.identity, self._usage.similarity.name, pictures=reads_images(embedder)
        )

    def _encode(self, inputs: Iterable[Mapping[str, Any]], **asked: Any) -> Vectors:
        """Vectors of all texts or pictures, n × d, one for each row that is handed in. Raises EmbedderError.

        asked: mteb's prompt type, and what it asks of encoders besides. Its batch size is not followed: an embedder
        knows how many texts it takes at a time, and mteb sets 32 where nobody asked for any.
        """
        role = _ROLES.get(getattr(asked.get("prompt_type"), "value", ""), "either")
        with self._remembering():
            self._refuse(asked.get("precision"))
            return self._vectors(parts(inputs), role)

    encode = _encode  # by mteb's protocol: with more keywords than it names today, which no signature of ours takes

    def similarity(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Every row of one with every row of the other: a tensor, n × m. Larger is nearer."""
        return self._compared("select_similarity", embeddings1, embeddings2)

    def similarity_pairwise(self, embeddings1: Any, embeddings2: Any) -> Any:
        """Row by row: a tensor, n. Larger is nearer."""
        return self._compared("select_pairwise_similarity", embeddings1, embeddings2)

    def _compared(self, how: str, one: Any, other: Any) -> Any:
        """By mteb's own function of that name: as any model of its own is compared."""
        functions = door.module("mteb.similarity_functions")
        return getattr(functions, how)(one, other, self.mteb_model_meta.similarity_fn_name)

    def _refuse(self, precision: str | None) -> None:
        own = self._usage.precision.name
        if precision not in {None, FLOAT32.name}:
            raise EmbedderError(
                f"{self.candidate.identity}: mteb asks for precision={precision}, under which it would file the "
                "result; write ?precision= into the spec instead"
            )
        if own not in _OF_THE_VECTOR_ALONE:
            raise EmbedderError(
                f"{self.candidate.identity}: {own} is calibrated on the documents, and mteb hands in the queries first"
            )

    def _vectors(self, handed: Iterable[Sequence[str]], role: Role) -> Vectors:
        rows: dict[str, int] = {}
        places: list[int] = []
        made: list[Vectors] = []
        for texts in handed:
            fresh = [text for text in dict.fromkeys(texts) if text not in rows]
            if fresh:
                made.append(self.candidate.embed(fresh, role))
                rows.update({str(text): row for row, text in enumerate(fresh, len(rows))})
            places += [rows[text] for text in texts]
        if not made:
            return np.zeros((0, 0), np.float32)
        distinct = as_stored({"": np.concatenate(made) if len(made) > 1 else made[0]}, [""], self._usage)[""]
        return distinct if len(rows) == len(places) else distinct[places]


def encoder(candidate: Embedder | Ranker | Reranker) -> Encoder | Searcher:
    """An embedder, a ranker or a reranker of ours as a model for `mteb.evaluate`.

    An embedder becomes an EncoderProtocol, which every task of mteb takes: encoder(open_embedder(parse_spec("st:…"))).
    What ranks (bm25:, hybrid:…, ce:…) becomes a SearchProtocol, which its retrieval and reranking tasks take. Raises
    MissingExtraError without mteb.
    """
    if isinstance(candidate, Ranker | Reranker):
        return Searcher(candidate)
    return Encoder(candidate)
