"""Names of the hub: resolved to a commit from the local cache, else by the hub, else refused with a way out."""

from __future__ import annotations

import http.server
import importlib.util
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None, reason="the extra st is not installed"
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "76543210fedcba9876543210fedcba9876543210"

PAGES = {
    "/api/models/acme/small/revision/main": json.dumps(
        {"id": "acme/small", "sha": COMMIT, "siblings": [{"rfilename": "modules.json"}]}
    ),
    "/api/models/acme/notes/revision/main": json.dumps({"id": "acme/notes", "sha": COMMIT, "siblings": []}),
    f"/acme/small/resolve/{COMMIT}/modules.json": "[]",
}

PROGRAM = """
import sys
from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.errors import HarnessError
from harness.model import Spec
name, *options = sys.argv[1:]
spec = Spec(f"st:{name}", "st", name, dict(option.split("=", 1) for option in options))
try:
    identity = SentenceTransformersEmbedder(spec).identity
except HarnessError as error:
    sys.exit(f"{type(error).__name__}: {error}")
heavy = {"torch", "sentence_transformers", "transformers"} & set(sys.modules)
sys.stdout.write(f"{identity.name} {identity.revision} {identity.symmetric} {sorted(heavy)}")
"""


def resolve(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Name a model in a fresh process, because the hub's client reads its environment once, at import."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "SENTENCE_"))}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *arguments],
        env=kept | {"HF_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def cache(home: Path, repository: str, **files: str) -> None:
    """What the hub's client leaves on disk after a download of `repository` at its main branch."""
    root = home / "hub" / f"models--{repository.replace('/', '--')}"
    (root / "refs").mkdir(parents=True)
    (root / "refs" / "main").write_text(COMMIT, "utf-8")
    (root / "snapshots" / COMMIT).mkdir(parents=True)
    for name, content in {"modules": "[]", **files}.items():
        (root / "snapshots" / COMMIT / f"{name}.json").write_text(content, "utf-8")


@pytest.fixture
def hub() -> Iterator[str]:
    """A hub on this machine that has one model, `acme/small`, whose main branch is at COMMIT."""

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            body = PAGES.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", '"0a"')
            self.send_header("Content-Length", str(len(body)))
            if not body:
                self.send_header("X-Error-Code", "EntryNotFound" if "/acme/small/" in self.path else "RepoNotFound")
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2"])
def test_a_cached_model_needs_no_hub_and_no_torch(tmp_path: Path, name: str) -> None:
    """The cache knows the commit of main, and a name without an organisation is one of the library's own."""
    cache(tmp_path, "sentence-transformers/all-MiniLM-L6-v2")
    done = resolve(tmp_path, name, HF_HUB_OFFLINE="1")
    assert done.stdout == f"sentence-transformers/all-MiniLM-L6-v2 {COMMIT} True []", done.stderr


def test_a_cached_model_of_no_organisation_keeps_its_name(tmp_path: Path) -> None:
    """The oldest models of the hub have none, such as bert-base-uncased."""
    cache(tmp_path, "bert-base-uncased")
    done = resolve(tmp_path, "bert-base-uncased", HF_HUB_OFFLINE="1")
    assert done.stdout.startswith(f"bert-base-uncased {COMMIT}"), done.stderr


def test_prompts_of_a_cached_model_are_read(tmp_path: Path) -> None:
    """A model of the hub is as asymmetric as its configuration says."""
    cache(tmp_path, "acme/small", config_sentence_transformers='{"prompts": {"query": "q: "}}')
    done = resolve(tmp_path, "acme/small", HF_HUB_OFFLINE="1")
    assert done.stdout == f"acme/small {COMMIT} False []", done.stderr


def test_an_unreachable_hub_says_what_to_do(tmp_path: Path) -> None:
    """Offline and not cached: the message names the model, the hub and the ways out."""
    done = resolve(tmp_path, "BAAI/bge-m3", HF_HUB_OFFLINE="1")
    assert done.returncode == 1
    for part in (
        "BAAI/bge-m3 (revision main) is not in the cache",
        "the hub at https://huggingface.co cannot be reached",
        "hf download BAAI/bge-m3 --local-dir FOLDER",
        "HF_HOME",
        "HF_ENDPOINT",
        "If a folder was meant: there is none at /",
    ):
        assert part in done.stderr


def test_a_refused_connection_is_an_unreachable_hub(tmp_path: Path) -> None:
    """Without the offline switch too, no library exception comes through."""
    done = resolve(tmp_path, "BAAI/bge-m3", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.stderr.startswith("EmbedderError: BAAI/bge-m3 (revision main) is not in the cache"), done.stderr


def test_a_commit_is_taken_at_its_word(tmp_path: Path) -> None:
    """A full commit needs no resolving, but its configuration must be found."""
    cache(tmp_path, "acme/small")
    done = resolve(tmp_path, "acme/small", f"revision={COMMIT}", HF_HUB_OFFLINE="1")
    assert done.stdout.startswith(f"acme/small {COMMIT}"), done.stderr
    absent = resolve(tmp_path, "acme/small", f"revision={OTHER}", HF_HUB_OFFLINE="1")
    assert f"acme/small (revision {OTHER}) is not in the cache" in absent.stderr


def test_the_hub_is_asked_for_what_is_not_cached(tmp_path: Path, hub: str) -> None:
    """A model that was never downloaded is resolved to the commit that its main branch is at."""
    done = resolve(tmp_path, "acme/small", HF_ENDPOINT=hub)
    assert done.stdout == f"acme/small {COMMIT} True []", done.stderr


def test_a_repository_without_a_model_is_refused(tmp_path: Path, hub: str) -> None:
    """A repository that holds something else says so before anything is downloaded."""
    done = resolve(tmp_path, "acme/notes", HF_ENDPOINT=hub)
    assert done.stderr.startswith("EmbedderError: acme/notes holds no model"), done.stderr


def test_a_model_that_the_hub_does_not_have_is_refused(tmp_path: Path, hub: str) -> None:
    """A misspelt name is an error that asks to check the spelling."""
    done = resolve(tmp_path, "acme/smal", HF_ENDPOINT=hub)
    assert done.returncode == 1
    assert "did not give acme/smal (revision main)" in done.stderr
    assert "Check the spelling" in done.stderr
