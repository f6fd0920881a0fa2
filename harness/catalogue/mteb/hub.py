"""A data set of the hub: whether the hub gives it, and what of it lies on this machine.

Asking once beforehand tells why not in a word, and at once: `datasets` asks six times, for 25 s, and then says that it
could not. What `datasets` keeps it takes for any revision, so that is looked at here, too.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0
"""Seconds that the hub may take to answer."""
_AGAIN = 60.0
"""Seconds for which a host that did not answer is not asked again: a benchmark has dozens of tasks."""
_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})(\..+)")
_HOST = re.compile(r"https?://(?:[^/]*@)?([^/]+)")
_REVISION = re.compile("[0-9a-f]{40}")
_silent: dict[str, tuple[float, str]] = {}
"""Host → when it did not answer, and what came instead."""


def address() -> str:
    """The host of the hub, or of the mirror that HF_ENDPOINT names; without a password."""
    found = _HOST.match(door.module("huggingface_hub.constants").ENDPOINT)
    return found[1] if found else "HF_ENDPOINT"


def is_offline() -> bool:
    """Whether HF_HUB_OFFLINE, or one of its other names, forbids to ask."""
    return bool(door.module("huggingface_hub.constants").HF_HUB_OFFLINE)


def refusal(path: str, revision: str) -> str:
    """Why the hub does not give a data set; empty where it does."""
    if is_offline():
        return "not asked, because HF_HUB_OFFLINE is set"
    host = address()
    known = silence_of(host)
    if known:
        return known
    try:
        return _refused(path, revision)
    except door.errors({"builtins": ("OSError",), "httpx": ("HTTPError", "InvalidURL")}) as error:
        late = isinstance(error, door.errors({"builtins": ("TimeoutError",), "httpx": ("TimeoutException",)}))
        why = f"no answer within {PATIENCE:.0f} s" if late else f"cannot be reached: {without_secrets(str(error))}"
    was_silent(host, why)
    return why


def silence_of(host: str) -> str:
    """Why a host did not answer a short while ago; empty where it may be asked."""
    since, why = _silent.get(host, (0.0, ""))
    return why if why and time.monotonic() - since < _AGAIN else ""


def was_silent(host: str, why: str) -> None:
    """Keep in mind that a host does not answer."""
    _silent[host] = (time.monotonic(), why)


def notice(error: BaseException) -> None:
    """Keep in mind that the hub was lost while data were read, where that is what an error comes from.

    It may answer questions and give no files, as where the servers that it sends to cannot be reached: `datasets`
    tries that for minutes. Its client has errors of its own, so that other hosts that a task asks do not count.
    """
    lost = door.errors({"httpx": ("TransportError",)})
    from_: BaseException | None = error
    while from_ is not None and not is_offline():
        if isinstance(from_, lost):
            was_silent(address(), "it was lost while data of another task were read")
        from_ = from_.__cause__ or from_.__context__


def _refused(path: str, revision: str) -> str:
    """What the hub says against it; empty where it says nothing. Raises what there is where it says nothing at all."""
    errors = door.module("huggingface_hub.errors")
    reasons = {  # one that is gated counts as not found, too
        errors.GatedRepoError: gated(path),
        errors.RepositoryNotFoundError: f"there is no data set {path}, or it is private and HF_TOKEN does not open it",
        errors.RevisionNotFoundError: f"it has no revision {revision} of {path}",
        errors.HFValidationError: f"{path} is no name of a data set",
    }
    try:
        door.module("huggingface_hub").HfApi().dataset_info(path, revision=revision, timeout=PATIENCE)
    except tuple(reasons) as error:
        return next(why for kind, why in reasons.items() if isinstance(error, kind))
    except errors.HfHubHTTPError as error:
        return f"answered with status {error.response.status_code}"
    except (AttributeError, LookupError, TypeError, ValueError):  # the page of a proxy that wants a password, say
        return "what answers there is no hub"
    return ""


def gated(path: str) -> str:
    """What to do about a data set that one has to ask for."""
    return f"gated: ask for access at https://huggingface.co/datasets/{path}, then name your token in HF_TOKEN"


def cache_of_datasets() -> Path:
    """Where `datasets` keeps what it has read."""
    return Path(door.module("datasets.config").HF_DATASETS_CACHE).expanduser()


def cache_of_hub() -> Path:
    """Where files of the hub are kept as they are."""
    return Path(door.module("huggingface_hub.constants").HF_HUB_CACHE).expanduser()


def not_kept(path: str, revision: str) -> str:
    """Why what `datasets` keeps is of no use; empty where it is what it would take, and is this revision.

    Without the hub, it takes whatever revision it has read last.
    """
    spelled = door.module("datasets.naming").camelcase_to_snakecase
    owner, _, name = path.rpartition("/")
    folder = cache_of_datasets() / "___".join([*([owner] if owner else []), spelled(name)])
    latest: dict[str, Path] = {}  # configuration → where it was read last
    for read in folder.glob("*/*/*/dataset_info.json"):
        known = latest.get(read.parts[-4])
        if known is None or known.stat().st_mtime < read.parent.stat().st_mtime:
            latest[read.parts[-4]] = read.parent
    others = sorted({found.name for found in latest.values()} - {revision})
    if not latest:
        return "not there"
    if others and _REVISION.fullmatch(revision):
        return f"it holds revision {', '.join(others)}, and mteb asks for {revision}"
    return ""


def snapshot(path: str, revision: str) -> Path | str:
    """The folder with the files of a revision, if they were downloaded before, or why there is none."""
    hub = door.module("huggingface_hub")
    try:
        with door.undisturbed():
            found = hub.snapshot_download(path, repo_type="dataset", revision=revision, local_files_only=True)
    except (OSError, ValueError) as error:  # ValueError: it is no name of a data set
        part = hasattr(error, "snapshot_path")  # as IncompleteSnapshotError has it, which older ones do not know
        return f"{'not all' if part else 'no'} files of revision {revision} are there"
    missing = _missing_shard(Path(found))
    return f"{missing} of revision {revision} is missing" if missing else Path(found)


@contextmanager
def offline() -> Iterator[None]:
    """Within, nothing is asked of the hub, as if HF_HUB_OFFLINE had been set at the start."""
    modules: list[Any] = [door.module("datasets.config"), door.module("huggingface_hub.constants")]
    before = [module.HF_HUB_OFFLINE for module in modules]
    try:
        for module in modules:
            module.HF_HUB_OFFLINE = True
        yield
    finally:
        for module, value in zip(modules, before, strict=True):
            module.HF_HUB_OFFLINE = value


def without_secrets(text: str) -> str:
    """What a library says, on one line, without tokens and without the part of addresses that may sign them."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "MODELSCOPE_API_TOKEN"):
        text = text.replace(os.environ.get(name) or "\0", f"${name}")
    text = re.sub(r"(https?://)[^\s/]+@", r"\1", text)
    text = re.sub(r"(https?://[^\s?]+)\?\S+", r"\1", text)
    return " ".join(text.split())


def _missing_shard(folder: Path) -> str:
    """A file that others of its row name and that is not there: a download that was cut off leaves such a row."""
    for file in folder.rglob("*-of-*"):
        found = _SHARD.fullmatch(file.name)
        for number in range(int(found[3]) if found else 0):
            name = f"{found[1]}-{number:05}-of-{found[3]}{found[4]}" if found else ""
            if not (file.parent / name).exists():
                return (file.parent / name).relative_to(folder).as_posix()
    return ""
