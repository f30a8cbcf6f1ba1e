"""Tests of reading and deleting stacks on the lab."""
