"""How long an answer may take in all."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.embedders.openai_api import OpenAIEmbedder
from harness.embedders.remote.deadline import in_time
from harness.embedders.remote.refusals import RefusedError, Then
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_an_answer_is_returned_and_an_error_raised() -> None:
    """Whatever it is, with its type: also a bug."""
    assert in_time(lambda: "fine", 5) == "fine"
    assert in_time(lambda: None, 5) is None
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 // 0, 5)
    refusal = RefusedError("no", Then.STOP)

    def refuse() -> None:
        raise refusal

    with pytest.raises(RefusedError) as raised:
        in_time(refuse, 5)
    assert raised.value is refusal


def test_nobody_waits_for_longer() -> None:
    """It is asked again then, and may have to be paid for; no thread that is left keeps the process alive."""
    leave, began = threading.Event(), time.monotonic()
    with pytest.raises(RefusedError, match=r"did not answer in time \(timeout=SECONDS\).* after 0.1 s") as late:
        in_time(lambda: leave.wait(30), 0.1)
    assert time.monotonic() - began < 20  # of 30
    assert (late.value.then, late.value.billed) == (Then.RETRY, True)
    assert all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())
    leave.set()


@contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """The address of a server that answers so, and then one byte every 50 ms, for at most 20 s."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            connection.sendall(head)
            until = time.monotonic() + 20
            while time.monotonic() < until and not over.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:  # the client has left
                    return

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
    ],
)
def test_an_answer_that_drips_in_is_none(head: bytes) -> None:
    """Whether its body does or its head: every read is in time, and the whole never is."""
    pytest.importorskip("openai")
    began = time.monotonic()
    with dripping(head) as url, pytest.raises(EmbedderError, match="did not answer in time"):
        OpenAIEmbedder(parse_spec(f"openai:m?base_url={url}&timeout=1&patience=1")).embed(["a"], "query")
    assert time.monotonic() - began < 10
