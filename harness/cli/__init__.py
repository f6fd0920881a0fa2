"""Parse → one workflow → print → exit code. Data goes to stdout, progress and notes to stderr.

Everything but click is imported inside the commands: `harness --help` must not pay for numpy or duckdb.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from harness.cli.aa import aa
from harness.cli.baseline import baseline
from harness.cli.best import best
from harness.cli.cache import cache
from harness.cli.compare import compare
from harness.cli.embedders import embedders
from harness.cli.findings import findings
from harness.cli.gate import gate
from harness.cli.history import history
from harness.cli.merge import merge
from harness.cli.parity import parity
from harness.cli.profile import profile
from harness.cli.report import report
from harness.cli.results import results
from harness.cli.run import run
from harness.cli.sql import sql
from harness.cli.suites import suites
from harness.cli.table import table
from harness.errors import HarnessError, StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNWRITTEN = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF, getattr(errno, "EDQUOT", errno.ENOSPC)}
INTERRUPTED = 130
"""What a shell reports for a program that Ctrl-C ended."""


def _version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 # as click calls it
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"harness {version('embedding-harness')}")
        except PackageNotFoundError:
            click.echo("harness, from a checkout that is not installed")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def cli() -> None:
    """Compare embedding models on suites and on your own data.

    \b
    harness run -s zh -s en -e packaged:use-multilingual -e bm25: -e baseline:random
    harness table

    Exit codes: 0 ok, 1 a gate found a regression, or parity a difference, 2 a gate is inconclusive where that fails,
    3 usage, configuration or suite fault, 4 an embedder or the store failed, 130 interrupted.
    """


for command in (
    *(run, table, compare, best, gate, aa, findings, parity, profile, results, suites, embedders, cache, sql),
    *(baseline, history, merge, report),
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever wants the exit code alone
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 # to the end of the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a redirection gets on Windows cannot hold Chinese, nor boxes. An argument that is no text comes back
            # in messages as halves of characters, which no encoding holds.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    sys.exit(_code(arguments))


def _code(arguments: Sequence[str] | None) -> int:
    stdout = sys.stdout
    try:
        return cli.main(arguments, prog_name="harness", standalone_mode=False) or 0
    except HarnessError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return UsageError.exit_code  # click's own code is 2, which belongs to the gate
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: what was finished is recorded, what was embedded is cached", err=True)
        return INTERRUPTED
    except OSError as error:
        # Of a stream: of a file, its name is known. Python would end a traceback with 1, the gate's code.
        if error.filename is not None or error.errno not in _UNWRITTEN:
            raise
        sys.stdout = io.StringIO()  # Python flushes it at the end, and what could not be written is still in there
        with suppress(OSError):  # stderr may be on the same disk
            click.echo(f"error: the result cannot be written: {error.strerror}", err=True)
        return StoreError.exit_code
    except SystemExit:
        # When the reader of stdout (head, less) has left, click replaces stdout and exits with 1: the gate's code.
        if sys.stdout is stdout:
            raise
        return 0
