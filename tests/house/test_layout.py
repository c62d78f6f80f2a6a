"""Every module is one thought with a name."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted(path for part in ("hub", "plugins", "benchmarks") for path in (ROOT / part).rglob("*.py"))
MODULES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}


def test_the_rules_below_see_the_modules() -> None:
    assert ROOT / "hub" / "errors.py" in PRODUCT


@pytest.mark.parametrize("module", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_shorter_than_350_lines(module: Path) -> None:
    assert len(module.read_text().splitlines()) < 350


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_named_for_what_it_does(module: Path) -> None:
    assert not NAMELESS & {part.removesuffix(".py") for part in module.relative_to(ROOT).parts}


def test_every_plugin_folder_has_the_same_shape() -> None:
    for folder in (path for path in (ROOT / "plugins").iterdir() if (path / "__init__.py").exists()):
        assert (folder / "README.md").exists(), folder.name
        if (folder / "adapter.py").exists():
            assert (folder / "settings.py").exists(), folder.name
            assert (folder / "parse.py").exists() or (folder / "parse").is_dir(), folder.name
