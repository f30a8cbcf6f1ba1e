"""The shortest program that drains with the Python package, for a comparison with the command."""

import os
import sys

import ecrdrain

if __name__ == "__main__":
    report = ecrdrain.drain(os.environ["ECR_REPOSITORY_NAME"])
    print(f"{report.deleted} deleted, {report.left} left")
    sys.exit(0 if report.empty else 1)
