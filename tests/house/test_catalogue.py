"""Everything the hub says to people is said in Chinese too."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import re
from pathlib import Path

import pytest

from hub.language import CHINESE, LOCALES

ROOT = Path(__file__).parents[2]
FOLDER = LOCALES / CHINESE / "LC_MESSAGES"


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    """Translations by msgid, as the .po file writes them; the header is the empty one."""
    text = "\n".join(line for line in (FOLDER / "hub.po").read_text().splitlines() if not line.startswith("#"))
    entries = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n?)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)', text, re.MULTILINE)
    return {_joined(msgid): _joined(msgstr) for msgid, msgstr in entries}


def test_nothing_is_left_untranslated(catalogue: dict[str, str]) -> None:
    assert len(catalogue) > 100
    assert [msgid for msgid, msgstr in catalogue.items() if not msgstr] == []
    assert "#, fuzzy" not in (FOLDER / "hub.po").read_text()


def test_a_translation_names_the_same_places(catalogue: dict[str, str]) -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)[^}]*\}", text))

    assert [msgid for msgid, msgstr in catalogue.items() if msgid and places(msgid) != places(msgstr)] == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: dict[str, str]) -> None:
    with (FOLDER / "hub.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert [msgid for msgid, msgstr in catalogue.items() if msgid and compiled.gettext(msgid) != msgstr] == []


def test_every_sentence_of_the_code_is_in_the_catalogue(catalogue: dict[str, str]) -> None:
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / ".ci" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert sorted(tool.gathered().keys() - catalogue.keys()) == []


def _joined(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.splitlines())
