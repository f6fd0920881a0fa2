"""The rankings of an embedder, written as other software reads them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache, default_cache_folder
from harness.errors import EmbedderError, SuiteError, UsageError
from harness.evaluate import answered
from harness.interop.answers import answers_of
from harness.interop.mteb.predictions import predictions_file, write_predictions
from harness.interop.mteb.result_reading import Model
from harness.interop.trec import write_run
from harness.model import Ranking, Suite
from harness.search import among, as_stored, usage_of
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval
from harness.workflows.candidates import opened
from harness.workflows.results.naming import place_in_mteb
from harness.workflows.shelf import shelf
from harness.workflows.terms import demand_consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.embedders.remote.terms import Terms
    from harness.interop.answers import Answers
    from harness.model import Embedder, Ranker, Reranker, Vectors
    from harness.workflows.candidates import Candidate
    from harness.workflows.configuration import Configuration

Format: TypeAlias = Literal["trec", "mteb"]
COLUMNS = ("suite", "embedder", "file", "queries", "answers")
_ODD = re.compile(r"[^\w.()+,=&-]")
_LONGEST = 200
"""Bytes of a file's name; file systems take 255, with what comes behind it."""


@dataclass(frozen=True)
class RankingsRequest:
    """What to write: suites and embedders by name, into a folder. depth: answers per query, at most."""

    suites: Sequence[str]
    embedders: Sequence[str]
    folder: Path
    format: Format = "trec"
    depth: int = 1000


@dataclass(frozen=True)
class Written:
    """A file with the ranking of one embedder on one suite, or why there is none: then `reason` says so."""

    suite: str
    embedder: str
    file: Path | None
    queries: int = 0
    answers: int = 0
    reason: str = ""

    def row(self) -> list[object]:
        """What `COLUMNS` name."""
        return [self.suite, self.embedder, str(self.file), self.queries, self.answers]


@dataclass(frozen=True)
class _Target:
    """Where rankings go. folders: by embedder. files: by suite. parts: what the files hold that take several suites."""

    folders: Mapping[str, str]
    files: Mapping[str, str]
    parts: dict[Path, dict[str, dict[str, Answers]]] = field(default_factory=dict)


def write_rankings(
    asked: RankingsRequest, configuration: Configuration, terms: Terms, tell: Callable[[str], None]
) -> list[Written]:
    """The answers of every embedder to every query, from vectors in the cache where they are there.

    <folder>/<embedder>/<suite>.run, or mteb's <folder>/<embedder>/<Task>_predictions.json. A suite that is no retrieval
    or reranking is left out, with the reason. Raises UsageError where none is one, for an id that the format cannot
    hold, and where texts would be sent without leave; EmbedderError, SuiteError.
    """
    suites = dict(_rankable(asked, configuration, tell))
    specs = {label: parse_spec(configuration.spec(label)) for label in asked.embedders or configuration.embedders}
    if not specs:
        raise UsageError("no embedder (-e) to ask: name one, as in -e bm25:")
    demand_consent(terms, [spec.text for spec in specs.values()])
    made: list[Written] = []
    target = _Target(file_names(specs), file_names(place.name for place in suites))
    with VectorCache(configuration.cache or default_cache_folder()) as cache:
        for label, spec in specs.items():
            candidate = opened(label, spec, cache, terms, lambda _: None)
            if isinstance(candidate.embedder, EmbedderError):
                raise candidate.embedder
            for place, suite in suites.items():
                tell(f"{label} · {place.name}")
                made.append(_written(place, suite, candidate, asked, target))
    return made


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Names that any file system takes, in no other folder. What is long, or like another, goes by its digest."""
    plain = {name: _ODD.sub("_", name) for name in names}
    alike = Counter(made.casefold() for made in plain.values())
    return {
        name: made
        if made.strip(".") and len(made.encode()) <= _LONGEST and alike[made.casefold()] == 1
        else _digested(name, made)
        for name, made in plain.items()
    }


def _digested(name: str, plain: str) -> str:
    digest = hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
    return f"{plain.encode()[: _LONGEST - len(digest) - 1].decode(errors='ignore')}-{digest}"


def _rankable(
    asked: RankingsRequest, configuration: Configuration, tell: Callable[[str], None]
) -> Iterator[tuple[Place, Suite]]:
    """The suites whose rankings can be asked for, each ready to be asked for so many answers."""
    others = []
    found = shelf(asked.suites or configuration.suites, configuration.cache, tell, configuration.suites)
    for place, suite in found.items():
        if isinstance(suite, SuiteError):
            raise suite
        if isinstance(suite, Suite) and isinstance(suite.task, Retrieval):
            # One more than asked for, where the query itself may be among them.
            deep = replace(suite.task, depth=asked.depth + int((suite.task.excluded >= 0).any()))
            yield place, replace(suite, task=deep)
        elif isinstance(suite, Suite) and isinstance(suite.task, Reranking):
            yield place, suite
        else:
            others.append(f"{place.name} ({suite.kind})")
    for name in others:
        tell(f"{name}: left out, it ranks no documents")
    if len(others) == len(found):
        raise UsageError(f"no retrieval or reranking suite to write rankings of: {', '.join(others) or 'none named'}")


def _written(place: Place, suite: Suite, candidate: Candidate, asked: RankingsRequest, target: _Target) -> Written:
    if isinstance(candidate.embedder, EmbedderError):
        raise candidate.embedder
    task = cast("Retrieval | Reranking", suite.task)
    ranking = _ranking(suite, candidate.embedder)
    if isinstance(ranking, str):
        return Written(place.name, candidate.label, None, reason=ranking)
    answers = answers_of(ranking, task, asked.depth)
    folder = asked.folder / target.folders[candidate.label]
    folder.mkdir(parents=True, exist_ok=True)
    if asked.format == "trec":
        file = folder / f"{target.files[place.name]}.run"
        write_run(file, answers, candidate.label)
    else:
        name, subset, split = place_in_mteb(place, suite)
        file = predictions_file(folder, name)
        splits = target.parts.setdefault(file, {}).setdefault(subset, {})
        if split in splits:
            reason = f"{file} has that split from another of these suites already: write them one at a time"
            return Written(place.name, candidate.label, None, reason=reason)
        splits[split] = answers
        write_predictions(file, Model(candidate.label, candidate.embedder.identity.key), target.parts[file])
    return Written(place.name, candidate.label, file, len(answers), sum(map(len, answers.values())))


def _ranking(suite: Suite, candidate: Embedder | Ranker | Reranker) -> Ranking | str:
    answer = answered(suite, candidate)
    if isinstance(answer, Ranking | str):
        return answer
    return _searched(suite, answer, cast("Embedder", candidate))


def _searched(suite: Suite, vectors: Mapping[str, Vectors], embedder: Embedder) -> Ranking:
    """As the task itself searches before it judges."""
    usage = usage_of(embedder)
    stored = as_stored(vectors, ["documents"], usage)
    queries, documents = stored["queries"], stored["documents"]
    if isinstance(suite.task, Reranking):
        return among(usage.similarity, queries, documents, suite.task.candidates)
    return usage.similarity.search(queries, documents, cast("Retrieval", suite.task).depth)
