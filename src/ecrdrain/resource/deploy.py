"""Create and Update: check what is asked, prove that it will work, and delete nothing."""

from ecrdrain.engine.errors import aws_errors
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import PropertyError, parse_settings
from ecrdrain.resource.run import Run
from ecrdrain.resource.target import Target, parse_target


def deploy(run: Run) -> Answer:
    """Answer a Create or an Update.

    An Update that failed is followed by one back to the old properties (aws/aws-cdk#17040). What
    was wrong may still be; but FAILED again would leave the stack in UPDATE_ROLLBACK_FAILED.
    """
    answer = examine(run)
    if answer.reason and taken_back(run):
        run.log("overlooked", reason=answer.reason, why="the update is rolled back")
        target = parse_target(run.identity)
        return Answer(run.identity, data=attributes(target) if target else {})
    return answer


def taken_back(run: Run) -> bool:
    """Tell whether the request belongs to the rollback of an update."""
    try:
        found = run.clients("cloudformation").describe_stacks(StackName=run.stack_id)
    except aws_errors():
        return False
    return bool(found["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS")


def examine(run: Run) -> Answer:
    """Check what is asked.

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
    return Answer(settings.target.arn, data=attributes(settings.target))


def attributes(target: Target) -> dict[str, str]:
    """Return what Fn::GetAtt can read."""
    return {
        "RepositoryArn": target.arn,
        "RepositoryName": target.name,
        "RegistryId": target.account,
    }
