"""Small copies of mteb's text tasks, one of every type, as folders in the hub's layout, and a deterministic embedder.

The names are mteb's own, so that its metadata, its loading and its transformations apply; the rows are made up here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from harness.embedders.baseline import open_baseline
from harness.model import Identity, Role, Spec, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest

Rows: TypeAlias = "list[dict[str, Any]]"
Configs: TypeAlias = "Mapping[str, Mapping[str, Rows]]"
"""Configuration → split → rows, as a dataset's repository has them."""

WORDS = (
    *("invoice", "order", "approval", "goods", "receipt", "payment", "contract"),
    *("采购", "审批", "合同", "付款", "收货", "salary", "holiday", "training"),
)


class WordSums:
    """A text is the sum of a random vector for each of its words: near are texts that share words.

    revision: another one is another model, with other vectors, under the same name.
    """

    def __init__(self, revision: str = "1") -> None:
        self.identity = Identity("test", "word-sums", revision, symmetric=True)
        self._words = open_baseline(Spec("baseline:random", "baseline", "random", {"dim": "24"}))
        self._revision = revision

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × dimension."""
        split = [[f"{self._revision}{word}" for word in text.split()] for text in texts]
        vectors = self._words.embed([word for words in split for word in words], role)
        starts = np.cumsum([0, *(len(words) for words in split[:-1])])
        return np.add.reduceat(vectors, starts, axis=0, dtype=np.float32)


def at_home(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """mteb and datasets, which copy everything that they read into the user's home, write below `folder` instead."""
    import datasets.config

    patch.setenv("HF_HUB_OFFLINE", "1")
    patch.setenv("MTEB_CACHE", str(folder / "mteb"))
    patch.setattr(datasets.config, "HF_DATASETS_CACHE", folder / "datasets")
    patch.setattr(datasets.config, "HF_MODULES_CACHE", folder / "modules")


def hub(folder: Path, configs: Configs) -> Path:
    """A folder as a dataset's repository: a JSON Lines file per configuration and split, and the README.md of them."""
    folder.mkdir(parents=True, exist_ok=True)
    card = ["---", "configs:"]
    for config, splits in configs.items():
        card += [f"- config_name: {config}", "  data_files:"]
        for split, rows in splits.items():
            name = f"{config}-{split}.jsonl"
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            (folder / name).write_text("".join(lines), encoding="utf-8")
            card += [f"  - split: {split}", f"    path: {name}"]
    (folder / "README.md").write_text("\n".join([*card, "---", ""]), encoding="utf-8")
    return folder


def sentences(count: int, random: np.random.Generator, words: Sequence[str] = WORDS) -> list[str]:
    """So many sentences of two to six words, each of which ends in a word of its own."""
    lengths = random.integers(2, 7, size=count)
    return [" ".join([*random.choice(words, size=length), f"w{n}"]) for n, length in enumerate(lengths)]


def pairs(count: int, random: np.random.Generator) -> Iterator[tuple[str, str]]:
    """Pairs of sentences that share from none to all of their words."""
    for n, text in enumerate(sentences(count, random)):
        words = text.split()[:-1]
        kept = words[: random.integers(0, len(words) + 1)]
        yield text, " ".join([*kept, *random.choice(WORDS, size=3), f"v{n}"])


def labelled(count: int, classes: int, random: np.random.Generator) -> Iterator[tuple[str, int]]:
    """Sentences about one of some classes: half of their words come from three that the class prefers."""
    for n in range(count):
        label = n % classes
        own = [WORDS[(3 * label + place) % len(WORDS)] for place in range(3)]
        yield " ".join([*random.choice(own, size=3), *random.choice(WORDS, size=3), f"w{n}"]), label


