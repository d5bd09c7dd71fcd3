"""The program for a shell, forked from the server of `support.forking`: `forked.py ADDRESS ARGUMENT…`.

It passes its streams, folder and environment on and ends as that process does. To be run with Python's -I and
-S, and importing little, it takes a tenth of a start of the program.
"""

import array
import json
import os
import signal
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_SEQPACKET, SOL_SOCKET, socket

connection = socket(AF_UNIX, SOCK_SEQPACKET)
connection.connect(f"\0{sys.argv[1]}")
folder = os.getcwd()  # noqa: PTH109 - importing pathlib would take as long as the rest
request = json.dumps([sys.argv[2:], folder, dict(os.environ)]).encode()
connection.sendmsg([request], [(SOL_SOCKET, SCM_RIGHTS, array.array("i", [0, 1, 2]))])
# So that a reader sees the end of a pipe as soon as the program itself has closed it.
for stream in (0, 1, 2):
    os.close(stream)
connection.recv(32)
status = int(connection.recv(32))
if status < 0:
    signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
os._exit(status)
