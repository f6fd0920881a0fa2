"""The store: every statement that the harness puts to its results."""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.errors import StoreError, UsageError
from harness.model import Row
from harness.store import connection, schema
from harness.store.merging import unite
from harness.store.noise import insert_noise, loudest_noise
from harness.store.pairing import align, pair
from harness.store.places import folders_of, moved, placed
from harness.store.reading import BY_NAME, BY_TIME, EVERY, LATEST, NEWEST, runs_of
from harness.store.records import insert, lost, records
from harness.store.whole import whole_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from harness.model import Aligned, ItemScores, Noise, Run
    from harness.store.records import Records

_ROWS = f"select {', '.join(Row.__dataclass_fields__)} from leaderboard"  # noqa: S608 # our own names
_HIDDEN = """
    select count(*) from (
        select suite, embedder from run where identity is not null and fingerprint <> '' and kind <> 'profile'
        except select suite, embedder from latest where kind <> 'profile'
    )"""
_SELECTED = """
    ($suites is null or exists (
        select 1 from unnest($suites::varchar[]) as wanted(name)
        where suite = name or starts_with(suite, name || '/')
    )) and ($embedders is null or embedder in (select unnest($embedders::varchar[])))"""
_FINDINGS = f"""
    select coalesce(warning, false), suite, embedder, finding.name, subject, value, note
    from latest join finding on finding.run = latest.id
    where {_SELECTED}
    order by coalesce(warning, false) desc, suite, embedder, identity, finding.position"""  # noqa: S608 # our own names
_HELD = "select id from run where id in (select unnest(?::varchar[]))"
_BEGINNING = "select distinct suite from run where starts_with(suite, ?) order by suite"


@dataclass(frozen=True)
class Shown:
    """The comparison table. hidden: embedders on a suite whose only results are on older data of that suite."""

    rows: list[Row]
    hidden: int


