"""What can go wrong, and the exit code that each says it with.

HarnessError
├── UsageError            3  a command, a name or a configuration that cannot be understood
├── SuiteError            3  a suite with faults: all of them, each with file, line and key
├── NotComparableError    3  results that must not be set side by side
├── EmbedderError         4  an embedder that failed, or broke its contract
│   ├── MissingExtraError 4  an embedder whose package is not installed
│   └── WithoutVectorsError 4  some texts that cannot have a vector; all others have theirs
└── StoreError            4  the results database or the vector cache cannot be used

Whatever is not a HarnessError is a bug and keeps its traceback.
Exit codes 1 and 2 belong to the gate: regression, inconclusive. 130 is an interrupt (Ctrl-C).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class HarnessError(Exception):
    """The root: its text is shown to the user as it is."""

    exit_code: ClassVar[int] = 4


class UsageError(HarnessError):
    """A command, a name or a configuration that cannot be understood."""

    exit_code = 3


class NotComparableError(HarnessError):
    """Results that must not be set side by side."""

    exit_code = 3


class EmbedderError(HarnessError):
    """An embedder that failed, or broke its contract."""


class MissingExtraError(EmbedderError):
    """An embedder whose package is not installed.

    package: the import name that was not found; extra: the extra of this distribution that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed. Install it with: pip install 'embedding-harness[{extra}]'")


class WithoutVectorsError(EmbedderError):
    """Some texts have no vector, for a reason that lies in them; all others were handed over.

    reasons: text, as the embedder was asked for it → why; texts that are not named may be asked for again.
    """

    def __init__(self, message: str, reasons: Mapping[str, str]) -> None:
        super().__init__(message)
        self.reasons = reasons


class StoreError(HarnessError):
    """The results database or the vector cache cannot be used."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'? ` with the known name that is most like `name`, or nothing where none is like it."""
    # Costs 3 ms that only a name which is not known must pay.
    from difflib import get_close_matches  # noqa: PLC0415 # see above

    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}? " if close else ""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a suite: where, what, and what to do about it.

    line is 1-based; 0 stands for the file as a whole. key is a column or a YAML key, or empty.
    """

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "") + (f" [{self.key}]" if self.key else "")
        return f"{place}: {self.message}"


@dataclass
class Faults:
    """Collects the faults of one suite, so that a user mends them in one go.

    At most `shown` faults of one kind (same file, key and message stem) are kept; the rest are counted.
    """

    shown: int = 10
    found: list[Fault] = field(default_factory=list)
    _counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, file: str, line: int, key: str, message: str) -> None:
        """Keep one fault. The words before the first colon of `message` name its kind."""
        kind = (file, key, message.split(":", 1)[0])
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self._counts[kind] <= self.shown:
            self.found.append(Fault(file, line, key, message))

    def raise_if_any(self, suite: str) -> None:
        """Raise SuiteError with every fault found so far, if there are any."""
        if self.found:
            raise SuiteError(suite, tuple(self.found), sum(self._counts.values()))


class SuiteError(HarnessError):
    """A suite with faults. `faults` holds them in the order found; `total` counts those not shown too."""

    exit_code = 3

    def __init__(self, suite: str, faults: tuple[Fault, ...], total: int | None = None) -> None:
        self.suite = suite
        self.faults = faults
        self.total = len(faults) if total is None else total
        noun = "fault" if self.total == 1 else "faults"
        lines = [f"suite {suite} has {self.total} {noun}:", *(f"  {fault}" for fault in faults)]
        if self.total > len(faults):
            lines.append(f"  … and {self.total - len(faults)} more of the same kinds")
        super().__init__("\n".join(lines))
