"""Numbers in text files, strings and raw files."""

import io
import pickle

import numpy as np
import pytest
from support import SAMPLE, assert_raises_alike, assert_same, pair

import numloom as nl


def test_text_files(tmp_path):
    x, a = pair((4, 3), "float64")
    path = tmp_path / "x.txt"
    nl.savetxt(path, a, fmt="%.17g", delimiter=",", header="three columns")
    assert_same(x, nl.loadtxt(path, delimiter=","))
    assert_same(x, nl.genfromtxt(path, delimiter=","))
    columns = nl.loadtxt(path, delimiter=",", usecols=(0, 2), unpack=True)
    assert_same(x.T[::2], columns)
    nl.savetxt(path, [1, 2, 3], fmt="%d")
    assert_same(np.array([1, 2, 3]), nl.loadtxt(path, dtype=int))


def test_missing_values():
    text = "1,,3\n4,5,"
    ours = nl.genfromtxt(io.StringIO(text), delimiter=",")
    assert_same(np.genfromtxt(io.StringIO(text), delimiter=","), ours)


def test_no_text_dtypes():
    with pytest.raises(TypeError, match="numloom has no dtype"):
        nl.loadtxt(io.StringIO("a b"), dtype=str)
    assert_raises_alike(lambda xp: xp.loadtxt(io.StringIO("a b")))
    assert_raises_alike(lambda xp: xp.loadtxt("/no/such/file"))


@pytest.mark.parametrize("dtype", SAMPLE)
def test_raw_files(tmp_path, dtype):
    x, a = pair((4, 3), dtype)
    a[:, ::2].tofile(tmp_path / "x")
    assert_same(x[:, ::2].ravel(), nl.fromfile(tmp_path / "x", dtype))
    assert_same(
        x[:, ::2].ravel()[1:3], nl.fromfile(tmp_path / "x", dtype, 2, offset=x.itemsize)
    )


def test_strings():
    assert_same(np.array([1.0, 2.5]), nl.fromstring("1 2.5", sep=" "))
    assert_same(np.array([1, 2]), nl.fromstring("1,2", int, sep=","))


def test_pickles_as_files(tmp_path):
    x, a = pair((4, 3), "float32")
    assert_same(x, pickle.loads(a.dumps()))
    a.dump(tmp_path / "x")
    with open(tmp_path / "x", "rb") as file:
        assert_same(x, pickle.load(file))
    stream = io.BytesIO()
    a.dump(stream)
    assert_same(x, pickle.loads(stream.getvalue()))
