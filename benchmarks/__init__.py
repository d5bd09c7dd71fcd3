"""Speed: nnbp beside other libraries and beside the matrix products alone, and how it grows.

    python -m benchmarks epochs     seconds per epoch: nnbp, PyTorch, scikit-learn, JAX, the products alone
    python -m benchmarks process    a whole training from the shell, and how soon it begins
    python -m benchmarks growth     seconds and memory by examples, neurons and mini-batch
    python -m benchmarks accuracy   test accuracy and seconds of `nnbp train` with several seeds
    python -m benchmarks busy       two threads against one while other processes use every processor
    python -m benchmarks loop       the NumPy engine against a loop over the examples
    python -m benchmarks gradients  norms and clipping of the examples' gradients against their mean
    python -m benchmarks write      the page and the plot of figures kept with --json

The process that measures imports no NumPy: it stays small, and has no threads of its own that could be in the
way of the measured ones.
"""
