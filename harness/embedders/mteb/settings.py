"""The options of `mteb:`, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.embedders.options import options
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.model import Spec

_KNOWN = ("batch_size", "device", "path", "revision", "task", "trust_remote_code")

_BATCH_SIZE = 32
"""What `mteb.evaluate` gives its models."""


@dataclass(frozen=True)
class Settings:
    """The options of a spec. None leaves the choice to mteb; trusted: nobody said whether to run a model's own code."""

    revision: str | None
    path: str | None
    task: str | None
    device: str | None
    batch_size: int
    trusted: bool | None

    def deciding(self) -> tuple[tuple[str, str], ...]:
        """Those that belong into an Identity; revision and path are its revision."""
        chosen = (("task", self.task), ("trust_remote_code", "true" if self.trusted else None))
        return tuple((name, value) for name, value in chosen if value is not None)


def read_settings(spec: Spec) -> Settings:
    """The options of `spec`, typed. Raises UsageError for an unknown one, or one that does not fit."""
    given = options(spec, _KNOWN)
    if not spec.name:
        raise UsageError(f"{spec.text}: name a model of mteb's registry, as in mteb:intfloat/multilingual-e5-small")
    if "path" in spec.options and "revision" in spec.options:
        raise UsageError(f"{spec.text}: a folder has no revision; its files are digested instead")
    return Settings(
        revision=given.text("revision", None),
        path=given.text("path", None),
        task=given.text("task", None),
        device=given.text("device", None),
        batch_size=given.integer("batch_size", _BATCH_SIZE),
        trusted=given.flag("trust_remote_code", default=False) if "trust_remote_code" in spec.options else None,
    )
