"""Checks that a wheel holds what it should and needs only what is promised."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile

# What a manylinux_2_36 platform provides; nothing else may be needed.
SYSTEM_LIBRARIES = {
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libstdc++.so.6",
}
# Third parties' libraries are shipped byte for byte.
BUNDLED = {
    "libhwy.so.1",
    "libhwy_contrib.so.1",
    "libscipy_openblas.so",
    "libsleef.so.3",
}
REQUIRED = [
    "libnumloom_compiler.so",
    *BUNDLED,
    "licenses/LICENSE.sleef",
    "licenses/LICENSE.openblas",
    "licenses/LICENSE.highway",
    "licenses/LICENSE.numloom-and-llvm",
    "py.typed",
]


def readelf(option, path):
    """Returns what readelf prints about a shared library."""
    command = ["readelf", option, "--wide", path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_library(path, newest_glibc):
    """Yields what is wrong with one shared library."""
    name = os.path.basename(path)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("-d", path))
    for library in sorted(set(needed) - SYSTEM_LIBRARIES - BUNDLED):
        yield f"{name} needs {library}"
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", readelf("-V", path))
    newest = max((tuple(map(int, version)) for version in versions), default=(0, 0))
    if newest > newest_glibc:
        yield f"{name} needs glibc {newest[0]}.{newest[1]}"
    if name not in BUNDLED and ".symtab" in readelf("-S", path):
        yield f"{name} is not stripped"


def check_wheel(path, platform, limit_mb):
    """Yields what is wrong with the wheel at `path`."""
    size_mb = os.path.getsize(path) / 1e6
    print(f"{os.path.basename(path)}: {size_mb:.1f} MB")
    if size_mb > limit_mb:
        yield f"{size_mb:.1f} MB is more than {limit_mb} MB"
    if not path.endswith(f"-{platform}.whl"):
        yield f"platform tag is not {platform}"
    glibc = tuple(map(int, re.search(r"_(\d+)_(\d+)_", platform).groups()))
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory() as root:
        names = wheel.namelist()
        for required in REQUIRED:
            if f"numloom/{required}" not in names:
                yield f"numloom/{required} is missing"
        for name in names:
            if re.search(r"\.so(\.\d+)?$", name):
                library = wheel.extract(name, root)
                print(f"  {os.path.getsize(library) / 1e6:6.1f} MB  {name}")
                yield from check_library(library, glibc)


def main():
    """Prints sizes and problems; exits with 1 if there are problems."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel")
    parser.add_argument("--platform", required=True)
    parser.add_argument("--limit-mb", type=float, required=True)
    args = parser.parse_args()
    problems = list(check_wheel(args.wheel, args.platform, args.limit_mb))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
