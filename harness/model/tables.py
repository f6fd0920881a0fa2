"""What a suite is made of: tables, their columns, texts in their roles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.model.candidates import Role


class Image(str):
    """A picture where a text could stand. Only an embedder that says `reads_images` is given one.

    As a string it is `image:` and the digest of its bytes. So caches, fingerprints and sets, which see the string, take
    the same picture in two files for one, and a file that was painted over for another picture.
    """

    __slots__ = ("_path",)
    _path: Path

    def __new__(cls, path: Path, content: bytes) -> Self:
        """The picture at `path`, whose bytes are `content`."""
        image = super().__new__(cls, f"image:{blake2b(content, digest_size=16).hexdigest()}")
        image._path = path
        return image

    @property
    def path(self) -> Path:
        """Where its bytes were read."""
        return self._path


@dataclass(frozen=True)
class Column:
    """What a column of a suite's table holds.

    reads: id (text or integer, kept as text), text (not blank), prose (text, blank or null), label (text, integer or
    boolean, kept as text), number (finite), image (the path of a picture, relative to the table's folder, blank or
    null). unique: no value twice. choices: the only values allowed. instead: a column that may stand in for this one,
    row by row.
    """

    reads: Literal["id", "text", "prose", "label", "number", "image"]
    required: bool = True
    unique: bool = False
    choices: tuple[str, ...] = ()
    instead: str = ""


@dataclass(frozen=True)
class TableShape:
    """The columns that a kind reads from one of its tables, by name."""

    columns: Mapping[str, Column]
    required: bool = True


@dataclass(frozen=True)
class Table:
    """A table as read: `columns` holds equally long sequences; a column the file lacks is absent.

    lines: the 1-based line of `file` that each row came from. folder: where `file` lies.
    """

    name: str
    file: str
    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]
    folder: Path | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """The values of a column, or `default` for every row where the file has no such column."""
        return self.columns[name] if name in self.columns else [default] * len(self)

    def take(self, rows: Sequence[int]) -> Self:
        """The rows at these positions, in this order."""
        columns = {name: [values[row] for row in rows] for name, values in self.columns.items()}
        return replace(self, columns=columns, lines=[self.lines[row] for row in rows])


@dataclass(frozen=True)
class Texts:
    """Texts to embed in one role, an Image in place of some of them.

    instruction: what is put before each text; an empty one is none.
    """

    texts: Sequence[str]
    role: Role
    instruction: str = ""

    def prompted(self) -> Sequence[str]:
        """The texts as the embedder gets them."""
        if not self.instruction:
            return self.texts
        return [text if isinstance(text, Image) else self.instruction + text for text in self.texts]

    def pictured(self) -> bool:
        """Whether there is a picture among them."""
        return any(isinstance(text, Image) for text in self.texts)
