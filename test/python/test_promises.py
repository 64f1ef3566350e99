"""What the documentation promises of fusion and caches, by counters and by text."""

import json
import os
import re

import numpy as np
import pytest
from processes import run_python

import numloom as nl

#: What is promised here is promised of the CPU.
pytestmark = pytest.mark.cpu


def softmax(x):
    e = nl.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def normalize(x):
    mean, std = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    return (x - mean) / (std + 1e-5)


def get_moments(x, axis):
    mean = x.mean(axis=axis, keepdims=True)
    third, fourth = ((x - mean) ** 3).mean(axis=axis), ((x - mean) ** 4).mean(axis=axis)
    extremes = x.min(axis=axis), x.max(axis=axis)
    return mean, x.std(axis=axis), third, fourth, *extremes


# The expression, and how many kernels it may take at most.
FUSED = {
    "chain": (lambda x: nl.sqrt(nl.sin(x) ** 2 + nl.cos(x) ** 2) * 2 - x, 1),
    "views": (lambda x: x[1:, ::2] * 2 + x[:-1, 1::2][::-1], 1),
    "several_results": (lambda x: (x + 1, nl.where(x > 0, x, -x), x * x), 1),
    "dot": (lambda x: (x * x + x).sum(), 1),
    "softmax": (softmax, 1),
    "normalize": (normalize, 1),
    "variance": (lambda x: x.var(axis=1), 1),
    "moments_of_rows": (lambda x: get_moments(x, 1), 1),
    "moments_of_columns": (lambda x: get_moments(x, 0), 2),
    "moments": (lambda x: get_moments(x, None), 2),
}


def as_tuple(results):
    return results if isinstance(results, tuple) else (results,)


@pytest.fixture
def matrix():
    x = nl.asarray(np.random.default_rng(0).random((40, 50)))
    nl.evaluate(x)
    return x


@pytest.mark.parametrize("function, kernels", FUSED.values(), ids=FUSED)
def test_fusion(function, kernels, matrix):
    results = as_tuple(function(matrix))
    text = nl.explain(*results)
    assert len(re.findall(r"^kernel \d+", text, re.MULTILINE)) <= kernels, text
    nl.reset_stats()
    nl.evaluate(*results)
    stats = nl.stats()
    assert stats["kernels_compiled"] + stats["kernels_from_disk"] <= kernels


def test_explain_tells_what_kernels_do(matrix):
    text = nl.explain((matrix - matrix.mean(axis=0)).sum(axis=0))
    # The number by which the mean divides is read, too.
    assert "reads  float64[40,50] float64[] (16008 bytes)" in text
    assert "writes float64[50] (400 bytes)" in text
    assert re.search(r"ops .*sum", text)
    assert "not fused: kernel 1 reads kernel 0" in text


def test_explain_evaluates_nothing(matrix):
    result = matrix * 2
    nl.reset_stats()
    nl.explain(result)
    assert nl.stats()["nodes_executed"] == 0


def test_programs_serve_all_shapes_of_a_rank():
    def evaluate(shape):
        x = np.arange(float(np.prod(shape))).reshape(shape)
        result = nl.asarray(x)
        result = (result * 3 - result.mean(axis=1, keepdims=True)).T.sum(axis=0)
        expected = (x * 3 - x.mean(axis=1, keepdims=True)).T.sum(axis=0)
        np.testing.assert_allclose(np.asarray(result), expected, rtol=1e-12)

    evaluate((5, 7))
    nl.reset_stats()
    shapes = [(7, 5), (100, 3), (2, 1000)]
    for shape in shapes:
        evaluate(shape)
    assert nl.stats()["cache_hits"] == len(shapes)
    assert nl.stats()["programs_compiled"] == 0


def test_python_numbers_are_no_constants(matrix):
    nl.evaluate(matrix * 1.5 + 2)
    nl.reset_stats()
    np.testing.assert_array_equal(
        np.asarray(matrix * 2.5 + 7), np.asarray(matrix) * 2.5 + 7
    )
    assert nl.stats()["programs_compiled"] == 0


def test_results_do_not_depend_on_the_number_of_threads():
    x = np.random.default_rng(0).random((300, 1001), dtype="float32")
    threads = nl.get_num_threads()
    results = []
    try:
        for count in (1, 2, 5):
            nl.set_num_threads(count)
            a = nl.asarray(x)
            sums = a.sum(), a.sum(axis=0), a.std(axis=1), nl.cumsum(a, axis=1)
            results.append(b"".join(s.tobytes() for s in sums))
    finally:
        nl.set_num_threads(threads)
    assert results[0] == results[1] == results[2]


