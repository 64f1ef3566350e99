# shellcheck shell=bash
# Set-up that ./dev's commands share: system packages, the virtual environment,
# the build. Sourced from the repository's root.
VENV="$PWD/.venv"

SYSTEM_PACKAGES=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  libclang-rt-22-dev clang-format-22 libzstd-dev zlib1g-dev libgtest-dev
  libsleef-dev libhwy-dev cmake ninja-build ccache)

say() { echo "==> $*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# is_installed PACKAGE: asks dpkg, so it needs no network.
is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_system_packages() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >&2
}

# usable_python COMMAND: prints the interpreter if it is CPython >= 3.11 and
# can build extensions and virtual environments.
usable_python() {
  "$1" - <<'PY' 2>/dev/null
import ensurepip, os, sys, sysconfig, venv
header = os.path.join(sysconfig.get_path("include"), "Python.h")
if (sys.implementation.name != "cpython" or sys.version_info < (3, 11)
        or sysconfig.get_config_var("Py_GIL_DISABLED")
        or not os.path.exists(header)):
    sys.exit(1)
print(sys.executable)
PY
}

# all_pythons: every usable interpreter, the user's default first.
all_pythons() {
  local candidate
  for candidate in "${NUMLOOM_PYTHON:-python3}" python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python3 \
    python3.{11,12,13,14} /usr/bin/python3; do
    if command -v "$candidate" >/dev/null; then
      usable_python "$candidate" || true
    fi
  done
}

find_python() {
  local python
  python=$(all_pythons)
  if [ -z "$python" ]; then
    install_system_packages python3 python3-dev python3-venv
    python=$(all_pythons)
  fi
  [ -n "$python" ] || {
    say "no CPython >= 3.11 with headers found; set NUMLOOM_PYTHON"
    return 1
  }
  echo "${python%%$'\n'*}"
}

# ensure_requirements SETS: .venv with the packages of
# utils/requirements-SET.txt. A stamp per set holds the files' hash, so an
# unchanged environment asks no package index.
ensure_requirements() {
  local set files=() stale=() hash
  if ! "$VENV/bin/python" -c '' 2>/dev/null; then
    local python
    python=$(find_python)
    say "creating .venv from $python"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
  fi
  for set in $1; do
    hash=$(cat utils/requirements-*.txt | sha256sum)
    [ "$(cat "$VENV/.stamp-$set" 2>/dev/null)" = "$hash" ] && continue
    files+=(-r "utils/requirements-$set.txt")
    stale+=("$set")
  done
  [ ${#stale[@]} = 0 ] && return
  say "installing Python packages: ${stale[*]}"
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check \
    "${files[@]}"
  for set in "${stale[@]}"; do echo "$hash" >"$VENV/.stamp-$set"; done
}

# build PRESET [TARGETS...]: configures once; Ninja repeats it when needed.
build() {
  local preset=$1
  shift
  install_system_packages "${SYSTEM_PACKAGES[@]}"
  # lit's path is part of the configuration.
  ensure_requirements "build test"
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "configuring build/$preset"
    cmake --preset "$preset" -DPython3_EXECUTABLE="$VENV/bin/python" \
      --log-level=WARNING
  fi
  say "building build/$preset"
  cmake --build "build/$preset" -j "$(nproc)" -t "${@:-all}"
}
