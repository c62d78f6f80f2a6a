"""``hub plugins``: what is loaded, and why something is not."""

from __future__ import annotations

import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import click

from hub.cli.exits import FAILED, OK
from hub.cli.options import with_json
from hub.cli.tables import put_json, put_table, say
from hub.language import _, preferred


@click.command()
@with_json
def command(as_json: bool) -> int:
    rows = listed()
    if as_json:
        put_json(rows)
    else:
        put_table(
            [_("plugin"), _("version"), _("adapters"), _("senders"), _("alarms"), _("state")],
            [
                [
                    *(row["plugin"], row["version"]),
                    *(", ".join(row[offered]) for offered in ("adapters", "senders", "alarms")),
                    row["reason"] or _("loaded"),
                ]
                for row in rows
            ],
        )
    broken = [row for row in rows if row["state"] != "loaded"]
    if broken:
        say(_("{count} not loaded; the others run", count=len(broken)))
    return FAILED if broken else OK


def listed() -> list[dict[str, Any]]:
    from hub.loader import load_plugins

    plugins = load_plugins()
    loaded = [
        {
            "plugin": plugin.name,
            "state": "loaded",
            "module": plugin.module,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "adapters": [adapter.name for adapter in plugin.adapters],
            "senders": [sender.name for sender in plugin.senders],
            "alarms": [alarm.name for alarm in plugin.alarms],
            "compiled": is_compiled(plugin.module),
            "reason": None,
        }
        for plugin in plugins.loaded
    ]
    return loaded + [
        {
            "plugin": broken.name,
            "state": "broken",
            "module": broken.module,
            "distribution": None,
            "version": None,
            "adapters": [],
            "senders": [],
            "alarms": [],
            "compiled": False,
            "reason": broken.reason.text.render(preferred()),
        }
        for broken in plugins.broken
    ]


def is_compiled(module: str) -> bool:
    """Whether parts of a loaded package are machine code, which Python prefers to the source beside it."""
    folders = getattr(sys.modules.get(module.partition(":")[0]), "__path__", ())
    files = (path.name for folder in folders for path in Path(folder).rglob("*"))
    return any(name.endswith(tuple(EXTENSION_SUFFIXES)) for name in files)
