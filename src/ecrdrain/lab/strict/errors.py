"""What can go wrong: for the server's clients, and for those who start and set it."""

from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar

from ecrdrain.lab.ecr.terms import EcrError

Kind = TypeVar("Kind", bound=StrEnum)


class GateError(EcrError):
    """A call that came to none of ECR's operations: throttled, denied, invalid, or a fault.

    `outcome` is under which word the server counts the call.
    """

    def __init__(
        self,
        code: str,
        message: str,
        outcome: str = "invalid",
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    ) -> None:
        super().__init__(code, message)
        self.outcome = outcome
        self.status = status


class ConnectionLostError(Exception):
    """Close the connection and answer nothing."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class SettingsError(ValueError):
    """A setting of the server that makes no sense; the message names what is allowed."""


def one_of(kind: type[Kind], value: object) -> Kind:
    """Return the member of an enumeration; raise SettingsError, which names all, for no member."""
    for member in kind:
        if member == value:
            return member
    raise SettingsError(f"{value!r} is none of {', '.join(kind)}")


class StrictEcrError(Exception):
    """The server cannot be started; the message says why and what to do."""
