"""A task's data that lie on this machine: which subsets and splits are there, and whether they have changed."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.columns import listed
from harness.catalogue.mteb.hub_layout import configurations, is_hub_layout
from harness.catalogue.mteb.names import MODELSCOPE
from harness.catalogue.mteb.plain.files import (
    beside,
    canonical,
    files_below,
    is_rows,
    named,
    sources,
    split_names,
    subset_names,
)
from harness.errors import UsageError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_WEIGHTS = (".safetensors", ".gguf", ".onnx", ".pt", ".pth", ".ckpt", ".bin", ".duckdb", ".faiss")
"""Large files that may lie beside data, and that no task reads."""
_THREADS = 4


def content_digest(data: str) -> str:
    """A digest of every file of a folder that may hold data, or of the one file: their names and their bytes.

    Read anew each time, 0.7 GB/s and core: sizes and times of files may stay the same where their content does not.
    Raises UsageError.
    """
    if data.startswith(MODELSCOPE):
        return data
    root = Path(data).expanduser()
    files = list(_digested(root))
    if not files:
        known = "there is no such folder or file" if not root.exists() else "there are no files of rows in it"
        raise UsageError(f"?data={data}: {known}")
    try:
        with ThreadPoolExecutor(_THREADS) as pool:
            digests = list(pool.map(_file_digest, files))
    except OSError as error:
        raise UsageError(f"?data={data}: {error.filename} cannot be read: {error.strerror}") from error
    above = root.parent if root.is_file() else root
    names = (file.relative_to(above).as_posix() for file in files)
    return hashlib.sha256(repr(list(zip(names, digests, strict=True))).encode(errors="surrogateescape")).hexdigest()


def subsets_in(data: str, subsets: Sequence[str], task: str) -> Sequence[str]:
    """Those of a task's subsets that lie in a folder, by the names of its files or of its configurations.

    Raises UsageError where the files do not say which subset they are, and the task has several.
    """
    root = Path(data).expanduser()
    if len(subsets) == 1 or data.startswith(MODELSCOPE):
        return subsets
    names = configurations(root)
    if names:
        parts = [(subset, f"{subset}-") for subset in subsets]
        found = [subset for subset, part in parts if any(n == subset or n.startswith(part) for n in names)]
        return found or subsets
    told = {named(source.words, subset_names(subsets)) for source in sources(root)}
    found = [subset for subset in subsets if subset in told]
    return found or _unsaid(data, task, "subset", subsets)


def splits_in(data: str, splits: Sequence[str], task: str) -> Sequence[str]:
    """Those of a task's splits that lie in a folder, by the names of its files, dev for validation and so on.

    Raises UsageError where the files do not say which split they are, and the task has several.
    """
    root = Path(data).expanduser()
    if len(splits) == 1 or data.startswith(MODELSCOPE) or configurations(root):
        return splits
    told = {named(source.words, split_names(splits)) for source in sources(root)}
    found = [split for split in splits if canonical(split) in told]
    return found or _unsaid(data, task, "split", splits)


@contextmanager
def kept_apart(owner: Any) -> Iterator[None]:
    """Within, what `datasets` makes of files it reads goes to a temporary folder, gone when `owner`, a task, is gone.

    Else copies of private data would stay in ~/.cache/huggingface/datasets, and be taken for files that were changed
    within the same second.
    """
    config: Any = door.module("datasets.config")
    folder = tempfile.mkdtemp(prefix="harness-mteb-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    before = config.HF_DATASETS_CACHE
    config.HF_DATASETS_CACHE = Path(folder)
    try:
        yield
    finally:
        config.HF_DATASETS_CACHE = before


def _unsaid(data: str, task: str, what: str, known: Sequence[str]) -> Sequence[str]:
    raise UsageError(
        f"?data={data}: {task} has several {what}s, and no file is named after one: "
        f"add &{what}=, one of {listed(known)}"
    )


def _digested(root: Path) -> Iterator[Path]:
    """Whatever may be read of a folder; of a file, it and those beside it that a classifier would learn from."""
    if root.is_file():
        yield root
        yield from (s.file for s in beside(root) if named(s.words, split_names(())) == "train" and s.file != root)
        return
    whole = is_hub_layout(root)
    for file in files_below(root):
        if is_rows(file) or (whole and file.suffix.lower() not in _WEIGHTS):
            yield file


def _file_digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
