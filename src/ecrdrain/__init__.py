"""Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""

__version__ = "0.1.0"
