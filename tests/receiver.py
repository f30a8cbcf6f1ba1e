"""CloudFormation's side of an answer: an address that takes PUTs, or does not."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG_UP = 0
"""A status that closes the connection without an answer."""


@dataclass
class Receiver:
    """What arrived, and what to reply.

    Attributes:
        url: The address, with a signature as CloudFormation's have.
        replies: HTTP statuses for the next tries; afterwards 200.
        tries: (body, headers) of every PUT.
    """

    url: str
    replies: list[int] = field(default_factory=list)
    tries: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers that were taken."""
        return [json.loads(body) for body in self.taken]

    @property
    def answer(self) -> dict[str, Any]:
        """The one answer that was taken."""
        (answer,) = self.answers
        return answer


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.tries.append((body, dict(self.headers)))
            status = receiver.replies.pop(0) if receiver.replies else 200
            if status == HANG_UP:
                self.close_connection = True
                return
            if status == 200:
                receiver.taken.append(body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/answer?Signature=s3cr3t%2Bkey")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
