#!/usr/bin/env bash
# Formatting and lint: `fix` rewrites, `check` only reports.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source utils/setup.sh

install_system_packages clang-format-22
ensure_requirements test

# Every file that git tracks or would track.
files() { git ls-files --cached --others --exclude-standard -- "$@"; }

case "$1" in
fix)
  files '*.cpp' '*.h' | xargs -r clang-format-22 -i
  "$VENV/bin/ruff" check --fix .
  "$VENV/bin/ruff" format .
  ;;
check)
  status=0
  files '*.cpp' '*.h' | xargs -r clang-format-22 --dry-run -Werror || status=1
  "$VENV/bin/ruff" check . || status=1
  "$VENV/bin/ruff" format --check . || status=1
  exit $status
  ;;
esac