def ranking(random: np.random.Generator, documents: int = 60, queries: int = 25) -> dict[str, Any]:
    """Documents, every second with a title, queries, and eight judgements each from 0 to 3, one of them 1.

    The last three documents say what the first three say, so that there are ties; nothing is relevant for the last
    query.
    """
    texts = sentences(documents + queries, random)
    told = [*texts[: documents - 3], *texts[:3]]
    qrels = []
    for query in range(queries):
        grades = [*random.integers(0, 4, size=7).tolist(), 1] if query < queries - 1 else [0] * 8
        chosen = random.permutation(documents)[:8].tolist()
        qrels += [
            {"query-id": f"q{query}", "corpus-id": f"d{document}", "score": grade}
            for document, grade in zip(chosen, grades, strict=True)
        ]
    corpus = [
        {"_id": f"d{n}", "title": "" if text in told[:3] else WORDS[n % 15] if n % 2 else "", "text": text}
        for n, text in enumerate(told)
    ]
    asked = [{"_id": f"q{n}", "text": text} for n, text in enumerate(texts[documents:])]
    return {"default": {"test": qrels}, "corpus": {"corpus": corpus}, "queries": {"queries": asked}}


def reranking(random: np.random.Generator) -> dict[str, Any]:
    """The same with twelve candidates for each query: most of its judged documents and others."""
    data = ranking(random)
    judged: dict[str, list[str]] = {}
    for row in data["default"]["test"]:
        judged.setdefault(row["query-id"], []).append(row["corpus-id"])
    others = [row["_id"] for row in data["corpus"]["corpus"]]
    candidates = [
        {"query-id": query, "corpus-ids": list(dict.fromkeys([*found[1:], *map(str, random.choice(others, 12))]))[:12]}
        for query, found in judged.items()
    ]
    return {**data, "top_ranked": {"test": candidates}}


def instructed(random: np.random.Generator) -> dict[str, Any]:
    """Retrieval with an instruction beside each query."""
    data = ranking(random)
    wishes = sentences(len(data["queries"]["queries"]), random)
    rows = [{"query-id": f"q{n}", "instruction": f"prefer {wish}"} for n, wish in enumerate(wishes)]
    return {**data, "instruction": {"instruction": rows}}


def changed_instructions(random: np.random.Generator) -> dict[str, Any]:
    """Reranking where each query stands twice, once with its instruction changed, and loses documents by that."""
    texts = sentences(40, random)
    corpus = [{"_id": f"d{n}", "title": "", "text": text} for n, text in enumerate(texts)]
    queries, instructions, qrels, candidates, differing = [], [], [], [], []
    for n, text in enumerate(sentences(10, random)):
        chosen = [f"d{place}" for place in random.permutation(40)[:10]]
        for kind, kept in (("og", 4), ("changed", 2)):
            query = f"{n}-{kind}"
            queries.append({"_id": query, "text": text})
            instructions.append({"query-id": query, "instruction": f"{kind} {WORDS[n]}"})
            qrels += [{"query-id": query, "corpus-id": one, "score": int(i < kept)} for i, one in enumerate(chosen)]
            candidates.append({"query-id": query, "corpus-ids": chosen})
        differing.append({"query-id": str(n), "corpus-ids": chosen[2:4]})
    return {
        "default": {"test": qrels},
        "corpus": {"corpus": corpus},
        "queries": {"queries": queries},
        "instruction": {"instruction": instructions},
        "top_ranked": {"test": candidates},
        "qrel_diff": {"qrel_diff": differing},
    }


def graded(random: np.random.Generator) -> Configs:
    """Pairs with a score from 0 to 5 that has to do with the words they share."""
    rows = [
        {"sentence1": one, "sentence2": other, "score": min(5.0, _shared(one, other) + float(random.random()))}
        for one, other in pairs(60, random)
    ]
    return {"default": {"test": rows}}


def matched(random: np.random.Generator) -> Configs:
    """Pairs that match or do not."""
    rows = [
        {"sentence1": one, "sentence2": other, "labels": int(_shared(one, other) + random.random() > 2)}
        for one, other in pairs(60, random)
    ]
    return {"default": {"test": rows}}


def translated(random: np.random.Generator) -> Configs:
    """Pairs of sentences, no sentence twice."""
    return {"default": {"test": [{"sentence1": one, "sentence2": other} for one, other in pairs(60, random)]}}


def classified(random: np.random.Generator) -> Configs:
    """Five classes: 30 rows each to learn from, 12 each to be judged on."""
    rows = [{"text": text, "label": label} for text, label in labelled(210, 5, random)]
    return {"default": {"train": rows[:150], "test": rows[150:]}}


