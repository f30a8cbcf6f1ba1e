"""The function's log: one JSON object a line, and no secret in any."""

import json


class Log:
    """Writes events to standard output, which Lambda takes for the log.

    Args:
        secret: The request's ResponseURL, kept out of every line; empty means none.
        **facts: What every line of this request says.
    """

    def __init__(self, secret: str = "", **facts: object) -> None:
        secrets = (secret, secret.partition("?")[2])
        # In a line they stand as JSON writes them.
        self._secrets = [
            form for each in secrets if each for form in (each, json.dumps(each)[1:-1])
        ]
        self._facts = facts

    def __call__(self, event: str, **facts: object) -> None:
        """Write one line."""
        line = json.dumps({"event": event, **facts, **self._facts}, default=str)
        print(self.redact(line), flush=True)  # noqa: T201 - see the class

    def redact(self, text: str) -> str:
        """Return the text without the ResponseURL, or the signature in it."""
        for secret in self._secrets:
            text = text.replace(secret, "[ResponseURL]")
        return text
