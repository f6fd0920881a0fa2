"""A verdict as JUnit XML, the form that Jenkins reads and all other services of continuous integration took over.

Elements and attributes as in the schema of Jenkins' xUnit plug-in (junit-10.xsd), which refuses a file with any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Moved, Ruling, Verdict

NAME = "embedding gate"
_TAGS: Mapping[wording.Weight, str] = {"warning": "skipped", "failure": "failure", "error": "error"}
_COUNTS = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def junit(verdict: Verdict) -> str:
    """A test suite with a test case per ruling.

    failure: a regression, and what is not settled where the policy is `fail`. error: failed, incomparable. skipped,
    with the reason: what is not settled where the policy is `warn`, and whatever is advisory.
    """
    suite = ET.Element("testsuite", name=NAME)
    several = len(wording.embedders(verdict)) > 1
    for ruling in verdict.rulings:
        suite.append(_case(ruling, verdict, several=several))
    for attribute, tag in _COUNTS.items():
        suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    suite.set("time", "0")
    ET.SubElement(suite, "system-out").text = "\n".join([wording.sentence(verdict), *_about(verdict)])
    root = ET.Element("testsuites", {name: value for name, value in suite.attrib.items() if name != "skipped"})
    root.append(suite)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _case(ruling: Ruling, verdict: Verdict, *, several: bool) -> ET.Element:
    of = wording.names(ruling)
    name = " ".join(filter(None, (of.metric, "vs" if ruling.reference else "", of.against)))
    case = ET.Element("testcase", classname=of.suite, time="0")
    case.set("name", f"{wording.plain(ruling.embedder)}: {name}" if several else name)
    words = wording.plain(ruling.words)
    weight = wording.weight(ruling, verdict)
    if weight != "pass":
        tag = ET.SubElement(case, _TAGS[weight], message=f"{wording.answer(ruling)}: {words}")
        if tag.tag != "skipped":
            tag.set("type", ruling.answer)
            tag.text = "\n".join([*_told(ruling), *map(_item, ruling.moved)])
    ET.SubElement(case, "system-out").text = "\n".join(_told(ruling))
    return case


def _told(ruling: Ruling) -> list[str]:
    """The numbers, and why."""
    of = wording.cells(ruling)
    numbers = f"{of.scores}, difference {of.told}, margin {of.margin}"
    shown = numbers if ruling.difference else of.now
    return [f"{wording.plain(ruling.embedder)}: {shown}", wording.plain(ruling.words)]


def _item(item: Moved) -> str:
    firsts = {"first before": item.answer_a, "first now": item.answer_b}
    parts = [item.text, *(f"{when}: {answer}" for when, answer in firsts.items() if answer)]
    return " · ".join(
        [f"{wording.moved(item)} item {wording.plain(item.id)}", *map(wording.plain, filter(None, parts))]
    )


def _about(verdict: Verdict) -> list[str]:
    notes = [f"note: {wording.plain(note)}" for note in verdict.notes]
    if verdict.baseline:
        notes.append(f"baseline {wording.plain(verdict.baseline)} {wording.age(verdict)}")
    return notes
