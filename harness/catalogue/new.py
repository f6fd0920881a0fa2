"""A suite to begin with: a commented suite.yaml and a few rows, for every kind."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from harness import plugins
from harness.errors import UsageError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path


def kinds() -> list[str]:
    """The kinds that there is a template for."""
    return sorted(template.name for template in _templates().iterdir() if template.is_dir())


def new_suite(folder: Path, kind: str) -> list[Path]:
    """Write the template of a kind into a folder that does not exist yet, or is empty; return the files.

    Raises UsageError for a kind that there is no template for, a folder that holds something, or one that cannot be
    written to. Nothing that exists is touched.
    """
    plugins.find("tasks", kind)
    if kind not in kinds():
        raise UsageError(
            f"{kind} comes from a plug-in, for which there is no template. There are: {', '.join(kinds())}"
        )
    template = _templates() / kind
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} holds something already: name a folder that does not exist yet")
        for source in sorted(template.iterdir(), key=lambda file: (file.name != "suite.yaml", file.name)):
            with (folder / source.name).open("xb") as stream:
                stream.write(source.read_bytes())
            made.append(folder / source.name)
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise UsageError(f"{folder} cannot be written: {getattr(error, 'strerror', None) or error}") from error
    return made


def _templates() -> Traversable:
    return files("harness.catalogue") / "templates"
