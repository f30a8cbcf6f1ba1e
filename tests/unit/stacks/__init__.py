"""Tests of what is decided about stacks."""
