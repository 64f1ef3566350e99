"""Fills what `bench functions` would wait for on a GPU: operands and kernel caches.

Compiling the kernels of all rows takes one process minutes. Here all cores make the
operands and store them, then run every row once in processes of their own, so that
the two that are timed later find everything on disk.
"""

import os
import threading
import time

from function_arrays import store
from function_process import Process

# CuPy compiles CUDA C++, Numloom writes the code that the driver assembles: of four
# processes three are the peer's.
PEER_SHARE = 4
# Processes share the device's memory, and each has a context of its own there.
MAX_PROCESSES = 16


class Tasks:
    """Rows that are left to run, and what went wrong with those that did."""

    def __init__(self, library, rows, deadline):
        self.library, self.deadline = library, deadline
        # One iterator for all threads: each row is taken once.
        self.rows = iter(rows)
        self.ended = {}

    def run(self, *arguments):
        """Runs rows in one process until none, or no time, is left."""
        process = Process(self.library, *arguments)
        while time.monotonic() < self.deadline and (code := next(self.rows, None)):
            answer = process.ask("warm", code)
            if "ended" in answer:
                self.ended[code] = answer["failure"]
        process.kill()


def fill_caches(libraries, rows, deadline, *arguments):
    """Runs `rows` once in each library; gives what ended a process, by library."""
    tasks = {library: Tasks(library, rows, deadline) for library in libraries}
    count = min(os.cpu_count(), MAX_PROCESSES)
    own, peer = libraries
    chosen = [own if n % PEER_SHARE == 0 else peer for n in range(max(count, 2))]
    threads = [
        threading.Thread(target=tasks[library].run, args=arguments)
        for library in chosen
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {library: tasks[library].ended for library in libraries}


def warm(libraries, rows, device, scale, directory, deadline):
    """Stores operands in `directory`, fills the caches, and says how long it took."""
    begin = time.monotonic()
    store(directory, scale)
    stored = time.monotonic()
    ended = fill_caches(libraries, rows, deadline, device, scale, directory)
    now = time.monotonic()
    print(f"operands {stored - begin:.0f} s, kernels {now - stored:.0f} s", flush=True)
    return ended
