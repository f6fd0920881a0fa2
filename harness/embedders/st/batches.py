"""Batches with almost no padding for a SentenceTransformer: sorted by tokens, packed by a token budget.

sentence-transformers sorts by characters and takes 32 texts at a time. Sorted by tokens, batches of 1,024 tokens
compute 2 % of padding instead of 8 % on 1,500 texts, 7 % instead of 19 % on 300.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Index, Vectors

BUDGET: Mapping[str, int] = {"cpu": 1024}
"""Tokens in a batch, padding included, by type of device; measured by tests/bench/bench_encode.py."""

_LARGE_BUDGET = 16_384
"""The same for any other device: what the library's own 32 texts come to at 512 tokens each."""

_TOGETHER = 1024
"""Texts that are tokenised together: bounds the memory of their padded tokens."""

_PLAIN_TRANSFORMER: Mapping[str, object] = {
    "transformer_task": "feature-extraction",
    "modalities": ["text"],
    "can_flatten_inputs": False,
    "query_length": None,
    "document_length": None,
    "query_expansion": None,
}
"""Attributes of the library's Transformer, where its version has them, and what they are in a text encoder."""

_TAKES_ANY_BATCH = frozenset({"Pooling", "Normalize", "Dense", "LayerNorm", "Dropout"})
"""Modules that need nothing but token vectors and their mask."""


def can_batch(model: Any) -> bool:
    """Whether batches may be put together here: a plain text encoder, on any runtime, with a fast tokenizer.

    False for static, routed and multimodal models, and where prompts are left out of pooling: those depend on what the
    library's own `encode` does around the forward pass.
    """
    first, *rest = model
    return (
        _of_library(first, {"Transformer"})
        and getattr(first.tokenizer, "is_fast", False)
        and all(getattr(first, name, value) == value for name, value in _PLAIN_TRANSFORMER.items())
        and all(_of_library(module, _TAKES_ANY_BATCH) for module in rest)
        and all(getattr(module, "include_prompt", True) for module in rest)
    )


def encode(model: Any, texts: Sequence[str], batch_size: int | None) -> Vectors:
    """What `model.encode(texts)` gives, n × d, for a model that `can_batch` and at least one text.

    batch_size: texts in a batch; by default as many as the token budget of the device allows.
    """
    # Loaded with the model: 2 s that no other command may pay.
    import torch

    budget = BUDGET.get(model.device.type, _LARGE_BUDGET)
    places: list[Index] = []
    parts: list[Vectors] = []
    with torch.inference_mode():
        for where, features in _tokenised(model, texts):
            lengths = features["attention_mask"].sum(dim=1).numpy()
            longest_first = np.argsort(-lengths, kind="stable")
            for batch in packed(lengths[longest_first], budget, batch_size):
                rows = longest_first[batch]
                places.append(where[rows])
                parts.append(_forward(model, _cut(model, features, rows, int(lengths[rows[0]]))))
    vectors = np.empty((len(texts), parts[0].shape[1]), dtype=np.float32)
    vectors[np.concatenate(places)] = np.concatenate(parts)
    return vectors


def packed(lengths: Index, budget: int, batch_size: int | None) -> Iterator[slice]:
    """Slices of texts that are sorted longest first, each at most `budget` tokens with its padding.

    lengths: tokens of each text. batch_size: where given, every slice has that many texts instead. A text above
    the budget is alone.
    """
    start = 0
    while start < len(lengths):
        size = batch_size or max(1, budget // max(1, int(lengths[start])))
        yield slice(start, min(start + size, len(lengths)))
        start += size


def _of_library(module: Any, names: set[str] | frozenset[str]) -> bool:
    kind = type(module)
    return kind.__name__ in names and kind.__module__.startswith("sentence_transformers.")


def _tokenised(model: Any, texts: Sequence[str]) -> Iterator[tuple[Index, dict[str, Any]]]:
    """Places in `texts` and their features, as the library tokenises them, about equally long ones together."""
    tokenise = getattr(model, "preprocess", None) or model.tokenize  # `tokenize` before version 5.4
    order = np.argsort([-len(text) for text in texts], kind="stable")
    for start in range(0, len(texts), _TOGETHER):
        where = order[start : start + _TOGETHER]
        yield where, tokenise([texts[place] for place in where])


def _cut(model: Any, features: Mapping[str, Any], rows: Index, width: int) -> dict[str, Any]:
    """The features of some rows without the columns in which all of them are padding, on the model's device."""
    padding = features["attention_mask"].shape[1] - width
    kept = slice(padding, None) if model.tokenizer.padding_side == "left" else slice(width)
    return {
        name: value[rows, kept].to(model.device) if getattr(value, "ndim", 0) > 1 else value
        for name, value in features.items()
    }


def _forward(model: Any, features: dict[str, Any]) -> Vectors:
    """Vectors of one batch: what the model's modules make of it, cut to its dimensions and not scaled again."""
    vectors: Vectors = model(features)["sentence_embedding"][:, : model.truncate_dim].float().cpu().numpy()
    return vectors
