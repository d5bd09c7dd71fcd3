"""nnbp, but the exception of a signal during an evaluation is lost, as when Python cannot raise it."""

import os
import signal
import sys
from contextlib import suppress

from nnbp.cli.main import main
from nnbp.evaluation import Evaluation, Evaluator

run = Evaluator.run


def losing(self: Evaluator) -> Evaluation:
    with suppress(BaseException):
        os.kill(os.getpid(), signal.SIGTERM)
    return run(self)


Evaluator.run = losing  # type: ignore[method-assign]
main(sys.argv[1:])
