"""A hub that takes in what its clients send over FHIR, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from hub.app import App
from hub.cli.opening import performing
from hub.config import load
from hub.database import Database, Statement, open_database
from hub.demo.ports import free_port
from hub.loader import load_plugins
from hub.settlement import Settlements

ID = "urn:oid:2.16.156.10011.1.3"
OWN = "urn:oid:2.999.7"
FEEDS = {
    "clinic": f'client = "clinic"\nown_system = "{OWN}"\n',
    "police": 'client = "police"\n',
    "twice": 'client = "torn"\n',
    "thrice": 'client = "torn"\n',
}


@dataclass
class Running:
    app: App
    base: str
    directory: Path
    database: Database

    def client(self, name: str, scopes: str = "system/*.cruds") -> httpx.Client:
        with performing(self.directory) as perform:
            token = perform("create_token", name=name, scopes=scopes, days=1)["token"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=30)

    def sql(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return connection.rows(Statement(text(sql)), **values)

    def statuses(self, feed: str) -> list[str]:
        """Of a feed's messages, oldest first: refused, or what became of them."""
        found = Settlements(self.database).messages(feed=feed)
        return [one.status for one in sorted(found, key=lambda one: one.id)]


@contextmanager
def running(directory: Path) -> Iterator[Running]:
    (directory / "feeds").mkdir()
    port = free_port()
    (directory / "hub.toml").write_text(f'[web]\nlisten = "127.0.0.1:{port}"\n')
    for feed, settings in FEEDS.items():
        (directory / "feeds" / f"{feed}.toml").write_text(f'adapter = "fhir"\n[settings]\n{settings}')
    plugins = load_plugins()
    config = load(directory, plugins.adapters())
    app = App(config, plugins)
    app.start()
    database = open_database(config.database_url, base=directory, writable=False)
    try:
        yield Running(app, f"http://127.0.0.1:{port}/fhir", directory, database)
    finally:
        database.close()
        app.stop()


def patient(number: str = "", called: str = "", **elements: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Patient"}
    if number:
        found["identifier"] = [{"system": OWN, "value": number}]
    if called:
        found["name"] = [{"text": called}]
    return found | elements


def entry(resource: dict[str, Any], method: str = "", url: str = "", full_url: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"resource": resource}
    if full_url:
        found["fullUrl"] = full_url
    if method:
        found["request"] = {"method": method, "url": url or resource["resourceType"]}
    return found


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def asked(**values: Any) -> dict[str, Any]:
    """Parameters; a name may hold ``_`` for ``-``, its value is a reference, a flag, a number or a resource."""
    parts = [part for name, value in values.items() for part in _parts(name.replace("_", "-"), value)]
    return {"resourceType": "Parameters", "parameter": parts}


def _parts(name: str, value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [part for one in value for part in _parts(name, one)]
    if isinstance(value, bool):
        return [{"name": name, "valueBoolean": value}]
    if isinstance(value, int):
        return [{"name": name, "valueInteger": value}]
    if isinstance(value, dict):
        return [{"name": name, "resource" if "resourceType" in value else "valueIdentifier": value}]
    reference = {"valueReference": {"reference": value}}
    return [{"name": name} | (reference if value.startswith("Patient/") else {"valueString": value})]
