"""Vectors on disk, so that no text is embedded twice by the same embedder in the same role. Disposable.

An LMDB environment: many processes read and write it at once, and a killed one leaves it whole.
Key: 16 bytes of blake2b over (identity, role, text). Value: the vector as little-endian float32.
Beside them are notes: what was found out about an embedder and texts, as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakValueDictionary

import numpy as np

from harness.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from harness.model import Identity, Role, Vectors

_LAYOUT_KEY = b"layout"  # 6 bytes: no vector's key
_LAYOUT = b"1"
_KEY_SIZE = 16
_NOTE = b"note:"  # how the keys of notes begin: with it they are longer than a vector's
_MAP_SIZE = 1 << 28  # address space, not disk: LMDB cannot write past it, so it is doubled whenever it is full
_FLOAT = np.dtype("<f4")
_OPEN: WeakValueDictionary[Path, VectorCache] = WeakValueDictionary()
"""Where this process has a cache open: opened twice, LMDB loses its locks (and lmdb 1.6 does not say so)."""
_DAMAGED = "It is damaged, or no vector cache. Delete it with `harness cache clear`; it only saves time."
_UNWRITABLE = (  # a full disk too is no more than "Input/output error" to LMDB
    "Make sure that the disk is not full and the folder can be written, or choose another folder with "
    "EMBEDDING_HARNESS_CACHE. What was embedded so far is kept: the same command goes on where it stopped."
)


_CACHES = {"darwin": ("Library", "Caches"), "win32": ("AppData", "Local")}
"""Where a platform keeps caches, below the user's home."""
_SPARE = 1 << 16  # bytes: LMDB's lock file and first pages


def default_cache_folder() -> Path:
    """$EMBEDDING_HARNESS_CACHE, else `embedding-harness` where the platform keeps caches of a user."""
    chosen = os.environ.get("EMBEDDING_HARNESS_CACHE")
    if chosen:
        return Path(chosen)
    given = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    if given:
        return Path(given) / "embedding-harness"
    try:
        home = Path.home()
    except RuntimeError as error:  # a container that runs under a number without a user
        raise StoreError(
            f"there is no home folder for the vector cache ({error}). Set EMBEDDING_HARNESS_CACHE."
        ) from error
    return home.joinpath(*_CACHES.get(sys.platform, (".cache",))) / "embedding-harness"


def vector_keys(identity: Identity, role: Role, texts: Sequence[str]) -> list[bytes]:
    """The key of each text. Roles share their keys when the identity is symmetric.

    The framing is unambiguous: neither the identity's key (hexadecimal) nor a role holds the NUL that ends it.
    """
    shared: Role = "either" if identity.symmetric else role
    prefix = blake2b(f"{identity.key}\0{shared}\0".encode(), digest_size=_KEY_SIZE)
    keys = []
    for text in texts:
        digest = prefix.copy()
        digest.update(text.encode("utf-8", "surrogatepass"))
        keys.append(digest.digest())
    return keys


def note_key(identity: Identity, what: str, texts: Sequence[str]) -> bytes:
    """The key of what is noted about an embedder and texts, in this order: no vector's key is as long."""
    digest = blake2b(f"{identity.key}\0{what}\0{len(texts)}\0".encode(), digest_size=_KEY_SIZE)
    digest.update(np.array([len(text) for text in texts], "<u8").tobytes())
    digest.update("".join(texts).encode("utf-8", "surrogatepass"))
    return _NOTE + digest.digest()


@dataclass(frozen=True)
class CacheInfo:
    """entries: vectors held. size: bytes on disk."""

    folder: Path
    entries: int
    size: int


