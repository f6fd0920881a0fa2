"""The metrics that runs were scored with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.metrics.named import metric_of

if TYPE_CHECKING:
    from harness.model import Metric, Run


def metrics_of(*runs: Run) -> list[Metric[Any]]:
    """The metrics of which any of the runs has a score, each once, the headline of the first run first.

    Raises UsageError for one that nothing installed here brings.
    """
    return [metric_of(name) for name in dict.fromkeys(score.metric for run in runs for score in run.scores)]
