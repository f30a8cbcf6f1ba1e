"""``ecrdrain stack delete`` on moto: its stacks are read and deleted as AWS's are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.cli.app import run
from ecrdrain.lab import push_many

if TYPE_CHECKING:
    from tests.e2e.second_emulator.moto_server import Moto


@pytest.mark.usefixtures("on_moto")
def test_a_stack_goes_and_what_it_retains_stays(
    moto: Moto, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One repository is emptied and deleted with its stack, the retained one is not touched."""
    app, base = f"{name}/app", f"{name}/base"
    kind = "AWS::ECR::Repository"
    resources = {
        "App": {"Type": kind, "Properties": {"RepositoryName": app}},
        "Base": {"Type": kind, "Properties": {"RepositoryName": base}, "DeletionPolicy": "Retain"},
    }
    template = json.dumps({"Resources": resources})
    moto.cloudformation.create_stack(StackName=name, TemplateBody=template)
    push_many(moto.ecr, app, 5)
    push_many(moto.ecr, base, 2)

    status = run(["stack", "delete", name, "--yes"])

    out = capsys.readouterr().out
    assert status == 0
    assert f"{app}: empty, 5 images deleted" in out
    assert f"{name}: deleted in " in out
    assert app not in moto.repositories()
    assert moto.images(base) == 2
