"""What the files of a model say without being loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.embedders.weight_files import card_licence, counted, disk_bytes, loaded_format

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def safetensors(file: Path, tensors: Mapping[str, tuple[str, Sequence[int]]]) -> Path:
    """A file with a header and no numbers behind it, which nobody reads."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    header |= {name: {"dtype": dtype, "shape": shape} for name, (dtype, shape) in tensors.items()}
    content = json.dumps(header).encode()
    file.write_bytes(len(content).to_bytes(8, "little") + content)
    return file


def test_parameters_are_counted_from_headers(tmp_path: Path) -> None:
    """10 × 4 for the tokens, 3 × 4 and 5 beside them; positions are no parameters. Two files are added up."""
    one = safetensors(
        tmp_path / "1.safetensors",
        {
            "bert.embeddings.word_embeddings.weight": ("F32", [10, 4]),
            "bert.embeddings.position_embeddings.weight": ("F32", [3, 4]),
            "bert.embeddings.position_ids": ("I64", [1, 512]),
        },
    )
    two = safetensors(tmp_path / "2.safetensors", {"bert.pooler.bias": ("BF16", [5])})
    assert counted([one, two]) == (57, 40)
    assert counted([two]) == (5, None)
    assert counted([]) is None


@pytest.mark.parametrize("name", ["embeddings", "model.embed_tokens.weight", "0.embedding.weight", "wte.weight"])
def test_tables_go_by_many_names(tmp_path: Path, name: str) -> None:
    """model2vec, Llama, StaticEmbedding, GPT-2."""
    assert counted([safetensors(tmp_path / "a.safetensors", {name: ("F16", [7, 2])})]) == (14, 14)


def test_what_is_no_safetensors_file_is_refused(tmp_path: Path) -> None:
    """Its first bytes say that the header is longer than the format allows."""
    file = tmp_path / "a.safetensors"
    file.write_bytes(b"version https://git-lfs")
    with pytest.raises(ValueError, match="is no safetensors file"):
        counted([file])


def test_only_what_is_loaded_is_weighed(tmp_path: Path) -> None:
    """Of weights in many formats those of the runtime; the largest of several ONNX files; the tokenizer with them."""
    for name, size in {
        "config.json": 1,
        "tokenizer.json": 2,
        "README.md": 1000,
        ".gitattributes": 1000,
        "model.safetensors": 10,
        "pytorch_model.bin": 20,
        "onnx/model.onnx": 40,
        "onnx/model_int8.onnx": 30,
        "openvino/openvino_model.bin": 50,
        "openvino/openvino_model.xml": 5,
        "tf_model.h5": 100,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    assert disk_bytes(tmp_path) == 13
    assert disk_bytes(tmp_path, "onnx") == 43
    assert disk_bytes(tmp_path, "openvino") == 58
    (tmp_path / "model.safetensors").unlink()
    assert disk_bytes(tmp_path) == 23


def test_what_is_exported_is_weighed_as_it_lies_there(tmp_path: Path) -> None:
    """A runtime whose own files are not there loads those of torch; one that finds none has no weights."""
    assert loaded_format(tmp_path, "onnx") == ""
    (tmp_path / "config.json").write_bytes(b"x")
    (tmp_path / "model.safetensors").write_bytes(b"x" * 10)
    assert [loaded_format(tmp_path, runtime) for runtime in ("torch", "onnx", "openvino")] == ["safetensors"] * 3
    assert [disk_bytes(tmp_path, runtime) for runtime in ("torch", "onnx", "openvino")] == [11] * 3
    (tmp_path / "model.onnx").write_bytes(b"x" * 20)
    assert (loaded_format(tmp_path, "onnx"), disk_bytes(tmp_path, "onnx")) == ("onnx", 21)


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlanguage: zh\nlicense: mit\n---\n# A model", "mit"),
        ("---\nlicense: other\nlicense_name: model-licence-1.0\n---\n", "model-licence-1.0"),
        ("---\nlicense: [mit, apache-2.0]\n---\n", "mit, apache-2.0"),
        ("---\nlanguage: zh\n---\n", None),
        ("---\nlicense: {\n---\n", None),
        ("---\njust words\n---\n", None),
        ("---\nlicense: mit\n", None),
        ("# License: mit\n", None),
    ],
)
def test_the_licence_is_the_card_s(tmp_path: Path, card: str, licence: str | None) -> None:
    """Where its head gives one; a damaged head, or none, gives none."""
    (tmp_path / "README.md").write_text(card, "utf-8")
    assert card_licence(tmp_path) == licence


def test_without_a_card_the_licence_is_not_known(tmp_path: Path) -> None:
    """Nothing is guessed from other files."""
    (tmp_path / "LICENSE").write_text("MIT", "utf-8")
    assert card_licence(tmp_path) is None
