"""What scores come of a text's surface: embedders that know nothing of meaning, put through a suite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from harness import plugins
from harness.diagnostics.guesses import HALF, way
from harness.diagnostics.notes import Note, severity
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.shortcuts import by_length, by_position
from harness.errors import MissingExtraError
from harness.evaluate import Outcome, evaluate
from harness.model import Embedder, Ranker, RankingTask, Reranker, RerankingTask, Suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.model import Metric

SPELLING, WORDS, EXACT = "baseline:hashing", "bm25:", "baseline:onehot"
MOST_CHARACTERS = {SPELLING: 5_000_000, EXACT: 5_000_000, WORDS: 60_000_000}
"""Of a suite, above which a shortcut would take minutes."""
_BESIDE = {"process": ("adjacency_auc",)}
"""What else of a kind spelling is measured by, whether or not the suite has it."""
_WIDE_IS_SLOW = {"classification", "clustering"}
"""Kinds that learn from vectors: thousands of dimensions would take seconds, and the most telling word says as much."""
_NAMES = {
    SPELLING: "character n-grams",
    WORDS: "shared words, weighted",
    EXACT: "shared words",
    "length": "texts of like length",
    "position": "like position in the file",
}
_ADVICE = "reword until surface is not enough, or keep what it scores beside every score"


def outcomes(suite: Suite, files: Mapping[str, Sequence[str]]) -> dict[str, Outcome | str]:
    """Shortcut → what it scores, or why it was not measured. files: see `by_position`; empty where order is no matter.

    A shortcut that does not fit the kind is left out.
    """
    names = dict.fromkeys([suite.headline.name, *_BESIDE.get(suite.kind, ())])
    known = {metric.name: metric for metric in suite.metrics}
    suite = replace(suite, metrics=tuple(known.get(name) or _metric(name) for name in names))
    ranks = isinstance(suite.task, RankingTask | RerankingTask)
    shortcuts: dict[str, Callable[[], Embedder | Ranker | Reranker]] = {
        SPELLING: lambda: open_embedder(parse_spec(SPELLING)),
    }
    if ranks:
        shortcuts[WORDS] = lambda: open_embedder(parse_spec(WORDS))
    elif suite.kind not in _WIDE_IS_SLOW:
        shortcuts[EXACT] = lambda: open_embedder(parse_spec(EXACT))
    shortcuts["length"] = by_length
    if files:
        shortcuts["position"] = lambda: by_position(files, str(suite.parameters.get("instruction", "")))
    return {name: _outcome(suite, name, opened) for name, opened in shortcuts.items()}


def shortcut_notes(found: Mapping[str, Outcome | str]) -> Iterator[Note]:
    """What each shortcut scores, beside the floor; a warning where it is more than half-way from there to 1."""
    for name, outcome in found.items():
        check = f"shortcut-{name.rpartition(':')[2] or name.rstrip(':')}"
        subject = f"{_NAMES[name]} ({name})" if ":" in name else _NAMES[name]
        if isinstance(outcome, str):
            yield Note(check, "info", None, subject, f"not measured: {outcome}")
            continue
        for score in outcome.scores if name == SPELLING else outcome.scores[:1]:
            if score.value is None:
                continue
            floor = score.floor or 0.0
            warned = score.higher_is_better and way(score.value, floor) > HALF
            text = f"{score.metric} {score.value:.3f}, where chance gets {floor:.3f}"
            yield Note(check, severity(warned=warned), score.value, subject, text, (), _ADVICE if warned else "")


def _metric(name: str) -> Metric[Any]:
    found = cast("Callable[[int | None], Metric[Any]]", plugins.find("metrics", name))
    return found(None)


def _outcome(suite: Suite, name: str, opened: Callable[[], Embedder | Ranker | Reranker]) -> Outcome | str:
    characters = sum(len(text) for asked in suite.task.texts().values() for text in asked.texts)
    most = MOST_CHARACTERS.get(name, MOST_CHARACTERS[WORDS])
    if characters > most:
        return f"{characters:,} characters, more than {most:,}; `harness run -e {name}` does it"
    try:
        return evaluate(suite, opened())
    except MissingExtraError as error:
        return str(error)
