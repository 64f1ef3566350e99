"""The calls that `bench functions` times, in groups.

A row is an expression or an update of a target, with `np` bound to the library
under test, `rng` to its random generator and the names of function_arrays.py to
operands. Copies, which Numloom makes only when it must, are used.
"""

from function_rows_shapes import (
    CREATION,
    MANIPULATION,
    SELECTION,
    SORTING,
    UPDATES,
)
from function_rows_values import (
    CALCULUS,
    DTYPES,
    PRODUCTS,
    RANDOM,
    REDUCTIONS,
    SMALL,
)

GROUPS = {
    "reductions": REDUCTIONS.split("\n")[1:-1],
    "manipulation": MANIPULATION.split("\n")[1:-1],
    "selection": SELECTION.split("\n")[1:-1],
    "updates": UPDATES.split("\n")[1:-1],
    "products": PRODUCTS.split("\n")[1:-1],
    "calculus": CALCULUS.split("\n")[1:-1],
    "dtypes": DTYPES.split("\n")[1:-1],
    "sorting": SORTING.split("\n")[1:-1],
    "random": RANDOM.split("\n")[1:-1],
    "creation": CREATION.split("\n")[1:-1],
    "small": SMALL.split("\n")[1:-1],
}

# Rows with these in them are compared by shapes and dtypes alone.
UNORDERED = ("rng.", "np.random", "partition(")
