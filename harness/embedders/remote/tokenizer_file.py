"""The tokenizer of a model that is elsewhere, from a file on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.embedders.hf_tokenizer import PlainTokenizer
from harness.errors import EmbedderError, MissingExtraError, UsageError

if TYPE_CHECKING:
    from harness.embedders.options import Options

_UNKNOWN = ("[UNK]", "<unk>")


def named_tokenizer(given: Options) -> PlainTokenizer | None:
    """What `tokenizer=` names, a `tokenizer.json` or a folder with one; loaded when it is first needed.

    Raises UsageError where there is none.
    """
    written = given.text("tokenizer", None)
    if written is None:
        return None
    named = Path(written).expanduser()
    file = named / "tokenizer.json" if named.is_dir() else named
    if not file.is_file():
        raise UsageError(f"{given.spec.text}: tokenizer={written} is no tokenizer.json, nor a folder with one")
    return PlainTokenizer(lambda: _loaded(file), _unknown)


def _loaded(file: Path) -> Any:
    try:
        # Rust; only a command that tokenises needs it.
        from tokenizers import Tokenizer
    except ModuleNotFoundError as error:
        raise MissingExtraError("tokenizers", "st") from error
    try:
        loaded = Tokenizer.from_buffer(file.read_bytes())
    except (OSError, ValueError) as error:
        raise EmbedderError(f"the tokenizer {file} cannot be loaded: {error}") from error
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


def _unknown(loaded: Any) -> int | None:
    return next((number for name in _UNKNOWN if (number := loaded.token_to_id(name)) is not None), None)
