"""How a sentence-transformers model makes one vector of its tokens' vectors, and how to make it do so differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.embedders.st.identity import Checkpoint

POOLINGS: Mapping[str, str] = {"cls": "cls", "last": "lasttoken", "max": "max", "mean": "mean"}
"""The values of the option, each with the library's name for it."""

_FLAGS: Mapping[str, str] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "last",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
}
"""How older versions of the library wrote the same."""

_OTHER = ("pooling_mode_mean_sqrt_len_tokens", "pooling_mode_weightedmean_tokens")


def own_pooling(checkpoint: Checkpoint) -> str | None:
    """Which of `POOLINGS` a checkpoint asks for by itself; None for any other, several at once, or none.

    A plain transformers checkpoint asks for nothing, and the library takes the mean. Raises EmbedderError for a damaged
    file.
    """
    modules = checkpoint.modules()
    if not modules:
        return "mean"
    paths = [module["path"] for module in modules if module["type"].endswith(".Pooling")]
    if len(paths) != 1:
        return None
    written = checkpoint.table(f"{paths[0]}/config.json".lstrip("/"))
    mode = written.get("pooling_mode")
    if mode is not None:
        return next((name for name, of_library in POOLINGS.items() if mode == of_library), None)
    chosen = [name for flag, name in _FLAGS.items() if written.get(flag)]
    if any(written.get(flag) for flag in _OTHER) or len(chosen) > 1:
        return None
    return chosen[0] if chosen else "mean"


def use_pooling(model: Any, pooling: str, spec: str) -> None:
    """Put another pooling in the place of the model's own. Raises UsageError where it has none."""
    for name, module in model.named_children():
        if type(module).__name__ == "Pooling":
            width = getattr(module, "embedding_dimension", None) or module.word_embedding_dimension
            other = type(module)(width, pooling_mode=POOLINGS[pooling], include_prompt=module.include_prompt)
            model._modules[name] = other  # noqa: SLF001 # what add_module does, which refuses digits on some versions
            return
    raise UsageError(f"{spec}: pooling={pooling}, but the model has no pooling of tokens")
