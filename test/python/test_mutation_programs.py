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
from hypothesis.stateful import rule, run_state_machine_as_test
from mutation_views import ViewRules
from mutations import draw_indices, draw_key, draw_neighbours, fits, is_itself

import numloom as nl

PROGRAMS = int(
    os.environ.get("NUMLOOM_PROGRAMS", "2000" if "CI" in os.environ else "100")
)
STEPS = int(os.environ.get("NUMLOOM_PROGRAM_STEPS", "20"))

BINARY = [np.add, np.subtract, np.multiply, np.maximum, np.minimum]
IN_PLACE = [operator.iadd, operator.isub, operator.imul]


class Programs(ViewRules):
    """All rules: those of views, and new arrays, updates and flags."""

    # New arrays.

    @rule(data=st.data(), op=st.sampled_from(BINARY))
    def combine(self, data, op):
        x, a = self.draw(data)
        y, b = self.draw_value(data, x.shape)
        pair = self.run_alike(lambda: op(x, y), lambda: op(a, b))
        if pair is not None and isinstance(pair[0], np.ndarray):
            self.keep(*pair)

    @rule(data=st.data())
    def take_at(self, data):
        x, a = self.draw(data)
        key, place = draw_indices(data, x.shape)
        self.keep(x[key], a[place])

    @rule(data=st.data())
    def copy(self, data):
        order = data.draw(st.sampled_from("CCFK"), label="order")
        self.view(data, lambda z: z.copy(order))

    @rule(data=st.data())
    def reduce(self, data):
        x, a = self.draw(data)
        if x.dtype.kind == "i" and x.ndim:
            self.keep(np.asarray(x.sum(0)), nl.asarray(a.sum(0)).copy("K"))

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
