"""What is built and installed: one import name, its modules alone, a program that runs anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FULL_NAME = f"askive-{PROJECT['version']}"

MADE_BY_BUILDING = ("askive.egg-info/", "build/")
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist", "*.egg-info"
)


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command, away from the checkout and from what is installed in it; return its standard output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ASKIVE"))}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source: Path, out: Path, kind: str) -> Path:
    """Build a wheel or an sdist with the setuptools at hand, which needs no network."""
    run(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source, cwd=source)
    return next(out.iterdir())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that building leaves nothing behind in it."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("checkout") / "any name", ignore=NOT_SOURCE))


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(checkout, tmp_path_factory.mktemp("wheel"), "wheel")


@pytest.fixture(scope="module")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    archive = build(checkout, tmp_path_factory.mktemp("sdist"), "sdist")
    unpacked = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(archive, unpacked)
    return unpacked / FULL_NAME


@pytest.fixture(scope="module")
def site_packages(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel alone; what it depends on is in the environment of the tests."""
    folder = tmp_path_factory.mktemp("site-packages")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", "--target", folder, wheel, cwd=folder)
    return folder


def modules(checkout: Path) -> frozenset[str]:
    """Return the names that the package's files have in a wheel."""
    patterns = ("*.py", "archive/**/*.py", "index/**/*.py", "py.typed")
    files = [path for pattern in patterns for path in checkout.glob(pattern)]
    return frozenset(f"askive/{path.relative_to(checkout).as_posix()}" for path in files)


def contents(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel, those of its dist-info aside."""
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist() if ".dist-info/" not in name}


def test_wheel_holds_the_modules_and_nothing_else(checkout: Path, wheel: Path) -> None:
    assert {"askive/cli.py", "askive/archive/readers/__init__.py"} <= modules(checkout)
    assert contents(wheel).keys() == modules(checkout)


def test_sdist_holds_the_checkout(checkout: Path, sdist: Path) -> None:
    source = {path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file()}
    held = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    added = {name for name in held - source if not name.startswith("askive.egg-info/")}
    assert {name for name in source - held if not name.startswith(MADE_BY_BUILDING)} == set()
    assert added == {"PKG-INFO", "setup.cfg"}
    assert {"README.md", "Makefile", "raw/iop.txt", "docs/dependencies.md", "tests/test_packaging.py"} <= held


def test_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    assert contents(build(sdist, tmp_path / "out", "wheel")) == contents(wheel)


def test_install_adds_one_import_name(site_packages: Path) -> None:
    assert {path.name for path in site_packages.iterdir()} == {"askive", f"{FULL_NAME}.dist-info", "bin"}
    assert {path.name for path in (site_packages / "bin").iterdir()} == {"askive"}


def test_metadata_says_what_pyproject_says(site_packages: Path) -> None:
    installed = PathDistribution(site_packages / f"{FULL_NAME}.dist-info")
    needed = {r for r in installed.requires or () if "extra ==" not in r}
    assert {spelled(r) for r in needed} == {spelled(r) for r in PROJECT["dependencies"]}
    assert installed.metadata["Requires-Python"] == PROJECT["requires-python"]


def spelled(requirement: str) -> str:
    return requirement.replace('"', "'").replace(" ", "")


@pytest.mark.parametrize("program", [("-m", "askive"), ("bin/askive",)])
def test_installed_program_runs_from_any_directory(
    program: tuple[str, ...], site_packages: Path, tmp_path: Path
) -> None:
    command = [str(site_packages / part) if part.startswith("bin/") else part for part in program]
    said = run(sys.executable, *command, "--version", cwd=tmp_path, PYTHONPATH=str(site_packages))
    assert PROJECT["version"] in said
    assert list(tmp_path.iterdir()) == [], "asking for the version makes nothing"


def test_installed_copy_is_the_one_that_runs(site_packages: Path, tmp_path: Path) -> None:
    said = run(
        sys.executable, "-c", "import askive; print(askive.__file__, askive.__version__)",
        cwd=tmp_path, PYTHONPATH=str(site_packages),
    )  # fmt: skip
    assert said.split() == [str(site_packages / "askive" / "__init__.py"), PROJECT["version"]]


@pytest.mark.slow
@pytest.mark.network
def test_pip_install_into_an_empty_environment(checkout: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    program = tmp_path / "venv" / "bin"
    run(program / "pip", "install", "--quiet", "--disable-pip-version-check", ".", cwd=checkout)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    archive = {"ASKIVE_ARCHIVE": str(tmp_path / "archive")}
    run(program / "askive", "ingest", checkout / "raw" / "iop.txt", cwd=elsewhere, **archive)
    found = run(
        program / "askive", "search", "--format", "ids", "intensive outpatient", cwd=elsewhere, **archive
    )
    assert found.startswith("text:")
    assert run(program / "python", "-m", "askive", "--version", cwd=elsewhere) == run(
        program / "askive", "--version", cwd=elsewhere
    )
    said = run(program / "pip", "check", cwd=elsewhere)
    assert "No broken requirements" in said
    assert list(elsewhere.iterdir()) == []
