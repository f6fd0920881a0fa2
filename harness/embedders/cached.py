"""An embedder that asks the cache first, and another embedder for what the cache lacks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.contract import Checked
from harness.embedders.drift import demand_unchanged
from harness.embedders.noticing import STEADINESS, Parts, noted, reading, steadiness
from harness.embedders.vector_cache import VectorCache, note_key, vector_keys
from harness.errors import EmbedderError
from harness.model import Finding, Image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.embedders.facts import Facts
    from harness.embedders.remote.service import Service
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Embedder, Identity, Role, Vectors


class Cached:
    """The same embedder, hence the same identity; each text is embedded once, in whatever run.

    Of the texts that the cache lacks, every part that the embedder hands over is checked and stored before it goes on,
    so that an interrupted run continues where it stopped.
    on_progress: told how many more texts have their vectors; the calls of one `embed` add up to its texts.
    embedded: how many texts the cache lacked, over all `embed` calls.
    """

    def __init__(
        self,
        inner: Embedder,
        cache: VectorCache,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        self.embedded = 0
        self._unchanged = False
        self._asked: dict[Role, dict[str, None]] = {}
        self._whole: dict[Role, dict[str, None]] = {}
        self._parts: Parts | None = None
        self._inner = inner if isinstance(inner, Checked) else Checked(inner)
        self._cache = cache
        self._tell = on_progress or (lambda _: None)

    @property
    def identity(self) -> Identity:
        """The inner embedder's."""
        return self._inner.identity

    @property
    def asked_as(self) -> Identity:
        """That of the wrapper which gives it parts of texts, else its own: whom its findings are about."""
        return self._parts.whose if self._parts else self.identity

    @property
    def service(self) -> Service | None:
        """The inner embedder's."""
        return self._inner.service

    def facts(self) -> Facts:
        """The inner embedder's."""
        return self._inner.facts()

    @property
    def reads_images(self) -> bool:
        """Whether the inner embedder does."""
        return self._inner.reads_images

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The inner embedder's."""
        return self._inner.tokenizer

    def findings(self) -> Sequence[Finding]:
        """What is to be known about the embedder and the texts that it was asked for since this was last called.

        What it notices about texts, how it takes them apart, and whether it is steady is found out once and noted in
        the cache: neither model nor tokenizer is loaded for it again.
        """
        asked, whole, parts = self._asked, self._whole, self._parts
        self.forget()
        distinct = list(dict.fromkeys(text for texts in asked.values() for text in texts))
        steady = self._tried(STEADINESS, (), lambda: steadiness(self._inner))
        if not distinct:
            return steady
        by_role = {role: list(texts) for role, texts in (asked | whole).items()}
        framed = [part for role, texts in by_role.items() for part in (f"{role} {len(texts)}", *texts)]
        framed += [f"parts {parts.most}"] if parts else []
        noticed = self._found("noticed", distinct, lambda: self._inner.findings(distinct))
        return (*noticed, *self._tried("tokens", framed, lambda: reading(self._inner, by_role, parts)), *steady)

    def forget(self) -> None:
        """The next findings are about the texts that it is asked for from now on."""
        self._asked, self._whole = {}, {}

    def parted(self, texts: Sequence[str], role: Role, parts: Parts) -> None:
        """What it is asked for next are such parts of `texts`: where they are cut, findings count the whole ones."""
        self._parts = parts
        if parts.most is not None:
            self._take_note(self._whole, texts, role)

    def _take_note(self, of: dict[Role, dict[str, None]], texts: Sequence[str], role: Role) -> None:
        shared: Role = "either" if self.identity.symmetric else role
        of.setdefault(shared, {}).update({text: None for text in texts if not isinstance(text, Image)})

    def remember(self, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
        """What `make` returns about `texts`, as JSON keeps it; asked for again, from the cache."""
        key = note_key(self.identity, what, texts)
        known = self._cache.note(key)
        if known is None:
            known = make()
            self._cache.keep(key, known)
        return known

    def _found(self, what: str, texts: Sequence[str], make: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
        fields = self.remember(noted(what), texts, lambda: [asdict(finding) for finding in make()])
        return [Finding(**of_one) for of_one in fields]

    def _tried(self, what: str, texts: Sequence[str], make: Callable[[], Sequence[Finding]]) -> Sequence[Finding]:
        try:
            return self._found(what, texts, make)
        except EmbedderError as error:  # its vectors are sound all the same; tried again with the next run
            return (Finding(what, None, f"could not be found out: {error}"),)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Memory: the result and one part.

        Raises EmbedderError when the inner embedder fails, breaks its contract or is no longer the one whose vectors
        the cache holds; StoreError for the cache.
        """
        self._take_note(self._asked, texts, role)
        keys = vector_keys(self.identity, role, texts)
        vectors, found = self._cache.get(keys)
        if found.any():
            self._inner.agree(vectors.shape[1])
        self._tell(int(found.sum()))
        missing = _missing(texts, found)
        if not missing:
            return vectors
        if not self._unchanged:
            demand_unchanged(self._inner, self.remember)
            self._unchanged = True
        for done, rows in self._inner.parts([texts[places[0]] for places in missing], role):
            of_part = [missing[place] for place in done]
            self._cache.put([keys[places[0]] for places in of_part], rows)
            if not vectors.shape[1]:
                vectors = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
            for places, row in zip(of_part, rows, strict=True):
                vectors[places] = row
            self.embedded += len(of_part)
            self._tell(sum(map(len, of_part)))
        return vectors


def _missing(texts: Sequence[str], found: NDArray[np.bool_]) -> list[list[int]]:
    """Where each distinct text stands that was not found, the longest text first.

    Texts of like length in one batch need little padding; with the longest first, what does not fit into memory
    fails at once.
    """
    places: dict[str, list[int]] = {}
    for place in np.flatnonzero(~found).tolist():
        places.setdefault(texts[place], []).append(place)
    return [places[text] for text in sorted(places, key=len, reverse=True)]
