"""numloom.lib.stride_tricks: views by strides and of windows."""

import numpy as np
import pytest
from numpy.lib import stride_tricks as numpy_tricks
from support import assert_raises_alike

import numloom as nl
from numloom.lib import stride_tricks


@pytest.mark.parametrize("writeable", [False, True])
def test_windows(writeable):
    x, a = np.arange(20.0).reshape(4, 5), nl.asarray(np.arange(20.0).reshape(4, 5))
    for arguments in ((2, 1), ((2, 3),), (3, 0), ((2, 2), (1, 1))):
        view = numpy_tricks.sliding_window_view(x, *arguments, writeable=writeable)
        ours = stride_tricks.sliding_window_view(a, *arguments, writeable=writeable)
        np.testing.assert_array_equal(np.asarray(ours), view, strict=True)
        assert ours.flags.writeable == writeable
        if writeable:
            view[1] = ours[1] = 7
            np.testing.assert_array_equal(np.asarray(a), x)


def test_windows_of_what_is_pending():
    x = np.arange(6.0)
    a = nl.asarray(x) * 2
    windows = stride_tricks.sliding_window_view(a, 3)
    a += 1
    assert windows.sum(1).tolist() == [9.0, 15.0, 21.0, 27.0]


def test_errors_of_windows():
    def run(window, axis=None):
        def call(xp):
            tricks = numpy_tricks if xp is np else stride_tricks
            tricks.sliding_window_view(xp.zeros((3, 4)), window, axis)

        return call

    assert_raises_alike(run(2))
    assert_raises_alike(run((2, 5)))
    assert_raises_alike(run((-1, 2)))
    assert_raises_alike(run((2, 2), 0))


def test_as_strided():
    x, a = np.arange(24.0), nl.arange(24.0)
    view = numpy_tricks.as_strided(x[2:], (3, 2), (32, 8))
    ours = stride_tricks.as_strided(a[2:], (3, 2), (32, 8))
    view *= -1
    ours *= -1
    np.testing.assert_array_equal(np.asarray(a), x)
    with pytest.raises(ValueError, match="outside"):
        stride_tricks.as_strided(a, (25,))
    with pytest.raises(ValueError, match="multiples"):
        stride_tricks.as_strided(a, (2,), (4,))
    assert not stride_tricks.as_strided(a, writeable=False).flags.writeable
