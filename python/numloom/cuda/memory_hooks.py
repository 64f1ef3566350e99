"""Memory hooks that come with the library."""

import pathlib
import sys
import traceback

from ._hooks import MemoryHook

_PACKAGE = str(pathlib.Path(__file__).parent.parent)


class DebugPrintHook(MemoryHook):
    """Prints what pools do, one line for each event.

    Args:
        file: Where to; by default sys.stdout.
        flush: Whether to flush after each line.
    """

    name = "DebugPrintHook"

    def __init__(self, file=None, flush=True):
        self.file = file
        self.flush = flush

    def _print(self, event, facts):
        text = ",".join(
            f"{name}:{hex(value) if name.endswith(('ptr', 'pmem_id')) else value}"
            for name, value in facts.items()
        )
        print(f"{event},{text}", file=self.file or sys.stdout, flush=self.flush)

    def alloc_preprocess(self, **facts):
        self._print("alloc_preprocess", facts)

    def alloc_postprocess(self, **facts):
        self._print("alloc_postprocess", facts)

    def malloc_preprocess(self, **facts):
        self._print("malloc_preprocess", facts)

    def malloc_postprocess(self, **facts):
        self._print("malloc_postprocess", facts)

    def free_preprocess(self, **facts):
        self._print("free_preprocess", facts)

    def free_postprocess(self, **facts):
        self._print("free_postprocess", facts)


class _Frame:
    """Bytes allocated below one line of source."""

    def __init__(self, key=None):
        self.key = key
        self.children = {}
        self.used_bytes = 0
        self.acquired_bytes = 0

    def child(self, key):
        return self.children.setdefault(key, _Frame(key))


class LineProfileHook(MemoryHook):
    """Adds up the bytes that each line of source had pools give out.

    Args:
        max_depth: How many callers of a line are kept apart; 0: all.
    """

    name = "LineProfileHook"

    def __init__(self, max_depth=0):
        self.max_depth = max_depth
        self._root = _Frame()

    def malloc_preprocess(self, *, size, **facts):
        """The block's bytes count as used."""
        for frame in self._walk():
            frame.used_bytes += size

    def alloc_preprocess(self, *, mem_size, **facts):
        """What the pool had to take from its allocator counts as acquired."""
        for frame in self._walk():
            frame.acquired_bytes += mem_size

    def _walk(self):
        stack = [
            line
            for line in traceback.extract_stack()
            if not line.filename.startswith(_PACKAGE)
        ]
        frame = self._root
        yield frame
        for line in stack[-self.max_depth :]:
            frame = frame.child((line.filename, line.name, line.lineno))
            yield frame

    def print_report(self, file=None):
        """Prints used and acquired bytes of each line, callers first."""
        file = file or sys.stdout
        self._print(self._root, -1, file)

    def _print(self, frame, depth, file):
        sizes = f"({_format(frame.used_bytes)}, {_format(frame.acquired_bytes)})"
        if frame.key is None:
            print(f"_root {sizes}", file=file)
        else:
            place = ":".join(map(str, frame.key))
            print(f"{'  ' * (depth + 1)}{place} {sizes}", file=file)
        for child in frame.children.values():
            self._print(child, depth + 1, file)


def _format(size):
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            return f"{size:.2f}{unit}"
        size /= 1024


__all__ = ["DebugPrintHook", "LineProfileHook"]
