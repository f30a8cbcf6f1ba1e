"""What CloudFormation will do with a resource: the facts, and the decision on them."""
