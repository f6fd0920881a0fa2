"""What a run shows on stderr while it goes on: a bar on a terminal, a line per result elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from harness.workflows.run import paid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.diagnostics.cost import Profile
    from harness.model import Finding, Run


class _Watch:
    """`workflows.run.Watch` on rich progress bars: a run may end while the next one is under way."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._latest = TaskID(0)

    def began(self, embedder: str, suite: str, texts: int) -> None:
        self._latest = self._bars.add_task(escape(f"{embedder} · {suite}"), total=texts)
        self._tasks[embedder, suite] = self._latest

    def embedded(self, texts: int) -> None:
        self._bars.advance(self._latest, texts)

    def ended(self, run: Run) -> None:
        self._bars.remove_task(self._tasks.pop((run.embedder, run.suite)))
        for line in (_line(run), *(f"    {_noted(finding)}" for finding in run.findings if finding.warning)):
            self._bars.console.print(escape(line), soft_wrap=True)

    def warned(self, text: str) -> None:
        self._bars.console.print(escape(f"warning: {text}"), soft_wrap=True)


@contextmanager
def progress() -> Iterator[_Watch]:
    """A watch that shows a run's progress on stderr as long as the block lasts."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("texts"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield _Watch(bars)


class _Stages:
    """`workflows.profile.profiling.Watch`: what is measured now, and a line per embedder that is done."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def began(self, embedder: str, stage: str) -> None:
        about = escape(f"{embedder} · {stage}")
        if self._task is None:
            self._task = self._bars.add_task(about, total=None)
        self._bars.update(self._task, description=about)

    def ended(self, profile: Profile) -> None:
        result = "measured" if profile.status == "ok" else f"failed: {profile.reason.splitlines()[0]}"
        self._bars.console.print(escape(f"{profile.embedder}  {result}  ({profile.seconds:.1f} s)"), soft_wrap=True)


@contextmanager
def stages() -> Iterator[_Stages]:
    """A watch that shows on stderr what is measured, as long as the block lasts."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        yield _Stages(bars)


def _noted(finding: Finding) -> str:
    value = "" if finding.value is None else f" {finding.value:.3g}"
    return f"warning: {finding.name}{value}: {finding.note}"


def _line(run: Run) -> str:
    """One finished run: what came out, how much was embedded anew, how long it took."""
    first = run.scores[0]
    if first.value is not None:
        result = f"{first.metric} {first.value:.3f}"
    else:
        # A run that went well can still have a score that is undefined, with a reason of its own.
        result = f"{first.status.replace('_', ' ')}: {first.reason.splitlines()[0]}"
    facts = (f"{run.texts} texts embedded", f"{run.seconds:.1f} s", *paid(run))
    return f"{run.embedder} · {run.suite}  {result}  ({', '.join(facts)})"
