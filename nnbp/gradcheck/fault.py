"""The names of the faults in faults.py, without NumPy, so that `--help` can list them quickly."""

from enum import StrEnum


class Fault(StrEnum):
    """A fault that can be planted in backpropagation."""

    BP1_WITHOUT_SIGMA_PRIME = "bp1-without-sigma-prime"
    MISSING_TRANSPOSE = "missing-transpose"
    BP2_WITHOUT_SIGMA_PRIME = "bp2-without-sigma-prime"
    BIASES_NOT_SUMMED = "biases-not-summed"
    AVERAGED_TWICE = "averaged-twice"
