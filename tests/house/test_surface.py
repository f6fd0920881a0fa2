"""The public names and the commands: complete, sorted, explained, with examples that parse."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import harness
import harness.testing
from harness.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with what one types to reach it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")


COMMANDS = dict(commands(cli, "harness"))
LEAVES = [path for path, command in COMMANDS.items() if not isinstance(command, click.Group)]


def examples(path: str, text: str | None) -> list[str]:
    """The lines of a help text that can be typed."""
    lines = [line.strip() for line in (text or "").splitlines()]
    return [line for line in lines if f"{line} ".startswith(f"{path} ")]


def mute(command: click.Command) -> list[str]:
    """Options without a word of help."""
    return [
        " ".join(option.opts)
        for option in command.params
        if isinstance(option, click.Option) and not (option.help or "").strip()
    ]


@pytest.mark.parametrize("module", [harness, harness.testing], ids=lambda module: module.__name__)
def test_every_public_name_is_there(module: ModuleType) -> None:
    """Whatever is announced can be had, and nothing is announced twice."""
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_public_names_are_sorted() -> None:
    """In the order of the alphabet, capitals or not."""
    assert list(harness.__all__) == sorted(harness.__all__, key=str.casefold)


def test_type_checkers_see_the_same_names() -> None:
    """The lazy package imports, for type checkers, exactly what it announces."""
    tree = ast.parse((ROOT / "harness/__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    names = [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(names) == sorted(harness.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """The lazy package fails as any module does."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = harness.nonsense  # type: ignore[attr-defined]  # that it is not there is the point


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_an_example(path: str) -> None:
    """A line that can be copied says more than a paragraph."""
    assert examples(path, COMMANDS[path].help)


@pytest.mark.parametrize("path", LEAVES)
def test_every_example_parses(path: str) -> None:
    """What help shows is accepted by the command that shows it."""
    for example in examples(path, COMMANDS[path].help):
        arguments = shlex.split(example.removeprefix(path))
        with click.Context(cli, **cli.context_settings) as root:  # a command keeps the help option of its first context
            assert COMMANDS[path].make_context(path, arguments, parent=root)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_has_help(path: str) -> None:
    """No option has to be guessed."""
    assert mute(COMMANDS[path]) == []


@pytest.mark.parametrize("path", LEAVES)
def test_every_command_is_in_the_readme(path: str) -> None:
    """Nobody has to find a command by accident."""
    assert path in README.read_text(encoding="utf-8")


def test_the_checks_can_fail() -> None:
    """A command without an example and an option without help are found."""

    @click.command()
    @click.option("--quiet", is_flag=True)
    def bare() -> None:
        """Does something with harness things."""

    assert examples("harness bare", bare.help) == []
    assert mute(bare) == ["--quiet"]
