"""Helpers of the tests: oracles, small models, servers that misbehave, the installed program."""
