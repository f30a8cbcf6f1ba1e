"""Create and Update: check what is asked, prove that it will work, and delete nothing."""

import os

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.arns import RepositoryArn, parse_repository_arn
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import REPOSITORY_NAME, parse_settings
from ecrdrain.resource.run import Run


def deploy(run: Run) -> Answer:
    """Answer a Create or an Update.

    The identity is the repository's ARN: it stays as long as the repository does, and another
    repository is a replacement, after which CloudFormation deletes the old one's drain.

    An Update that failed is followed by one back to the old properties (aws/aws-cdk#17040). What
    was wrong may still be; but FAILED again would leave the stack in UPDATE_ROLLBACK_FAILED.
    """
    arn = run.context.invoked_function_arn
    settings = parse_settings(run.properties, os.environ, arn, run.stack_id)
    target: RepositoryArn | None = settings.target
    problem = settings.mistakes
    if not problem and settings.preflight and settings.on_delete != "Never":
        problem = preflight(run, settings)
    if problem and not in_rollback(run, settings.target.arn):
        return Answer(run.identity, problem)
    if problem:
        run.log("overlooked", reason=problem, why="a rollback")
        if not REPOSITORY_NAME.fullmatch(settings.target.name):
            target = parse_repository_arn(run.identity)
    if target is None:
        return Answer(run.identity)
    names = {"RepositoryName": target.name, "RegistryId": target.account}
    return Answer(target.arn, data={"RepositoryArn": target.arn, **names})


def in_rollback(run: Run, arn: str) -> bool:
    """Tell whether the request belongs to the rollback of an update.

    What cannot be told is one where nothing has changed: FAILED would leave the stack in
    UPDATE_ROLLBACK_FAILED if it is one, and prevents nothing if it is none.
    """
    try:
        found = run.clients("cloudformation").describe_stacks(StackName=run.stack_id)
    except aws_errors() as error:
        return arn == run.identity and not call_error(error).lost
    return bool(found["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS")
