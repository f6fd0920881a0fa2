"""Classification: can the class of a text be read off its frozen vector?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.classified import LinearProbe, NearestNeighbours
from harness.model import Finding, Index, Table, TableShape, Texts, Vectors
from harness.search import COSINE
from harness.tasks.folds import Assignment, Fold, class_shares, stratified_folds
from harness.tasks.labels import LABELLED, check_at_least, coded, data_seeds
from harness.tasks.lines import lines, themselves
from harness.tasks.probes import LogisticRegression, nearest_neighbours, predictions
from harness.tasks.sentences import sentence_groups, sentence_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Similarity

FEW = 5
"""A class with fewer items says next to nothing about itself."""
CONFUSED = 3
"""Pairs of classes that are told."""


@dataclass(frozen=True)
class Classification:
    """Texts with a class each. Equal texts are one group unless the table says otherwise.

    With a table `train` both probes learn from it and are judged on `test`; nothing is random then, and `folds` and
    `seeds` do nothing. Without it the rows of `test` are dealt into folds, `seeds` times, each time from a seed that
    depends on the data alone: classes in equal shares, no group in two folds.

    given, labels: the rows of `test`, then those of `train`; classes are places in `classes`.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    given: Sequence[str]
    labels: Index
    classes: Sequence[str]
    folds: int
    seeds: Sequence[int]
    neighbours: int
    leaks: tuple[Finding, ...]

    kind: ClassVar[str] = "classification"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "test": TableShape(LABELLED),
        "train": TableShape(LABELLED, required=False),
    }
    parameters: ClassVar[Mapping[str, Any]] = {"folds": 5, "seeds": 3, "neighbours": 5}
    yields: ClassVar[tuple[type[Any], ...]] = (LinearProbe, NearestNeighbours)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`.

        Faults: one class only, a class of `test` that `train` has not, and for k-fold fewer groups than folds, a class
        with fewer items than folds or all in one group.
        """
        del depth
        check_at_least(parameters, {"folds": 2, "seeds": 1, "neighbours": 1}, faults)
        test, train = tables["test"], tables.get("train")
        ids, texts = sentence_ids(test), test.columns["text"]
        groups = sentence_groups(test, texts)
        if train is None:
            _check_folds(test, groups, parameters["folds"], faults)
        else:
            _check_train(test, train, faults)
        learned = train.columns if train is not None else {"text": [], "label": []}
        classes, labels = coded([*test.columns["label"], *learned["label"]])
        return cls(
            ids=ids,
            groups=groups,
            given=[*texts, *learned["text"]],
            labels=labels,
            classes=classes,
            folds=parameters["folds"],
            seeds=data_seeds("folds", max(parameters["seeds"], 0), ids, test.columns["label"], texts),
            neighbours=parameters["neighbours"],
            leaks=_leaks(test, groups, train),
        )

    def texts(self) -> Mapping[str, Texts]:
        """The rows of `test`, and those of `train` where there are any; neither queries nor documents."""
        items = len(self.ids)
        tables = {"test": self.given[:items], "train": self.given[items:]}
        return {name: Texts(texts, "either") for name, texts in tables.items() if texts}

    def judge(
        self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE
    ) -> tuple[LinearProbe, NearestNeighbours]:
        """What both probes predict for each row of `test`. Raises MissingExtraError without scikit-learn."""
        items = len(self.ids)
        rows = np.concatenate([vectors[name] for name in self.texts()])
        gold = self.labels[:items]
        chance = class_shares(self.labels, self._assignments, items)
        regression = LogisticRegression()
        linear, nearest = (
            predictions(probe, rows, self.labels, self._assignments, items)
            for probe in (regression, nearest_neighbours(self.neighbours, similarity))
        )
        return (
            LinearProbe(self.ids, self.groups, self.classes, gold, linear, chance, regression.unconverged),
            NearestNeighbours(self.ids, self.groups, self.classes, gold, nearest, chance),
        )

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Leaks, small classes, confused classes, and fits that did not converge."""
        del random
        linear: LinearProbe = judged[LinearProbe]
        return (*self.leaks, *_small(linear), *_confused(linear), *_unconverged(linear))

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """The class that the linear probe predicts most often; of several, the first in order."""
        linear: LinearProbe = judged[LinearProbe]
        votes = np.zeros((len(linear.ids), len(linear.classes)))
        np.add.at(votes, (np.arange(len(votes))[:, None], linear.predicted), 1.0)
        chosen = votes.argmax(axis=1).tolist()
        return {name: linear.classes[code] for name, code in zip(linear.ids, chosen, strict=True)}

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The texts that are judged."""
        return lines(ids, self.ids, self.given[: len(self.ids)])

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The classes themselves."""
        return themselves(answers)

    @cached_property
    def _assignments(self) -> Sequence[Assignment]:
        items = len(self.ids)
        if len(self.given) > items:
            return [[Fold(np.arange(items, len(self.given)), np.arange(items))]]
        return stratified_folds(self.labels, self.groups, self.folds, self.seeds)


def _check_train(test: Table, train: Table, faults: Faults) -> None:
    known = frozenset(train.columns["label"])
    if len(known) < 2:  # noqa: PLR2004 # two classes are the fewest that can be told apart
        faults.add(train.file, 0, "label", "one class only: at least two are needed")
    for line, label in zip(test.lines, test.columns["label"], strict=True):
        if label not in known:
            faults.add(test.file, line, "label", f"absent class: {label!r} has no row in {train.file}")


def _check_folds(test: Table, groups: Sequence[str], folds: int, faults: Faults) -> None:
    members: dict[str, list[str]] = {}
    for label, group in zip(test.columns["label"], groups, strict=True):
        members.setdefault(label, []).append(group)
    if len(members) == 1:
        faults.add(test.file, 0, "label", "one class only: at least two are needed")
    if len(set(groups)) < folds <= len(groups):
        message = f"too few groups: {len(set(groups))}, fewer than the {folds} folds, and no group is in two of them"
        faults.add(test.file, 0, "group", f"{message}; add some, or set parameters.folds")
    for label, of_class in members.items():
        if len(of_class) < folds:
            message = f"too few items: class {label!r} has {len(of_class)}, fewer than the {folds} folds"
            faults.add(test.file, 0, "label", f"{message}; add some, or set parameters.folds")
        elif len(set(of_class)) == 1:
            message = f"one group: all items of class {label!r} are in group {of_class[0]!r}"
            faults.add(test.file, 0, "group", f"{message}, so that none can be learned from while another is judged")


def _leaks(test: Table, groups: Sequence[str], train: Table | None) -> tuple[Finding, ...]:
    """Texts that are learned from and judged."""
    texts = test.columns["text"]
    if train is not None:
        known = frozenset(train.columns["text"])
        count, where = sum(text in known for text in texts), f"rows of {test.file} whose text is also in {train.file}"
    else:
        of_text: dict[str, set[str]] = {}
        for text, group in zip(texts, groups, strict=True):
            of_text.setdefault(text, set()).add(group)
        count, where = sum(len(of_text[text]) > 1 for text in texts), "rows whose text is also in another group"
    return (Finding("leaked_texts", float(count), f"{where}: learned from and judged"),) if count else ()


def _small(judged: LinearProbe) -> list[Finding]:
    sizes = np.bincount(judged.gold, minlength=len(judged.classes)).tolist()
    note = f"fewer than {FEW} items: its share in macro-averaged scores is noise"
    return [
        Finding("small_classes", float(size), note, name)
        for name, size in zip(judged.classes, sizes, strict=True)
        if 0 < size < FEW
    ]


def _confused(judged: LinearProbe) -> list[Finding]:
    """The pairs of classes with the most items of the first that are taken for the second."""
    count = len(judged.classes)
    cells = judged.gold[:, None] * count + judged.predicted
    table = np.bincount(cells.ravel(), minlength=count * count).reshape(count, count) / judged.predicted.shape[1]
    sizes = table.sum(axis=1)
    np.fill_diagonal(table, 0.0)
    worst = np.argsort(-table, axis=None, kind="stable")[:CONFUSED]
    pairs = zip(*np.unravel_index(worst, table.shape), strict=True)
    return [
        Finding(
            "confused_classes",
            float(table[gold, taken]),
            f"of {sizes[gold]:.0f} items of the first class, taken for the second by the linear probe",
            f"{judged.classes[gold]} → {judged.classes[taken]}",
        )
        for gold, taken in pairs
        if table[gold, taken] > 0
    ]


def _unconverged(judged: LinearProbe) -> list[Finding]:
    note = "fits of the linear probe that took all steps before they had converged"
    return [Finding("unconverged_fits", float(judged.unconverged), note)] if judged.unconverged else []
