"""The first Markdown table of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue.claims import claims, claims_file
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# Claims

A | B is no table.

| claim | checked by |
|:---|---:|
| 猫近狗 | `suite:zh/similarity`, see [the page](zh/README.md) |
| a \\| b | **bold** |

| other | table |
|---|---|
| no | no |
"""


def test_the_first_table_is_read(tmp_path: Path) -> None:
    """Without the marks of code, links and emphasis; an escaped bar does not end a cell."""
    (tmp_path / "README.md").write_text(PAGE, "utf-8")
    assert claims(tmp_path / "README.md") == (
        ["claim", "checked by"],
        [["猫近狗", "suite:zh/similarity, see the page"], ["a | b", "bold"]],
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# Nothing\n", "holds no Markdown table"),
        (b"", "holds no Markdown table"),
        (b"| a | b |\n|---|---|\n| 1 | 2 | 3 |\n", r"README\.md:3: 3 cells, the header has 2"),
        (b"\xff\xfe", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_page_without_a_table(tmp_path: Path, content: bytes | None, message: str) -> None:
    """What is wrong is said, with the line where there is one."""
    if content is not None:
        (tmp_path / "README.md").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        claims(tmp_path / "README.md")


def test_the_built_in_page_is_there() -> None:
    """It lies beside the suites, and maps claims to what checks them."""
    assert claims(claims_file())[0] == ["claim", "checked by"]
