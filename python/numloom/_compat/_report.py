"""What a program left to NumPy, and which of its lines waited for a value."""

import os
import sys
from collections import Counter, defaultdict

from .. import _core

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def find_line(is_user_file):
    """`file:line` of the innermost frame of the program, or of who calls it.

    Frames of Numloom and of NumPy are no answer.
    """
    frame = sys._getframe(1)
    outside = None
    while frame is not None:
        name = frame.f_code.co_filename
        if is_user_file(name):
            return f"{_shorten(name)}:{frame.f_lineno}"
        if outside is None and not _is_library(name):
            outside = frame
        frame = frame.f_back
    if outside is None:
        return "?"
    return f"{_shorten(outside.f_code.co_filename)}:{outside.f_lineno}"


def _is_library(name):
    return name.startswith((_PACKAGE, "<frozen")) or f"{os.sep}numpy{os.sep}" in name


def _shorten(name):
    """`name` relative to the working directory, where that is shorter."""
    if name.startswith("<"):
        return name
    relative = os.path.relpath(name)
    return relative if len(relative) < len(name) else name


class Report:
    """Counts of one run.

    Args:
        is_user_file: Tells whether a file name is that of the program's source.
    """

    def __init__(self, is_user_file):
        self._is_user_file = is_user_file
        self._fallbacks = defaultdict(Counter)
        self._waits = Counter()
        self._seconds = Counter()

    def watch_waits(self):
        """Counts from now on which lines wait, and for how long."""
        _core.set_wait_observer(self._note_wait)

    def note_fallback(self, name):
        """Counts a call of NumPy's function `name`."""
        self._fallbacks[name][find_line(self._is_user_file)] += 1

    def _note_wait(self, seconds):
        line = find_line(self._is_user_file)
        self._waits[line] += 1
        self._seconds[line] += seconds

    def format(self):
        """The report as text."""
        _core.set_wait_observer(None)
        return "\n".join(
            [*self._format_fallbacks(), *self._format_waits(), *_format_stats(), ""]
        )

    def _format_fallbacks(self):
        if not self._fallbacks:
            return ["numloom: nothing was left to NumPy"]
        lines = ["numloom: left to NumPy"]
        order = sorted(self._fallbacks.items(), key=lambda x: (-x[1].total(), x[0]))
        for name, places in order:
            where = ", ".join(f"{line} ({n})" for line, n in places.most_common())
            lines.append(f"  {_count(places.total(), 'call'):>10}  {name}  {where}")
        return lines

    def _format_waits(self):
        if not self._waits:
            return ["numloom: no line waited for a value"]
        lines = ["numloom: lines that waited for a value"]
        for line, seconds in self._seconds.most_common():
            count = _count(self._waits[line], "wait")
            lines.append(f"  {count:>10}  {1000 * seconds:9.2f} ms  {line}")
        return lines


def _count(n, noun):
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _format_stats():
    stats = _core.stats()
    return [
        f"numloom: {_count(stats['flushes'], 'program')} of "
        f"{_count(stats['nodes_executed'], 'operation')} run in "
        f"{_count(stats['launches'], 'kernel')}; "
        f"{_count(stats['programs_compiled'], 'program')} compiled in "
        f"{stats['compile_ms']:.0f} ms"
    ]
