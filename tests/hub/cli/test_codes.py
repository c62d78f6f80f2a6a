"""``hub codes`` and ``hub review`` of codes: what a person at the terminal sees and does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.cli.conftest import Hub, directory, hub

__all__ = ["directory", "hub"]

MAP = "code,display,standard_code,standard_system,note\n1,阳性,2,urn:x:rh,by the laboratory\n"


@pytest.fixture
def rh(directory: Path) -> Path:
    (directory / "codes").mkdir()
    (directory / "codes" / "rh.csv").write_text(MAP)
    return directory / "codes" / "rh.csv"


@pytest.mark.usefixtures("rh")
def test_maps_are_listed_and_shown(hub: Hub) -> None:
    assert hub("codes", "list", "--json").data == [{"map": "rh", "feed": "", "rows": 1}]
    assert "rh" in hub("codes", "list").out
    (row,) = hub("codes", "show", "rh", "--json").data
    assert (row["code"], row["standard_code"]) == ("1", "2")
    assert "阳性" in hub("codes", "show", "rh").out
    assert hub("codes", "show", "nothing").code == 3
    assert hub("codes", "show", "../hub").code == 7


@pytest.mark.usefixtures("rh")
def test_what_is_exported_is_imported_again(hub: Hub, tmp_path: Path) -> None:
    exported = hub("codes", "export", "rh", "--format", "json").out
    assert json.loads(exported)["resourceType"] == "ConceptMap"
    (tmp_path / "given.json").write_text(exported)

    done = hub("codes", "import", str(tmp_path / "given.json"), "--map", "rh", "--feed", "desk", "--json")

    assert done.code == 0
    there, here = (hub("codes", "show", "rh", *feed, "--json").data for feed in ((), ("--feed", "desk")))
    assert there == here


def test_a_map_with_mistakes_is_not_imported(hub: Hub, rh: Path, tmp_path: Path) -> None:
    (tmp_path / "rh.csv").write_text("code,standard_code\n1,a\n1,b\n")
    done = hub("codes", "import", str(tmp_path / "rh.csv"))
    assert done.code == 4
    assert "rh.csv:3: 1 stands in line 2 already" in done.err
    assert rh.read_text() == MAP
    assert hub("codes", "import", str(tmp_path / "rh.csv"), "--feed", "nobody").code == 3


@pytest.mark.usefixtures("directory")
def test_only_a_question_about_a_code_is_decided(hub: Hub) -> None:
    assert hub("review", "decide", "99", "--code", "male").code == 3
    assert hub("review", "list", "--kind", "unmapped_code").code == 0
