"""Ends its main thread at once, with a call still running in the background."""

import time

from nnbp.background import Background


def call() -> None:
    time.sleep(0.1)
    print("done", flush=True)


if __name__ == "__main__":
    Background(call)
