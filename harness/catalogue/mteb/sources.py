"""mteb's own task object with its data loaded, from wherever they are to be had.

?data=FOLDER or FILE ─ local      ?data=modelscope:NAME ─ ModelScope      else, until one of them has them:
the hub or its mirror → what `datasets` keeps → the files that were downloaded → ModelScope, where it is installed
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb import hub
from harness.catalogue.mteb.hub_layout import is_hub_layout
from harness.catalogue.mteb.local import kept_apart
from harness.catalogue.mteb.modelscope import NOT_INSTALLED, modelscope_folder
from harness.catalogue.mteb.names import MODELSCOPE
from harness.catalogue.mteb.plain import plain_dataset
from harness.catalogue.mteb.plain.published import count_differences
from harness.errors import Fault, SuiteError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.catalogue.mteb.place import MtebPlace

_MOST = 400
"""Characters of what a library says about a failure."""


@dataclass(frozen=True)
class Loaded:
    """A task with its data. notes: what is to be known about where they are from."""

    task: Any
    notes: tuple[str, ...] = ()


def load_task(place: MtebPlace) -> Loaded:
    """mteb's task of a place, of its subset and split alone. Raises SuiteError with what was tried to get its data.

    Of a class of its own: data that only an instance points to are forgotten after one evaluation.
    """
    if place.asked.data:
        return _from_given(place, _given(place))
    tried = []
    for what, attempt in _attempts(place).items():
        found = attempt(place)
        if isinstance(found, Loaded):
            return found
        tried.append(f"{what}: {found}")
    raise SuiteError(place.name, (Fault(_path(place), 0, "", _advice(place, tried)),))


def _attempts(place: MtebPlace) -> dict[str, Callable[[MtebPlace], Loaded | str]]:
    """Where to look, in this order."""
    return {
        f"the hub, {hub.address()}": _from_hub,
        f"what datasets keeps, {_shown(hub.cache_of_datasets())}": _from_datasets,
        f"files of the hub, {_shown(hub.cache_of_hub())}": _from_snapshot,
        f"ModelScope, {_path(place)}": _from_modelscope,
    }


def _shown(folder: Path) -> str:
    """With ~ for the home: the message is recorded, and nobody's name is to be in it."""
    home = Path("~").expanduser()
    return f"~/{folder.relative_to(home).as_posix()}" if folder.is_relative_to(home) else str(folder)


def _from_hub(place: MtebPlace) -> Loaded | str:
    return hub.refusal(_path(place), place.entry.revision) or _read(place)


def _from_datasets(place: MtebPlace) -> Loaded | str:
    why = hub.not_kept(_path(place), place.entry.revision)
    if why:
        return why
    with hub.offline():
        return _read(place)


def _from_snapshot(place: MtebPlace) -> Loaded | str:
    folder = hub.snapshot(_path(place), place.entry.revision)
    if isinstance(folder, str):
        return folder
    with hub.offline():
        return _read(place, folder)


def _from_modelscope(place: MtebPlace) -> Loaded | str:
    if hub.is_offline():
        return "not asked, because HF_HUB_OFFLINE is set"
    folder = modelscope_folder(_path(place))
    if isinstance(folder, str):
        return folder
    with hub.offline():
        found = _read(place, folder)
    note = f"the data are ModelScope's {_path(place)}, which need not be the revision that mteb names"
    return Loaded(found.task, (note,)) if isinstance(found, Loaded) else found


def _from_given(place: MtebPlace, root: Path) -> Loaded:
    """root: a copy of a data set's repository, which mteb reads itself, or the user's own files."""
    if not place.asked.on_modelscope and not is_hub_layout(root, place.entry.subsets):
        return _from_plain(place, root)
    found = _read(place, root)
    if isinstance(found, Loaded):
        return Loaded(found.task, (*found.notes, *count_differences(found.task, place)))
    raise SuiteError(place.name, (Fault(place.asked.data, 0, "", found),))


def _from_plain(place: MtebPlace, root: Path) -> Loaded:
    with door.undisturbed():
        task = _fresh(_known(place), place)
        plain = plain_dataset(root, place, task)
    task.dataset, task.data_loaded = plain.dataset, True
    return Loaded(task, tuple(plain.remarks))


def _given(place: MtebPlace) -> Path:
    """The folder or file that ?data= names, on this machine by now. Raises SuiteError."""
    data = place.asked.data
    if not place.asked.on_modelscope:
        root = Path(data).expanduser()
        if root.exists():
            return root
        raise SuiteError(place.name, (Fault(data, 0, "", "there is no such folder or file"),))
    found = modelscope_folder(data.removeprefix(MODELSCOPE))
    if isinstance(found, Path):
        return found
    advice = "" if found == NOT_INSTALLED else "; MODELSCOPE_ENDPOINT names another server, ?data=FOLDER a copy"
    raise SuiteError(place.name, (Fault(data, 0, "", f"ModelScope does not give it: {found}{advice}"),))


