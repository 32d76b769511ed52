"""The SQL in a wheel, in a wheel made from the sdist, and in an editable install is the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from gigstack_sync.store.sqlfiles import sql_root

REPOSITORY = Path(__file__).parents[1]
PARTS = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "gigstack_sync", "sql", "data")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project that no one edits meanwhile."""
    copy = tmp_path_factory.mktemp("project")
    for part in PARTS:
        if (REPOSITORY / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.duckdb*", ".sync")
            shutil.copytree(REPOSITORY / part, copy / part, ignore=ignored)
        else:
            shutil.copy(REPOSITORY / part, copy / part)
    (copy / "tests").mkdir()
    return copy


def build(source: Path, *flags: str) -> Path:
    """The one file that a build of the project leaves behind."""
    target = source / ("built" + "".join(flags))
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        *flags,
        "-o",
        str(target),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = target.iterdir()
    return built


def sql_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def sql_in_wheel(wheel: Path) -> dict[str, bytes]:
    prefix = "gigstack_sync/sql/"
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(prefix)]
        return {name.removeprefix(prefix): archive.read(name) for name in names}


def test_a_wheel_holds_the_sql_folder(source: Path) -> None:
    assert sql_in_wheel(build(source, "--wheel")) == sql_of(source / "sql")


def test_a_wheel_from_the_sdist_holds_it_too(source: Path, tmp_path: Path) -> None:
    with tarfile.open(build(source, "--sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert sql_in_wheel(build(unpacked, "--wheel")) == sql_of(source / "sql")


def test_an_installed_wheel_finds_its_own_sql(source: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(build(source, "--wheel")) as archive:
        archive.extractall(tmp_path)
    code = "from gigstack_sync.store.sqlfiles import sql_root; print(sql_root())"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert Path(found.stdout.strip()) == tmp_path / "gigstack_sync" / "sql"


def test_an_editable_install_copies_no_sql() -> None:
    installed = distribution("gigstack-sync").files or []
    assert [file for file in installed if file.suffix == ".sql"] == []


def test_a_checkout_reads_its_top_level_folder() -> None:
    assert sql_of(Path(str(sql_root()))) == sql_of(REPOSITORY / "sql")
