"""Texts that are nearly the same: pairs above a Jaccard similarity of character shingles, without comparing all.

MinHash and banding (Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman and Ullman
2020, "Mining of Massive Datasets", §3.4). Of 192 random orders of all shingles, each text keeps the first that it has:
two texts have the same one with a probability that is their similarity s. Texts that agree in all 6 of any of 32 bands
are compared, which is so with probability 1 − (1 − s⁶)³²: 99.99 % at s = 0.8, 0.2 % at s = 0.2. Of many texts that is
too many, and 24 bands of 8 are taken: 99 % at s = 0.8, nearly always above, 0.006 % at s = 0.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Index

THRESHOLD = 0.8
SHINGLE = 3
"""Characters of a shingle."""
READ = 1_000
"""Characters of a text that are compared: its beginning."""
MOST_TEXTS = 1 << 20
"""More would take minutes, and more than a gigabyte."""
_ORDERS = 192
_BANDS, _BANDS_OF_MANY, _MANY = 32, 24, 20_000
_WINDOW = 20
"""How many of those in its band a text is compared with: a thousand filled-in templates would be a million pairs."""
_MOST_COMPARED = 500_000
_BLOCK = 1 << 18
"""Characters that are worked on at a time: a megabyte, which stays near the processor."""


class NearPairs(NamedTuple):
    """Pairs of positions, n × 2, the first below the second, and their Jaccard similarity, n; most alike first.

    looked_at: how many of the texts were compared.
    """

    pairs: Index
    similarity: Floats
    looked_at: int


def near_pairs(texts: Sequence[str], threshold: float = THRESHOLD) -> NearPairs:
    """The pairs of `texts`, all of them different, that are alike by `threshold` or more.

    Of more than 20 texts that are all alike, each is found beside some of the others. The same texts always give the
    same pairs.
    """
    read = [text[:READ] for text in texts[:MOST_TEXTS]]
    pairs = _candidates(_signatures(read))
    similarity = _similarities(read, pairs)
    kept = np.flatnonzero(similarity >= threshold)
    kept = kept[np.argsort(-similarity[kept], kind="stable")]
    return NearPairs(pairs[kept], similarity[kept], len(read))


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The first shingle of each text in each random order, n × 192."""
    random = np.random.default_rng(0)
    shifts, factors = random.integers(1 << 32, size=(2, _ORDERS), dtype=np.uint32)
    found = np.empty((_ORDERS, len(texts)), np.uint32)
    for start, begins, hashes in _hashed(texts):
        for row, (shift, factor) in enumerate(zip(shifts, factors | np.uint32(1), strict=True)):
            found[row, start : start + len(begins)] = np.minimum.reduceat((hashes ^ shift) * factor, begins)
    return found.T


def _hashed(texts: Sequence[str]) -> Iterator[tuple[int, Index, NDArray[np.uint32]]]:
    """In blocks of whole texts: the position of the first, where the shingles of each begin, a hash per shingle."""
    gap = "\0" * SHINGLE
    lengths = np.array([len(text) for text in texts], np.intp)
    ends = np.cumsum(lengths + len(gap))
    start = 0
    while start < len(texts):
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] + _BLOCK)))
        joined = gap.join(texts[start:stop]) + gap
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        counts = np.maximum(lengths[start:stop] - SHINGLE + 1, 1)
        begins = np.concatenate([[0], np.cumsum(counts)[:-1]])
        first = ends[start:stop] - (lengths[start:stop] + len(gap)) - (ends[start] - lengths[start] - len(gap))
        places = np.arange(counts.sum()) + np.repeat(first - begins, counts)
        yield start, begins, _mixed(codes, places)
        start = stop


def _mixed(codes: NDArray[np.uint64], places: Index) -> NDArray[np.uint32]:
    """A 32-bit hash of the characters from each of `places` on."""
    hashes = np.zeros(len(places), np.uint64)
    for offset in range(SHINGLE):
        hashes = (hashes ^ codes[places + offset]) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _candidates(signatures: NDArray[np.uint32]) -> Index:
    """Pairs of texts that agree in a band, n × 2; those that agree in most bands where there are too many."""
    found = [np.empty(0, np.int64)]
    for band in np.split(signatures, _BANDS_OF_MANY if len(signatures) > _MANY else _BANDS, axis=1):
        key = np.zeros(len(band), np.uint64)
        for column in band.T:
            key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
        order = np.argsort(key, kind="stable")
        key = key[order]
        for distance in range(1, min(_WINDOW, len(key) - 1) + 1):
            same = np.flatnonzero(key[distance:] == key[:-distance])
            if not len(same):
                break
            found.append(order[same] * MOST_TEXTS + order[same + distance])
    pairs, bands = np.unique(np.concatenate(found), return_counts=True)
    if len(pairs) > _MOST_COMPARED:
        pairs = pairs[np.argsort(-bands, kind="stable")[:_MOST_COMPARED]]
    return np.stack([pairs // MOST_TEXTS, pairs % MOST_TEXTS], axis=1)


def _similarities(texts: Sequence[str], pairs: Index) -> Floats:
    """Shared shingles over all shingles, n."""
    found = np.empty(len(pairs))
    order = np.argsort(pairs[:, 0], kind="stable")
    last, first = -1, frozenset[str]()
    for row, (one, other) in zip(order.tolist(), pairs[order].tolist(), strict=True):
        if one != last:
            last, first = one, _shingles(texts[one])
        second = _shingles(texts[other])
        shared = len(first & second)
        found[row] = shared / (len(first) + len(second) - shared)
    return found


def _shingles(text: str) -> frozenset[str]:
    return frozenset(text[start : start + SHINGLE] for start in range(max(1, len(text) - SHINGLE + 1)))
