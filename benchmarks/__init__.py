"""Speed: nnbp compared with other libraries and with the matrix products alone, and how it grows.

    python -m benchmarks epochs     seconds per epoch: nnbp, PyTorch, scikit-learn, JAX, the products alone
    python -m benchmarks process    a whole training from the shell, and its start
    python -m benchmarks growth     seconds and memory by examples, neurons and mini-batch
    python -m benchmarks accuracy   test accuracy and seconds of `nnbp train` with several seeds
    python -m benchmarks busy       two threads and one, while other processes use every processor
    python -m benchmarks loop       the NumPy engine and a loop over the examples
    python -m benchmarks gradients  norms and clipping of the examples' gradients, and their mean
    python -m benchmarks write      a page and a plot of the figures kept with --json

The measuring process does not import NumPy, so it stays small and has no threads that could slow the others.
"""
