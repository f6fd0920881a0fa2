"""Several ways of searching as one: `hybrid:METHOD(MEMBER,MEMBER,…)?option=value&…`.

hybrid:rrf(bm25:,st:…)?k=60&depth=1000
    reciprocal rank fusion of each member's best `depth` documents.
hybrid:weighted(bm25:,st:…)?weights=0.3,0.7&normalise=minmax&depth=1000
    the weighted sum of scores, normalised per query (minmax or zscore) over each member's best `depth` documents; a
    document that a member did not find has that member's lowest normalised score. Equal weights by default; only their
    proportions count.
hybrid:rerank(bm25:,ce:…)?depth=100
    the best `depth` of the first member, put in order by the second; the rest below, as the first had them.

A member is any spec: a ranker, an embedder (it searches with its own similarity and precision), another hybrid. A
comma parts members where a spec begins behind it, so that weights=0.3,0.7 of a member stays whole.

Members get texts without the instruction of the suite, which would be so many more words to a ranker: what compares
with such a member is the embedder alone with instruction=off, and in a member the option is refused.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.embedders.combinations.combined import Fused, FusedReranker, Staged, StagedReranker
from harness.embedders.combinations.fusion import NORMALISATIONS, reciprocal_ranks, weighted
from harness.embedders.options import deciding, options
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_ranker import VectorRanker
from harness.errors import EmbedderError, UsageError, nearest
from harness.model import Embedder, Identity, Ranker, Reranker, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.embedders.combinations.fusion import Contribution

Member: TypeAlias = "Ranker | Reranker"
"""Who takes part; an embedder does as a VectorRanker."""

Open: TypeAlias = "Callable[[Spec], Embedder | Ranker | Reranker]"
"""Opens a member."""

_FORM = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_BEGINS = re.compile(r"\s*[A-Za-z][\w-]*:")
"""How a spec begins."""

_VERSION = "1"
"""Of the fusions: raised whenever a ranking can change."""

_EXAMPLE = "hybrid:rrf(bm25:,st:BAAI/bge-m3)"
_PAIR = 2


def open_hybrid(spec: Spec, open_inner: Open) -> Ranker:
    """The combination that a spec stands for; a Reranker too when all its members are.

    open_inner: opens a member. Raises UsageError for an unknown method, option or member, and for a member that cannot
    do its part, EmbedderError for a member that cannot be had; both name the member.
    """
    form = _FORM.fullmatch(spec.name)
    if not form:
        raise UsageError(f"{spec.text}: write a method and its members in brackets, as in {_EXAMPLE}")
    method, inside = form.groups()
    if method not in _METHODS:
        known = ", ".join(_METHODS)
        raise UsageError(f"{spec.text}: there is no method {method!r}. {nearest(method, _METHODS)}Known: {known}")
    texts = members_of(inside)
    if len(texts) < _PAIR:
        raise UsageError(f"{spec.text}: {method} needs at least two members, as in {_EXAMPLE}; {inside!r} is one")
    return _METHODS[method](spec, [_member(spec, text, open_inner) for text in texts])


def members_of(inside: str) -> list[str]:
    """The specs between the brackets, parted at commas that stand in no inner bracket and before a new spec."""
    members: list[str] = []
    depth = start = 0
    for place, sign in enumerate(inside):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth and _BEGINS.match(inside, place + 1):
            members.append(inside[start:place].strip())
            start = place + 1
    return [*members, inside[start:].strip()]


def _member(spec: Spec, text: str, open_inner: Open) -> Member:
    try:
        opened = open_inner(_member_spec(text))
    except UsageError as error:
        raise UsageError(f"{spec.text}, member {text!r}: {error}") from error
    except EmbedderError as error:
        raise EmbedderError(f"{spec.text}, member {text!r}: {error}") from error
    return opened if isinstance(opened, Ranker | Reranker) else VectorRanker(opened)


def _member_spec(text: str) -> Spec:
    member = parse_spec(text)
    if "instruction" in member.options:
        raise UsageError("a member never gets the instruction of a suite: leave the option instruction out")
    return member


_K, _DEPTH, _NEAR = 60, 1000, 100
"""Defaults: k of reciprocal rank fusion, how many documents are fused, how many are put in order again."""


def _rrf(spec: Spec, members: Sequence[Member]) -> Fused:
    given = options(spec, ("k", "depth"))
    k, depth = given.integer("k", _K, minimum=0), given.integer("depth", _DEPTH)
    decided = deciding({"k": k, "depth": depth}, {"k": _K, "depth": _DEPTH})
    return _fused(
        _identity(spec, members, decided), _rankers(spec, members), [reciprocal_ranks(k)] * len(members), depth
    )


def _weighted(spec: Spec, members: Sequence[Member]) -> Fused:
    given = options(spec, ("weights", "normalise", "depth"))
    weights = _weights(spec, given.text("weights", None), len(members))
    method, depth = given.choice("normalise", "minmax", NORMALISATIONS), given.integer("depth", _DEPTH)
    decided = deciding(
        {"weights": _written(weights), "normalise": method, "depth": depth},
        {"weights": _written([1 / len(members)] * len(members)), "normalise": "minmax", "depth": _DEPTH},
    )
    contributions = [weighted(NORMALISATIONS[method], weight) for weight in weights]
    return _fused(_identity(spec, members, decided), _rankers(spec, members), contributions, depth)


def _rerank(spec: Spec, members: Sequence[Member]) -> Staged:
    depth = options(spec, ("depth",)).integer("depth", _NEAR)
    if len(members) != _PAIR:
        raise UsageError(f"{spec.text}: rerank takes two members, one that searches and one that puts in order")
    (first,) = _rankers(spec, members[:1])
    second = members[1]
    if not isinstance(second, Reranker):
        raise UsageError(f"{spec.text}: {second.identity} cannot put given candidates in order")
    identity = _identity(spec, members, deciding({"depth": depth}, {"depth": _NEAR}))
    if isinstance(first, Reranker):
        return StagedReranker(identity, first, second, depth, first)
    return Staged(identity, first, second, depth)


_METHODS: Mapping[str, Callable[[Spec, Sequence[Member]], Ranker]] = {
    "rerank": _rerank,
    "rrf": _rrf,
    "weighted": _weighted,
}


def _fused(identity: Identity, rankers: Sequence[Ranker], contributions: Sequence[Contribution], depth: int) -> Fused:
    rerankers = [ranker for ranker in rankers if isinstance(ranker, Reranker)]
    if len(rerankers) == len(rankers):
        return FusedReranker(identity, rankers, contributions, depth, rerankers)
    return Fused(identity, rankers, contributions, depth)


def _rankers(spec: Spec, members: Sequence[Member]) -> list[Ranker]:
    """The members, all of which must search. Raises UsageError naming one that only reranks."""
    for member in members:
        if not isinstance(member, Ranker):
            raise UsageError(
                f"{spec.text}: {member.identity} puts given candidates in order and cannot search. Put it behind a "
                "member that can, as in hybrid:rerank(bm25:,ce:MODEL)"
            )
    return [member for member in members if isinstance(member, Ranker)]


def _identity(spec: Spec, members: Sequence[Member], decided: tuple[tuple[str, str], ...]) -> Identity:
    method = spec.name.partition("(")[0]
    name = f"{method}({','.join(str(member.identity) for member in members)})"
    keys = " ".join((_VERSION, *(member.identity.key for member in members)))
    return Identity("hybrid", name, blake2b(keys.encode(), digest_size=16).hexdigest(), decided)


def _weights(spec: Spec, text: str | None, members: int) -> tuple[float, ...]:
    """The weights, of which the sum is 1: twice as much of each is the same combination."""
    if text is None:
        return (1 / members,) * members
    try:
        weights = tuple(float(part) for part in text.split(","))
    except ValueError:
        weights = ()
    total = sum(weights)
    if len(weights) != members or not all(weight >= 0 for weight in weights) or not 0 < total < np.inf:
        raise UsageError(f"{spec.text}: option weights must be {members} numbers from 0, not all 0; it is {text!r}")
    return tuple(weight / total for weight in weights)


def _written(weights: Sequence[float]) -> str:
    """To as many digits as a quotient has in common, however its terms were scaled."""
    return ",".join(f"{weight:.12g}" for weight in weights)
