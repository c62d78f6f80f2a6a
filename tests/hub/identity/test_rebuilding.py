"""A base without descriptions, or with those of an older spelling, is described anew; a kill goes on where it was."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.identity import rebuilding, specimens
from hub.identity.normalise import describe
from hub.identity.rebuilding import Place, needed, rebuild
from hub.identity.scoring import keys
from hub.model.person import HEALTH_CARD_SYSTEM
from tests.hub.feeding import ZHANG, Feeding, person
from tests.hub.identity import test_newborns as newborns


class Killed(BaseException):
    """As a power cut."""


@pytest.fixture
def old(base: Feeding, monkeypatch: pytest.MonkeyPatch) -> Feeding:
    """Seven claims that nobody has described, and names that an older program spelt otherwise."""
    for number in range(6):
        base.tell("a", person(f"p{number}", f"张小{'一二三四五六'[number]}", birthDate=f"199{number}-03-07"))
    base.tell("a", person("zhang", "张三", ZHANG))
    wipe(base)
    monkeypatch.setattr(rebuilding, "PAGE", 2)
    return base


def wipe(base: Feeding) -> None:
    from sqlalchemy import text

    from hub.database import Connection, Statement

    def work(connection: Connection) -> None:
        for sql in (
            "DELETE FROM likeness",
            "DELETE FROM block_key",
            "DELETE FROM claim_identifier",
            "DELETE FROM house WHERE name = 'likeness'",
            "DELETE FROM search_token WHERE name = 'Patient.active'",
            "UPDATE search_string SET value = 'old ' || value WHERE name LIKE 'Patient.%'",
        ):
            connection.run(Statement(text(sql)))

    base.database.serially(work)


def described(base: Feeding) -> list[tuple[object, ...]]:
    return base.sql("SELECT claim FROM likeness ORDER BY claim")


def keyed(base: Feeding) -> int:
    return len(base.sql("SELECT DISTINCT likeness FROM block_key"))


def test_every_claim_is_described_and_keyed_and_persons_are_found_by_their_names(old: Feeding) -> None:
    assert needed(old.database)

    assert rebuild(old.database).claims == 7

    assert described(old) == old.sql("SELECT id FROM claim ORDER BY id")
    assert keyed(old) == 7
    assert old.patient("a", "p0")["id"] in old.found("Patient.name", "张小一")
    assert not old.sql("SELECT value FROM search_string WHERE value LIKE 'old %'")
    assert old.sql("SELECT count(*) FROM search_token WHERE name = 'Patient.active' AND value = 'true'") == [(7,)]
    assert not needed(old.database)


def test_what_is_described_as_it_comes_is_not_described_again(base: Feeding) -> None:
    assert not needed(base.database)
    rebuild(base.database)
    base.tell("a", person("zhang", "张三", ZHANG))

    assert not needed(base.database)
    assert not rebuild(base.database).needed


@pytest.mark.parametrize("pages", [0, 1, 2, 3])
def test_a_kill_in_the_middle_goes_on_where_it_was(old: Feeding, monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    whole, left = rebuilding._describe_page, pages

    def dying(*arguments: object) -> Place:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rebuilding, "_describe_page", dying)
    with pytest.raises(Killed):
        rebuild(old.database)
    monkeypatch.setattr(rebuilding, "_describe_page", whole)

    assert len(described(old)) == 2 * pages
    assert rebuild(old.database).claims == 7 - 2 * pages
    assert len(described(old)) == keyed(old) == 7


def test_a_hub_that_is_told_to_stop_leaves_the_rest_for_the_next_one(old: Feeding) -> None:
    told: list[tuple[int, int]] = []

    assert rebuild(old.database, stopped=lambda: True).claims == 0
    assert needed(old.database)
    assert rebuild(old.database, told=lambda done, claims: told.append((done, claims))).claims == 7
    assert told[-1] == (7, 7)


def test_another_spelling_makes_it_all_anew(old: Feeding, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuild(old.database)
    monkeypatch.setattr(rebuilding, "fingerprint", lambda: "another")

    assert needed(old.database)
    assert rebuild(old.database).claims == 7
    assert len(described(old)) == keyed(old) == 7
    assert not needed(old.database)


def test_again_makes_it_all_anew_though_nothing_changed(old: Feeding) -> None:
    rebuild(old.database)

    assert rebuild(old.database, again=True).claims == 7
    assert len(described(old)) == keyed(old) == 7


def test_a_claim_described_by_the_rebuild_is_found_by_whoever_comes_next(old: Feeding) -> None:
    rebuild(old.database)
    old.tell("b", person("other", "张三", ZHANG))

    assert old.person_of("b", "other") == old.person_of("a", "zhang")


def kept(base: Feeding) -> list[object]:
    return [
        base.sql("SELECT system, value, claim FROM claim_identifier ORDER BY value, system, claim"),
        base.sql("SELECT claim, person, form FROM likeness ORDER BY claim"),
        base.sql("SELECT key, claim FROM block_key JOIN likeness ON likeness.number = likeness ORDER BY key, claim"),
        base.sql("SELECT kind, one, other FROM decision ORDER BY id"),
    ]


def test_papers_mothers_and_what_is_known_of_them_are_as_they_were(
    base: Feeding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "PAGE", 2)
    for feed, claim in newborns.TOLD.values():
        base.tell(feed, claim)
    base.tell("a", person("wang", "王五", identifier=[{"system": HEALTH_CARD_SYSTEM, "value": "A1234567X"}]))
    before = kept(base)
    wipe(base)

    rebuild(base.database)

    assert kept(base) == before
    assert len(base.sql("SELECT value FROM claim_identifier WHERE system LIKE 'mother/%'")) > 1


def test_what_would_be_described_or_keyed_otherwise_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = specimens.fingerprint()
    monkeypatch.setattr(specimens, "keys", lambda description: (1, *keys(description)))
    assert specimens.fingerprint.__wrapped__() != before
    monkeypatch.undo()
    monkeypatch.setattr(specimens, "describe", lambda patient, feed: replace(describe(patient, feed), born_at="01:02"))
    assert specimens.fingerprint.__wrapped__() != before
