"""A local AWS for the demo, the tests and the benchmarks."""

from ecrdrain.lab.answers import Answer
from ecrdrain.lab.clients import Credentials
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.emulator import Lab, LabError
from ecrdrain.lab.images import (
    BuiltImage,
    multi_platform_image,
    nested_index,
    push,
    push_many,
    single_platform_image,
)
from ecrdrain.lab.strict import StrictEcr

__all__ = [
    "Answer",
    "BuiltImage",
    "Credentials",
    "Lab",
    "LabError",
    "SameCall",
    "StrictEcr",
    "multi_platform_image",
    "nested_index",
    "push",
    "push_many",
    "single_platform_image",
]
