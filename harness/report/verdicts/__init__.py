"""A gate's verdict → text: for a terminal, for programs, and for the places where continuous integration looks.

Texts of items and words of services are anybody's: nothing in them can colour a terminal, end a cell, notify a person,
become a link, or be taken for a command by the service that reads the log.
"""

# Without `from __future__ import annotations`, whose name is taken by what this package gives.

from harness.report.verdicts.github import commands as annotations
from harness.report.verdicts.junit import junit
from harness.report.verdicts.layouts import verdict
from harness.report.verdicts.summary import summary

__all__ = ["annotations", "junit", "summary", "verdict"]
