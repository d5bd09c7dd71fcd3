"""Print, as JSON, the variables of BLAS's threads after `use_threads`, for the number given, if any."""

import json
import os
import sys

from nnbp.cli import blas

blas.use_threads(*map(int, sys.argv[1:]))
assert "numpy" not in sys.modules
print(json.dumps([os.environ.get(name) for name in blas.VARIABLES]))
