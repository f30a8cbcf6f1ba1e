"""Requests to ECR's JSON API: single operations answered in place of the emulator."""

import json
from collections.abc import Awaitable, Callable, Mapping

from ministack.services import ecr

from ecrdrain.lab.additions.ecr_repositories import Response
from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.ecr.terms import Json

_PREFIX = "AmazonEC2ContainerRegistry_V20150921."


def answer_requests(answers: Mapping[str, Callable[[Json], Response]]) -> None:
    """Answer operations of ECR; the emulator answers the others.

    Args:
        answers: By operation, what answers its requests.
    """

    def answering(plain: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
        async def handle_request(
            method: str,
            path: str,
            headers: dict[str, str],
            body: bytes,
            query_params: dict[str, list[str]],
        ) -> Response:
            answer = answers.get(headers.get("x-amz-target", "").removeprefix(_PREFIX))
            if answer is None:
                return await plain(method, path, headers, body, query_params)
            return answer(json.loads(body))

        return handle_request

    wrap(ecr, "handle_request", answering)
