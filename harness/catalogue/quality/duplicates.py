"""Texts that stand in a suite twice, or nearly, within a table or in two of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from harness.catalogue.quality.units import Units, units
from harness.diagnostics.duplicates import MOST_TEXTS, THRESHOLD, near_pairs
from harness.diagnostics.notes import EXAMPLES, Note, shown
from harness.diagnostics.wording import normalised
from harness.statistics.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.catalogue.suites import Opened

_ONE = "delete all but one, and point what refers to them to that one"
_GROUP = "reword or delete one of each pair, or give both the same group: they are not two independent items"
_ACROSS = "what is asked, or judged, must not be what is searched, or learned from: take it out of one of the tables"


class _Place(NamedTuple):
    """A text in one of the tables."""

    units: int
    unit: int


_Two = tuple[_Place, _Place]


def duplicates(opened: Opened) -> Iterator[Note]:
    """Equal texts (after NFKC, without case, white space as one blank) and texts that share most of their shingles."""
    every = units(opened)
    places: dict[str, list[_Place]] = defaultdict(list)
    for number, of_table in enumerate(every):
        for unit, text in enumerate(of_table.texts):
            places[normalised(text)].append(_Place(number, unit))
    yield from _equal(every, places)
    yield from _near(every, places)


def _equal(every: Sequence[Units], places: Mapping[str, Sequence[_Place]]) -> Iterator[Note]:
    within: dict[int, list[_Two]] = defaultdict(list)
    across: dict[tuple[int, int], list[_Two]] = defaultdict(list)
    for same in places.values():
        first: dict[int, _Place] = {}
        for place in same:
            if first.setdefault(place.units, place) != place:
                within[place.units].append((first[place.units], place))
        lead, *others = first.values()
        for other in others:
            if not _one_thing(every, (lead, other)):
                across[lead.units, other.units].append((lead, other))
    for number, pairs in within.items():
        text = f"{_count(len(pairs), 'text')} written more than once (but for case, width and white space)"
        subject, examples = every[number].table.file, _examples(every, pairs)
        yield Note("duplicates", "warning", float(len(pairs)), subject, text, examples, _ONE)
    for tables, pairs in across.items():
        text = f"{_count(len(pairs), 'text')} in both tables"
        subject, examples = _both(every, *tables), _examples(every, pairs)
        yield Note("shared-texts", "warning", float(len(pairs)), subject, text, examples, _ACROSS)


def _near(every: Sequence[Units], places: Mapping[str, Sequence[_Place]]) -> Iterator[Note]:
    texts = [text for text, same in places.items() if any(every[place.units].near for place in same)]
    if not texts:
        return
    found = near_pairs(texts)
    by_tables: dict[tuple[int, int], list[_Two]] = defaultdict(list)
    for first, second in found.pairs.tolist():
        two = _nearest(places[texts[first]], places[texts[second]])
        if not _one_thing(every, two) and not _one_group(every, two):
            by_tables[two[0].units, two[1].units].append(two)
    for (one, other), pairs in by_tables.items():
        alike = len({place for two in pairs for place in two})
        shared = f"{percent(THRESHOLD)} of their characters' triples shared"
        text = f"{_count(alike, 'text')} nearly the same as another: {shared}"
        subject, advice = (every[one].table.file, _GROUP) if one == other else (_both(every, one, other), _ACROSS)
        yield Note("near-duplicates", "warning", float(len(pairs)), subject, text, _examples(every, pairs), advice)
    if found.looked_at < len(texts):
        text = f"only the first {found.looked_at:,} of {len(texts):,} texts were compared (at most {MOST_TEXTS:,})"
        yield Note("near-duplicates", "info", float(found.looked_at), "all tables", text)


def _nearest(one: Sequence[_Place], other: Sequence[_Place]) -> _Two:
    """A place of each text, in one table where they share one."""
    shared = next(((a, b) for a in one for b in other if a.units == b.units), None)
    first, second = sorted(shared or (one[0], other[0]))
    return first, second


def _one_thing(every: Sequence[Units], two: _Two) -> bool:
    """Whether two tables hold one thing under one id, as where documents are asked for their like."""
    (one, first), (other, second) = two
    ids = every[one].ids, every[other].ids
    return one != other and bool(ids[0] and ids[1]) and ids[0][first] == ids[1][second]


def _one_group(every: Sequence[Units], two: _Two) -> bool:
    """Whether both are of one group of one table, so that nobody takes them for independent."""
    (one, first), (other, second) = two
    groups = every[one].groups
    return one == other and bool(groups) and groups[first] == groups[second]


def _both(every: Sequence[Units], one: int, other: int) -> str:
    return f"{every[one].table.file}, {every[other].table.file}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"


def _examples(every: Sequence[Units], pairs: Sequence[_Two]) -> tuple[str, ...]:
    examples = []
    for (one, first), (other, second) in pairs[:EXAMPLES]:
        places = f"{every[one].place(first)} and {every[other].place(second)}"
        examples.append(f"{places}: {shown(every[one].texts[first])}, {shown(every[other].texts[second])}")
    return tuple(examples)
