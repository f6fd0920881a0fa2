"""`<Task>_predictions.json`: the rankings that mteb keeps in its prediction_folder.

{"mteb_model_meta": {"model_name": …, "revision": …}, subset: {split: {query: {document: score}}}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.interop.mteb.result_reading import PREDICTIONS, finite, read_json
from harness.interop.names import check_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.interop.answers import Answers
    from harness.interop.mteb.result_reading import Model

_MODEL = "mteb_model_meta"


@dataclass(frozen=True)
class Predictions:
    """What a file says. model: its name, empty where it does not say. parts: subset → split → answers, unread."""

    file: Path
    model: str
    revision: str
    parts: Mapping[str, Mapping[str, Any]]

    def answers(self, subset: str, split: str) -> dict[str, dict[str, float]]:
        """Of one subset and split. Raises UsageError where it has none, or they are no ranking."""
        found = self.parts.get(subset, {}).get(split)
        if found is None:
            known = ", ".join(f"{one}/{other}" for one, splits in self.parts.items() for other in splits)
            raise UsageError(f"{self.file} has no subset {subset!r} with split {split!r}. It has: {known or 'nothing'}")
        if not isinstance(found, dict) or not all(isinstance(of_query, dict) for of_query in found.values()):
            raise UsageError(f"{self.file}: {subset}/{split} is no ranking: query → document → score is needed")
        for query, of_query in found.items():
            for document, score in of_query.items():
                if finite(score) is None:
                    raise UsageError(f"{self.file}: query {query!r}, document {document!r}: {score!r} is no score")
        return found


def predictions_file(folder: Path, task: str) -> Path:
    """Where mteb keeps the rankings of a task."""
    return folder / f"{task}{PREDICTIONS}"


def read_predictions(file: Path) -> Predictions:
    """Raises UsageError for a file that cannot be read, or is no object of subsets."""
    try:
        data = read_json(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error
    if not isinstance(data, dict) or not all(isinstance(splits, dict) for splits in data.values()):
        raise UsageError(f"{file} holds no predictions of mteb: subset → split → query → document → score is needed")
    meta = data.pop(_MODEL, {})
    model, revision = str(meta.get("model_name") or ""), str(meta.get("revision") or "")
    try:
        check_names(model, revision)
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error
    return Predictions(file, model, revision, data)


def write_predictions(file: Path, model: Model, parts: Mapping[str, Mapping[str, Answers]]) -> None:
    """parts: subset → split → answers."""
    meta = {"model_name": model.name, "revision": model.revision}
    text = json.dumps({_MODEL: meta, **parts}, ensure_ascii=False, allow_nan=False)
    file.write_text(text, encoding="utf-8")
