"""A person is found by what people type for a name."""

from __future__ import annotations

import pytest

from hub.records.criteria import condition
from hub.records.ids import claim_id
from hub.records.parameters import PARAMETERS
from hub.records.reading import Records
from hub.records.search import Query
from tests.hub.feeding import Feeding, person


def found(base: Feeding, asked: str, modifier: str = "") -> bool:
    with Records(base.database).view() as view:
        rows = view.search(Query("Patient", (condition(PARAMETERS["Patient"]["name"], modifier, asked),)), 10).rows
    return [row.id for row in rows] == [claim_id("hospital", "M1")]


@pytest.mark.parametrize(
    "asked", ["龚䶮", "龔龑", "龚", "gongyan", "GONG YAN", "gong yan", "gongy", "gy", "GY", "龚 䶮"]
)
def test_a_rare_name_is_found_by_pinyin_initials_and_every_variant(base: Feeding, asked: str) -> None:
    base.tell("hospital", person("M1", "龚䶮"))
    base.tell("hospital", person("M2", "王芳"))

    assert found(base, asked)
    assert found(base, asked, "contains")


@pytest.mark.parametrize("asked", ["gongyan", "gy", "龔龑", "yangong", "龚", "䶮龚"])
def test_exactly_only_what_is_written_is_found(base: Feeding, asked: str) -> None:
    base.tell("hospital", person("M1", "龚䶮"))

    assert found(base, "龚䶮", "exact")
    assert not found(base, asked, "exact")
