"""The clients of a command: patient with throttling, and not with silence."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.options import AwsOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

THROTTLED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
    b"<Message>Rate exceeded</Message></Error></ErrorResponse>"
)
NONE = (
    b"<DescribeStacksResponse><DescribeStacksResult><Stacks/>"
    b"</DescribeStacksResult></DescribeStacksResponse>"
)


class CloudFormation:
    """CloudFormation, which throttles the first calls: one more than a quick client repeats.

    Args:
        silent: Whether it hangs up instead, each time.
    """

    def __init__(self, *, silent: bool = False) -> None:
        self.calls = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls += b"DescribeStacks" in asked  # and not who is asking
                if silent:
                    self.close_connection = True
                    return
                status, body = (400, THROTTLED) if outer.calls <= 3 else (200, NONE)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's keys, which nobody looks at."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


@contextmanager
def serving(*, silent: bool = False) -> Iterator[CloudFormation]:
    """Serve CloudFormation for as long as the block runs."""
    server = CloudFormation(silent=silent)
    try:
        yield server
    finally:
        server.close()


def describe(server: CloudFormation) -> None:
    """Describe the stacks."""
    options = AwsOptions(region="eu-west-1", endpoint_url=server.url)
    with Aws(options) as aws:
        aws.cloudformation.describe_stacks()


def test_a_command_outlasts_throttling() -> None:
    """The SDK's adaptive mode repeats the call at a rate that AWS takes."""
    with serving() as server:
        describe(server)

    assert server.calls == 4


def test_nobody_is_patient_with_an_endpoint_that_does_not_answer() -> None:
    """It may be mistyped."""
    with serving(silent=True) as server, pytest.raises(ConnectionClosedError):
        describe(server)

    assert server.calls == 2
