"""The vector cache: keys, what is kept, several processes, killed ones, full disks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import lmdb
import numpy as np
import pytest

import harness.errors
from harness.embedders import vector_cache
from harness.embedders.vector_cache import VectorCache, default_cache_folder, vector_keys
from harness.errors import StoreError
from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(harness.errors.__file__).parents[1]
IDENTITY = Identity("fake", "one", "1")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "缓存") as cache:
        yield cache


def keys(*texts: str) -> list[bytes]:
    """The keys of `texts` as queries of one embedder."""
    return vector_keys(IDENTITY, "query", texts)


def start(folder: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process that runs `script`."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )


def test_keys_tell_embedders_roles_and_texts_apart() -> None:
    """Whatever decides a vector is in its key; so are a text's ends and lone surrogates."""
    texts = ["", "a", "ab", "a\0b", "甲", "\ud800"]
    found = [
        key
        for identity in (IDENTITY, Identity("fake", "one", "2"), Identity("fake", "one", "1", (("dim", "2"),)))
        for role in ("query", "document", "either")
        for key in vector_keys(identity, role, texts)
    ]
    assert len(set(found)) == 3 * 3 * len(texts)
    assert {len(key) for key in found} == {16}


def test_roles_of_a_symmetric_embedder_share_their_keys() -> None:
    """One vector serves a text as query and as document where both are the same."""
    identity = Identity("fake", "one", "1", symmetric=True)
    assert vector_keys(identity, "query", ["a"]) == vector_keys(identity, "document", ["a"])


def test_keys_stay_the_same_from_version_to_version() -> None:
    """A change of keys makes every cache worthless: it must be meant, and raise the layout."""
    assert keys("采购申请")[0].hex() == "57693bd0e3964ce702c40a4b047b11a9"


def test_what_is_put_is_got_back_bit_by_bit(cache: VectorCache) -> None:
    """In any order, repeated, among missing ones; rows not found are zero."""
    vectors = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    cache.put(keys(*"abcde"), vectors)
    got, found = cache.get(keys(*"xeabyae"))
    assert found.tolist() == [False, True, True, True, False, True, True]
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got[found], vectors[[4, 0, 1, 0, 4]])
    assert not got[~found].any()


def test_nothing_found_has_no_dimension(cache: VectorCache) -> None:
    """The cache does not know the dimension of vectors that it does not hold."""
    vectors, found = cache.get(keys("a", "b"))
    assert vectors.shape == (2, 0)
    assert found.tolist() == [False, False]
    assert cache.get([])[0].shape == (0, 0)


def test_the_first_vector_of_a_key_stays(cache: VectorCache) -> None:
    """What two processes embed at once is kept once, so that later runs all read the same."""
    cache.put(keys("a"), np.ones((1, 2), np.float32))
    cache.put(keys("a", "b"), np.zeros((2, 2), np.float32))
    assert cache.get(keys("a", "b"))[0].tolist() == [[1, 1], [0, 0]]


def test_vectors_outlive_the_process_that_made_them(cache: VectorCache) -> None:
    """Closing and opening again finds them."""
    cache.put(keys("a"), np.ones((1, 2), np.float32))
    cache.close()
    assert cache.get(keys("a"))[1].all()


def test_two_dimensions_under_one_embedder_are_refused(cache: VectorCache) -> None:
    """Vectors that cannot stand in one array are reported, not padded."""
    cache.put(keys("a"), np.ones((1, 2), np.float32))
    cache.put(keys("b"), np.ones((1, 3), np.float32))
    with pytest.raises(StoreError, match=r"of [23] and of [23] dimensions"):
        cache.get(keys("a", "b"))


def test_info_counts_vectors_and_bytes(cache: VectorCache) -> None:
    """A cache that does not exist is empty, and asking does not create it."""
    assert cache.info() == vector_cache.CacheInfo(cache.folder, 0, 0)
    assert not cache.folder.exists()
    cache.put(keys(*"abc"), np.ones((3, 1000), np.float32))
    assert cache.info().entries == 3
    assert cache.info().size >= 3 * 4000


def test_clearing_deletes_the_files(cache: VectorCache) -> None:
    """The space is given back, what else is in the folder stays, and the cache can be used on."""
    cache.clear()
    cache.put(keys("a"), np.ones((1, 2), np.float32))
    (cache.folder / "mine.txt").write_text("mine")
    cache.clear()
    assert [path.name for path in cache.folder.iterdir()] == ["mine.txt"]
    assert cache.info().entries == 0
    assert not cache.get(keys("a"))[1].any()


