"""Requests that break one constraint of botocore's service model each."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import botocore.session
from botocore.model import ListShape, Shape, StructureShape

from ecrdrain.lab.strict.services import SERVED

# A string that fits is looked for here, and one that fits not, pattern by pattern.
_CANDIDATES = (
    "lab",
    "123456789012",
    "x.y",
    "sha256:0a",
    "00000000-0000-4000-8000-000000000000",
    "Not a NAME!",
    "-",
    "%" * 12,
    "%" * 36,
)


class Broken(NamedTuple):
    """A request of an operation that breaks one constraint of the member at the path."""

    service: str
    operation: str
    path: str
    constraint: str
    request: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}-{self.operation}-{self.path}-{self.constraint}"


def valid_requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield service, operation and a request that gives every member there is."""
    for service, operation, shape in _inputs():
        yield service, operation, _sample(shape)


def broken_requests() -> Iterator[Broken]:
    """Yield a request for each constraint of each member of each operation served."""
    for service, operation, shape in _inputs():
        for path, constraint, value in _violations(shape):
            yield Broken(service, operation, ".".join(path), constraint, value)


def _inputs() -> Iterator[tuple[str, str, Shape]]:
    session = botocore.session.Session()
    for service, operations in SERVED.items():
        model = session.get_service_model(service)
        for operation in operations:
            shape = model.operation_model(operation).input_shape
            assert shape is not None
            yield service, operation, shape


def _violations(shape: Shape) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Yield path, constraint and a value that fits but for this one constraint."""
    if shape.type_name == "structure":
        yield from _violations_of_members(cast("StructureShape", shape))
    if shape.type_name == "list":
        item = cast("ListShape", shape).member
        for path, constraint, value in _violations(item):
            yield ("1", "member", *path), constraint, [value]
    limits = shape.metadata
    if limits.get("min") or (shape.type_name == "long" and "min" in limits):
        yield (), "min", _of_length(shape, limits["min"] - 1)
    if "max" in limits:
        yield (), "max", _of_length(shape, limits["max"] + 1)
    if "pattern" in limits:
        yield (), "pattern", _string(limits, fits=False)
    if "enum" in limits:
        yield (), "enum", "NOT_ONE_OF_THEM"


def _violations_of_members(shape: StructureShape) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for name in shape.required_members:
        value = _sample(shape)
        del value[name]
        yield (name,), "required", value
    for name, member in shape.members.items():
        for path, constraint, value in _violations(member):
            yield (name, *path), constraint, {**_sample(shape), name: value}


def _sample(shape: Shape) -> Any:
    """Return a value that fits the shape, with all members."""
    match shape.type_name:
        case "structure":
            members = cast("StructureShape", shape).members
            return {name: _sample(member) for name, member in members.items()}
        case "list":
            return [_sample(cast("ListShape", shape).member)]
        case "boolean":
            return True
        case "integer" | "long":
            return shape.metadata["min"]
        case "blob":
            return "YQ=="
        case _:
            return _string(shape.metadata, fits=True)


def _of_length(shape: Shape, length: int) -> Any:
    if shape.type_name in ("integer", "long"):
        return length
    if shape.type_name == "list":
        return [_sample(cast("ListShape", shape).member)] * length
    if shape.type_name == "blob":
        return "YWFh" * (length // 3 + 1)
    return "a" * length


def _string(limits: dict[str, Any], *, fits: bool) -> str:
    if "enum" in limits:
        return str(limits["enum"][0])
    pattern = re.compile(limits.get("pattern", ".*"))
    return next(
        text
        for text in _CANDIDATES
        if limits.get("min", 0) <= len(text) <= limits.get("max", len(text))
        and bool(pattern.fullmatch(text)) == fits
    )
