"""Tests of the command line without AWS."""
