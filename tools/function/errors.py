"""What can go wrong while the function is written."""


class BundleError(Exception):
    """The modules cannot be written as one file; the message names the place."""
