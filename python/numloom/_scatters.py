"""The scatter of the dialect, and what it is told of its entries."""

from ._core import known_range, ndarray, record

#: What a scatter makes of an element and an entry: the dialect's ScatterCombiner.
REPLACE, ADD, MAXIMUM, MINIMUM, MULTIPLY, AND, OR, XOR, SUBTRACT, DIVIDE = range(10)
#: What a scatter knows of entries for one place.
ANY, NONE, NEIGHBOURS, EQUAL = range(4)


def record_scatter(x, indices, axes, value, combine, repeats):
    """One scatter of the dialect."""
    attrs = (list(axes), combine, repeats)
    return record("scatter", (x, value, *indices), x.shape, x.dtype, attrs)


class Names:
    """By what entries name their places: arrays that broadcast to the indices."""

    def __init__(self):
        #: Equal wherever two entries name one place that is not left out.
        self.sure = []
        #: The same, unless an element is negative: it counts from the end.
        self.signed = []
        #: An array that alone names the places, as it is, and was used before.
        self.reused = None

    def add(self, given, index, n):
        """An `index` in `[0, n)`, and what was `given` for it."""
        is_first = not self.sure
        self.sure.append(index)
        self.reused = None
        if not isinstance(given, ndarray):
            return
        # Of uint64 the upper half becomes negative.
        is_signed = given.dtype.kind == "i" or given.dtype.itemsize == 8
        known = known_range(given)
        if known and known[0] >= 0:
            is_signed = False
            # Others may be left out, all of them.
            if is_first and known[1] < n:
                self.reused = given
        (self.signed if is_signed else self.sure).append(given)
