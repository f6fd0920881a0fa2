"""Tasks whose data are rows: sentence pairs, labelled texts, translations, summaries."""

from __future__ import annotations

import re
from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.catalogue import pair_labels
from harness.catalogue.headers import FIRST, SCORE, SECOND
from harness.catalogue.mteb.kinds.cells import as_list
from harness.catalogue.mteb.plain.files import canonical, words_of
from harness.catalogue.mteb.plain.published import published_statistics
from harness.catalogue.mteb.plain.reading import Field, read_list
from harness.catalogue.mteb.plain.splits import Rows
from harness.catalogue.mteb.plain.subsets import sides

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.catalogue.mteb.plain.splits import Plain

Splits: TypeAlias = "dict[str, Rows]"

_MATCH = ("labels", "label", "gold_label", "gold", "is_duplicate", "score")
TEXT = ("text", "sentence", "sentences", "texts", "query", "content", "utterance", "document")
_LABEL = ("label", "labels", "category", "class", "intent", "cluster")
_VALUE = ("value", "label", "score", "target")

_ENTAILMENT: Mapping[str, int | None] = {
    **pair_labels.PLAIN,
    **dict.fromkeys(pair_labels.MATCH, 1),
    **dict.fromkeys(pair_labels.NO_MATCH, 0),
    **dict.fromkeys(pair_labels.NEITHER),
}
"""Whether a pair matches. None: neither; mteb's tasks of inference leave those out."""
_NUMBERS = ("0", "1", "2")
_OF_CLUE = ("Ocnli", "Cmnli")

_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")


def similarity(plain: Plain) -> Splits:
    """Sentence pairs with a graded score."""
    first, second = plain.task.column_names
    fields = [Field(first, "prose", FIRST), Field(second, "prose", SECOND), Field("score", "number", SCORE, gaps=True)]
    return _judged(plain, plain.rows(fields))


def pairs(plain: Plain) -> Splits:
    """Sentence pairs whose label is 1 where they match and 0 where they do not."""
    task = plain.task
    label = Field(task.label_column_name, "label", _MATCH)
    fields = [Field(task.input1_column_name, "prose", FIRST), Field(task.input2_column_name, "prose", SECOND), label]
    rows = plain.rows(fields)
    return _judged(plain, None if rows is None else _matched(plain, rows, label.name))


def labelled(plain: Plain) -> Splits:
    """Texts with a label each, and those that a classifier learns from, which only mteb cannot do without."""
    label = plain.task.label_column_name
    splits = _with_training(plain, Field(label, "label", _LABEL), needed=plain.by_mteb)
    _numbered(splits, label)
    return splits


def multilabel(plain: Plain) -> Splits:
    """Texts with a list of labels each, and those that a classifier learns from."""
    label = plain.task.label_column_name
    splits = _with_training(plain, Field(label, "list", _LABEL))
    for rows in splits.values():
        rows.columns[label] = _lists(plain, rows, label)
    _numbered(splits, label)
    return splits


def valued(plain: Plain) -> Splits:
    """Texts with a number each, and those that a regression learns from."""
    return _with_training(plain, Field(plain.task.label_column_name, "number", _VALUE))


def clusters(plain: Plain) -> Splits:
    """Texts with the label of their cluster, or a list of labels, from the coarsest."""
    label = plain.task.label_column_name
    rows = plain.rows([Field(plain.task.input_column_name, "prose", TEXT), Field(label, "list", _LABEL)])
    if rows is None:
        return {}
    levels = _lists(plain, rows, label)
    nested = any(isinstance(value, list) for value in rows.columns[label]) or any(len(one) != 1 for one in levels)
    rows.columns[label] = levels if nested else [one for (one,) in levels]
    splits = _judged(plain, rows)
    _numbered(splits, label)
    return splits


def cluster_sets(plain: Plain) -> Splits:
    """Sets of texts with labels, as mteb's older tasks cluster them: a row holds a set, else a file does."""
    text, label = plain.task.input_column_name, plain.task.label_column_name
    rows = plain.rows([Field(text, "list", TEXT), Field(label, "list", _LABEL)])
    if rows is not None and not any(isinstance(value, list) for value in rows.columns[text]):
        rows = _set_per_file(rows, text, label)
    if rows is None:
        return {}
    for name, what in ((text, "texts"), (label, "labels")):
        rows.columns[name] = _lists(plain, rows, name, what)
    for texts, labels, (file, line) in zip(rows.columns[text], rows.columns[label], rows.origins, strict=True):
        if len(texts) != len(labels):
            plain.faults.add(file, line, label, f"not a label for each text: {len(labels)} for {len(texts)}")
    splits = _judged(plain, rows)
    _numbered(splits, label)
    return splits


def translations(plain: Plain) -> Splits:
    """Sentences and their translations; the columns may be called by the subset's languages: de and en, deu and eng."""
    first, _, second = plain.sought.subset.partition("-")
    own = (first, second or first) if plain.task.parallel_subsets else ("sentence1", "sentence2")
    one, other = sides(plain.sought.subset)
    fields = [
        Field(own[0], "prose", (*one, *FIRST, "source", "src")),
        Field(own[1], "prose", (*other, *SECOND, "target", "tgt")),
    ]
    return _judged(plain, plain.rows(fields))


