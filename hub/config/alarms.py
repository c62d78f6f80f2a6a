"""Reads alarms/*.toml: who is told of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.alarm import Alarm
from hub.config.files import File
from hub.config.mistakes import nearest
from hub.config.models import AlarmConfig, AlarmFile
from hub.language import Text
from hub.loader import Broken

Alarms = Mapping[str, type[Alarm[Any]]]


def alarm(file: File, alarms: Alarms, broken: Sequence[Broken]) -> AlarmConfig | None:
    written = None if file.content is None else file.read(AlarmFile, file.content)
    if written is None:
        return None
    kind = alarms.get(written.alarm)
    if kind is None:
        file.wrong(_unknown(written.alarm, alarms, broken), "alarm")
        return None
    settings = file.read(kind.Settings, written.settings, "settings")
    if settings is None:
        return None
    kinds = None if written.kinds == "*" else frozenset(written.kinds)
    return AlarmConfig(file.path.stem, written.alarm, settings, kinds, written.enabled)


def _unknown(name: str, alarms: Alarms, broken: Sequence[Broken]) -> Text:
    known = sorted(alarms)
    if near := nearest(name, known):
        return Text("{given} is not known; did you mean {near}?", {"given": f'"{name}"', "near": f'"{near}"'})
    args: dict[str, Any] = {"given": f'"{name}"', "known": ", ".join(known) or "-"}
    if not broken:
        return Text("there is no alarm {given}; the plugins here offer {known}", args)
    why = next((each.reason.text for each in broken if each.name == name), broken[0].reason.text)
    return Text("there is no alarm {given}; the plugins here offer {known}; {why}", args | {"why": why})
