"""What mteb judges is judged alike whatever was judged before, and whatever goes wrong in it is said in a sentence."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.catalogue.mteb import foreign as module
from harness.catalogue.mteb.foreign import MtebJudge, foreign_suite, write_foreign
from harness.catalogue.mteb.load import load_mteb
from harness.catalogue.mteb.sources import load_task
from harness.embedders.bm25 import BM25
from harness.errors import EmbedderError, SuiteError
from harness.model import ForeignSuite, Spec
from tests.mteb_registry import MAIN_SCORES, entry, place
from tests.mteb_tasks import WordSums, at_home, hub, write_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.catalogue.mteb.place import MtebPlace
    from harness.model import Role, Vectors

pytestmark = pytest.mark.real("mteb")

TYPES = {
    "HALClusteringS2S.v2": "Clustering",
    "Banking77Classification": "Classification",
    "SummEvalSummarization.v2": "Summarization",
    "SciFact": "Retrieval",
    "STSBenchmark": "STS",
    "BornholmBitextMining": "BitextMining",
}
AT_RANDOM = ("HALClusteringS2S.v2", "Banking77Classification")
AGAIN = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.mteb_tasks import WordSums
from tests.unit.catalogue.mteb import test_foreign as tests
suites = [tests.suite_of(task, Path(sys.argv[2]) / task) for task in tests.AT_RANDOM]
print(json.dumps([suite.judge.report(WordSums()) for suite in suites]))
"""


class Images(WordSums):
    """An embedder that reads pictures."""

    reads_images = True


class Failing(WordSums):
    """An embedder that gives up."""

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Raises EmbedderError."""
        raise EmbedderError(f"no vectors for {len(texts) > 0} {role}")


class NotANumber(WordSums):
    """An embedder whose vectors mteb cannot judge."""

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Not finite."""
        return super().embed(texts, role) * np.float32(math.nan)


def place_of(task: str, folder: Path, **more: Any) -> MtebPlace:
    """A task with its data in `folder`, judged by mteb."""
    known = entry(task, TYPES[task], **more)
    return place(folder.parent / f"{task}-kept", known, data=str(folder), protocol="mteb")


def suite_of(task: str, folder: Path) -> ForeignSuite:
    """The suite of `place_of`."""
    suite = load_mteb(place_of(task, folder))
    assert isinstance(suite, ForeignSuite)
    return suite


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """What mteb and datasets write goes below a folder of this test's own."""
    with pytest.MonkeyPatch.context() as patch:
        at_home(tmp_path, patch)
        yield tmp_path


def test_the_second_as_the_first(home: Path) -> None:
    """Tasks that draw rows at random: the same numbers for an embedder judged first, last, and by a new process."""
    suites = [suite_of(task, write_task(task, home / task)) for task in AT_RANDOM]
    first, other, last = ([one.judge.report(WordSums(number)) for one in suites] for number in ("1", "2", "1"))
    command = [sys.executable, "-W", "ignore", "-c", AGAIN, str(Path(__file__).parents[4]), str(home)]
    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert first == last == json.loads(again.stdout)
    assert first != other


