"""Which rows are kept where there are too many: always the same of the same data, and of every label its share."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.catalogue.mteb.kinds.made import Notes
    from harness.model import Index


def sampled(texts: Sequence[str], labels: Sequence[str], most: int, what: str, notes: Notes) -> list[int]:
    """Ascending places of all rows, or `_in_shares` where there are more than `most`, and a remark. most: 0 for all.

    what: what the rows are, for the remark.
    """
    kept = _in_shares(texts, labels, most or len(texts))
    if len(kept) < len(texts):
        share = ", with every label's share" if len(set(labels)) > 1 else ""
        counted = f"a sample of {len(kept):,} of {len(texts):,} {what}"
        notes.remarks.append(f"{counted}, the same every time{share}: ?rows=N takes another number")
    return kept


def _in_shares(texts: Sequence[str], labels: Sequence[str], most: int) -> list[int]:
    """Ascending places of `most` rows at most, in which every label has the share that it has in all rows.

    Systematic sampling: the n rows of a label are put in the order of a digest of their texts, the i-th stands at
    (i + u) / n with u in [0, 1) from a digest of the label, and the rows that stand lowest are taken.
    """
    if len(texts) <= most:
        return list(range(len(texts)))
    distinct, codes = np.unique(np.array(labels, dtype=object), return_inverse=True)
    digests = _digests(texts)
    offsets = _digests(distinct.tolist()) / 2.0**64
    stands = (_ranks(digests, codes) + offsets[codes]) / np.bincount(codes)[codes]
    chosen: list[int] = np.sort(np.lexsort((digests, stands))[:most]).tolist()
    return chosen


def evenly(texts: Sequence[str], labels: Sequence[str], per_label: int, most: int) -> list[int]:
    """Ascending places of at most `per_label` rows of a label, or of fewer, so that there are `most` in all.

    At least one of every label, even if there are more labels than `most`.
    """
    codes = np.unique(np.array(labels, dtype=object), return_inverse=True)[1]
    sizes = np.bincount(codes)
    fits = bisect_right(range(1, per_label + 1), most, key=lambda cap: np.minimum(sizes, cap).sum())
    chosen: list[int] = np.flatnonzero(_ranks(_digests(texts), codes) < max(fits, 1)).tolist()
    return chosen


def _ranks(digests: NDArray[np.uint64], codes: Index) -> Index:
    """The place of each row among those of its label, in the order of their digests."""
    order = np.lexsort((digests, codes))
    sizes = np.bincount(codes)
    ranks = np.empty(len(codes), np.intp)
    ranks[order] = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return ranks


def _digests(texts: Sequence[str]) -> NDArray[np.uint64]:
    """64 bits of each text."""
    found = (hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(found), np.dtype("<u8")).astype(np.uint64)
