"""Random programs that create, view and update aliasing arrays, as NumPy does.

A program is a list of pairs, an array of NumPy and the same array of Numloom, on
which rules work alike. Pairs are compared when the program reads one, and all of
them at its end. `NUMLOOM_PROGRAMS` says how many programs run: 2,000 in CI, else 100.
"""

import functools
import operator
import os

import numpy as np
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from mutations import (
    assert_equal,
    double,
    draw_indices,
    draw_key,
    draw_neighbours,
    fits,
    get_factorings,
    is_itself,
)
from numpy.lib.stride_tricks import sliding_window_view

import numloom as nl
from numloom.lib import stride_tricks

PROGRAMS = int(
    os.environ.get("NUMLOOM_PROGRAMS", "2000" if "CI" in os.environ else "100")
)
STEPS = int(os.environ.get("NUMLOOM_PROGRAM_STEPS", "20"))

DTYPES = ["float64", "float64", "int64", "float32", "int8", "complex128"]
SHAPES = [(), (1,), (7,), (12,), (3, 4), (4, 4), (2, 3, 4), (5, 1), (0, 3), (20, 20)]
BINARY = [np.add, np.subtract, np.multiply, np.maximum, np.minimum]
IN_PLACE = [operator.iadd, operator.isub, operator.imul]
MAX_ARRAYS = 12

ERRORS = (ValueError, IndexError, TypeError, AttributeError, OverflowError)


