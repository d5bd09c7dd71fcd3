"""Mutants that no test can notice, each with the reason: the file, and the changed line."""

EQUIVALENT: dict[tuple[str, str], str] = {}
