"""Stacks as seen from outside."""
