"""Files of word vectors, written by the tests themselves."""

from __future__ import annotations

import gzip
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.vectors import WordVectors, tokens
from harness.errors import EmbedderError, MissingExtraError, UsageError
from harness.model import Spec

if TYPE_CHECKING:
    from pathlib import Path

WORDS: dict[str, list[float]] = {
    "采购": [1, 0, 0.5],
    "采购申请": [0, 1, 0],
    "order": [0, 0, 3],
    "SAP": [2, 2, 2],
}
ROWS = "".join(f"{word} {' '.join(map(str, numbers))}\n" for word, numbers in WORDS.items()).encode()
HEADER = b"4 3\n"
BINARY = HEADER + b"".join(
    word.encode() + b" " + np.array(numbers, dtype="<f4").tobytes() + b"\n" for word, numbers in WORDS.items()
)
FILES = {
    "words.txt": HEADER + ROWS,
    "glove.txt": ROWS,
    "words.bin": BINARY,
    "words.vector": BINARY,
    "w.vec": HEADER + ROWS,
}


def opened(path: Path, **options: str) -> WordVectors:
    """The embedder of a file, with these options."""
    return WordVectors(Spec(f"vectors:{path}", "vectors", str(path), options))


def write(path: Path, content: bytes) -> Path:
    """Write a file, packed where its name says so."""
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture
def gensim() -> None:
    """Skips a test where the package is not installed."""
    pytest.importorskip("gensim", reason="the extra vectors is not installed")


@pytest.mark.usefixtures("gensim")
@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("name", FILES)
def test_every_form_of_file_gives_the_same_vectors(tmp_path: Path, name: str, packed: str) -> None:
    """word2vec text and binary, whatever it is called, GloVe, fastText; packed or not."""
    embedder = opened(write(tmp_path / (name + packed), FILES[name]))
    vectors = embedder.embed(["采购申请", "采购 Order", "unknown", ""], "query")
    np.testing.assert_array_equal(vectors, [[0, 1, 0], [0.5, 0, 1.75], [0, 0, 0], [0, 0, 0]])
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert embedder.embed([], "query").shape == (0, 3)


def test_chinese_is_cut_by_the_longest_known_word() -> None:
    """采购申请 is one word and not 采购; what is unknown is one character at a time; case counts last."""
    found = tokens("采购申请单ORDER采购 sap Sap SAP", dict.fromkeys(WORDS, 0), 4)
    assert list(found) == ["采购申请", "单", "order", "采购", "sap", "sap", "SAP"]


@pytest.mark.usefixtures("gensim")
def test_what_is_out_of_vocabulary_is_reported(tmp_path: Path) -> None:
    """采购 单 order | 单 | x: 3 of 5 tokens, and 2 of 3 texts have no known one; no texts say nothing."""
    embedder = opened(write(tmp_path / "words.txt", FILES["words.txt"]))
    assert embedder.findings([]) == ()
    texts = ["采购单order", "单", "x"]
    (of_texts,) = embedder.findings(texts)
    flags = [found.unknown.tolist() for found in embedder.tokenizer.tokenise(texts) if found.unknown is not None]
    assert flags == [[False, True, False], [True], [True]]
    assert embedder.tokenizer.tokenise(texts)[0].spans.tolist() == [[0, 2], [2, 3], [3, 8]]
    assert embedder.tokenizer.room("query") is None
    assert (of_texts.name, of_texts.value, of_texts.subject) == ("oov_texts", 2 / 3, "")


@pytest.mark.usefixtures("gensim")
def test_a_limit_reads_only_the_first_words(tmp_path: Path) -> None:
    """And makes another embedder."""
    path = write(tmp_path / "words.txt", FILES["words.txt"])
    limited = opened(path, limit="1")
    np.testing.assert_array_equal(limited.embed(["采购", "order"], "query"), [[1, 0, 0.5], [0, 0, 0]])
    assert limited.identity.key != opened(path).identity.key


@pytest.mark.usefixtures("gensim")
@pytest.mark.parametrize(
    ("content", "where"),
    [
        (HEADER + b"a 1 2 3\nb 1 2\nc 1 2 3\nd 1 2 3\n", ":3"),
        (b"a 1 2 3\nb 1 two 3\n", ":2"),
        (HEADER + b"a 1 2 3\n", ""),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, content: bytes, where: str) -> None:
    """Too few numbers, something that is no number, and fewer words than promised."""
    path = write(tmp_path / "words.txt", content)
    with pytest.raises(EmbedderError, match=f"{path}{where}: not readable as text"):
        opened(path).embed(["a"], "query")


@pytest.mark.usefixtures("gensim")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!doctype html>\n<html>", ":1: neither a word with its numbers nor the header"),
        (b"", ":1: neither"),
        (b"\xba\x16O/\x0c\0\0\0", "is a fastText model with subwords; give its .vec"),
        (BINARY[:-20], "not readable as word2vec's binary form"),
    ],
)
def test_what_is_no_file_of_word_vectors_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """A web page, nothing, fastText's own form, and a download that broke off."""
    path = write(tmp_path / "words.bin", content)
    with pytest.raises(EmbedderError, match=message):
        opened(path).embed(["a"], "query")


@pytest.mark.usefixtures("gensim")
def test_a_packed_file_that_is_not_packed_or_broke_off_is_refused(tmp_path: Path) -> None:
    """The file is named."""
    path = tmp_path / "words.txt.gz"
    for content in (ROWS, gzip.compress(ROWS)[:-12]):
        path.write_bytes(content)
        with pytest.raises(EmbedderError, match=str(path)):
            opened(path).embed(["a"], "query")


@pytest.mark.usefixtures("gensim")
def test_what_the_user_says_about_the_form_decides(tmp_path: Path) -> None:
    """A text file read as binary fails."""
    path = write(tmp_path / "words.txt", FILES["words.txt"])
    with pytest.raises(EmbedderError, match="not readable as word2vec's binary form"):
        opened(path, binary="true").embed(["a"], "query")


def test_opening_reads_no_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity is the file's digest; only embedding needs the package, and names the extra without it."""
    monkeypatch.setitem(sys.modules, "gensim.models.keyedvectors", None)
    embedder = opened(write(tmp_path / "words.txt", FILES["words.txt"]))
    assert (embedder.identity.name, len(embedder.identity.revision)) == ("words.txt", 32)
    with pytest.raises(MissingExtraError, match=r"embedding-harness\[vectors\]"):
        embedder.embed(["采购"], "query")


def test_a_missing_file_or_name_is_told_at_once(tmp_path: Path) -> None:
    """Before any vector is asked for."""
    with pytest.raises(EmbedderError, match="cannot read"):
        opened(tmp_path / "nowhere.vec")
    with pytest.raises(UsageError, match="as in vectors:/path"):
        WordVectors(Spec("vectors:", "vectors", ""))
