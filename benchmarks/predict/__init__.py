"""Answers to a long stream of images, from the shell."""
