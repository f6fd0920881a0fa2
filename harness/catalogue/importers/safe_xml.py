"""XML, read as a stream of tags: no document type, no entities of its own, nothing from elsewhere, bounded depth."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax import SAXException  # the error alone: what is parsed goes through defusedxml
from xml.sax.handler import ContentHandler  # the base class of the listener alone

from harness.catalogue.importers.reading import opened
from harness.catalogue.importers.request import shown
from harness.catalogue.tables import LONGEST_LINE
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path

Begin: TypeAlias = Callable[[str, Mapping[str, str], int], None]
"""Told that an element begins: its name and its attributes, without prefixes, and its line."""
End: TypeAlias = Callable[[str], None]
"""Told that an element ends: its name, without a prefix."""
MOST_DEPTH = 100
"""Elements within elements. Event logs have 5, nested subprocesses 20."""
CHUNK = 1 << 16
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
_GB = dict.fromkeys(("gb2312", "gbk", "cp936", "gb18030"), "gb18030")
_SEVERAL_BYTES = {**_GB, **{name: name for name in ("big5", "big5-hkscs", "shift_jis", "euc-jp", "euc-kr")}}
"""Encodings that the parser does not know, and what decodes them: GB 18030 holds those before it."""
_CUT_OFF = ("no element found", "unclosed token", "partial character", "unclosed CDATA section")
"""What the parser says of a file that ends too soon."""
_FIRST_LINE = 'and let its first line say encoding="UTF-8"'


class XmlError(ValueError):
    """What is wrong with a file, where the parser itself finds nothing. line is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Listener(ContentHandler):
    """Passes tags on, without the prefixes of their names, and counts what has passed."""

    def __init__(self, begin: Begin, end: End, where: Any) -> None:
        super().__init__()
        self.heard = 0
        self._begin = begin
        self._end = end
        self._depth = 0
        self._where = where

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 # SAX calls it so
        self.heard += 1
        self._depth += 1
        line = int(self._where.getLineNumber())
        if self._depth > MOST_DEPTH:
            raise XmlError(line, f"nested too deeply: more than {MOST_DEPTH} elements within each other")
        self._begin(_local(name), {_local(key): value for key, value in attrs.items()}, line)

    def endElement(self, name: str) -> None:  # noqa: N802 # SAX calls it so
        self.heard += 1
        self._depth -= 1
        self._end(_local(name))

    def characters(self, content: str) -> None:
        self.heard += bool(content)


def read_xml(file: Path, begin: Begin, end: End, faults: Faults) -> bool:
    """Call `begin` and `end` for every element of a file as it is read; whether it was read to its end.

    begin: name, attributes, line; end: name; all without prefixes. What the file must not hold is a fault.
    """
    # 20 ms that `harness --help` must not pay.
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 # see above
    from defusedxml.expatreader import create_parser  # noqa: PLC0415 # see above

    parser = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    listener = _Listener(begin, end, parser)
    parser.setContentHandler(listener)
    before = len(faults.found)
    encoding = _decoded_here(file)
    with opened(file, faults) as stream:
        if stream is None:
            return False
        try:
            _feed(parser, listener, stream, encoding)
        except DefusedXmlException:
            message = "not allowed: a document type, or an entity of its own; delete <!DOCTYPE …>, it is never read"
            faults.add(shown(file), parser.getLineNumber() or 0, "", message)
        except XmlError as error:
            faults.add(shown(file), error.line, "", str(error))
        except UnicodeDecodeError:
            message = f"not {encoding}, which its first line names; convert it to UTF-8, {_FIRST_LINE}"
            faults.add(shown(file), parser.getLineNumber() or 0, "", message)
        except (LookupError, ValueError) as error:
            message = f"not XML: its encoding is not known, {error}; convert it to UTF-8, {_FIRST_LINE}"
            faults.add(shown(file), 1, "", message)
        except SAXException as error:
            problem = error.getMessage() or "no XML"
            faults.add(shown(file), parser.getLineNumber() or 0, "", f"not XML: {problem}")
    return len(faults.found) == before


def _decoded_here(file: Path) -> str:
    """How the file is decoded before it is parsed: nothing, but for an encoding that the parser does not know.

    A file that is UTF-8 to its end was converted, whatever its first line still says.
    """
    with opened(file, Faults()) as stream:  # read again by the parser: its faults are told then
        data = stream.read(CHUNK) if stream else b""
        declared = _DECLARED.match(data)
        codec = _SEVERAL_BYTES.get(declared[1].decode("ascii", "replace").lower(), "") if declared else ""
        if not (codec and stream):
            return ""
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while data:
                decoder.decode(data)
                data = stream.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return codec
        return "utf-8"
    return ""


def _feed(parser: Any, listener: _Listener, stream: Any, encoding: str) -> None:
    silent, heard, size = 0, 0, 0
    decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    while data := stream.read(CHUNK):
        parser.feed(decoder.decode(data) if decoder else data)  # of a text, the parser does not ask the encoding
        size += len(data)
        silent = silent + len(data) if listener.heard == heard else 0
        heard = listener.heard
        # The parser begins a tag anew with every piece of it: a tag without end would cost the square of its length.
        if silent > LONGEST_LINE:
            raise XmlError(parser.getLineNumber() or 0, f"too long: more than {LONGEST_LINE >> 20} MiB in one tag")
    if not size:
        raise XmlError(0, "not XML: the file is empty")
    if decoder:
        decoder.decode(b"", final=True)  # half a character at the end
    _close(parser)


def _close(parser: Any) -> None:
    try:
        parser.close()
    except SAXException as error:
        if error.getMessage() not in _CUT_OFF:
            raise
        message = f"not XML: {error.getMessage()}, the file ends too soon: get it whole"
        raise XmlError(parser.getLineNumber() or 0, message) from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]
