"""Pairs of sentences: STS, pair classification, bitext mining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.kinds.cells import as_label, as_number, as_text
from harness.catalogue.mteb.kinds.made import Made, Notes
from harness.catalogue.mteb.kinds.measured import metrics_of
from harness.catalogue.mteb.kinds.rows import Rows, rows_of
from harness.catalogue.mteb.kinds.sampling import sampled
from harness.catalogue.pair_labels import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.catalogue.mteb.place import MtebPlace


def similarity(task: Any, place: MtebPlace) -> Made | None:
    """Sentence pairs with a graded score."""
    rows = rows_of(task, place)
    notes = Notes()
    first, second = map(_column, getattr(task, "column_names", ("sentence1", "sentence2")))
    scored = zip(rows.zipped(first, second), map(as_number, rows.column("score")), strict=True)
    texts = [(as_text(one), as_text(other), score) for (one, other), score in scored]
    _remark_roles(task, notes)
    return _made("similarity", list(_pairs(texts, "score", notes)), task, place, notes)


def pairs(task: Any, place: MtebPlace) -> Made | None:
    """Sentence pairs that match or do not."""
    notes = Notes()
    first = _column(getattr(task, "input1_column_name", "sentence1"))
    second = _column(getattr(task, "input2_column_name", "sentence2"))
    said = getattr(task, "label_column_name", "labels")
    rows = rows_of(task, place).unfolded(first, second, said)
    labels = (PLAIN.get(as_label(label).lower()) for label in rows.column(said))
    labelled = zip(rows.zipped(first, second), labels, strict=True)
    texts = [(as_text(one), as_text(other), label) for (one, other), label in labelled]
    _remark_roles(task, notes)
    return _made("pairs", list(_pairs(texts, "label", notes)), task, place, notes)


def bitext(task: Any, place: MtebPlace) -> Made | None:
    """Sentence pairs in two languages. None where one side has sentences without a partner: mteb searches them too."""
    rows = rows_of(task, place)
    parallel = getattr(task, "parallel_subsets", False)
    first, second = place.subset.split("-") if parallel else ("sentence1", "sentence2")
    if "gold" in rows.names and not _is_aligned(rows, first, second):
        return None
    notes = Notes()
    given = [(as_text(one), as_text(other), True) for one, other in rows.zipped(first, second)]
    distinct = list(dict.fromkeys(given))
    notes.left_out["pairs given again merged; mteb counts one of them as wrong"] += len(given) - len(distinct)
    kept = list(_pairs(distinct, "", notes))
    if len({row["sentence2"] for row in kept}) < len(kept):
        notes.remarks.append("sentences with several translations: each is right here, in mteb that of the same row")
    return _made("bitext", kept, task, place, notes)


def _pairs(texts: Sequence[tuple[str, str, Any]], said: str, notes: Notes) -> Iterator[dict[str, Any]]:
    """Rows of two sentences and of what is said about them. said: the name of that column; empty: none."""
    for first, second, value in texts:
        if not (first and second):
            notes.left_out["pairs with an empty sentence left out"] += 1
        elif value is None:
            notes.left_out[f"pairs without a usable {said} left out"] += 1
        else:
            yield {"sentence1": first, "sentence2": second, **({said: value} if said else {})}


def _made(kind: str, rows: Sequence[dict[str, Any]], task: Any, place: MtebPlace, notes: Notes) -> Made:
    """The suite of as many of the rows as are asked for."""
    keys = [f"{row['sentence1']}\n{row['sentence2']}" for row in rows]
    kept = sampled(keys, [str(row.get("label", "")) for row in rows], place.asked.rows, "pairs", notes)
    return Made(kind, {"pairs": [rows[row] for row in kept]}, metrics_of(kind, task, place, notes), notes)


def _is_aligned(rows: Rows, first: str, second: str) -> bool:
    """Whether every sentence of either side is the partner of the one in its row."""
    gold = [tuple(pair) for pair in rows.column("gold")]
    sides = (len(rows.column(first)), len(rows.column(second)))
    return sides == (len(gold), len(gold)) and all(pair == (row, row) for row, pair in enumerate(gold))


def _column(given: str | Mapping[str, str]) -> str:
    """The name of a column, or of the one column of a mapping from columns to what they hold."""
    return given if isinstance(given, str) else next(iter(given))


def _remark_roles(task: Any, notes: Notes) -> None:
    roles = [getattr(task, f"input{side}_prompt_type", None) for side in (1, 2)]
    if any(roles):
        named = " and ".join(getattr(role, "value", None) or "neither" for role in roles)
        notes.remarks.append(f"mteb embeds the two sides as {named}; here both are neither query nor document")
