"""The digest of the files of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.embedders.weights import digest
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with weights and a configuration in a subfolder."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "1_Pooling" / "config.json").write_text("{}")
    return folder


def test_a_digest_is_32_hexadecimal_digits(model: Path) -> None:
    """And the same every time."""
    assert len(digest(model)) == 32
    assert int(digest(model), 16)
    assert digest(model) == digest(model)


def test_where_the_folder_lies_is_no_part_of_it(model: Path, tmp_path: Path) -> None:
    """A model that is moved stays the same model."""
    before = digest(model)
    assert digest(model.rename(tmp_path / "elsewhere")) == before


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json"])
def test_a_changed_file_changes_it(model: Path, name: str) -> None:
    """Files in subfolders count too."""
    before = digest(model)
    (model / name).write_text("changed")
    assert digest(model) != before


def test_a_renamed_file_changes_it(model: Path) -> None:
    """The names are digested with the contents."""
    before = digest(model)
    (model / "model.safetensors").rename(model / "other.safetensors")
    assert digest(model) != before


def test_what_changes_no_vector_does_not_change_it(model: Path) -> None:
    """README, licence, hidden files and folders, and optimizer states are left out."""
    before = digest(model)
    (model / ".git").mkdir()
    for name in ("README.md", "LICENSE", ".gitattributes", ".git/HEAD", "optimizer.pt"):
        (model / name).write_text("x")
    assert digest(model) == before


def test_a_hidden_folder_above_the_model_hides_nothing(model: Path, tmp_path: Path) -> None:
    """A model in ~/.cache is read."""
    before = digest(model)
    (tmp_path / ".cache").mkdir()
    assert digest(model.rename(tmp_path / ".cache" / "model")) == before


def test_patterns_choose_the_files(model: Path) -> None:
    """Files that match no pattern do not count."""
    before = digest(model, ("*.safetensors",))
    (model / "1_Pooling" / "config.json").write_text("changed")
    assert digest(model, ("*.safetensors",)) == before
    assert digest(model, ("*.safetensors", "1_Pooling/*")) != before


def test_files_can_be_given_one_by_one(model: Path) -> None:
    """Their order does not matter."""
    files = [model / "model.safetensors", model / "1_Pooling" / "config.json"]
    assert digest(files) == digest(files[::-1])
    assert digest(files) != digest(files[:1])


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """A missing folder, an empty one and a missing file all tell where was looked."""
    with pytest.raises(EmbedderError, match=f"no model folder at {tmp_path}/nowhere"):
        digest(tmp_path / "nowhere")
    with pytest.raises(EmbedderError, match=rf"no file of a model \(\*\.bin\) is in {tmp_path}"):
        digest(tmp_path, ("*.bin",))
    with pytest.raises(EmbedderError, match=f"cannot read {tmp_path}/words.vec"):
        digest([tmp_path / "words.vec"])


def test_a_linked_folder_counts(tmp_path: Path) -> None:
    """What stands behind a link decides the vectors too; a link that leads back is not followed for ever."""
    model, pool = tmp_path / "model", tmp_path / "pool"
    model.mkdir()
    pool.mkdir()
    (model / "config.json").write_text("{}", "utf-8")
    (pool / "config.json").write_text("mean", "utf-8")
    (model / "1_Pooling").symlink_to(pool)
    (pool / "back").symlink_to(model)
    before = digest(model)
    (pool / "config.json").write_text("cls", "utf-8")
    assert digest(model) != before
