"""Where suites are: built in, or in a folder on disk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.errors import UsageError, nearest

DECLARATION = "suite.yaml"
BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels")


@dataclass(frozen=True)
class Place:
    """A suite that was found but not read: the name it goes by, and its folder."""

    name: str
    folder: Path


def builtin_root() -> Path:
    """The folder of the built-in suites: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "suites"
    return inside if inside.is_dir() else package.parent / "suites"


def builtin_places() -> list[Place]:
    """Every built-in suite, by name."""
    return list(_builtin(builtin_root()))


@cache
def _builtin(root: Path) -> tuple[Place, ...]:
    """They stay as they are installed; a command asks for them dozens of times."""
    return tuple(_below(root, "", ()))


def find_places(selected: str) -> list[Place]:
    """The suites that `selected` stands for.

    A built-in path (zh/lexical-gap), a folder of built-in suites (zh), or a folder on disk: a suite, or a
    folder of suites. A name that is both is the built-in one; write ./zh for the folder. Raises UsageError when
    there is none.
    """
    path = selected.rstrip("/")
    builtin = [place for place in builtin_places() if f"{place.name}/".startswith(f"{path}/")]
    if builtin:
        return builtin
    folder = _folder(selected)
    if folder is None:
        raise UsageError(_unknown(selected))
    found = [_apart(place) for place in _below(folder, folder.resolve().name, ())]
    if not found:
        raise UsageError(
            f"the folder {folder} holds no suite: neither a {DECLARATION} (in it or below it) nor BEIR's "
            "layout (corpus.jsonl, queries.jsonl, qrels/)"
        )
    return found


def _apart(place: Place) -> Place:
    """A suite on disk never goes by the name of a built-in one: their results would be taken for each other's."""
    taken = place.name in {builtin.name for builtin in builtin_places()}
    return Place(f"./{place.name}", place.folder) if taken else place


def _folder(selected: str) -> Path | None:
    try:
        folder = Path(selected).expanduser()
        return folder if selected and folder.is_dir() else None
    except (OSError, RuntimeError):  # a name that is too long, ~ of a user who does not exist
        return None


def is_suite(folder: Path) -> bool:
    """Whether a folder has a suite.yaml or BEIR's layout."""
    return (folder / DECLARATION).is_file() or all((folder / name).exists() for name in BEIR_FILES)


def _below(root: Path, name: str, above: tuple[Path, ...]) -> list[Place]:
    """The suites in `root` and below it, each named by its path under `name`.

    above: the real folders that led here; a link back to one of them would never end.
    """
    real = root.resolve()
    if real in above:
        return []
    try:
        if is_suite(root):
            return [Place(name, root)]
        children = sorted(child for child in root.iterdir() if child.is_dir() and child.name[0] != ".")
    except OSError as error:
        raise UsageError(f"the folder {root} cannot be searched for suites: {error.strerror}") from error
    named = ((f"{name}/{child.name}".lstrip("/"), child) for child in children)
    return [place for inner, child in named for place in _below(child, inner, (*above, real))]


def _unknown(selected: str) -> str:
    names = [place.name for place in builtin_places()]
    known = dict.fromkeys([name.rpartition("/")[0] for name in names] + names)
    return (
        f"there is no suite {selected!r}: it is neither built in nor a folder. {nearest(selected, known)}"
        f"Built in: {', '.join(names)}. `harness suites list` describes them."
    )
