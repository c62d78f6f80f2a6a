"""The statements of applying, as SQLite plans them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.database import Statement, open_database
from hub.identity import claims, graph
from hub.migrations import prepare
from hub.records import resources
from tests.hub.plans import Explained


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (resources._BY_KEY, {"of_type": "Basic", "ids": "[]"}),
        (resources._BY_CLAIM, {"of_claim": "x"}),
        (claims._BY_ID, {"ids": "[]"}),
        (claims._HOLDERS, {"values": "[]"}),
        (graph._ABOUT, {"claims": "[]"}),
    ],
)
def test_every_reading_of_a_transaction_goes_by_an_index(
    tmp_path: Path, statement: Statement, names: dict[str, str]
) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    prepare(database)
    with database.read() as connection:
        steps = [step for *_, step in connection.rows(Explained(statement), **names)]
    database.close()
    assert any(step.startswith("SEARCH") for step in steps)
    assert [step for step in steps if step.startswith("SCAN") and "json_each" not in step] == []