def test_the_map_grows(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """More vectors than the address space reserved at first are kept; none is lost on the way."""
    monkeypatch.setattr(vector_cache, "_MAP_SIZE", 1 << 16)
    for start_at in range(0, 400, 100):
        numbers = range(start_at, start_at + 100)
        cache.put(keys(*map(str, numbers)), np.array([[n] * 500 for n in numbers], np.float32))
    vectors, found = cache.get(keys(*map(str, range(400))))
    assert found.all()
    assert vectors[:, 499].tolist() == list(range(400))


GROW = """
import sys
import numpy as np
from pathlib import Path
from harness.embedders.vector_cache import VectorCache, vector_keys
from harness.model import Identity
texts = [f"grown {i}" for i in range(400)]
with VectorCache(Path(sys.argv[1])) as cache:
    cache.put(vector_keys(Identity("fake", "one", "1"), "query", texts), np.ones((400, 500), np.float32))
"""


def test_a_map_that_another_process_grew_is_taken_over(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open cache reads and writes on after another process made it larger."""
    monkeypatch.setattr(vector_cache, "_MAP_SIZE", 1 << 16)
    cache.put(keys("a"), np.ones((1, 500), np.float32))
    other = start(cache.folder, GROW)
    assert other.wait(30) == 0, other.communicate()
    other.communicate()
    assert cache.get(keys(*(f"grown {i}" for i in range(400))))[1].all()
    cache.put(keys("b"), np.ones((1, 500), np.float32))
    assert cache.get(keys("a", "b"))[1].all()


MIX = """
import sys
import numpy as np
from pathlib import Path
from harness.embedders import vector_cache
from harness.model import Identity
vector_cache._MAP_SIZE = 1 << 16
seed = int(sys.argv[2])
random = np.random.default_rng(seed)
found_any = wrong = 0
with vector_cache.VectorCache(Path(sys.argv[1])) as cache:
    for _ in range(150):
        numbers = random.permutation(3000)[:40]
        keys = vector_cache.vector_keys(Identity("fake", "one", "1"), "query", [str(n) for n in numbers])
        right = np.repeat(numbers[:, None], 50, axis=1).astype(np.float32)
        vectors, found = cache.get(keys)
        found_any += found.sum()
        wrong += (vectors[found] != right[found]).any() if found.any() else 0
        cache.put([key for key, there in zip(keys, found) if not there], right[~found])
print(found_any, wrong)
"""


def test_processes_at_once_never_read_a_wrong_vector(cache: VectorCache) -> None:
    """Two processes write and read the same texts in random order while the map grows."""
    others = [start(cache.folder, MIX, seed) for seed in "12"]
    for other in others:
        out, errors = other.communicate(timeout=60)
        found, wrong = map(int, out.split() or [0, -1])
        assert found > 0, errors
        assert wrong == 0
    numbers = np.arange(3000)
    vectors, found_now = cache.get(keys(*map(str, numbers)))
    np.testing.assert_array_equal(vectors[found_now, 7], numbers[found_now])


def test_one_process_opens_a_folder_once(cache: VectorCache) -> None:
    """A second open cache on the same folder is refused, for LMDB cannot bear it."""
    cache.put(keys("a"), np.ones((1, 2), np.float32))
    with VectorCache(cache.folder) as second, pytest.raises(StoreError, match="already open in this process"):
        second.get(keys("a"))
    cache.close()
    with VectorCache(cache.folder) as second:
        assert second.get(keys("a"))[1].all()


def test_another_layout_is_refused(cache: VectorCache) -> None:
    """A cache of another version is named, with what to do."""
    (cache.folder / "vectors").mkdir(parents=True)
    with lmdb.open(str(cache.folder / "vectors")) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"layout", b"2")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"has layout 2, .* this one knows 1.*harness cache clear"):
            cache.get(keys("a"))
    cache.clear()
    assert not cache.get(keys("a"))[1].any()


def test_damage_is_reported(cache: VectorCache) -> None:
    """A file that is no cache is named, with what to do."""
    (cache.folder / "vectors").mkdir(parents=True)
    (cache.folder / "vectors" / "data.mdb").write_bytes(b"hello" * 5000)
    with pytest.raises(StoreError, match=r"(?s)缓存.*damaged.*harness cache clear"):
        cache.get(keys("a"))


def test_a_file_instead_of_a_folder_is_reported(tmp_path: Path) -> None:
    """The error names it, and says how to choose another."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"(?s)file.*EMBEDDING_HARNESS_CACHE"):
        VectorCache(tmp_path / "file").get(keys("a"))


FILL = """
import resource, sys
import numpy as np
from pathlib import Path
from harness.embedders.vector_cache import VectorCache, vector_keys
from harness.errors import StoreError
from harness.model import Identity
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
cache = VectorCache(Path(sys.argv[1]))
kept = 0
try:
    while True:
        texts = [f"{kept} {i}" for i in range(10)]
        cache.put(vector_keys(Identity("fake", "one", "1"), "query", texts), np.full((10, 500), kept, np.float32))
        kept += 1
except StoreError as error:
    print(kept, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="no limits on file sizes")
def test_a_full_disk_is_reported_and_what_was_kept_stays(cache: VectorCache) -> None:
    """The error names the folder and says what to do; every batch before it is there."""
    said, errors = start(cache.folder, FILL).communicate(timeout=30)
    assert "disk is not full" in said, errors
    assert str(cache.folder) in said
    kept = int(said.split()[0])
    assert kept > 0
    vectors, found = cache.get(keys(*(f"{batch} {i}" for batch in range(kept) for i in range(10))))
    assert found.all()
    assert vectors[:, 0].tolist() == [batch for batch in range(kept) for _ in range(10)]


def test_the_default_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The project's own variable wins over the platform's, that over the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("EMBEDDING_HARNESS_CACHE", str(tmp_path / "own"))
    assert default_cache_folder() == tmp_path / "own"
    monkeypatch.delenv("EMBEDDING_HARNESS_CACHE")
    assert default_cache_folder() == tmp_path / "xdg" / "embedding-harness"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(sys, "platform", "linux")
    assert default_cache_folder() == tmp_path / ".cache" / "embedding-harness"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_cache_folder() == tmp_path / "Library" / "Caches" / "embedding-harness"


def test_what_is_held_is_known_without_reading_it(cache: VectorCache) -> None:
    """In the order of the keys; vectors of two dimensions are no matter."""
    cache.put(keys("a"), np.ones((1, 2)))
    cache.put(keys("b"), np.ones((1, 3)))
    assert cache.held(keys("b", "c", "a")).tolist() == [True, False, True]
    assert cache.held([]).tolist() == []
