"""What users deploy, and how the function gets into it."""

from ecrdrain.templates.errors import TemplateError
from ecrdrain.templates.render import TemplateName, function_source, render

__all__ = ["TemplateError", "TemplateName", "function_source", "render"]
