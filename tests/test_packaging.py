"""What is shipped: one version, the SQL, and nothing that names a place of ours."""

from __future__ import annotations

import re
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import gigstack_sync

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The parsed pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built here without a network."""
    folder = str(tmp_path_factory.mktemp("dist"))
    [path] = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
    return zipfile.ZipFile(path)


def test_the_catalogue_of_spanish_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert wheel.read("gigstack_sync/cli/spanish.json").startswith(b"{")


def test_the_sql_in_the_wheel_is_the_sql_of_the_checkout(wheel: zipfile.ZipFile) -> None:
    with wheel:
        prefix = "gigstack_sync/sql/"
        shipped = {
            n.removeprefix(prefix): wheel.read(n) for n in wheel.namelist() if n.startswith(prefix)
        }
        names = wheel.namelist()
    here = {
        str(p.relative_to(ROOT / "sql")): p.read_bytes()
        for p in (ROOT / "sql").rglob("*")
        if p.is_file()
    }
    assert shipped == here
    assert {"gigstack_sync/py.typed", "gigstack_sync/cli/topics/mirror.toml"} <= set(names)
    assert not [n for n in names if n.startswith(("tests/", "sql/", "data/"))]


def test_the_sdist_can_build_the_same_wheel(tmp_path: Path) -> None:
    import tarfile

    [path] = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sql = {f"sql/{p.relative_to(ROOT / 'sql')}" for p in (ROOT / "sql").rglob("*.sql")}
    assert sql | {"pyproject.toml", "README.md", "LICENSE"} <= names


def test_the_version_is_kept_in_one_place(project: dict[str, Any]) -> None:
    assert gigstack_sync.__version__ == version("gigstack-sync")
    number = re.escape(project["project"]["version"])
    copies = [p for p in (ROOT / "gigstack_sync").rglob("*.py") if re.search(number, p.read_text())]
    assert copies == []


def test_everything_public_is_there() -> None:
    assert all(hasattr(gigstack_sync, name) for name in gigstack_sync.__all__)
    assert sorted(gigstack_sync.__all__) == gigstack_sync.__all__


def test_the_lock_names_the_public_index_alone() -> None:
    hosts = set(re.findall(r"(?:https?|file)://[^/\"]*", (ROOT / "uv.lock").read_text()))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_the_group_dev_has_all_that_the_extra_test_has(project: dict[str, Any]) -> None:
    extra = project["project"]["optional-dependencies"]["test"]
    assert set(extra) <= set(project["dependency-groups"]["dev"])


def test_every_dependency_is_bounded(project: dict[str, Any]) -> None:
    for requirement in project["project"]["dependencies"]:
        assert ">=" in requirement
        assert "<" in requirement or "tzdata" in requirement
