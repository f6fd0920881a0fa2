"""Names for the arrays that the parts hand to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Vectors: TypeAlias = "NDArray[np.float32]"
"""One row per text, one column per dimension: n × d, finite. Not necessarily of unit length."""

Floats: TypeAlias = "NDArray[np.float64]"
"""One number per item, or per resample."""

Index: TypeAlias = "NDArray[np.intp]"
"""Positions in a sequence; a position may occur more than once."""
