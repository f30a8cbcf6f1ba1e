"""The CloudFormation custom resource."""
