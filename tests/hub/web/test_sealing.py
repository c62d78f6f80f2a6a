"""What is sealed can be opened only by this hub, unchanged, for whom it was sealed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.database import Database, open_database
from hub.errors import Refused
from hub.migrations import prepare
from hub.web.sealing import Seal


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    prepare(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seal]:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('seal') / 'hub.db'}")
    prepare(database)
    yield Seal(database)
    database.close()


def test_each_process_of_a_hub_opens_what_another_sealed(database: Database) -> None:
    sealed = Seal(database).close("李".encode(), "a client")
    assert Seal(database).open(sealed, "a client") == "李".encode()


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_comes_out_is_what_went_in(seal: Seal, content: bytes, bound_to: str) -> None:
    assert seal.open(seal.close(content, bound_to), bound_to) == content


def test_nothing_can_be_read_from_outside(seal: Seal) -> None:
    sealed = [seal.close(b"11010119900307002X", "a") for _ in range(2)]
    assert sealed[0] != sealed[1]
    assert "11010119900307002X" not in sealed[0]


def test_it_opens_only_for_whom_it_was_sealed(seal: Seal) -> None:
    with pytest.raises(Refused):
        seal.open(seal.close(b"x", "a"), "b")


def test_any_change_is_noticed(seal: Seal) -> None:
    sealed = seal.close(b"a question", "a")
    for place, letter in enumerate(sealed[:-1]):  # the last letter holds bits that mean nothing
        changed = sealed[:place] + ("A" if letter != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(Refused):
            seal.open(changed, "a")


@given(st.text(max_size=100))
def test_what_was_never_sealed_is_refused(seal: Seal, nonsense: str) -> None:
    with pytest.raises(Refused):
        seal.open(nonsense, "a")