class Store:
    """The results in one DuckDB file. Nothing is opened until something is asked, and only for as long.

    patience: seconds to wait for another process that writes or reads. Every method raises StoreError when the
    file cannot be used: held too long, no results store, written by a newer harness, disk full.
    """

    def __init__(self, path: Path, patience: float = 30.0) -> None:
        self.path = path
        self.patience = patience

    def exists(self) -> bool:
        """Whether anything was ever recorded here."""
        return self.path.is_file()

    def prepare(self) -> None:
        """Create the file where there is none, and bring its schema up to date, so that `add` will succeed."""
        with self._writing():
            pass

    def add(self, *runs: Run) -> None:
        """Append runs in one transaction, all of them or nothing; when this returns, they are on the disk.

        Raises ValueError for a run that breaks the schema: a repeated id, metric or item, a value that is not
        finite, an absence without a reason.
        """
        parts = [records(run, self.path) for run in runs]
        try:
            with self._writing() as database:
                database.begin()
                insert(database, parts)
                database.commit()
                self._verify(database, parts)
        except StoreError as error:
            what = ", ".join(f"{run.embedder} on {run.suite}" for run in runs)
            raise StoreError(
                f"{error}\nNot recorded, but not lost: {what}. The vectors are in the cache, so that the same command "
                "makes these results again without embedding."
            ) from error

    def add_new(self, *runs: Run) -> list[Run]:
        """Append those runs whose ids are not here yet, each once, and return them. Raises as `add`."""
        once = {run.id: run for run in runs}
        with self._writing() as database:
            database.begin()
            held = {name for (name,) in database.execute(_HELD, [list(once)]).fetchall()}
            new = [run for run in once.values() if run.id not in held]
            parts = [records(run, self.path) for run in new]
            insert(database, parts)
            database.commit()
            self._verify(database, parts)
        return new

    def rows(self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None) -> Shown:
        """The latest run of each embedder on the newest data of each suite, one row per metric.

        suites: names or folders of suites (`zh` is all below zh/). embedders: labels. None or empty: all.
        """
        selected = _selected(suites, embedders)
        with self._reading() as database:
            found = database.execute(
                f"{_ROWS} where {_SELECTED} order by suite, embedder, identity, position", selected
            )
            rows = [_row(fields) for fields in found.fetchall()]
            hidden = database.execute(f"{_HIDDEN} where {_SELECTED}", selected).fetchall()[0][0]
        return Shown(rows, hidden)

    def latest(self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None) -> list[Run]:
        """The runs behind `rows`, with their scores, without their items, findings and answers.

        suites, embedders: as for `rows`.
        """
        return self._runs(LATEST, BY_NAME, suites, embedders)

    def newest(self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None) -> list[Run]:
        """The last run of each embedder on each suite, ended well or not, whatever data it was on; as `latest`.

        A run of an embedder that could not be opened, or of a suite that could not be read, is the last one of its
        embedder on that suite until another one comes. suites, embedders: as for `rows`.
        """
        return self._runs(NEWEST, BY_NAME, suites, embedders)

    def history(self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None) -> list[Run]:
        """Every run, oldest first; as `latest`. suites, embedders: as for `rows`."""
        return self._runs(EVERY, BY_TIME, suites, embedders)

    def runs(self, ids: Sequence[str], *, items: bool = True) -> list[Run]:
        """Whole runs, in the order asked: scores, items, findings, answers, environment, configuration.

        items: whether items and answers are wanted; they come in the order in which they were added. Raises UsageError
        for a run that is not here.
        """
        with self._reading() as database:
            return placed(whole_runs(database, ids, items=items), self.path)

    def findings(
        self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None
    ) -> list[tuple[bool, str, str, str, str, float | None, str]]:
        """What was found in the latest runs, warnings first: warning, suite, embedder, name, subject, value, note.

        suites, embedders: as for `rows`.
        """
        selected = _selected(suites, embedders)
        with self._reading() as database:
            return database.execute(_FINDINGS, selected).fetchall()

    def suite_names(self, beginning: str) -> list[str]:
        """What suites are called here whose names begin so, however old their runs are."""
        with self._reading() as database:
            return [name for (name,) in database.execute(_BEGINNING, [beginning]).fetchall()]

    def folders(self) -> list[tuple[str, str, str]]:
        """Where suites that are not found by their names were found, the last first: suite, fingerprint, folder."""
        with self._reading() as database:
            return folders_of(database, self.path)

    def paired_items(self, run_a: str, run_b: str, measure: str) -> tuple[ItemScores, ItemScores]:
        """The items of one measure in two runs, in the same order: of the item ids, not of their insertion.

        Raises UsageError for a run that is not here, NotComparableError when the runs are of different data or
        conventions, lack the measure, or have not the same items.
        """
        with self._reading() as database:
            return pair(database, (run_a, run_b), measure)

    def aligned(self, runs: Sequence[str], measure: str) -> Aligned:
        """The items of one measure in several runs, by ids, in the order of the item ids. Raises as `paired_items`."""
        with self._reading() as database:
            return align(database, list(runs), measure)

    def add_noise(self, rows: Sequence[Noise]) -> None:
        """Append measurements of how far runs lie apart. Raises ValueError for one that is here already."""
        with self._writing() as database:
            database.begin()
            insert_noise(database, rows)
            database.commit()

    def noise(self, suites: Sequence[str] | None = None, embedders: Sequence[str] | None = None) -> list[Noise]:
        """The largest measured for each suite, data, embedder and metric. suites, embedders: as for `rows`."""
        with self._reading() as database:
            return loudest_noise(database, _SELECTED, _selected(suites, embedders))

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The column names and rows that `sql` selects. It can read the store, and nothing else.

        Raises StoreError for a statement that writes or reaches elsewhere, UsageError for one that is wrong.
        """
        import duckdb  # noqa: PLC0415 # 0.13 s, which `harness --help` must not pay

        with self._reading() as database:
            # The temporary directory is one that even a locked connection may write to.
            for setting in ("temp_directory=''", "enable_external_access=false", "python_enable_replacements=false"):
                database.execute(f"set {setting}")
            database.execute("set lock_configuration=true")
            try:
                database.execute(sql)
                return [column[0] for column in database.description or ()], database.fetchall()
            except (duckdb.ProgrammingError, duckdb.DataError, duckdb.PermissionException) as error:
                raise _refusal(error) from error

    def merge(self, path: Path) -> int:
        """Append the runs and noise of another store that are not here yet; return how many runs.

        Doing it again adds nothing.
        """
        with Store(path, self.patience)._reading():  # noqa: SLF001 # refuses what is no store, upgrades an old one
            pass
        with self._writing() as database:
            if path.samefile(self.path):
                return 0
            connection.attach(database, path, connection.READ, self.patience, "other")
            return unite(database, partial(moved, before=path, after=self.path))

    def _runs(
        self, source: str, order: str, suites: Sequence[str] | None, embedders: Sequence[str] | None
    ) -> list[Run]:
        with self._reading() as database:
            return placed(runs_of(database, source, _SELECTED, _selected(suites, embedders), order), self.path)

    @contextmanager
    def _reading(self) -> Iterator[DuckDBPyConnection]:
        if not self.path.exists():
            raise StoreError(f"there are no results at {self.path} yet. Make some with: harness run")
        with connection.connect(self.path, connection.READ, self.patience) as database:
            if not schema.pending(database, self.path):
                yield database
                return
        self.prepare()
        with connection.connect(self.path, connection.READ, self.patience) as database:
            yield database

    @contextmanager
    def _writing(self) -> Iterator[DuckDBPyConnection]:
        if not self.path.exists():
            self._create()
        with connection.connect(self.path, connection.WRITE, self.patience) as database:
            schema.apply(database, schema.pending(database, self.path))
            yield database

    def _create(self) -> None:
        """Make the file under another name and link it: a process killed meanwhile leaves no half of one."""
        new = self.path.with_name(f"{self.path.name}.{uuid.uuid4().hex}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with connection.connect(new, connection.CREATE, self.patience) as database:
                schema.apply(database, schema.migrations())
            connection.publish(new, self.path)
        except OSError as error:
            raise StoreError(connection.explain(self.path, error)) from error
        finally:
            with suppress(OSError):
                new.unlink()

    def _verify(self, database: DuckDBPyConnection, parts: Sequence[Records]) -> None:
        for table, kept, expected in lost(database, parts):
            raise StoreError(f"{self.path} kept {kept} of {expected} rows of {table}")


def _row(fields: Sequence[Any]) -> Row:
    """A line of the view; the database gives warnings as a list."""
    values: list[Any] = [tuple(field) if isinstance(field, list) else field for field in fields]
    return Row(*values)


def _selected(suites: Sequence[str] | None, embedders: Sequence[str] | None) -> dict[str, list[str] | None]:
    """The parameters of `_SELECTED`."""
    return {
        "suites": [name.rstrip("/") for name in suites] if suites else None,
        "embedders": list(embedders) if embedders else None,
    }


def _refusal(error: Exception) -> StoreError | UsageError:
    if any(sign in str(error) for sign in ("read-only mode", "disabled", "has been locked")):
        return StoreError(f"SQL here reads the results, and neither writes nor reaches other files: {error}")
    return UsageError(
        f"{error}\nTables: run, score, item, answer, finding, place, noise, environment, configuration. "
        "Views: latest, leaderboard, profile."
    )
