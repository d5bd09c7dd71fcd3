"""The training of the part `process` as scripts for other libraries, as one would write them for oneself."""
