"""Tokens: given out once, known again, taken back, and never wider than they say."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select, text

from hub import access as module
from hub.access import Access, grants_of
from hub.database import Database, Statement, open_database
from hub.errors import NotFound, Refused
from hub.migrations import prepare
from hub.schema import token


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    yield database
    database.close()


def test_a_token_is_known_again_and_stored_only_as_a_hash(database: Database) -> None:
    access = Access(database)
    bearer = access.create("a hospital", "system/*.rs")
    client = access.check(bearer)
    assert client is not None
    assert client.name == "a hospital"
    with database.read() as connection:
        (row,) = connection.rows(Statement(select(token.c.hash, token.c.name, token.c.scopes)))
    assert bytes(row[0]) == hashlib.sha256(bearer.encode()).digest()
    assert bearer not in repr(access.tokens())


def test_tokens_are_long_and_differ(database: Database) -> None:
    access = Access(database)
    bearers = {access.create("a", "system/*.rs") for _ in range(5)}
    assert len(bearers) == 5
    assert all(len(bearer) >= 43 for bearer in bearers)


@pytest.mark.parametrize("bearer", ["", "hub_", "nonsense", "\udcff", "x" * 10_000])
def test_what_is_no_token_is_nobody(database: Database, bearer: str) -> None:
    assert Access(database).check(bearer) is None


def test_an_expired_token_is_nobody(database: Database) -> None:
    access = Access(database)
    bearer = access.create("a", "system/*.rs", days=1)
    database.serially(lambda connection: connection.run(Statement(text("UPDATE token SET expires_at = 1"))))
    assert access.check(bearer) is None


def test_a_revoked_token_is_nobody_at_once_here_and_soon_elsewhere(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRUSTED_S", 0.05)
    here, elsewhere = Access(database), Access(database)
    bearer = here.create("a", "system/*.rs")
    assert here.check(bearer)
    assert elsewhere.check(bearer)
    here.revoke(here.tokens()[0].id)
    assert here.check(bearer) is None
    assert here.trusted(bearer) is None
    time.sleep(0.06)
    assert elsewhere.check(bearer) is None


def test_only_a_token_that_works_can_be_revoked(database: Database) -> None:
    access = Access(database)
    with pytest.raises(NotFound):
        access.revoke(1)
    access.create("a", "system/*.rs")
    access.revoke(1)
    with pytest.raises(NotFound):
        access.revoke(1)


@pytest.mark.parametrize(
    ("scopes", "allowed", "denied"),
    [
        ("system/*.rs", [("r", "Patient"), ("s", "Observation")], [("c", "Patient"), ("d", "Patient")]),
        ("system/Observation.rs", [("s", "Observation")], [("s", "Patient"), ("r", "Patient")]),
        ("system/Patient.r", [("r", "Patient")], [("s", "Patient")]),
        ("system/Patient.read", [("r", "Patient"), ("s", "Patient")], [("u", "Patient")]),
        ("system/Patient.write", [("c", "Patient")], [("r", "Patient")]),
        ("system/Patient.r  system/Observation.s", [("r", "Patient"), ("s", "Observation")], [("s", "Patient")]),
    ],
)
def test_a_scope_allows_what_it_says(
    scopes: str, allowed: list[tuple[str, str]], denied: list[tuple[str, str]]
) -> None:
    client = module.Client("a", scopes, grants_of(scopes))
    assert all(client.may(letter, type_) for letter, type_ in allowed)
    assert not any(client.may(letter, type_) for letter, type_ in denied)


@pytest.mark.parametrize(
    "scopes",
    ["", " ", "system/*", "system/*.", "system/*.sr", "user/*.rs", "patient/*.rs", "system/Observation.rs?category=x",
     "system/patient.rs", "system/*.rs nonsense", "*", "system/*.rsx"],
)  # fmt: skip
def test_a_scope_that_is_not_understood_is_refused_rather_than_widened(scopes: str) -> None:
    with pytest.raises(Refused):
        grants_of(scopes)


@pytest.mark.parametrize(("name", "days"), [("", 1), ("a", 0), ("a", -1), ("a", 99_999)])
def test_a_token_has_a_name_and_an_end(database: Database, name: str, days: int) -> None:
    with pytest.raises(Refused):
        Access(database).create(name, "system/*.rs", days)
