"""Sends itself Ctrl-C in the middle of a long call of the compiled engine.

`python interrupt_long_call.py METHOD THREADS INSTRUCTIONS`, METHOD train, evaluate or predict, prints the
time from the signal to the end of the call, as a fraction of the time that the whole call would have taken.
"""

import os
import signal
import sys
import threading
import time
from typing import Any

import numpy as np
from support.door import PLAIN

from nnbp.native.library import library

SIZES = (784, 2000, 2000, 1500, 10)  # 10 million weights
EXAMPLES, FEW = 100_000, 64


def arguments(method: str, examples: int, threads: int, instructions: str) -> dict[str, Any]:
    """The arguments of `train`, `evaluate` or `predict` for this many white images."""
    shared: dict[str, Any] = {
        "images": library().Images(np.full((examples, SIZES[0]), 9, np.uint8), 0, instructions),
        "dense": True,
        "labels": np.zeros(examples, np.int32),
        "threads": threads,
        "confusion": np.zeros((SIZES[-1], SIZES[-1]), np.int64),
    }
    if method == "predict":
        rows = {"outputs": np.zeros((examples, SIZES[-1]), np.float32), "answers": shared["labels"]}
        return {name: shared[name] for name in ("images", "threads")} | rows
    if method == "evaluate":
        return shared
    rule = {"learning_rate": 0.1, **PLAIN, "layer_rates": (1.0,) * 4}
    return {**shared, **rule, "order": np.arange(examples), "draws": None, "cost_sum": 0.0}


def main() -> None:
    method, threads, instructions = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    engine = library().Network(
        sizes=SIZES, batch_size=8, cost="quadratic", velocity=False, dropout=False, instructions=instructions
    )
    call = getattr(engine, method)
    few, all_of_them = (arguments(method, count, threads, instructions) for count in (FEW, EXAMPLES))
    call(**few)  # the first call is slower: its memory is new
    began = time.perf_counter()
    call(**few)
    whole = (time.perf_counter() - began) * EXAMPLES / FEW
    sent = 0.0

    def interrupt() -> None:
        nonlocal sent
        time.sleep(0.5)
        sent = time.perf_counter()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        call(**all_of_them)
    except KeyboardInterrupt:
        print((time.perf_counter() - sent) / whole)
    thread.join()


if __name__ == "__main__":
    main()
