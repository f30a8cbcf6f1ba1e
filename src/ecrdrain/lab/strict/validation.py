"""Check requests against botocore's own service model: every required, min, max, pattern, enum.

ECR words a broken constraint like "Invalid parameter at 'repositoryName' failed to satisfy
constraint: 'must have length greater than or equal to 2'" (aws/aws-dotnet-deploy#549) or "...:
'must satisfy regular expression '...''" (jenkins-x/jx#1344). Which of several it names first is
not documented: here required members go first, then the request's own order.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from ecrdrain.lab.strict.errors import GateError

if TYPE_CHECKING:
    from botocore.model import ListShape, ServiceModel, Shape, StructureShape

Check = Callable[[object], None]


class _BrokenError(Exception):
    """A broken constraint; each level on the way out puts its name in front of the path."""

    def __init__(self, constraint: str, code: str = "InvalidParameterException") -> None:
        super().__init__(constraint)
        self.constraint = constraint
        self.code = code
        self.path: list[str] = []


class Validator:
    """Checks the requests of some operations of one service against its model."""

    def __init__(self, model: "ServiceModel", operations: Iterable[str]) -> None:
        # Each operation that the server knows takes an input.
        self._inputs = {
            name: cast("Shape", model.operation_model(name).input_shape) for name in operations
        }
        self._checks = {name: compile_shape(shape) for name, shape in self._inputs.items()}

    def check(self, operation: str, request: object) -> None:
        """Raise InvalidParameterException for a broken constraint.

        A value of the wrong JSON type is a SerializationException, as in all of AWS's JSON
        services: the request cannot even be read.
        """
        try:
            self._checks[operation](request)
        except _BrokenError as broken:
            path = ".".join(reversed(broken.path)) or "request"
            raise GateError(
                broken.code,
                f"Invalid parameter at '{path}' failed to satisfy constraint: "
                f"'{broken.constraint}'",
            ) from None

    def reject_unknown(self, operation: str, request: object) -> None:
        """Raise InvalidParameterException for members that the model does not know."""
        unknown = list(_unknown(self._inputs[operation], request, ""))
        if unknown:
            raise GateError(
                "InvalidParameterException",
                f"{operation} knows no parameter {', '.join(unknown)}",
            )


def compile_shape(shape: "Shape") -> Check:
    """Return a function that raises when a JSON value breaks a constraint of the shape.

    Compiled once, since the server checks a hundred image ids in each BatchDeleteImage call.
    Raises KeyError for a type of shape that no request of ECR's holds today.
    """
    return _COMPILERS[shape.type_name](shape)


def _structure(shape: "Shape") -> Check:
    structure = cast("StructureShape", shape)
    required = tuple(structure.required_members)
    members = {name: compile_shape(member) for name, member in structure.members.items()}
    is_dict = _type_check(dict, "a structure")

    def check(value: object) -> None:
        is_dict(value)
        given = cast("dict[str, object]", value)
        for name in required:
            if given.get(name) is None:
                broken = _BrokenError("Member must not be null")
                broken.path.append(name)
                raise broken
        for name, item in given.items():
            member = members.get(name)
            if member is None or item is None:  # AWS's JSON protocols read null as absent
                continue
            try:
                member(item)
            except _BrokenError as broken:
                broken.path.append(name)
                raise

    return check


def _list(shape: "Shape") -> Check:
    member = compile_shape(cast("ListShape", shape).member)
    is_list = _type_check(list, "a list")
    has_length = _length_check(shape)

    def check(value: object) -> None:
        is_list(value)
        items = cast("list[object]", value)
        has_length(len(items))
        for number, item in enumerate(items, start=1):
            try:
                member(item)
            except _BrokenError as broken:
                broken.path += ["member", str(number)]
                raise

    return check


def _string(shape: "Shape") -> Check:
    is_string = _type_check(str, "a String")
    if not shape.metadata:
        return is_string
    has_length = _length_check(shape)
    pattern = shape.metadata.get("pattern")
    matches = None if pattern is None else re.compile(pattern).fullmatch
    allowed = shape.metadata.get("enum")

    def check(value: object) -> None:
        is_string(value)
        text = cast("str", value)
        has_length(len(text))
        if matches is not None and not matches(text):
            raise _BrokenError(f"must satisfy regular expression '{pattern}'")
        if allowed is not None and text not in allowed:
            raise _BrokenError(f"Member must satisfy enum value set: [{', '.join(allowed)}]")

    return check


def _blob(shape: "Shape") -> Check:
    is_string = _type_check(str, "a Blob")
    has_length = _length_check(shape)

    def check(value: object) -> None:
        is_string(value)
        try:
            content = base64.b64decode(cast("str", value), validate=True)
        except binascii.Error:
            raise _BrokenError("Member must be base64", "SerializationException") from None
        has_length(len(content))

    return check


def _integer(shape: "Shape") -> Check:
    is_integer = _type_check(int, "an Integer")
    least, most = shape.metadata.get("min"), shape.metadata.get("max")

    def check(value: object) -> None:
        is_integer(value)
        number = cast("int", value)
        if least is not None and number < least:
            raise _BrokenError(f"Member must have value greater than or equal to {least}")
        if most is not None and number > most:
            raise _BrokenError(f"Member must have value less than or equal to {most}")

    return check


def _boolean(_shape: "Shape") -> Check:
    return _type_check(bool, "a Boolean")


_COMPILERS: dict[str, Callable[["Shape"], Check]] = {
    "blob": _blob,
    "boolean": _boolean,
    "integer": _integer,
    "list": _list,
    "long": _integer,
    "string": _string,
    "structure": _structure,
}


def _type_check(kind: type, name: str) -> Check:
    def check(value: object) -> None:
        if type(value) is not kind:  # exactly: JSON's true is no Integer, Python's is
            raise _BrokenError(
                f"{type(value).__name__} value can not be converted to {name}",
                "SerializationException",
            )

    return check


def _length_check(shape: "Shape") -> Callable[[int], None]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    must = "Member must" if shape.type_name == "list" else "must"  # seen so for imageIds

    def check(length: int) -> None:
        if least is not None and length < least:
            raise _BrokenError(f"{must} have length greater than or equal to {least}")
        if most is not None and length > most:
            raise _BrokenError(f"{must} have length less than or equal to {most}")

    return check


def _unknown(shape: "Shape", value: object, prefix: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        members = cast("StructureShape", shape).members
        for name, item in value.items():
            if name in members:
                yield from _unknown(members[name], item, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}"
    elif shape.type_name == "list" and isinstance(value, list):
        for number, item in enumerate(value, start=1):
            member = cast("ListShape", shape).member
            yield from _unknown(member, item, f"{prefix}{number}.member.")
