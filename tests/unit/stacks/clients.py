"""Clients that answer from memory, for what the lab's emulator does not know or do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Paginator:
    """Yields the same pages each time, and counts those that were asked for."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self.pages = pages
        self.read = 0

    def paginate(self, **_: object) -> Iterator[dict[str, Any]]:
        """Yield the pages."""
        for page in self.pages:
            self.read += 1
            yield page


class Pages:
    """A client of which only paginators are used."""

    def __init__(self, pages: Mapping[str, list[dict[str, Any]]]) -> None:
        self.paginators = {name: Paginator(each) for name, each in pages.items()}

    def get_paginator(self, name: str) -> Paginator:
        """Return the paginator of an operation."""
        return self.paginators[name]


class Functions:
    """Lambda, with these functions and no others.

    Args:
        existing: Names and ARNs.
        code: The code of the error for all others.
    """

    def __init__(self, *existing: str, code: str = "ResourceNotFoundException") -> None:
        self.existing = existing
        self.code = code
        self.asked: list[str] = []

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Return something for a function that exists."""
        self.asked.append(FunctionName)
        if FunctionName in self.existing:
            return {}
        raise ClientError(
            {"Error": {"Code": self.code, "Message": ""}}, "GetFunctionConfiguration"
        )


class Account:
    """The clients of one account."""

    def __init__(self, cloudformation: Any, functions: Any) -> None:
        self.cloudformation = cloudformation
        self.functions = functions
        self.ecr: Any = None
        self.draining_ecr: Any = None
        self.ecr_public: Any = None
        self.draining_ecr_public: Any = None
