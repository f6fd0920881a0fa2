"""Where a suite of mteb's is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.catalogue.locate import Place

if TYPE_CHECKING:
    from harness.catalogue.mteb.names import Asked
    from harness.catalogue.mteb.registry import Entry


@dataclass(frozen=True)
class MtebPlace(Place):
    """One subset and one split of one of mteb's tasks. folder: in the cache, there once its data have been read."""

    entry: Entry = field(compare=False)
    subset: str = field(compare=False)
    split: str = field(compare=False)
    asked: Asked = field(compare=False)
