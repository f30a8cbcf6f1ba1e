"""What CloudFormation will do with a resource."""
