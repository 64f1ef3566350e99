"""Memory that other libraries see by DLPack: updates of it, and how long it lives."""

import gc
import weakref

import numpy as np
import pytest
from support import assert_same, make, pair

import numloom as nl


@pytest.mark.cpu
def test_memory_is_shared_both_ways():
    x = make((50,), "float64")
    y = nl.from_dlpack(x)
    assert np.shares_memory(np.from_dlpack(y), x)
    z = nl.arange(5.0) + 1
    assert np.shares_memory(np.from_dlpack(z), np.from_dlpack(z))


@pytest.mark.cpu
def test_updates_show_on_both_sides():
    y = nl.arange(6.0) + 0
    x = np.from_dlpack(y)
    y[2] = 50
    y[3:] *= 2
    np.testing.assert_array_equal(x, [0, 1, 50, 6, 8, 10])
    x[0] = -1
    assert_same(x, y)
    assert_same(x.reshape(2, 3).T, y.reshape(2, 3).T)
    y[:] = nl.zeros(6)
    np.testing.assert_array_equal(x, 0)


@pytest.mark.cpu
def test_updates_of_foreign_memory():
    x = np.arange(6.0).reshape(2, 3)
    y = nl.from_dlpack(x)
    y[1] = 7
    y[:, ::2] += 1
    np.testing.assert_array_equal(x, [[1, 1, 3], [8, 7, 8]])
    x[0] = 0
    assert_same(x, y)


@pytest.mark.cpu
def test_views_of_shared_memory():
    y = nl.arange(10.0) + 0
    part = np.from_dlpack(y[1::3])
    part[:] = 9
    assert_same(np.array([0.0, 9, 2, 3, 9, 5, 6, 9, 8, 9])[:8], y[:8])
    z = y[2:]
    y[1:] = 0
    np.testing.assert_array_equal(part, 0)
    assert_same(np.zeros(8), z)


@pytest.mark.cpu
def test_results_keep_what_they_read():
    """Neither pending nor stored results see what others write later."""
    y = nl.arange(4.0) + 0
    before = y.copy()
    x = np.from_dlpack(y)
    double, same, stored = y * 2, y.copy(), nl.zeros(4)
    stored[...] = y
    part = y[1:] + 0
    x[:] = 99
    for result in (before, same, stored):
        assert_same(np.arange(4.0), result)
    assert_same(2 * np.arange(4.0), double)
    assert_same(np.arange(1.0, 4), part)
    assert_same(np.full(4, 99.0), y)


@pytest.mark.cpu
def test_pending_results_before_an_export():
    y = nl.arange(4.0) + 0
    nl.evaluate(y)
    triple = y * 3
    x = np.from_dlpack(y)
    x[:] = 1
    assert_same(3 * np.arange(4.0), triple)
    assert_same(np.ones(4), y)


@pytest.mark.cpu
def test_memory_is_private_again_without_its_consumer():
    y = nl.arange(4.0) + 0
    x = np.from_dlpack(y)
    x[0] = 5
    del x
    y[1] = 6
    assert_same(np.array([5.0, 6, 2, 3]), y)


@pytest.mark.cpu
def test_memory_lives_as_long_as_it_is_used():
    x = make((1000,), "float64")
    expected, alive = x.copy(), weakref.ref(x)
    y = nl.from_dlpack(x)
    tail = y[500:]
    del x, y
    gc.collect()
    assert alive() is not None
    assert_same(expected[500:], tail)
    del tail
    gc.collect()
    assert alive() is None


@pytest.mark.cpu
def test_results_live_as_long_as_they_are_used():
    x, y = pair((1000,), "float64")
    result = np.from_dlpack(y + 1)
    del y
    gc.collect()
    nl.evaluate(nl.zeros(1000) + 7)  # would take the memory over
    np.testing.assert_array_equal(result, x + 1)


@pytest.mark.cpu
def test_selections_of_shared_memory_are_made_at_once():
    x = np.arange(-5.0, 5.0)
    y = nl.from_dlpack(x)
    mask = y > 0
    chosen = y[mask]
    scaled = y[mask] * 2
    by_shared = nl.arange(10.0)[nl.from_dlpack(x > 0)]
    expected = x[x > 0].copy()
    x[:] = 100
    assert_same(expected, chosen)
    assert_same(2 * expected, scaled)
    assert_same(np.arange(6.0, 10.0), by_shared)


@pytest.mark.cpu
def test_selections_by_a_shared_mask():
    mask = np.arange(6) % 2 == 0
    chosen = nl.arange(6.0)[nl.from_dlpack(mask)]
    total = nl.arange(6.0)[nl.from_dlpack(mask)].sum()
    mask[:] = True
    assert_same(np.arange(0.0, 6.0, 2), chosen)
    assert_same(np.float64(6.0), total)


@pytest.mark.cpu
def test_numpy_shares_memory_on_demand():
    y = nl.arange(6.0) + 0
    snapshot = np.asarray(y)
    x = np.asarray(y, copy=False)
    y[2] = 50
    x[0] = -1
    np.testing.assert_array_equal(x, [-1, 1, 50, 3, 4, 5])
    assert_same(x, y)
    np.testing.assert_array_equal(snapshot, np.arange(6.0))
    part = np.asarray(y[::2], copy=False)
    part[:] = 7
    assert_same(np.array([7.0, 1, 7, 3, 7, 5]), y)
    assert not np.asarray(nl.broadcast_to(y, (2, 6)), copy=False).flags.writeable
    with pytest.raises(ValueError, match="copy"):
        np.asarray((y * 1j).real, copy=False)
    assert np.asarray(nl.zeros((0, 3)), copy=False).shape == (0, 3)


def test_views_of_what_is_updated_in_the_same_program():
    for update in (lambda a: a[3:5].fill(0), lambda a: a[1:].__iadd__(a[:-1])):
        x, y = np.arange(10.0) + 1, nl.arange(10.0) + 1
        views = []
        for a in (x, y):
            if a is y:
                nl.evaluate(a)
            view = a[2:8]
            doubled, shown = view * 2, a[1:9:2].reshape(2, 2).T + 0
            update(a)
            views.append((doubled, shown, view))
        for expected, got in zip(*views):
            assert_same(expected, got)
        assert_same(x, y)
