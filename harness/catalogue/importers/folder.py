"""A folder of Markdown and text files → a corpus, with queries and judgements to be written by hand."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.members import MemberFaults, is_left_out
from harness.catalogue.importers.reading import files_in, lines, stem, suffix
from harness.catalogue.importers.request import Request, shown
from harness.catalogue.rowfaults import row_fault
from harness.catalogue.tables import LONGEST_LINE
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.catalogue.importers.draft import Draft
    from harness.errors import Faults

MARKDOWN = (".md", ".markdown")
SUFFIXES = (*MARKDOWN, ".txt", ".text")
SPLITS = ("file", "heading")
README = "README.md"
_HEADING = re.compile(r" {0,3}(?P<level>#{1,6})[ \t]+(?P<title>[^\n]*)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})")
_CLOSING = re.compile(r"[ \t]#+[ \t]*$")
_MATTER = {"---": ("---", "..."), "+++": ("+++",)}
"""The line that begins front matter in YAML or TOML, and those that end it."""
MOST_MATTER = 200
"""Lines of front matter; more are text between two rules."""
_SETTING = re.compile(r"[\w.\"'-]+\s*[:=]|#|$")
_TITLE = re.compile(r"title\s*[:=]\s*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)\s*$")
MOST_SUFFIXES = 10
"""Suffixes of files left out that a note names."""

HOW_TO_LABEL = """\
# To be labelled

`corpus.jsonl` holds the documents. Write the questions, and which document answers which:

1. `queries.jsonl`: one object a line. A column `group` (what a question came from) is optional.

       {"_id": "q1", "text": "How do I file an expense report?"}

2. `qrels.tsv`: below its header, a line per question and document that answers it, with tabs between. The score is 1,
   or 2 and more for documents that answer better; 0 for one that looks right and is not.

       q1\thandbook/travel.md#3\t1

   The document's id is its `_id` in `corpus.jsonl`. Thirty questions are a beginning; three hundred tell models apart.

3. `harness suites check` on this folder says what is still missing, with file and line.
"""


def read(asked: Request, draft: Draft) -> None:
    """Write the corpus: a document per file or, with --split-by heading, per section of a Markdown file.

    An id is the path of the file below the source, with the number of the section behind it. The title of a section
    is its heading below those that it is in, or the file's where it has none. Front matter is no text; a file is
    called by its title, else by its first heading, else by its name. Raises UsageError for a folder without such files.
    """
    split = asked.options.get("split_by", "file")
    if split not in SPLITS:
        raise UsageError(f"--split-by {split}: one of {', '.join(SPLITS)}")
    source, encoding = asked.path, encoding_of(asked)
    draft.kind, draft.labelled = "retrieval", False
    draft.table("queries", asked.source)
    target = draft.table("corpus", asked.source)
    draft.table("qrels", asked.source, ("query-id", "corpus-id", "score"))
    blank = 0
    faults = MemberFaults(draft.faults)
    for file in files_in(source, SUFFIXES):
        if is_left_out(file, encoding, draft.faults):
            continue
        name = file.relative_to(source).as_posix() if source.is_dir() else file.name
        name = name.encode(errors="replace").decode()
        written = 0
        by_heading = split == "heading" and suffix(file) in MARKDOWN
        for line, title, text in _parts(file, encoding, faults, top=by_heading):
            written += 1
            key = f"{name}#{written}" if by_heading else name
            target.add({"_id": key, "title": title, "text": text, "source": name}, shown(file), line)
        blank += not written
    draft.note(blank, "files left out: there is no text in them")
    _note_others(source, draft)
    if not len(target):
        draft.faults.add(asked.source, 0, "", "no documents: none of the files holds any text")
    draft.write(README, HOW_TO_LABEL)


def _note_others(source: Path, draft: Draft) -> None:
    """Count what lies in the folder and is neither Markdown nor text, by suffix."""
    if not source.is_dir():
        return
    visible = (file for file in source.rglob("[!.]*") if file.is_file())
    inside = [file for file in visible if not any(part.startswith(".") for part in file.relative_to(source).parts)]
    left = Counter(suffix(file) or "without a suffix" for file in inside if suffix(file) not in SUFFIXES)
    named = [f"{ending} {count}" for ending, count in left.most_common(MOST_SUFFIXES)]
    listed = ", ".join([*named, "…"] if len(left) > len(named) else named).encode(errors="replace").decode()
    draft.note(left.total(), f"files left out, neither Markdown nor text: {listed}")


def _parts(file: Path, encoding: str, faults: Faults, *, top: bool) -> Iterator[tuple[int, str, str]]:
    """Line, title and text of each document of a file."""
    read = lines(file, faults, encoding)
    title, read = _past_matter(read) if suffix(file) in MARKDOWN else ("", read)
    for line, headings, text in _sections(read, file, faults, top=top):
        yield line, (headings if top else title or headings) or title or stem(file), text


def _past_matter(read: Iterator[tuple[int, str]]) -> tuple[str, Iterator[tuple[int, str]]]:
    """The title that the front matter gives, and the lines after it; all lines where there is no front matter."""
    kept: list[tuple[int, str]] = []
    ends: tuple[str, ...] = ()
    for line, text in read:
        kept.append((line, text))
        if len(kept) == 1:
            ends = _MATTER.get(text.rstrip(), ())
        elif text.rstrip() in ends:
            found = (_TITLE.match(setting) for _, setting in kept)
            return next((title["title"] for title in found if title), ""), read
        elif len(kept) == 2 and not _SETTING.match(text):  # noqa: PLR2004 # the line below the rule
            break
        if not ends or len(kept) > MOST_MATTER:
            break
    return "", chain(kept, read)


def _sections(
    read: Iterator[tuple[int, str]], file: Path, faults: Faults, *, top: bool
) -> Iterator[tuple[int, str, str]]:
    """Line, headings and text of each part of a file that begins with a heading; top: False for all in one part."""
    headings: dict[int, str] = {}
    kept: list[str] = []
    begun, size, fence = 0, 0, ""
    for line, text in read:
        begun = begun or line
        heading, fence = (None, _fenced(text, fence)) if fence else (_HEADING.match(text), _fenced(text, fence))
        if heading and top:
            yield from _section(begun, headings, kept)
            begun, size, kept = line, 0, []
        if heading and (top or not headings):
            level = len(heading["level"])
            headings = {above: title for above, title in headings.items() if above < level}
            headings[level] = _CLOSING.sub("", heading["title"]).strip()
        if not (heading and top):
            size += len(text.encode())
            kept += [text] if size <= LONGEST_LINE // 2 else []
    if size > LONGEST_LINE // 2:
        limit = f"more than {LONGEST_LINE >> 21} MiB"
        row_fault(
            faults, shown(file), begun, "", f"document too long: {limit}; split the file, or use --split-by heading"
        )
        return
    yield from _section(begun, headings, kept)


def _section(line: int, headings: dict[int, str], kept: list[str]) -> Iterator[tuple[int, str, str]]:
    text = "\n".join(kept).strip()
    if text:
        yield line, " > ".join(title for title in headings.values() if title), text


def _fenced(text: str, fence: str) -> str:
    """The fence of the block of code that goes on behind this line, or nothing: `# x` in one is no heading."""
    found = _FENCE.match(text)
    if not fence:
        return found["fence"] if found else ""
    return "" if found and found["fence"].startswith(fence) else fence
