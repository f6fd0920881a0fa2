"""What a suite is made of: tables, their columns, texts in their roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model.candidates import Role


@dataclass(frozen=True)
class Column:
    """What a column of a suite's table holds.

    reads: id (text or integer, kept as text), text (not blank), prose (text, blank or null), label (text, integer or
    boolean, kept as text), number (finite). unique: no value twice. choices: the only values allowed.
    """

    reads: Literal["id", "text", "prose", "label", "number"]
    required: bool = True
    unique: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableShape:
    """The columns that a kind reads from one of its tables, by name."""

    columns: Mapping[str, Column]
    required: bool = True


@dataclass(frozen=True)
class Table:
    """A table as read: `columns` holds equally long sequences; a column the file lacks is absent.

    lines: the 1-based line of `file` that each row came from.
    """

    name: str
    file: str
    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """The values of a column, or `default` for every row where the file has no such column."""
        return self.columns[name] if name in self.columns else [default] * len(self)


@dataclass(frozen=True)
class Texts:
    """Texts to embed in one role. `instruction` is put before each of them; an empty one is none."""

    texts: Sequence[str]
    role: Role
    instruction: str = ""

    def prompted(self) -> Sequence[str]:
        """The texts as the embedder gets them."""
        return [self.instruction + text for text in self.texts] if self.instruction else self.texts
