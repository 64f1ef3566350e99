"""Pairs of equal arrays, one of NumPy and one of Numloom, of a random program."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from mutations import assert_equal, double, fits

import numloom as nl

DTYPES = ["float64", "float64", "int64", "float32", "int8", "complex128"]
SHAPES = [(), (1,), (7,), (12,), (3, 4), (4, 4), (2, 3, 4), (5, 1), (0, 3), (20, 20)]
MAX_ARRAYS = 12
ERRORS = (ValueError, IndexError, TypeError, AttributeError, OverflowError)


class Pairs(RuleBasedStateMachine):
    """Rules that make, drop and compare arrays; `self.pairs` are the program's."""

    def __init__(self):
        super().__init__()
        self.pairs = []

    def keep(self, x, a):
        """Takes a pair into the program, in place of the oldest if there are many."""
        assert a.shape == x.shape
        assert a.dtype == x.dtype
        assert a.flags.c_contiguous == x.flags.c_contiguous
        assert a.flags.f_contiguous == x.flags.f_contiguous
        self.pairs.append((x, a))
        if len(self.pairs) > MAX_ARRAYS:
            self.pairs.pop(0)

    def run_alike(self, numpy_call, numloom_call):
        """Both results; None where both raise: other tests are about what."""
        results = []
        for call in (numpy_call, numloom_call):
            try:
                results.append(call())
            except ERRORS as error:
                # NumPy looks at the value of a scalar of another dtype, which is an
                # array that wraps in Numloom; NaN, too, is cast to integers.
                is_about_value = isinstance(error, OverflowError) or (
                    "cannot convert float NaN" in str(error)
                )
                assume(results or not is_about_value)
                results.append(error)
        errors = [r for r in results if isinstance(r, Exception)]
        if not errors:
            return results
        if len(errors) != 2:
            # The arrays differ from now on.
            self.pairs.clear()
            raise AssertionError(f"NumPy: {results[0]!r}; Numloom: {results[1]!r}")
        return None

    def draw(self, data):
        return data.draw(st.sampled_from(self.pairs), label="array")

    def view(self, data, make_view):
        """Keeps `make_view` of a pair, made by each library in its way."""
        x, a = self.draw(data)
        pair = self.run_alike(lambda: make_view(x), lambda: make_view(a))
        if pair is not None and isinstance(pair[0], np.ndarray):
            self.keep(*pair)

    def draw_value(self, data, shape):
        """A number, or a pair that broadcasts to `shape`, or one that does not."""
        fitting = [p for p in self.pairs if fits(p[0].shape, shape)]
        number = st.sampled_from([0, 1, 2, -3, 0.5, 100])
        choices = [number.map(lambda n: (n, n))]
        if fitting:
            choices.append(st.sampled_from(fitting))
            choices.append(st.sampled_from(fitting).map(double))
        if data.draw(st.integers(0, 20)) == 20:
            choices = [st.sampled_from(self.pairs)]
        return data.draw(st.one_of(choices), label="value")

    @initialize(data=st.data())
    def begin(self, data):
        self.create(data)

    @rule(data=st.data())
    def create(self, data):
        shape = data.draw(st.sampled_from(SHAPES), label="shape")
        dtype = data.draw(st.sampled_from(DTYPES), label="dtype")
        x = (np.arange(np.prod(shape)) % 50 - 10).reshape(shape).astype(dtype)
        form = data.draw(st.sampled_from(["held", "recorded", "F"]), label="form")
        if form == "F":
            self.keep(np.array(x, order="F"), nl.asarray(x, order="F"))
        elif form == "recorded":
            self.keep(x, nl.add(nl.asarray(x), 0, out=nl.empty(shape, dtype)))
        else:
            self.keep(x, nl.asarray(x))

    @rule(data=st.data())
    def forget(self, data):
        index = data.draw(st.integers(0, len(self.pairs) - 1), label="array")
        if len(self.pairs) > 1:
            del self.pairs[index]

    @rule(data=st.data())
    def read(self, data):
        assert_equal(*self.draw(data))

    @rule(data=st.data())
    def flush(self, data):
        nl.evaluate(self.draw(data)[1])

    @precondition(lambda self: self.pairs)
    @rule()
    def read_all(self):
        for x, a in self.pairs:
            assert_equal(x, a)

    def teardown(self):
        self.read_all()
