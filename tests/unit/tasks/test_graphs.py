"""Processes as graphs, by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import Faults
from harness.model import Table
from harness.tasks.graphs import Claim, Graph, read_claims, read_graphs, spelling

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOP = Graph("p", "abcde", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")])
"""a → b → c → d → b, and e beside them."""


def edges(*rows: tuple[str, str, str]) -> Table:
    """A table of edges; the first row stands in line 2."""
    columns: dict[str, Sequence[str]] = dict(zip(("process", "source", "target"), zip(*rows, strict=True), strict=True))
    return Table("edges", "edges.tsv", columns, range(2, 2 + len(rows)))


def judgements(*rows: tuple[str, str, str, str]) -> Table:
    """A table of judgements; the first row stands in line 2."""
    names = ("process", "source", "target", "judgement")
    return Table("judgements", "j.tsv", dict(zip(names, zip(*rows, strict=True), strict=True)), range(2, 2 + len(rows)))


def test_edges_have_a_direction() -> None:
    """The matrix is true from a step to its successor, and only so."""
    expected = np.zeros((5, 5), dtype=bool)
    expected[[0, 1, 2, 3], [1, 2, 3, 1]] = True
    assert (LOOP.adjacency == expected).all()


def test_hops_ignore_directions() -> None:
    """From a: b 1, c 2, and d 2 by the edge d → b taken backwards; nothing leads to e."""
    far = math.inf
    expected = [[0, 1, 2, 2, far], [1, 0, 1, 1, far], [2, 1, 0, 1, far], [2, 1, 1, 0, far], [far, far, far, far, 0]]
    assert LOOP.hops.tolist() == expected


def test_hops_of_a_long_chain() -> None:
    """The last of 300 steps is 299 hops from the first: paths are not cut, nor counted in one byte."""
    labels = [str(n) for n in range(300)]
    hops = Graph("p", labels, list(pairwise(labels))).hops
    assert hops[0].tolist() == list(range(300))


def test_reading_graphs() -> None:
    """Processes and steps keep their order of appearance; a label may belong to two processes."""
    faults = Faults()
    graphs = read_graphs(edges(("p", "b", "a"), ("q", "a", "x"), ("p", "a", "c")), faults)
    assert graphs == [Graph("p", ["b", "a", "c"], [("b", "a"), ("a", "c")]), Graph("q", ["a", "x"], [("a", "x")])]
    assert faults.found == []


def test_faults_of_edges() -> None:
    """A loop on one step and a repeated edge are faults; the way back is an edge of its own."""
    faults = Faults()
    read_graphs(edges(("p", "a", "b"), ("p", "b", "a"), ("p", "b", "b"), ("p", "a", "b"), ("q", "a", "b")), faults)
    assert [str(fault) for fault in faults.found] == [
        "edges.tsv:4 [target]: loop: step 'b' leads to itself",
        "edges.tsv:5 [target]: edge given twice: 'a' → 'b' in 'p'",
    ]


def test_reading_claims() -> None:
    """A judgement names a process and two of its steps."""
    faults = Faults()
    claims = read_claims(judgements(("p", "a", "c", "near"), ("p", "c", "a", "not-near")), [LOOP], faults)
    assert claims == [Claim("p", "a", "c", "near"), Claim("p", "c", "a", "not-near")]
    assert faults.found == []


def test_faults_of_claims() -> None:
    """An unknown process, an unknown step and a pair judged twice are one fault each."""
    rows = [("q", "a", "b", "near"), ("p", "a", "x", "near"), ("p", "a", "b", "near"), ("p", "a", "b", "not-near")]
    faults = Faults()
    read_claims(judgements(*rows), [LOOP], faults)
    assert [str(fault) for fault in faults.found] == [
        "j.tsv:2 [process]: absent process: 'q' has no edges",
        "j.tsv:3: absent step: 'x' is not a step of 'p'",
        "j.tsv:5: judged twice: 'a' and 'b'",
    ]


def test_spelling_by_hand() -> None:
    """Bigrams without case and blanks, those of 采购申请 {采购 购申 申请} and 采购审批 {采购 购审 审批} share 1 of 5.

    aaa and aa have the same set, {aa}. One character is its own only part.
    """
    alike = spelling(["采购申请", "采购审批", "Pay In", "payin", "aaa", "aa", "x", "y"])
    assert alike[0, 1] == pytest.approx(0.2)
    assert alike[2, 3] == 1.0
    assert alike[4, 5] == 1.0
    assert alike[6].tolist() == [0, 0, 0, 0, 0, 0, 1, 0]
    assert (alike == alike.T).all()