class Programs(RuleBasedStateMachine):
    """The rules; `self.pairs` are the arrays of the program."""

    def __init__(self):
        super().__init__()
        self.pairs = []

    def keep(self, x, a):
        """Takes a pair into the program, in place of the oldest if there are many."""
        assert a.shape == x.shape
        assert a.dtype == x.dtype
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

    # Views.

    @rule(data=st.data())
    def take(self, data):
        x, a = self.draw(data)
        key = draw_key(data, x.shape)
        taken = x[key]
        if isinstance(taken, np.ndarray):
            self.keep(taken, a[key])
        else:
            assert_equal(taken, a[key])

    @rule(data=st.data())
    def transpose(self, data):
        x, a = self.draw(data)
        axes = data.draw(st.permutations(range(x.ndim)), label="axes")
        self.keep(x.transpose(axes), a.transpose(axes))

    @rule(data=st.data())
    def reshape(self, data):
        x, a = self.draw(data)
        shape = data.draw(st.sampled_from(get_factorings(x.size)), label="shape")
        order = data.draw(st.sampled_from("CCCFA"), label="order")
        pair = self.run_alike(
            lambda: x.reshape(shape, order=order),
            lambda: a.reshape(shape, order=order),
        )
        if pair is not None:
            self.keep(*pair)

    @rule(data=st.data())
    def ravel(self, data):
        order = data.draw(st.sampled_from("CCFAK"), label="order")
        self.view(data, lambda z: z.ravel(order))

    @rule(data=st.data())
    def set_shape(self, data):
        x, a = self.draw(data)
        shape = data.draw(st.sampled_from(get_factorings(x.size)), label="shape")
        self.run_alike(
            lambda: setattr(x, "shape", shape), lambda: setattr(a, "shape", shape)
        )
        assert a.shape == x.shape

    @rule(data=st.data(), name=st.sampled_from(["T", "real", "imag", "mT"]))
    def attribute(self, data, name):
        x, a = self.draw(data)
        # Zeros in the order of the array in NumPy, in C order in Numloom.
        assume(name != "imag" or x.dtype.kind == "c")
        pair = self.run_alike(lambda: getattr(x, name), lambda: getattr(a, name))
        if pair is not None:
            self.keep(*pair)

    @rule(data=st.data(), offset=st.integers(-2, 2))
    def diagonal(self, data, offset):
        self.view(data, lambda z: z.diagonal(offset))

    @rule(data=st.data())
    def squeeze(self, data):
        self.view(data, lambda z: z.squeeze())

    @rule(data=st.data())
    def broadcast(self, data):
        x, a = self.draw(data)
        shape = (2, *x.shape)
        self.keep(np.broadcast_to(x, shape), nl.broadcast_to(a, shape))

    @rule(data=st.data())
    def windows(self, data):
        x, a = self.draw(data)
        pair = self.run_alike(
            lambda: sliding_window_view(x, 2, -1),
            lambda: stride_tricks.sliding_window_view(a, 2, -1),
        )
        if pair is not None:
            self.keep(*pair)

    @rule(data=st.data())
    def reinterpret(self, data):
        x, a = self.draw(data)
        dtype = {"f": "i", "i": "f"}.get(x.dtype.kind)
        if dtype is not None and x.dtype.itemsize >= 4:
            dtype += str(x.dtype.itemsize)
            # Bits of integers would be odd numbers as floats.
            if x.dtype.kind == "f":
                self.keep(x.view(dtype), a.view(dtype))

    # New arrays.

    @rule(data=st.data(), op=st.sampled_from(BINARY))
    def combine(self, data, op):
        x, a = self.draw(data)
        y, b = self.draw_value(data, x.shape)
        pair = self.run_alike(lambda: op(x, y), lambda: op(a, b))
        if pair is not None and isinstance(pair[0], np.ndarray):
            # Results lie in C order in Numloom, in that of the operands in NumPy.
            self.keep(np.array(pair[0], order="C"), pair[1])

    @rule(data=st.data())
    def take_at(self, data):
        x, a = self.draw(data)
        key, place = draw_indices(data, x.shape)
        self.keep(np.array(x[key], order="C"), a[place])

    @rule(data=st.data())
    def copy(self, data):
        order = data.draw(st.sampled_from("CCFK"), label="order")
        self.view(data, lambda z: z.copy(order))

    @rule(data=st.data())
    def reduce(self, data):
        x, a = self.draw(data)
        if x.dtype.kind == "i" and x.ndim:
            # NumPy's sums have the order of their operands.
            total = np.array(x.sum(0)[...], order="C")
            self.keep(total, nl.asarray(a.sum(0))[...].copy())

    # Updates.

    @rule(data=st.data())
    def assign(self, data):
        x, a = self.draw(data)
        key = draw_key(data, x.shape)
        y, b = self.draw_value(data, x[key].shape)
        self.run_alike(lambda: x.__setitem__(key, y), lambda: a.__setitem__(key, b))

    @rule(data=st.data(), op=st.sampled_from(IN_PLACE))
    def update(self, data, op):
        x, a = self.draw(data)
        y, b = self.draw_value(data, x.shape)
        self.run_alike(lambda: op(x, y), lambda: op(a, b))

    @rule(data=st.data(), op=st.sampled_from(IN_PLACE))
    def update_elements(self, data, op):
        x, a = self.draw(data)
        key = draw_key(data, x.shape)
        y, b = self.draw_value(data, x[key].shape)
        self.run_alike(
            lambda: x.__setitem__(key, op(x[key], y)),
            lambda: a.__setitem__(key, op(a[key], b)),
        )

    @rule(data=st.data(), op=st.sampled_from(["set", *IN_PLACE]))
    def relax(self, data, op):
        """Most elements of an array from their neighbours, or from another's."""
        x, a = self.draw(data)
        target, shifts = draw_neighbours(data, x.shape)
        alike = [p for p in self.pairs if p[0].shape == x.shape]
        y, b = data.draw(st.sampled_from(alike), label="neighbours")

        def update(m, z, source):
            value = functools.reduce(m.add, [source[s] for s in shifts])
            z[target] = value if op == "set" else op(z[target], value)

        self.run_alike(lambda: update(np, x, y), lambda: update(nl, a, b))

    @rule(data=st.data(), name=st.sampled_from(["sum", "max", "cumsum", "min"]))
    def reduce_into(self, data, name):
        x, a = self.draw(data)
        y, b = self.draw(data)
        assume(x.size and x.ndim and y.ndim and y.size and y.dtype.kind == "i")
        axis = data.draw(st.integers(0, y.ndim - 1), label="axis")
        value = getattr(y, name)(axis)
        key = data.draw(st.sampled_from([..., 0, slice(1, None), np.s_[::-1]]))
        assume(fits(value.shape, x[key].shape))
        self.run_alike(
            lambda: x.__setitem__(key, value),
            lambda: a.__setitem__(key, getattr(b, name)(axis)),
        )

    @rule(data=st.data())
    def assign_at(self, data):
        x, a = self.draw(data)
        key, place = draw_indices(data, x.shape)
        y, b = self.draw_value(data, x[key].shape)
        self.run_alike(lambda: x.__setitem__(key, y), lambda: a.__setitem__(place, b))

    @rule(data=st.data(), op=st.sampled_from(IN_PLACE))
    def update_at(self, data, op):
        x, a = self.draw(data)
        key, place = draw_indices(data, x.shape)
        y, b = self.draw_value(data, x[key].shape)
        self.run_alike(
            lambda: x.__setitem__(key, op(x[key], y)),
            lambda: a.__setitem__(place, op(a[place], b)),
        )

    @rule(data=st.data(), op=st.sampled_from(["add", "maximum", "subtract"]))
    def combine_at(self, data, op):
        x, a = self.draw(data)
        key, place = draw_indices(data, x.shape)
        # NumPy writes to what is read-only.
        assume(x.flags.writeable)
        # Whether nothing may be added to read-only arrays depends on the view.
        assume(x[key].size)
        self.run_alike(
            lambda: getattr(np, op).at(x, key, 3),
            lambda: getattr(nl, op).at(a, place, 3),
        )

    @rule(data=st.data(), op=st.sampled_from(BINARY))
    def compute_into(self, data, op):
        x, a = self.draw(data)
        (y, b), (z, c) = self.draw_value(data, x.shape), self.draw_value(data, x.shape)
        self.run_alike(lambda: op(y, z, out=x), lambda: op(b, c, out=a))

    @rule(data=st.data(), number=st.sampled_from([0, 7, -1, 2.5]))
    def fill(self, data, number):
        x, a = self.draw(data)
        self.run_alike(lambda: x.fill(number), lambda: a.fill(number))

    @rule(data=st.data())
    def copy_where(self, data):
        x, a = self.draw(data)
        y, b = self.draw_value(data, x.shape)
        # What is copied to itself may be read-only in NumPy.
        assume(x.flags.writeable or not is_itself(x, y))
        self.run_alike(
            lambda: np.copyto(x, y, where=x.real > 3),
            lambda: nl.copyto(a, b, where=a.real > 3),
        )

    @rule(data=st.data())
    def set_flat(self, data):
        x, a = self.draw(data)
        y, b = self.draw_value(data, ())
        # NumPy reads what it has written by then.
        assume(not np.may_share_memory(x, y))
        self.run_alike(
            lambda: x.flat.__setitem__(slice(1, None, 2), y),
            lambda: a.flat.__setitem__(slice(1, None, 2), b),
        )

    @rule(data=st.data(), part=st.sampled_from(["real", "imag"]))
    def set_part(self, data, part):
        x, a = self.draw(data)
        y, b = self.draw_value(data, x.shape)
        # NumPy may read what it has written by then, and 2.5 writes scalars to 0-d
        # arrays that are read-only.
        assume(not is_itself(x, y) and (x.flags.writeable or x.ndim))
        self.run_alike(lambda: setattr(x, part, y), lambda: setattr(a, part, b))

    # The rest.

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

    @rule(data=st.data())
    def freeze(self, data):
        x, a = self.draw(data)
        # What may become writeable again depends on how NumPy made the view.
        owns = x.flags.owndata and a.flags.owndata
        flag = owns and data.draw(st.booleans(), label="writeable")
        self.run_alike(lambda: x.setflags(write=flag), lambda: a.setflags(write=flag))

    @rule(data=st.data())
    def compare_memory(self, data):
        (x, a), (y, b) = self.draw(data), self.draw(data)
        assert nl.shares_memory(a, b) == np.shares_memory(x, y)

    @precondition(lambda self: self.pairs)
    @rule()
    def read_all(self):
        for x, a in self.pairs:
            assert_equal(x, a)

    def teardown(self):
        self.read_all()


def test_mutation_programs():
    run_state_machine_as_test(
        Programs,
        settings=settings(
            max_examples=PROGRAMS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
