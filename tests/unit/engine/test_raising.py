"""What a report says of the SDK's set-up is raised only while nothing has happened."""

from __future__ import annotations

import botocore.exceptions
import pytest

from ecrdrain.engine import CallError, ConfigurationError, Report, raise_for
from ecrdrain.engine.raising import REMEDIES


def report(code: str, **calls: int) -> Report:
    """Return what a drain came to whose call failed like this."""
    return Report(
        repository="lab",
        exists=True,
        deleted=0,
        left=0,
        left_exact=False,
        failures=(),
        calls=calls,
        throttled=0,
        rounds=1,
        seconds=0.0,
        empty=False,
        stopped="error",
        error=CallError("ListImages", code, "It says so."),
    )


@pytest.mark.parametrize("code", REMEDIES)
def test_each_error_of_the_set_up_is_one_of_the_sdks_and_has_a_remedy(code: str) -> None:
    """The message is the SDK's own, and what to do."""
    assert code.startswith("Login") or hasattr(botocore.exceptions, code)  # of newer SDKs
    with pytest.raises(ConfigurationError) as raised:
        raise_for([report(code)], missing_ok=False)
    assert str(raised.value) == f"It says so: {REMEDIES[code]}"


def test_a_sign_in_that_expires_while_images_go_stays_in_the_report() -> None:
    """What has been done by then must be told, of this repository and of others."""
    late = report("UnauthorizedSSOTokenError", ListImages=1, BatchDeleteImage=3)
    never = report("UnauthorizedSSOTokenError")

    raise_for([late], missing_ok=False)
    raise_for([never, late], missing_ok=False)


def test_what_is_no_matter_of_the_set_up_stays_in_the_report() -> None:
    """A way to AWS that is lost, for one."""
    raise_for([report("EndpointConnectionError")], missing_ok=False)
