"""Tests of what CloudFormation will do with a resource."""
