"""`flags` of arrays and views: what they say, and what read-only forbids."""

import numpy as np
import pytest

import numloom as nl


def test_read_only():
    a = nl.zeros(3)
    view = a[1:]
    a.flags.writeable = False
    for update in (
        lambda: a.__setitem__(0, 1),
        lambda: a.__iadd__(1),
        lambda: a[:2].__iadd__(1),
        lambda: nl.add(1, 2, out=a),
        lambda: a.fill(1),
        lambda: nl.copyto(a, 1),
    ):
        with pytest.raises(ValueError, match="read-only"):
            update()
    assert a.tolist() == [0.0] * 3
    view += 1
    assert a.tolist() == [0.0, 1.0, 1.0]
    a.setflags(write=True)
    a[0] = 4
    assert a.tolist() == [4.0, 1.0, 1.0]


def test_views_of_what_is_read_only_stay_so():
    a = nl.broadcast_to(nl.zeros(3), (2, 3))
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        a.flags.writeable = True
    base = nl.zeros(3)
    base.flags.writeable = False
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        base[1:].flags.writeable = True


def test_keys_of_flags():
    x, a = np.zeros((2, 3)).T, nl.zeros((2, 3)).T
    for key in (
        "C",
        "F",
        "O",
        "W",
        "A",
        "X",
        "FNC",
        "FORC",
        "B",
        "CA",
        "FA",
        "OWNDATA",
    ):
        assert a.flags[key] == x.flags[key], key
    assert repr(a.flags) == repr(x.flags).rstrip("\n") + "\n"
    with pytest.raises(KeyError):
        a.flags["nothing"]
    a.flags["WRITEABLE"] = False
    assert not a.flags.writeable


def test_views_of_what_is_gone_can_be_writeable_again():
    a = nl.arange(6).reshape(2, 3)
    a.flags.writeable = False
    a.flags.writeable = True
    a[0, 0] = 7
    assert a[0, 0] == 7
    view = nl.arange(6)[1:]
    view.setflags(write=False)
    view.setflags(write=True)
    base = nl.zeros(3)
    view = base[1:]
    base.flags.writeable = False
    del base
    other = view[1:]
    other.flags.writeable = False
    with pytest.raises(ValueError, match="cannot set WRITEABLE"):
        other.flags.writeable = True


def test_buffers_that_are_read_only():
    for buffer, writeable in ((b"abcd", False), (bytearray(b"abcd"), True)):
        a = nl.frombuffer(buffer, np.uint8)
        assert a.flags.writeable == writeable
        assert a.flags.writeable == np.frombuffer(buffer, np.uint8).flags.writeable


def test_flags_as_bits():
    x, a = np.zeros((2, 3)), nl.zeros((2, 3))
    for view in (lambda z: z, lambda z: z.T, lambda z: z[::2, ::2], lambda z: z[0]):
        assert view(a).flags.num == view(x).flags.num
    assert a.flags == nl.ones((3, 2)).flags
    assert a.flags != a.T.flags
    assert a.flags != 3
    with pytest.raises(AttributeError):
        a.flags.num = 3
    with pytest.raises(TypeError):
        hash(a.flags)
