"""Questions for people."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import text

from hub.database import Connection, Database, Statement, open_database
from hub.errors import NotFound
from hub.migrations import prepare, upgrading
from hub.review import Question, Reviews, Wanted, open_review


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


def test_what_was_asked_by_an_earlier_version_is_found_by_its_claims(database: Database) -> None:
    """The statement that the upgrade runs, on a review from before it."""
    script = runpy.run_path(str(upgrading.SCRIPTS / "versions" / "0005_answers.py"))

    def work(connection: Connection) -> None:
        open_review(connection, Question("possible_duplicate", "k", "a", 1, ("c", "d", "gone"), {}))
        connection.run(Statement(text("DELETE FROM review_claim")))
        for claim in ("c", "d"):
            connection.run(
                Statement(text(
                    "INSERT INTO claim (id, number, feed, source_id, person, patient, digest, recorded_at, entry)"
                    " VALUES (:id, 1, 'a', :id, :id, :raw, :raw, 0, 1)"
                )),
                id=claim, raw=b"{}",
            )  # fmt: skip
        connection.run(
            Statement(text(script["_ASKED"].format(script["_CLAIMS"][connection.dialect]).replace("::", "\\:\\:")))
        )

    database.serially(work)
    assert [len(Reviews(database).list(wanted=Wanted(claim=claim))) for claim in ("c", "d", "gone")] == [1, 1, 0]
