"""Which model of mteb's registry a spec stands for, and which of them are none for us.

name ──▶ mteb's ModelMeta ──▶ refused with a way out, or Entry: the meta, the options, the files
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.embedders.mteb.settings import Settings, read_settings
from harness.embedders.st.identity import Checkpoint, locate
from harness.errors import EmbedderError, UsageError, nearest
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Spec

_COMMIT = re.compile(r"[0-9a-f]{40}")

_BASELINE = "mteb/baseline-"
"""How the names of models begin that nothing was learnt for, and that have no files."""

_TRUSTS = re.compile(r"""trust_remote_code["']?\s*(:\s*bool\s*)?[=:]\s*True""")
"""A loader that runs the code of a repository whatever it is told."""

_IMPLEMENTATIONS = "mteb.models.model_implementations"

_LEXICAL = ("bm25_loader", "bb25_loader")

_LISTWISE = ("JinaRerankerV3Wrapper", "LightOnListwiseRerankerWrapper", "ListConRanker", "NoRerankingBaseline")
"""Loaders whose score of a document depends on which others are asked for with it."""

_REFUSED: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (
        lambda meta: "API" in meta.framework or meta.open_weights is False,
        "mteb would send texts to a service, without consent, prices and budget; use openai: or litellm:",
    ),
    (lambda meta: meta.loader is None, "mteb knows its published results only, and cannot load it"),
    (lambda meta: "text" not in meta.modalities, "it does not read texts"),
    (lambda meta: meta.loader.__name__ in _LEXICAL, "it ranks by words and has no vectors; use bm25:"),
    (lambda meta: "hybrid" in meta.model_type, "it mixes rankings and has no vectors; use hybrid:(…)"),
    (
        lambda meta: "late-interaction" in meta.model_type,
        "it makes a vector per token, and here an embedder makes one per text",
    ),
    (
        lambda meta: meta.loader.__name__ in _LISTWISE,
        "it scores lists of documents, and here a reranker scores each pair by itself",
    ),
)
"""Which models cannot be had through mteb, and why."""


@dataclass(frozen=True)
class Entry:
    """A model that can be opened.

    meta: mteb's ModelMeta, with the loader's arguments as they will be. checkpoint: its files; None where it has none,
    or they are not of one repository.
    """

    spec: Spec
    settings: Settings
    meta: Any
    checkpoint: Checkpoint | None

    @property
    def revision(self) -> str:
        """A digest of the files or their commit, else what mteb calls the revision."""
        return self.checkpoint.revision if self.checkpoint else str(self.meta.revision)


def find_entry(spec: Spec) -> Entry:
    """The model that a spec names. Raises MissingExtraError, UsageError and EmbedderError."""
    settings = read_settings(spec)
    meta = _meta(spec)
    for applies, why in _REFUSED:
        if applies(meta):
            raise UsageError(f"{spec.text}: {why}")
    meta = _trusted(meta, settings, spec.text)
    return Entry(spec, settings, meta, _checkpoint(spec, settings, meta))


def loader_of(entry: Entry) -> str:
    """The name of mteb's function or class that loads the model."""
    return f"{entry.meta.loader.__module__}.{entry.meta.loader.__qualname__}"


def _meta(spec: Spec) -> Any:
    mteb = door.module()
    with door.undisturbed():
        try:
            return mteb.get_model_meta(spec.name)
        except KeyError:
            known = [meta.name for meta in mteb.get_model_metas()]
    same = [name for name in known if name.rpartition("/")[2].lower() == spec.name.rpartition("/")[2].lower()]
    raise UsageError(
        f"there is no {spec.name!r} among the {len(known)} models of mteb {door.version()}. "
        f"{nearest(spec.name, same or known)}What is not in its registry can be had as st:NAME"
    )


def _trusted(meta: Any, settings: Settings, spec: str) -> Any:
    """The same with the user's word on code that comes with the weights. Raises UsageError where that is wanted."""
    fixed = _always_trusts(meta.loader)
    asked = _asks_for_trust(meta.loader_kwargs)
    if (fixed and not settings.trusted) or (asked and settings.trusted is None):
        raise UsageError(
            f"{spec}: mteb loads {meta.name} with trust_remote_code, which runs Python code from its repository on "
            "this machine. Look at that code, and if you trust it, add trust_remote_code=true"
        )
    if "trust_remote_code" not in meta.loader_kwargs or settings.trusted is None:
        return meta
    return meta.model_copy(update={"loader_kwargs": {**meta.loader_kwargs, "trust_remote_code": settings.trusted}})


def _asks_for_trust(arguments: Any) -> bool:
    if not isinstance(arguments, Mapping):
        return False
    return bool(arguments.get("trust_remote_code")) or any(map(_asks_for_trust, arguments.values()))


def _always_trusts(loader: Any) -> bool:
    """Whether a loader says so in its own code: many do not take it as an argument."""
    parts = [part for part in getattr(loader, "__mro__", (loader,)) if part.__module__.startswith(_IMPLEMENTATIONS)]
    return any(_TRUSTS.search(inspect.getsource(part)) for part in parts)


def _checkpoint(spec: Spec, settings: Settings, meta: Any) -> Checkpoint | None:
    if meta.name.startswith(_BASELINE):
        if settings.path or settings.revision:
            raise UsageError(f"{spec.text}: {meta.name} has no weights, so there is neither a path nor a revision")
        return None
    if settings.path is not None:
        folder = Path(settings.path).expanduser()
        if not folder.is_dir():
            raise EmbedderError(f"{spec.text}: there is no model folder at {folder.absolute()}")
        return locate(replace(spec, name=str(folder)), None)
    if Path(meta.name).is_dir():
        raise UsageError(f"{spec.text}: the folder {Path(meta.name).absolute()} would be loaded; name it with path=")
    revision = settings.revision or meta.revision or "main"
    if settings.revision is None and meta.revision and not _COMMIT.fullmatch(revision):
        return None  # of several repositories, or mteb's own count
    return locate(replace(spec, name=meta.name), revision)
