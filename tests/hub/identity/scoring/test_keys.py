"""By what a claim is looked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from hub.identity.normalise import Address, Description
from hub.identity.scoring import keys
from tests.hub.identity.scoring.people import HOME, PHONE, id_number, mother, name, person
from tests.hub.identity.scoring.test_comparing import DESCRIPTIONS

WHOLE: dict[str, Any] = {
    "id_numbers": (id_number(),),
    "phones": (PHONE,),
    "addresses": (HOME,),
    "papers": (("card", "99000001"),),
}


def share(one: Description, other: Description) -> int:
    return len(set(keys(one)) & set(keys(other)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"names": (name("张晓玮"),), "birth": "1981-05-06", "phones": ()},
        {"names": (name("黄小伟"),), "id_numbers": (), "addresses": ()},
        {"names": (name("张招弟"),), "birth": "1980-05-06", "id_numbers": (), "phones": (), "papers": ()},
        {"birth": "", "id_numbers": (), "phones": (), "papers": ()},
        {"birth": "1962-11-23", "id_numbers": (), "papers": (), "addresses": ()},
        {"names": (name("zhang xiaowei"),), "papers": (), "id_numbers": ()},
        {"names": (name("zhang xiaowei"),), "papers": (), "id_numbers": (), "phones": (), "addresses": ()},
        {"names": (name("zhangxiaowei"),), "papers": (), "id_numbers": (), "phones": (), "addresses": ()},
        {
            "names": (),
            "birth": "",
            "doubtful": (id_number()[:6] + "2" + id_number()[7:],),
            "id_numbers": (),
            "papers": (),
            "phones": (),
        },
    ],
)
def test_who_is_described_with_several_errors_is_still_found(wrong: dict[str, Any]) -> None:
    assert share(person(**WHOLE), person(**(WHOLE | wrong)))


def test_a_newborn_is_found_by_its_mother() -> None:
    child = person("", nameless=True, birth="2026-01-02", mother=mother("990101199001010020"))
    assert share(child, person("李一诺", birth="2026-01-03", mother=mother("990101199001010020")))


def test_a_latin_name_is_found_by_any_two_parts() -> None:
    home = Address(("nsw", "fremont", "2850"), "hoffman", ("17",))
    one = person("sarah miller", birth="1980-05-06", addresses=(home,))
    assert share(one, person("sara milner", birth="1931-11-12", addresses=(home,)))
    assert share(one, person("sarah miller", birth="1931-11-12", addresses=(Address(("nsw", "fremont"), "", ()),)))


def test_nothing_said_has_no_keys() -> None:
    assert keys(Description()) == ()
    assert keys(Description(birth="1980-05-06", sex="male")) == ()


def test_an_ordinary_resident_is_looked_for_in_one_statement() -> None:
    assert 11 <= len(keys(person(**WHOLE))) <= 16


@given(DESCRIPTIONS)
def test_keys_are_distinct_signed_and_always_the_same(description: Description) -> None:
    found = keys(description)
    assert found == keys(description)
    assert len(set(found)) == len(found)
    assert all(-(2**63) <= key < 2**63 for key in found)
