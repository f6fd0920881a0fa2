"""The built-in suites are data of quality: whole, free, documented, without templates, not guessable from surface."""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from harness.catalogue import Place, builtin_places, load_suite
from harness.catalogue.locate import builtin_root
from harness.tasks.analogy import Analogy
from harness.tasks.bitext import Bitext
from harness.tasks.graphs import spelling
from harness.tasks.pairs import Pairs
from harness.tasks.process import Process
from harness.tasks.retrieval import Retrieval
from harness.tasks.similarity import Similarity
from harness.tasks.triplets import Triplets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats, Suite

PLACES = {place.name: place for place in builtin_places()}
EVERY = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)


def of_topic(topic: str) -> pytest.MarkDecorator:
    """Every suite of a topic, one per language."""
    places = [place for place in PLACES.values() if place.name.endswith(f"/{topic}")]
    return pytest.mark.parametrize("place", places, ids=[place.name for place in places])


def retrieval(place: Place) -> Retrieval:
    """The suite as the task it must be."""
    task = load_suite(place).task
    assert isinstance(task, Retrieval)
    return task


def surface(text: str, place: Place) -> frozenset[str]:
    """What a text looks like: character bigrams without punctuation (zh), lower-cased words (en)."""
    return bigrams(text) if place.name.startswith("zh/") else frozenset(re.findall(r"\w+", text.lower()))


