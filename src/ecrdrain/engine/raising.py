"""Errors that the Python package raises, where the command and the function only report."""

from collections.abc import Sequence

from ecrdrain.engine.report import Report

SIGN_IN = "sign in again (aws sso login), or renew the credentials"

SIGN_INS = (
    *("CredentialRetrievalError", "LoginRefreshRequired", "LoginTokenLoadError"),
    *("SSOTokenLoadError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
)
"""Errors of the SDK that a new sign-in mends, by their classes (botocore.exceptions)."""

REMEDIES = {
    "NoRegionError": "set AWS_DEFAULT_REGION or the profile's region, or give a client",
    "NoCredentialsError": (
        "name a profile (AWS_PROFILE), sign in (aws sso login), set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or give a client"
    ),
    "PartialCredentialsError": "set the missing one",
    "ProfileNotFound": "check AWS_PROFILE; aws configure list-profiles shows those there are",
    **dict.fromkeys(SIGN_INS, SIGN_IN),
}
"""What to do about errors of the SDK's set-up, by their classes (botocore.exceptions)."""


class ConfigurationError(Exception):
    """The SDK is not set up for calls: no region, no credentials, an unknown profile.

    No call was sent. The message says what to set.
    """


class RepositoryNotFoundError(LookupError):
    """There is no such repository, nor was there one when the drain began.

    Attributes:
        repository: Its name; of several that are missing, the first one's.
        report: The report on it.
        reports: The reports on all repositories of the call, in the order of their names.
    """

    def __init__(self, missing: Sequence[Report], reports: Sequence[Report]) -> None:
        self.report = missing[0]
        self.repository = self.report.repository
        self.reports = list(reports)
        names = ", ".join(report.repository for report in missing)
        super().__init__(
            f"there is no repository {names} in {_place(self.report)}: check name, region and "
            "account, or say missing_ok=True"
        )


def configuration_error(code: str, message: str) -> ConfigurationError:
    """Return the error for one of the SDK's, given by its class's name and its message."""
    remedy = REMEDIES.get(code, "check the AWS_... variables and the SDK's configuration files")
    return ConfigurationError(f"{' '.join(message.split()).rstrip('.')}: {remedy}")


def raise_for(reports: Sequence[Report], *, missing_ok: bool) -> None:
    """Raise an error if the reports tell that what was asked for could not be meant.

    Raises:
        ConfigurationError: No call could be sent.
        RepositoryNotFoundError: A repository does not exist, and that is not `missing_ok`.
    """
    if not any(report.calls for report in reports):
        for report in reports:
            if report.error is not None and report.error.code in REMEDIES:
                raise configuration_error(report.error.code, report.error.message)
    missing = [report for report in reports if not report.exists and not _was_there(report)]
    if missing and not missing_ok:
        raise RepositoryNotFoundError(missing, reports)


def _was_there(report: Report) -> bool:
    """Tell whether a listing has shown images, which were then to be deleted."""
    return "BatchDeleteImage" in report.calls


def _place(report: Report) -> str:
    if report.registry == "public":
        return "the public registry"
    account = f" of account {report.registry_id}" if report.registry_id else ""
    return f"{report.region or 'the region'}{account}"