def summaries(plain: Plain) -> Splits:
    """Texts with summaries by people, and summaries by machines with the grades that people gave them."""
    task = plain.task
    lists = (task.human_summaries_column_name, task.machine_summaries_column_name, task.relevancy_column_name)
    rows = plain.rows([Field(task.text_column_name, "prose", TEXT), *(Field(name, "list") for name in lists)])
    if rows is None:
        return {}
    for name in lists:
        rows.columns[name] = _lists(plain, rows, name, "values")
    return _judged(plain, rows)


def _judged(plain: Plain, rows: Rows | None) -> Splits:
    return {} if rows is None else {plain.sought.split: rows}


def _with_training(plain: Plain, label: Field, *, needed: bool = True) -> Splits:
    fields = [Field(plain.task.input_column_name, "prose", TEXT), label]
    splits = _judged(plain, plain.rows(fields))
    if canonical(plain.sought.split) != canonical(plain.task.train_split):
        training = plain.training(fields, needed=needed)
        splits |= {} if training is None else {plain.task.train_split: training}
    return splits


def _matched(plain: Plain, rows: Rows, label: str) -> Rows:
    words = [_word(value) for value in rows.columns[label]]
    three = set(words) - {"-1", "-"} == set(_NUMBERS)
    meaning = _numbers_of_inference(plain, Counter(words)) if three else _ENTAILMENT
    for word, (file, line) in zip(words, rows.origins, strict=True):
        if word not in meaning:
            plain.faults.add(file, line, label, f"unknown value: {word!r}; a pair matches, 1, or does not, 0")
    if set(words) - {"0", "1"}:
        plain.remarks.append(_told(label, meaning, Counter(words)))
    kept = [row for row, word in enumerate(words) if meaning.get(word) is not None]
    matched = rows.take(kept)
    matched.columns[label] = [meaning[words[row]] for row in kept]
    return matched


def _numbers_of_inference(plain: Plain, counts: Mapping[str, int]) -> Mapping[str, int | None]:
    """What 0, 1 and 2 mean, of which one is entailment, one neutral and one contradiction.

    In whichever order gives the numbers of matches and of others that mteb counted of its own data; else in that of
    CLUE for its tasks (neutral, entailment, contradiction), and of SNLI, MultiNLI and XNLI for others (entailment,
    neutral, contradiction).
    """
    told = published_statistics(plain.task, plain.sought).get("labels_statistics") or {}
    own = {label: of["count"] for label, of in (told.get("labels") or {}).items()}
    orders = list(permutations(_NUMBERS, 2))
    proven = [(match, none) for match, none in orders if own == {"1": counts[match], "0": counts[none]}]
    usual = ("1", "2") if plain.task.metadata.name in _OF_CLUE else ("0", "2")
    match, none = proven[0] if len(proven) == 1 else usual
    named = {match: "entailment", none: "contradiction"}
    order = ", ".join(f"{number} is {named.get(number, 'neutral')}" for number in _NUMBERS)
    why = "so that as many pairs match as in mteb's own data" if len(proven) == 1 else "the usual order for this task"
    plain.remarks.append(f"of the labels 0, 1 and 2, {order}: {why}")
    return {**dict.fromkeys((*_NUMBERS, "-1", "-")), match: 1, none: 0}


def _word(value: str) -> str:
    """A label without regard to how it is written: 1 for 1.0, not_entailment for Not-Entailment."""
    try:
        number = float(value)
    except ValueError:
        return "_".join(words_of(value)) or value
    return str(int(number)) if number.is_integer() else value


def _told(label: str, meaning: Mapping[str, int | None], words: Counter[str]) -> str:
    read = {None: "left out", 1: "a match", 0: "none"}
    each = (f"{word} ({count:,}) is {read[meaning[word]]}" for word, count in sorted(words.items()) if word in meaning)
    return f"of the labels in the column {label}, {', '.join(each)}"


def _lists(plain: Plain, rows: Rows, name: str, what: str = "labels") -> list[list[Any]]:
    """The values as lists of scalars; a list may be written as JSON in a cell."""
    made = []
    for value, (file, line) in zip(rows.columns[name], rows.origins, strict=True):
        items = read_list(value)
        if not items or not all(isinstance(item, int | float) or _written(item) for item in items):
            plain.faults.add(file, line, name, f"no {what}: a list of them is needed, as [1, 2]")
        made.append(items)
    return made


def _written(item: Any) -> bool:
    return isinstance(item, str) and bool(item.strip())


def _set_per_file(rows: Rows, text: str, label: str) -> Rows:
    files = dict.fromkeys(file for file, _ in rows.origins)
    columns: dict[str, list[Any]] = {text: [], label: []}
    for name, sets in columns.items():
        for file in files:
            pairs_of = zip(rows.columns[name], rows.origins, strict=True)
            sets.append([value for value, (origin, _) in pairs_of if origin == file])
    return Rows(columns, [(file, 1) for file in files])


def _numbered(splits: Splits, label: str) -> None:
    """Labels that are whole numbers throughout become numbers, as they are in mteb's own data; others become texts."""
    flat = [item for rows in splits.values() for value in rows.columns[label] for item in as_list(value)]
    whole = all(isinstance(item, int) or (isinstance(item, str) and _INTEGER.fullmatch(item)) for item in flat)
    made: Callable[[Any], Any] = int if whole else str
    for rows in splits.values():
        values: Sequence[Any] = rows.columns[label]
        rows.columns[label] = [[made(i) for i in v] if isinstance(v, list) else made(v) for v in values]
