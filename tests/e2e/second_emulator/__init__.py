"""The drain and the function on an AWS that nobody here wrote or mends: moto."""
