"""Runs real NumPy programs beside NumPy: a table and a chart.

Every program is NumPy source that runs twice, once with `np` bound to numpy and
once to numloom; results are compared. The chart goes to build/demo.png, or
where --output says.
"""

import argparse
import pathlib
import sys

import workloads
from libraries import Numloom, NumPy
from measure import as_tuple, run, run_first, time_calls

import numloom

TITLES = {
    "vector_add": "vector addition, 20M float32",
    "fused_expression": "(2x + 3y) / (x + y + 1), 10M float32",
    "sum_of_squares": "sum of squares, 10M float64",
    "matmul": "matrix product, 1500 x 1500 float32",
    "black_scholes": "Black-Scholes, 10M options, float32",
    "softmax": "softmax of rows, 8192 x 4096 float32",
    "sobel_filter": "Sobel filter of a photograph, 3072 x 3072",
    "gaussian_filter": "Gaussian filter of a photograph, 3072 x 3072",
    "pairwise_distances": "pairwise distances, 3000 points in 16-D",
}


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def measure(workload, reference, own, repeats):
    """(NumPy's seconds, ours, first call's seconds, error)."""
    arrays, inputs, first, error = run_first(own, workload)
    function = own.functions[workload.name]
    theirs = reference.functions[workload.name]
    return (
        time_calls(lambda: as_tuple(theirs(*arrays)), 0.0, max(2, repeats // 2)),
        time_calls(lambda: run(own, function, inputs), 0.0, repeats),
        first,
        error,
    )


def draw(rows, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.55 * len(rows) + 1.4))
    titles = [TITLES[name] for name, *_ in rows][::-1]
    speedups = [theirs / ours for _, theirs, ours, *_ in rows][::-1]
    bars = axes.barh(titles, speedups, color="#2a78b5")
    axes.bar_label(bars, [f"{s:.1f}x" for s in speedups], padding=4)
    axes.axvline(1.0, color="black", linewidth=1)
    axes.set_xlim(0, max(speedups) * 1.12)
    axes.set_xlabel("times as fast as NumPy (1 = NumPy)")
    axes.set_title(f"NumPy programs under Numloom, {numloom.get_num_threads()} threads")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=pathlib.Path, default="build/demo.png")
    args = parser.parse_args()
    reference, own = NumPy(), Numloom()
    selected = {w.name: w for w in workloads.WORKLOADS if w.name in TITLES}
    rows, wrong = [], []
    print(f"{'':46}{'NumPy':>10}{'Numloom':>10}{'speed-up':>10}{'first':>9}")
    for name, title in TITLES.items():
        progress(f"running {title} ...")
        theirs, ours, first, error = measure(
            selected[name], reference, own, args.repeats
        )
        progress("")
        verdict = "" if error <= selected[name].tolerance else "  WRONG RESULT"
        print(
            f"{title:46}{theirs * 1e3:7.1f} ms{ours * 1e3:7.1f} ms"
            f"{theirs / ours:9.1f}x{first * 1e3:6.0f} ms{verdict}",
            flush=True,
        )
        rows.append((name, theirs, ours))
        if verdict:
            wrong.append(f"{title}: error {error:.1e}")
    args.output.parent.mkdir(exist_ok=True)
    draw(rows, args.output)
    print(f"all results checked against NumPy; chart in {args.output}")
    if wrong:
        sys.exit("wrong results:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
