"""Create and Update: check what is asked, prove that it will work, and delete nothing."""

from ecrdrain.resource.answer import Answer
from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import PropertyError, parse_settings
from ecrdrain.resource.run import Run


def deploy(run: Run) -> Answer:
    """Answer a Create or an Update.

    The identity is the repository's ARN: it stays as long as the repository does, and another
    repository is a replacement, after which CloudFormation deletes the old one's drain.
    """
    try:
        settings = parse_settings(
            run.properties, run.environment, run.context.invoked_function_arn
        )
    except PropertyError as mistakes:
        return Answer(run.identity, str(mistakes))
    if settings.preflight and settings.on_delete != "Never":
        problem = preflight(run, settings)
        if problem:
            return Answer(run.identity, f"Preflight: {problem}")
    target = settings.target
    data = {
        "RepositoryArn": target.arn,
        "RepositoryName": target.name,
        "RegistryId": target.account,
    }
    return Answer(target.arn, data=data)