def clustered(random: np.random.Generator) -> Configs:
    """120 sentences of five labels."""
    rows = [{"sentences": text, "labels": f"label {label}"} for text, label in labelled(120, 5, random)]
    return {"default": {"test": rows}}


def clustered_in_sets(random: np.random.Generator) -> Configs:
    """Two rows, each of which holds the sentences and the labels of a clustering of its own."""
    rows = []
    for _ in range(2):
        texts, labels = zip(*labelled(60, 4, random), strict=True)
        rows.append({"sentences": list(texts), "labels": [f"label {label}" for label in labels]})
    return {"default": {"test": rows}}


def several_labels(random: np.random.Generator) -> Configs:
    """Sentences with one or two of four labels."""
    rows = [
        {"text": text, "label": [label, (label + 1) % 4][: int(random.integers(1, 3))]}
        for text, label in labelled(160, 4, random)
    ]
    return {"default": {"train": rows[:100], "test": rows[100:]}}


def measured(random: np.random.Generator) -> Configs:
    """Sentences with a number that their words tell."""
    rows = [{"text": text, "value": 2000.0 + 3 * label + random.random()} for text, label in labelled(200, 5, random)]
    return {"yearpubl_en": {"train": rows[:140], "test": rows[140:]}}


def summarised(random: np.random.Generator) -> Configs:
    """Twelve texts with two summaries by people and five by machines, which people have graded."""
    rows = []
    for n, text in enumerate(sentences(12, random)):
        people = [f"{text} {word}" for word in random.choice(WORDS, size=2)]
        shares = random.permutation(5)
        words = text.split()
        machines = [
            " ".join([*words[:share], *random.choice(WORDS, size=4), f"m{n}-{share}"]) for share in shares.tolist()
        ]
        grades = [float(min(5.0, share + random.random())) for share in shares]
        rows.append({"text": text, "human_summaries": people, "machine_summaries": machines, "relevance": grades})
    return {"default": {"test": rows}}


TASKS: Mapping[str, Callable[[np.random.Generator], Configs]] = {
    "SciFact": ranking,
    "AskUbuntuDupQuestions": reranking,
    "IFIRCds": instructed,
    "Core17InstructionRetrieval": changed_instructions,
    "STSBenchmark": graded,
    "SICKNLPairClassification": matched,
    "BornholmBitextMining": translated,
    "Banking77Classification": classified,
    "HALClusteringS2S.v2": clustered,
    "WikiCitiesClustering": clustered_in_sets,
    "CEDRClassification": several_labels,
    "RuSciBenchYearPublRegression?subset=yearpubl_en": measured,
    "SummEvalSummarization.v2": summarised,
}
"""A task of each type and layout → its rows."""
RANKED = ("SciFact", "AskUbuntuDupQuestions", "IFIRCds", "Core17InstructionRetrieval")
ONLY_MTEB = ("CEDRClassification", "RuSciBenchYearPublRegression?subset=yearpubl_en", "SummEvalSummarization.v2")
"""Of types that no kind of ours fits: several labels of one text, numbers, grades of summaries."""


def judged_by_mteb(model: Any, task: Any, **settings: Any) -> Any:
    """`mteb.evaluate`'s result of one task object, nothing kept of it and nothing shown, unless `settings` say so."""
    import mteb

    alone = {"cache": None, "co2_tracker": False, "show_progress_bar": False}
    (result,) = mteb.evaluate(model, task, **alone | settings).task_results
    return result


def scored_by_mteb(model: Any, task: Any) -> dict[str, Any]:
    """Every score of its one split and subset."""
    ((scores,),) = judged_by_mteb(model, task).scores.values()
    return dict(scores)


def selected(task: str, folder: Path, **options: str) -> str:
    """How the task is named on the command line with its data in `folder`."""
    name, _, asked = task.partition("?")
    given = "&".join([*([asked] if asked else []), *(f"{key}={value}" for key, value in options.items())])
    return f"mteb:{name}?data={folder}" + (f"&{given}" if given else "")


def write_task(task: str, folder: Path, seed: int = 11) -> Path:
    """Its folder with the rows that `TASKS` makes from a seed."""
    return hub(folder, TASKS[task](np.random.default_rng(seed)))


def _shared(one: str, other: str) -> int:
    return len({*one.split()} & {*other.split()})
