"""Many repositories under throttling, through the command: `make bench-many`.

Judged is that all of them end empty and the command says so; the seconds are for comparison.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from ecrdrain.lab.strict import StrictEcr

IMAGES = 3
LATENCY = 0.03
AWS = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
CASES = ((200, 10.0), (200, 20.0), (200, 60.0), (2_000, 60.0))
"""How many repositories, and how many calls a second of each operation."""


@dataclass(frozen=True)
class Case:
    """What came out of one run.

    Attributes:
        repositories: How many there were.
        rate: Calls a second of each operation that the server took.
        seconds: How long the command took.
        calls: Calls that the server got, throttled ones included.
        left: Images left in the end.
        right: Whether the command ended with 0 and its last line is true.
    """

    repositories: int
    rate: float
    seconds: float
    calls: int
    left: int
    right: bool


def run(repositories: int, rate: float) -> Case:
    """Empty that many repositories at that rate."""
    with StrictEcr.start() as server:
        for number in range(repositories):
            server.seed(repository=f"platform/{number:04}", images=IMAGES)
        server.configure(rate=rate, burst=rate, latency=LATENCY)
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own program
            [
                *(sys.executable, "-m", "ecrdrain", "drain", "platform/*", "--yes"),
                *("--limit", str(repositories), "--endpoint-url", server.endpoint_url),
            ],
            env={**os.environ, **AWS},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - started
        state = server.state()
    images = repositories * IMAGES
    last = f"{repositories:,} repositories empty, {images:,} images deleted"
    right = done.returncode == 0 and done.stdout.splitlines()[-1:] == [last]
    return Case(repositories, rate, seconds, state.count(), state.images, right)


def main() -> int:
    """Run all cases and say what came out."""
    print("repositories  calls/s  seconds   calls  left  right")
    wrong = 0
    for repositories, rate in CASES:
        case = run(repositories, rate)
        wrong += not case.right or case.left > 0
        print(
            f"{case.repositories:12,}  {case.rate:7.0f}  {case.seconds:7.1f}  {case.calls:6,}  "
            f"{case.left:4,}  {'yes' if case.right else 'NO'}"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
