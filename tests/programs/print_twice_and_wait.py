"""Prints two lines and then does nothing, for longer than any test lasts."""

import time

if __name__ == "__main__":
    print("b", "a", flush=True)
    print("a", flush=True)
    time.sleep(3600)
