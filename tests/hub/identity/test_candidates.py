"""Claims that share a key are found, whether written or not, and a key that too many share is left out."""

from __future__ import annotations

import pytest

from hub.database import Connection
from hub.identity import candidates as looking
from hub.identity.candidates import Candidates, Search
from hub.identity.normalise import Description, Name
from tests.hub.feeding import Feeding, person


@pytest.fixture(autouse=True)
def _plain_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the sound of a name and by the birth date: which keys are best is tested elsewhere."""

    def keys(description: Description) -> tuple[int, ...]:
        parts = [*(name.sound for name in description.names), description.birth]
        return tuple(-int.from_bytes(part.encode()[:7]) for part in parts if part)

    monkeypatch.setattr(looking, "keys", keys)


def described(name: str = "", birth: str = "") -> Description:
    return Description(names=(Name(name, name),) if name else (), birth=birth)


def search(base: Feeding, description: Description, but: frozenset[str] = frozenset()) -> Search:
    return base.database.serially(lambda connection: Candidates(connection).search(description, but))


@pytest.fixture
def told(base: Feeding) -> Feeding:
    """Three claims, written: two share a name, two a birth date."""
    base.tell("a", person("one"))
    base.tell("a", person("two"))
    base.tell("a", person("three"))

    def write(connection: Connection) -> None:
        candidates = Candidates(connection)
        candidates.forget("unheard of")
        for claim, description in zip(
            claims(base), (described("li", "1990"), described("li"), described("wu", "1990")), strict=True
        ):
            candidates.note(claim, description)
        candidates.flush()

    base.database.serially(write)
    return base


def claims(base: Feeding) -> list[str]:
    return [claim for (claim,) in base.sql("SELECT id FROM claim ORDER BY number")]


def test_what_shares_a_key_is_found_with_its_person_and_its_description(told: Feeding) -> None:
    one, two, three = claims(told)
    found = search(told, described("li", "1990"))
    assert {each.claim: each.description for each in found.candidates} == {
        one: described("li", "1990"),
        two: described("li"),
        three: described("wu", "1990"),
    }
    assert all(each.person == each.claim for each in found.candidates)
    assert [each.claim for each in search(told, described("li", "1990"), frozenset({one, two})).candidates] == [three]
    assert search(told, described("zhao", "1991")).candidates == search(told, Description()).candidates == ()


def test_a_changed_description_is_found_by_its_new_keys_alone(told: Feeding) -> None:
    one, two, three = claims(told)

    def change(connection: Connection) -> None:
        candidates = Candidates(connection)
        candidates.note(one, described("zhao", "1990"))
        candidates.forget(three)
        assert [each.claim for each in candidates.near(described("zhao"))] == [one]
        assert [each.claim for each in candidates.near(described("li", "1990"))] == sorted((one, two))
        assert candidates.described([one, two, three]) == {one: described("zhao", "1990"), two: described("li")}
        candidates.flush()
        candidates.flush()

    told.database.serially(change)
    assert [each.claim for each in search(told, described("li")).candidates] == [two]
    assert [each.claim for each in search(told, described("zhao")).candidates] == [one]
    assert [each.claim for each in search(told, described(birth="1990")).candidates] == [one]
    assert told.sql("SELECT count(*) FROM likeness") == [(2,)]
    assert told.sql("SELECT count(*) FROM block_key") == [(3,)]


def test_what_is_noted_is_found_before_it_is_written(base: Feeding) -> None:
    def write(connection: Connection) -> list[str]:
        candidates = Candidates(connection, {"x": "its person"}.get)
        candidates.note("x", described("li"), new=True)
        candidates.note("y", described("li"), new=True)
        candidates.note("y", described("wu"))
        return [each.person for each in candidates.near(described("li"))]

    assert base.database.serially(write) == ["its person"]


def test_a_key_that_too_many_share_leaves_the_others(told: Feeding) -> None:
    def crowd(connection: Connection) -> None:
        candidates = Candidates(connection)
        for number in range(looking.CAP - 1):
            candidates.note(f"crowd {number}", described("li"), new=True)
        seen = candidates.search(described("li", "1990"))
        assert (seen.keys, seen.capped, seen.blind, len(seen.candidates)) == (2, 1, False, 2)
        candidates.flush()

    told.database.serially(crowd)
    found = search(told, described("li", "1990"))
    assert (found.keys, found.capped, found.blind, len(found.candidates)) == (2, 1, False, 2)
    assert search(told, described("li")).blind
    assert not search(told, described("zhao")).blind
    assert not search(told, Description()).blind


def test_more_keys_than_one_statement_takes_are_looked_up_by_several(told: Feeding) -> None:
    names = tuple(Name(f"n{number}", f"n{number}") for number in range(looking.WIDTH * 2))
    found = search(told, Description(names=(*names, Name("wu", "wu"))))
    assert [each.claim for each in found.candidates] == [claims(told)[2]]
    assert found.keys == looking.WIDTH * 2 + 1
