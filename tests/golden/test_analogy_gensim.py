"""Analogies come out as in gensim's KeyedVectors, and offsets as in scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

from harness.metrics import analogy
from harness.metrics.analogy import AnalogyRanks, analogy_accuracy
from harness.metrics.offsets import Offsets, consistency, ocs, shuffles
from harness.model import Table
from harness.tasks.analogy import Analogy

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Finding, Vectors

gensim_models = pytest.importorskip("gensim.models", reason="needs gensim: pip install 'embedding-harness[vectors]'")

RELATIONS = {"capital": 12, "gender": 7}


def relations(seed: int) -> tuple[Analogy, Vectors]:
    """Two relations with a common offset each under much noise, and 60 further words, of different lengths."""
    random = np.random.default_rng(seed)
    vectors: dict[str, Vectors] = {}
    rows: list[tuple[str, str, str]] = []
    for category, size in RELATIONS.items():
        offset = random.normal(size=20)
        for number in range(size):
            a, b = f"{category}a{number}", f"{category}b{number}"
            vectors[a] = random.normal(size=20)
            vectors[b] = vectors[a] + offset + random.normal(size=20)
            rows.append((a, b, category))
    vectors |= {f"word{number}": random.normal(size=20) for number in range(60)}
    columns = dict(zip(("a", "b", "category"), zip(*rows, strict=True), strict=True))
    tables = {
        "pairs": Table("pairs", "pairs.tsv", columns, range(len(rows))),
        "vocabulary": Table("vocabulary", "v.tsv", {"text": list(vectors)}, range(len(vectors))),
    }
    task = Analogy.read(tables, {}, 10, None)  # type: ignore[arg-type]  # nothing is faulty
    scale = random.uniform(0.5, 2, size=(len(task.words), 1))
    return task, (np.array([vectors[word] for word in task.words]) * scale).astype(np.float32)


def keyed(task: Analogy, vectors: Vectors) -> gensim_models.KeyedVectors:
    """The vocabulary as gensim holds it."""
    model = gensim_models.KeyedVectors(vectors.shape[1])
    model.add_vectors(list(task.words), vectors)
    return model


def judged(task: Analogy, vectors: Vectors) -> AnalogyRanks:
    """The ranks of every question."""
    return task.judge({"words": vectors})[0]


@pytest.mark.parametrize("seed", range(3))
def test_accuracy_is_that_of_evaluate_word_analogies(seed: int, tmp_path: Path) -> None:
    """Over all questions and in each section."""
    task, vectors = relations(seed)
    lines, section = [], ""
    for category, inputs, right in zip(
        task.questions.categories, task.questions.inputs.tolist(), task.questions.right.tolist(), strict=True
    ):
        lines += [f": {category}"] if category != section else []
        section = category
        lines.append(" ".join(task.words[place] for place in (*inputs, right)))
    file = tmp_path / "questions.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    accuracy, sections = keyed(task, vectors).evaluate_word_analogies(str(file), case_insensitive=False)
    ranks = judged(task, vectors)
    assert 0 < accuracy < 1
    assert analogy_accuracy(1).score(ranks) == pytest.approx(accuracy, abs=1e-6)
    ours = {finding.subject: finding.value for finding in _accuracies(task, vectors)}
    theirs = {part["section"]: len(part["correct"]) for part in sections[:-1]}
    asked = {name: len(part["correct"]) + len(part["incorrect"]) for name, part in zip(theirs, sections, strict=False)}
    assert ours == {name: pytest.approx(right / asked[name]) for name, right in theirs.items()}


@pytest.mark.parametrize("seed", range(3))
def test_ranks_are_those_of_most_similar(seed: int) -> None:
    """3CosAdd among all words but the inputs, and among all; the nearest to the third word."""
    task, vectors = relations(seed)
    model, ranks = keyed(task, vectors), judged(task, vectors)
    for row in range(0, len(task.questions), 5):
        a, b, c = (task.words[place] for place in task.questions.inputs[row])
        d = task.words[task.questions.right[row]]
        found = [word for word, _ in model.most_similar(positive=[b, c], negative=[a], topn=len(task.words))]
        assert found.index(d) == ranks.added[row]
        target = model.get_vector(b, norm=True) - model.get_vector(a, norm=True) + model.get_vector(c, norm=True)
        assert [word for word, _ in model.similar_by_vector(target, topn=len(task.words))].index(d) == ranks.honest[row]
        near = [word for word, _ in model.most_similar(c, topn=len(task.words)) if word not in {a, b}]
        assert near.index(d) == ranks.only_b[row]


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`")  # gensim's own call
@pytest.mark.parametrize("seed", range(3))
def test_ranks_are_those_of_most_similar_cosmul(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """3CosMul with gensim's own ε of 1e-6 in place of Levy and Goldberg's 0.001."""
    monkeypatch.setattr(analogy, "EPSILON", 1e-6)
    task, vectors = relations(seed)
    model, ranks = keyed(task, vectors), judged(task, vectors)
    for row in range(0, len(task.questions), 5):
        a, b, c = (task.words[place] for place in task.questions.inputs[row])
        d = task.words[task.questions.right[row]]
        found = [word for word, _ in model.most_similar_cosmul(positive=[b, c], negative=[a], topn=len(task.words))]
        assert found.index(d) == ranks.multiplied[row]


@pytest.mark.parametrize("seed", range(3))
def test_offset_scores_equal_scikit_learn(seed: int) -> None:
    """OCS as the mean of cosine_similarity, PCS as the mean of roc_auc_score over the same shuffles."""
    task, vectors = relations(seed)
    relation = task.relations[0]
    first, second = vectors[relation.first].astype(float), vectors[relation.second].astype(float)
    upper = np.triu_indices(len(first), 1)
    true = cosine_similarity(second - first)[upper]
    ours = task.judge({"words": vectors})[1]
    assert ocs(None).score(ours.take(np.array([0]))) == pytest.approx(true.mean(), abs=1e-6)
    wrong = shuffles(relation.second, np.random.default_rng(seed))
    scores = [np.concatenate([true, cosine_similarity(second[shuffle] - first)[upper]]) for shuffle in wrong]
    expected = np.mean([roc_auc_score(np.repeat([1, 0], len(true)), score) for score in scores])
    found = consistency(vectors[relation.first], vectors[relation.second], wrong)
    assert found == pytest.approx(expected, abs=1e-6)
    assert isinstance(ours, Offsets)


def _accuracies(task: Analogy, vectors: Vectors) -> list[Finding]:
    findings = task.findings({type(one): one for one in task.judge({"words": vectors})}, np.random.default_rng(0))
    return [finding for finding in findings if finding.name == "relation_analogy_accuracy@1"]
