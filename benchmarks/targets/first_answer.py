"""Target on the function's start: an answer that needs no call of AWS loads no SDK."""

import json
import subprocess
import sys

from benchmarks.peers.process import ROOT
from benchmarks.targets.target import Target

_PROGRAM = """
import json, sys, time
from benchmarks.peers.answers import answer_of
answers, sys.stdout = sys.stdout, sys.stderr
started = time.perf_counter()
from ecrdrain.resource.handler import lambda_handler
answer = answer_of(lambda_handler, "Update", RepositoryName="lab", Preflight="false")
seconds = time.perf_counter() - started
loaded = sorted({"boto3", "botocore"} & sys.modules.keys())
print(json.dumps({"answer": answer, "seconds": seconds, "loaded": loaded}), file=answers)
"""


def first_answer_target() -> Target:
    """Import the function in a fresh interpreter and let it answer an Update without preflight."""
    ran = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    what = "import and first answer of the function, Update without preflight"
    limit = "no boto3 imported"
    if ran.returncode:
        return Target(what, limit, ran.stderr.strip().rpartition("\n")[2], met=False)
    result = json.loads(ran.stdout)
    loaded, status = result["loaded"], result["answer"]["Status"]
    return Target(
        what,
        limit,
        f"{' and '.join(loaded) or 'neither boto3 nor botocore'} imported; "
        f"{status} after {result['seconds'] * 1000:.0f} ms",
        not loaded and status == "SUCCESS",
    )
