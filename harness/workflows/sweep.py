"""One embedder in several settings: an option takes each of several values."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.wrappers import WRAPPING
from harness.errors import EmbedderError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.embedders.resolve import Candidate
    from harness.model import Spec

WHOLE = "full"
"""The value that stands for leaving the option out."""


def sweep(embedders: Mapping[str, Spec], asked: Sequence[str]) -> dict[str, Spec]:
    """Label → spec, each embedder once per combination of the values in `asked` (`dimensions=64,256,full`).

    A setting that is the embedder's own goes by its own name. What makes no vectors (bm25:, a hybrid) and what cannot
    be opened stays as it is. Raises UsageError for a sweep that is none, and where nothing makes vectors.
    """
    if not asked:
        return dict(embedders)
    settings = [_settings(text) for text in asked]
    opened = {name: _opened(base) for name, base in embedders.items()}
    if all(one is not None and not hasattr(one, "embed") for one in opened.values()):
        raise _nothing_to_sweep(embedders, asked)
    swept: dict[str, Spec] = {}
    for name, base in embedders.items():
        embedder = opened[name]
        if embedder is None or not hasattr(embedder, "embed"):
            swept[name] = base
            continue
        swept |= dict(
            (label, spec) if open_embedder(spec).identity != embedder.identity else (name, base)
            for label, spec in _variants(name, base, settings)
        )
    return swept


def _settings(text: str) -> list[str]:
    """`dimensions=64,full` → ["dimensions=64", ""]."""
    option, equals, values = text.partition("=")
    chosen = [value.strip() for value in values.split(",")]
    if not equals or not option.strip() or not all(chosen):
        raise UsageError(f"--sweep {text}: write an option and its values, as in dimensions=64,256,{WHOLE}")
    return ["" if value == WHOLE else f"{option.strip()}={value}" for value in dict.fromkeys(chosen)]


def _variants(name: str, base: Spec, settings: Sequence[Sequence[str]]) -> Iterator[tuple[str, Spec]]:
    for combination in product(*settings):
        options = "&".join(filter(None, combination))
        yield _with(name, options), parse_spec(_with(base.text, options))


def _with(text: str, options: str) -> str:
    if not options:
        return text
    return f"{text}{'&' if '?' in text else '?'}{options}"


def _opened(spec: Spec) -> Candidate | None:
    """Whoever the spec stands for; None where that cannot be opened."""
    try:
        return open_embedder(spec)
    except EmbedderError:
        return None


def _nothing_to_sweep(embedders: Mapping[str, Spec], asked: Sequence[str]) -> UsageError:
    options = [text.partition("=")[0].strip() for text in asked]
    meant = "".join(nearest(option, WRAPPING) for option in options if option not in WRAPPING)
    return UsageError(
        f"nothing to sweep {' and '.join(options)} over: {', '.join(embedders)} rank documents and give no vectors. "
        f"{meant}Name an embedder that gives vectors; each of them knows {', '.join(sorted(WRAPPING))}"
    )
