"""The function's log: one JSON object a line, and no secret in any."""

import json
import sys
from collections.abc import Callable
from typing import Any

REDACTED = "[ResponseURL]"


class Log:
    """Writes events as JSON lines.

    Args:
        secret: The request's ResponseURL, kept out of every line; empty means none.
        write: Takes one line with its line end; None means standard output.
        **facts: What every line of this request says.
    """

    def __init__(
        self, secret: str = "", write: Callable[[str], Any] | None = None, **facts: object
    ) -> None:
        self._secrets = [each for each in (secret, secret.partition("?")[2]) if each]
        self._write = write
        self._facts = facts

    def __call__(self, event: str, **facts: object) -> None:
        """Write one line."""
        line = json.dumps({"event": event, **facts, **self._facts}, default=str)
        (self._write or sys.stdout.write)(self.redact(line) + "\n")
        sys.stdout.flush()

    def redact(self, text: str) -> str:
        """Return the text without the ResponseURL, or the signature in it."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED).replace(json.dumps(secret)[1:-1], REDACTED)
        return text