# ---------------------------------------------------------------------------
# Other processes: disk cache, dump, import
# ---------------------------------------------------------------------------

PROGRAM = """
import json
import numpy as np
import numloom as nl

x = nl.asarray(np.arange(1000.0))
results = [x * 2 + 1, nl.sin(x).sum(), (x[::2] - x[1::2]).max()]
values = [float(np.asarray(r).sum()) for r in results]
print(json.dumps([values, nl.stats()]))
"""


def run(program, **environment):
    """Runs `program` in a new process; returns what it printed, from JSON."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("NUMLOOM_")}
    done = run_python(program, env=inherited | environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture
def cache(tmp_path):
    """A disk cache that holds the kernels of PROGRAM, and its values."""
    path = tmp_path / "cache"
    (values, stats), _ = run(PROGRAM, NUMLOOM_CACHE_DIR=str(path))
    assert stats["kernels_compiled"] == len(list(path.iterdir())) > 0
    assert stats["kernels_from_disk"] == 0
    return path, values


def test_later_processes_find_kernels_on_disk(cache):
    path, values = cache
    (again, stats), _ = run(PROGRAM, NUMLOOM_CACHE_DIR=str(path))
    assert again == values
    assert stats["kernels_compiled"] == 0
    assert stats["kernels_from_disk"] == len(list(path.iterdir()))


def test_disk_cache_is_private(cache):
    path, _ = cache
    assert path.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in path.iterdir())


def truncate(files):
    for file in files:
        file.write_bytes(file.read_bytes()[:-100])


def alter(files):
    for file in files:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)


def exchange(files):
    contents = [file.read_bytes() for file in files]
    for file, content in zip(files, contents[1:] + contents[:1]):
        file.write_bytes(content)


def empty(files):
    for file in files:
        file.write_bytes(b"")


def let_others_write(files):
    for file in files:
        file.chmod(0o666)


@pytest.mark.parametrize("damage", [truncate, alter, exchange, empty, let_others_write])
def test_damaged_cache_files_are_not_executed(cache, damage):
    path, values = cache
    files = sorted(path.iterdir())
    damage(files)
    (again, stats), _ = run(PROGRAM, NUMLOOM_CACHE_DIR=str(path))
    assert again == values
    assert stats["kernels_from_disk"] == 0
    assert stats["kernels_compiled"] == len(files)
    # They have been replaced.
    (again, stats), _ = run(PROGRAM, NUMLOOM_CACHE_DIR=str(path))
    assert again == values
    assert stats["kernels_from_disk"] == len(files)


def test_directories_that_others_may_write_are_no_caches(tmp_path):
    path = tmp_path / "cache"
    path.mkdir()
    path.chmod(0o777)
    (_, stats), errors = run(PROGRAM, NUMLOOM_CACHE_DIR=str(path))
    assert stats["kernels_compiled"] > 0
    assert "not cached" in errors and not list(path.iterdir())


def test_disk_cache_can_be_turned_off(tmp_path):
    path = tmp_path / "cache"
    run(PROGRAM, NUMLOOM_CACHE_DIR=str(path), NUMLOOM_DISK_CACHE="0")
    assert not path.exists()


def test_dump_writes_numbered_stages(tmp_path):
    run(PROGRAM, NUMLOOM_DUMP=str(tmp_path), NUMLOOM_DISK_CACHE="0")
    folders = sorted(tmp_path.iterdir())
    assert all(re.match(r"\d{4}-\w+", folder.name) for folder in folders)
    assert [folder.name[:4] for folder in folders] == [
        f"{i:04}" for i in range(len(folders))
    ]
    for folder in folders:
        numbers = sorted(int(file.name.split("-")[0]) for file in folder.iterdir())
        assert numbers == list(range(1, len(numbers) + 1))
    suffixes = {file.suffix for file in tmp_path.rglob("*.*")}
    assert {".mlir", ".ll"} <= suffixes
    programs = [f.read_text() for f in tmp_path.glob("*-program/1-*.mlir")]
    assert any("array.sin" in text for text in programs)


def test_import_loads_no_compiler(record_property):
    program = """
import json, time
import numpy
start = time.perf_counter()
import numloom
seconds = time.perf_counter() - start
with open("/proc/self/maps") as maps:
    loaded = "numloom_compiler" in maps.read()
print(json.dumps([seconds, loaded]))
"""
    (seconds, loaded), _ = run(program)
    record_property("import_seconds", seconds)
    assert not loaded
