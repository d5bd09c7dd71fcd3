"""A training command repeated with several seeds."""
