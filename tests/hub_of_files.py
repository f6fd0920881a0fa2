"""A hub of data sets on loopback that serves a folder: what huggingface_hub and datasets ask of one.

    with HubOfFiles({"mteb/stsbenchmark-sts": (revision, folder)}) as hub:
        ... HF_ENDPOINT=hub.url ...
    assert hub.asked

`hub.refused["mteb/stsbenchmark-sts"] = "GatedRepo"` has it refuse a data set as the hub does; "NoHub" has it answer
what no hub would. It speaks the part of ModelScope's protocol that a snapshot needs, too.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Self

_STATUS = {"GatedRepo": 403, "RepoNotFound": 404, "RevisionNotFound": 404, "EntryNotFound": 404, "NoHub": 200, "": 503}
_RESOLVE = re.compile(r"/datasets/(?P<name>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<path>.+)")
_API = re.compile(
    r"/api/datasets/(?P<name>[^/]+/[^/]+)(/(?P<what>revision|tree|paths-info)/(?P<revision>[^/]+))?"
    r"(/(?P<path>.*))?"
)
_MODELSCOPE = re.compile(r"/api/v1/datasets/(?P<name>[^/]+/[^/]+)/repo(?P<what>/tree)?")


class HubOfFiles:
    """Listens on a free port from `with` on. asked: method and address of every request so far.

    repositories: name → revision and folder. refused: name → the error code, empty for a server that is down.
    """

    def __init__(self, repositories: Mapping[str, tuple[str, Path]]) -> None:
        self.repositories = dict(repositories)
        self.refused: dict[str, str] = {}
        self.asked: list[str] = []
        self._http = _Listening(("127.0.0.1", 0), self)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def fault(self, name: str, revision: str) -> str | None:
        """Why a repository cannot be had, as the hub words it in a header; None where it can."""
        if name in self.refused:
            return self.refused[name]
        if name not in self.repositories:
            return "RepoNotFound"
        return None if revision in {self.repositories[name][0], "main", "master", ""} else "RevisionNotFound"


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], hub: HubOfFiles) -> None:
        self.hub = hub
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listening

    def do_GET(self) -> None:
        """Files, and what there is to be known about them."""
        self._answer(b"")

    def do_HEAD(self) -> None:
        """Whether a file is there, and which one it is."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Questions about several paths at once."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:
        """Nothing is written while tests run."""

    def _answer(self, body: bytes) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.hub.asked.append(f"{self.command} {self.path}")
        found = _RESOLVE.fullmatch(path) or _API.fullmatch(path)
        modelscope = _MODELSCOPE.fullmatch(path)
        if modelscope is not None:
            self._modelscope(modelscope["name"], listed=bool(modelscope["what"]))
            return
        if found is None:
            self._send(404, b"{}", {})
            return
        asked = {key: value or "" for key, value in found.groupdict().items()}
        fault = self.server.hub.fault(asked["name"], asked["revision"])
        if fault is not None:
            self._refuse(fault)
        elif found.re is _RESOLVE:
            self._file(asked)
        else:
            self._known(asked, body)

    def _file(self, asked: Mapping[str, str]) -> None:
        revision, folder = self.server.hub.repositories[asked["name"]]
        file = folder / asked["path"]
        if not file.is_file():
            self._refuse("EntryNotFound", {"X-Repo-Commit": revision})
            return
        content = file.read_bytes()
        headers = {
            "X-Repo-Commit": revision,
            "ETag": f'"{_digest(content)}"',
            "Content-Type": "application/octet-stream",
        }
        self._send(200, content, headers)

    def _known(self, asked: Mapping[str, str], body: bytes) -> None:
        revision, folder = self.server.hub.repositories[asked["name"]]
        files = list(_entries(folder))
        if asked.get("what") == "tree":
            recursive = parse_qs(urlsplit(self.path).query).get("recursive", ["false"])[0].lower() in {"true", "1"}
            self._json([one for one in files if _below(one["path"], asked["path"], recursive=recursive)])
        elif asked.get("what") == "paths-info":
            wanted = {path.rstrip("/") for path in _paths(body)}
            self._json([one for one in files if one["path"] in wanted])
        else:
            siblings = [{"rfilename": one["path"]} for one in files if one["type"] == "file"]
            self._json(
                {
                    "id": asked["name"],
                    "sha": revision,
                    "private": False,
                    "siblings": siblings,
                    "tags": [],
                    "downloads": 0,
                    "likes": 0,
                }
            )

    def _modelscope(self, name: str, *, listed: bool) -> None:
        asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        if self.server.hub.fault(name, asked.get("Revision", "")) is not None:
            self._send(404, b'{"Code": 404, "Message": "dataset not found"}', {"Content-Type": "application/json"})
            return
        folder = self.server.hub.repositories[name][1]
        if not listed:
            self._send(200, (folder / asked["FilePath"]).read_bytes(), {"Content-Type": "application/octet-stream"})
            return
        files = [
            {
                "Path": one["path"],
                "Name": one["path"],
                "Type": "blob",
                "Size": one["size"],
                "Sha256": hashlib.sha256((folder / one["path"]).read_bytes()).hexdigest(),
            }
            for one in _entries(folder)
            if one["type"] == "file"
        ]
        shown = files if asked.get("PageNumber", "1") == "1" else []
        self._json({"Code": 200, "Success": True, "Data": {"Files": shown, "TotalCount": len(files)}})

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _refuse(self, code: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(_STATUS[code], b"{}", {"X-Error-Code": code, "X-Error-Message": code, **(headers or {})})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            yield {"type": "directory", "path": name, "oid": _digest(name.encode()), "size": 0}
        else:
            yield {"type": "file", "path": name, "oid": _digest(path.read_bytes()), "size": path.stat().st_size}


def _below(path: str, folder: str, *, recursive: bool) -> bool:
    inner = path.removeprefix(f"{folder}/") if folder else path
    return (not folder or inner != path) and (recursive or "/" not in inner)


def _paths(body: bytes) -> list[str]:
    text = body.decode()
    return list(json.loads(text)["paths"]) if text.startswith("{") else parse_qs(text).get("paths", [])


def _digest(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()  # noqa: S324 # as git has it
