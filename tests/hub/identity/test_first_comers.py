"""Who was known first gives the person its id, in whatever order the feeds' messages were received."""

from __future__ import annotations

from hub.records.ids import claim_id
from tests.hub.feeding import ZHANG, Feeding, person, visit


def test_a_feed_that_is_applied_later_joins_the_person_and_moves_nothing(base: Feeding) -> None:
    base.entries = 8
    base.tell("a", person("1", "张三", ZHANG), visit("V1", "1"))
    base.entries = 3
    base.tell("b", person("2", "张三", ZHANG), visit("V2", "2"))
    assert set(base.persons().values()) == {claim_id("a", "1")}
    assert base.body("Encounter", "a", "V1")["meta"]["versionId"] == "1"
    assert base.body("Encounter", "b", "V2")["meta"]["versionId"] == "1"
