"""The servers of the tests are there, empty, and this test's own."""

from __future__ import annotations

import kombu
from sqlalchemy import create_engine, inspect, text


def test_every_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("CREATE TABLE left_behind (number INTEGER)"))
    engine.dispose()


def test_the_next_test_does_not_see_what_the_last_left_behind(database_url: str) -> None:
    test_every_test_gets_an_empty_database(database_url)


def test_what_is_published_on_the_bus_arrives(bus_url: str) -> None:
    with kombu.Connection(bus_url) as connection, connection.SimpleQueue("doorbell") as queue:
        queue.put("a reference")
        heard = queue.get(timeout=5)
        heard.ack()
    assert heard.payload == "a reference"
