"""The Lambda function as one file: `make function` writes it from the modules."""
