"""What the package raises: a wrong name, a missing repository, an SDK that is not set up."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import ecrdrain
from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from types_boto3_ecr import ECRClient


@pytest.fixture
def server() -> Iterator[StrictEcr]:
    """A registry with one repository of 250 images."""
    with StrictEcr.start(repository="team/app", images=250, in_process=True) as running:
        yield running


@pytest.fixture
def ecr(server: StrictEcr) -> Iterator[ECRClient]:
    """Its client, for drains."""
    client = server.client("ecr", ecrdrain.client_config(2))
    yield client
    client.close()


def test_a_repository_that_does_not_exist_is_no_success(ecr: ECRClient) -> None:
    """The error names it and its region, and carries the report."""
    with pytest.raises(ecrdrain.RepositoryNotFoundError) as raised:
        ecrdrain.drain("team/ap", client=ecr)

    assert str(raised.value) == (
        "there is no repository team/ap in us-east-1: check name, region and account, or say "
        "missing_ok=True"
    )
    assert raised.value.repository == "team/ap"
    assert raised.value.reports == [raised.value.report]
    assert (raised.value.report.exists, raised.value.report.deleted) == (False, 0)
    assert isinstance(raised.value, LookupError)


def test_a_missing_repository_is_one_of_the_account_and_registry_that_were_meant(
    server: StrictEcr, ecr: ECRClient
) -> None:
    """The message tells where it is missing."""
    with pytest.raises(LookupError, match=r"in us-east-1 of account 210987654321:"):
        ecrdrain.drain("team/app", client=ecr, registry_id="210987654321")
    public = server.client("ecr-public")
    with pytest.raises(LookupError, match=r"no repository team/app in the public registry:"):
        ecrdrain.drain("team/app", client=public, public=True)
    public.close()


def test_a_repository_that_may_be_missing_is_as_good_as_an_empty_one(ecr: ECRClient) -> None:
    """Its report says that it does not exist."""
    report = ecrdrain.drain("team/ap", client=ecr, missing_ok=True)

    assert (report.exists, report.empty) == (False, True)
    report.raise_if_left()


def test_all_repositories_are_drained_before_those_that_are_missing_are_named(
    server: StrictEcr, ecr: ECRClient
) -> None:
    """The error has all reports, in the order of the names."""
    names = ["first", "team/app", "last"]
    with pytest.raises(ecrdrain.RepositoryNotFoundError, match="repository first, last") as raised:
        ecrdrain.drain_all(names, client=ecr)

    assert raised.value.repository == "first"
    assert raised.value.report is raised.value.reports[0]
    assert [each.repository for each in raised.value.reports] == names
    assert [each.deleted for each in raised.value.reports] == [0, 250, 0]
    assert server.state().images == 0


@pytest.mark.parametrize(("kind", "some"), [(ecrdrain.Listed, False), (ecrdrain.Deleted, True)])
def test_a_repository_that_goes_while_it_is_drained_was_there(
    kind: type[ecrdrain.Event],
    some: bool,  # noqa: FBT001 - a parameter
    server: StrictEcr,
    ecr: ECRClient,
) -> None:
    """Whether images were deleted by then, or only listed, somebody meant it to go."""
    other = server.client("ecr")

    def delete(event: ecrdrain.Event) -> None:
        if isinstance(event, kind) and server.state().images:
            other.delete_repository(repositoryName="team/app", force=True)

    report = ecrdrain.drain("team/app", client=ecr, concurrency=1, on_event=delete)
    other.close()

    assert (report.exists, report.empty, report.deleted > 0) == (False, True, some)


@pytest.mark.parametrize(
    "drain",
    [
        lambda name, client: ecrdrain.drain(name, client=client),
        lambda name, client: ecrdrain.drain_all(["team/app", name], client=client),
    ],
    ids=["drain", "drain_all"],
)
def test_a_wrong_name_is_refused_before_any_call(
    drain: Callable[[str, ECRClient], object], server: StrictEcr, ecr: ECRClient
) -> None:
    """Of several names, too, the right ones stay untouched."""
    with pytest.raises(ecrdrain.InvalidNameError, match=re.escape("`ecrdrain drain 'team/*'`")):
        drain("team/*", ecr)

    assert server.state().images == 250
    assert server.state().calls == {}


# The SDK's set-up.


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Set the SDK up with nothing but these variables."""

    def set_up(config: str = "", **variables: str) -> None:
        for name in [each for each in os.environ if each.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name in ("config", "credentials"):
            (tmp_path / name).write_text(config if name == "config" else "")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name, value in variables.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    return set_up


REGION = {"DEFAULT_REGION": "eu-west-1"}
KEYS = {"ACCESS_KEY_ID": "lab", "SECRET_ACCESS_KEY": "lab"}
SSO = """\
[profile team]
sso_session = team
sso_account_id = 123456789012
sso_role_name = reader
[sso-session team]
sso_region = eu-west-1
sso_start_url = https://team.example.com
"""


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (KEYS, "specify a region: set AWS_DEFAULT_REGION"),
        (REGION, "Unable to locate credentials: name a profile"),
        ({**REGION, "ACCESS_KEY_ID": "lab"}, "AWS_SECRET_ACCESS_KEY: set the missing one"),
        ({**REGION, "PROFILE": "tame"}, "(tame) could not be found: check AWS_PROFILE"),
        ({**REGION, "PROFILE": "team", "config": SSO}, "does not exist: sign in again"),
        ({**REGION, **KEYS, "ENDPOINT_URL": "lab"}, "Invalid endpoint: lab: check the AWS_..."),
        ({**REGION, **KEYS, "config": "[team\nx"}, "check the AWS_... variables"),
    ],
    ids=["region", "credentials", "half of them", "profile", "sign-in", "endpoint", "file"],
)
def test_an_sdk_that_is_not_set_up_is_an_error_of_ours(
    variables: dict[str, str], words: str, bare: Callable[..., None]
) -> None:
    """Through both doors; the message says what to set."""
    bare(**variables)

    with pytest.raises(ecrdrain.ConfigurationError, match=re.escape(words)):
        ecrdrain.drain("team/app")
    with pytest.raises(ecrdrain.ConfigurationError, match=re.escape(words)):
        ecrdrain.drain_all(["team/app", "team/web"])


def test_a_client_of_the_callers_needs_credentials_too(
    bare: Callable[..., None], server: StrictEcr
) -> None:
    """No call was sent, so there is nothing that a report could tell."""
    bare(**REGION)
    client: Any = boto3.client("ecr", endpoint_url=server.endpoint_url)

    with pytest.raises(ecrdrain.ConfigurationError, match="Unable to locate credentials"):
        ecrdrain.drain("team/app", client=client)

    client.close()
    assert server.state().calls == {}


def test_what_aws_says_stays_in_the_report(ecr: ECRClient, server: StrictEcr) -> None:
    """A denial is no matter of the set-up."""
    server.configure(denied_from={"ListImages": 1})
    report = ecrdrain.drain("team/app", client=ecr)

    assert report.error is not None
    assert report.error.denied
