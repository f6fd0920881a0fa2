"""What the files of a model say about it without being loaded: parameters, bytes, licence."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from harness.embedders.weights import model_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

TOKEN_TABLES = (
    "word_embeddings.weight",  # BERT, RoBERTa, XLM-R, MPNet, ELECTRA, BLOOM
    "embed_tokens.weight",  # Llama, Qwen, Mistral, Gemma
    "tok_embeddings.weight",  # ModernBERT
    "shared.weight",  # T5
    "wte.weight",  # GPT-2
)
"""How the names of input embeddings end in the safetensors files of transformers, the first that a file has."""

_STATIC_TABLES = (
    "embedding.weight",  # WordLlama, StaticEmbedding
    "embeddings",  # model2vec
)
"""The same in models that are nothing but such a table."""

_NOT_TRAINED = {"I64", "BOOL"}
"""Types of tensors that are positions and masks, not parameters."""

_FORMATS: Mapping[str, Sequence[str]] = {
    "safetensors": ("*.safetensors",),
    "pickle": ("*.bin", "*.pt", "*.pth", "*.ckpt"),
    "onnx": ("*.onnx", "*.onnx_data", "*.onnx.data"),
    "openvino": ("openvino*.bin", "openvino*.xml"),
    "other": ("*.h5", "*.msgpack", "*.ot", "*.gguf", "*.tflite"),
}
"""Patterns of file names by the format of weights; a folder of the hub often holds the same weights in several."""

_LOADED: Mapping[str, Sequence[str]] = {
    "torch": ("safetensors", "pickle"),
    "onnx": ("onnx", "safetensors", "pickle"),
    "openvino": ("openvino", "safetensors", "pickle"),
}
"""Runtime → the formats that it takes, the first that is there; what is not its own is exported when it is loaded."""

_HEAD = 8
"""Bytes at the beginning of a safetensors file that say how long its header is."""

_LONGEST_HEADER = 100_000_000
"""What the format allows."""


class Counted(NamedTuple):
    """Parameters in all, and those of the table of input tokens; None where no table has a name that is known."""

    parameters: int
    embedding: int | None


def counted(files: Iterable[Path]) -> Counted | None:
    """What the headers of safetensors files add up to; None without such a file.

    Weights that were cut to less than a byte are stored several to a number, and such files count too few. Raises
    OSError and ValueError for a file that is none.
    """
    shapes: dict[str, Sequence[int]] = {}
    for file in files:
        shapes |= _shapes(file)
    if not shapes:
        return None
    tables = [prod(shape) for name, shape in shapes.items() if _is_table(name)]
    return Counted(sum(map(prod, shapes.values())), max(tables) if tables else None)


def disk_bytes(folder: Path, runtime: str = "torch") -> int:
    """Bytes of the files of a model folder that a runtime loads, read me and licence left out.

    Where the same weights are there in several formats, one is counted; of several files in ONNX, the largest.
    """
    sizes = {path: path.stat().st_size for path in model_files(folder)}
    formats = {path: _format(path.name) for path in sizes}
    loaded = loaded_format(folder, runtime)
    weights = [size for path, size in sizes.items() if formats[path] == loaded]
    beside = sum(size for path, size in sizes.items() if not formats[path])
    # Quantised variants lie side by side; weights that do not fit into an .onnx file lie beside it.
    return beside + (max(weights, default=0) if loaded == "onnx" else sum(weights))


def loaded_format(folder: Path, runtime: str) -> str:
    """The format of the weights in a model folder that a runtime loads, empty where there are none."""
    there = {_format(path.name) for path in model_files(folder)}
    return next((name for name in _LOADED[runtime] if name in there), "")


def card_licence(folder: Path) -> str | None:
    """What the model card, README.md, gives as licence between its first lines of dashes; None where it does not."""
    # 30 ms that only this needs.
    import yaml

    try:
        text = (folder / "README.md").read_text("utf-8")
    except (OSError, ValueError):
        return None
    _, _, rest = text.partition("---\n")
    head, closing, _ = rest.partition("\n---")
    if not text.startswith("---\n") or not closing:
        return None
    try:
        card = yaml.safe_load(head)
    except yaml.YAMLError:
        return None
    # `other` has its real name beside it.
    named = [card.get(key) for key in ("license_name", "license")] if isinstance(card, dict) else []
    return next((", ".join(map(str, one)) if isinstance(one, list) else str(one) for one in named if one), None)


def _shapes(file: Path) -> dict[str, Sequence[int]]:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(_HEAD), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{file} is no safetensors file")
        header = json.loads(stream.read(length))
    return {
        name: tensor["shape"]
        for name, tensor in header.items()
        if name != "__metadata__" and tensor["dtype"] not in _NOT_TRAINED
    }


def _is_table(name: str) -> bool:
    return any(f".{name}".endswith(f".{ending}") for ending in (*TOKEN_TABLES, *_STATIC_TABLES))


def _format(name: str) -> str:
    """The format of weights that a file is in, the most particular; empty for any other file."""
    found = [of for of, patterns in _FORMATS.items() if any(fnmatch(name.lower(), pattern) for pattern in patterns)]
    return found[-1] if found else ""
