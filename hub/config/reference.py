"""The reference of all keys, written from the models that read them: ``python -m hub.config.reference``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hub.config.mistakes import model_in
from hub.config.models import AlarmFile, DestinationFile, FeedFile, HubFile
from hub.config.reading import NO_ALARMS, NO_SENDERS
from hub.config.survivorship import Order, SurvivorshipFile
from hub.loader import AdapterType, AlarmType, SenderType

INTRODUCTION = """# Configuration reference

<!-- Written by `python -m hub.config.reference`; change the models instead. -->

`hub.toml`, `feeds/<feed>.toml`, `destinations/<destination>.toml`, `alarms/<alarm>.toml` and
`identity/survivorship.toml` stand in the folder that `--config` or `HUB_CONFIG` names, else in `./config`.
Relative paths are relative to that folder. A key that is not listed here is a mistake; `hub check` names its line.
A secret is better pointed at than written down: `{ file = "…" }` or `{ env = "…" }`.
"""
HEAD = "| key | value | default | meaning |\n|---|---|---|---|"


def page(
    adapters: Mapping[str, AdapterType],
    alarms: Mapping[str, AlarmType] = NO_ALARMS,
    senders: Mapping[str, SenderType] = NO_SENDERS,
) -> str:
    parts = [INTRODUCTION, "## hub.toml\n", *_sections(HubFile, ()), "## feeds/<feed>.toml\n", *_sections(FeedFile, ())]
    for name, adapter in sorted(adapters.items()):
        parts += [f'## Settings of `adapter = "{name}"`\n', *_sections(adapter.Settings, ("settings",))]
    parts += ["## destinations/<destination>.toml\n", *_sections(DestinationFile, ())]
    for name, sender in sorted(senders.items()):
        parts += [f'## Routes of `sender = "{name}"`\n', *_sections(sender.Route, ("[route]",))]
        parts += [f'## Settings of `sender = "{name}"`\n', *_sections(sender.Settings, ("settings",))]
    parts += ["## alarms/<alarm>.toml\n", *_sections(AlarmFile, ())]
    for name, alarm in sorted(alarms.items()):
        parts += [f'## Settings of `alarm = "{name}"`\n', *_sections(alarm.Settings, ("settings",))]
    parts += ["## identity/survivorship.toml\n", *_sections(SurvivorshipFile, ())]
    return "\n".join(parts)


def _sections(model: type[BaseModel], under: tuple[str, ...]) -> Iterator[str]:
    rows = [_row(field.alias or name, field) for name, field in model.model_fields.items() if not _inner(field)]
    about = "" if not under else f"`[{'.'.join(under)}]` {_about(model)}".rstrip() + "\n\n"
    yield about + "\n".join([HEAD, *rows]) + "\n"
    for name, field in model.model_fields.items():
        if inner := _inner(field):
            yield from _sections(inner, (*under, name))


def _inner(field: FieldInfo) -> type[BaseModel] | None:
    return model_in(field.annotation)


def _about(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _row(name: str, field: FieldInfo) -> str:
    default = "" if field.is_required() else f"`{_written(field.get_default(call_default_factory=True))}`"
    about = re.sub(r"\s+", " ", field.description or "")
    return f"| `{name}` | {_kind(field)} | {default or 'required'} | {about} |"


def _kind(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{json.dumps(value)}`" for value in get_args(field.annotation))
    limits = [_limit(rule) for rule in field.metadata]
    return " ".join(filter(None, [_KINDS.get(field.annotation, "text"), *limits]))


def _limit(rule: Any) -> str:
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    return "".join(f"{sign} {getattr(rule, name)}" for name, sign in signs.items() if hasattr(rule, name))


def _written(value: Any) -> str:
    """As TOML has it."""
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    if isinstance(value, dict | None) or value == []:
        return "none"
    return json.dumps(value, ensure_ascii=False, default=str)


_KINDS: dict[Any, str] = {
    bool: "`true` or `false`",
    int: "whole number",
    float: "number",
    float | str: '`"model"` or number',
    int | Literal["model"]: '`"model"` or whole number ≥ 2',
    Order: "list of texts",
    dict[str, str]: "table of texts",
    dict[str, Any]: "table",
    list[str]: "list of texts",
    list[dict[str, Any]]: "tables",
    dict[str, str | list[str]]: "table of texts or lists of texts",
}


if __name__ == "__main__":
    from hub.loader import load_plugins

    plugins = load_plugins()
    print(page(plugins.adapters(), plugins.alarms(), plugins.senders()), end="")  # noqa: T201 - a page for whoever asked
