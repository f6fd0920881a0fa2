"""The gate beside a team's own tests.

@pytest.mark.embedding_gate(baseline="main", embedder="minilm")
def test_search_finds_what_it_found(): ...

def test_search_is_no_worse(gate):
    verdict = gate(baseline="main", embedder="minilm")
    assert verdict.exit_code == 0

The mark makes the verdict a condition of the test: the test fails, with the table, wherever `harness gate` would leave
with another code than 0, and warns where something did not pass and that is tolerated. Its body runs only after that.
Tests whose marks ask the same share a verdict; with pytest-xdist, those of one worker do. Both take the same arguments,
those of `Asked`, and run the embedder first; what is cached is not embedded again.

Nothing that takes long is imported before a test asks for a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pytest

from harness.errors import HarnessError, UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from harness.model import Policy, Run, Verdict
    from harness.workflows.configuration import Configuration

    Gate: TypeAlias = "Callable[..., Verdict]"

MARK = "embedding_gate"
_HELP = (
    f"{MARK}(baseline, embedder, anchor, suites, against, inconclusive, run): fail where the embedder has become worse "
    "than the baseline, as harness.toml says"
)
_ABOUT = pytest.StashKey[list[str]]()
"""Of a test: the verdicts that it asked for, as text."""
_MARKED = pytest.StashKey["dict[Asked, _Judged]"]()
"""Of a session: what its marks asked for."""


class EmbeddingGateWarning(UserWarning):
    """The gate is open, but something did not pass: too few items to tell, or an advisory gate.

    Whether that fails is a question of policy, in harness.toml: `error` in pytest's filterwarnings does not make this
    an error, but `error::harness.pytest_plugin.EmbeddingGateWarning` does.
    """


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to judge; whatever is empty, harness.toml says.

    baseline, anchor: names of baselines. embedder: the candidate, a spec or a name in harness.toml, or several. suites:
    one or several. against: the embedder of the baseline that it stands against, if the baseline has several and none
    of that name. run: whether to run it first, or to judge what the store holds.
    """

    baseline: str = ""
    embedder: tuple[str, ...] = ()
    anchor: str = ""
    suites: tuple[str, ...] = ()
    against: str = ""
    inconclusive: Policy | None = None
    run: bool = True


class _Judged(NamedTuple):
    """A verdict, its table, and what running the embedder had to say."""

    verdict: Verdict
    text: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Quiet:
    """A watch that shows nothing: pytest has a progress of its own."""

    warnings: list[str] = field(default_factory=list)

    def began(self, embedder: str, suite: str, texts: int) -> None:
        """Nothing to show."""

    def embedded(self, texts: int) -> None:
        """Nothing to show."""

    def ended(self, run: Run) -> None:
        """Nothing to show."""

    def told(self, text: str) -> None:
        """Nothing to show."""

    def warned(self, text: str) -> None:
        """Kept, for a warning that is an error must not end a run."""
        self.warnings.append(text)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--embedding-config and --embedding-store."""
    group = parser.getgroup("embedding-harness", "embedding gate")
    group.addoption(
        "--embedding-config", metavar="FILE", help="The configuration. Default: harness.toml in the rootdir."
    )
    group.addoption(
        "--embedding-store", metavar="FILE", help="The results database. Default: as the configuration says."
    )


def pytest_configure(config: pytest.Config) -> None:
    """The mark is known, also under --strict-markers; its warnings are none that a general filter makes errors."""
    config.addinivalue_line("markers", _HELP)
    if not any(EmbeddingGateWarning.__name__ in line for line in config.getini("filterwarnings")):
        config.addinivalue_line("filterwarnings", f"always::{__name__}.{EmbeddingGateWarning.__name__}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a marked test before its body runs, where the gate is shut; once per mark, the nearest last."""
    for mark in reversed(list(item.iter_markers(MARK))):
        found = _marked(item, mark)
        if found.verdict.exit_code:
            pytest.fail(found.text, pytrace=False)
        passed = all(ruling.answer == "pass" for ruling in found.verdict.rulings)
        _warn(item, [*found.warnings, *([] if passed else [found.text])])


