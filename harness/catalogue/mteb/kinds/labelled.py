"""Texts with a label: classification, and multilabel classification where no text has two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.kinds.cells import as_label, as_list, as_text
from harness.catalogue.mteb.kinds.made import Made, Notes
from harness.catalogue.mteb.kinds.measured import ELSEWHERE, metrics_of
from harness.catalogue.mteb.kinds.rows import Rows, refused, rows_of, splits_of
from harness.catalogue.mteb.kinds.sampling import evenly, sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from harness.catalogue.mteb.place import MtebPlace

_PER_LABEL = 100
"""Rows of a label that are learned from."""
_MOST = 20_000
"""Rows that are learned from in all."""
_FOLDS = 5
_FEWEST = 2
"""Different texts of a class, of which one is learned from while another is judged; and classes."""


@dataclass(frozen=True)
class Labelled:
    """Texts and their labels, n each; none is empty."""

    texts: Sequence[str]
    labels: Sequence[str]

    def where(self, keep: Callable[[str, str], bool]) -> Labelled:
        """Those whose text and label are to be kept."""
        kept = [pair for pair in zip(self.texts, self.labels, strict=True) if keep(*pair)]
        return Labelled([text for text, _ in kept], [label for _, label in kept])

    def take(self, rows: Sequence[int]) -> Labelled:
        """The rows at these places."""
        return Labelled([self.texts[row] for row in rows], [self.labels[row] for row in rows])

    @property
    def rows(self) -> list[dict[str, str]]:
        """In our columns."""
        return [{"text": text, "label": label} for text, label in zip(self.texts, self.labels, strict=True)]


def classification(task: Any, place: MtebPlace) -> Made | None:
    """Texts to learn from and texts to judge, or texts in folds where one split is both."""
    notes = Notes()
    column = _column(task)
    rows, learned = rows_of(task, place), _train_split(task, place)
    names = _names([rows, learned] if learned else [rows], column)
    judged = _read(task, rows, names, notes, "texts")
    if learned is None:
        notes.remarks.append(f"{_FOLDS} folds of split {place.split}: there is no other to learn from")
        train = test = _foldable(_sampled(judged, place, notes), notes)
        tables, parameters = {"test": test.rows}, {"folds": _FOLDS}
    else:
        train = _sampled_train(_read(task, learned, names, notes, "texts to learn from"), place, notes)
        test = _sampled(_known(judged, set(train.labels), notes), place, notes)
        tables, parameters = {"train": train.rows, "test": test.rows}, {}
        _remark_unjudged(train, test, notes)
    _check_classes(train, test, notes, place)
    _remark_protocol(task, place, notes)
    return Made("classification", tables, metrics_of("classification", task, place, notes), notes, parameters)


def multilabel(task: Any, place: MtebPlace) -> Made | None:
    """Classification where every text has exactly one label, else None."""
    learned = _train_split(task, place)
    both = [rows_of(task, place), *([learned] if learned else [])]
    alone = all(len(labels) == 1 for rows in both for labels in map(as_list, rows.column(_column(task))))
    return classification(task, place) if alone else None


def _column(task: Any) -> str:
    return getattr(task, "label_column_name", "label")


def _train(task: Any) -> str:
    return getattr(task, "train_split", "train")


def _train_split(task: Any, place: MtebPlace) -> Rows | None:
    """The rows to learn from; None where there are none, or they are those that are judged."""
    name = _train(task)
    alone = getattr(task, "is_cross_validation", False) or name == place.split or name not in splits_of(task, place)
    return None if alone else rows_of(task, place, name)


def _names(tables: Sequence[Rows], column: str) -> Sequence[str] | None:
    """What the numbers of the labels stand for, where all splits agree on that."""
    found = [rows.class_names(column) for rows in tables]
    return found[0] if all(names == found[0] for names in found) else None


def _read(task: Any, rows: Rows, names: Sequence[str] | None, notes: Notes, what: str) -> Labelled:
    texts, labels = [], []
    for text, label in rows.zipped(getattr(task, "input_column_name", "text"), _column(task)):
        texts.append(as_text(text))
        (alone,) = of if len(of := as_list(label)) == 1 else (None,)
        labels.append(as_label(alone, names))
    notes.left_out[f"{what} without a label left out"] += sum(not label for label in labels)
    notes.left_out[f"{what} that are empty left out"] += sum(
        not text for text, label in zip(texts, labels, strict=True) if label
    )
    return Labelled(texts, labels).where(lambda text, label: bool(text and label))


def _known(judged: Labelled, classes: Collection[str], notes: Notes) -> Labelled:
    """Without the texts of a class that nothing is learned about."""
    kept = judged.where(lambda _, label: label in classes)
    lost = len(judged.texts) - len(kept.texts)
    notes.left_out["texts of a class that is not learned left out; in mteb they are all wrong"] += lost
    return kept


def _check_classes(train: Labelled, test: Labelled, notes: Notes, place: MtebPlace) -> None:
    """Raise SuiteError where there is nothing to tell apart."""
    classes = len(set(train.labels))
    if classes < _FEWEST or not test.texts:
        of_them = f"{classes:,} classes to learn, {len(test.texts):,} texts to judge"
        raise refused(place, "; ".join([f"nothing to tell apart: {of_them}", *notes.sentences]))


def _remark_protocol(task: Any, place: MtebPlace, notes: Notes) -> None:
    missing = "" if _train(task) in splits_of(task, place) else f", and needs the split {_train(task)} for it"
    notes.remarks.append(
        f"mteb learns from {getattr(task, 'samples_per_label', 8)} texts of each label, "
        f"{getattr(task, 'n_experiments', 10)} times, so its scores are others: {ELSEWHERE}{missing}"
    )


def _remark_unjudged(train: Labelled, test: Labelled, notes: Notes) -> None:
    unjudged = len(set(train.labels) - set(test.labels))
    if unjudged:
        notes.remarks.append(
            f"{unjudged:,} classes are learned, and no text of theirs is judged: macro_f1 is the mean over the others, "
            "mteb's f1 over all that are predicted"
        )


def _foldable(judged: Labelled, notes: Notes) -> Labelled:
    """Without classes that cannot be in every fold, or of which all texts are the same."""
    sizes = Counter(judged.labels)
    texts: dict[str, set[str]] = {}
    for text, label in zip(judged.texts, judged.labels, strict=True):
        texts.setdefault(label, set()).add(text)
    kept = judged.where(lambda _, label: sizes[label] >= _FOLDS and len(texts[label]) >= _FEWEST)
    lost = len(judged.texts) - len(kept.texts)
    notes.left_out[f"texts of classes with fewer than {_FOLDS} texts, or with one only, left out"] += lost
    return kept


def _sampled_train(train: Labelled, place: MtebPlace, notes: Notes) -> Labelled:
    """At most _PER_LABEL of a label and _MOST in all, or as many in all as are asked for."""
    most = place.asked.rows
    kept = evenly(train.texts, train.labels, most or _PER_LABEL, most or _MOST)
    if len(kept) < len(train.texts):
        notes.remarks.append(
            f"learned from a sample of {len(kept):,} of {len(train.texts):,} texts, the same every time, "
            f"at most {max(Counter(train.take(kept).labels).values()):,} of a label: ?rows=N takes another number"
        )
    return train.take(kept)


def _sampled(judged: Labelled, place: MtebPlace, notes: Notes) -> Labelled:
    return judged.take(sampled(judged.texts, judged.labels, place.asked.rows, "texts that are judged", notes))
