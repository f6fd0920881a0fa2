"""What goes into one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Index


def packed(tokens: Sequence[int], most: int, budget: int) -> list[Index]:
    """Places 0 … n − 1 in as many requests as are needed, in their order.

    tokens: of each text, n. A request has at most `most` texts and `budget` tokens; a text above that is alone.
    """
    requests: list[Index] = []
    start = taken = 0
    for place, size in enumerate(tokens):
        if place > start and (place - start == most or taken + size > budget):
            requests.append(np.arange(start, place))
            start, taken = place, 0
        taken += size
    return [*requests, np.arange(start, len(tokens))] if len(tokens) else []
