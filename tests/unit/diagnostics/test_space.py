"""What vectors show by themselves: twins, crowding, zero vectors, length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.diagnostics.space import space_findings, twins
from harness.embedders.resolve import open_embedder, parse_spec
from harness.model import Texts
from harness.search import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Finding, Role


def found(texts: Sequence[str], vectors: object, role: Role = "either") -> dict[str, Finding]:
    """The findings about one table of texts, by name."""
    rows = np.array(vectors, np.float32)
    return {one.name: one for one in space_findings({"texts": Texts(texts, role)}, {"texts": rows})}


def words(count: int) -> list[str]:
    """So many different words."""
    return [f"word{number:04}" for number in range(count)]


@pytest.mark.parametrize("noise", [0.0, 1e-7])
@pytest.mark.parametrize("count", [2, 50, 700])
def test_twins_are_those_of_the_whole_matrix(count: int, noise: float) -> None:
    """The same numbers as comparing every row with every other: pairs, crowds, zeros, and noise of float32."""
    random = np.random.default_rng(count)
    source = random.integers(0, count, count)  # about a third of the rows is alone
    rows = random.standard_normal((count, 40)).astype(np.float32)[source]
    rows += noise * random.standard_normal(rows.shape).astype(np.float32)
    rows[source % 10 == 0] = 0
    scaled = unit(rows)
    same = scaled.astype(np.float64) @ scaled.T.astype(np.float64) > 1 - 1e-6
    zero = ~scaled.any(axis=1)
    same |= np.outer(zero, zero)
    np.testing.assert_array_equal(twins(scaled), same.sum(axis=1) - 1)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_nobodys_twin(count: int) -> None:
    """Neither no row nor one, be it zero or not."""
    assert twins(np.ones((count, 3), np.float32)).tolist() == [0] * count
    assert twins(np.zeros((count, 3), np.float32)).tolist() == [0] * count


def test_directions_in_a_crowded_cone_are_no_twins() -> None:
    """A cosine of 0.9999 is far from 1 − 1e-6, even if nearly every projection is as near."""
    rows = np.ones((500, 64), np.float32) + 0.02 * np.random.default_rng(1).standard_normal((500, 64), np.float32)
    assert not twins(unit(rows)).any()


def test_a_model_that_knows_no_letter_cannot_read() -> None:
    """100 words with one of 5 vectors, as where every text of a length is the same row of unknown tokens."""
    one = found(words(100), np.eye(5)[np.arange(100) % 5])["duplicate_vectors"]
    assert one.value == 1.0
    assert one.warning
    assert one.note == (
        "this model cannot read this suite: 100 % of the texts have a vector that a different text has too"
    )


def test_pairs_of_texts_are_a_finding_without_a_warning() -> None:
    """An uncased model has one vector for two spellings: a third of these texts are such pairs."""
    texts = [*words(50), *(word.upper() for word in words(50)[:10])]
    vectors = np.random.default_rng(0).standard_normal((50, 16))[[*range(50), *range(10)]]
    one = found(texts, vectors)["duplicate_vectors"]
    assert one.value == pytest.approx(20 / 60)
    assert not one.warning
    assert "cannot read" not in one.note


@pytest.mark.parametrize("share", [0.02, 0.05])
def test_the_warning_begins_where_it_is_said_to(share: float) -> None:
    """Above 2 % of the texts in crowds of four or more."""
    count = round(200 * share)
    vectors = np.random.default_rng(0).standard_normal((200, 16))
    vectors[:count] = 1
    one = found(words(200), vectors)["duplicate_vectors"]
    assert one.value == pytest.approx(share)
    assert one.warning == (share > 0.02)


def test_two_texts_alone_must_not_be_one() -> None:
    """Of a few texts half are enough."""
    assert found(["采购申请–审批", "采购申请–发票"], [[1, 2], [1, 2]])["duplicate_vectors"].warning
    assert not found([*"aAbcd"], [[1, 2], [1, 2], [1, 1], [2, 1], [3, 1]])["duplicate_vectors"].warning


@pytest.mark.parametrize("baseline", ["onehot", "random", "hashing"])
@pytest.mark.parametrize("count", [2, 700])
def test_baselines_read_lists_of_words(baseline: str, count: int) -> None:
    """Hashed axes give some words the same vector, and no warning."""
    letters = np.random.default_rng(0).choice(list("abcdefgh"), (count, 6))
    texts = [*map("".join, letters), *(chr(0x4E00 + number) for number in range(count))]
    embedder = open_embedder(parse_spec(f"baseline:{baseline}"))
    one = found(texts, embedder.embed(texts, "either"))  # type: ignore[union-attr]  # it embeds
    assert not one["duplicate_vectors"].warning


def test_a_text_that_is_there_twice_is_no_duplicate() -> None:
    """In one table or in two of the same role; the vectors of other texts are compared across tables."""
    rows = {"first": np.eye(3, dtype=np.float32), "second": np.eye(3, dtype=np.float32)[::-1].copy()}
    asked = {"first": Texts(["a", "b", "c"], "either"), "second": Texts(["c", "b", "a"], "either")}
    findings = {one.name: one for one in space_findings(asked, rows)}
    assert findings["duplicate_vectors"].value == 0.0
    asked["second"] = Texts(["c", "b", "other"], "either")
    findings = {one.name: one for one in space_findings(asked, rows)}
    assert findings["duplicate_vectors"].value == pytest.approx(2 / 4)


def test_a_query_may_have_the_vector_of_a_document() -> None:
    """Roles are apart: with a text in both, nothing is a duplicate."""
    rows = np.eye(2, dtype=np.float32)
    asked = {"queries": Texts(["a", "b"], "query"), "documents": Texts(["c", "b"], "document")}
    findings = {one.name: one for one in space_findings(asked, {"queries": rows, "documents": rows})}
    assert findings["duplicate_vectors"].value == 0.0


def test_mean_cosine_is_the_mean_over_pairs() -> None:
    """Of every two different texts, whatever the lengths; a zero vector has cosine 0 with all."""
    rows = np.random.default_rng(3).standard_normal((30, 8)) + 0.5
    rows[4] = 0
    scaled = unit(rows.astype(np.float32)).astype(np.float64)
    expected = np.mean([scaled[a] @ scaled[b] for a in range(30) for b in range(a)])
    assert found(words(30), rows)["mean_cosine"].value == pytest.approx(expected, abs=1e-6)
    assert "mean_cosine" not in found(["alone"], [[1.0, 2.0]])


def test_no_texts_have_no_duplicates() -> None:
    """Nothing is said about nothing."""
    assert not {"duplicate_vectors", "mean_cosine"} & found([], np.zeros((0, 3))).keys()


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1e30])
def test_lengths_do_not_matter(scale: float) -> None:
    """Not even those whose squares float32 cannot hold; what is found is finite."""
    rows = np.random.default_rng(5).standard_normal((20, 8))[[*range(19), 0]]
    plain, scaled = (found(words(20), factor * rows) for factor in (1.0, scale))
    for name in ("duplicate_vectors", "mean_cosine"):
        assert scaled[name].value == pytest.approx(plain[name].value, abs=1e-6)
    assert scaled["unit_length"].value is not None
    assert np.isfinite(scaled["unit_length"].value)
    assert "zero_vectors" not in scaled


def test_zeros_are_a_warning() -> None:
    """A few; where so many texts have the same vector that there is a warning of it, there are not two."""
    rows = np.eye(40, dtype=np.float32)
    rows[7] = 0
    few = found(words(40), rows)
    assert (few["zero_vectors"].warning, few["duplicate_vectors"].warning) == (True, False)
    rows[:30] = 0
    many = found(words(40), rows)
    assert (many["zero_vectors"].warning, many["duplicate_vectors"].warning) == (False, True)
