"""AWS's errors as botocore raises them, made without AWS."""

from __future__ import annotations

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError


def aws_error(code: str, status: int = 400, message: str = "as set up") -> ClientError:
    """Return what boto3 raises for an answer with this code."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "HTTPHeaders": {},
                "HostId": "",
                "RequestId": "",
                "RetryAttempts": 0,
            },
        },
        "BatchDeleteImage",
    )


def throttled() -> ClientError:
    """Return what boto3 raises for a throttled call."""
    return aws_error("ThrottlingException", message="Rate exceeded")


def server_error() -> ClientError:
    """Return what boto3 raises for a failure at AWS."""
    return aws_error("ServerException", 500)


def unavailable() -> ClientError:
    """Return what boto3 raises for an answer of a load balancer."""
    return aws_error("503", 503, "Service Unavailable")


def denied() -> ClientError:
    """Return what boto3 raises for a missing permission."""
    return aws_error("AccessDeniedException", message="not authorized")


def unreachable() -> EndpointConnectionError:
    """Return what boto3 raises when no connection comes about."""
    return EndpointConnectionError(endpoint_url="https://ecr.example")


def unanswered() -> ReadTimeoutError:
    """Return what boto3 raises when a call is not answered."""
    return ReadTimeoutError(endpoint_url="https://ecr.example")
