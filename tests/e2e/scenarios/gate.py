"""A gate before the lab's API: a function's calls pass it, and a scenario may act on them."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecrdrain.lab import Lab


class Denied(Exception):  # noqa: N818 - AWS's word for it
    """Raised by a rule: the call is refused as IAM would refuse it."""


@dataclass
class Gate:
    """Where the calls pass.

    Attributes:
        url: Its address.
        calls: The operations that passed, in order; of Lambda "Invoke:" and the invocation type.
        rule: Called with each operation's name and how many of it there were before, in the
            thread of the call: the call waits for it. It may raise Denied.
    """

    url: str
    calls: list[str] = field(default_factory=list)
    rule: Callable[[str, int], None] = lambda _operation, _before: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a function's SDK here."""
        return {"AWS_ENDPOINT_URL_ECR": self.url, "AWS_ENDPOINT_URL_LAMBDA": self.url}

    def pass_by(self, operation: str) -> None:
        """Note a call and let the rule act on it."""
        with self.lock:
            before = self.calls.count(operation)
            self.calls.append(operation)
        self.rule(operation, before)


@contextmanager
def gate_before(lab: Lab) -> Iterator[Gate]:
    """Listen on a port of the loopback interface and hand every call on to the lab."""
    host = lab.endpoint_url.removeprefix("http://")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            # ECR names the operation in a header; of Lambda only Invoke passes here.
            target = self.headers.get("X-Amz-Target", "")
            invocation = f"Invoke:{self.headers.get('X-Amz-Invocation-Type')}"
            operation = target.rpartition(".")[2] or invocation
            try:
                gate.pass_by(operation)
            except Denied:
                self.reply(400, {"x-amzn-ErrorType": "AccessDeniedException"}, DENIAL)
                return
            connection = http.client.HTTPConnection(host)
            connection.request("POST", self.path, body, dict(self.headers))
            response = connection.getresponse()
            self.reply(response.status, dict(response.headers), response.read())
            connection.close()

        def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
            try:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the function was killed meanwhile

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as server:
        gate = Gate(f"http://127.0.0.1:{server.server_port}")
        yield gate


DENIAL = json.dumps(
    {"__type": "AccessDeniedException", "message": "not authorized, says the gate"}
).encode()


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[ThreadingHTTPServer]:
    """Serve on a port of the loopback interface until the end of the block."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
