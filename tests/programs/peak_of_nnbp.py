"""The program nnbp, which finally writes its peak resident memory in KiB to the file named by PEAK."""

import atexit
import os
import re
from pathlib import Path

from nnbp.cli.start import main


def record() -> None:
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    Path(os.environ["PEAK"]).write_text(peak[1] if peak else "none")


atexit.register(record)
main()
