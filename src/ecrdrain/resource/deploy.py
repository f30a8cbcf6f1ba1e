"""Create and Update: check what is asked, prove that it will work, and delete nothing."""

import os

from ecrdrain.fate.evidence import StackReadError, read_stack
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
    settings = parse_settings(
        run.properties, os.environ, run.context.invoked_function_arn, run.stack_id
    )
    target = settings.target
    names = {"RepositoryName": target.name, "RegistryId": target.account}
    answer = Answer(target.arn, data={"RepositoryArn": target.arn, **names})
    if target.arn == run.identity:
        run.unchanged = answer
    problem = settings.mistakes
    if not problem and settings.preflight and settings.on_delete != "Never":
        problem = preflight(run, settings)
    if not problem:
        return answer
    if not in_rollback(run):
        return Answer(run.identity, problem)
    run.log("overlooked", reason=problem, why="a rollback")
    return answer if REPOSITORY_NAME.fullmatch(target.name) else Answer(run.identity)


def in_rollback(run: Run) -> bool:
    """Tell whether the request belongs to the rollback of an update.

    What cannot be told is one where nothing has changed: FAILED would leave the stack in
    UPDATE_ROLLBACK_FAILED if it is one, and prevents nothing if it is none.
    """
    try:
        stack = next(read_stack(run.clients("cloudformation"), "describe_stacks", run.stack_id))
    except StackReadError as error:
        return run.unchanged is not None and not error.cause.lost
    return bool(stack["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS")