def bigrams(text: str) -> frozenset[str]:
    """Pairs of characters that follow each other within a run of letters and digits."""
    runs = re.findall(r"\w+", text.lower())
    return frozenset(run[start : start + 2] for run in runs for start in range(max(1, len(run) - 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared parts over all parts."""
    return len(one & other) / max(1, len(one | other))


def auc(above: Floats, below: Floats) -> float:
    """P(a member of `above` is larger than one of `below`), ties one half."""
    ranks = rankdata(np.concatenate([above, below]))[: len(above)]
    return float((ranks.mean() - (len(above) + 1) / 2) / len(below))


def texts(suite: Suite) -> list[str]:
    """Every distinct text of a suite."""
    return list(dict.fromkeys(text for asked in suite.task.texts().values() for text in asked.texts))


def test_suites_are_data_only() -> None:
    """Nothing but tables, pictures, declarations and descriptions lies under suites/."""
    endings = Counter(path.suffix for path in builtin_root().rglob("*") if path.is_file())
    assert set(endings) <= {".yaml", ".md", ".tsv", ".jsonl", ".png"}


def test_both_languages_have_every_topic() -> None:
    """What can be asked in Chinese can be asked in English."""
    topics = {language: {name[3:] for name in PLACES if name.startswith(f"{language}/")} for language in ("zh", "en")}
    assert topics["zh"] == topics["en"]
    assert topics["zh"] == {
        *("analogy", "categories", "composition", "cross-lingual/bitext", "cross-lingual/retrieval", "enterprise-kb"),
        *("instruction/intent", "instruction/topic", "lexical-gap", "long-document", "polysemy", "process"),
        *("sentiment", "similarity", "tables", "topics/classification", "topics/clustering", "word-order"),
    }


@EVERY
def test_a_suite_loads(place: Place) -> None:
    """A built-in suite has no faults, a licence that lets everybody use it, and a name for people."""
    suite = load_suite(place)
    assert suite.licence == "CC0-1.0"
    assert suite.title


@EVERY
def test_a_suite_is_described(place: Place) -> None:
    """The README says what the suite cannot tell, its licence, and how many rows each of its tables has."""
    readme = (place.folder / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^## .*[Ll]imits", readme, re.MULTILINE)
    assert "CC0-1.0" in readme
    for table in [*place.folder.glob("*.tsv"), *place.folder.glob("*.jsonl")]:
        rows = len(table.read_text(encoding="utf-8").splitlines()) - (table.suffix == ".tsv")
        assert re.search(rf"\b{rows}\b", readme), f"{table.name} has {rows} rows"


@EVERY
def test_no_text_is_written_twice(place: Place) -> None:
    """Queries, documents, steps and sentences are all different within their column."""
    task = load_suite(place).task
    for name, asked in task.texts().items():
        repeated = [text for text, times in Counter(asked.texts).items() if times > 1]
        assert repeated == [], name


@EVERY
def test_no_text_is_made_from_another(place: Place) -> None:
    """No two texts share more than four fifths of their character bigrams, as filled-in templates do.

    The texts of one row may: that is what a graded pair, a triplet or a bug beside its fix is made of.
    """
    suite = load_suite(place)
    own = kin(suite)
    looks = [(text, bigrams(text)) for text in texts(suite)]
    alike = [
        (one, other)
        for (one, first), (other, second) in combinations(looks, 2)
        if len(first & second) > 0.8 * len(first | second) and frozenset((one, other)) not in own
    ]
    assert alike == []


def kin(suite: Suite) -> set[frozenset[str]]:
    """The texts that stand in one row, two by two."""
    task = suite.task
    if isinstance(task, Analogy):
        rows = [
            (task.words[a], task.words[b])
            for relation in task.relations
            for a, b in zip(relation.first, relation.second, strict=True)
        ]
    elif isinstance(task, Similarity | Pairs | Triplets | Bitext):
        rows = list(zip(*(asked.texts for asked in task.texts().values()), strict=True))
    else:
        return set()
    return {frozenset(two) for row in rows for two in combinations(row, 2)}


@EVERY
def test_no_frame_is_filled_again_and_again(place: Place) -> None:
    """No three texts become equal when one word (en) or two neighbouring characters (zh) are left out of each."""
    frames: Counter[tuple[int, int]] = Counter()
    for text in texts(load_suite(place)):
        parts = re.findall(r"\w", text) if place.name.startswith("zh/") else re.findall(r"\w+", text.lower())
        gap = 2 if place.name.startswith("zh/") else 1
        if len(parts) >= 4 + gap:
            before, behind = chained(parts), chained(parts[::-1])[::-1]
            frames.update(set(zip(before, behind[gap:], strict=False)))
    assert [frame for frame, times in frames.items() if times >= 3] == []


def chained(parts: Sequence[str]) -> list[int]:
    """A number for what stands before each part, and for all of them: equal where it is equal."""
    return list(accumulate(parts, lambda before, part: hash((before, part)), initial=0))


@of_topic("lexical-gap")
def test_no_two_queries_differ_by_one_token(place: Place) -> None:
    """Two queries of four tokens or more differ in more than one of them."""
    tokens = r"\w" if place.name.startswith("zh/") else r"\w+"
    split = [re.findall(tokens, text.lower()) for text in retrieval(place).collection.query_texts]
    alike = [
        (one, other)
        for one, other in combinations(split, 2)
        if len(one) == len(other) >= 4 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    ]
    assert alike == []


def overlaps(task: Retrieval, place: Place) -> tuple[Floats, Floats]:
    """Share of each query's surface that each document has, q × n, and what is relevant, q × n of 0 and 1."""
    queries = [surface(text, place) for text in task.collection.query_texts]
    documents = [surface(text, place) for text in task.collection.document_texts]
    shared = np.array([[len(query & document) / len(query) for document in documents] for query in queries])
    relevant = np.zeros_like(shared)
    rows = np.repeat(np.arange(len(queries)), np.diff(task.relevant.indptr))
    relevant[rows, task.relevant.document] = task.relevant.gain > 0
    return shared, relevant


def recall(shared: Floats, relevant: Floats, k: int) -> float:
    """Mean recall@k of ranking by `shared`, expected over all orders of tied documents."""
    found = []
    for row, right in zip(shared, relevant.astype(bool), strict=True):
        better = (row[None, :] > row[right][:, None]).sum(axis=1)
        tied = (row[None, :] == row[right][:, None]).sum(axis=1)
        found.append(np.clip((k - better) / tied, 0, 1).mean())
    return float(np.mean(found))


@of_topic("lexical-gap")
def test_lexical_gap_is_not_guessable(place: Place) -> None:
    """Ranking by shared words or characters finds almost nothing, and the right documents are not the long ones."""
    task = retrieval(place)
    assert len(task.collection.query_texts) >= 150
    assert len(task.collection.document_texts) >= 400
    shared, relevant = overlaps(task, place)
    assert recall(shared, relevant, 1) <= 0.10
    assert recall(shared, relevant, 10) <= 0.35
    length = np.array([len(text) for text in task.collection.document_texts], np.float64)
    right = relevant.any(axis=0)
    assert 0.40 <= auc(length[right], length[~right]) <= 0.60


@of_topic("lexical-gap")
def test_order_in_the_file_tells_nothing(place: Place) -> None:
    """The right document stands neither early nor late in the corpus, nor where its query stands among the queries."""
    task = retrieval(place)
    rows = np.repeat(np.arange(len(task.collection.query_texts)), np.diff(task.relevant.indptr))
    position = np.arange(len(task.collection.document_texts), dtype=np.float64)
    right = np.isin(position, task.relevant.document)
    assert 0.40 <= auc(position[right], position[~right]) <= 0.60
    assert abs(spearmanr(rows, task.relevant.document).statistic) <= 0.2


@of_topic("similarity")
def test_similarity_is_not_guessable(place: Place) -> None:
    """Neither shared words or characters nor the difference in length follow the score, whose whole scale is used."""
    task = load_suite(place).task
    assert isinstance(task, Similarity)
    assert len(task.gold) >= 150
    pairs = list(zip(task.first, task.second, strict=True))
    shared = [jaccard(surface(one, place), surface(other, place)) for one, other in pairs]
    difference = [abs(len(one) - len(other)) for one, other in pairs]
    assert abs(spearmanr(task.gold, shared).statistic) <= 0.25
    assert abs(spearmanr(task.gold, difference).statistic) <= 0.2
    assert (np.histogram(task.gold, bins=6, range=(0, 5))[0] >= len(task.gold) // 20).all()


@of_topic("process")
def test_processes_are_not_guessable(place: Place) -> None:
    """A dozen processes of 5 to 12 steps, whose neighbours are not spelled alike more than other steps are."""
    task = load_suite(place).task
    assert isinstance(task, Process)
    assert len(task.graphs) >= 12
    assert {len(graph.labels) for graph in task.graphs} <= set(range(5, 13))
    told = []
    for graph in task.graphs:
        above = np.triu_indices(len(graph.labels), 1)
        edge, alike = graph.hops[above] == 1, spelling(graph.labels)[above]
        told.append(auc(alike[edge], alike[~edge]))
    assert 0.40 <= float(np.mean(told)) <= 0.62


@of_topic("process")
def test_processes_hang_together(place: Place) -> None:
    """Every step of a process can be reached from every other with directions ignored."""
    task = load_suite(place).task
    assert isinstance(task, Process)
    assert [graph.process for graph in task.graphs if not np.isfinite(graph.hops).all()] == []


@of_topic("process")
def test_judgements_agree_with_the_graph(place: Place) -> None:
    """Near steps are at most two hops apart, others at least two, and there are enough of both."""
    task = load_suite(place).task
    assert isinstance(task, Process)
    hops = {
        (g.process, a, b): g.hops[i, j]
        for g in task.graphs
        for i, a in enumerate(g.labels)
        for j, b in enumerate(g.labels)
    }
    apart = {
        kind: [hops[c.process, c.source, c.target] for c in task.claims if c.judgement == kind]
        for kind in ("near", "not-near")
    }
    assert max(apart["near"]) <= 2
    assert min(apart["not-near"]) >= 2
    assert min(map(len, apart.values())) >= 40


def test_the_judgements_that_the_suite_began_with() -> None:
    """A requisition is near its approval, an approval near the contract, a requisition not near the invoice."""
    task = load_suite(PLACES["zh/process"]).task
    assert isinstance(task, Process)
    claims = {(claim.source, claim.target): claim.judgement for claim in task.claims}
    assert claims["采购申请", "审批"] == "near"
    assert claims["审批", "合同"] == "near"
    assert claims["采购申请", "发票"] == "not-near"
