"""Health, readiness, metrics, and what happens when a plugin's route fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.web.app import build
from hub.web.metrics import feed_registry
from hub.web.server import WebServer

CANARY = "11010119900307002X"


@dataclass
class Figures:
    feed: str = "hospital"
    received: int = 10
    waiting: int = 1
    applied: int = 5
    skipped: int = 2
    parked: int = 1
    refused: int = 1
    reused: int = 3
    resent: int = 4
    last_received: datetime = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass
class Site:
    checks: dict[str, Any] = field(default_factory=dict)
    http: httpx.Client = field(default_factory=httpx.Client)


async def failing(_request: Request) -> Response:
    raise ValueError(CANARY)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    app = build([Route("/failing", failing)], site.checks, feed_registry(lambda: [Figures()]))
    server = WebServer(app, "127.0.0.1:0")
    server.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}") as http:
        site.http = http
        yield site
    server.stop()


def ready(site: Site, checks: Mapping[str, Any]) -> httpx.Response:
    site.checks.clear()
    site.checks.update(checks)
    return site.http.get("/readyz")


def test_it_is_alive(site: Site) -> None:
    assert site.http.get("/livez").status_code == 200


def test_it_is_ready_only_when_everything_says_so(site: Site) -> None:
    good = ready(site, {"database": lambda: True, "worker": lambda: True})
    assert (good.status_code, good.json()) == (200, {"ready": True, "checks": {"database": True, "worker": True}})
    bad = ready(site, {"database": lambda: True, "worker": lambda: False})
    assert (bad.status_code, bad.json()["checks"]) == (503, {"database": True, "worker": False})


def test_a_check_that_raises_does_not_hold(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    def raises() -> bool:
        raise RuntimeError(CANARY)

    answer = ready(site, {"worker": raises})
    assert (answer.status_code, answer.json()["checks"]) == (503, {"worker": False})
    assert CANARY not in answer.text + caplog.text


def test_metrics_show_each_feed(site: Site) -> None:
    families = text_string_to_metric_families(site.http.get("/metrics").text)
    samples = {(one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples}
    assert samples["hub_messages_received_total", "hospital"] == 10
    assert samples["hub_messages_waiting", "hospital"] == 1
    assert samples["hub_messages_settled_total", "applied", "hospital"] == 5
    assert samples["hub_messages_settled_total", "hospital", "parked"] == 1
    assert samples["hub_last_message_timestamp_seconds", "hospital"] == 1_704_067_200
    assert samples["hub_messages_resent_total", "hospital"] == 4
    assert samples["hub_message_keys_reused_total", "hospital"] == 3


def test_a_fault_of_ours_says_nothing_of_the_request(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = site.http.get("/failing", params={"name": CANARY})
    assert answer.status_code == 500
    assert "ValueError" in caplog.text
    ours = [record for record in caplog.records if not record.name.startswith("http")]
    assert not any(CANARY in record.getMessage() + str(record.exc_info) for record in ours)
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("POST", "/nothing", 404, "not-found"),
        ("POST", "/livez", 405, "not-supported"),
    ],
)
def test_what_is_not_there_is_said_in_an_outcome(site: Site, method: str, path: str, status: int, code: str) -> None:
    answer = site.http.request(method, path)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/fhir+json")
    assert ("allow" in answer.headers) == (status == 405)
