"""Where the numbers come from: data, models, environment, and the commands that make them again."""

from __future__ import annotations

import json
import shlex
from itertools import chain
from typing import TYPE_CHECKING, Any

from harness.report.grid import MISSING
from harness.report.page.blocks import Cell, Code, Grid, Paragraph, Section
from harness.report.page.days import span
from harness.report.phrases import kind_in_chinese

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.page.blocks import Block
    from harness.report.page.content import Content, Data, Model, Surroundings
    from harness.report.page.words import Words
    from harness.report.phrases import Lang

_SHOWN = 12
"""Digits of a fingerprint or a revision: enough to tell two apart."""
_WIDTH = 92
"""Of a command before it goes on in the next line."""
_LONG = 24
"""Characters of a revision: what is longer is a digest."""
_FACTS = ("python", "system", "machine", "processors", "threads")


def data_section(content: Content, words: Words) -> Section:
    """The suites and the embedders."""
    heads = [words(name) for name in ("suite", "kind", "items", "fingerprint", "data_title", "licence")]
    rows = [_suite(one, words) for one in content.data]
    data = Grid(words("data_caption"), [Cell(head, number=head == words("items")) for head in heads], rows)
    models = Grid(
        words("models_caption"),
        [Cell(words(name)) for name in ("embedder", "model", "revision")],
        [[Cell(one.embedder), Cell(one.name or MISSING), Cell(_brief(one.revision))] for one in content.models],
    )
    return Section("data", words("data"), [Paragraph(words("data_about")), data, models])


def _suite(one: Data, words: Words) -> list[Cell]:
    kind = kind_in_chinese(one.kind) if words.language == "zh" else one.kind
    items = Cell(f"{one.items:,}" if one.items else MISSING, number=True)
    digest = Cell(one.fingerprint[:_SHOWN] or MISSING, whole=True)
    return [
        Cell(one.suite),
        Cell(kind or MISSING),
        items,
        digest,
        Cell(one.title or MISSING, long=True),
        Cell(one.licence or MISSING),
    ]


def _brief(revision: str) -> str:
    """The beginning of a digest; what is short is a version, and whole."""
    return (revision[:_SHOWN] if len(revision) > _LONG else revision) or MISSING


def environment_section(content: Content, words: Words) -> Section:
    """Versions, processors, threads: of one environment, or how several differ, and what is the same in all."""
    found = content.surroundings
    if not found:
        return Section("environment", words("environment"), [Paragraph(words("environment_none"))])
    blocks = _only(found[0], words) if len(found) == 1 else _several(found, words)
    return Section("environment", words("environment"), blocks)


def _only(one: Surroundings, words: Words) -> list[Block]:
    facts = _facts(one.environment, words)
    versions = _named_versions(_packages(one.environment), words)
    rows = [*facts.items(), *([(words("packages"), versions)] if versions else [])]
    heads = [Cell(words("what")), Cell(words("value"), _ran(one, words))]
    grid = Grid(words("environment_caption"), heads, [[Cell(name), Cell(value)] for name, value in rows])
    return [Paragraph(words("environment_one")), grid]


def _several(found: Sequence[Surroundings], words: Words) -> list[Block]:
    """A column each, with whom it ran, and a row for what differs."""
    facts = [_facts(one.environment, words) for one in found]
    packages = [_packages(one.environment) for one in found]
    names = [*dict.fromkeys(chain(*facts)), *sorted(set(chain(*packages)))]
    values = {
        name: [(own | more).get(name, MISSING) for own, more in zip(facts, packages, strict=True)] for name in names
    }
    same = {name: own[0] for name, own in values.items() if len(set(own)) == 1}
    heads = [Cell(words("environment_of", number=n), _ran(one, words)) for n, one in enumerate(found, start=1)]
    rows = [[Cell(name), *map(Cell, own)] for name, own in values.items() if name not in same]
    blocks: list[Block] = [Paragraph(words("environment_many", count=len(found)))]
    blocks.append(Grid(words("environment_caption"), [Cell(words("what")), *heads], rows))
    return [*blocks, *([Paragraph(words("environment_same", what=_named_versions(same, words)))] if same else [])]


def _ran(one: Surroundings, words: Words) -> str:
    """How many runs of whom, and when."""
    dates = span([when for _, _, when in one.runs], words("to"))
    whom = words.listed(list(dict.fromkeys(embedder for embedder, _, _ in one.runs)))
    return f"{words('environment_runs', count=len(one.runs), dates=dates)}{words('semicolon')}{whom}"


