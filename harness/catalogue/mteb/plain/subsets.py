"""Which subset a row is of, where a column says so, and what the columns of a subset's two languages are called."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness.catalogue.columns import listed
from harness.catalogue.mteb.plain.files import words_of
from harness.catalogue.mteb.plain.reading import matching
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.catalogue.mteb.plain.files import Sought
    from harness.errors import Faults
    from harness.model import Table

COLUMNS = ("lang", "langs", "language", "languages", "lang_pair", "language_pair", "langpair", "locale", "subset")
"""What a column is called that says which subset a row is of."""
_MEANT: Mapping[str, str] = {
    "ara": "arb",
    "aze": "azj",
    "est": "ekk",
    "fas": "pes",
    "lav": "lvs",
    "msa": "zsm",
    "nep": "npi",
    "nor": "nob",
    "ori": "ory",
    "sqi": "als",
    "swa": "swh",
    "uzb": "uzn",
    "zho": "cmn",
}
"""A macrolanguage of ISO 639-3 → the language in it that data sets mean by it, and mteb by either."""


def codes(part: str) -> tuple[str, ...]:
    """What a language may be called: zh, zho, cmn, and each with the script, for cmn_Hans. Shortest first."""
    base, *script = words_of(part)
    two = _two_letters()
    three = two.get(base, base)
    meant = _MEANT.get(three, three)
    known = {base, three, meant, *(one for one, of in _MEANT.items() if of == meant)}
    known |= {short for short, long in two.items() if long in known}
    written = {"_".join((name, *script)) for name in known} | ({part.lower()} if script else set())
    return tuple(sorted(known | written, key=lambda name: (len(name), name)))


def sides(subset: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`codes` of both languages of a subset like de-en or cmn_Hans-eng_Latn, less those that are of both."""
    first, _, second = subset.partition("-")
    one, other = codes(first), codes(second or first)
    return tuple(c for c in one if c not in other), tuple(c for c in other if c not in one)


def of_language(table: Table, sought: Sought, *, told: bool, faults: Faults) -> Table:
    """The rows of the subset, where a column tells them; all rows where none does, or the task has one subset only.

    told: whether the file is named after the subset; then a column in which it does not occur means something else.
    """
    columns = matching(table, COLUMNS) if len(sought.subsets) > 1 else []
    if not columns:
        return table
    values = ["_".join(words_of(str(value))) for value in table.columns[columns[0]]]
    exact = {"_".join(words_of(sought.subset))}
    wanted = exact if exact & set(values) else set(_names(sought))
    kept = [row for row, value in enumerate(values) if value in wanted]
    if kept:
        return table if len(kept) == len(table) else table.take(kept)
    if not told:
        there = listed(sorted({str(value) for value in table.columns[columns[0]]}))
        accepted = listed(_names(sought))
        message = f"no row of the subset {sought.subset}: the column has {there}; any of these would do: {accepted}"
        faults.add(table.file, 0, columns[0], message)
    return table


def _names(sought: Sought) -> Sequence[str]:
    """What a row of the subset may be marked with: both languages, or the one that no other subset has."""
    parts = sought.subset.split("-")
    others = [part for subset in sought.subsets if subset != sought.subset for part in subset.split("-")]
    alone = [part for part in parts if part not in others]
    named = [code for part in alone for code in codes(part)]
    if len(parts) > 1:
        named += [f"{one}_{other}" for one in codes(parts[0]) for other in codes(parts[1])]
    return list(dict.fromkeys(["_".join(words_of(sought.subset)), *named]))


@cache
def _two_letters() -> Mapping[str, str]:
    """ISO 639-1 → ISO 639-3. mteb has the table under a private name only."""
    known: Mapping[str, str] = getattr(door.module("mteb.languages.iso_mappings"), "_get_iso1_to_iso3", dict)()
    return known
