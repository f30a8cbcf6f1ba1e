"""What a refusal means for the drain, by ECR's code for it.

The codes are the enumeration ImageFailureCode of ECR's API (API_ImageFailure).
"""

GONE = "ImageNotFound"
"""The image is gone already: done."""

REFERENCED = "ImageReferencedByManifestList"
"""An index that still exists lists the image: its turn comes after the index."""

IDLE_ROUNDS = {
    GONE: 3,
    REFERENCED: 2,
    "UpstreamAccessDenied": 1,
    "UpstreamTooManyRequests": 3,
    "UpstreamUnavailable": 3,
    "KmsError": 1,
}
"""How many rounds without progress an image refused by that code is worth.

Codes that are not listed are final: the same call would be refused again. An image that is listed
but not found, or refused for an index that is gone, is ECR still catching up with itself.
"""
