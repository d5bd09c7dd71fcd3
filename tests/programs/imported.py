"""Print the modules that `import nnbp.data` and the statement given as argument import."""

import sys

before = {*sys.modules}
import nnbp.data  # noqa: E402 - after listing the modules imported without it

exec(sys.argv[1], {"nnbp": nnbp})
print(*sorted({*sys.modules} - before))
