"""What users deploy, and how the function gets into it."""
