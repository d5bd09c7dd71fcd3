"""nnbp, but the exception of a signal during an evaluation is lost, as when Python cannot raise it."""

import os
import signal
import sys
import weakref

from nnbp.cli.main import main
from nnbp.evaluation import Evaluation, Evaluator

run = Evaluator.run


def losing(self: Evaluator) -> Evaluation:
    doomed = type("Doomed", (), {})()
    reference = weakref.ref(doomed, lambda _: os.kill(os.getpid(), signal.SIGTERM))
    del doomed  # Python calls the callback, whose exceptions it can only print
    assert reference() is None
    return run(self)


Evaluator.run = losing  # type: ignore[method-assign]
main(sys.argv[1:])
