"""The embedders without a model."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from harness.embedders.baseline import BASELINES, open_baseline
from harness.errors import UsageError
from harness.model import Spec, Vectors

TEXTS = ["采购申请", "purchase request", "", "👍", "a", "\ud800"]


def embed(name: str, *texts: str, **options: str) -> Vectors:
    """Vectors of the baseline `name`."""
    return open_baseline(Spec(f"baseline:{name}", "baseline", name, options)).embed(texts, "query")


def cosine(vectors: Vectors) -> float:
    """The cosine of two rows."""
    a, b = vectors
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


@pytest.mark.parametrize("name", BASELINES)
def test_vectors_keep_the_contract(name: str) -> None:
    """One finite row of C-contiguous float32 per text, none for none, and the same one by one as together."""
    together = embed(name, *TEXTS)
    assert together.dtype == np.float32
    assert together.flags.c_contiguous
    assert np.isfinite(together).all()
    assert together.shape == (len(TEXTS), BASELINES[name][1])
    assert embed(name).shape == (0, BASELINES[name][1])
    np.testing.assert_array_equal(np.concatenate([embed(name, text) for text in TEXTS]), together)


@pytest.mark.parametrize("name", BASELINES)
def test_vectors_are_the_same_in_another_process(name: str) -> None:
    """Nothing depends on the seed of Python's hash()."""
    code = (
        "from harness.embedders.baseline import open_baseline as o; from harness.model import Spec\n"
        f"print(o(Spec('', 'baseline', {name!r})).embed(['采购 request'], 'query').tobytes().hex())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == embed(name, "采购 request").tobytes().hex()


def test_random_vectors_are_those_of_today() -> None:
    """The stored numbers pin the stream, so that a floor measured before stays comparable."""
    np.testing.assert_allclose(
        embed("random", "采购申请", dim="4")[0], [0.219293, -2.895485, 0.883725, 0.829634], rtol=1e-5
    )


def test_random_vectors_of_different_texts_are_unrelated() -> None:
    """The cosine of two has the standard deviation 1/sqrt(dim): 0.016 at 4096."""
    assert abs(cosine(embed("random", "cat", "cats", dim="4096"))) < 0.08


def test_onehot_counts_tokens() -> None:
    """The squared length of `to be or not to be` is 2² + 2² + 1² + 1² = 10, and no order shows."""
    vectors = embed("onehot", "to be or not to be", "Not to be, or to be")
    assert float(vectors[0] @ vectors[0]) == 10.0
    assert cosine(vectors) == pytest.approx(1.0)


def test_onehot_knows_no_synonyms() -> None:
    """Texts without a common token are orthogonal; two of three characters in common are 2/3."""
    assert cosine(embed("onehot", "purchase", "procurement")) == 0.0
    assert cosine(embed("onehot", "采购单", "采购员")) == pytest.approx(2 / 3)


def test_hashing_knows_spelling() -> None:
    """A misspelt word is near, another word is not."""
    assert cosine(embed("hashing", "procurement", "procurment")) > 0.6
    assert abs(cosine(embed("hashing", "procurement", "football"))) < 0.3


def test_hashing_grows_with_the_logarithm_of_a_count() -> None:
    """`aaaa` has a 4 times, aa 3 times and aaa twice: 1 + ln of each on three axes."""
    expected = [1 + np.log(2), 1 + np.log(3), 1 + np.log(4)]
    found = np.sort(np.abs(embed("hashing", "aaaa")[0]))[-3:]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_dimension_is_an_option_and_part_of_the_identity() -> None:
    """Unless it is the default."""
    assert embed("hashing", "x", dim="8").shape == (1, 8)
    identity = open_baseline(Spec("", "baseline", "onehot", {"dim": "8"})).identity
    assert str(identity) == "baseline:onehot?dim=8"
    assert identity.symmetric
    written_out = open_baseline(Spec("", "baseline", "onehot", {"dim": "4096"})).identity
    assert written_out == open_baseline(Spec("", "baseline", "onehot")).identity


def test_an_unknown_baseline_is_refused_with_the_known_ones() -> None:
    """The message lists all three, after the nearest one where there is one."""
    with pytest.raises(UsageError, match="no baseline 'tfidf'\\. Known: hashing, onehot, random"):
        open_baseline(Spec("baseline:tfidf", "baseline", "tfidf"))
    with pytest.raises(UsageError, match="no baseline 'one-hot'\\. Did you mean 'onehot'\\? Known: hashing"):
        open_baseline(Spec("baseline:one-hot", "baseline", "one-hot"))
