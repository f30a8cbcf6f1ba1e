"""A gate before the lab's API: a function's calls pass it, and a scenario may act on them."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecrdrain.lab import Lab

DENIAL = json.dumps(
    {"__type": "AccessDeniedException", "message": "not authorized, says the gate"}
).encode()


class Denied(Exception):  # noqa: N818 - AWS's word for it
    """Raised by a rule: the call is refused as IAM would refuse it."""


class Unavailable(Exception):  # noqa: N818 - AWS's word for it
    """Raised by a rule: a BatchDeleteImage deletes nothing this time."""


@dataclass
class Gate:
    """Where the calls pass.

    Attributes:
        url: Its address.
        calls: The operations that passed, in order.
        refused: Images that are not deleted, by digest, with the code that tells why.
        rule: Called with each operation's name and how many of it there were before, in the
            thread of the call: the call waits for it. It may raise Denied or Unavailable.
    """

    url: str = ""
    calls: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    rule: Callable[[str, int], None] = lambda _operation, _before: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a function's SDK here."""
        return {"AWS_ENDPOINT_URL_ECR": self.url}

    def pass_by(self, operation: str) -> None:
        """Note a call and let the rule act on it."""
        with self.lock:
            before = self.calls.count(operation)
            self.calls.append(operation)
        self.rule(operation, before)

    def divide(
        self, images: list[dict[str, str]]
    ) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        """Divide the images of a BatchDeleteImage into what is deleted, and failures."""
        failures = [
            {
                "imageId": each,
                "failureCode": self.refused[each["imageDigest"]],
                "failureReason": "the gate refuses it",
            }
            for each in images
            if each.get("imageDigest") in self.refused
        ]
        return [each for each in images if each.get("imageDigest") not in self.refused], failures


class _Handler(BaseHTTPRequestHandler):
    """Hands calls on to the lab; `gate` and `lab` are set in a class made for each gate."""

    protocol_version = "HTTP/1.1"
    gate: Gate
    lab: str

    def do_POST(self) -> None:
        """Let a call pass, or refuse it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        try:
            self.gate.pass_by(operation)
        except Denied:
            self._reply(400, {"x-amzn-ErrorType": "AccessDeniedException"}, DENIAL)
            return
        except Unavailable:
            self._delete_nothing(json.loads(body))
            return
        if operation == "BatchDeleteImage" and self.gate.refused:
            self._delete_some(json.loads(body))
        else:
            self._reply(*self._call_lab(body))

    def log_message(self, *_: object) -> None:
        """Write no log."""

    def _delete_some(self, request: dict[str, Any]) -> None:
        request["imageIds"], failures = self.gate.divide(request["imageIds"])
        answer: dict[str, Any] = {"imageIds": [], "failures": []}
        if request["imageIds"]:
            _, _, body = self._call_lab(json.dumps(request).encode())
            answer = json.loads(body)
        answer["failures"] += failures
        self._reply(HTTPStatus.OK, {}, json.dumps(answer).encode())

    def _delete_nothing(self, request: dict[str, Any]) -> None:
        failures = [
            {"imageId": each, "failureCode": "UpstreamUnavailable", "failureReason": "not now"}
            for each in request["imageIds"]
        ]
        answer = json.dumps({"imageIds": [], "failures": failures}).encode()
        self._reply(HTTPStatus.OK, {}, answer)

    def _call_lab(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {**dict(self.headers), "Content-Length": str(len(body))}
        connection = http.client.HTTPConnection(self.lab)
        connection.request("POST", self.path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, dict(response.headers), answer

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        own = ("content-length", "transfer-encoding", "connection")
        try:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in own:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the function was killed meanwhile


@contextmanager
def gate_before(lab: Lab) -> Iterator[Gate]:
    """Listen on a port of the loopback interface and hand every call on to the lab."""
    gate = Gate()
    host = lab.endpoint_url.removeprefix("http://")
    with serving(type("Handler", (_Handler,), {"gate": gate, "lab": host})) as server:
        gate.url = f"http://127.0.0.1:{server.server_port}"
        yield gate


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
