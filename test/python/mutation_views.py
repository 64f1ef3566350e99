"""The rules of random programs that make views."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import rule
from mutation_pairs import Pairs
from mutations import assert_equal, draw_key, get_factorings
from numpy.lib.stride_tricks import sliding_window_view

import numloom as nl
from numloom.lib import stride_tricks


class ViewRules(Pairs):
    """Views of the program's arrays, made by each library in its way."""

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
