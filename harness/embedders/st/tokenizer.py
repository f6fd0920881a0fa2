"""The tokenizer of a model of sentence-transformers or transformers, without its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.embedders.hf_tokenizer import TransformersTokenizer
from harness.embedders.st.identity import transformer_table
from harness.embedders.st.loading import quiet
from harness.embedders.threads import limit_tokenizers
from harness.errors import EmbedderError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.embedders.st.identity import Checkpoint
    from harness.model import Role

_ENDLESS = 1_000_000
"""Tokens: beyond it, a tokenizer that was told no length says a very large number."""


def st_tokenizer(
    checkpoint: Checkpoint, prompts: Mapping[Role, str], max_length: int | None, *, trusted: bool
) -> TransformersTokenizer | None:
    """The tokenizer of a text encoder; None where texts do not first go through a transformer (static, routed, …).

    max_length: where the user wants texts to be cut. trusted: a tokenizer may bring its own code.
    """
    first = next(iter(checkpoint.modules()), {"type": ".Transformer", "path": ""})
    if not first["type"].endswith(".Transformer"):
        return None
    path = first["path"]

    def longest(tokenizer: Any) -> int | None:
        """As the library has it: what was asked for, else what the model says, else what its positions allow."""
        asked = max_length or transformer_table(checkpoint, path).get("max_seq_length")
        if asked:
            return int(asked)
        positions = checkpoint.table(f"{path}/config.json".lstrip("/")).get("max_position_embeddings") or -1
        known = [length for length in (tokenizer.model_max_length, positions) if 0 < length < _ENDLESS]
        return min(known, default=None)

    def load() -> Any:
        tokenizer = load_tokenizer(checkpoint, path, trusted=trusted)
        return lowercasing(tokenizer) if transformer_table(checkpoint, path).get("do_lower_case") else tokenizer

    return TransformersTokenizer(load, longest, prompts)


def lowercasing(tokenizer: Any) -> Any:
    """The same tokenizer, before which texts become lower case; one written in Python is told to do so itself."""
    if not tokenizer.is_fast:
        tokenizer.do_lower_case = True
        return tokenizer
    # There with every fast tokenizer.
    from tokenizers.normalizers import Lowercase, Sequence

    backend = tokenizer.backend_tokenizer
    backend.normalizer = Sequence([Lowercase(), *([backend.normalizer] if backend.normalizer else [])])
    return tokenizer


def load_tokenizer(checkpoint: Checkpoint, path: str = "", *, trusted: bool = False) -> Any:
    """The tokenizer in a folder of the checkpoint. Raises EmbedderError, MissingExtraError without transformers."""
    try:
        # 2 s that only a command which tokenises pays.
        from transformers import AutoTokenizer
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "transformers", "st") from error
    limit_tokenizers()
    try:
        with quiet():
            return AutoTokenizer.from_pretrained(
                checkpoint.source, revision=checkpoint.commit, subfolder=path, trust_remote_code=trusted
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError) as error:
        raise EmbedderError(f"the tokenizer of {checkpoint.name} cannot be loaded: {error}") from error
