"""Mutation testing: whether the tests notice small mistakes in the code. See docs/testing.md."""