@pytest.fixture
def gate(request: pytest.FixtureRequest) -> Gate:
    """Ask for a verdict: `gate(baseline="main", embedder="minilm")`, with the arguments of the mark.

    The table of each verdict is shown with the test when that fails. Raises what the command `harness gate` reports:
    UsageError, EmbedderError, StoreError, NotComparableError.
    """

    def _ask(**given: object) -> Verdict:
        __tracebackhide__ = True
        try:
            found = _judged(request.config, _asked(given))
        except HarnessError as error:  # what is wrong is told; which of our lines noticed it is of no use
            raise error.with_traceback(None) from None
        request.node.stash.setdefault(_ABOUT, []).append(found.text)
        _warn(request.node, found.warnings)
        return found.verdict

    return _ask


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the verdicts that a test asked for beside its own output."""
    report = yield
    if report.when == "call":
        report.sections += [("embedding gate", text) for text in item.stash.get(_ABOUT, [])]
    return report


def _warn(node: pytest.Item, texts: Iterable[str]) -> None:
    for text in texts:
        node.warn(EmbeddingGateWarning(text))


def _marked(item: pytest.Item, mark: pytest.Mark) -> _Judged:
    """What a mark asks for; an embedder does not change while tests run, so that all marks alike ask once."""
    if mark.args:
        pytest.fail(f"{MARK} takes its arguments by name: {_HELP}", pytrace=False)
    known = item.config.stash.setdefault(_MARKED, {})
    try:
        asked = _asked(mark.kwargs)
        if asked not in known:
            known[asked] = _judged(item.config, asked)
    except HarnessError as error:
        why = str(error)
    else:
        return known[asked]
    pytest.fail(f"the gate could not be asked: {why}", pytrace=False)


def _asked(given: Mapping[str, object]) -> Asked:
    """Raises UsageError for an argument that there is not, and for a value that it cannot have."""
    for name, value in given.items():
        if name not in _FITS:
            raise UsageError(f"{MARK}: there is no argument {name!r}. {nearest(name, _FITS)}Known: {_HELP}")
        if not _FITS[name](value):
            raise UsageError(f"{MARK}: {name} cannot be {value!r}")
    values: dict[str, Any] = {**given}
    asked = Asked(**values | {name: _several(values.get(name, ())) for name in ("embedder", "suites")})
    if asked.against and not asked.embedder:
        raise UsageError(f"{MARK}: against {asked.against!r}, but no embedder that would stand against it")
    return asked


def _several(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list | tuple) and all(map(_is_text, value)))


_FITS: Mapping[str, Callable[[object], bool]] = {
    "baseline": _is_text,
    "embedder": _is_texts,
    "anchor": _is_text,
    "suites": _is_texts,
    "against": _is_text,
    "inconclusive": lambda value: value in (None, "warn", "fail"),
    "run": lambda value: isinstance(value, bool),
}


def _judged(config: pytest.Config, asked: Asked) -> _Judged:
    """Raises as `run` and `gate`."""
    from harness.report.verdicts import verdict as table
    from harness.workflows.baselines import today
    from harness.workflows.gate.gate import GateRequest
    from harness.workflows.gate.gate import gate as workflow

    configuration = _configuration(config)
    said = _run(configuration, asked) if asked.run else ()
    labels = [f"{label}={asked.against}" if asked.against else label for label in asked.embedder]
    request = GateRequest(asked.baseline, asked.anchor, labels, asked.suites, asked.inconclusive)
    verdict = workflow(configuration, request, today())
    return _Judged(verdict, table(verdict, "table"), said)


def _run(configuration: Configuration, asked: Asked) -> tuple[str, ...]:
    """Record how the candidates do now; one that fails is recorded as failed, and the gate says so."""
    from harness.workflows.run import request, run
    from harness.workflows.terms import terms

    watch = _Quiet()
    run(request(configuration, asked.suites, asked.embedder, terms=terms(configuration)), watch)
    return tuple(watch.warnings)


def _configuration(config: pytest.Config) -> Configuration:
    """Of the rootdir, so that it is the same wherever pytest is started."""
    from harness.workflows.configuration import FILE, STORE, Configuration, read_configuration

    started, root = config.invocation_params.dir, config.rootpath
    file: str | None = config.getoption("--embedding-config")
    store: str | None = config.getoption("--embedding-store")
    found = started / file if file else root / FILE
    known = read_configuration(found) if file or found.is_file() else Configuration(store=root / STORE)
    return replace(known, store=started / store) if store else known
