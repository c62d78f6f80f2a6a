"""One hub with a small district in it, served over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub import Hub
from hub.access import Access
from hub.audit import Audit
from hub.database import Database, Statement, open_database
from hub.migrations import prepare
from hub.records.reading import Records
from hub.schema import event
from hub.web.app import build
from hub.web.metrics import feed_registry
from hub.web.sealing import Seal
from hub.web.server import WebServer
from plugins.fhir import register_routes
from tests.hub.records import district
from tests.plugins.fhir.running import Running, running

EVENTS = Statement(
    select(
        event.c.client, event.c.action, event.c.resource_type, event.c.resource_id, event.c.persons, event.c.query,
        event.c.outcome, event.c.resources,
    ).order_by(event.c.id.desc())
)  # fmt: skip


@dataclass
class Served:
    """A hub, and a client that may read everything."""

    database: Database
    access: Access
    base: str
    http: httpx.Client

    def client(self, scopes: str, name: str = "another") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.access.create(name, scopes)}"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=20)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def json(self, path: str) -> dict[str, Any]:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ids(self, path: str, mode: str = "match") -> list[str]:
        """Ids of the matches over all pages."""
        seen: list[str] = []
        while path:
            bundle = self.json(path)
            entries = bundle.get("entry", [])
            seen += [entry["resource"]["id"] for entry in entries if entry["search"]["mode"] == mode]
            path = link(bundle, "next")
        return seen

    def audited(self) -> tuple[Any, ...]:
        """The newest row of the audit log: client, action, type, id, persons, query, outcome, resources."""
        with self.database.read() as connection:
            row = connection.row(EVENTS)
        assert row is not None
        return row


def link(bundle: dict[str, Any], relation: str) -> str:
    return next((one["url"] for one in bundle["link"] if one["relation"] == relation), "")


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(f"sqlite:///{tmp_path_factory.mktemp('fhir') / 'hub.db'}")


def serve(url: str) -> Iterator[Served]:
    database = open_database(url)
    prepare(database)
    district.settle(database)
    access, audit = Access(database), Audit(database)
    audit.start()
    hub = Hub(Records(database), access, audit, Seal(database))
    server = WebServer(build(register_routes(hub), {}, feed_registry(list)), "127.0.0.1:0")
    server.start()
    base = f"http://127.0.0.1:{server.port}/fhir/"
    headers = {"Authorization": f"Bearer {access.create('tests', 'system/*.rs')}"}
    with httpx.Client(base_url=base, headers=headers, timeout=20) as http:
        yield Served(database, access, base, http)
    server.stop()
    audit.stop()
    hub.close()
    database.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("running")) as found:
        yield found


@pytest.fixture
def clinic(hub: Running) -> Iterator[httpx.Client]:
    with hub.client("clinic") as client:
        yield client


@pytest.fixture
def police(hub: Running) -> Iterator[httpx.Client]:
    with hub.client("police") as client:
        yield client
