"""CloudFormation's side of a custom resource: the request, and an address for the answer."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

Handler = Callable[[dict[str, Any], Any], object]

FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:bench"


def answer_of(
    handler: Handler, request_type: str, physical_id: str = "bench", **properties: str
) -> dict[str, Any]:
    """Invoke a function as CloudFormation does and return what it answers."""
    with _receiving() as (url, answers):
        event = {
            "RequestType": request_type,
            "ResponseURL": url,
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/bench/1",
            "RequestId": "bench",
            "ResourceType": "Custom::EcrDrain",
            "LogicalResourceId": "Drain",
            "PhysicalResourceId": physical_id,
            "ResourceProperties": properties,
        }
        context = SimpleNamespace(
            log_group_name="/aws/lambda/bench",
            log_stream_name="bench",
            invoked_function_arn=FUNCTION_ARN,
            get_remaining_time_in_millis=lambda: 900_000,
        )
        handler(event, context)
    (answer,) = answers
    return answer


@contextmanager
def _receiving() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    answers: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/answer", answers
        finally:
            server.shutdown()
            thread.join()
