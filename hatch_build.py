"""Compiles the HL7 parser with mypyc where it is asked for: ``HUITONG_COMPILED=1 pip install .`` or ``make compiled``.

See docs/decisions/0015-compiled-parser.md. Without it the hub is Python alone, and needs no compiler.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
HL7 = Path("plugins", "hl7")
PARTS = {
    "": "alike changes delimiters draft entries keeping lexer limits numbers parse printable reader rows split",
    "datatypes": "coded identified moment named number parts reached staffed",
    "events": "event",
    "segments": "documents doses medicines orders quantity roles staff timing values msh nte obr obx orc pid pv1 rxa",
}
"""What most messages pass on their way from text to resources, by folder. Compiling the other segments too would
multiply the time it takes: most of each is a table, which is read once."""
MODULES = sorted(str(HL7 / folder / f"{name}.py") for folder, names in PARTS.items() for name in names.split())
GROUP = "huitong_hl7"
"""They are one library, in which calls from module to module are calls of C."""
MYPYC = "mypy[mypyc]>=1.18"
_OPTIONS = (
    *("--config-file=", "--namespace-packages", "--explicit-package-bases"),
    *("--no-site-packages", "--ignore-missing-imports", "--follow-imports=silent"),  # whatever else is installed
)


class CompiledParser(BuildHookInterface[Any]):
    """What hatchling asks while it builds a wheel."""

    def dependencies(self) -> list[str]:
        return [MYPYC] if _wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or not _wanted():
            return
        folder = Path(self.directory) / "compiled"
        build_data["force_include"] |= {str(made): str(made.relative_to(folder)) for made in compiled(folder)}
        build_data["pure_python"], build_data["infer_tag"] = False, True


def compiled(into: Path) -> list[Path]:
    """One library that holds the code, and a small one for each module, beside its source, which Python prefers."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    os.chdir(ROOT)  # module names are paths from here
    _remove(into)
    with tempfile.TemporaryDirectory() as scratch:
        extensions = mypycify([*_OPTIONS, *MODULES], group_name=GROUP, target_dir=scratch, opt_level="2")
        command = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(into), scratch
        command.ensure_finalized()
        command.run()
    return sorted(_made(into))


def _wanted() -> bool:
    return os.environ.get("HUITONG_COMPILED", "") not in {"", "0"}


def _made(within: Path) -> Iterator[Path]:
    for suffix in EXTENSION_SUFFIXES:
        yield from within.glob(f"{GROUP}__mypyc{suffix}")
        yield from (within / HL7).rglob(f"*{suffix}")


def _remove(within: Path) -> None:
    for made in set(_made(within)):
        made.unlink()


if __name__ == "__main__":
    if sys.argv[1:] == ["plain"]:
        _remove(ROOT)
    else:
        compiled(ROOT)
