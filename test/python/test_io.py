"""Files, pickles, copies and the way to NumPy."""

import copy
import io
import pickle

import numpy as np
import pytest
from support import DTYPES, assert_same, pair

import numloom as nl


@pytest.mark.parametrize("dtype", DTYPES)
def test_npy(dtype, tmp_path):
    x, a = pair((3, 4), dtype)
    nl.save(tmp_path / "a.npy", a)
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), x)
    assert_same(x, nl.load(tmp_path / "a.npy"))


@pytest.mark.parametrize("name", ["savez", "savez_compressed"])
def test_npz(name, tmp_path):
    path = tmp_path / "a.npz"
    getattr(nl, name)(path, nl.arange(3), named=nl.ones((2, 2)) * 3)
    with nl.load(path) as archive:
        assert sorted(archive) == ["arr_0", "named"] and len(archive) == 2
        assert "named" in archive
        assert_same(np.arange(3), archive["arr_0"])
        assert_same(np.full((2, 2), 3.0), dict(archive.items())["named"])


def test_file_objects():
    stream = io.BytesIO()
    nl.save(stream, nl.arange(3))
    stream.seek(0)
    assert_same(np.arange(3), nl.load(stream))


def test_bad_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        nl.load(tmp_path / "missing.npy")
    (tmp_path / "text.npy").write_text("no array")
    with pytest.raises(ValueError):
        nl.load(tmp_path / "text.npy")


def test_pickle_and_copies():
    x, a = pair((3, 4), "float32")
    assert_same(x.T + 1, pickle.loads(pickle.dumps(a.T + 1)))
    for make_copy in (copy.copy, copy.deepcopy, type(a).copy, nl.copy):
        b = make_copy(a)
        b += 1
        assert_same(x + 1, b)
    assert_same(x, a)


def test_to_numpy():
    x, a = pair((3, 4), "float32")
    for got in (nl.asnumpy(a), np.asarray(a), np.array(a), np.asarray(a, dtype="f8")):
        assert type(got) is np.ndarray
        np.testing.assert_array_equal(got, x)
    assert (a + 1).tobytes() == (x + 1).tobytes()
    assert np.allclose(np.mean(a), x.mean())
