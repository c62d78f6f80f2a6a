"""The documentation names what there is, and what it shows works."""

from __future__ import annotations

import importlib.util
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

import hub.hookspecs
from hub import Adapter
from hub.cli import Verbs
from hub.cli import hub as hub_of_verbs
from hub.config import SurvivorshipFile, load
from hub.config.models import HubFile
from hub.loader import load_plugins

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").rglob("*.md")])
COUNTY_VACCINATION = ROOT / "docs" / "plugins" / "county-vaccination" / "hub_county_vaccination.py"
TOML_BLOCKS = [
    (str(page.relative_to(ROOT)), block)
    for page in PAGES
    for block in re.findall(r"^```toml\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)
]
SHOWN = sorted(
    {
        found.strip()
        for page in PAGES
        for found in re.findall(r"(?:^\$ |`)hub ([a-z][^`\n|#]*)", page.read_text(), re.MULTILINE)
    }
)
FOLDERS = {"adapter": "feeds", "sender": "destinations", "alarm": "alarms"}
HOOKS = [name for name in vars(hub.hookspecs) if name.startswith("register_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented_with_its_arguments(hook: str) -> None:
    arguments = ", ".join(inspect.signature(getattr(hub.hookspecs, hook)).parameters)
    assert f"`{hook}({arguments})`" in (ROOT / "docs" / "plugins" / "README.md").read_text()


@pytest.mark.parametrize("shown", SHOWN)
def test_every_command_in_the_documentation_exists_with_its_options(shown: str) -> None:
    verb, *arguments = shown.split()
    command = _verbs().get_command(click.Context(_verbs()), verb)
    assert command is not None
    subverbs = command.commands if isinstance(command, click.Group) else {}
    called = [command, *(subverbs[argument] for argument in arguments if argument in subverbs)]
    known = {option for one in called for parameter in one.params for option in parameter.opts} | {"--help"}
    assert {argument for argument in arguments if argument.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize(("page", "block"), TOML_BLOCKS)
def test_every_toml_block_is_a_configuration_that_loads(page: str, block: str, tmp_path: Path) -> None:
    written = tomllib.loads(block)
    if written.keys() <= SurvivorshipFile.model_fields.keys():
        assert SurvivorshipFile.model_validate(written), page
        return
    folder = next((FOLDERS[key] for key in written if key in FOLDERS), None)
    for each in FOLDERS.values():
        (tmp_path / each).mkdir()
    (tmp_path / "hub.toml").write_text("" if folder else block)
    if folder:
        (tmp_path / folder / "example.toml").write_text(block)
    for feed in written.get("feeds", ()):
        (tmp_path / "feeds" / f"{feed}.toml").write_text('adapter = "hl7"\nsettings.listen = "127.0.0.1:1"\n')
    plugins = load_plugins()
    adapters = {**plugins.adapters(), "county_vaccination": _county_vaccination()}
    loaded = load(tmp_path, adapters, senders=plugins.senders(), alarms=plugins.alarms())
    found = {"feeds": loaded.feeds, "destinations": loaded.destinations, "alarms": loaded.alarms}
    assert folder is None or "example" in found[folder], page


def test_hub_toml_in_the_documentation_shows_every_key_with_its_default() -> None:
    (whole,) = (block for page, block in TOML_BLOCKS if page.endswith("configuration.md") and "[work]" in block)
    assert HubFile.model_validate(tomllib.loads(whole)) == HubFile()
    assert _keys(tomllib.loads(whole)) == _keys(HubFile().model_dump())


def _verbs() -> Verbs:
    verbs = hub_of_verbs()
    assert isinstance(verbs, Verbs)
    return verbs


def _keys(table: dict[str, Any]) -> set[str]:
    return {f"{name}.{key}" for name, value in table.items() for key in (value if isinstance(value, dict) else ("",))}


def _county_vaccination() -> type[Adapter[Any]]:
    spec = importlib.util.spec_from_file_location("hub_county_vaccination", COUNTY_VACCINATION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    adapter: type[Adapter[Any]] = module.CountyVaccination
    return adapter


def test_every_decision_says_why_and_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    for page in folder.glob("[0-9]*.md"):
        assert "## Why" in page.read_text(), page.name
        assert f"({page.name})" in listed, page.name
