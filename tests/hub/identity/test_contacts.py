"""Phones through messages: dated, renewed, ended, and none of it where one feed alone knows the person."""

from __future__ import annotations

from typing import Any

from hub.config import SurvivorshipFile
from hub.identity.rules import Rules
from hub.model import Json
from hub.records.survivorship import survivorship_of
from tests.hub.feeding import ZHANG, Feeding, person

DAY = 60 * 24
OLD, NEW, OTHER = "13800000001", "13800000002", "13800000003"


def told(feed: str, number: str, phone: str, base: Feeding, day: int) -> None:
    telecom = [{"system": "phone", "value": phone}]
    base.tell(feed, person(number, "张三", ZHANG, telecom=telecom), minute=(day - 8) * DAY)


def phones(view: Json) -> list[tuple[Any, ...]]:
    return [(one["value"], one.get("rank"), one.get("period", {}).get("start"), one.get("period", {}).get("end"))
            for one in view["telecom"]]  # fmt: skip


def test_a_phone_ends_when_its_feed_says_another_and_is_renewed_when_it_is_said_again(base: Feeding) -> None:
    told("a", "1", OLD, base, 0)
    told("b", "2", OTHER, base, 1)
    told("a", "1", NEW, base, 2)
    assert phones(base.patient("a", "1")) == [
        (NEW, 1, "2024-04-25", None), (OTHER, 2, "2024-04-24", None), (OLD, None, "2024-04-23", "2024-04-25")
    ]  # fmt: skip

    told("a", "1", OLD, base, 5)
    assert phones(base.patient("a", "1")) == [
        (OLD, 1, "2024-04-23", None), (OTHER, 2, "2024-04-24", None), (NEW, None, "2024-04-25", "2024-04-28")
    ]  # fmt: skip


def test_a_phone_that_is_said_on_another_day_counts_as_newer(base: Feeding) -> None:
    told("a", "1", OLD, base, 0)
    told("b", "2", OTHER, base, 1)
    assert [phone[0] for phone in phones(base.patient("a", "1"))] == [OTHER, OLD]
    told("a", "1", OLD, base, 2)
    assert phones(base.patient("a", "1"))[0] == (OLD, 1, "2024-04-23", None)


def test_the_order_of_messages_does_not_matter(base: Feeding) -> None:
    told("b", "2", OTHER, base, 1)
    told("a", "1", NEW, base, 2)
    told("a", "1", OLD, base, 0)
    assert phones(base.patient("b", "2")) == [
        (NEW, 1, "2024-04-25", None), (OTHER, 2, "2024-04-24", None), (OLD, None, "2024-04-23", "2024-04-25")
    ]  # fmt: skip


def test_one_feed_alone_reads_back_as_it_told(base: Feeding) -> None:
    told("a", "1", OLD, base, 0)
    told("a", "1", NEW, base, 2)
    assert base.patient("a", "1")["telecom"] == [{"system": "phone", "value": NEW}]
    assert base.patient("a", "1")["meta"].keys() == {"versionId", "lastUpdated", "source"}


def test_the_sites_order_is_in_force(base: Feeding) -> None:
    written = SurvivorshipFile.model_validate({"telecom": {"order": ["verified", "newest"]}})
    base.rules = Rules(verified=frozenset({"a"}), survivorship=survivorship_of(written))
    told("a", "1", OLD, base, 0)
    told("b", "2", OTHER, base, 1)
    assert [phone[0] for phone in phones(base.patient("a", "1"))] == [OLD, OTHER]
