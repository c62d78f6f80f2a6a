"""What is compared of a claim."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.normalise import Mother, Name, describe
from hub.identity.normalise.bounding import ADDRESSES, NAMES, NUMBERS, PHONES
from hub.identity.scoring.keys import MOST, keys
from hub.model.id_number import check_digit
from hub.model.person import MOTHER_EXTENSION
from plugins.hl7.datatypes.identified import type_of

ID, RECORD, CARD = "urn:oid:2.16.156.10011.1.3", "urn:oid:2.16.156.10011.1.2", "urn:oid:2.16.156.10011.1.19"
SOUND = "990101199003070015"


def numbers(*values: str) -> dict[str, Any]:
    return {"identifier": [{"system": ID, "value": value} for value in values]}


def paper(value: str, system: str = "urn:hub:hospital", **type_: Any) -> Any:
    return describe({"identifier": [{"system": system, "value": value, "type": type_}]}).papers


def coded(code: str) -> Any:
    return {"coding": [{"code": code}]}


@pytest.mark.parametrize(
    ("written", "sound", "doubtful"),
    [
        (SOUND, (SOUND,), ()),
        ("９９０１０１ １９９００３０７ ００１５", (SOUND,), ()),
        ("990101-19900307-0015", (SOUND,), ()),
        ("99010119880229001ｘ", ("99010119880229001X",), ()),
        ("990101620918001", ("990101196209180013",), ()),
        ("370406195308080040", ("370406195308080040",), ()),
        ("360112195003150019", ("360112195003150019",), ()),
        ("360112620918001", ("360112196209180015",), ()),
        ("810000199001010019", ("810000199001010019",), ()),
        ("330881199001018821", (), ("330881199001018821",)),
        ("120109197706015516", (), ("120109197706015516",)),
        ("3112219680806371X", (), ("3112219680806371X",)),
        ("990101199003070011", (), ("990101199003070011",)),
        ("990101199013070015", (), ("990101199013070015",)),
        ("99O101199003O70015", (), (SOUND,)),
        ("身份证990101199003070015", (), (SOUND,)),
        ("990101199003070015(本人)", (), (SOUND,)),
        ("99010119880229001*", (), ("99010119880229001X",)),
        ("9901011990030700155", (), ("9901011990030700155",)),
        ("990101199003070", (), ()),
        ("990101200303070", (), ()),
        ("99010119900307", (), ()),
        ("111111111111111111", (), ()),
        ("000000000000000000", (), ()),
        ("123456789012345678", (), ()),
        ("12345678909876543X", (), ()),
        ("111111111111111", (), ()),
        ("990101199000000000", (), ()),
        ("990101190001010018", (), ()),
        ("888888199003070012", (), ()),
        ("无", (), ()),
        ("N/A", (), ()),
        ("-", (), ()),
        ("", (), ()),
    ],
)
def test_a_residents_number_is_sound_or_doubtful_or_nothing(
    written: str, sound: tuple[str, ...], doubtful: tuple[str, ...]
) -> None:
    told = describe(numbers(written))

    assert (told.id_numbers, told.doubtful) == (sound, doubtful)


@pytest.mark.parametrize(
    ("value", "type_", "found"),
    [
        ("e 1234 5679", coded("PPN"), ("passport", "E12345679")),
        ("E12345679", coded("03"), ("passport", "E12345679")),
        ("E12345679", {"text": "护照"}, ("passport", "E12345679")),
        ("u320123987", coded("BCT"), ("birth_certificate", "U320123987")),
        ("U320123987", {"text": "出生医学证明"}, ("birth_certificate", "U320123987")),
        ("U32012398", coded("BCT"), None),
        ("U000000000", coded("BCT"), None),
        ("H1234567602", coded("06"), ("home_permit", "H12345676")),
        ("H12345676", coded("06"), ("home_permit", "H12345676")),
        ("0123987602(B)", coded("07"), ("taiwan_permit", "01239876")),
        ("USA110074010112", coded("PRC"), ("foreigner", "USA110074010112")),
        ("无", coded("PPN"), None),
        ("00000000", coded("03"), None),
        ("12345678", coded("07"), None),
        ("M0001234", coded("MR"), None),
        ("M0001234", {}, None),
    ],
)
def test_a_paper_has_the_name_of_its_kind_in_every_feed(value: str, type_: Any, found: Any) -> None:
    assert paper(value, **type_) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("system", "value", "found"),
    [
        ("http://hl7.org/fhir/sid/passport-FRA", "12AB34567", ("passport", "12AB34567")),
        (ID, "H12345676", ("home_permit", "H12345676")),
        (ID, "U320123987", ("birth_certificate", "U320123987")),
        (ID, "USA110074010112", ("foreigner", "USA110074010112")),
        (CARD, "a b 1234567", (CARD, "AB1234567")),
        (CARD, "000000000", None),
        (CARD, "无", None),
        (RECORD, "99010110110100001", (RECORD, "99010110110100001")),
        (RECORD, "10100001", None),
    ],
)
def test_a_paper_is_known_by_its_system_or_its_shape(system: str, value: str, found: Any) -> None:
    assert paper(value, system) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("code", "number", "kind"),
    [("BCT", "U320123987", "birth_certificate"), ("PPN", "E12345670", "passport"), ("03", "E12345670", "passport")],
)
def test_hl7_marks_a_paper_by_the_type_in_the_list_of_numbers(code: str, number: str, kind: str) -> None:
    assert paper(number, "urn:hub:ward:HOSP", **type_of(code)) == ((kind, number),)


def test_a_birth_certificate_is_known_by_its_system_too() -> None:
    assert paper("U320123987", "https://maternity.example/birth-certificate") == (("birth_certificate", "U320123987"),)
    assert paper("U320123987", text="出生医学证明") == (("birth_certificate", "U320123987"),)


def test_a_card_that_bears_the_residents_number_says_nothing_new() -> None:
    told = describe({"identifier": [{"system": ID, "value": SOUND}, {"system": CARD, "value": SOUND}]})

    assert (told.id_numbers, told.papers) == ((SOUND,), ())


def test_a_person_of_several_names_has_them_all() -> None:
    told = describe({"name": [{"text": "张三丰"}, {"text": "ZHANG SANFENG"}, {"text": "張三豐"}]})

    assert told.names == (Name("张三丰", "zhang san feng"), Name("zhangsanfeng", "zhang sanfeng"))


def test_a_newborn_is_its_mothers_until_it_has_a_name() -> None:
    unnamed = describe({"name": [{"text": "王芳之大女"}]})
    named = describe({"name": [{"text": "王芳之大女", "use": "old"}, {"text": "陈晨"}]})

    assert (unnamed.names, unnamed.nameless, unnamed.order, unnamed.multiple) == ((), True, 1, True)
    assert unnamed.mother == Mother((), (Name("王芳", "wang fang"),))
    assert (named.nameless, named.order, [name.text for name in named.names]) == (False, 1, ["陈晨"])


def test_the_mothers_own_numbers_hold_within_the_feed_and_strong_ones_everywhere() -> None:
    systems = (("urn:x", "m 1"), (ID, SOUND), ("urn:x", "000"), ("urn:y", "360112196209180015"), (ID, "1" * 18))
    told = [{"system": system, "value": value} for system, value in systems]
    patient = {"extension": [{"url": MOTHER_EXTENSION, "valueIdentifier": one} for one in told]}

    mother = describe(patient, "hospital").mother
    assert mother is not None
    assert mother.numbers == (("hospital urn:x", "M1"), (ID, SOUND), (ID, "360112196209180015"))


@pytest.mark.parametrize(
    "relationship", [{"coding": [{"code": "MTH"}]}, {"coding": [{"code": "52"}]}, {"text": "母亲"}]
)
def test_a_contact_who_is_the_mother_has_her_name(relationship: Any) -> None:
    mother = {"relationship": [relationship], "name": {"text": "王芳"}}
    father = {"relationship": [{"coding": [{"code": "FTH"}]}], "name": {"text": "陈强"}}

    assert describe({"contact": [father, mother]}).mother == Mother((), (Name("王芳", "wang fang"),))


def test_her_maiden_name_is_not_her_name() -> None:
    maiden = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"

    assert describe({"extension": [{"url": maiden, "valueString": "李"}]}).mother is None


@pytest.mark.parametrize(
    ("written", "birth"),
    [
        *((told, told) for told in ("1990-03-07", "1990-03", "1990", "2000-02-29")),
        *((told, told[:7]) for told in ("1990-02-30", "1990-11-31", "2023-02-29")),
        ("1990-13", "1990"),
        *((told, "") for told in ("1900-01-01", "0001-01-01", "9999-12-31", "1899-12-30", "", "unknown")),
    ],
)
def test_a_birth_date_is_what_is_known_of_it(written: str, birth: str) -> None:
    assert describe({"birthDate": written}).birth == birth


@pytest.mark.parametrize(
    ("written", "clock"),
    [("2024-05-01T08:30:00+08:00", "08:30"), ("2024-05-01T00:30:00Z", "08:30"), ("2024-05-01T00:00:00+08:00", ""),
     ("2024-05-01T08:30:00.123+08:00", "08:30"), ("2024-05-01", ""), ("soon", "")],
)  # fmt: skip
def test_the_time_of_birth_is_that_of_the_clock_on_the_wall(written: str, clock: str) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"

    assert describe({"_birthDate": {"extension": [{"url": url, "valueDateTime": written}]}}).born_at == clock


@pytest.mark.parametrize(
    ("told", "found"),
    [({"multipleBirthBoolean": True}, (True, 0)), ({"multipleBirthInteger": 2}, (True, 2)),
     ({"multipleBirthInteger": 1}, (False, 1)), ({"multipleBirthInteger": 0}, (False, 0)), ({}, (False, 0))],
)  # fmt: skip
def test_birth_order(told: Any, found: tuple[bool, int]) -> None:
    description = describe(told)
    assert (description.multiple, description.order) == found


@pytest.mark.parametrize(("told", "sex"), [("male", "male"), ("female", "female"), ("unknown", ""), ("other", "")])
def test_a_sex_that_is_not_known_is_none(told: str, sex: str) -> None:
    assert describe({"gender": told}).sex == sex


def test_all_that_is_known_is_nothing_of_an_empty_patient() -> None:
    told = describe({})
    assert not any((told.id_numbers, told.doubtful, told.papers, told.names, told.birth, told.sex, told.phones))
    assert (told.addresses, told.mother, told.nameless) == ((), None, False)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("33088119900101882") == "7"
    assert check_digit("12010919770601551") == "4"


def test_of_very_many_the_foremost_are_compared() -> None:
    many = range(300)
    told = {
        "name": [{"text": f"张{chr(0x4E00 + number)}", "use": "old"} for number in many] + [{"text": "李四"}],
        "telecom": [{"system": "phone", "value": f"138{number:08d}"} for number in many],
        "address": [{"text": f"试验市试验区东街村{number}号"} for number in many],
        "identifier": [{"system": CARD, "value": f"C1234{number:05d}"} for number in many]
        + [{"system": RECORD, "value": "99010110110100001"}],
    }
    found = describe(told)

    assert found.names[0].text == "李四"
    assert (len(found.names), len(found.phones), len(found.addresses)) == (NAMES, PHONES, ADDRESSES)
    assert len(found.papers) == NUMBERS + 1
    assert (RECORD, "99010110110100001") in found.papers
    assert len(keys(found)) <= MOST


def test_few_are_compared_as_they_were_told() -> None:
    found = describe({"name": [{"text": "张三", "use": "old"}, {"text": "李四", "use": "official"}]})

    assert [name.text for name in found.names] == ["张三", "李四"]
