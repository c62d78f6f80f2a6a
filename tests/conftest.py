"""What every test may ask for: a fresh database and a bus, each on both back ends."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests import keeper, servers
from tests.absent import left_out


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.open_session()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.close_session()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of this test's own, once a SQLite file and once a PostgreSQL database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.db'}"
    else:
        yield from _postgres_database(_server("postgresql"))


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database of this test's own."""
    yield from _postgres_database(_server("postgresql"))


@pytest.fixture(params=["memory", "rabbitmq"])
def bus_url(request: pytest.FixtureRequest) -> str:
    """A bus of this test's own: kombu in memory, and a virtual host of RabbitMQ."""
    return "memory://" if request.param == "memory" else _virtual_host(_server("rabbitmq"))


@pytest.fixture
def rabbitmq_url() -> str:
    """A virtual host of RabbitMQ of this test's own."""
    return _virtual_host(_server("rabbitmq"))


def _server(kind: str) -> str:
    try:
        return servers.url(kind)
    except servers.Missing as missing:
        left_out(missing)


def _postgres_database(server: str) -> Iterator[str]:
    name = f"hub_test_{secrets.token_hex(6)}"
    conninfo = server.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(conninfo, autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(conninfo, autocommit=True) as administrator:
            administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _virtual_host(server: str) -> str:
    """One of those made at start, in turn: what an earlier test left in it is bells for nothing."""
    if servers.NAMED_BY["rabbitmq"] in os.environ:
        return server
    return f"{server}test-{servers.next_number('vhost') % keeper.VHOSTS}"
