"""Labels: classes too small or too large to say much, and words that give a class away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.diagnostics.guesses import HALF, telling_word, way
from harness.diagnostics.notes import EXAMPLES, Note, severity
from harness.diagnostics.wording import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalogue.suites import Opened
    from harness.model import Table

FEWEST = 5
"""With fewer items a class says next to nothing about itself."""
FEW = 10
_UNEVEN = 10
"""How many times the smallest class the largest may be."""
_LABELS = ("label", "category")


def classes(opened: Opened) -> Iterator[Note]:
    """Classes of fewer than 5 and 10 items, and classes of very different sizes."""
    for table, column in _labelled(opened):
        sizes = Counter(table.columns[column]).most_common()
        smallest = [(label, size) for label, size in reversed(sizes) if size < FEW]
        tiny = sum(size < FEWEST for _, size in smallest)
        if smallest:
            few = FEWEST if tiny else FEW
            count = tiny or len(smallest)
            text = f"{count} of {len(sizes)} classes have fewer than {few} items: what is said about each is noise"
            examples = tuple(f"{label}: {size}" for label, size in smallest[:EXAMPLES])
            yield Note(
                "small-classes", severity(warned=tiny > 0), float(count), table.file, text, examples, "add items"
            )
        (largest, most), (least, fewest) = sizes[0], sizes[-1]
        if most > _UNEVEN * fewest:
            text = f"the largest class ({largest}) has {most:,} items, the smallest ({least}) {fewest:,}"
            advice = "look at macro_f1: accuracy is that of the large classes"
            yield Note("uneven-classes", "info", most / fewest, table.file, text, (), advice)


def telling_words(opened: Opened) -> Iterator[Note]:
    """The single word (pair of characters in Chinese) that tells most about the label of a text."""
    for table, column in _labelled(opened):
        if "text" not in table.columns:
            continue
        found = telling_word([parts(text) for text in table.columns["text"]], table.columns[column])
        if found:
            text = (
                f"“{found.word}” alone tells {found.label} from the rest: accuracy {found.accuracy:.2f}, "
                f"{found.majority:.2f} without any word"
            )
            warned = way(found.accuracy, found.majority) > HALF
            advice = "write more texts of this class without the word, and of the others with it" if warned else ""
            yield Note("telling-word", severity(warned=warned), found.accuracy, table.file, text, (), advice)


def _labelled(opened: Opened) -> Iterator[tuple[Table, str]]:
    """Tables with a column of labels, but for the vocabulary of relations."""
    for table in opened.tables.values():
        for column in _LABELS:
            if column in table.columns:
                yield table, column
