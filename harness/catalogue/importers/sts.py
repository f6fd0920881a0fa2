"""Scored pairs of sentences or words → similarity: the layouts that STS data comes in.

- a header that names the columns (sentence1, sentence2, score; SICK; word1, word2, score), or `--map` with names;
- STSbenchmark's own: genre, file, year, id, score, sentence1, sentence2, and more behind, without a header;
- three cells: two texts and a score, without a header;
- STS12 to STS16: STS.input.NAME.txt with two sentences a line, and STS.gs.NAME.txt with a score a line;
- anything else without a header: `--map sentence1=6 --map sentence2=7 --map score=5`, by number from 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.headers import FIRST, SCORE, SECOND, normal
from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.reading import lines
from harness.catalogue.importers.request import Request, existing, shown
from harness.catalogue.rowfaults import row_fault
from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.catalogue.importers.draft import Draft, TableDraft

FIELDS = ("sentence1", "sentence2", "score")
HEADERS: Mapping[str, tuple[str, ...]] = {"sentence1": FIRST, "sentence2": SECOND, "score": SCORE}
STSBENCHMARK = {"score": 4, "sentence1": 5, "sentence2": 6}
BARE = {"sentence1": 0, "sentence2": 1, "score": 2}
INPUT, GOLD = "STS.input.", "STS.gs."


def read(asked: Request, draft: Draft) -> None:
    """Write the table pairs. Raises UsageError for a mapping that cannot be meant."""
    source = asked.path
    draft.kind = "similarity"
    mapping = asked.mapping()
    for field in mapping:
        if field not in FIELDS:
            raise UsageError(f"--map {field}: pairs have {', '.join(FIELDS)}. {nearest(field, FIELDS)}".strip())
    target = draft.table("pairs", shown(source))
    if source.is_dir():
        _read_folder(source, encoding_of(asked), target, draft)
    elif source.name.startswith(INPUT):
        _read_scored(source, encoding_of(asked), target, draft)
    else:
        _read_file(asked, mapping, target, draft)


def _read_folder(folder: Path, encoding: str, target: TableDraft, draft: Draft) -> None:
    inputs = sorted(folder.glob(f"{INPUT}*"))
    if not inputs:
        raise UsageError(f"the folder {shown(folder)} holds no {INPUT}*.txt: name the file that is meant")
    for file in inputs:
        _read_scored(file, encoding, target, draft)


def _read_scored(file: Path, encoding: str, target: TableDraft, draft: Draft) -> None:
    """Sentences from one file, scores from the other, line by line; a line without a score was not judged."""
    gold = existing(file.with_name(GOLD + file.name.removeprefix(INPUT)))
    scores = dict(lines(gold, draft.faults, encoding))
    last, unjudged = 0, 0
    for line, text in lines(file, draft.faults, encoding):
        last, cells = line, text.split("\t")
        if not scores.get(line, "").strip():
            unjudged += 1
        elif len(cells) < len(BARE) - 1:
            row_fault(
                draft.faults, shown(file), line, "", "wrong number of cells: two sentences with a tab between them"
            )
        else:
            target.add({"sentence1": cells[0], "sentence2": cells[1], "score": scores[line].strip()}, shown(file), line)
    if any(line > last for line, text in scores.items() if text.strip()):
        draft.faults.add(shown(gold), last + 1, "", f"more scores than pairs: {shown(file)} has {last} lines")
    draft.note(unjudged, f"pairs of {file.name} left out: they have no score")


def _read_file(asked: Request, mapping: Mapping[str, str], target: TableDraft, draft: Draft) -> None:
    file = asked.path
    places: dict[str, int] | None = None
    scores: set[str] = set()
    for line, text in lines(file, draft.faults, encoding_of(asked)):
        cells = text.split("\t")
        if not text.strip():
            continue
        if places is None:
            places, is_header = _layout(cells, mapping)
            if not places:
                names = "no such columns" if mapping else "no layout of scored pairs that is known"
                draft.faults.add(shown(file), line, "", f"{names}: {len(cells)} cells; {_advice(text)}")
                return
            if is_header:
                continue
        if len(cells) <= max(places.values()):
            row_fault(draft.faults, shown(file), line, "", f"wrong number of cells: {len(cells)}; see --map")
        else:
            row = {field: cells[places[field]].strip() for field in FIELDS}
            scores |= {row["score"]} if len(scores) < len(FIELDS) else set()
            target.add(row, shown(file), line)
    if scores == {"0", "1"}:
        draft.notes.append("every score is 0 or 1: if they say whether a pair matches, import tsv … --kind pairs")


def _advice(line: str) -> str:
    """What to do with a file whose first line is no layout that is known."""
    if line.lstrip().startswith("{"):
        return "it holds objects: harness suites import jsonl … --kind similarity"
    if "\t" not in line and "||" in line:
        return "write tabs in place of ||"
    if "\t" not in line and "," in line:
        return "its cells are parted by commas: harness suites import csv … --kind similarity"
    return "say which are meant, by name or number: --map sentence1=1 --map sentence2=2 --map score=3"


def _layout(cells: Sequence[str], mapping: Mapping[str, str]) -> tuple[dict[str, int], bool]:
    """Which cell each field is in, by the first line, and whether that line is a header; nothing where no one knows."""
    names = [normal(cell) for cell in cells]
    wanted = {field: (normal(mapping[field]),) if field in mapping else HEADERS[field] for field in FIELDS}
    found = {field: next((names.index(name) for name in wanted[field] if name in names), -1) for field in FIELDS}
    if min(found.values()) >= 0 and len(set(found.values())) == len(FIELDS):
        return found, True
    if mapping:
        numbers = [mapping.get(field, "") for field in FIELDS]
        legal = all(number.isascii() and number.isdigit() and 0 < int(number[:4]) <= len(cells) for number in numbers)
        return ({field: int(mapping[field]) - 1 for field in FIELDS}, False) if legal else ({}, False)
    for layout in (STSBENCHMARK, BARE):
        fits = len(cells) == len(BARE) if layout is BARE else len(cells) > max(layout.values())
        if fits and _is_number(cells[layout["score"]]):
            return dict(layout), False
    return {}, False


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