@pytest.mark.parametrize("task", sorted(TYPES))
def test_nothing_is_shown(task: str, home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No bar, log or print of mteb's reaches stdout or stderr, and every number is finite, the main score first."""
    report = suite_of(task, write_task(task, home / task)).judge.report(WordSums())
    assert not isinstance(report, str)
    assert next(iter(report)) == MAIN_SCORES[TYPES[task]]
    assert all(map(math.isfinite, report.values()))
    assert capfd.readouterr() == ("", "")


def test_an_embedder_that_fails(home: Path) -> None:
    """Its own error passes through mteb as it is."""
    suite = suite_of("STSBenchmark", write_task("STSBenchmark", home / "sts"))
    with pytest.raises(EmbedderError, match=r"^no vectors for True either$"):
        suite.judge.report(Failing())


def test_mteb_that_fails(home: Path) -> None:
    """The error says who could not judge what, and what mteb had to say."""
    suite = suite_of("HALClusteringS2S.v2", write_task("HALClusteringS2S.v2", home / "hal"))
    with pytest.raises(EmbedderError, match=r"^mteb 2\.\S+ could not judge mteb:HALClusteringS2S.v2\S*: .*NaN"):
        suite.judge.report(NotANumber())


def test_a_main_score_that_is_undefined(home: Path) -> None:
    """Then it is not applicable, not a zero."""
    folder = write_task("STSBenchmark", home / "sts")
    file = next(folder.glob("*.jsonl"))
    rows = [json.loads(line) | {"score": 1.0} for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = suite_of("STSBenchmark", folder).judge.report(WordSums())
    assert report == "mteb's main score, cosine_spearman, is undefined on these data"


def test_data_that_change(home: Path) -> None:
    """Rows that are no longer those of the fingerprint are not judged under it."""
    folder = write_task("STSBenchmark", home / "sts")
    suite = suite_of("STSBenchmark", folder)
    write_task("STSBenchmark", folder, seed=12)
    with pytest.raises(EmbedderError, match="its data have changed since this run began"):
        suite.judge.report(WordSums())


def test_data_that_are_gone(home: Path) -> None:
    """They were there when the suite was made: the run fails and says so."""
    folder = write_task("STSBenchmark", home / "sts")
    suite = suite_of("STSBenchmark", folder)
    folder.rename(home / "elsewhere")
    with pytest.raises(EmbedderError, match="there is no such folder or file"):
        suite.judge.report(WordSums())


def test_a_ranker_is_judged_by_its_rankings(home: Path) -> None:
    """What ranks is judged where mteb takes rankings, and is not applicable elsewhere."""
    bm25 = BM25(Spec("bm25:", "bm25", ""))
    report = suite_of("SciFact", write_task("SciFact", home / "scifact")).judge.report(bm25)
    assert not isinstance(report, str)
    assert 0 < report["ndcg_at_10"] <= 1
    report = suite_of("STSBenchmark", write_task("STSBenchmark", home / "sts")).judge.report(bm25)
    assert isinstance(report, str)
    assert report.endswith("judges STSBenchmark, STS, by vectors")


@pytest.mark.parametrize(
    ("modalities", "embedder", "reason"),
    [
        (["image", "text"], WordSums, "test:word-sums reads no image, as STSBenchmark has"),
        (["audio", "video"], Images, "test:word-sums reads no audio and no video, as STSBenchmark has"),
    ],
)
def test_what_an_embedder_does_not_read(
    modalities: list[str], embedder: Callable[[], WordSums], reason: str, home: Path
) -> None:
    """Pictures, sounds and films are not applicable; no data are read to say so."""
    known = place_of("STSBenchmark", home / "not there", modalities=modalities)
    assert MtebJudge(known, "mteb 2", "").report(embedder()) == reason


def test_pictures_for_who_reads_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedder of pictures is put into mteb's hands."""
    known = place_of("STSBenchmark", write_task("STSBenchmark", home / "sts"), modalities=["image", "text"])
    (home / "kept").mkdir()
    monkeypatch.setattr(module, "reads_images", lambda _: True)
    write_foreign(home / "kept", known, load_task(known).task)
    report = foreign_suite(known, home / "kept").judge.report(WordSums())
    assert not isinstance(report, str)


def test_no_cache_of_results(home: Path) -> None:
    """Nothing is filed where mteb would find it under the name of another embedder."""
    suite_of("STSBenchmark", write_task("STSBenchmark", home / "sts")).judge.report(WordSums())
    assert not list((home / "mteb").rglob("*.json"))


def test_nothing_to_learn_from(home: Path) -> None:
    """A copy without rows to learn from is refused when it is read, not once an embedder has been loaded."""
    rows = [{"text": f"text {row}", "label": row % 2} for row in range(8)]
    folder = hub(home / "banking", {"default": {"test": rows}})
    with pytest.raises(SuiteError, match="no rows in the split 'train', from which mteb learns"):
        suite_of("Banking77Classification", folder)
