"""Create and Update: check what is asked, prove that it will work, and delete nothing."""

from ecrdrain.resource.answer import Answer
from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import PropertyError, parse_settings
from ecrdrain.resource.request import Request
from ecrdrain.resource.surroundings import Run


def identity(request: Request) -> str:
    """Return the identity for an answer that changes none.

    A Create that fails needs one all the same, and the Delete of the rollback brings it back: it
    is no repository's ARN, so that Delete touches nothing.
    """
    return request.physical_id or f"ecrdrain-nothing-created-{request.request_id}"


def deploy(run: Run) -> Answer:
    """Answer a Create or an Update.

    The identity is the repository's ARN: it stays as long as the repository does, and another
    repository is a replacement, after which CloudFormation deletes the old one's drain.
    """
    try:
        settings = parse_settings(run.request.properties, run.environment, run.home)
    except PropertyError as mistakes:
        return Answer(identity(run.request), str(mistakes))
    if settings.preflight and settings.on_delete != "Never":
        problem = preflight(run, settings)
        if problem:
            return Answer(identity(run.request), problem)
    target = settings.target
    data = {
        "RepositoryArn": target.arn,
        "RepositoryName": target.name,
        "RegistryId": target.account,
    }
    return Answer(target.arn, data=data)
