"""The story itself, chapter by chapter."""

import json
from typing import Any

from ecrdrain.lab.demo.account import Account, Ending
from ecrdrain.lab.demo.stage import Stage
from ecrdrain.lab.images import multi_platform_image, push, push_many, single_platform_image
from ecrdrain.templates.render import TemplateName, render

PREFIX = "demo"
BUCKET = "demo-templates"
MANY = 1234
ONLY_A_REPOSITORY = """\
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: control}
"""
LOGGED = ("listed", "deleted", "drained", "answer")
"""The events of the function's log that the story is about."""


def control(account: Account, stage: Stage) -> None:
    """Show that CloudFormation alone cannot do it."""
    stage.chapter(
        "The problem",
        "A stack that holds nothing but a repository. One image is pushed, the stack deleted.",
    )
    stage.does("aws cloudformation create-stack --stack-name control ...")
    account.create_stack("control", ONLY_A_REPOSITORY, {})
    stage.does("docker push .../control:latest")
    push(account.ecr, "control", single_platform_image("control"), ["latest"])
    stage.does("aws cloudformation delete-stack --stack-name control")
    ending = account.delete_stack("control")
    stage.expects(
        "CloudFormation cannot delete a repository that holds an image",
        holds=ending.status == "DELETE_FAILED",
        seen=ending.status,
    )
    reason = next((reason for reason in ending.reasons if "control" in reason), "no reason given")
    stage.shows([["CloudFormation says:", reason]])
    account.ecr.delete_repository(repositoryName="control", force=True)
    stage.expects(
        "With the repository emptied by hand, the second try works",
        holds=account.delete_stack("control").status == "DELETE_COMPLETE",
        seen="DELETE_COMPLETE" if not account.leftovers() else str(account.leftovers()),
    )


def nested(account: Account, stage: Stage) -> None:
    """Tell the article's walk with its three nested stacks, then what the function logged."""
    stage.chapter(
        "The nested stacks",
        "Repository, function and custom resource in a stack each, below one root. A "
        "multi-platform image is pushed as docker buildx does, and the root stack deleted.",
    )
    root = _upload(account, stage)
    stage.does(f"aws cloudformation create-stack --stack-name {PREFIX} --template-body root.yaml")
    ending = account.create_stack(PREFIX, root, {"TemplateBucketName": BUCKET, "Prefix": PREFIX})
    _expect_status(
        stage, "The root stack and its three nested stacks are created", ending, "CREATE_COMPLETE"
    )
    stage.shows(_tree(account, PREFIX))
    stage.does(
        f"docker buildx build --platform linux/amd64,linux/arm64 --push -t .../{PREFIX}:latest ."
    )
    push(account.ecr, PREFIX, multi_platform_image("demo"), ["latest"])
    stage.does(f"aws ecr list-images --repository-name {PREFIX}")
    rows = account.images(PREFIX)
    stage.shows([[row["imageDigest"][:19], row.get("imageTag", "-")] for row in rows])
    stage.expects(
        "One push made five images: an index, two platforms, two attestations",
        holds=len(rows) == 5,  # noqa: PLR2004 - as the sentence says
        seen=", ".join(f"{count} {kind}" for kind, count in sorted(account.kinds(PREFIX).items())),
    )
    group = account.outputs(PREFIX)["LogGroupName"]
    lines: list[str] = []

    def read_log() -> None:
        # The group goes with the stack, so it is read for as long as it is there.
        found = account.log_lines(group)
        if len(found) > len(lines):
            lines[:] = found

    stage.does(f"aws cloudformation delete-stack --stack-name {PREFIX}")
    ending = account.delete_stack(PREFIX, meanwhile=read_log)
    _expect_status(
        stage, "The root stack deletes cleanly, with the images in it", ending, "DELETE_COMPLETE"
    )
    _expect_nothing_left(stage, "Repository, function, role and log group are gone", account)
    _log(lines, stage, group)


