"""The training of the part `process` as scripts for other libraries, as their users would write them."""
