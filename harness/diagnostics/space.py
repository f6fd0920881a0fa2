"""What the vectors of a suite show by themselves: zero vectors, unit length, how crowded they are, and twins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Finding
from harness.search import cosines, unit
from harness.statistics.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Floats, Index, Texts, Vectors

_UNIT = 1e-3
"""How far from 1 a length may be: half-precision vectors of unit length are off by so much."""

_SAME = 1 - 1e-6
"""The cosine above which two vectors are the same but for the noise of float32."""

_APART = np.sqrt(2 * (1 - _SAME)) * 1.01
"""How far apart the ends of two unit vectors of such a cosine are, and hence their projections, at the most."""

_LARGE = 1e12
"""Lengths between its inverse and this can be squared and summed in float32."""

_PROJECTIONS = 16
_NEIGHBOURS = 8
"""Twins differ by noise, so that hardly ever as many others come between them on a line."""

_BLIND = 0.2
"""Up to this share of texts that share a vector, a few rare words are not known; beyond it, the script is not."""

_CROWD, _CROWDED, _MOST = 3, 0.02, 0.5
"""A model cannot read a suite when more than 2 % of its texts have the vector of three others, or half that of any.

Some pairs are let go: an uncased model has one vector for two spellings, a bag of words one for two orders of words,
one-hot vectors of 4,096 hashed axes one for two of many words (39 % of 2,000, and 2 % have three others). A model that
knows none of the letters has one for all texts of a length: of zh/process, all-MiniLM-L6-v2 gives 40 % of the texts a
vector that another has too, and 29 % one that three others have.
"""


@dataclass(frozen=True)
class _Read:
    """The vectors of different texts in one role, n × d, and their lengths, n."""

    rows: Vectors
    lengths: Floats


def space_findings(asked: Mapping[str, Texts], vectors: Mapping[str, Vectors]) -> tuple[Finding, ...]:
    """Findings about the vectors of the texts of a suite, under the same names."""
    lengths = {name: _lengths(rows) for name, rows in vectors.items()}
    read = list(_distinct(asked, vectors, lengths))
    duplicates = list(_duplicates(read))
    blind = any(one.warning for one in duplicates)
    return (*_zero(lengths, warning=not blind), *_unit_length(lengths), *_crowded(read), *duplicates)


def twins(vectors: Vectors) -> Index:
    """How many other rows of n × d are the same as each row: a cosine above 1 − 1e-6, or zeros both.

    In O(n · d) and a sort: what is the same lies side by side on any line that the rows are projected on. For that
    reason a number above 16 is not counted on, and stays below the truth.
    """
    return _twins(_read(vectors, _lengths(vectors)))


def _twins(read: _Read) -> Index:
    shadows = (read.rows @ _lines(read.rows.shape[1])) / _divisors(read)[:, None]
    order = np.argsort(shadows[:, 0], kind="stable")
    shadows, others = shadows[order], np.zeros(len(read.rows), np.intp)
    for step in range(1, min(_NEIGHBOURS + 1, len(order))):
        near = np.flatnonzero(shadows[step:, 0] - shadows[:-step, 0] <= _APART)
        near = near[(np.abs(shadows[near + step] - shadows[near]) <= _APART).all(axis=1)]
        first, second = order[near], order[near + step]
        same = cosines(read.rows[first], read.rows[second]) > _SAME
        others[first[same]] += 1
        others[second[same]] += 1
    zero = read.lengths == 0
    others[zero] = zero.sum() - 1
    return others


@lru_cache(maxsize=16)
def _lines(dimension: int) -> Vectors:
    """Directions of length 1 to project on, d × 16; any will do, as long as no model has them among its own."""
    lines = np.random.default_rng(0).standard_normal((dimension, _PROJECTIONS))
    return np.asarray(lines / np.linalg.norm(lines, axis=0), np.float32)


def _lengths(rows: Vectors) -> Floats:
    """‖row‖, n. In float32 where that cannot overflow or vanish, which is several times as fast."""
    with np.errstate(over="ignore"):
        squares = np.asarray(np.vecdot(rows, rows), np.float64)
    if not (np.isfinite(squares) & (squares > np.finfo(np.float32).tiny)).all():
        wide = rows.astype(np.float64)
        squares = np.asarray(np.vecdot(wide, wide))
    return np.asarray(np.sqrt(squares))


def _read(rows: Vectors, lengths: Floats) -> _Read:
    """Rows of any length; those whose sums float32 could not hold are scaled first."""
    some = lengths[lengths > 0]
    if some.size and not 1 / _LARGE < some.min() <= some.max() < _LARGE:
        return _Read(unit(rows), (lengths > 0).astype(np.float64))
    return _Read(rows, lengths)


def _divisors(read: _Read) -> Floats:
    return np.where(read.lengths > 0, read.lengths, 1.0)


def _distinct(
    asked: Mapping[str, Texts], vectors: Mapping[str, Vectors], lengths: Mapping[str, Floats]
) -> Iterator[_Read]:
    """Each text once per role: the same text as a query and as a document is two."""
    by_role: dict[str, list[str]] = {}
    for name, texts in asked.items():
        by_role.setdefault(texts.role, []).append(name)
    for names in by_role.values():
        places = {text: place for place, text in enumerate(text for name in names for text in asked[name].texts)}
        rows = vectors[names[0]] if len(names) == 1 else np.concatenate([vectors[name] for name in names])
        once = slice(None) if len(places) == len(rows) else list(places.values())
        yield _read(rows[once], np.concatenate([lengths[name] for name in names])[once])


def _zero(lengths: Mapping[str, Floats], *, warning: bool) -> Iterator[Finding]:
    """A warning unless there is one that says the same of more texts: zeros are duplicates of each other."""
    zero = sum(int((of_name == 0).sum()) for of_name in lengths.values())
    if zero:
        note = "texts whose vector is zero: no known token, or refused by a service; their cosine with anything is 0"
        yield Finding("zero_vectors", float(zero), note, warning=warning)


def _unit_length(lengths: Mapping[str, Floats]) -> Iterator[Finding]:
    off = max((float(np.abs(of_name - 1).max(initial=0.0)) for of_name in lengths.values()), default=0.0)
    if off <= _UNIT:
        yield Finding("unit_length", off, "all vectors have length 1: cosine, dot and euclidean agree")
    else:
        note = "vectors are not of length 1 (the largest difference): cosine, dot and euclidean may disagree"
        yield Finding("unit_length", off, note)


def _crowded(read: Sequence[_Read]) -> Iterator[Finding]:
    """The mean over all pairs, from the length of the sum of unit vectors: ‖Σx̂‖² is the sum of n² cosines."""
    count = sum(len(role.rows) for role in read)
    if count < 2:  # noqa: PLR2004 # a pair
        return
    sums = [np.dot(np.asarray(1 / _divisors(role), np.float32), role.rows) for role in read]
    total = np.sum(sums, axis=0, dtype=np.float64)
    with_themselves = sum(int((role.lengths > 0).sum()) for role in read)
    mean = (float(np.vdot(total, total)) - with_themselves) / (count * (count - 1))
    yield Finding("mean_cosine", mean, "of any two texts (Ethayarajh 2019); near 1, all vectors point one way")


def _duplicates(read: Sequence[_Read]) -> Iterator[Finding]:
    others = np.concatenate([_twins(role) for role in read] or [np.empty(0, np.intp)])
    if not len(others):
        return
    share = float((others > 0).mean())
    blind = float((others >= _CROWD).mean()) > _CROWDED or share >= _MOST
    about = f"{percent(share)} of the texts have a vector that a different text has too"
    note = (
        f"this model cannot read {'this suite' if share >= _BLIND else 'all of this suite'}: {about}"
        if blind
        else about
    )
    yield Finding("duplicate_vectors", share, note, warning=blind)
