"""Random functions that are called again and again, with statements that some calls
leave out, as NumPy computes them: what is launched ahead must not show.

`NUMLOOM_PROGRAMS` says how many functions there are: 20 unless it is set.
"""

import os
import random

import numpy as np
import pytest

import numloom as nl

PROGRAMS = int(os.environ.get("NUMLOOM_PROGRAMS", "20"))
CALLS = 12
NAMES = "abcd"


def draw_value(rng):
    """An expression whose elements stay small integers."""
    x, y = rng.choice(NAMES), rng.choice(NAMES + "t")
    return rng.choice(
        [
            f"{x} + {y}",
            f"{x} - {y}",
            f"m.minimum({x}, {y}) * {rng.randint(0, 2)}",
            f"m.where({x} > {y}, {x}, {rng.randint(0, 5)}.0)",
            f"{x}[::-1] + {rng.randint(0, 5)}",
            f"m.abs({y}) - number",
        ]
    )


def draw_step(rng):
    """What every call does."""
    x = rng.choice(NAMES)
    return rng.choice(
        [
            *[f"t = m.remainder(t + {draw_value(rng)}, 64.0)"] * 6,
            f"{x} = m.remainder({draw_value(rng)}, 64.0)",
            f"keep.append({draw_value(rng)})",
        ]
    )


def draw_exception(rng):
    """What one call does."""
    x, k = rng.choice(NAMES), rng.randint(1, 9)
    return rng.choice(
        [
            f"{x} += {k}",
            f"{x}[{k}:] = {k}.0",
            f"{x}[...] = m.remainder({draw_value(rng)}, 64.0)",
            f"{x} = make({k})",
            f"set({x}, {k})",
            f"t = t + {k}",
            f"t = m.remainder(t + {x}[::-1] + {x}, 64.0)",
            "keep.append(t)",
            "use(t)",
            f"use({x} + 1)",
            f"number = {k}.0",
        ]
    )


def draw_function(rng):
    """A function of a module m and the number of the call."""
    steps = ["t = m.remainder(a + b, 64.0)"]
    steps += [draw_step(rng) for _ in range(rng.randint(18, 30))]
    for _ in range(rng.randint(2, 6)):
        line = f"if i == {rng.randint(3, CALLS - 2)}: {draw_exception(rng)}"
        steps.insert(rng.randint(1, len(steps)), line)
    head = "def call(m, a, b, c, d, i, number, make, use, set):\n    keep = []\n    "
    return head + "\n    ".join([*steps, "return [t, a, b, c, d, *keep]"])


def make_call(source, m, size):
    """The function with what it calls, bound to NumPy or Numloom."""
    scope = {}
    exec(compile(source, f"<{m.__name__}>", "exec"), scope)

    def set_elements(x, k):
        if m is nl:
            x.set(np.full(size, float(k)))
        else:
            x[...] = k

    def call(arrays, i, number):
        return scope["call"](
            m,
            *arrays,
            i,
            number,
            make=lambda k: m.asarray(np.arange(size) % k * 1.0),
            use=lambda x: nl.evaluate(x) if m is nl else None,
            set=set_elements,
        )

    return call


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_functions_that_are_called_again(seed):
    rng = random.Random(seed)
    source, size = draw_function(rng), rng.choice([1, 7, 1000])
    expected = [np.arange(size) % (k + 2) * 1.0 for k in range(4)]
    results = [nl.asarray(x) for x in expected]
    in_numpy, in_numloom = (make_call(source, m, size) for m in (np, nl))
    is_state, target = rng.random() < 0.5, rng.randrange(5)
    for i in range(CALLS):
        values = in_numpy(expected, i, 1.0)
        arrays = in_numloom(results, i, 1.0)
        places = [target if i % 7 else 0, *range(len(values))]
        for place in places:
            np.testing.assert_array_equal(
                np.asarray(arrays[place]), values[place], err_msg=f"call {i}\n{source}"
            )
        if is_state:
            expected, results = values[1:5], arrays[1:5]
