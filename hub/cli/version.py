"""``hub version``: what to write into a report about a fault."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version

import click

from hub.cli.options import with_json
from hub.cli.tables import put_json, put_table
from hub.language import _

LIBRARIES = ("click", "kombu", "msgspec", "pluggy", "pydantic", "sqlalchemy", "starlette", "uvicorn", "psycopg")


@click.command()
@with_json
def command(as_json: bool) -> None:
    found = versions()
    if as_json:
        put_json(found)
    else:
        put_table([_("part"), _("version")], [[name, number] for name, number in found.items() if number])


def versions() -> dict[str, str | None]:
    """Of the hub, Python, SQLite and the libraries; none for an extra that is not installed."""
    return {
        "huitong": _installed("huitong"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(terse=True),
        **{name: _installed(name) for name in LIBRARIES},
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
