"""The HL7 parser can be compiled: what is, and that it is what its source says."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from hatch_build import MODULES, MYPYC, CompiledParser
from hub.cli.plugins import is_compiled

ROOT = Path(__file__).parents[2]
NAMES = {module.removesuffix(".py").replace("/", ".") for module in MODULES}
PLAIN = {
    "plugins.hl7",  # says to the hub what there is
    "plugins.hl7.answering",  # of the door
    "plugins.hl7.kinds",  # of the header, once a message
    "plugins.hl7.whereabouts",  # for explaining
    "plugins.hl7.habits",  # worked out once for a feed, and knows the rooms, which know it
}
TABLES = ("plugins.hl7.codes", "plugins.hl7.datatypes", "plugins.hl7.events", "plugins.hl7.segments")


def test_what_a_message_passes_while_it_is_mapped_is_compiled_or_a_table_or_said_not_to_be() -> None:
    script = "import sys, plugins.hl7.parse; print(*(name for name in sys.modules if name.startswith('plugins.hl7')))"
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    passed = set(found.stdout.split())
    assert passed >= NAMES
    assert {name for name in passed - NAMES if not name.startswith(TABLES)} <= PLAIN


def test_nothing_is_asked_of_a_machine_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = _hook(tmp_path)
    for wanted, needed in (("", []), ("0", []), ("1", [MYPYC])):
        monkeypatch.setenv("HUITONG_COMPILED", wanted)
        assert hook.dependencies() == needed


def test_an_editable_install_is_never_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUITONG_COMPILED", "1")
    build: dict[str, object] = {"force_include": {}, "pure_python": True}
    _hook(tmp_path).initialize("editable", build)
    assert build == {"force_include": {}, "pure_python": True}
    assert not list(tmp_path.iterdir())


def test_what_was_compiled_in_place_is_not_older_than_its_source() -> None:
    older = [
        module
        for module in MODULES
        for suffix in EXTENSION_SUFFIXES
        if (made := (ROOT / module).with_suffix(suffix)).exists()
        and made.stat().st_mtime < (ROOT / module).stat().st_mtime
    ]
    assert older == [], "`make compiled` again, or `make plain`"


def test_the_hub_knows_whether_a_plugin_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name, library in (("machine_code", f"part{EXTENSION_SUFFIXES[0]}"), ("source_code", "part.py")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / library).touch()
        importlib.import_module(name)
    assert is_compiled("machine_code")
    assert not is_compiled("source_code:plugin")


def _hook(folder: Path) -> CompiledParser:
    return CompiledParser(str(folder), {}, None, None, str(folder), "wheel")  # type: ignore[arg-type]
