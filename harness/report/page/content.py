"""What is reported. Gathered by a workflow, arranged by the sections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.model import Remarks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Decision, Row


@dataclass(frozen=True)
class Data:
    """A suite as it was when it was run. title, licence: empty where its data are not here, or not those any more.

    argument: what stands behind -s to run it again; empty where it was judged elsewhere.
    """

    suite: str
    kind: str
    fingerprint: str
    items: int
    argument: str
    title: str = ""
    licence: str = ""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Model:
    """Who an embedder is. label: by which the store has it. licence: empty where it is not known.

    spec: what opens it; empty where it was judged elsewhere.
    """

    embedder: str
    label: str
    spec: str
    name: str
    revision: str
    licence: str = ""


@dataclass(frozen=True)
class Surroundings:
    """Where and with what some runs were made. runs: embedder and suite of each, with when."""

    environment: Mapping[str, Any]
    runs: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Content:
    """Everything that the report says.

    rows: the headline of every embedder on every suite. hidden: results that were left out, as they are on other data.
    needs: the arguments of the command line that name the needs. version: of the harness that writes this.
    """

    decision: Decision
    rows: Sequence[Row]
    data: Sequence[Data]
    models: Sequence[Model]
    surroundings: Sequence[Surroundings]
    version: str
    remarks: Remarks = field(default_factory=Remarks)
    hidden: int = 0
    needs: Sequence[str] = ()

    @property
    def embedders(self) -> list[str]:
        """Everybody, the best first where there is an order."""
        deciding = self.decision.deciding
        fields = [*([deciding] if deciding else []), *self.decision.fields]
        stood = [one.embedder for field in fields for one in field.standings]
        return list(dict.fromkeys([*stood, *(row.embedder for row in self.rows)]))
