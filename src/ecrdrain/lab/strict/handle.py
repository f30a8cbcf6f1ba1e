"""`StrictEcr`: start the server, look at it, change it, stop it; or serve in the foreground."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from ecrdrain.lab.clients import Credentials, make_client
from ecrdrain.lab.strict.behaviour import Behaviour, changed
from ecrdrain.lab.strict.child import ServerChild
from ecrdrain.lab.strict.counts import State
from ecrdrain.lab.strict.errors import SettingsError, StrictEcrError
from ecrdrain.lab.strict.registry import Order, Seed
from ecrdrain.lab.strict.services import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.config import Config
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

    from ecrdrain.lab.strict.serving import ServerThread

_CONTROL_SECONDS = 60
_CREDENTIALS = Credentials("lab", "lab")  # nobody checks the signature


class StrictEcr:
    """A running strict ECR server; `StrictEcr.start` makes one.

    As a context manager it stops at the end of the block, whatever happens inside.
    """

    def __init__(self, endpoint_url: str, stop: Callable[[], None]) -> None:
        self.endpoint_url = endpoint_url
        self._stop = stop
        # No proxy of the user's stands between us and the server.
        self._control = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @classmethod
    def start(  # noqa: PLR0913 - keywords, each with a default
        cls,
        *,
        topology: str = "single",
        images: int = 0,
        repository: str = "lab",
        service: str = PRIVATE,
        seed: int = 0,
        order: Order | str = Order.SHUFFLED,
        tags: Mapping[str, str] | None = None,
        in_process: bool = False,
        **behaviour: Any,  # noqa: ANN401 - the names and types of Behaviour's fields
    ) -> Self:
        """Start the server on a free port of 127.0.0.1, with one repository filled.

        Args:
            topology: What the images are; a name in `TOPOLOGIES`.
            images: How many images, counted by digest.
            repository: The repository's name.
            service: "ecr", or "ecr-public" for a repository of the public registry.
            seed: Decides digests, the shuffled order, and which calls meet faults.
            order: In which order listings show the images.
            tags: The repository's own tags (those of ListTagsForResource).
            in_process: Serve from a thread of this process. That starts at once, but shares
                the interpreter with the client: for tests of rules, not for measuring.
            behaviour: The fields of `Behaviour`.

        Raises:
            SettingsError: A setting is unknown or wrong.
            StrictEcrError: aiohttp is missing, or the child process did not start.
        """
        what, settings = _checked(
            {
                "topology": topology,
                "images": images,
                "repository": repository,
                "service": service,
                "seed": seed,
                "order": order,
                "tags": dict(tags or {}),
            },
            behaviour,
        )
        server: ServerChild | ServerThread = ServerChild(what, settings)
        if in_process:
            # Here, not above: aiohttp is heavy, and only the server itself needs it.
            from ecrdrain.lab.strict import serving  # noqa: PLC0415

            server = serving.ServerThread(what, settings)
        return cls(server.start(), server.stop)

    @overload
    def client(self, service: Literal["ecr"], config: Config | None = None) -> ECRClient: ...

    @overload
    def client(
        self, service: Literal["ecr-public"], config: Config | None = None
    ) -> ECRPublicClient: ...

    def client(self, service: str, config: Config | None = None) -> Any:
        """Return a boto3 client, untouched by the user's AWS settings, without retries."""
        return make_client(service, self.endpoint_url, _CREDENTIALS, config)

    def state(self) -> State:
        """Return what has happened so far."""
        return State.from_json(self._ask("GET", "state"))

    def configure(self, **behaviour: Any) -> dict[str, Any]:  # noqa: ANN401 - as in `start`
        """Change fields of `Behaviour` while the server runs; return all of them, as JSON.

        Raises SettingsError, and changes nothing, when one is unknown or wrong.
        """
        return self._ask("POST", "config", _as_json(behaviour))

    def seed(self, **seed: Any) -> State:  # noqa: ANN401 - as in `start`
        """Add a repository, or replace one: the arguments of `start` up to `tags`."""
        return State.from_json(self._ask("POST", "seed", _as_json(seed)))

    def reset_counts(self) -> State:
        """Count calls and the highest number in flight from 0 again."""
        return State.from_json(self._ask("POST", "reset"))

    def stop(self) -> None:
        """End the server; harmless when repeated."""
        self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ask(
        self, method: str, what: str, settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own endpoint on the loopback
            f"{self.endpoint_url}/_lab/{what}",
            None if settings is None else json.dumps(settings).encode(),
            method=method,
        )
        try:
            with self._control.open(request, timeout=_CONTROL_SECONDS) as response:
                answer: dict[str, Any] = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise SettingsError(json.load(error)["error"]) from None
        return answer


def serve(
    seed: dict[str, Any], behaviour: dict[str, Any], port: int, ready: Callable[[str], None]
) -> State:
    """Serve in the foreground until SIGINT or SIGTERM, and return what happened.

    `seed` and `behaviour` are the arguments of `StrictEcr.start`, by name. Port 0 takes a free
    one; `ready` is called with the endpoint's URL. Raises SettingsError and StrictEcrError as
    `StrictEcr.start` does, the latter also for a port that is taken.
    """
    what, settings = _checked(seed, behaviour)
    from ecrdrain.lab.strict import serving  # noqa: PLC0415 - as in `StrictEcr.start`

    try:
        return serving.serve(what, settings, port, ready)
    except OSError as error:
        raise StrictEcrError(f"Cannot listen on port {port}: {error.strerror}") from error


def _checked(seed: dict[str, Any], behaviour: dict[str, Any]) -> tuple[Seed, dict[str, Any]]:
    """Return what to serve, or raise before anything has started."""
    settings = _as_json(behaviour)
    changed(Behaviour(), settings)
    what = Seed.from_json(seed)
    if importlib.util.find_spec("aiohttp") is None:
        raise StrictEcrError("The server needs aiohttp: pip install 'ecrdrain[lab]'")
    return what, settings


def _as_json(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with our own types (enumerations, data classes) as JSON's."""
    plain: dict[str, Any] = json.loads(json.dumps(settings, default=dataclasses.asdict))
    return plain
