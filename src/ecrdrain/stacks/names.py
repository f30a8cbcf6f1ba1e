"""Names of repositories as a person gives them: also out of a console, a log, a docker command."""

from typing import NamedTuple

from ecrdrain.engine.names import ARN, PATTERN_CHARACTERS, PUBLIC_URI, URI, malformed
from ecrdrain.stacks.errors import WrongNameError
from ecrdrain.stacks.place import Place


class Pasted(NamedTuple):
    """What was given for a repository.

    Attributes:
        name: The repository's name, or a pattern.
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
    return not PATTERN_CHARACTERS.isdisjoint(name)


def read_name(text: str, *, public: bool = False) -> Pasted:
    """Take the name of a repository out of what was given: an ARN, an address, or the name.

    Args:
        text: What was given.
        public: Whether it is looked for in the public registry.

    Raises:
        WrongNameError: It is no name, or it names one image.
    """
    given = text.strip()
    pasted, image = _read(given, public=public)
    if is_pattern(pasted.name):
        return pasted
    name, _, tag = pasted.name.partition("@")
    name, _, more = name.partition(":")
    if image or tag or more:
        raise WrongNameError(
            f"{given} names one image, and a drain deletes every image of a repository: name the "
            f"repository ({name}) if you mean that; aws ecr batch-delete-image deletes one"
        )
    fault = malformed(name, public=public)
    if fault:
        lower = name.lower()
        close = lower != name and not malformed(lower, public=public)
        raise WrongNameError(f"{given!r} {fault}" + (f". Did you mean {lower}?" if close else ""))
    return pasted


def _read(text: str, *, public: bool) -> tuple[Pasted, str]:
    """Return what a text names, and what names an image in it."""
    if found := ARN.fullmatch(text):
        account, region = found["account"] or None, found["region"] or None
        return Pasted(found["name"], account, region, public=bool(found["public"])), ""
    if found := URI.fullmatch(text):
        return Pasted(found["name"], found["account"], found["region"], public=False), found[
            "image"
        ]
    found = PUBLIC_URI.fullmatch(text)
    # In a private registry it may be the name of a pull-through cache's repository.
    if found and (public or found["image"] or "://" in text):
        return Pasted(found["name"], public=True), found["image"]
    return Pasted(text), ""


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
