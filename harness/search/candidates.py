"""Rankings of given candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.model import Ranking
from harness.search.exact import as_float32

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Index, Similarity, Vectors


def among(similarity: Similarity, queries: Vectors, documents: Vectors, candidates: Sequence[Index]) -> Ranking:
    """The candidates of each query by their similarity with it, as `ordered`.

    queries: q × d, documents: n × d; candidates: ascending positions in the documents, one array per query.
    """
    values = (similarity.matrix(queries[row : row + 1], documents[places])[0] for row, places in enumerate(candidates))
    return ordered(candidates, values)


def ordered(
    candidates: Sequence[Index], scores: Iterable[Floats | NDArray[np.float32]], width: int | None = None
) -> Ranking:
    """The candidates of each query, best first; at equal scores the document that comes first wins.

    candidates: ascending positions, one array per query. scores: of each of them, finite; those beyond the largest
    float32 number come back as that. width: of the ranking, the longest list of candidates by default; what is beyond
    it is cut.
    """
    wide = max(map(len, candidates), default=0) if width is None else width
    indices = np.full((len(candidates), wide), -1, np.intp)
    best = np.full(indices.shape, -np.inf, np.float32)
    for row, (places, values) in enumerate(zip(candidates, scores, strict=True)):
        order = np.argsort(-values, kind="stable")[:wide]
        indices[row, : len(order)] = places[order]
        best[row, : len(order)] = as_float32(values[order])
    return Ranking(indices, best)
