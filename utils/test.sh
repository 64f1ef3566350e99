#!/usr/bin/env bash
# Runs lit, the C++ unit tests and pytest on a preset's build, prints each
# runner's own summary and closes with one line over all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source utils/setup.sh

preset=${1:-release}
reports="$PWD/build/$preset/reports"
if [ "$preset" = asan ]; then build asan NumloomUnitTests; else build "$preset"; fi
rm -rf "$reports"
mkdir -p "$reports"
broken=()

# has_failures REPORT: whether tests failed, by the runner's own count.
has_failures() { grep -Eq '(failures|errors)="[1-9]' "$1"; }

# run NAME LIMIT COMMAND...: one runner. Failing tests are counted from its
# report; a runner that leaves no report is broken, and so is one that fails
# where no test did: a sanitizer found something at its end.
run() {
  local name=$1 limit=$2 status=0
  shift 2
  say "$name"
  timeout --kill-after=10 "$limit" "$@" </dev/null || status=$?
  # Statuses above 1 are crashes, time-outs and usage errors.
  if [ ! -s "$reports/$name.xml" ] || [ "$status" -gt 1 ] ||
    { [ "$status" = 1 ] && ! has_failures "$reports/$name.xml"; }; then
    broken+=("$name (exit status $status)")
  fi
}

run_unit_tests() {
  local binary name
  while IFS= read -r binary; do
    name=$(basename "$binary")
    run "$name" 900 "$binary" --gtest_brief=1 \
      --gtest_output="xml:$reports/$name.xml"
  done < <(find "build/$preset/unittests" -type f -executable -name '*Test*' |
    sort)
}

# LLVM's archives are not instrumented: what our files annotate, containers and
# LLVM's bump allocator, they use without a word.
export ASAN_OPTIONS=detect_container_overflow=0:allow_user_poisoning=0
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/utils/leaks.supp:print_suppressions=0

run_unit_tests
if [ "$preset" != asan ]; then
  run lit 900 "$VENV/bin/lit" -sv --xunit-xml-output "$reports/lit.xml" \
    "build/$preset/test"
  PYTHONPATH="$PWD/build/$preset/python" run pytest 1800 \
    "$VENV/bin/python" -m pytest -q -n "$(nproc)" --junitxml \
    "$reports/pytest.xml"
fi

for name in "${broken[@]}"; do say "runner broke: $name"; done
"$VENV/bin/python" utils/summarize_tests.py --broken "${#broken[@]}" \
  "$reports"/*.xml
