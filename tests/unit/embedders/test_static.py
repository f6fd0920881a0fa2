"""model2vec folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.static import StaticEmbedder
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from pathlib import Path

UNKNOWN = "[UNK]"
TABLE = np.array([[0, 0, 0], [1, 0, 2], [0, 1, 4]], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model2vec model of the words 采购 and order, written by model2vec itself."""
    model2vec = pytest.importorskip("model2vec", reason="the extra static is not installed")
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({UNKNOWN: 0, "采购": 1, "order": 2}, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = Whitespace()
    model2vec.StaticModel(TABLE, tokenizer, normalize=False).save_pretrained(tmp_path / "tiny")
    return tmp_path / "tiny"


def embedder(folder: Path, **options: str) -> StaticEmbedder:
    """The embedder of a folder, with these options."""
    return StaticEmbedder(Spec(f"static:{folder}", "static", str(folder), options))


def test_a_vector_is_the_mean_of_its_tokens(folder: Path) -> None:
    """采购 and order are (1, 0, 2) and (0, 1, 4), their mean (½, ½, 3); an unknown word is the zero vector."""
    vectors = embedder(folder).embed(["采购", "采购 order", "football", ""], "query")
    np.testing.assert_array_equal(vectors, [[1, 0, 2], [0.5, 0.5, 3], [0, 0, 0], [0, 0, 0]])
    assert vectors.dtype == np.float32


def test_dimensions_keep_the_leading_numbers_as_they_are(folder: Path) -> None:
    """They are not brought to unit length, and they are contiguous."""
    cut = embedder(folder, dimensions="2")
    vectors = cut.embed(["采购", "order"], "document")
    np.testing.assert_array_equal(vectors, [[1, 0], [0, 1]])
    assert vectors.flags.c_contiguous
    assert cut.embed([], "query").shape == (0, 2)
    assert str(cut.identity) == "static:tiny?dimensions=2"


def test_the_folder_says_how_texts_are_taken_apart(folder: Path) -> None:
    """采购 and order are known, football is not; a text is read up to the model's own max_length."""
    tokenizer = embedder(folder).tokenizer
    (found,) = tokenizer.tokenise(["采购 order football"])
    assert found.spans.tolist() == [[0, 2], [3, 8], [9, 17]]
    assert found.unknown is not None
    assert found.unknown.tolist() == [False, False, True]
    assert tokenizer.room("query") == 512


def test_more_dimensions_than_there_are_is_an_error(folder: Path) -> None:
    """The message has both numbers."""
    with pytest.raises(UsageError, match="dimensions=4, but the model has 3"):
        embedder(folder, dimensions="4").embed(["x"], "query")


def test_the_weights_are_the_revision(folder: Path) -> None:
    """A model under the same name with another table is another embedder."""
    before = embedder(folder).identity
    assert before == embedder(folder).identity
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    assert embedder(folder).identity.key != before.key


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    """Whether it is missing, or holds something else."""
    with pytest.raises(EmbedderError, match="no model folder at"):
        embedder(tmp_path / "nowhere")
    pytest.importorskip("model2vec", reason="the extra static is not installed")
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(EmbedderError, match=f"{tmp_path} is not a model2vec model"):
        embedder(tmp_path).embed(["x"], "query")


def test_no_name_is_refused() -> None:
    """The message shows what to write."""
    with pytest.raises(UsageError, match="as in static:/path"):
        StaticEmbedder(Spec("static:", "static", ""))


def test_a_missing_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity is known all the same."""
    monkeypatch.setitem(__import__("sys").modules, "model2vec", None)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    opened = embedder(tmp_path)
    with pytest.raises(MissingExtraError, match=r"embedding-harness\[static\]"):
        opened.embed(["x"], "query")
