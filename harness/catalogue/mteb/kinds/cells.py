"""A cell of mteb's data as a cell of ours: a text, an id, a label. Empty: there is none, and its row is left out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def as_text(value: Any) -> str:
    """A text; empty for null and for one of blanks alone. A conversation becomes one text, as in mteb."""
    if isinstance(value, list | tuple):
        value = "; ".join(map(_turn, value))
    text = "" if _is_null(value) else str(value)
    return text if text.strip() else ""


def as_id(value: Any) -> str:
    """An id: mteb has texts and numbers."""
    return "" if _is_null(value) else str(value).strip()


def as_label(value: Any, names: Sequence[str] | None = None) -> str:
    """A label; names: what its number stands for, where the data say so."""
    if isinstance(value, bool) or _is_null(value):
        return "" if _is_null(value) else str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if names and isinstance(value, int) and 0 <= value < len(names):
        value = names[value]
    return str(value).strip()


def as_list(labels: Any) -> list[Any]:
    """Labels, of which there may be one only."""
    return labels if isinstance(labels, list) else [labels]


def as_number(value: Any) -> float | None:
    """A finite number, or None."""
    try:
        number = math.nan if value is None else float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def as_query(text: Any, instruction: Any) -> str:
    """A query with its instruction: behind a text, before a conversation, as in mteb."""
    query, told = as_text(text), as_text(instruction)
    if not (query and told):
        return query
    return f"{told} {query}" if isinstance(text, list | tuple) else f"{query} {told}"


def _turn(turn: Any) -> str:
    """`role: content`, or what was said where nobody is named."""
    if isinstance(turn, dict):
        said: Mapping[str, Any] = turn
        return f"{said.get('role', 'user')}: {said.get('content', '')}"
    return str(turn)


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
