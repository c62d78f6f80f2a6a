"""A hub that runs with an alarm, and the files that name alarms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pluggy
import pytest

from hub import hookspecs
from hub.adapter import Settings
from hub.alarm import Alarm, Alert, Change
from hub.app import App
from hub.config import HubConfig, Mistakes, load
from hub.database import open_database
from hub.loader import Plugin, Plugins
from hub.migrations import prepare
from hub.review import Question, open_review
from hub.watch.figures import UNMAPPED
from tests.hub.spine import Obedient, until


class BellSettings(Settings):
    tower: str


class Bell(Alarm[BellSettings]):
    name = "bell"
    Settings = BellSettings
    heard: ClassVar[list[tuple[str, str, Change]]] = []

    def tell(self, alert: Alert, change: Change) -> None:
        self.heard.append((self.settings.tower, alert.subject, change))


@pytest.fixture(autouse=True)
def silence() -> Iterator[None]:
    yield
    Bell.heard.clear()


def plugins() -> Plugins:
    manager = pluggy.PluginManager("hub")
    manager.add_hookspecs(hookspecs)
    return Plugins(manager, [Plugin("bell", "bell", "", "", (Obedient,), (), (Bell,))])


def configured(folder: Path, alarm: str) -> HubConfig:
    for name in ("feeds", "alarms"):
        (folder / name).mkdir()
    (folder / "hub.toml").write_text("[watch]\nevery_seconds = 1\n")
    (folder / "feeds" / "north.toml").write_text('adapter = "obedient"\n')
    (folder / "alarms" / "duty.toml").write_text(alarm)
    found = plugins()
    return load(folder, found.adapters(), found.broken, found.senders(), found.alarms())


def test_a_hub_that_runs_tells_its_alarms(tmp_path: Path) -> None:
    config = configured(tmp_path, 'alarm = "bell"\nkinds = ["unmapped"]\n[settings]\ntower = "west"\n')
    with closing(open_database(config.database_url, base=tmp_path)) as database:
        prepare(database)
        question = Question(UNMAPPED, "unmapped_code/north/sex/X", "north", None, (), {})
        database.serially(lambda connection: open_review(connection, question))
    app = App(config, plugins(), ["schedule"])
    app.start()
    try:
        until(lambda: Bell.heard)
    finally:
        app.stop()
    assert Bell.heard == [("west", "north", "began")]


@pytest.mark.parametrize(
    ("alarm", "mistake"),
    [
        ('alarm = "bel"', '1: alarm: "bel" is not known; did you mean "bell"?'),
        ('alarm = "siren"', '1: alarm: there is no alarm "siren"; the plugins here offer bell'),
        ('alarm = "bell"\n[settings]\ntower = 3', "3: settings.tower: "),
        (
            'alarm = "bell"\nkinds = ["night"]\n[settings]\ntower = "west"',
            '2: kinds: must be "*" or a list of silent, ',
        ),
    ],
)
def test_a_mistake_in_an_alarms_file_is_named_at_its_line(tmp_path: Path, alarm: str, mistake: str) -> None:
    with pytest.raises(Mistakes) as raised:
        configured(tmp_path, alarm)
    [found] = raised.value.mistakes
    assert f"{found.file.name}:{found.line}: {found.key}: {found.text}".startswith(f"duty.toml:{mistake}")


@pytest.mark.parametrize("silence", ['"of"', "0", "true", "1.5", "[]"])
def test_silence_is_auto_off_or_seconds(tmp_path: Path, silence: str) -> None:
    configured(tmp_path, 'alarm = "bell"\n[settings]\ntower = "west"\n')
    (tmp_path / "feeds" / "north.toml").write_text(f'adapter = "obedient"\nsilence = {silence}\n')
    with pytest.raises(Mistakes) as raised:
        load(tmp_path, plugins().adapters(), alarms=plugins().alarms())
    [found] = raised.value.mistakes
    assert (found.line, str(found.text)) == (2, 'must be "auto", "off" or a number of seconds')
