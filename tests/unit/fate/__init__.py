"""Tests of the custom resource."""
