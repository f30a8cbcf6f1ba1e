"""The templates, and the function in them."""
