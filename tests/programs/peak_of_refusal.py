"""Reads a file that is not a model, and prints by how many bytes the peak of this process's memory grew."""

import resource
import sys

from nnbp import RejectedFileError, modelfile

if __name__ == "__main__":
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        modelfile.load(sys.argv[1])
    except RejectedFileError:
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
