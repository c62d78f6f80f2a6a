"""A record base on each back end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub.database import open_database
from hub.migrations import prepare
from tests.hub.feeding import Feeding


@pytest.fixture
def base(database_url: str) -> Iterator[Feeding]:
    database = open_database(database_url)
    prepare(database)
    yield Feeding(database)
    database.close()
