"""Holds 60 MB for 0.3 seconds, then prints a line."""

import time

if __name__ == "__main__":
    held = bytes([1]) * 60_000_000
    time.sleep(0.3)
    print("done", len(held))
