"""A configuration with one feed of paper slips, and the command line in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from hub import (
    Adapter,
    Claim,
    FieldFate,
    Message,
    ParseError,
    Payload,
    RecordUpdate,
    Refusal,
    Resource,
    Settings,
    Text,
    UnsupportedMessage,
    cli,
    hookimpl,
    loader,
)
from hub.cli.exits import ended
from hub.cli.outline import outline
from hub.database import Database, open_database
from hub.migrations import prepare
from hub.pipeline import Pipeline


class Slips(Adapter[Settings]):
    """A slip is a key, a resident's number and what was seen, a word each; its first letter says what is wrong."""

    name = "slips"

    def admit(self, body: bytes) -> Payload:
        refused = Refusal("blank", Text("a slip needs a key"), "line 1") if body.startswith(b"?") else None
        return Payload(body, body.decode().split(" ")[0], sender="desk", notes={"paper": "white"}, refusal=refused)

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        if message.body.startswith(b"garbled"):
            raise ParseError("the number of {what} is missing", place="word 2", what="the resident")
        if message.body.startswith(b"useless"):
            raise UnsupportedMessage("slips of this colour are of no use")
        key, number, seen = message.body.decode().split(" ")
        observation = {"resourceType": "Observation", "status": "final", "code": {"text": seen}}
        patient = {"resourceType": "Patient", "identifier": [{"system": "urn:slips", "value": number}]}
        yield RecordUpdate(Claim(number, patient), (Resource(key, observation),))

    def explain(self, message: Message) -> Iterable[FieldFate]:
        for place, word in enumerate(message.body.decode().split(" "), 1):
            yield FieldFate(f"word {place}", "word", word, "mapped", "Observation.code")


class PlugIn:
    @hookimpl
    def register_adapters(self) -> list[type[Adapter[Any]]]:
        return [Slips]


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Hub = Callable[..., Answer]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``hub.toml`` and the feed ``desk``; the plugin of slips is the only one installed."""
    module: Any = ModuleType("slips_for_tests")
    module.plugin = PlugIn()
    monkeypatch.setitem(sys.modules, "slips_for_tests", module)
    entry = EntryPoint("slips", "slips_for_tests:plugin", loader.GROUP)
    monkeypatch.setattr(loader, "entry_points", lambda **_group: [entry])
    (tmp_path / "feeds").mkdir()
    (tmp_path / "hub.toml").write_text('database = "sqlite:///hub.db"\n')
    (tmp_path / "feeds" / "desk.toml").write_text('adapter = "slips"\n')
    monkeypatch.setenv("HUB_CONFIG", str(tmp_path))
    monkeypatch.setenv("HUB_LANG", "en")
    return tmp_path


@pytest.fixture
def hub(directory: Path, capsys: pytest.CaptureFixture[str]) -> Hub:
    """Runs one command: ``hub("feeds", "--json")``."""

    def run(*arguments: str) -> Answer:
        assert directory.is_dir()
        code = ended(cli.hub, arguments)
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def slip(hub: Hub, directory: Path) -> Callable[[str], Answer]:
    """Submits one: ``slip("A1 007 cough")``."""

    def submit(text: str) -> Answer:
        (directory / "slip").write_text(text)
        return hub("submit", "desk", str(directory / "slip"), "--json")

    return submit


@pytest.fixture
def work(directory: Path) -> Callable[[], None]:
    """Settles all that waits, as a hub that runs would."""

    def settle() -> None:
        with closing(opened(directory)) as database:
            Pipeline(database, {"desk": Slips("desk", Settings())}).step("desk")

    return settle


def opened(directory: Path) -> Database:
    """The database of the configuration, with its tables."""
    database = open_database(outline(directory).database_url, base=directory)
    prepare(database)
    return database
