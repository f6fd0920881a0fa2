"""The options of a spec (`backend:name?option=value`), checked and typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from harness.model import Spec

Whole = TypeVar("Whole", int, "int | None")
Word = TypeVar("Word", str, "str | None")

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Options:
    """The options that a user gave. Each getter returns `default` for an option that was not given.

    Every getter raises UsageError for a value that does not read as what it should be.
    """

    spec: Spec

    def text(self, name: str, default: Word) -> Word | str:
        """The value as written."""
        return self.spec.options.get(name, default)

    def choice(self, name: str, default: str, choices: Collection[str]) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in choices:
            raise self._refusal(name, f"one of {', '.join(sorted(choices))}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """`true` or `false`; yes, no, 1 and 0 are understood."""
        if name not in self.spec.options:
            return default
        return _FLAGS[self.choice(name, "", _FLAGS)]

    def integer(self, name: str, default: Whole, minimum: int = 1) -> Whole | int:
        """A whole number that is at least `minimum`."""
        written = self.spec.options.get(name)
        if written is None:
            return default
        if not written.isdecimal() or int(written) < minimum:
            raise self._refusal(name, f"a whole number, at least {minimum}")
        return int(written)

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """A number in [low, high]."""
        try:
            value = float(self.spec.options.get(name, default))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise self._refusal(name, f"a number from {low:g} to {high:g}")
        return value

    def _refusal(self, name: str, expected: str) -> UsageError:
        value = self.spec.options.get(name)
        return UsageError(f"{self.spec.text}: option {name} must be {expected}; it is {value!r}")


def options(spec: Spec, allowed: Collection[str]) -> Options:
    """The options of `spec`, once none of them is unknown.

    Raises UsageError naming the unknown option and the known ones.
    """
    for name in spec.options:
        if name not in allowed:
            known = f"Known: {', '.join(sorted(allowed))}" if allowed else "It has none"
            raise UsageError(f"{spec.text}: there is no option {name!r}. {nearest(name, allowed)}{known}")
    return Options(spec)


def deciding(values: Mapping[str, object], defaults: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """What of `values` belongs into an Identity: those that differ from their default, sorted by name.

    So a default that is written out is the same embedder as one left out, and `1.50` the same as `1.5`.
    """
    return tuple((name, str(value)) for name, value in sorted(values.items()) if value != defaults[name])
