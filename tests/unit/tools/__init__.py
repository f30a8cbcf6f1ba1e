"""The tools that developers run."""
