"""Tokenizers of transformers and of tokenizers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.tokenising import Tokens, spans_of, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Final

    from harness.model import Role

_TOGETHER: Final = 1024
"""Texts that are tokenised together: bounds the memory of their offsets."""


@dataclass(frozen=True)
class TransformersTokenizer:
    """A tokenizer of transformers, loaded when it is first needed.

    load: loads it. longest: the most tokens that the model takes, special ones and prompt included, None where there is
    no end. It is given the tokenizer, which may know. prompts: what is put before a text in each role.
    """

    load: Callable[[], Any]
    longest: Callable[[Any], int | None]
    prompts: Mapping[Role, str]

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The tokens of each text; their places are estimated for a tokenizer written in Python, which has none."""
        return [tokens for start in range(0, len(texts), _TOGETHER) for tokens in self._some(texts[start:][:_TOGETHER])]

    def room(self, role: Role) -> int | None:
        """The longest input less the special tokens and the prompt."""
        longest = self.longest(self._loaded)
        if longest is None:
            return None
        prompt = len(self.tokenise([self.prompts[role]])[0]) if self.prompts[role] else 0
        return max(0, longest - int(self._loaded.num_special_tokens_to_add()) - prompt)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of the tokens of each text, special ones left out."""
        if not texts:
            return []
        return [list(ids) for ids in self._loaded(list(texts), add_special_tokens=False, verbose=False)["input_ids"]]

    def _some(self, texts: Sequence[str]) -> list[Tokens]:
        fast = bool(self._loaded.is_fast)
        found = self._loaded(
            list(texts),
            add_special_tokens=False,
            return_offsets_mapping=fast,
            return_attention_mask=False,
            verbose=False,
        )
        all_ids = [np.array(ids, np.int64) for ids in found["input_ids"]]
        offsets = found["offset_mapping"] if fast else None
        unknown = self._loaded.unk_token_id
        return [
            Tokens(spread(text, len(ids)) if offsets is None else spans_of(offsets[row]), _unknown(ids, unknown))
            for row, (text, ids) in enumerate(zip(texts, all_ids, strict=True))
        ]

    @cached_property
    def _loaded(self) -> Any:
        return self.load()


@dataclass(frozen=True)
class PlainTokenizer:
    """A tokenizer of the package tokenizers, loaded when it is first needed.

    unknown: the number of the token for what is unknown, of the loaded tokenizer. longest: the most tokens that the
    model takes, None where there is no end.
    """

    load: Callable[[], Any]
    unknown: Callable[[Any], int | None] = lambda _: None
    longest: Callable[[], int | None] = lambda: None

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The tokens of each text, special ones left out."""
        unknown = self.unknown(self._loaded)
        return [
            Tokens(spans_of(encoding.offsets), _unknown(np.array(encoding.ids, np.int64), unknown))
            for start in range(0, len(texts), _TOGETHER)
            for encoding in self._loaded.encode_batch(list(texts[start:][:_TOGETHER]), add_special_tokens=False)
        ]

    def room(self, role: Role) -> int | None:  # noqa: ARG002  # the same in every role
        """The most tokens that the model takes."""
        return self.longest()

    @cached_property
    def _loaded(self) -> Any:
        return self.load()


def _unknown(ids: np.ndarray[Any, np.dtype[np.int64]], unknown: int | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.zeros(len(ids), np.bool_) if unknown is None else ids == unknown
