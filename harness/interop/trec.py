"""TREC's run files: `query Q0 document rank score tag`, a line per answer. As .gz, too."""

from __future__ import annotations

import gzip
import math
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.interop.names import check_names, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.interop.answers import Answers

_FIELDS = 6
_SHOWN = 10


def read_run(file: Path) -> tuple[dict[str, dict[str, float]], str]:
    """The answers and the tag. As trec_eval does, it reads the scores and not the ranks.

    Raises UsageError with every line that is none of a run file, or names an answer a second time.
    """
    answers: dict[str, dict[str, float]] = {}
    faults: list[str] = []
    tag = ""
    for number, fields in _lines(file):
        score = _score(fields)
        if score is None:
            found = shown(" ".join(fields)[:80])
            faults.append(f"{file.name}:{number}: not `query Q0 document rank score tag`: {found}")
        elif fields[2] in answers.setdefault(fields[0], {}):
            faults.append(f"{file.name}:{number}: query {shown(fields[0])} has document {shown(fields[2])} twice")
        else:
            answers[fields[0]][fields[2]] = score
            tag = tag or fields[5]
    if faults or not answers:
        told = faults[:_SHOWN] or ["it has no line"]
        raise UsageError(f"{file} is no run file of TREC: {len(faults):,} fault(s)\n  " + "\n  ".join(told))
    try:
        check_names(tag)
    except ValueError as error:
        raise UsageError(f"{file}: the tag {error}") from error
    return answers, tag


def write_run(file: Path, answers: Answers, tag: str) -> None:
    """A line per answer, best first, as they come. tag: who answered; what is blank in it becomes _.

    Raises UsageError for an id with a blank, which parts the fields.
    """
    named = (name for query, found in answers.items() for name in (query, *found))
    blank = next((name for name in named if name.encode().split() != [name.encode()]), None)
    if blank is not None:
        raise UsageError(
            f"a run file of TREC parts its fields by blanks, and the id {blank!r} has one: write --format mteb instead"
        )
    word = "_".join(tag.split()) or "run"
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for query, found in answers.items():
            for rank, (document, score) in enumerate(found.items(), start=1):
                stream.write(f"{query} Q0 {document} {rank} {score:.9g} {word}\n")


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of every line that is not blank; only blanks of ASCII part them, as in trec_eval."""
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if fields := line.removeprefix(BOM_UTF8).split():
                    yield number, [field.decode() for field in fields]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from error


def _score(fields: list[str]) -> float | None:
    """The score of a line, None where it is not one of a run file."""
    if len(fields) != _FIELDS:
        return None
    try:
        score = float(fields[4])
    except ValueError:
        return None
    return score if math.isfinite(score) else None
