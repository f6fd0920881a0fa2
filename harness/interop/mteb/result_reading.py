"""mteb's result files: what a task's JSON says, in the shapes that mteb has written since 0.x, without mteb.

results/<org__model>/<revision>/[experiments/<options>/]<Task>.json, model_meta.json beside it
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from numbers import Real
from typing import TYPE_CHECKING, Any

from harness.interop.names import check_names, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

META = "model_meta.json"
PREDICTIONS = "_predictions.json"
"""How the names of files with rankings end."""
EXPERIMENTS = "experiments"
_NOT_NUMBERS = frozenset({"main_score", "hf_subset", "languages", "mteb_version", "evaluation_time"})
"""What stands among the numbers of a subset and is none, or no number of its own."""

_SEPARATE = "nauc_"
"""How the names begin of numbers about how sure a model is, 105 of them per ranking."""
_SIMILARITIES = ("cosine", "manhattan", "euclidean", "dot", "max", "similarity")
_NESTED = {name: name for name in _SIMILARITIES} | {"cos_sim": "cosine"}
"""Numbers that older versions put under their similarity → how such names begin today."""
_RENAMED = {
    "NorwegianParliament": "NorwegianParliamentClassification",
    "CMedQAv2": "CMedQAv2-reranking",
    "CMedQAv1": "CMedQAv1-reranking",
    "8TagsClustering": "EightTagsClustering",
    "PPC": "PpcPC",
}
"""As mteb itself reads them; of files from before 1.11."""


@dataclass(frozen=True)
class Part:
    """The numbers of one subset and one split, by mteb's names.

    main: what the file calls the main score. undefined: the names of those that are NaN, infinite or null.
    """

    split: str
    subset: str
    numbers: Mapping[str, float]
    main: float | None = None
    undefined: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskScores:
    """A result file. date: when it was made, ISO 8601, empty where it does not say. seconds: of all parts together."""

    task: str
    dataset_revision: str
    version: str
    parts: tuple[Part, ...]
    date: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Model:
    """Whose results these are. experiment: the options that they were made with, as mteb names the folder."""

    name: str
    revision: str
    experiment: str = ""


def result_files(path: Path) -> list[Path]:
    """The file itself, or every file below a folder that may hold results, hidden ones left out."""
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*.json"))
        if not file.is_dir()
        and file.name != META
        and not file.name.endswith(PREDICTIONS)
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]


def model_of(file: Path) -> Model | None:
    """Whose results a file holds: model_meta.json beside it says so, or its folders do; None where neither does.

    Raises ValueError for a model_meta.json that cannot be read, and for what is no name.
    """
    folder = file.absolute().parent
    experiment = folder.name if folder.parent.name == EXPERIMENTS else ""
    named = folder.parent.parent if experiment else folder
    meta = _meta(folder / META)
    if meta.get("name"):
        model = Model(str(meta["name"]), str(meta.get("revision") or named.name), experiment)
    elif "__" in named.parent.name:
        model = Model(named.parent.name.replace("__", "/", 1), named.name, experiment)
    else:
        return None
    check_names(model.name, model.revision, model.experiment)
    return model


def finite(value: Any) -> float | None:
    """A finite number; truth values are none, nor are whole numbers beyond any float."""
    if not _is_number(value):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def read_json(text: str) -> Any:
    """Raises ValueError, also for what is nested deeper than Python reads."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read_task(text: str) -> TaskScores:
    """What a result file says. Raises ValueError that tells what is wrong with it."""
    try:
        data = read_json(text)
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ValueError("not a result of mteb: it is no object")  # noqa: TRY004 # a fault of the file, not of a caller
    old = "mteb_dataset_name" in data
    task, parts = (data.get("mteb_dataset_name"), _old_parts(data)) if old else (data.get("task_name"), _parts(data))
    if not isinstance(task, str) or not task:
        raise ValueError("not a result of mteb: it has no task_name")
    found = tuple(parts)
    if not found:
        raise ValueError("it has no scores")
    scores = TaskScores(
        task=_RENAMED.get(task, task),
        dataset_revision=str(data.get("dataset_revision") or ""),
        version=str(data.get("mteb_version") or ""),
        parts=found,
        date=_date(data.get("date")),
        seconds=finite(data.get("evaluation_time")),
    )
    _check(scores)
    return scores


def _check(scores: TaskScores) -> None:
    """Raises ValueError for names that no task, subset, split or number has."""
    check_names(scores.task, scores.dataset_revision, scores.version)
    if "?" in scores.task:
        raise ValueError(f"{scores.task!r} is no task: what stands behind ? are options")
    for part in scores.parts:
        check_names(part.split, part.subset, *part.numbers, *part.undefined)


def part_of(split: str, subset: str, entry: Mapping[str, Any]) -> Part:
    """What an entry of mteb's scores says: its numbers without those about how sure a model is, under today's names."""
    numbers: dict[str, float] = {}
    undefined: list[str] = []
    for name, value in _flat(entry):
        if not name or name in _NOT_NUMBERS or name.startswith(_SEPARATE):
            continue
        number = finite(value)
        if number is not None:
            numbers[name] = number
        elif value is None or _is_number(value):
            undefined.append(name)
    main = finite(entry.get("main_score"))
    if "main_score" in entry and main is None:
        undefined.append("main_score")
    return Part(split, subset, numbers, main, tuple(undefined))


def _meta(file: Path) -> dict[str, Any]:
    try:
        read = read_json(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(f"{META} beside it is not JSON: {error}") from error
    return read if isinstance(read, dict) else {}


def _parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """`scores: {split: [{hf_subset, main_score, …}, …]}`, since 1.11."""
    scores = data.get("scores")
    if not isinstance(scores, dict):
        raise ValueError("not a result of mteb: it has no scores by split")  # noqa: TRY004 # as above
    for split, entries in scores.items():
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise ValueError(f"scores: {split!r} is no list of objects, one per subset")
        subsets = [entry.get("hf_subset") for entry in entries]
        if not all(isinstance(subset, str) and subset for subset in subsets):
            raise ValueError(f"scores: an entry of {split!r} has no hf_subset")
        if len(set(subsets)) < len(subsets):
            raise ValueError(f"scores: {split!r} names a subset twice: {shown(', '.join(map(str, subsets)))}")
        yield from (part_of(split, str(subset), entry) for subset, entry in zip(subsets, entries, strict=True))


def _old_parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """`test: {…}` or `test: {subset: {…}}`, before 1.11."""
    splits = {split: scores for split, scores in data.items() if isinstance(scores, dict)}
    inside = [(name, value) for scores in splits.values() for name, value in scores.items()]
    several = any(isinstance(value, dict) and name not in {*_NESTED, "v_measures"} for name, value in inside)
    for split, scores in splits.items():
        of_subset = {key: value for key, value in scores.items() if isinstance(value, dict)}
        for subset, numbers in (of_subset if several else {"default": scores}).items():
            yield part_of(split, subset, numbers)


def _flat(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values; `cos_sim: {spearman: …}` as `cosine_spearman`."""
    for name, value in entry.items():
        if isinstance(value, dict) and name in _NESTED:
            yield from ((f"{_NESTED[name]}_{inner}", number) for inner, number in value.items())
        else:
            yield re.sub(r"^cos_sim_", "cosine_", name), value


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _date(value: Any) -> str:
    """A time stamp, or a text, as ISO 8601 in UTC; empty where it is neither."""
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            moment = read if read.tzinfo else read.replace(tzinfo=UTC)
        else:
            moment = datetime.fromtimestamp(float(value), UTC)
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
