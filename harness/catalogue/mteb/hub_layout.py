"""Folders in the hub's layout: copies of a data set's repository, which mteb reads by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue.mteb.plain.files import named, sources, split_names
from harness.catalogue.mteb.plain.ranking import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

CARD = "README.md"
_SNAPSHOT = re.compile(r"/snapshots/[0-9a-f]{40}/?$")
_CONFIGS = re.compile(r"^configs:[ \t]*\r?\n(?:[ \t-].*\n|\r?\n)+", re.MULTILINE)
_CONFIG = re.compile(r"^[ \t-]+config_name:[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE)


def is_hub_layout(root: Path, subsets: Sequence[str] = ()) -> bool:
    """Whether mteb itself can read a folder: it is a copy of a data set's repository.

    That is one whose README.md says which files make which configuration, or one without configurations whose files
    are named after splits. subsets: those of the task; several need configurations.
    """
    if configurations(root):
        return True
    return root.is_dir() and len(subsets) <= 1 and _is_copy(root) and _is_one_configuration(root)


def configurations(root: Path) -> list[str]:
    """The names of the configurations that a folder's README.md declares with their files."""
    block = _CONFIGS.search(_card(root))
    return [name.strip("\"'") for name in _CONFIG.findall(block[0])] or ["default"] if block else []


def _card(root: Path) -> str:
    """What a data set's README.md says for machines, in YAML; empty where there is no such thing.

    It is not parsed as YAML, which takes a second where there are configurations by the hundred.
    """
    try:
        text = (root / CARD).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""
    return text.partition("\n---")[0] + "\n" if text.startswith("---") else ""


def _is_copy(root: Path) -> bool:
    """Whether a folder has what repositories of the hub have and other folders have not."""
    signs = (".gitattributes", "dataset_infos.json")
    if _card(root) or any((root / sign).is_file() for sign in signs) or _SNAPSHOT.search(root.as_posix()):
        return True
    return any(source.shards is not None for source in sources(root))


def _is_one_configuration(root: Path) -> bool:
    """Whether `datasets` finds the files and their splits without being told, and they are one table."""
    files = sources(root)
    near = all(len(Path(source.shown).parts) == 1 or source.words[0] == "data" for source in files)
    tables = any(named(source.words, PARTS) for source in files)
    return near and not tables and any(named(source.words, split_names(())) for source in files)
