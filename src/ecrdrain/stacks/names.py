"""Names of repositories, also as they are pasted: out of a console, a log, a docker command."""

import re
from typing import NamedTuple

from ecrdrain.stacks.errors import WrongNameError
from ecrdrain.stacks.place import Place

_SCHEME = re.compile(r"(?:https?|docker)://")
_ARN = re.compile(
    r"arn:[^:]+:ecr(?P<public>-public)?:(?P<region>[^:]*):(?P<account>\d*):repository/"
)
_REGISTRY = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)/"
)
"""The address of a private registry, with its endpoints for both versions of IP (ECR User Guide,
"Making requests over IPv6" and "Private registry authentication")."""
_PUBLIC = re.compile(r"public\.ecr\.aws/[^/]+/")
_NAME = re.compile(r"[a-z0-9]+((/|\.|_|__|-+)[a-z0-9]+)*")
"""ECR's own rule (botocore, RepositoryName)."""
_SHORTEST, _LONGEST = 2, 256
_IN_WORDS = "2 to 256 lower-case letters and digits, with . _ - / between them"


class Pasted(NamedTuple):
    """What was pasted for a repository.

    Attributes:
        name: The repository's name.
        account: The account that stood with it; None without one.
        region: The region that stood with it; None without one.
        public: Whether it is of the public registry; None when that did not stand with it.
    """

    name: str
    account: str | None = None
    region: str | None = None
    public: bool | None = None


def is_pattern(name: str) -> bool:
    """Return whether a name is a pattern: names hold none of these characters."""
    return any(character in name for character in "*?[")


def read_name(text: str) -> Pasted:
    """Take the name of a repository out of what was pasted: an ARN, an address, or the name.

    Raises:
        WrongNameError: It is no name, or it names one image.
    """
    rest = _SCHEME.sub("", text.strip(), count=1)
    found = _ARN.match(rest) or _REGISTRY.match(rest) or _PUBLIC.match(rest)
    name = rest[found.end() :] if found else rest
    if is_pattern(name):
        return Pasted(text) if found is None else _pasted(name, found)
    name, _, digest = name.partition("@")
    name, _, tag = name.partition(":")
    if digest or tag:
        raise WrongNameError(
            f"{text} names one image, and a drain deletes every image of a repository: name the "
            f"repository ({name}) if you mean that; aws ecr batch-delete-image deletes one"
        )
    _check(text, name)
    return _pasted(name, found) if found else Pasted(name)


def check_place(pasted: Pasted, place: Place, *, registry_id: str | None, public: bool) -> None:
    """See that a pasted repository is where the command works.

    Args:
        pasted: What was pasted.
        place: The caller's account and region.
        registry_id: The account of the registry that was asked for; None means the caller's own.
        public: Whether the public registry was asked for.

    Raises:
        WrongNameError: It is elsewhere; the message says which option leads there.
    """
    if pasted.public is not None and pasted.public != public:
        option = "say --public" if pasted.public else "leave out --public"
        kind = "public" if pasted.public else "private"
        raise WrongNameError(f"{pasted.name} is pasted from the {kind} registry: {option}")
    if public:
        return
    if pasted.region and place.region and pasted.region != place.region:
        raise WrongNameError(
            f"{pasted.name} is pasted from region {pasted.region}, and this is {place}: "
            f"say --region {pasted.region}"
        )
    account = registry_id or place.account
    if pasted.account and account and pasted.account != account:
        raise WrongNameError(
            f"{pasted.name} is pasted from account {pasted.account}, and this is {place}: "
            f"use a profile of that account, or say --registry-id {pasted.account}"
        )


def _pasted(name: str, found: re.Match[str]) -> Pasted:
    parts = found.groupdict()
    public = found.re is _PUBLIC or bool(parts.get("public"))
    return Pasted(name, parts.get("account") or None, parts.get("region") or None, public)


def _check(text: str, name: str) -> None:
    if _NAME.fullmatch(name) and _SHORTEST <= len(name) <= _LONGEST:
        return
    lower = name.lower()
    hint = f". Did you mean {lower}?" if lower != name and _NAME.fullmatch(lower) else ""
    raise WrongNameError(f"{text!r} is no name of a repository: that has {_IN_WORDS}{hint}")