def many(account: Account, stage: Stage) -> None:
    """Close the article's open gap: more images than one page or one call can hold."""
    stage.chapter(
        f"{MANY:,} images",
        "A standalone stack, and more images than one listing or one deletion can take. This is "
        "where the usual function answers SUCCESS and leaves most of them.",
    )
    template = render(TemplateName.STANDALONE)["standalone.yaml"]
    stage.does("aws cloudformation deploy --template-file standalone.yaml --stack-name many ...")
    ending = account.create_stack("many", template, {"RepositoryName": "many"})
    _expect_status(stage, "The standalone stack is created", ending, "CREATE_COMPLETE")
    stage.does(f"for i in $(seq {MANY}); do docker push .../many:$i; done")
    push_many(account.ecr, "many", MANY)
    count = len(account.images("many"))
    stage.expects(
        f"The repository holds {MANY:,} images", holds=count == MANY, seen=f"{count:,} images"
    )
    stage.does("aws cloudformation delete-stack --stack-name many")
    ending = account.delete_stack("many")
    _expect_status(stage, "The stack deletes cleanly", ending, "DELETE_COMPLETE")
    _expect_nothing_left(stage, "Nothing is left behind", account)


def _expect_status(stage: Stage, what: str, ending: Ending, status: str) -> None:
    seen = ", ".join([ending.status, *ending.reasons])
    stage.expects(what, holds=ending.status == status, seen=seen)


def _expect_nothing_left(stage: Stage, what: str, account: Account) -> None:
    left = account.leftovers()
    stage.expects(what, holds=not left, seen=", ".join(left) or "nothing is left")


def _upload(account: Account, stage: Stage) -> str:
    """Put the nested templates into a bucket and return the root's text."""
    files = render(TemplateName.NESTED)
    account.s3.create_bucket(Bucket=BUCKET)
    root = ""
    for path, text in files.items():
        name = path.rpartition("/")[2]
        if name == "root.yaml":
            root = text
            continue
        stage.does(f"aws s3 cp {name} s3://{BUCKET}/{PREFIX}/{PREFIX}-{name}")
        account.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{PREFIX}-{name}", Body=text.encode())
    return root


def _tree(account: Account, stack: str, indent: str = "") -> list[list[str]]:
    """List a stack's resources, those of nested stacks below them."""
    rows: list[list[str]] = []
    for logical_id, kind, physical_id in account.resources(stack):
        nested_stack = kind == "AWS::CloudFormation::Stack"
        rows.append([f"{indent}{logical_id}", kind, "" if nested_stack else physical_id])
        if nested_stack:
            rows += _tree(account, physical_id, indent + "  ")
    return rows


def _log(lines: list[str], stage: Stage, group: str) -> None:
    """Show what the function logged about the deletion, and check that it says all of it."""
    stage.chapter(
        "What the function logged",
        "One JSON object a line, read from CloudWatch Logs while the stack was being deleted.",
    )
    stage.does(f"aws logs tail {group}")
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines if line.startswith("{")]
    deletion = [entry for entry in entries[_last_request(entries) :] if entry["event"] in LOGGED]
    stage.shows([[entry["event"], _in_short(entry)] for entry in deletion])
    drained = next((entry for entry in deletion if entry["event"] == "drained"), {})
    stage.expects(
        "It says that it found five images, deleted them, and saw the repository empty",
        holds=(drained.get("deleted"), drained.get("left"), drained.get("empty")) == (5, 0, True),
        seen=f"deleted {drained.get('deleted')}, left {drained.get('left')}, "
        f"empty {drained.get('empty')}",
    )
    answers = [entry["status"] for entry in deletion if entry["event"] == "answer"]
    stage.expects(
        "It answered CloudFormation once", holds=answers == ["SUCCESS"], seen=", ".join(answers)
    )
    secrets = [line for line in lines if "ResponseURL=" in line or "/_ministack/cfn" in line]
    stage.expects(
        "The pre-signed answer address is in no line",
        holds=bool(lines) and not secrets,
        seen=f"{len(lines)} lines searched",
    )


def _last_request(entries: list[dict[str, Any]]) -> int:
    """Find where the log of the last request begins."""
    return max(
        (number for number, entry in enumerate(entries) if entry["event"] == "request"), default=0
    )


def _in_short(entry: dict[str, Any]) -> str:
    """Write a log entry's facts on one line, without those that every line repeats."""
    repeated = {"event", "stackId", "logicalResourceId", "requestId", "physicalResourceId"}
    kept = {
        "drained": ("images", "deleted", "left", "calls", "rounds", "empty"),
        "answer": ("status",),
    }.get(entry["event"])
    facts = {
        key: value
        for key, value in entry.items()
        if key not in repeated and (kept is None or key in kept)
    }
    return ", ".join(f"{key} {value}" for key, value in facts.items())
