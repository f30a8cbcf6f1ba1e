"""A client of the registry protocol, which docker and skopeo speak."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecrdrain.lab import Lab


@dataclass(frozen=True)
class RegistryClient:
    """Sends single requests to a repository of the lab."""

    lab: Lab
    repository: str

    def __call__(
        self, method: str, path: str, body: bytes = b"", media_type: str | None = None
    ) -> tuple[int, bytes]:
        """Return the answer's status and body."""
        connection = http.client.HTTPConnection(self.lab.endpoint_url.removeprefix("http://"))
        headers = {} if media_type is None else {"Content-Type": media_type}
        connection.request(method, f"/v2/{self.repository}/{path}", body, headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, answer
