"""nnbp --engine numpy, which gets Ctrl-C in the middle of epoch N: N, and the arguments of nnbp."""

import os
import signal
import sys

from nnbp import sgd
from nnbp.cli.main import main
from nnbp.evaluation import Evaluation

run = sgd.Epochs.run


def interrupted(self: sgd.Epochs, epoch: int, progress: sgd.Progress = sgd.ignore) -> Evaluation:
    if epoch == int(sys.argv[1]):
        self.network.weights[0][:] = 0.0  # as a half-finished epoch leaves them: changed
        os.kill(os.getpid(), signal.SIGINT)
    return run(self, epoch, progress)


sgd.Epochs.run = interrupted  # type: ignore[method-assign]
main(sys.argv[2:])
