"""A cross-encoder made on the spot: real files, random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "contract",
    "order",
    "invoice",
    "the",
    "a",
    "采",
    "购",
    "申",
    "请",
]


def make_model(folder: Path, labels: int = 1, seed: int = 0) -> Path:
    """One layer of 16 dimensions over 14 tokens, at most 32 of them, with random weights; a number per label."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    configuration = BertConfig(vocab_size=len(WORDS), max_position_embeddings=32, num_labels=labels, **shape)
    model = BertForSequenceClassification(configuration)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in model.parameters():
            weights.normal_(0, 0.3, generator=generator)
    model.save_pretrained(folder)
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    BertTokenizerFast(vocab=vocabulary, model_max_length=32).save_pretrained(folder)
    return folder
