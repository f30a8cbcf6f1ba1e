"""What a repository may be called, and what is given in place of its name."""

import re
from collections.abc import Iterable

PRIVATE_NAME = re.compile(r"[a-z0-9]+((/|\.|_|__|-+)[a-z0-9]+)*")
PUBLIC_NAME = re.compile(r"[a-z0-9]+([/._-][a-z0-9]+)*")
SHORTEST, LONGEST, LONGEST_PUBLIC = 2, 256, 205
"""Patterns, written shorter, and lengths as in the service models (botocore, RepositoryName)."""

PATTERN_CHARACTERS = frozenset("*?[")

ARN = re.compile(
    r"arn:[^:]*:ecr(?P<public>-public)?:(?P<region>[^:]*):(?P<account>[^:]*):"
    r"repository/(?P<name>.+)"
)
URI = re.compile(
    r"(\w+://)?(?P<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?P<region>[\w-]+)\.[^/]*/"
    r"(?P<name>[^:@]*)(?P<image>.*)"
)
"""Hosts as in the ECR user guide, "Making requests to Amazon ECR registries".

Without a tag it would pass for a name, by ECR's pattern. The repositories of a pull-through cache
cannot begin like this: a prefix has 30 characters at the most (botocore's service model).
"""
PUBLIC_URI = re.compile(r"(\w+://)?public\.ecr\.aws/[^/]+/(?P<name>[^:@]*)(?P<image>.*)")
IMAGE = re.compile(r"(?P<name>[a-z0-9._/-]+)[:@][\w.:@-]+")


class InvalidNameError(ValueError):
    """What was given is not a repository's name; the message says what to give instead.

    Attributes:
        name: What was given.
    """

    def __init__(self, name: object, problem: str) -> None:
        self.name = name
        text = repr(name)
        super().__init__(f"{text if len(text) < LONGEST else text[:40] + '...'} {problem}")


def check_names(names: Iterable[str], *, public: bool) -> list[str]:
    """Return the names, all of which a repository may have.

    Raises:
        InvalidNameError: One is no name, or they are one text in place of several.
    """
    if isinstance(names, str):
        raise InvalidNameError(names, "is one name: use drain, or give a list of names")
    return [check_name(name, public=public) for name in names]


def check_name(name: str, *, public: bool) -> str:
    """Return the name, which a repository may have.

    Args:
        name: What the caller has given, of whichever type.
        public: Whether it is a repository of the public registry.

    Raises:
        InvalidNameError: It is no name.
    """
    given: object = name
    if not isinstance(given, str):
        raise InvalidNameError(given, "is no text: a repository's name is one, such as 'team/app'")
    for check in _address, _mistaken, malformed:
        if problem := check(name, public=public):
            raise InvalidNameError(name, problem)
    return name


def _address(text: str, *, public: bool) -> str:
    """Say which repository an ARN or a URI means; empty: it is neither."""
    if found := ARN.fullmatch(text):
        return f"is an ARN: {_give(found, public=bool(found['public']))}"
    if text.startswith("arn:"):
        return "is an ARN, and no repository's: give a repository's name, such as 'team/app'"
    if found := URI.fullmatch(text):
        return f"is a URI: {_give(found, public=False)}{_whole(found)}"
    # In a private registry it may be a name: that of a pull-through cache can begin like this.
    if (found := PUBLIC_URI.fullmatch(text)) and (public or not PRIVATE_NAME.fullmatch(text)):
        return f"is a URI: {_give(found, public=True)}{_whole(found)}"
    return ""


def _mistaken(text: str, *, public: bool) -> str:
    """Say what a text is that means several repositories, or one image; empty: it does not."""
    if PATTERN_CHARACTERS.intersection(text):
        option = "--public " if public else ""
        return (
            f"is a pattern, and this takes names: use `ecrdrain drain {option}'{text}'` on the "
            "command line, or list the names yourself"
        )
    if found := IMAGE.fullmatch(text):
        return f"is an image: a drain deletes all those of a repository, here of {found['name']!r}"
    return ""


def _give(found: re.Match[str], *, public: bool) -> str:
    """Say what to give in place of an ARN or a URI, so that the same repository is meant."""
    if public:
        return f"give the name in it, {found['name']!r}, and public=True"
    return (
        f"give the name in it, {found['name']!r}; where they are not the client's own, also "
        f"registry_id={found['account']!r} and a client for {found['region']}"
    )


def _whole(found: re.Match[str]) -> str:
    return "; a drain deletes all images, not one" if found["image"] else ""


def malformed(name: str, *, public: bool) -> str:
    """Say why no repository can be called like this; empty: one can."""
    longest = LONGEST_PUBLIC if public else LONGEST
    if not SHORTEST <= len(name) <= longest:
        fault = f"is too {'long' if name[longest:] else 'short'}"
    elif (PUBLIC_NAME if public else PRIVATE_NAME).fullmatch(name):
        return ""
    elif name != name.lower():
        fault = "has upper-case letters"
    else:
        fault = "is no repository's name"
    between = "one . _ - or /" if public else ". _ - /"
    return (
        f"{fault}: names have {SHORTEST} to {longest} lower-case letters and digits, "
        f"with {between} between"
    )
