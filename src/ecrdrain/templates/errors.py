"""What can go wrong while a template is made."""


class TemplateError(Exception):
    """A template cannot be made; the message says what to change."""
