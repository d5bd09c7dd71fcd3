"""Whole trainings from the shell, and the time until they begin."""
