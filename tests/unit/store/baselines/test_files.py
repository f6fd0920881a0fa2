"""Baselines on the disk: what was written comes back, the same again changes nothing, and damage is named."""

from __future__ import annotations

import difflib
import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import harness.errors
from harness.compare.pairs import difference
from harness.errors import NotComparableError, StoreError, UsageError
from harness.metrics.named import metric_of
from harness.model import Interval, ItemScores, Run, Score
from harness.store.baselines import (
    Baseline,
    Blessing,
    baseline_files,
    baseline_names,
    read_baseline,
    rounded,
    write_baseline,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Run]
    MakeBaseline = Callable[..., Baseline]

DAY = date(2026, 7, 1)
LATER = date(2026, 9, 9)
ROOT = Path(harness.errors.__file__).parents[1]


def written(folder: Path, name: str = "main") -> tuple[bytes, bytes]:
    """What both files hold."""
    scores, items = baseline_files(folder, name)
    return scores.read_bytes(), items.read_bytes()


def items_of(run: Run) -> list[tuple[str, list[tuple[str, str, float]]]]:
    """The items of a run as plain values, rows in the order of ids."""
    return [(one.measure, sorted(zip(one.ids, one.groups, one.values.tolist(), strict=True))) for one in run.items]


def test_what_was_written_comes_back(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """Scores, items, answers, identity, fingerprint, versions and configuration; numbers rounded."""
    run = make_run()
    blessed = (Blessing(DAY, "first 好"), Blessing(LATER, "second"))
    assert write_baseline(tmp_path / "new", make_baseline(run, anchor=True, blessed=blessed))
    found = read_baseline(tmp_path / "new", "main")
    assert (found.name, found.saved, found.anchor, found.blessed) == ("main", DAY, True, blessed)
    (kept,) = found.runs
    assert items_of(kept) == items_of(rounded(run))
    facts = {"id": "baseline main", "started_at": "2026-07-01T00:00:00.000000+00:00", "seconds": 0.0, "texts": 0}
    versions = {"python": "3.11.7", "packages": {"numpy": "2.0"}}
    expected = replace(rounded(run), **facts, environment=versions, items=())
    assert replace(kept, items=()) == expected


def test_numbers_are_rounded_as_they_are_read(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """A rounded run and the same run out of a baseline have the same numbers, bit for bit."""
    random = np.random.default_rng(1)
    values = np.concatenate([random.random(500), random.normal(0, 1e4, 500), [-1e-9, 5e-7, 1e12 + 0.1234567, 0.0]])
    ids = [f"q{i:04}" for i in range(len(values))]
    run = make_run(items=(ItemScores("x", ids, ids, values),))
    write_baseline(tmp_path, make_baseline(run))
    found = read_baseline(tmp_path, "main").runs[0].items[0].values
    assert found.tobytes() == rounded(run).items[0].values.tobytes()
    assert not np.signbit(found[-4])


def test_the_same_embedder_differs_by_exactly_nothing(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline
) -> None:
    """A run and its baseline are compared like two runs, in whatever order the items came."""
    random = np.random.default_rng(2)
    ids = [f"q{i}" for i in random.permutation(40)]
    run = make_run(items=(ItemScores("ndcg@10", ids, ids, random.random(40)),))
    write_baseline(tmp_path, make_baseline(run))
    found = difference(read_baseline(tmp_path, "main").runs[0], rounded(run), metric_of("ndcg@10"), 0.02)
    assert (found.value, found.items, found.tally and found.tally.ties) == (0.0, 40, 40)


def test_other_data_are_not_compared(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """The fingerprint of the suite comes back, so that results on a later version of it are refused."""
    write_baseline(tmp_path, make_baseline(make_run()))
    kept = read_baseline(tmp_path, "main").runs[0]
    assert kept.fingerprint == "f0"
    with pytest.raises(NotComparableError, match=r"f0 .*f1"):
        difference(kept, rounded(make_run(fingerprint="f1")), metric_of("ndcg@10"), 0.02)


def test_the_same_again_changes_not_a_byte(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """Not on another day, not after other seconds on other processors, not in another order."""
    one, two = make_run("one"), make_run("two")
    assert write_baseline(tmp_path, make_baseline(one, two))
    before = written(tmp_path)
    again = replace(one, id="b", started_at="2026-08-01T00:00:00.000000+00:00", seconds=9.0, texts=0)
    environment = {**one.environment, "threads": 1}
    shuffled = replace(again, environment=environment, items=tuple(map(_reversed, one.items)))
    assert not write_baseline(tmp_path, make_baseline(two, shuffled, saved=LATER))
    assert written(tmp_path) == before
    assert write_baseline(tmp_path, make_baseline(two, shuffled, saved=LATER, anchor=True))


def _reversed(scores: ItemScores) -> ItemScores:
    return ItemScores(scores.measure, scores.ids[::-1], scores.groups[::-1], scores.values[::-1])


def test_a_changed_score_changes_only_its_lines(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """Beside the header; so that a review sees who changed."""
    one, two = make_run("one"), make_run("two")
    write_baseline(tmp_path, make_baseline(one, two))
    before = [content.decode().splitlines() for content in written(tmp_path)]
    scores = (replace(two.scores[0], value=0.6), *two.scores[1:])
    better = ItemScores("ndcg@10", ["q1", "q2", "q3"], ["甲", "甲", "乙"], np.array([0.55, 0.5, 0.75]))
    write_baseline(tmp_path, make_baseline(one, replace(two, scores=scores, items=(better, two.items[1]))))
    after = [content.decode().splitlines() for content in written(tmp_path)]
    added = [[line for line in difflib.ndiff(*both) if line[0] == "+"] for both in zip(before, after, strict=True)]
    assert len(added[0]) == 2
    assert '"embedder": "two", "metric": "ndcg@10", "value": 0.600000' in added[0][1]
    assert added[1] == ["+ q1\t甲\td7\t0.550000\t-0.500000"]


def test_an_upgrade_changes_one_line(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """The versions stand on a line of their own, which runs name by its number."""
    write_baseline(tmp_path, make_baseline(make_run("one"), make_run("two")))
    before = written(tmp_path)[0].decode().splitlines()
    newer = {"python": "3.12.0", "packages": {"numpy": "2.1"}}
    write_baseline(tmp_path, make_baseline(*(make_run(name, environment=newer) for name in ("one", "two"))))
    after = written(tmp_path)[0].decode().splitlines()
    assert [place for place, both in enumerate(zip(before, after, strict=True)) if both[0] != both[1]] == [0, 1]


@pytest.mark.parametrize(
    "odd",
    ["tab\there", "line\nbreak", "\r", "back\\slash\\t", "\x00\x1f\x7f\x85\u2028\u2029", "\ud800", "", "# 三 \u3000"],
)
def test_odd_ids_survive(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, odd: str) -> None:
    """Control characters, ends of lines, half a surrogate pair, and nothing at all."""
    scores = ItemScores("x", [odd, "q"], [odd, odd], np.array([0.5, 1.0]))
    score = Score("x", 0.75, Interval(0.5, 1.0), None, 2)
    run = make_run(odd, suite=f"s{odd}", items=(scores,), answers={odd: f"a{odd}"}, scores=(score,))
    write_baseline(tmp_path, make_baseline(run))
    kept = read_baseline(tmp_path, "main").runs[0]
    assert (kept.suite, kept.embedder, kept.answers) == (f"s{odd}", odd, {odd: f"a{odd}"})
    assert items_of(kept) == items_of(run)
    assert all(b"\r" not in content and b"\x00" not in content for content in written(tmp_path))


def test_measures_may_group_items_differently(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """They stand in blocks of their own; answers to what has no score are kept too."""
    first = ItemScores("x", ["q1", "q2"], ["a", "b"], np.array([0.0, 1.0]))
    second = ItemScores("y", ["q1", "q3"], ["c", "c"], np.array([0.5, 0.25]))
    run = make_run(items=(first, second), answers={"q3": "d", "q9": "e"})
    write_baseline(tmp_path, make_baseline(run))
    kept = read_baseline(tmp_path, "main").runs[0]
    assert (items_of(kept), kept.answers) == (items_of(run), {"q3": "d", "q9": "e"})


def test_a_run_may_have_no_items(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """What other software judged has scores alone."""
    write_baseline(tmp_path, make_baseline(make_run(items=(), answers={})))
    assert read_baseline(tmp_path, "main").runs[0].items == ()
    assert baseline_files(tmp_path, "main")[1].read_bytes() == b""


def test_what_cannot_be_kept_is_refused(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """A run that failed, and two runs of one embedder on one suite."""
    with pytest.raises(ValueError, match="two runs of one embedder"):
        write_baseline(tmp_path, make_baseline(make_run(), make_run()))
    with pytest.raises(ValueError, match="one on zh/a has no results"):
        write_baseline(tmp_path, make_baseline(make_run(status="failed", reason="no")))


def test_names_are_listed(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """Sorted; what else lies there is none."""
    assert baseline_names(tmp_path / "nowhere") == []
    for name in ("主-1", "main", "v1.2"):
        write_baseline(tmp_path, make_baseline(name=name))
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / ".main.jsonl").write_text("x", encoding="utf-8")
    assert baseline_names(tmp_path) == ["main", "v1.2", "主-1"]


def test_a_baseline_that_is_not_there(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """Those that are there are named."""
    write_baseline(tmp_path, make_baseline())
    with pytest.raises(UsageError, match=r"Did you mean 'main'.*Baselines there: main.*baseline save mian"):
        read_baseline(tmp_path, "mian")


def damaged(folder: Path, file: int, old: bytes, new: bytes, make_baseline: MakeBaseline) -> str:
    """What is said of a baseline in one of whose files something was replaced."""
    write_baseline(folder, make_baseline())
    path = baseline_files(folder, "main")[file]
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        read_baseline(folder, "main")
    return str(caught.value).replace(str(folder), "F")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (0, b'"value": 0.500000', b'"value": 0.900000', "F/main.jsonl: it is not as it was written"),
        (0, b'"anchor": false', b'"anchor": true', "F/main.jsonl: it is not as it was written"),
        (0, b'"gain=linear"}\n', b'"gain=linear"}', "F/main.jsonl:4: this is not JSON"),
        (0, b'{"environment"', b'"environment"', "F/main.jsonl:2: this is not JSON"),
        (0, b'{"environment"', b'[]\n{"environment"', "F/main.jsonl:2: this is JSON, but not an object"),
        (0, b'"baseline": 1', b'"baseline": 2', "F/main.jsonl:1: the baseline has layout 2"),
        (0, b'"baseline": 1', b'"baseline": true', "F/main.jsonl:1: this is not the first line of a baseline"),
        (0, b'{"environment"', b"<<<<<<< HEAD\n{", "F/main.jsonl:2: a merge conflict stands here"),
        (0, b"gain=linear", b"gain=\xff", "F/main.jsonl:4: this is not UTF-8"),
        (0, b'{"baseline"', b'\xef\xbb\xbf{"baseline"', "F/main.jsonl:1: this is not JSON"),
        (0, b'{"environment"', b"[" * 200_000, "F/main.jsonl:2: this is not JSON"),
        (1, b"0.250000", b"0.950000", "F/main.items.tsv: it is not as it was written"),
        (1, b"q1\t", b"\xffq1\t", "F/main.items.tsv:3: this is not UTF-8"),
        (1, b"q2\t", b"<<<<<<< ours\nq2\t", "F/main.items.tsv:4: a merge conflict stands here"),
        (1, b"q2\t", b"", "F/main.items.tsv: it is not as it was written"),
        (
            1,
            b"q2\t",
            b"q1\t\xe7\x94\xb2\td7\t0.250000\t-0.500000\nq2\t",
            "F/main.items.tsv: it is not as it was written",
        ),
    ],
)
def test_damage_is_named(
    tmp_path: Path, make_baseline: MakeBaseline, file: int, old: bytes, new: bytes, said: str
) -> None:
    """File, line where there is one, and what to do; saving it anew mends it."""
    told = damaged(tmp_path, file, old, new, make_baseline)
    assert told.startswith(said)
    assert any(advice in told for advice in ("git checkout", "baseline save main --force"))
    assert write_baseline(tmp_path, make_baseline())
    assert read_baseline(tmp_path, "main").saved == DAY


def test_a_missing_half_is_named(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """Scores without items are no baseline."""
    write_baseline(tmp_path, make_baseline())
    baseline_files(tmp_path, "main")[1].unlink()
    with pytest.raises(UsageError, match=r"main\.items\.tsv: the file with its items is not there\. Restore it"):
        read_baseline(tmp_path, "main")


def test_an_empty_file_is_no_baseline(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """As a disk that was full leaves it."""
    write_baseline(tmp_path, make_baseline())
    baseline_files(tmp_path, "main")[0].write_bytes(b"")
    with pytest.raises(UsageError, match=r"main\.jsonl:1: this is not JSON"):
        read_baseline(tmp_path, "main")


def test_a_renamed_file_is_named(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """A baseline is called as it says of itself."""
    write_baseline(tmp_path, make_baseline())
    for old, new in zip(baseline_files(tmp_path, "main"), baseline_files(tmp_path, "other"), strict=True):
        old.rename(new)
    with pytest.raises(UsageError, match="this is the baseline main under another file name"):
        read_baseline(tmp_path, "other")


def test_line_ends_may_change(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """Version control on Windows gives every line another end."""
    write_baseline(tmp_path, make_baseline())
    for file in baseline_files(tmp_path, "main"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_baseline(tmp_path, "main").runs) == 1


def test_items_may_look_like_a_conflict(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """An id that begins with seven angle brackets is an id."""
    scores = ItemScores("x", ["<<<<<<< HEAD"], ["g"], np.array([0.5]))
    write_baseline(tmp_path, make_baseline(make_run(items=(scores,), answers={})))
    assert list(read_baseline(tmp_path, "main").runs[0].items[0].ids) == ["<<<<<<< HEAD"]


def killed(monkeypatch: pytest.MonkeyPatch, step: int, write: Callable[[], object]) -> None:
    """Stop a writer at a step: before the first or second file is on the disk, before each gets its name."""
    steps = iter(range(4))
    real_sync, real_replace = os.fsync, Path.replace

    def stopped() -> None:
        if next(steps) == step:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: (stopped(), real_sync(handle)))
        patched.setattr(Path, "replace", lambda self, target: (stopped(), real_replace(self, target)))
        with pytest.raises(KeyboardInterrupt):
            write()


@pytest.mark.parametrize("after", range(4))
def test_a_killed_writer_leaves_one_whole_baseline(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The old one or the new one, wherever it was stopped; the next writer is not disturbed by what is left."""
    old, new = make_baseline(make_run("old")), make_baseline(make_run("new"))
    write_baseline(tmp_path, old)
    killed(monkeypatch, after, lambda: write_baseline(tmp_path, new))
    assert [run.embedder for run in read_baseline(tmp_path, "main").runs] == (["new"] if after == 3 else ["old"])
    assert write_baseline(tmp_path, make_baseline(make_run("third")))
    assert [run.embedder for run in read_baseline(tmp_path, "main").runs] == ["third"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.items.tsv", "main.jsonl"]


@pytest.mark.parametrize("after", range(4))
def test_two_writers_that_were_killed_leave_one_whole_baseline(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The items of the first have not their own name yet, and are not overwritten by the second."""
    write_baseline(tmp_path, make_baseline(make_run("old")))
    first, second = (
        make_baseline(make_run(name, items=(ItemScores("x", ["q"], ["q"], np.array([value])),)))
        for name, value in (("first", 0.1), ("second", 0.2))
    )
    killed(monkeypatch, 3, lambda: write_baseline(tmp_path, first))
    # One step more: the items of the first get their name.
    killed(monkeypatch, after, lambda: write_baseline(tmp_path, second))
    found = read_baseline(tmp_path, "main").runs[0]
    assert (found.embedder, found.items[0].values.tolist()) == ("first", [0.1])


def test_the_same_again_ends_what_a_killed_writer_began(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is new, but both files are where a repository looks for them."""
    write_baseline(tmp_path, make_baseline(make_run("old")))
    new = make_baseline(make_run("new"))
    killed(monkeypatch, 3, lambda: write_baseline(tmp_path, new))
    assert not write_baseline(tmp_path, new)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.items.tsv", "main.jsonl"]
    assert b"new" in written(tmp_path)[1]


def test_a_full_disk_leaves_the_old_baseline(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no halves, which would only take more of it."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_baseline(tmp_path, make_baseline(make_run("old")))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match=r"main\.jsonl cannot be written: No space"):
            write_baseline(tmp_path, make_baseline(make_run("new")))
    assert read_baseline(tmp_path, "main").runs[0].embedder == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["main.items.tsv", "main.jsonl"]


def test_what_was_changed_meanwhile_is_not_overwritten(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline
) -> None:
    """Two that bless what they read at the same time: the second one would undo the first."""
    write_baseline(tmp_path, make_baseline(make_run("old")))
    read = read_baseline(tmp_path, "main")
    assert write_baseline(tmp_path, replace(read, runs=(make_run("first"),)))
    with pytest.raises(StoreError, match=r"another process changed .*main\.jsonl meanwhile: nothing was written"):
        write_baseline(tmp_path, replace(read, runs=(make_run("second"),)))
    assert read_baseline(tmp_path, "main").runs[0].embedder == "first"


def test_a_reader_that_comes_between_reads_again(
    tmp_path: Path, make_run: Make, make_baseline: MakeBaseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes both files after it has read one of them."""
    items = (ItemScores("x", ["q"], ["q"], np.array([0.5])),)
    write_baseline(tmp_path, make_baseline(make_run("old")))
    real, looks = Path.read_bytes, count()

    def read(self: Path) -> bytes:
        if next(looks) == 1:
            write_baseline(tmp_path, make_baseline(make_run("new", items=items)))
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", read)
    assert read_baseline(tmp_path, "main").runs[0].embedder == "new"


WRITER = """
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from harness.store.baselines import Baseline, read_baseline, write_baseline
folder = Path(sys.argv[1])
before = read_baseline(folder, "main")
print("ready", flush=True)
for round in range(int(sys.argv[3])):
    named = [replace(run, embedder=f"{sys.argv[2]}-{round}") for run in before.runs]
    write_baseline(folder, replace(before, runs=tuple(named), digest=""))
"""


def start(folder: Path, who: str, rounds: int) -> subprocess.Popen[str]:
    """A process that writes one baseline after the other."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    command = [sys.executable, "-c", WRITER, str(folder), who, str(rounds)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def test_two_writers_and_a_reader(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """Whoever reads between two writers finds the scores of one of them with the items of the same one."""
    write_baseline(tmp_path, make_baseline(make_run("first")))
    writers = [start(tmp_path, who, 40) for who in ("a", "b")]
    while any(writer.poll() is None for writer in writers):
        read_baseline(tmp_path, "main")
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    assert read_baseline(tmp_path, "main").runs[0].embedder in {"a-39", "b-39"}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal there")
def test_a_killed_process_leaves_no_lock(tmp_path: Path, make_run: Make, make_baseline: MakeBaseline) -> None:
    """What it held ends with it, and what it left is whole."""
    write_baseline(tmp_path, make_baseline(make_run("first")))
    writer = start(tmp_path, "a", 100_000)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    assert len(read_baseline(tmp_path, "main").runs) == 1
    assert write_baseline(tmp_path, make_baseline(make_run("last")))


def test_a_folder_that_cannot_be_made(tmp_path: Path, make_baseline: MakeBaseline) -> None:
    """It says which file it is about."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"file.main\.jsonl cannot be written"):
        write_baseline(tmp_path / "file", make_baseline())


def test_ages_count_days(make_baseline: MakeBaseline) -> None:
    """From the day of saving to today."""
    made = make_baseline(blessed=(Blessing(DAY, "a"), Blessing(LATER, "b")))
    assert (made.age(DAY), made.age(LATER), made.reason, make_baseline().reason) == (0, 70, "b", "")


def test_runs_are_found_by_suite_and_label(make_run: Make, make_baseline: MakeBaseline) -> None:
    """None where there is none."""
    made = make_baseline(make_run("one"), make_run("two"))
    assert made.run("zh/a", "two") is made.runs[1]
    assert made.run("zh/b", "two") is None
