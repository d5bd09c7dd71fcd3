"""Seconds and memory by examples, neurons and mini-batch."""
