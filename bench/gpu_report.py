"""The GPU benchmark's table and geometric means.

Usage: python gpu_report.py RESULTS.json
"""

import json
import math
import sys

# Rows that have a hand-written limit to compare with.
BOUND_KINDS = ("memory", "arithmetic")


def get_seconds(result, library, workload, key="seconds"):
    """None where the library has no such row, or failed."""
    return result["rows"].get(library, {}).get(workload, {}).get(key)


def get_peers(result):
    return [name for name in result["libraries"] if name != "numloom"]


def get_names(result):
    """All rows' names, in order."""
    return list(dict.fromkeys(n for rows in result["rows"].values() for n in rows))


def get_kind(result, workload):
    rows = (rows.get(workload) for rows in result["rows"].values())
    return next(row["kind"] for row in rows if row)


def get_best_peer(result, workload, key="seconds"):
    times = [get_seconds(result, peer, workload, key) for peer in get_peers(result)]
    return min((t for t in times if t), default=None)


def get_limit(result, workload, key="seconds"):
    return result["limits"].get(workload, {}).get(key)


def divide(numerator, denominator):
    return numerator / denominator if numerator and denominator else None


def geometric_mean(ratios):
    """Of those that are there, with their number."""
    logs = [math.log(r) for r in ratios if r]
    return (math.exp(sum(logs) / len(logs)) if logs else None), len(logs)


def summarise(result):
    """Means over the rows that both sides have; above 1 is faster than peers."""
    names = get_names(result)
    bound = [n for n in names if get_kind(result, n) in BOUND_KINDS]

    def mean(names, numerator, denominator):
        value, count = geometric_mean(
            divide(numerator(n), denominator(n)) for n in names
        )
        return {"mean": value, "rows": count}

    def own(key="seconds"):
        return lambda n: get_seconds(result, "numloom", n, key)

    summary = {
        f"speed over {peer}": mean(
            names, lambda n, p=peer: get_seconds(result, p, n), own()
        )
        for peer in get_peers(result)
    }
    summary["speed over the best peer"] = mean(
        names, lambda n: get_best_peer(result, n), own()
    )
    summary["time over the limit, one call"] = mean(
        bound, own(), lambda n: get_limit(result, n)
    )
    summary["time over the limit, calls in a row"] = mean(
        bound, own("stream_seconds"), lambda n: get_limit(result, n, "stream_seconds")
    )
    return summary


def is_correct(result):
    own = result["rows"].get("numloom", {})
    return bool(own) and all(
        row.get("correct", True) and "failure" not in row for row in own.values()
    )


def format_time(seconds):
    if seconds is None:
        return "-"
    return f"{seconds * 1e6:.1f}" if seconds < 0.01 else f"{seconds * 1e3:.2f} ms"


def format_ratio(ratio):
    return "-" if ratio is None else f"{ratio:.2f}"


def print_rows(result):
    """Microseconds, then ratios of numloom's time: below 1 is faster."""
    columns = ["numloom", *get_peers(result), "limit"]
    tail = ["/best", "/limit", "/limit*"]
    print(f"{'microseconds':<22}", *(f"{c:>10}" for c in columns + tail), sep="")
    for name in get_names(result):
        own = get_seconds(result, "numloom", name)
        times = [get_seconds(result, c, name) for c in columns[:-1]]
        limit = get_limit(result, name)
        stream = get_seconds(result, "numloom", name, "stream_seconds")
        ratios = [
            divide(own, get_best_peer(result, name)),
            divide(own, limit),
            divide(stream, get_limit(result, name, "stream_seconds")),
        ]
        cells = [format_time(t) for t in (*times, limit)]
        cells += [format_ratio(r) for r in ratios]
        line = "".join(f"{c:>10}" for c in cells)
        print(f"{name:<22}{line}{get_note(result, name)}")
    print("/limit*: calls in a row, without a wait after each")


def get_note(result, name):
    row = result["rows"].get("numloom", {}).get(name, {})
    if "failure" in row:
        return f"  {row['failure'][:60]}"
    if not row.get("correct", True):
        return f"  WRONG: error {row['error']:.1e}"
    is_copy = result["limits"].get(name, {}).get("method") == "bandwidth"
    return "  limit: a copy" if is_copy else ""


def print_cold_starts(result):
    if not result["cold_start"]:
        return
    steps = ("import", "first_array", "first_expression", "import_to_result", "cuda")
    print(f"\n{'start, seconds':<22}", *(f"{s:>18}" for s in steps), sep="")
    for library, kinds in result["cold_start"].items():
        for kind, times in kinds.items():
            cells = [f"{times[s]:.3f}" if s in times else "" for s in steps]
            print(f"{library + ', ' + kind:<22}", *(f"{c:>18}" for c in cells), sep="")


def print_report(result):
    print(f"\n{result['device']}, {result['date']}, {result['commit']}")
    print(", ".join(f"{k} {v}" for k, v in result["libraries"].items()), end="\n\n")
    print_rows(result)
    own = result["rows"].get("numloom", {}).get("small_op_issue", {})
    if "record_seconds" in own:
        print(f"recording alone: {own['record_seconds'] * 1e6:.2f} us an operation")
    print_cold_starts(result)
    print()
    for name, value in result["summary"].items():
        print(f"{name:<40}{format_ratio(value['mean']):>8}  ({value['rows']} rows)")


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print_report(json.load(file))