class VectorCache:
    """The cache in `folder`, opened at the first use; a context manager that closes it.

    At most one open VectorCache per folder and process (a limit of LMDB), and none on a network file system.
    Every method raises StoreError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: Any = None  # lmdb.Environment

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the files. The next use opens them again."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
            _OPEN.pop(self._home.resolve(), None)

    def get(self, keys: Sequence[bytes]) -> tuple[Vectors, NDArray[np.bool_]]:
        """The vectors of `keys`, n × d float32, and which of them were found; rows not found are zero.

        d is 0 when none is found. Raises StoreError when vectors of different dimensions are found.
        """
        found = np.zeros(len(keys), dtype=np.bool_)
        vectors = np.zeros((len(keys), 0), dtype=np.float32)
        with self._transaction(write=False) as transaction:
            for place in sorted(range(len(keys)), key=keys.__getitem__):  # the order of the pages
                value = transaction.get(keys[place])
                if value is None:
                    continue
                if not vectors.shape[1]:
                    vectors = np.zeros((len(keys), len(value) // _FLOAT.itemsize), dtype=np.float32)
                if len(value) != vectors.shape[1] * _FLOAT.itemsize:
                    raise StoreError(
                        f"the vector cache {self.folder} holds vectors of {vectors.shape[1]} and of "
                        f"{len(value) // _FLOAT.itemsize} dimensions for one embedder. Delete it with "
                        "`harness cache clear`; it only saves time."
                    )
                vectors[place] = np.frombuffer(value, dtype=_FLOAT)
                found[place] = True
        return vectors, found

    def held(self, keys: Sequence[bytes]) -> NDArray[np.bool_]:
        """Which of `keys` have a vector, n; none is read."""
        with self._transaction(write=False) as transaction:
            return np.array([transaction.get(key) is not None for key in keys], np.bool_)

    def put(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep the rows of `vectors` (n × d) under `keys`, all of them or none; on disk when this returns.

        A key that is already there keeps its vector.
        """
        rows = np.ascontiguousarray(vectors, dtype=_FLOAT)
        self._put(sorted((key, row.tobytes()) for key, row in zip(keys, rows, strict=True)))

    def note(self, key: bytes) -> Any:
        """What was kept under `key`, see `note_key`; None where nothing was."""
        with self._transaction(write=False) as transaction:
            value = transaction.get(key)
            return None if value is None else json.loads(bytes(value))

    def keep(self, key: bytes, value: Any) -> None:
        """Keep a value, as JSON does, under a key of `note_key`; on disk when this returns. The first one stays."""
        self._put([(key, json.dumps(value).encode())])

    def _put(self, items: Sequence[tuple[bytes, bytes]]) -> None:
        import lmdb

        while True:
            try:
                with self._transaction(write=True) as transaction:
                    transaction.cursor().putmulti(items, overwrite=False)
            except lmdb.MapFullError:
                self._grow()
            else:
                return

    def info(self) -> CacheInfo:
        """Where the cache is, how many vectors it holds, how many bytes it takes. Creates nothing."""
        data = self._home / "data.mdb"
        if not data.exists():
            return CacheInfo(self.folder, 0, 0)
        with self._transaction(write=False) as transaction:
            notes = sum(len(key) > _KEY_SIZE for key in _keys_with(transaction, _NOTE))
            entries = transaction.stat()["entries"] - notes - 1  # the layout
        return CacheInfo(self.folder, entries, data.stat().st_size)

    def clear(self) -> None:
        """Delete every vector and give the disk space back.

        Another process that has the cache open goes on with the files that it has, which vanish when it ends.
        """
        self.close()
        if not self._home.exists():
            return
        # Renamed first, so that no process opens a cache of which half is gone.
        cleared = self.folder / f"cleared-{uuid.uuid4().hex}"
        try:
            self._home.rename(cleared)
            shutil.rmtree(cleared)
        except OSError as error:
            raise StoreError(f"the vector cache {self.folder} cannot be cleared: {error}") from error

    @property
    def _home(self) -> Path:
        return self.folder / "vectors"

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[Any]:
        """An LMDB transaction, committed at the end. MapFullError passes through: `put` knows what to do."""
        import lmdb

        try:
            if self._opened is None:
                self._opened = self._open()
                _OPEN[self._home.resolve()] = self
            with self._begin(self._opened, write=write) as transaction:
                yield transaction
        except lmdb.MapFullError:
            raise
        except (lmdb.Error, OSError) as error:
            advice = _DAMAGED if isinstance(error, _damages()) else _UNWRITABLE
            raise StoreError(f"the vector cache {self.folder} cannot be used: {error}\n{advice}") from error

    def _open(self) -> Any:
        import lmdb

        self._home.mkdir(parents=True, exist_ok=True)
        if self._home.resolve() in _OPEN:
            raise StoreError(f"the vector cache {self.folder} is already open in this process; use that VectorCache")
        self._reserve()
        # Without metasync, a commit is one flush instead of two: losing power can undo the last commit, never
        # harm an earlier one, and killing the process loses nothing.
        opened = lmdb.open(str(self._home), map_size=_MAP_SIZE, metasync=False)
        opened.reader_check()  # places of killed readers, which keep pages from being used again
        with self._begin(opened, write=False) as transaction:
            stamp = transaction.get(_LAYOUT_KEY, default=b"")
            layout = bytes(stamp)
        if not layout:
            with self._begin(opened, write=True) as transaction:
                transaction.put(_LAYOUT_KEY, _LAYOUT)
        elif layout != _LAYOUT:
            opened.close()
            raise StoreError(
                f"the vector cache {self.folder} has layout {layout.decode(errors='replace')}, made by another "
                f"version of embedding-harness; this one knows {_LAYOUT.decode()}. Delete it with "
                "`harness cache clear`, or choose another folder with EMBEDDING_HARNESS_CACHE."
            )
        return opened

    def _reserve(self) -> None:
        """Refuse a full disk with an OSError. LMDB maps its files without blocks behind them and would be killed."""
        spare = self._home / f"spare-{uuid.uuid4().hex}"
        try:
            with spare.open("wb") as file:
                file.write(bytes(_SPARE))
                file.flush()
                os.fsync(file.fileno())
        finally:
            spare.unlink(missing_ok=True)

    def _begin(self, opened: Any, *, write: bool) -> Any:
        import lmdb

        while True:
            try:
                return opened.begin(write=write, buffers=True)
            except lmdb.MapResizedError:  # by another process: 0 takes over its size
                opened.set_mapsize(0)

    def _grow(self) -> None:
        self._opened.set_mapsize(2 * self._opened.info()["map_size"])


def _keys_with(transaction: Any, start: bytes) -> Iterator[bytes]:
    cursor = transaction.cursor()
    found = cursor.set_range(start)
    while found and bytes(cursor.key()[: len(start)]) == start:
        yield bytes(cursor.key())
        found = cursor.next()


def _damages() -> tuple[type[Exception], ...]:
    import lmdb

    return (
        lmdb.CorruptedError,
        lmdb.InvalidError,
        lmdb.PageNotFoundError,
        lmdb.PanicError,
        lmdb.VersionMismatchError,
    )
