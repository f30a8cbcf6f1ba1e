"""How a repository is emptied."""
