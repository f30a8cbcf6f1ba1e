"""The custom resource."""
