"""Questions for people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from hub.database import Database, open_database
from hub.errors import NotFound
from hub.migrations import prepare
from hub.review import Question, Reviews, open_review


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    yield database
    database.close()


def test_a_question_is_asked_once_listed_newest_first_and_shown(database: Database) -> None:
    asked = [Question("fault", f"fault/{number}", "a", number, ("c",), {"faults": ["shape"]}) for number in (1, 2, 1)]
    asked.append(Question("other", "other/1", "a", None, (), {}))
    opened = [database.serially(partial(open_review, question=question)) for question in asked]
    assert opened == [True, True, False, True]

    reviews = Reviews(database)
    newest, *older = reviews.list()
    assert [review.key for review in (newest, *older)] == ["other/1", "fault/2", "fault/1"]
    assert [review.key for review in reviews.list(kind="fault", limit=1)] == ["fault/2"]
    assert reviews.list(before=newest.id) == older
    assert reviews.list(status="closed") == []
    shown = reviews.show(older[0].id)
    assert (shown.status, shown.entry, shown.claims, shown.detail) == ("open", 2, ("c",), {"faults": ["shape"]})
    with pytest.raises(NotFound):
        reviews.show(99)
