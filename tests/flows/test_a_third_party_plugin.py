"""A third-party plugin, as docs/plugins shows it: installed, found by its entry point, its doses in the record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from benchmarks.running import HOST, RunningHub, prepared_hub

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "docs" / "plugins" / "county-vaccination"
DOSES = PLUGIN / "tests" / "samples" / "doses.csv"
ID_NUMBER = "990101202403050026"
"""Of an invented child in the sample, who was given two doses."""


@pytest.fixture(scope="module")
def _installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(PLUGIN)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(target), str(ROOT)]))
        yield


@pytest.fixture(scope="module")
def hub(_installed: None) -> Iterator[RunningHub]:
    with prepared_hub() as hub:
        feed = 'adapter = "county_vaccination"\n\n[settings]\ncards = "urn:oid:2.999.7"\n'
        (hub.folder / "feeds" / "county.toml").write_text(feed)
        hub.start()
        hub.say("submit", "county", str(DOSES))
        hub.drain()
        yield hub


def test_it_is_a_page_long() -> None:
    assert len((PLUGIN / "hub_county_vaccination.py").read_text().splitlines()) <= 60


def test_it_is_found_by_its_entry_point(hub: RunningHub) -> None:
    plugins = json.loads(hub.say("plugins", "--json"))
    assert ["county_vaccination"] in [plugin["adapters"] for plugin in plugins]


@pytest.mark.usefixtures("_installed")
def test_it_passes_its_own_tests_which_are_the_contract() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        os.devnull,
        "--rootdir",
        str(PLUGIN),
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.run([*command, str(PLUGIN / "tests")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "11 passed" in ran.stdout


def test_its_message_is_applied(hub: RunningHub) -> None:
    (feed,) = (feed for feed in json.loads(hub.say("feeds", "--json")) if feed["feed"] == "county")
    assert (feed["received"], feed["applied"], feed["parked"]) == (1, 1, 0)


def test_its_doses_are_in_the_record_of_the_child(hub: RunningHub) -> None:
    token = hub.say("token", "test", "--scope", "system/*.rs").split()[-1]
    (child,) = _found(hub, token, f"Patient?identifier={quote(f'urn:oid:2.16.156.10011.1.3|{ID_NUMBER}')}")
    everything = _found(hub, token, f"Patient/{child['id']}/$everything")
    given = [found["occurrenceDateTime"] for found in everything if found["resourceType"] == "Immunization"]
    assert sorted(given) == ["2024-03-05", "2024-03-06"]


def _found(hub: RunningHub, token: str, question: str) -> list[dict[str, Any]]:
    request = Request(f"http://{HOST}:{hub.web}/fhir/{question}", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request) as answer:
        return [entry["resource"] for entry in json.load(answer).get("entry", [])]
