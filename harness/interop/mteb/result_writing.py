"""Our runs as mteb's result files, in its folders: valid JSON, without NaN, and readable by its own classes.

<folder>/results/<backend__model>/<identity>/<Task>.json, model_meta.json beside it: mteb.ResultCache(folder) finds them
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.interop.mteb import door
from harness.interop.mteb.identity import model_meta
from harness.interop.mteb.result_reading import META

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.model import Identity


@dataclass(frozen=True)
class Scored:
    """The numbers of one subset and one split of a task, by mteb's names, finite.

    languages: as mteb writes them. fingerprint: of the rows that were judged.
    """

    split: str
    subset: str
    main: float
    numbers: Mapping[str, float]
    languages: Sequence[str]
    fingerprint: str
    seconds: float
    timestamp: float


def write_result(folder: Path, identity: Identity, task: str, parts: Sequence[Scored]) -> Path:
    """Write what one embedder scored on one task, and who it is; return the file. A former one is replaced.

    Its dataset_revision is the fingerprint of the rows, so that mteb never takes it for a result on other data. Raises
    MissingExtraError without mteb.
    """
    meta = model_meta(identity)
    home = folder / "results" / str(meta.model_name_as_path()) / str(meta.revision)
    home.mkdir(parents=True, exist_ok=True)
    # Options under `experiment_kwargs` would hide the results from `load_results`; the revision has them already.
    plain = meta.model_copy(update={"experiment_kwargs": None, "loader_kwargs": dict(identity.options)}).to_dict()
    (home / META).write_text(_json(json.loads(json.dumps(plain, default=str))), encoding="utf-8")
    content = _content(task, parts)
    with door.undisturbed():
        door.module("mteb.results").TaskResult.from_dict(content)  # what mteb would not read is a bug, and must show
    file = home / f"{task}.json"
    file.write_text(_json(content), encoding="utf-8")
    return file


def _content(task: str, parts: Sequence[Scored]) -> dict[str, Any]:
    version = door.version()
    scores: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        entry = {
            **part.numbers,
            "main_score": part.main,
            "hf_subset": part.subset,
            "languages": list(part.languages),
            "mteb_version": version,
            "fingerprint": part.fingerprint,
        }
        scores.setdefault(part.split, []).append(entry)
    return {
        "dataset_revision": "+".join(dict.fromkeys(part.fingerprint for part in parts)),
        "task_name": task,
        "mteb_version": version,
        "scores": scores,
        "evaluation_time": sum(part.seconds for part in parts),
        "kg_co2_emissions": None,
        "date": max(part.timestamp for part in parts),
    }


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
