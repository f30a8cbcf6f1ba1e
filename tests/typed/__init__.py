"""Programs that are not run: mypy checks that they are typed."""
