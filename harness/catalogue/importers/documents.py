"""The documents that an import has met: which ids there are, and the hash that labels of it are to carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.tasks.staleness import document_hash

if TYPE_CHECKING:
    from collections.abc import Mapping


class Documents:
    """Ids with the hash of their document; no texts. A million documents take 150 MB.

    That an id is given twice is told by the suite's own check.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Note a row with _id, title and text; the first of an id stays."""
        key = _id(row.get("_id"))
        if key and key not in self._known:
            self._known[key] = document_hash(_text(row.get("title")), _text(row.get("text")))

    def __contains__(self, key: object) -> bool:
        return _id(key) in self._known

    def hash(self, key: Any) -> str:
        """The hash of a document; empty for one that was not met, which the suite's own check refuses."""
        return self._known.get(_id(key), "")


def _id(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
