"""harness report: where it writes what, and what it says."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.report.page.words import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def ran(
    harness: Callable[..., Any], pairs_suite: Path, toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """`harness report …` in a folder with results of two embedders on two suites."""
    monkeypatch.chdir(tmp_path)
    harness("run", "-s", pairs_suite, "-s", toy_suite, "-e", "baseline:hashing", "-e", "bm25:")

    def report(*arguments: object) -> Any:
        return harness("report", *arguments)

    return report


def test_a_page_is_written_beside_the_store(ran: Callable[..., Any]) -> None:
    """Its path is told; nothing goes to stdout."""
    done = ran()
    file = Path("results/reports/report.html")
    assert (done.code, done.stdout, done.stderr) == (0, "", f"wrote {file}\n")
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>\n")
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        (("-o", "new/x.html"), "<!DOCTYPE html>"),
        (("-o", "new/x.md"), "# Which embedding model to take"),
        (("-o", "new/x.md", "--format", "html"), "<!DOCTYPE html>"),
        (("-o", "new/x.txt", "--format", "markdown", "--lang", "zh"), "# 嵌入模型选型报告"),
    ],
)
def test_the_file_says_which_format(ran: Callable[..., Any], arguments: tuple[str, ...], begins: str) -> None:
    """Unless --format does; folders are made."""
    assert ran(*arguments).code == 0
    assert Path(arguments[1]).read_text("utf-8").startswith(begins)


def test_stdout_gets_the_report_alone(ran: Callable[..., Any]) -> None:
    """With -o -."""
    done = ran("-o", "-", "--format", "markdown")
    assert done.stdout.startswith("# Which")
    assert done.stderr == ""


def test_every_language_has_all_sections(ran: Callable[..., Any]) -> None:
    """Of real results."""
    for language in ("en", "zh"):
        text = ran("-o", "-", "--lang", language).stdout
        assert text.count("<h2>") == 11
        assert f"<h1>{vocabulary()[language]['title']}</h1>" in text


def test_an_older_report_is_replaced_whole(ran: Callable[..., Any]) -> None:
    """By a new file: whoever has the old one open goes on reading it. It can be read by whom other files can."""
    file = Path("report.html")
    file.write_text("old" * 100_000, "utf-8")
    with file.open(encoding="utf-8") as old:
        assert ran("-o", file).code == 0
        assert old.read(3) == "old"
    assert file.read_text("utf-8").endswith("</html>\n")
    if os.name == "posix":
        Path("other").touch()
        assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(Path("other").stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_a_link_stays_a_link_and_a_pipe_a_pipe(ran: Callable[..., Any]) -> None:
    """What is no file is written into, never replaced by one: /dev/stdout, /dev/null, a named pipe."""
    Path("link.md").symlink_to("there.md")
    assert ran("-o", "link.md").code == 0
    assert Path("link.md").is_symlink()
    assert Path("there.md").read_text("utf-8").startswith("# Which")
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    done = ran("-o", "pipe", "--format", "markdown", "--lang", "zh")
    begins = os.read(reader, 12)
    os.close(reader)
    assert (done.code, begins.decode("utf-8", "ignore")) == (0, "# 嵌入模")
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_a_folder_is_no_file(ran: Callable[..., Any]) -> None:
    """Neither is the store's."""
    done = ran("-o", "results")
    assert done.code == 3
    assert "is a directory" in done.stderr


def test_where_nothing_can_be_written_it_says_so(ran: Callable[..., Any]) -> None:
    """And leaves nothing behind."""
    Path("file").touch()
    done = ran("-o", "file/report.html")
    assert done.code == 3
    assert "error: file/report.html cannot be written" in done.stderr
    assert "Name another file" in done.stderr


def test_needs_are_answered(ran: Callable[..., Any]) -> None:
    """Met, missed, not known; and the command that is printed asks for them again."""
    text = ran("-o", "-", "--format", "markdown", "--max-dimension", "512", "--local-only").stdout
    needs = text.split("## Needs")[1].split("##")[0]
    assert "local only" in needs
    assert "✗ missed<br>1024" in needs
    again = text.replace(" \\\n", "").rsplit("harness report ", 1)[1].splitlines()[0]
    assert shlex.split(again)[-3:] == ["--max-dimension", "512", "--local-only"]


def test_the_printed_commands_work(ran: Callable[..., Any], harness: Callable[..., Any]) -> None:
    """Run as they stand, in the folder where the suites are, they give the same report."""
    first = ran("-o", "-", "--format", "markdown").stdout
    block = first.split("```sh\n")[-1].split("\n```")[0].replace(" \\\n", "")
    commands = [shlex.split(line)[1:] for line in block.splitlines()]
    assert [command[0] for command in commands] == ["run", "report"]
    assert harness(*commands[0]).code == 0
    assert harness(*commands[1], "-o", "-", "--format", "markdown").stdout == first


def test_without_results_it_says_how_to_make_some(harness: Callable[..., Any], store: Path) -> None:
    """No empty report is written."""
    done = harness("report", "--store", store)
    assert done.code == 4
    assert "Make some with: harness run" in done.stderr


def test_a_need_that_cannot_be_read_is_refused(ran: Callable[..., Any]) -> None:
    """With an example."""
    done = ran("--max-latency-p95", "fast")
    assert done.code == 3
    assert "50ms" in done.stderr


def test_names_and_titles_of_strangers_stay_text(
    harness: Callable[..., Any], toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an embedder in harness.toml and of a suite, in a page, in markdown, in a picture, and on the terminal."""
    monkeypatch.chdir(tmp_path)
    evil = "</title><script>x=1</script> | @team"
    name = f'"{evil} \\u001b[2J"'
    Path("harness.toml").write_text(f'suites = ["./toy"]\n[embedders]\n{name} = "bm25:"\n', "utf-8")
    description = toy_suite / "suite.yaml"
    described = description.read_text("utf-8").replace("title: A toy", f'title: "{evil}"')
    description.write_text(described, "utf-8")
    for embedders in (("-e", "baseline:random"), ()):
        assert harness("run", *embedders).code == 0
    html, markdown = (harness("report", "-o", "-", "--format", form).stdout for form in ("html", "markdown"))
    assert html.count("&lt;script&gt;x=1") > 5
    assert markdown.count("script") > 5
    assert harness("history", "--svg", "course.svg").code == 0
    picture, prose = Path("course.svg").read_text("utf-8"), markdown.partition("```")[0]
    commands = (("history",), ("compare", "baseline:random", f"{evil} \x1b[2J"))
    shown = [harness(*command).stdout for command in commands]
    assert all("script" in one for one in shown)
    for text in (html, prose.replace("\\<", ""), picture):
        assert "<script" not in text
    for text in (html, markdown, picture, *shown):
        assert "\x1b" not in text
    assert "@team" not in prose
