"""What a run shows on stderr while it goes on: a bar on a terminal, a line per result elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

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
        self._wait: TaskID | None = None

    def began(self, embedder: str, suite: str, texts: int) -> None:
        self._waited()
        self._latest = self._bars.add_task(f"{embedder} · {suite}", total=texts)
        self._tasks[embedder, suite] = self._latest

    def embedded(self, texts: int) -> None:
        self._bars.advance(self._latest, texts)

    def ended(self, run: Run) -> None:
        self._bars.remove_task(self._tasks.pop((run.embedder, run.suite)))
        for line in (_line(run), *(f"    {_noted(finding)}" for finding in run.findings if finding.warning)):
            self._bars.console.print(line, soft_wrap=True)

    def told(self, text: str) -> None:
        self._waited()
        if self._bars.console.is_terminal:
            self._wait = self._bars.add_task(text, total=None)
        else:
            self._bars.console.print(text, soft_wrap=True)

    def warned(self, text: str) -> None:
        self._waited()
        self._bars.console.print(f"warning: {text}", soft_wrap=True)

    def _waited(self) -> None:
        """What took its time is over, as something else begins."""
        if self._wait is not None:
            self._bars.remove_task(self._wait)
        self._wait = None


def _console() -> Console:
    """What is written stands for itself: without colours, brackets or the picture that rich makes of `:x:`."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


class _Texts(ProgressColumn):
    """How many of how many texts; nothing where that is not known."""

    def render(self, task: Task) -> Text:
        """`12/500 texts`."""
        return Text("" if task.total is None else f"{task.completed:.0f}/{task.total:.0f} texts")


@contextmanager
def progress() -> Iterator[_Watch]:
    """A watch that shows a run's progress on stderr as long as the block lasts."""
    console = _console()
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        _Texts(),
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
        about = f"{embedder} · {stage}"
        if self._task is None:
            self._task = self._bars.add_task(about, total=None)
        self._bars.update(self._task, description=about)

    def ended(self, profile: Profile) -> None:
        result = "measured" if profile.status == "ok" else f"failed: {profile.reason.splitlines()[0]}"
        self._bars.console.print(f"{profile.embedder}  {result}  ({profile.seconds:.1f} s)", soft_wrap=True)


@contextmanager
def stages() -> Iterator[_Stages]:
    """A watch that shows on stderr what is measured, as long as the block lasts."""
    console = _console()
    columns = (TextColumn("{task.description}", markup=False), TimeElapsedColumn())
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
        result = f"{first.status.replace('_', ' ')}: {_brief(first.reason)}"
    facts = (f"{run.texts} texts embedded", f"{run.seconds:.1f} s", *paid(run))
    return f"{run.embedder} · {run.suite}  {result}  ({', '.join(facts)})"


def _brief(reason: str) -> str:
    """Its first line, with the next one where that only announces it, and a sign where that does so too."""
    line, *more = reason.splitlines()
    shown = f"{line} {more[0].strip()}" if more and line.endswith(":") else line
    return f"{shown} …" if shown.endswith(":") else shown