def _facts(environment: Mapping[str, Any], words: Words) -> dict[str, str]:
    """Name → value of everything but packages."""
    known = {words(name): str(environment[name]) for name in _FACTS if environment.get(name) is not None}
    other = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        for name, value in sorted(environment.items())
        if name not in {*_FACTS, "packages"}
    }
    return known | other


def _named_versions(values: Mapping[str, str], words: Words) -> str:
    return words.listed([f"{name} {value}" for name, value in values.items()])


def _packages(environment: Mapping[str, Any]) -> dict[str, str]:
    packages = environment.get("packages", {})
    return {name: str(value) for name, value in sorted(packages.items())} if isinstance(packages, dict) else {}


def reproduce_section(content: Content, words: Words) -> Section:
    """Commands to copy."""
    blocks: list[Block] = [*_installation(content, words)]
    settings = _settings(content)
    if settings:
        blocks += [Paragraph(words("reproduce_names")), Code(settings, "toml")]
    blocks += [Paragraph(words("reproduce_run")), Code("\n".join(_commands(content, words.language)))]
    notes = {("./", "../", "/", "~"): "reproduce_folders", ("mteb:",): "reproduce_mteb"}
    for beginnings, note in notes.items():
        if any(one.argument.startswith(beginnings) for one in content.data):
            blocks.append(Paragraph(words(note), "quiet"))
    elsewhere = [one.embedder for one in content.models if not one.spec]
    if elsewhere:
        blocks.append(Paragraph(words("reproduce_elsewhere", names=words.listed(elsewhere)), "quiet"))
    return Section("reproduce", words("reproduce"), blocks)


def _installation(content: Content, words: Words) -> list[Block]:
    """The versions with which most runs were made. What stands behind a plus names a build, which no index has."""
    found = content.surroundings
    packages = _packages(found[0].environment) if found else {}
    pins = [[f"{name}=={version.partition('+')[0]}"] for name, version in packages.items()]
    told = words("reproduce_install" if len(found) == 1 else "reproduce_install_first")
    return [Paragraph(told), Code(_command("pip install", pins))] if pins else []


def _settings(content: Content) -> str:
    """What harness.toml has to say: the specs of names, and weights of suites that are not 1."""
    named = {one.label: one.spec for one in content.models if _named(one)}
    weights = {field.suite: field.weight for field in content.decision.fields if field.weight != 1}
    lines = ["[embedders]", *(f"{_toml(name)} = {_toml(spec)}" for name, spec in named.items())] if named else []
    lines += ["[weights]", *(f"{_toml(suite)} = {weight!r}" for suite, weight in weights.items())] if weights else []
    return "\n".join(lines)


def _named(model: Model) -> bool:
    """Whether an embedder goes by a name in harness.toml; a name there has no colon."""
    return bool(model.spec) and ":" not in model.label


def _commands(content: Content, language: Lang) -> list[str]:
    facts = content.decision.facts
    suites = [["-s", argument] for argument in dict.fromkeys(one.argument for one in content.data) if argument]
    runnable = [one for one in content.models if one.spec]
    measured = [one for one in runnable if one.embedder in facts and facts[one.embedder].memory is not None]
    asked = [*_pairs(content.needs), *([] if language == "en" else [["--lang", language]])]
    stored = [["-s", one.suite] for one in content.data]
    labels = [["-e", label] for label in dict.fromkeys(one.label for one in content.models)]
    return [
        *([_command("harness run", [*suites, *_asked(runnable)])] if runnable and suites else []),
        *([_command("harness profile", _asked(measured))] if measured else []),
        _command("harness report", [*stored, *labels, *asked]),
    ]


def _asked(models: Sequence[Model]) -> list[list[str]]:
    return [["-e", name] for name in dict.fromkeys(one.label if _named(one) else one.spec for one in models)]


def _pairs(arguments: Sequence[str]) -> list[list[str]]:
    """Options with their values."""
    found: list[list[str]] = []
    for argument in arguments:
        if argument.startswith("--"):
            found.append([argument])
        else:
            found[-1].append(argument)
    return found


def _command(program: str, parts: Sequence[Sequence[str]]) -> str:
    """A command of a shell, in lines of readable length. What a shell would take apart is quoted."""
    lines = [program]
    for part in parts:
        quoted = shlex.join(part)
        if len(lines[-1]) + len(quoted) > _WIDTH:
            lines.append(" ")
        lines[-1] += f" {quoted}"
    return " \\\n".join(lines)


def _toml(text: str) -> str:
    """A basic string of TOML; JSON escapes as it does, but for what TOML wants escaped and JSON does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
