#!/usr/bin/env bash
# Makes a manylinux_2_36 wheel for every usable CPython found, or for the given
# versions (3.12), then installs each beside nothing but NumPy and runs a program
# with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source utils/setup.sh

platform=manylinux_2_36_x86_64
limit_mb=40

# environment PATH PYTHON: a virtual environment, kept between runs.
environment() {
  "$1/bin/python" -c '' 2>/dev/null || "$2" -m venv --clear "$1"
}

pip_in() {
  local env=$1
  shift
  "$env/bin/python" -m pip --disable-pip-version-check -q "$@"
}

# build_wheel PYTHON TAG: the build directory is shared, so the compiler, which
# no Python header reaches, is built once.
build_wheel() {
  local env="build/wheel-env/$2" raw="build/wheel-raw/$2"
  environment "$env" "$1"
  pip_in "$env" install -r utils/requirements-build.txt wheel
  rm -rf "$raw"
  pip_in "$env" wheel . --no-deps --no-build-isolation -w "$raw"
  "$env/bin/python" -m wheel tags --platform-tag "$platform" --remove \
    "$raw"/numloom-*.whl >/dev/null
  rm -f dist/numloom-*-"$2"-*.whl
  mv "$raw"/numloom-*.whl dist/
}

# verify_wheel PYTHON TAG: outside the tree, with only NumPy beside it.
verify_wheel() {
  local env="$PWD/build/wheel-test/$2" wheel
  wheel=$(echo "$PWD"/dist/numloom-*-"$2"-*.whl)
  environment "$env" "$1"
  "$env/bin/python" -c 'import numpy' 2>/dev/null ||
    pip_in "$env" install 'numpy~=2.4'
  pip_in "$env" install --no-index --no-deps --force-reinstall "$wheel"
  "$env/bin/python" utils/check_wheel.py "$wheel" --platform "$platform" \
    --limit-mb "$limit_mb"
  (cd / && env -u PYTHONPATH "$env/bin/python" -) <utils/smoke_test.py
}

# is_wanted VERSION [VERSIONS...]: without a list every version is.
is_wanted() {
  [ $# -eq 1 ] || [[ " ${*:2} " == *" $1 "* ]]
}

install_system_packages "${SYSTEM_PACKAGES[@]}"
mkdir -p dist
declare -A seen
while IFS= read -r python; do
  tag=$("$python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
  [ -n "${seen[$tag]:-}" ] && continue
  is_wanted "${tag/cp3/3.}" "$@" || continue
  seen[$tag]=1
  say "wheel for $tag ($python)"
  build_wheel "$python" "$tag"
  verify_wheel "$python" "$tag"
done < <(all_pythons)
[ ${#seen[@]} -gt 0 ] || { say "no CPython ${*:-">= 3.11"} found"; exit 1; }
