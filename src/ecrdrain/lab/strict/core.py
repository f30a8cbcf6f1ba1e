"""The server without HTTP: from an operation's name and a request's body to an answer.

A call goes through gates as at AWS, each with its own error: throttled, denied, invalid. What
passes may meet a fault, and the rest takes effect somewhere within its latency.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import botocore.session

from ecrdrain.lab.clients import ACCOUNT_ID
from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.ecr.terms import Json
from ecrdrain.lab.strict.behaviour import (
    Behaviour,
    Fault,
    UnknownMembers,
    as_json,
    changed,
    of_operation,
)
from ecrdrain.lab.strict.counts import Counts, RepositoryState, State
from ecrdrain.lab.strict.errors import ConnectionLostError, GateError, SettingsError
from ecrdrain.lab.strict.faults import Refusals, draw_fault
from ecrdrain.lab.strict.operations import HANDLERS
from ecrdrain.lab.strict.registry import Call, Replicas, Seed, SeededRepository
from ecrdrain.lab.strict.services import SERVED
from ecrdrain.lab.strict.throttle import TokenBucket
from ecrdrain.lab.strict.validation import Validator


class Core:
    """All repositories, behind the gates of a behaviour that can change at any time.

    `seed` decides which calls and which images meet a fault.
    """

    def __init__(self, *, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._services, self._validators = _load_models()
        self._seed = seed
        self._clock = clock
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._refusals = Refusals(seed)
        self.behaviour = Behaviour()
        self._repositories: dict[tuple[str, str], SeededRepository] = {}
        self._replicas = Replicas()
        self.counts = Counts()

    def configure(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Change some settings and return them all, as JSON has them.

        Raises SettingsError, and changes nothing, when one is wrong.
        """
        self.behaviour = changed(self.behaviour, settings)
        for (service, operation), bucket in list(self._buckets.items()):
            limit = self._limit(operation)
            if limit is None:
                del self._buckets[service, operation]
            else:
                bucket.change(*limit)
        return as_json(self.behaviour)

    def fill(self, seed: Seed) -> State:
        """Make a repository with the images of the seed, in place of one of the same name.

        Raises SettingsError for a name that no repository can have.
        """
        try:
            name = {"repositoryName": seed.repository}
            self._validators[seed.service].check("CreateRepository", name)
        except GateError as error:
            raise SettingsError(error.message) from None
        repository = SeededRepository(seed)
        repository.fill()
        self._repositories[seed.service, seed.repository] = repository
        return self.state()

    def reset_counts(self) -> State:
        """Count calls and the highest number in flight from 0 again.

        Calls under way are counted with the old ones.
        """
        self.counts = Counts()
        return self.state()

    def state(self) -> State:
        """Return what has happened so far."""
        return State(
            calls={name: dict(outcomes) for name, outcomes in self.counts.outcomes.items()},
            in_flight=self.counts.in_flight,
            max_in_flight=self.counts.max_in_flight,
            repositories={
                f"{service}/{name}": RepositoryState(
                    len(repository.images), repository.deleted, repository.pushed_meanwhile
                )
                for (service, name), repository in self._repositories.items()
            },
            replicas={
                f"{registry_id}/{region}/{name}": len(repository.images)
                for ((registry_id, region), name), repository in self._replicas.made.items()
            },
        )

    async def answer(self, target: str, body: bytes) -> Json:
        """Answer one call; `target` is the value of the header X-Amz-Target.

        Raises EcrError for an error answer and ConnectionLostError for none at all.
        """
        service, operation = self._route(target)
        counts = self.counts
        number = counts.begin(operation)
        outcome = "aborted"
        try:
            request = self._admit(service, operation, number, body)
            answer = await self._perform(service, operation, number, request)
            outcome = "ok"
        except (GateError, ConnectionLostError) as error:
            outcome = error.outcome
            raise
        except EcrError:
            outcome = "refused"
            raise
        finally:
            counts.end(operation, outcome)
        return answer

    def _route(self, target: str) -> tuple[str, str]:
        prefix, _, operation = target.partition(".")
        service = self._services.get(prefix)
        if service is None or operation not in SERVED[service]:
            # The code that AWS's JSON services give; the list is ours.
            known = "; ".join(f"{name}: {', '.join(SERVED[name])}" for name in SERVED)
            raise GateError(
                "UnknownOperationException",
                f"X-Amz-Target {target!r} is none that the strict ECR server knows ({known})",
            )
        return service, operation

    def _admit(self, service: str, operation: str, number: int, body: bytes) -> Json:
        """Return the request of a call that passes the gates; raise GateError otherwise."""
        if not self._within_rate(service, operation):
            # aws-cli and SDKs know it by this code; ECR sends it with status 400.
            raise GateError("ThrottlingException", "Rate exceeded", "throttled")
        denied_from = self.behaviour.denied_from.get(operation)
        if denied_from and number >= denied_from:
            raise GateError(
                "AccessDeniedException",
                f"User: arn:aws:iam::{ACCOUNT_ID}:user/lab is not authorized to perform: "
                f"{service}:{operation}",
                "denied",
            )
        try:
            request: Json = json.loads(body or b"{}")
        except ValueError as error:
            raise GateError("SerializationException", str(error)) from None
        validator = self._validators[service]
        validator.check(operation, request)
        if self.behaviour.unknown_members is UnknownMembers.REJECT:
            validator.reject_unknown(operation, request)
        return request

    async def _perform(self, service: str, operation: str, number: int, request: Json) -> Json:
        """Let the call take effect within its latency, unless it meets a fault."""
        behaviour = self.behaviour
        latency = of_operation(behaviour.latency, operation) or 0.0
        faults = behaviour.faults.get(operation, behaviour.faults.get("*", {}))
        fault = draw_fault(faults, seed=self._seed, operation=operation, call=number)
        if latency:
            await asyncio.sleep(latency * behaviour.effect_at)
        answer: Json = {}
        if fault in (None, Fault.CLOSED_AFTER):
            call = Call(
                service, request, self._repositories, behaviour, self._refusals, self._replicas
            )
            answer = HANDLERS[operation](call)
        if latency:
            await asyncio.sleep(latency * (1 - behaviour.effect_at))
        if fault is Fault.SERVER_ERROR:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            raise GateError("ServerException", f"The lab injects {fault}", fault, status)
        if fault is Fault.UNAVAILABLE:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            raise GateError("ServiceUnavailable", f"The lab injects {fault}", fault, status)
        if fault is not None:
            raise ConnectionLostError(fault)
        return answer

    def _limit(self, operation: str) -> tuple[float, float] | None:
        rate = of_operation(self.behaviour.rate, operation)
        if not rate:
            return None
        burst = of_operation(self.behaviour.burst, operation)
        return rate, max(rate if burst is None else burst, 1.0)

    def _within_rate(self, service: str, operation: str) -> bool:
        bucket = self._buckets.get((service, operation))
        if bucket is None:
            limit = self._limit(operation)
            if limit is None:
                return True
            bucket = self._buckets[service, operation] = TokenBucket(*limit, self._clock)
        return bucket.take()


@cache
def _load_models() -> tuple[dict[str, str], dict[str, Validator]]:
    """Return the services by the prefix of their X-Amz-Target, and what checks their requests."""
    session = botocore.session.Session()
    models = {service: session.get_service_model(service) for service in SERVED}
    return (
        {model.metadata["targetPrefix"]: service for service, model in models.items()},
        {service: Validator(models[service], names) for service, names in SERVED.items()},
    )
