"""Random numbers: known answers, distributions, streams, NumPy's errors."""

import math
import statistics

import numpy as np
import pytest
from test_threads import run_in_threads

import numloom as nl
from numloom import _philox as philox

SEED = 20240917
COUNT = 200_000
FLOATS = ["float32", "float64"]


@pytest.fixture
def generator():
    return nl.random.default_rng(SEED)


# Counter and key with word 0 in the lowest bits, and the words of the block: the
# vectors published with Random123 for philox4x32-10.
KNOWN_ANSWERS = [
    (0, 0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        2**128 - 1,
        2**64 - 1,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        0x0370734413198A2E85A308D3243F6A88,
        0x299F31D0A4093822,
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def draw_words(count, stream, first):
    """The four words of blocks, in rows, as Python's integers."""
    outer, inner = philox.blocks((count,), stream, first)
    pairs = zip(outer.tolist(), inner.tolist())
    mask = 2**32 - 1
    return [(x >> 32, x & mask, y & mask, y >> 32) for x, y in pairs]


@pytest.mark.parametrize("counter, key, words", KNOWN_ANSWERS)
def test_known_answers(counter, key, words):
    stream = philox.Stream(key, counter >> 64)
    assert draw_words(1, stream, counter % 2**64) == [words]


def philox_in_integers(counter, key):
    """The algorithm as its authors write it, on Python's integers."""
    mask = 2**32 - 1
    c = [counter >> 32 * i & mask for i in range(4)]
    k = [key & mask, key >> 32]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [q >> 32 ^ c[1] ^ k[0], q & mask, p >> 32 ^ c[3] ^ k[1], p & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


@pytest.mark.parametrize("first", [0, 2**32 - 5, 2**64 - 5])
def test_blocks(first):
    stream = philox.Stream(0x0123456789ABCDEF, 0xFEDCBA9876543210)
    for i, block in enumerate(draw_words(11, stream, first)):
        counter = (first + i) % 2**64 | stream.upper << 64
        assert list(block) == philox_in_integers(counter, stream.key)


SEEDED = philox.Stream(SEED)


def take_parts(first, count, per_block, stream=SEEDED):
    """Halves of blocks, or their words, from number `first` on."""
    blocks = [
        philox_in_integers(i | stream.upper << 64, stream.key)
        for i in range(first // per_block, (first + count) // per_block + 1)
    ]
    words = [word for block in blocks for word in block]
    if per_block == 2:
        words = [x << 32 | y for x, y in zip(words[::2], words[1::2])]
    return words[first % per_block :][:count]


@pytest.mark.parametrize("per_block", [2, 4])
@pytest.mark.parametrize("first", [0, 1, 2, 3, 5, 4000])
@pytest.mark.parametrize(
    "shape", [(), (0,), (7,), (200,), (3, 5), (3, 129), (2, 3, 64)]
)
def test_parts(shape, first, per_block):
    stream = philox.Stream(0x0123456789ABCDEF, 0xFEDCBA9876543210)
    bits = philox.parts(shape, stream, first, per_block)
    assert bits.shape == shape
    got = [x if per_block == 2 else x >> 32 for x in np.ravel(bits).tolist()]
    assert got == take_parts(first, math.prod(shape), per_block, stream)


def test_no_elements_of_many_rows(generator):
    for shape in [(0, 2**40), (2**40, 0)]:
        assert generator.random(shape).shape == shape
        assert generator.standard_normal(shape, dtype="float32").shape == shape


def get_normals(radii, angles, bits):
    """Box and Muller's, of `bits` bits; the second is a quarter turn ahead."""
    return [
        math.sqrt(-2 * math.log((n + 0.5) / 2**bits))
        * math.cos(2 * math.pi * (a + i % 2 * 0.25))
        for i, (n, a) in enumerate(zip(radii, angles))
    ]


def test_values_by_definition(generator):
    halves, words = take_parts(0, 50, 2), take_parts(0, 50, 4)
    assert generator.random(50).tolist() == [(n >> 11) / 2**53 for n in halves]
    generator.seed(SEED)
    narrow = generator.random(50, dtype="float32")
    assert narrow.tolist() == [(n >> 8) / 2**24 for n in words]
    generator.seed(SEED)
    blocks = [philox_in_integers(i // 2, SEED) for i in range(50)]
    radii = [(b[0] << 32 | b[1]) >> 11 for b in blocks]
    angles = [((b[3] << 32 | b[2]) >> 11) / 2**53 for b in blocks]
    np.testing.assert_allclose(
        np.asarray(generator.standard_normal(50)),
        get_normals(radii, angles, 53),
        rtol=1e-12,
        atol=1e-14,
    )
    generator.seed(SEED)
    pairs = [(words[i & -2], (words[i | 1] >> 8) / 2**24) for i in range(50)]
    np.testing.assert_allclose(
        np.asarray(generator.standard_normal(50, dtype="float32")),
        get_normals(*zip(*pairs), 32),
        rtol=1e-5,
        atol=2e-6,
    )


def test_calls_of_all_kinds_take_words_of_their_own(generator):
    """In their order, beginning where their numbers may: nothing is used twice."""
    first = generator.random(3, dtype="float32").tolist()
    second = generator.random(2).tolist()
    third = generator.random(1, dtype="float32").tolist()
    assert first == [(n >> 8) / 2**24 for n in take_parts(0, 3, 4)]
    assert second == [(n >> 11) / 2**53 for n in take_parts(2, 2, 2)]
    assert third == [(n >> 8) / 2**24 for n in take_parts(8, 1, 4)]
    assert generator.integers(0, 2**64, 1, dtype="uint64").tolist() == [
        b[3] << 32 | b[2] for b in [philox_in_integers(3, SEED)]
    ]


@pytest.mark.parametrize("span", [1, 10, 2**32 + 1, 3 * 2**62, 2**64 - 1, 2**64])
def test_integers_by_definition(generator, span):
    got = generator.integers(0, span, 50, dtype="uint64").tolist()
    fractions = [
        sum(word << 32 * k for k, word in enumerate(philox_in_integers(i, SEED)))
        for i in range(50)
    ]
    assert got == [n * span >> 128 for n in fractions]


def distance(sample, distribution):
    """Kolmogorov and Smirnov's: the largest from the distribution function."""
    sample = np.sort(np.asarray(sample, dtype="f8"))
    steps = np.arange(len(sample) + 1) / len(sample)
    expected = np.array([distribution(x) for x in sample])
    return max((steps[1:] - expected).max(), (expected - steps[:-1]).max())


DISTRIBUTIONS = {
    "random": lambda x: x,
    "standard_normal": statistics.NormalDist().cdf,
    "standard_exponential": lambda x: 1 - math.exp(-x),
}


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution(generator, name, dtype):
    sample = getattr(generator, name)(COUNT, dtype=dtype)
    assert sample.dtype == dtype
    # Exceeded by one sample of a thousand: sqrt(-log(0.0005) / 2).
    assert distance(sample, DISTRIBUTIONS[name]) < 1.95 / math.sqrt(COUNT)


@pytest.mark.parametrize("dtype", FLOATS)
def test_moments(generator, dtype):
    x = np.asarray(generator.standard_normal(COUNT, dtype=dtype), dtype="f8")
    # Four times the deviations of the moments of normal samples.
    for power, moment, variance in [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)]:
        assert abs((x**power).mean() - moment) < 4 * math.sqrt(variance / COUNT)
    assert np.isfinite(x).all()


def test_neighbours_are_uncorrelated(generator):
    x = np.asarray(generator.standard_normal(COUNT))
    for lag in (1, 2, 3, 4, 8, 64):
        assert abs((x[lag:] * x[:-lag]).mean()) < 4 / math.sqrt(COUNT)


def test_range_of_uniforms(generator):
    for dtype in FLOATS:
        x = generator.random(COUNT, dtype=dtype)
        assert x.min().item() >= 0 and x.max().item() < 1


def test_integers_are_uniform(generator):
    counts = np.bincount(np.asarray(generator.integers(3, 10, 70_000)), minlength=10)
    assert (counts[:3] == 0).all()
    # The 0.999 quantile of chi squared with six degrees of freedom.
    assert (((counts[3:] - 10_000) ** 2) / 10_000).sum() < 22.5


def test_parameters(generator):
    other = generator.standard_normal(1000)
    generator.seed(SEED)
    np.testing.assert_allclose(
        np.asarray(generator.normal(3, 0.5, 1000)), np.asarray(other) * 0.5 + 3
    )
    x = generator.uniform(-2, 5, (1000, 2))
    assert x.shape == (1000, 2)
    assert -2 <= x.min().item() < -1.9 and 4.9 < x.max().item() < 5
    y = generator.exponential(2.0, COUNT)
    assert abs(y.mean().item() - 2) < 8 / math.sqrt(COUNT)
    z = generator.normal([0, 100], nl.asarray([[1.0], [0.0]]))
    assert z.shape == (2, 2)
    assert z[1].tolist() == [0, 100]


# --- Streams -------------------------------------------------------------------


def test_seeds_repeat_and_differ():
    def draw(seed):
        return nl.random.default_rng(seed).random(20).tolist()

    assert draw(7) == draw(7)
    results = [draw(seed) for seed in (0, 1, 2**32, 2**64, 2**128 - 1, None, None)]
    assert len({tuple(x) for x in results}) == len(results)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_calls_continue_the_stream(generator, name, dtype):
    draw = getattr(generator, name)
    whole = draw(100, dtype=dtype).tolist()
    generator.seed(SEED)
    parts = [draw(n, dtype=dtype) for n in (1, 0, 30, 69)]
    assert [x for part in parts for x in part.tolist()] == whole


@pytest.mark.parametrize("shape", [(60, 1), (2, 30), (1, 60), (3, 2, 10), (1, 1, 60)])
def test_shapes_are_row_major(generator, shape):
    flat = generator.random(60).tolist()
    generator.seed(SEED)
    assert np.asarray(generator.random(shape)).ravel().tolist() == flat
    generator.seed(SEED)
    wide = generator.random((*shape[:-1], 2 * shape[-1]))
    assert np.asarray(wide).ravel().tolist()[:60] == flat


def test_evaluation_order_is_no_matter(generator):
    first, second = generator.random(10), generator.random(10)
    late = second.tolist(), first.tolist()
    generator.seed(SEED)
    early = generator.random(10).tolist(), generator.random(10).tolist()
    assert late == early[::-1]


def test_values_do_not_depend_on_fusion_or_threads(generator):
    plain = np.asarray(generator.random((50, 40)))
    previous = nl.get_num_threads()
    nl.set_num_threads(1)
    try:
        generator.seed(SEED)
        fused = generator.random((50, 40)).T * 2
        np.testing.assert_array_equal(np.asarray(fused), plain.T * 2)
    finally:
        nl.set_num_threads(previous)


def test_threads_draw_disjoint_parts(generator):
    drawn = {}

    def work(i):
        drawn[i] = [x for _ in range(50) for x in generator.random(7).tolist()]

    run_in_threads(work, 2)
    generator.seed(SEED)
    assert sorted(drawn[0] + drawn[1]) == sorted(generator.random(700).tolist())


def test_the_generator_of_the_process():
    nl.random.seed(3)
    first = [nl.random.rand(4).tolist(), nl.random.randn(2).tolist()]
    nl.random.seed(3)
    assert [nl.random.rand(4).tolist(), nl.random.randn(2).tolist()] == first
    other = nl.random.default_rng(3)
    assert [other.random(4).tolist(), other.standard_normal(2).tolist()] == first
    assert nl.random.default_rng(other) is other


def test_calls_share_a_program():
    for _ in range(2):
        nl.random.randn(1000)._evaluate()
    nl.reset_stats()
    nl.random.seed(99)
    nl.random.randn(1001)._evaluate()
    assert nl.stats()["programs_compiled"] == 0


def test_one_kernel_with_its_consumer(generator):
    total = (generator.standard_normal((200, 40)) * 2 + 1).sum()
    nl.reset_stats()
    total._evaluate()
    assert nl.stats()["launches"] == 1


def test_loops_stay_bounded(generator):
    nl.reset_stats()
    total = nl.zeros(10)
    for _ in range(100):
        total = total + generator.standard_normal(10)
    total._evaluate()
    assert nl.stats()["flushes"] > 10
    assert nl.stats()["programs_compiled"] <= 4


# --- Shapes, dtypes, errors ------------------------------------------------------


@pytest.mark.parametrize(
    "call, shape, dtype",
    [
        (lambda r: r.rand(), (), "float64"),
        (lambda r: r.rand(2, 3), (2, 3), "float64"),
        (lambda r: r.rand(2, dtype="float32"), (2,), "float32"),
        (lambda r: r.randn(), (), "float64"),
        (lambda r: r.randn(3, 0), (3, 0), "float64"),
        (lambda r: r.randn(3, dtype=nl.float32), (3,), "float32"),
        (lambda r: r.random(), (), "float64"),
        (lambda r: r.random((2, 1, 3)), (2, 1, 3), "float64"),
        (lambda r: r.random_sample(4), (4,), "float64"),
        (lambda r: r.ranf([4, 1]), (4, 1), "float64"),
        (lambda r: r.sample(()), (), "float64"),
        (lambda r: r.standard_normal((2, 2), dtype="f4"), (2, 2), "float32"),
        (lambda r: r.standard_exponential(2), (2,), "float64"),
        (lambda r: r.uniform(0, [1, 2], (3, 2)), (3, 2), "float64"),
        (lambda r: r.normal([1.0, 2.0]), (2,), "float64"),
        (lambda r: r.normal(size=2, dtype="f4"), (2,), "float32"),
        (lambda r: r.exponential([[1], [2]]), (2, 1), "float64"),
        (lambda r: r.randint(5), (), "int64"),
        (lambda r: r.randint(-3, 3, (2, 5)), (2, 5), "int64"),
        (lambda r: r.randint(0, 256, 9, dtype="uint8"), (9,), "uint8"),
        (lambda r: r.randint(2, size=3, dtype=bool), (3,), "bool"),
    ],
)
def test_shapes_and_dtypes(call, shape, dtype):
    x = call(nl.random)
    assert isinstance(x, nl.ndarray)
    assert (x.shape, x.dtype) == (shape, dtype)
    assert np.asarray(x).shape == shape


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "uint32", "int64"])
def test_bounds_of_dtypes(generator, dtype):
    info = np.iinfo(dtype)
    x = generator.integers(info.min, info.max, COUNT, dtype=dtype, endpoint=True)
    x = np.asarray(x, dtype="f8")
    assert (x.min() - info.min) / 2.0**info.bits < 1e-2
    assert (info.max - x.max()) / 2.0**info.bits < 1e-2
    assert generator.integers(info.max, info.max, 3, dtype, True).tolist() == (
        [info.max] * 3
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda r: r.random(-1),
        lambda r: r.random(2.5),
        lambda r: r.random((2, "x")),
        lambda r: r.random(3, dtype="int32"),
        lambda r: r.standard_normal(3, dtype="float16"),
        lambda r: r.standard_exponential(3, dtype="complex64"),
        lambda r: r.normal(0, -1),
        lambda r: r.normal(0, [1.0, -1.0], 2),
        lambda r: r.exponential(-1.0),
        lambda r: r.normal([1, 2, 3], 1, (2, 2)),
        lambda r: r.normal([1, 2, 3], [1, 2]),
        lambda r: r.normal("x"),
        lambda r: r.uniform(0, math.inf),
        lambda r: r.integers(0),
        lambda r: r.integers(5, 5),
        lambda r: r.integers(5, 4, endpoint=True),
        lambda r: r.integers(0, 257, dtype="uint8"),
        lambda r: r.integers(-1, 5, dtype="uint8"),
        lambda r: r.integers(0, 5, dtype="float64"),
    ],
)
def test_errors(call):
    with pytest.raises(Exception) as theirs:
        call(np.random.default_rng(0))
    with pytest.raises(theirs.type):
        call(nl.random.default_rng(0))


@pytest.mark.parametrize("call", [lambda r: r.rand((2, 3)), lambda r: r.randn(-1)])
def test_errors_of_extents(call):
    with pytest.raises(Exception) as theirs:
        call(np.random)
    with pytest.raises(theirs.type):
        call(nl.random)


@pytest.mark.parametrize(
    "seed, error", [(-1, ValueError), (1.5, TypeError), ("x", TypeError)]
)
def test_errors_of_seeds(seed, error):
    with pytest.raises(error):
        np.random.default_rng(seed)
    with pytest.raises(error):
        nl.random.default_rng(seed)
    with pytest.raises(ValueError, match="128"):
        nl.random.seed(2**128)
