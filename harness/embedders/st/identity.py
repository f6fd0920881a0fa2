"""Which weights a name stands for, and what their own files say about them, before any weights are loaded.

folder      ──▶ digest of its files ──┐
hub name    ──▶ commit ───────────────┴▶ Checkpoint ──▶ prompts by role, symmetric or not
                (option revision, else the local hub cache, else the hub)
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from harness.embedders.weights import digest
from harness.errors import EmbedderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model import Role, Spec

_COMMIT = re.compile(r"[0-9a-f]{40}")

_MARKS = {"modules.json", "config.json"}
"""A model has at least one of these files."""

_TRANSFORMER_FILES = tuple(
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)
"""Where the library looks for the configuration of a Transformer module, in its order; the later names are old."""

_PATIENCE = 10.0
"""Seconds that the hub may take to answer."""

_PROMPT_NAMES: Mapping[Role, tuple[str, ...]] = {
    "query": ("query",),
    "document": ("document", "passage", "corpus"),
    "either": (),
}
"""The names that `encode_query`, `encode_document` and `encode` of sentence-transformers look for, in order."""


@dataclass(frozen=True)
class Checkpoint:
    """Weights that cannot change under their name.

    source: what the library loads: a folder, or a repository of the hub. name: what people call it. revision: a
    digest of the folder's files, or the commit. commit: what pins a repository; None for a folder.
    """

    source: str
    name: str
    revision: str
    commit: str | None = None

    def table(self, file: str) -> dict[str, Any]:
        """One of its configuration files, empty where it has no such file.

        Raises EmbedderError when the file is not a JSON object, or when the hub cannot be asked for it.
        """
        content = self._json(file)
        if not isinstance(content, dict | None):
            raise self._damaged(file, "it is not a JSON object")
        return content or {}

    def modules(self) -> list[dict[str, str]]:
        """The modules that its texts go through, each with `type` and `path`. Raises what `table` raises."""
        content = self._json("modules.json") or []
        if not all(isinstance(module, dict) and {"type", "path"} <= module.keys() for module in content):
            raise self._damaged("modules.json", "it is not a list of modules, each with type and path")
        return list(content)

    def _json(self, file: str) -> Any:
        path = file_of(self, file)
        if path is None or not path.is_file():
            return None
        try:
            return json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise self._damaged(file, str(error)) from error

    def _damaged(self, file: str, fault: str) -> EmbedderError:
        return EmbedderError(f"{file} of {self.source} is damaged: {fault}. Fetch the model again.")


def file_of(checkpoint: Checkpoint, file: str) -> Path | None:
    """Where a file of a checkpoint is, fetched where it has to be; None where a repository has no such file."""
    if checkpoint.commit is None:
        return Path(checkpoint.source, file)
    return _hub_file(checkpoint.source, file, checkpoint.commit)


def folder_of(checkpoint: Checkpoint) -> Path | None:
    """Where the files of a checkpoint lie on this machine; None for a repository that was never downloaded."""
    if checkpoint.commit is None:
        return Path(checkpoint.source)
    snapshot = _cached(checkpoint.source) / "snapshots" / checkpoint.commit
    return snapshot if snapshot.is_dir() else None


def locate(spec: Spec, revision: str | None) -> Checkpoint:
    """The checkpoint that `st:NAME` stands for: a folder where there is one, else a repository of the hub.

    revision: a branch, tag or commit of the repository; its main branch by default.
    Raises UsageError for a name that cannot be one, EmbedderError when no model is there or the hub is
    unreachable.
    """
    folder = Path(spec.name).expanduser()
    if spec.name and folder.is_dir():
        return _folder(spec, folder, revision)
    if not spec.name:
        raise UsageError(f"{spec.text}: name a folder or a model of the hub, as in st:BAAI/bge-m3")
    if spec.name.startswith((".", "~")) or folder.is_absolute() or spec.name.count("/") > 1:
        raise EmbedderError(f"{spec.text}: there is no model folder at {folder.absolute()}")
    repository = _repository(spec.name)
    commit = _commit(repository, revision or "main")
    return Checkpoint(repository, repository, commit, commit)


def transformer_table(checkpoint: Checkpoint, path: str) -> dict[str, Any]:
    """The configuration of the Transformer module in a folder of the checkpoint, empty where it has none.

    Raises what `Checkpoint.table` raises.
    """
    # A repository without modules was never saved by the library: not asked for what only its old versions wrote.
    files = _TRANSFORMER_FILES if checkpoint.modules() else _TRANSFORMER_FILES[:1]
    found = (checkpoint.table(f"{path}/{file}".lstrip("/")) for file in files)
    return next(filter(None, found), {})


def prompts(checkpoint: Checkpoint, given: Mapping[Role, str]) -> dict[Role, str]:
    """What is put before a text in each role: as given, else the model's own prompt, else its default prompt.

    Without a role that is what `SentenceTransformer.encode` does: the default prompt if the model names one.
    """
    configuration = checkpoint.table("config_sentence_transformers.json")
    own = configuration.get("prompts") or {}
    default = own.get(configuration.get("default_prompt_name"))
    chosen = {
        role: next((own[name] for name in names if name in own), default) or "" for role, names in _PROMPT_NAMES.items()
    }
    return chosen | dict(given)


def is_symmetric(checkpoint: Checkpoint, by_role: Mapping[Role, str]) -> bool:
    """Whether a text gets the same vector in every role: equal prompts, and no module that sees the role."""
    if len(set(by_role.values())) > 1:
        return False
    return not any(_sees_role(checkpoint, module) for module in checkpoint.modules())


def _sees_role(checkpoint: Checkpoint, module: Mapping[str, str]) -> bool:
    kind = module["type"]
    # A module of the model's own may do anything with the task that it is told.
    if not kind.startswith("sentence_transformers.") or kind.endswith((".Router", ".Asym")):
        return True
    if not kind.endswith(".Transformer"):
        return False
    own = transformer_table(checkpoint, module["path"])
    return bool(own.get("query_expansion")) or own.get("query_length") != own.get("document_length")


def _folder(spec: Spec, folder: Path, revision: str | None) -> Checkpoint:
    if revision is not None:
        raise UsageError(f"{spec.text}: a folder has no revision; its files are digested instead")
    if not any((folder / file).is_file() for file in _MARKS):
        raise EmbedderError(f"{folder.absolute()} holds no model: neither modules.json nor config.json is there")
    return Checkpoint(str(folder), folder.resolve().name, digest(folder))


def _no_model(where: str) -> EmbedderError:
    return EmbedderError(f"{where} holds no model: neither modules.json nor config.json is there")


# --- the hub ----------------------------------------------------------------------------------------------


def _cache() -> Path:
    # Like every import of huggingface_hub here: 0.03 to 0.3 s that a model in a folder need not pay.
    from huggingface_hub import constants

    return Path(os.environ.get("SENTENCE_TRANSFORMERS_HOME") or constants.HF_HUB_CACHE)


def _cached(repository: str) -> Path:
    return _cache() / f"models--{repository.replace('/', '--')}"


def _repository(name: str) -> str:
    """`name` in full: the library looks for a name without an organisation among its own models."""
    own = f"sentence-transformers/{name}"
    if "/" in name or (_cached(name).is_dir() and not _cached(own).is_dir()):
        return name
    return own


def _commit(repository: str, revision: str) -> str:
    if _COMMIT.fullmatch(revision):
        return revision
    reference = _cached(repository) / "refs" / revision
    if reference.is_file():
        return reference.read_text("utf-8").strip()
    from huggingface_hub import HfApi

    with _hub_errors(repository, revision):
        known = HfApi().model_info(repository, revision=revision, timeout=_PATIENCE)
    if not {file.rfilename for file in known.siblings or []} & _MARKS:
        raise _no_model(repository)
    return str(known.sha)


def _hub_file(repository: str, file: str, commit: str) -> Path | None:
    """Where a file of the hub is on this machine, None where the repository has no such file."""
    from huggingface_hub import hf_hub_download, try_to_load_from_cache
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    known = try_to_load_from_cache(repository, file, cache_dir=_cache(), revision=commit)
    if known is not None:
        return Path(known) if isinstance(known, str) else None
    with _hub_errors(repository, commit):
        try:
            return Path(hf_hub_download(repository, file, revision=commit, cache_dir=_cache()))
        except LocalEntryNotFoundError:
            # The library, too, takes a file for absent that a downloaded model lacks while it is offline.
            if (_cached(repository) / "snapshots" / commit).is_dir():
                return None
            raise
        except EntryNotFoundError:
            return None


@contextmanager
def _hub_errors(repository: str, revision: str) -> Iterator[None]:
    """Turn what the hub's client raises into an EmbedderError that says what to do."""
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    # The root of what the client's HTTP library raises: httpx2, httpx or requests, by the client's version.
    transport = cast("type[Exception]", HfHubHTTPError.__mro__[1])
    try:
        yield
    except LocalEntryNotFoundError as error:
        raise _unreachable(repository, revision) from error
    except (HfHubHTTPError, HFValidationError) as error:
        raise EmbedderError(
            f"the hub did not give {repository} (revision {revision}): {error}. Check the spelling, "
            "organisation included; for a private or gated model set HF_TOKEN."
        ) from error
    except (OSError, transport) as error:
        raise _unreachable(repository, revision) from error


def _unreachable(repository: str, revision: str) -> EmbedderError:
    from huggingface_hub import constants

    return EmbedderError(
        f"{repository} (revision {revision}) is not in the cache {_cache()}, and the hub at "
        f"{constants.ENDPOINT} cannot be reached. Where it can, run `hf download {repository} --local-dir "
        "FOLDER`, bring the folder here and give it as st:FOLDER; or point HF_HOME at a cache that holds the "
        "model, or HF_ENDPOINT at a mirror. If a folder was meant: there is none at "
        f"{Path(repository).absolute()}."
    )
