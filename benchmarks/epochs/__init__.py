"""Seconds per epoch of the same training in each library."""
