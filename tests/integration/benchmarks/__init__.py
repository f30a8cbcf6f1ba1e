"""Tests of the benchmark on the strict ECR server."""
