"""What a fresh import of the package offers."""
