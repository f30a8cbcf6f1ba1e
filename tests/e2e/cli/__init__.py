"""Tests of the commands, as they are run."""
