"""What the pages name is there: links, files, environment switches."""

import fnmatch
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "cmake", "docs", "include", "lib", "python", "test", "tools")
FOLDERS += ("unittests", "utils")
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = {".cpp", ".h", ".py", ".td", ".def", ".mlir", ".cu", ".cuh", ".c", ".sh"}
# CUDA's own.
FOREIGN = {"cuda.h"}

pytestmark = pytest.mark.skipif(
    not (ROOT / "docs").exists(), reason="the tests lie apart from the pages"
)


def list_files():
    for folder in FOLDERS:
        yield from (
            p for p in (ROOT / folder).rglob("*") if "__pycache__" not in p.parts
        )


def read_anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page):
    for target, anchor in re.findall(
        r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text()
    ):
        if target.startswith("http"):
            continue
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in read_anchors(path), anchor


def test_files():
    """Files that stand between backticks, with or without their folders."""
    there = {path.name for path in list_files()} | FOREIGN
    for page in PAGES:
        for name in re.findall(r"`([\w./-]+\.\w+)`", page.read_text()):
            path = pathlib.PurePosixPath(name)
            if path.suffix in SOURCES:
                assert path.name in there, f"{page.name}: {name}"
                is_whole = path.parts[0] in FOLDERS
                assert not is_whole or (ROOT / path).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize("folder", ["Compiler", "Runtime", "Runtime/Cuda", "Trace"])
def test_tables_of_files(folder):
    """A folder's page says of each source file what is in it."""
    page = (ROOT / "docs" / f"{folder}.md").read_text()
    # As `Gemm*.cpp` or `Cpu/Jit.cpp`.
    patterns = [name.rsplit("/")[-1] for name in re.findall(r"`([\w*/]+\.cpp)`", page)]
    for path in (ROOT / "lib" / folder).glob("*.cpp"):
        assert any(fnmatch.fnmatch(path.name, p) for p in patterns), path.name


def test_passes():
    """Each pass has a row of the table, and tests of its name."""
    records = ROOT / "include/numloom/Transforms/Passes.td"
    rows = (ROOT / "docs/Transforms.md").read_text()
    for flag in re.findall(r'"(numloom-[\w-]+)"', records.read_text()):
        assert f"| `{flag}` |" in rows, flag
        name = flag.removeprefix("numloom-")
        assert list((ROOT / "test/Transforms").glob(f"{name}*.mlir")), flag


def test_switches():
    """Each environment variable that is read has one row, and no other has."""
    pattern = re.compile(r'"(NUMLOOM_[A-Z0-9_]+)"|\$\{(NUMLOOM_\w+)')
    texts = [p.read_text() for p in list_files() if p.suffix in SOURCES]
    texts.append((ROOT / "dev").read_text())
    read = {a or b for text in texts for a, b in pattern.findall(text)}
    rows = re.findall(
        r"^\| `(NUMLOOM_\w+)`", (ROOT / "docs" / "debugging.md").read_text(), re.M
    )
    assert sorted(rows) == sorted(read)
