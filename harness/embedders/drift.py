"""Whether the model behind a name is still the one whose vectors the cache holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.diagnostics.determinism import largest_distance
from harness.errors import EmbedderError, WithoutVectorsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.embedders.contract import Checked
    from harness.model import Floats, Vectors

SAME = 0.999
"""The least cosine of two vectors of one text by one model: services that are not deterministic stay above 0.9995."""

_NOISE = 0.05
"""How far two scores of one pair by one model may be apart, of the former's size, or of 1 where that is smaller.

Of a score between 0 and 1 it is the logit that counts: noise of 0.002 around 0.62 is 0.009 there, and 0.00002 for
0.00004, which only another model says, is 0.7.
"""

_LEAST, _MOST = 1e-6, 0.99
"""What logits are taken of: nearer to 1, what half precision does not tell apart has logits far from each other."""


def demand_unchanged(embedder: Checked, remember: Callable[[str, Sequence[str], Callable[[], Any]], Any]) -> None:
    """Compare the vectors of a few texts with those that `remember` keeps of the same embedder.

    Asks nothing of an embedder whose identity digests its weights. Raises EmbedderError when they differ: new vectors
    must not be mixed with old ones.
    """
    texts = embedder.sentinels
    if not texts:
        return
    try:
        fresh = embedder.embed(texts, "document")
    except WithoutVectorsError as error:  # a service may refuse one of them for ever
        texts = [text for text in texts if text not in error.reasons]
        if not texts:
            raise
        fresh = embedder.embed(texts, "document")
    today = datetime.now(UTC).date().isoformat()
    known = remember("sentinels", texts, lambda: {"day": today, "vectors": fresh.tolist()})
    former = np.array(known["vectors"], np.float32)
    if former.shape != fresh.shape:
        raise _changed(embedder, known["day"], f"{former.shape[1]} dimensions then, {fresh.shape[1]} now")
    how = _scored_apart(former, fresh) if fresh.shape[1] == 1 else _turned(former, fresh)
    if how:
        raise _changed(embedder, known["day"], how)


def _turned(former: Vectors, fresh: Vectors) -> str:
    """How the vectors of a text differ, empty where they do not."""
    least = 1 - largest_distance(former, fresh)
    return "" if least >= SAME else f"the vectors of one text have a cosine of {least:.4f}"


def _scored_apart(former: Vectors, fresh: Vectors) -> str:
    """How the scores of a pair differ: one dimension has no angle. Empty where they do not."""
    then, now = former[:, 0].astype(np.float64), fresh[:, 0].astype(np.float64)
    if min(then.min(), now.min()) >= 0 and max(then.max(), now.max()) <= 1:
        then, now = _logits(then), _logits(now)
    apart = np.abs(then - now) / np.maximum(1, np.abs(then))
    worst = int(apart.argmax())
    if apart[worst] <= _NOISE:
        return ""
    return f"the score of one pair was {former[worst, 0]:.4g} and is {fresh[worst, 0]:.4g}"


def _logits(scores: Floats) -> Floats:
    inside = np.clip(scores, _LEAST, _MOST)
    return np.asarray(np.log(inside / (1 - inside)))


def _changed(embedder: Checked, day: str, how: str) -> EmbedderError:
    return EmbedderError(
        f"{embedder.identity}: the model behind this name has changed since {day}: {how}. The cache holds vectors of "
        "the former model, which are not mixed with new ones. Give the new one a name of its own with "
        "revision=NAME, or forget the former with `harness cache clear`"
    )
