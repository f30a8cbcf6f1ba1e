"""What stands between CloudFormation and a function: deliveries and answers go this way.

CloudFormation invokes a function asynchronously, and Lambda delivers such a request again when the
function fails (Lambda developer guide, "Retry behavior"); the emulator invokes once and waits. So
a stack's ServiceToken may name a courier: a function that hands each request to this process,
which delivers it as Lambda would, or worse. Nobody waits for the minutes between deliveries: the
address for the answer, which tells a request's age, is that much older instead.
"""

from __future__ import annotations

import http.client
import io
import json
import threading
import time
import uuid
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.e2e.scenarios.gate import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_iam import IAMClient

    from tests.e2e.scenarios.account import Account

Event = dict[str, Any]

SIGNATURE = "X-Amz-Signature=f00d5ec2e7%2Bcafe"
"""What the secret of a pre-signed address looks like; no log may show it."""

AGES = (0, 60, 180)
"""How old a request is, in seconds, when Lambda delivers it for the first, second and last time:
it waits a minute, then two (Lambda developer guide, "How Lambda handles errors and retries with
asynchronous invocation")."""

_CODE = """
import json, urllib.request

def handler(event, context):
    request = urllib.request.Request("URL", json.dumps(event).encode(), method="POST")
    urllib.request.urlopen(request).read()
"""


@dataclass
class Courier:
    """Carries requests to a function, and its answers back.

    Attributes:
        account: Whose functions.
        arn: What a stack names as its ServiceToken.
        url: Where requests and answers arrive.
        function: The function that is to have the requests.
        deliver: How a request is delivered, called with it in a thread that CloudFormation does
            not wait for; None means as Lambda does it.
        delivery: How often the request that was sent last has been delivered.
        refusals: HTTP statuses for the next answers; those after them are handed on.
        requests: All requests, each with an address of this courier for its answer.
        answers: The answers to requests that were made up, which CloudFormation does not know.
    """

    account: Account
    arn: str = ""
    url: str = ""
    function: str = ""
    deliver: Callable[[Event], None] | None = None
    delivery: int = 0
    refusals: list[int] = field(default_factory=list)
    requests: list[Event] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take a request from CloudFormation."""
        event = self._addressed(event, event["ResponseURL"])
        self.requests.append(event)
        (self.deliver or self.send)(event)

    def make_up(self, event: Event, **changes: object) -> Event:
        """Make a request of another: as CloudFormation would send it and the emulator does not."""
        made_up = {**event, "RequestId": uuid.uuid4().hex, **changes}
        return self._addressed(made_up, "")

    def send(self, event: Event) -> None:
        """Deliver a request as Lambda does: twice more at the most, when the function fails."""
        for self.delivery, age in enumerate(AGES, 1):
            if self.run(aged(event, age)):
                return

    def run(self, event: Event) -> bool:
        """Deliver a request, wait until the function has ended, and tell whether it ended well.

        Where there is no function any more, nothing can go wrong in it.
        """
        with suppress(self.account.functions.exceptions.ResourceNotFoundException):
            answer = self.account.functions.invoke(
                FunctionName=self.function, Payload=json.dumps(event)
            )
            return "FunctionError" not in answer
        return True

    def request(self, request_type: str) -> Event:
        """Return the last request of a type."""
        return next(each for each in self.requests[::-1] if each["RequestType"] == request_type)

    def answer(self, number: int, body: bytes) -> int:
        """Hand an answer on to CloudFormation, or refuse it; return the HTTP status."""
        if self.refusals:
            return self.refusals.pop(0)
        if not self.addresses[number]:
            self.answers.append(json.loads(body))
            return HTTPStatus.OK
        address = urlsplit(self.addresses[number])
        connection = http.client.HTTPConnection(address.netloc)
        connection.request("PUT", address.path, body, {"Content-Type": ""})
        status = connection.getresponse().status
        connection.close()
        return status

    def _addressed(self, event: Event, address: str) -> Event:
        self.addresses.append(address)
        return aged({**event, "ResponseURL": f"{self.url}/answer/{len(self.addresses) - 1}"}, 0)


def aged(event: Event, seconds: float) -> Event:
    """Return a request that CloudFormation made so many seconds ago, by its address."""
    birth = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - seconds))
    address = event["ResponseURL"].partition("?")[0]
    return {**event, "ResponseURL": f"{address}?X-Amz-Date={birth}&{SIGNATURE}"}


@contextmanager
def courier_of(account: Account, name: str) -> Iterator[Courier]:
    """Make a courier: a function in the lab, and a port of the loopback interface."""
    courier = Courier(account)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.body())
            self.reply(HTTPStatus.OK)
            courier.take(event)

        def do_PUT(self) -> None:
            number = int(urlsplit(self.path).path.rpartition("/")[2])
            self.reply(courier.answer(number, self.body()))

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def reply(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as server:
        courier.url = f"http://127.0.0.1:{server.server_port}"
        courier.arn = _make_function(account, f"{name}-courier", courier.url)
        yield courier


def _make_function(account: Account, name: str, url: str) -> str:
    iam: IAMClient = account.lab.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")  # it calls no AWS
    iam.close()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", _CODE.replace("URL", url))
    answer = account.functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    return answer["FunctionArn"]


def in_parallel(*calls: Callable[[], object]) -> None:
    """Make all calls at the same time and wait for them."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
