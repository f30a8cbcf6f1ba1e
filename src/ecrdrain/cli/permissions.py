"""The IAM actions that each command needs.

The documentation is made from these tables; a test runs the commands with exactly these actions,
and with each of them taken away.
"""

_IMAGES = {
    "ecr:DescribeImages": "count the images",
    "ecr:ListImages": "list them for the drain, and see that none is left",
    "ecr:BatchDeleteImage": "delete them; once of a digest that cannot exist, to see that it may",
}

_REPLICATION = {"ecr:DescribeRegistry": "whether deletions are replicated to other registries"}

_STACK = {
    "cloudformation:DescribeStacks": "status, exports and protection of a stack",
    "cloudformation:ListStackResources": "its repositories, drains and nested stacks",
    "cloudformation:GetTemplate": "what its deletion keeps (DeletionPolicy) and empties",
    "cloudformation:ListImports": "who imports its exports",
    "cloudformation:DescribeStackEvents": "why a deletion failed, and what happens in the next",
}

DRAIN = {
    **_IMAGES,
    **_REPLICATION,
    "ecr:DescribeRepositories": "for patterns, and to offer names near a wrong one",
}

_FUNCTION = {
    "cloudformation:ListExports": "whether the function of a drain is still exported",
    "lambda:GetFunctionConfiguration": "whether it is there; it counts so unless both are allowed",
}

STACK_SHOW = {
    "ecr:DescribeImages": _IMAGES["ecr:DescribeImages"],
    **_REPLICATION,
    **_STACK,
    **_FUNCTION,
}

STACK_LIST = {
    "cloudformation:DescribeStacks": "the region's stacks and their status",
    "cloudformation:ListStackResources": _STACK["cloudformation:ListStackResources"],
    "cloudformation:GetTemplate": _STACK["cloudformation:GetTemplate"],
    "cloudformation:DescribeStackEvents": "the function of a drain whose template does not tell",
    "ecr:DescribeImages": "whether there are images",
    **_FUNCTION,
}

STACK_DELETE = {
    **_IMAGES,
    **_REPLICATION,
    **_STACK,
    "cloudformation:DeleteStack": "delete the stack",
    "cloudformation:UpdateTerminationProtection": "for --disable-termination-protection",
    "cloudformation:ListStacks": "to tell a stack deleted before from a wrong name",
    **_FUNCTION,
}

INSTALL = {
    "cloudformation:DescribeStacks": "whether the provider is there",
    "cloudformation:ListExports": "whether it is there under another name",
    "cloudformation:GetTemplateSummary": "the parameters of the provider's template",
    "cloudformation:GetTemplate": "for --update: is it the provider, and would anything change",
    "cloudformation:CreateChangeSet": "let CloudFormation work out the change",
    "cloudformation:DescribeChangeSet": "see it",
    "cloudformation:ExecuteChangeSet": "make it",
    "cloudformation:DeleteChangeSet": "drop it when it is not wanted",
    "cloudformation:DeleteStack": "drop the empty stack that it leaves then",
    "cloudformation:DescribeStackEvents": "follow it",
}

UNINSTALL = {**_STACK, "cloudformation:DeleteStack": "delete the provider"}

STATUS = {
    "cloudformation:ListExports": "find the provider by its export",
    "cloudformation:DescribeStacks": "its status, and that of the stacks it failed for",
    "cloudformation:GetTemplate": "the version of its function",
    "cloudformation:ListImports": "who imports it",
    "lambda:InvokeFunction": "whether it answers; the request asks for nothing",
    "logs:FilterLogEvents": "its last failures",
}

LOGS = {
    "cloudformation:DescribeStacks": "the stack, and whether it is gone",
    "cloudformation:ListStackResources": _STACK["cloudformation:ListStackResources"],
    "cloudformation:GetTemplate": "the function of a drain",
    "cloudformation:DescribeStackEvents": "the same, where the template does not tell",
    "cloudformation:ListExports": "the same, of a drain that imports it",
    "cloudformation:ListStacks": "to find a stack that is deleted by its name",
    "lambda:GetFunctionConfiguration": "where the function logs",
    "logs:FilterLogEvents": "the lines",
}

BY_COMMAND = {
    "drain": DRAIN,
    "stack list": STACK_LIST,
    "stack show": STACK_SHOW,
    "stack delete": STACK_DELETE,
    "install": INSTALL,
    "uninstall": UNINSTALL,
    "status": STATUS,
    "logs": LOGS,
}
