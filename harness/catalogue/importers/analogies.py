"""Questions a b c d, four words a line, below lines `: category`: word2vec's questions-words.txt, CA8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.reading import lines
from harness.catalogue.importers.request import Request, shown
from harness.catalogue.rowfaults import row_fault

if TYPE_CHECKING:
    from harness.catalogue.importers.draft import Draft

WORDS = "abcd"


def read(asked: Request, draft: Draft) -> None:
    """Write the table analogies.

    Left out, and counted: a question given twice, and one that cannot be asked because its answer is one of its own
    words (CA8 has 丹麦 克朗 瑞典 克朗) or a is b or c. Words are parted by blanks or tabs, or, for terms of several
    words, by tabs alone.
    """
    file = asked.path
    draft.kind = "analogy"
    target = draft.table("analogies", shown(file))
    category, repeated, unasked = "all", 0, 0
    seen: set[tuple[str, ...]] = set()
    for line, text in lines(file, draft.faults, encoding_of(asked)):
        cells = text.split("\t") if text.count("\t") == len(WORDS) - 1 else text.split()
        words = [cell.strip() for cell in cells]
        if not words:
            continue
        if words[0].startswith(":"):
            category = " ".join(words)[1:].strip() or "all"
        elif len(words) != len(WORDS):
            message = f"not a question: {len(words)} words, a question is four: a b c d; with blanks in words, use tabs"
            row_fault(draft.faults, shown(file), line, "", message)
        elif words[3] in words[:3] or words[0] in words[1:3]:
            unasked += 1
        elif (question := (category, *words)) in seen:
            repeated += 1
        else:
            seen.add(question)
            target.add({"category": category, **dict(zip(WORDS, words, strict=True))}, shown(file), line)
    draft.note(repeated, "questions left out: they stand further up")
    draft.note(unasked, "questions left out: the answer is one of their own words, or a is b or c")
