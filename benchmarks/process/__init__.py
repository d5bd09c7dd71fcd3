"""Whole trainings from the shell, and how soon they begin."""
