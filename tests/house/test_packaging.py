"""What pip installs is all that is needed, and no more than that."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


@pytest.mark.parametrize(
    "name",
    [
        "hub/__main__.py",
        "plugins/hl7/__init__.py",
        "plugins/fhir/__init__.py",
        "hub/locale/zh_CN/LC_MESSAGES/hub.mo",
        "hub/starter/hub.toml",
        "hub/starter/feeds/central-hospital.toml",
    ],
)
def test_the_wheel_holds(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_the_wheel_leaves_room_for_the_plugins_of_others(wheel: zipfile.ZipFile) -> None:
    assert "plugins/__init__.py" not in wheel.namelist()
    assert not [name for name in wheel.namelist() if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_the_wheel_has_the_command_and_the_plugins(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(entry_points).decode()
    assert "hub = hub.__main__:main" in text
    assert re.search(r"\[hub\.plugins\]\nfhir = plugins\.fhir\nhl7 = plugins\.hl7", text)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-bench.lock"])
def test_every_library_is_pinned_with_a_hash(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", (ROOT / lock).read_text().split("make lock\n")[1])
    assert [pin.split()[0] for pin in pins if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:", pin, re.DOTALL)] == []


def test_the_lock_pins_what_the_project_asks_for() -> None:
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert {re.split(r"[<>=;\[ ]", wanted)[0] for wanted in PROJECT["dependencies"]} <= pinned


def test_what_ci_installs_is_what_users_install_and_more() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")