def _read(place: MtebPlace, folder: Path | None = None) -> Loaded | str:
    """A fresh task that has read its data, from the hub or from a copy of its repository, or what came instead.

    In one block: mteb seeds when it makes a task, and some tasks draw their rows from that.
    """
    path = _path(place)
    if folder is None and path and Path(path).exists():
        return f"not asked, because `datasets` would take {Path(path).resolve()} for it: work in another folder"
    with door.undisturbed():
        known = _known(place)
        task = _fresh(_of_hub(known) if folder is None else _of_copy(known, folder), place)
        try:
            task.load_data()
            if hasattr(task, "convert_v1_dataset_format_to_v2"):
                task.convert_v1_dataset_format_to_v2(num_proc=None)
        except _failures() as error:
            hub.notice(error)
            return _said(error, path)
    return _without_split(place, task.dataset) or Loaded(task)


def _without_split(place: MtebPlace, data: Any) -> str:
    """That the data have no such split; empty where they have. A task with one subset may hold its splits directly."""
    splits = data.get(place.subset, data) if isinstance(data, Mapping) else {}
    if not isinstance(splits, Mapping) or place.split in splits:
        return ""
    return f"there is no split {place.split!r}, only {', '.join(map(str, splits))}"


def _known(place: MtebPlace) -> Any:
    """The task's class in mteb."""
    return type(door.module().get_task(place.entry.name))


def _of_hub(known: Any, **where: str) -> Any:
    """Its data are where mteb says, or where `where` does. Code that comes with data is never run."""
    said = known.metadata.dataset | where
    dataset = {key: value for key, value in said.items() if key != "trust_remote_code"}
    return type(known.__name__, (known,), {"metadata": known.metadata.model_copy(update={"dataset": dataset})})


def _of_copy(known: Any, folder: Path) -> Any:
    """Its data are in a folder, and what `datasets` makes of them is not kept."""

    def _load_copy(self: Any, **options: Any) -> None:
        with kept_apart(self):
            known.load_data(self, **options)

    return type(known.__name__, (_of_hub(known, path=str(folder)),), {"load_data": _load_copy})


def _fresh(known: Any, place: MtebPlace) -> Any:
    """A task without data, of a class of its own: what is done to one leaves mteb's as it is."""
    task = type(known.__name__, (known,), {})()
    task.hf_subsets = [place.subset]
    return task.filter_eval_splits([place.split])


def _path(place: MtebPlace) -> str:
    return place.entry.path


def _advice(place: MtebPlace, tried: list[str]) -> str:
    path, revision = _path(place), place.entry.revision
    download = f"hf download {path} --repo-type dataset --revision {revision}"
    return "\n".join(
        [
            "its data cannot be had. Tried:",
            *(f"    - {one}" for one in tried),
            "  What to do, one of:",
            f"    - name a copy of them: 'mteb:{place.entry.name}?data=FOLDER' or ?data=modelscope:ORGANISATION/NAME",
            "    - name a mirror of the hub: HF_ENDPOINT=https://HOST, without HF_HUB_OFFLINE",
            f"    - where there is a network: {download}, and bring its cache here (HF_HOME)",
        ]
    )


def _failures() -> tuple[type[Exception], ...]:
    """What mteb, datasets and all that they read with raise where data cannot be had, or are not what they expect."""
    libraries = {
        "datasets.exceptions": ("DatasetsError",),
        "httpx": ("HTTPError", "InvalidURL"),
        "huggingface_hub.errors": ("EntryNotFoundError", "HfHubHTTPError", "XetDownloadError"),
        "polars.exceptions": ("PolarsError",),
        "pyarrow": ("ArrowException",),
        "tarfile": ("TarError",),
        "yaml": ("YAMLError",),
        "zipfile": ("BadZipFile",),
    }
    their_own = (ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, TypeError)
    return (OSError, ValueError, RuntimeError, *their_own, *door.errors(libraries))


def _said(error: Exception, path: str) -> str:
    """What a library has to say, in a line."""
    text = hub.without_secrets(str(error))
    if re.search(r"\bgated\b", text) and isinstance(error, OSError):
        return hub.gated(path)
    named = text if isinstance(error, OSError) and text else f"{type(error).__name__}: {text}".rstrip(": ")
    return named if len(named) <= _MOST else f"{named[:_MOST]}…"
