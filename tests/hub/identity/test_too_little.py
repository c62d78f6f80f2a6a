"""Different people of whom little is told, as life makes them: none is joined to another by likeness."""

from __future__ import annotations

from typing import Any

import pytest

from hub.identity.questions import DUPLICATE
from hub.model.person import MOTHER_EXTENSION
from tests.hub.feeding import ID, LI, Feeding, person

OWN, CLINICS = "urn:hub:hospital:HOSP", "urn:hub:hospital:CLIN"
HOME, PHONE = "临江省汇川市凤河县西堡镇御景社区8幢2单元1004室", "13612340001"
WHERE = [("ward", "clinic"), ("ward", "ward")]
"""Two senders, or one that has given two numbers."""


def told(
    base: Feeding, feed: str, number: str, name: str = "", *, phone: str = "", home: str = "", **said: Any
) -> None:
    system = OWN if feed == "ward" else CLINICS
    elements: dict[str, Any] = {"identifier": [{"system": system, "value": number}], **said}
    if phone:
        elements["telecom"] = [{"system": "phone", "value": phone}]
    if home:
        elements["address"] = [{"text": home}]
    base.tell(feed, person(f"{system}|{number}", name, **elements))


def persons(base: Feeding) -> int:
    return len(set(base.persons().values()))


def asked(base: Feeding) -> bool:
    return DUPLICATE in {review.kind for review in base.reviews()}


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize("name", ["", "*"])
def test_birth_date_sex_and_phone_without_a_name_are_not_who_somebody_is(
    base: Feeding, feeds: tuple[str, str], name: str
) -> None:
    for number, feed in enumerate(feeds):
        told(base, feed, str(number), name, birthDate="2026-09-10", gender="male", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize(
    ("name", "one", "other"), [("朱丽华", "1958-01-01", "1978-01-01"), ("马建平", "1950-01-04", "1980-01-04")]
)
def test_namesakes_decades_apart_are_not_one_for_a_digit(
    base: Feeding, feeds: tuple[str, str], name: str, one: str, other: str
) -> None:
    for number, (feed, birth) in enumerate(zip(feeds, (one, other), strict=True)):
        told(base, feed, str(number), name, birthDate=birth, gender="female")
    assert persons(base) == 2


@pytest.mark.parametrize("feeds", WHERE)
def test_what_a_household_shares_weighs_nothing_against_another_birth_date(
    base: Feeding, feeds: tuple[str, str]
) -> None:
    father_and_son = [("吴建华", "1960-03-07"), ("吴剑华", "1986-11-22")]
    for number, (feed, (name, birth)) in enumerate(zip(feeds, father_and_son, strict=True)):
        told(base, feed, str(number), name, birthDate=birth, gender="male", phone=PHONE, home=HOME)
    assert persons(base) == 2


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize("home", ["", HOME])
def test_two_surnames_and_two_numbers_bought_together_are_two_people(
    base: Feeding, feeds: tuple[str, str], home: str
) -> None:
    for number, (feed, name) in enumerate(zip(feeds, ("郭建国", "罗建国"), strict=True)):
        told(
            base, feed, str(number), name, birthDate="1950-10-01", gender="male", phone=f"1361232000{number}", home=home
        )
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize("feeds", WHERE)
def test_two_of_one_birthday_and_home_are_not_one_under_two_names(base: Feeding, feeds: tuple[str, str]) -> None:
    """In a nursing home, or husband and wife of one age whose sex nobody wrote."""
    for number, (feed, name) in enumerate(zip(feeds, ("林丽英", "陈卫生"), strict=True)):
        told(base, feed, str(number), name, birthDate="1959-03-27", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize("other", ["2018-04-12", "2017-04-13", "2017-01-01"])
def test_brothers_whose_names_sound_alike_are_not_one_for_a_slip_in_the_birth_date(
    base: Feeding, feeds: tuple[str, str], other: str
) -> None:
    for number, (feed, name, birth) in enumerate(zip(feeds, ("王可一", "王可怡"), ("2017-04-12", other), strict=True)):
        told(base, feed, str(number), name, birthDate=birth, gender="male", phone=PHONE, home=HOME)
    assert persons(base) == 2


def test_a_chain_of_slips_makes_nobody_of_four_people(base: Feeding) -> None:
    for number in range(1, 5):
        told(base, "ward", str(number), "蒋一", birthDate=f"1950-01-0{number + 1}", gender="male",
             phone=f"1361230000{number}")  # fmt: skip
    assert persons(base) == 4


def test_who_joins_by_a_slip_is_a_slip_from_every_claim_of_the_person(base: Feeding) -> None:
    """The second day is near the first and the third, which are not near each other."""
    for number, (feed, day) in enumerate([("ward", "08"), ("clinic", "09"), ("school", "11")]):
        told(base, feed, str(number), "尉迟千寻", birthDate=f"1950-03-{day}", gender="male", phone=PHONE)
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize(
    ("name", "birth", "sex"),
    [("欧阳青云", "1999-10-19", "male"), ("欧阳轻云", "1999-10-18", "male"), ("欧阳青云", "1999-10-18", "female")],
)
def test_one_slip_is_made_up_for_by_the_home(base: Feeding, name: str, birth: str, sex: str) -> None:
    told(base, "ward", "1", "欧阳青云", birthDate="1999-10-18", gender="male", phone=PHONE, home=HOME)
    told(base, "clinic", "2", name, birthDate=birth, gender=sex, phone=PHONE)
    assert (persons(base), asked(base)) == (1, False)


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize(
    "names",
    [
        ("大双", "小双"),
        ("大宝", "二宝"),
        ("妞妞", "丫丫"),
        ("方大宝", "方小宝"),
        ("钱多多", "钱朵朵"),
        ("郭馨星", "郭馨忻"),
        ("李雨晨", "李晨雨"),
    ],
)
def test_children_of_one_birthday_and_home_under_two_names_are_twins(
    base: Feeding, feeds: tuple[str, str], names: tuple[str, str]
) -> None:
    for number, (feed, name) in enumerate(zip(feeds, names, strict=True)):
        told(base, feed, str(number), name, birthDate="2021-05-06", gender="female", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王婴1", "王婴2"),
        ("欧阳女婴1", "欧阳女婴2"),
        ("王多多1", "王多多2"),
        ("Li Baby1", "Li Baby2"),
        ("李Baby1", "李Baby2"),
    ],
)
def test_the_number_after_a_childs_name_is_which_of_several_it_is(
    base: Feeding, feeds: tuple[str, str], one: str, other: str
) -> None:
    for number, (feed, name) in enumerate(zip(feeds, (one, other), strict=True)):
        told(base, feed, str(number), name, birthDate="2026-08-01", gender="female", phone=PHONE, home=HOME)
    assert persons(base) == 2


@pytest.mark.parametrize("name", ["王婴", "王之女", "Baby Li", "BABY GIRL WANG"])
def test_two_babies_of_one_surname_and_birthday_are_not_one(base: Feeding, name: str) -> None:
    for number, feed in enumerate(("ward", "clinic")):
        told(base, feed, str(number), name, birthDate="2026-08-01", gender="female")
    assert persons(base) == 2


def test_one_character_heard_wrong_is_still_the_child(base: Feeding) -> None:
    for number, (feed, name) in enumerate((("ward", "钱梓轩"), ("clinic", "钱子轩"))):
        told(base, feed, str(number), name, birthDate="2021-05-06", gender="male", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (1, False)


def test_a_number_after_the_name_of_one_of_them_is_no_reason(base: Feeding) -> None:
    for number, (feed, name) in enumerate((("ward", "钱梓轩1"), ("clinic", "钱梓轩"))):
        told(base, feed, str(number), name, birthDate="2021-05-06", gender="male", phone=PHONE, home=HOME)
    assert persons(base) == 1


@pytest.mark.parametrize("feeds", WHERE)
@pytest.mark.parametrize("name", ["王秀英", "周心铭"])
def test_the_first_of_january_is_everybodys_birthday(base: Feeding, feeds: tuple[str, str], name: str) -> None:
    for number, feed in enumerate(feeds):
        told(base, feed, str(number), name, birthDate="1950-01-01", gender="female")
    assert (persons(base), asked(base)) == (2, True)


@pytest.mark.parametrize(
    ("one", "other"), [("1936-03-08", "1956-03-08"), ("1956-03-08", "1956-03-18"), ("1956-03-08", "")]
)
def test_namesakes_of_one_village_are_not_one_for_a_decade_ten_days_or_no_birth_date(
    base: Feeding, one: str, other: str
) -> None:
    for number, (feed, birth) in enumerate((("ward", one), ("clinic", other))):
        said = {"birthDate": birth} if birth else {}
        told(
            base,
            feed,
            str(number),
            "蒋国强",
            gender="male",
            home=f"临江省汇川市凤河县西堡镇蒋家村{number + 1}号",
            **said,
        )
    assert persons(base) == 2


@pytest.mark.parametrize("name", ["妞妞", "小宝", "王宝宝"])
def test_what_every_other_child_is_called_at_home_is_nobodys_name(base: Feeding, name: str) -> None:
    for number, feed in enumerate(("ward", "clinic")):
        told(base, feed, str(number), name, birthDate="2021-05-06", gender="female")
    assert persons(base) == 2


def test_a_pet_name_is_not_who_a_twin_is(base: Feeding) -> None:
    for number, (feed, name) in enumerate((("ward", "孙小炜"), ("clinic", "孙文炜"))):
        told(base, feed, str(number), name, birthDate="2021-05-06", gender="male", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (2, True)


def test_nameless_twins_under_one_mother_are_asked_about(base: Feeding) -> None:
    told(base, "ward", "00017", "蔡文姬", birthDate="1998-02-03", gender="female")
    for number in ("1", "2"):
        mothers = [{"url": MOTHER_EXTENSION, "valueIdentifier": {"system": OWN, "value": "00017"}}]
        told(base, "ward", number, birthDate="2026-08-01", gender="female", extension=mothers)
    assert (persons(base), asked(base)) == (3, True)


@pytest.mark.parametrize(("name", "birth"), [("钱子轩", "2021-05-06"), ("钱梓轩", "2021-05-07")])
def test_one_sender_with_two_numbers_and_a_slip_is_asked(base: Feeding, name: str, birth: str) -> None:
    told(base, "ward", "1", "钱梓轩", birthDate="2021-05-06", gender="male", phone=PHONE, home=HOME)
    told(base, "ward", "2", name, birthDate=birth, gender="male", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (2, True)


def test_one_sender_with_two_numbers_for_one_name_birth_date_and_home_has_one_person(base: Feeding) -> None:
    for number in ("1", "2"):
        told(base, "ward", number, "钱梓轩", birthDate="2021-05-06", gender="male", phone=PHONE, home=HOME)
    assert (persons(base), asked(base)) == (1, False)


def test_who_comes_between_two_that_are_not_one_joins_them_in_no_order(base: Feeding) -> None:
    """The ward's claim has joined one of them; told anew, it is like the other."""
    told(base, "ward", "1", "尉迟千寻", birthDate="1950-03-09", gender="male", phone=PHONE)
    told(base, "clinic", "2", "尉迟千寻", birthDate="1950-03-08", gender="male", phone=PHONE)
    told(base, "school", "3", "尉迟千寻", birthDate="1950-03-11", gender="male", phone="13987654321")
    told(base, "ward", "1", "尉迟千寻", birthDate="1950-03-09", gender="male",
         telecom=[{"system": "phone", "value": PHONE}, {"system": "phone", "value": "13987654321"}])  # fmt: skip
    assert base.person_of("clinic", f"{CLINICS}|2") != base.person_of("school", f"{CLINICS}|3")


@pytest.mark.parametrize(("birth", "sex", "one"), [("2026-08-02", "female", 1), ("2026-08-02", "male", 2)])
def test_a_nameless_newborn_of_midnight_is_found_by_its_mother_but_for_a_twin_of_the_other_sex(
    base: Feeding, birth: str, sex: str, one: int
) -> None:
    mothers = [{"url": MOTHER_EXTENSION, "valueIdentifier": {"system": ID, "value": LI}}]
    told(base, "ward", "1", "李秀英之女", birthDate="2026-08-01", gender="female", phone=PHONE, extension=mothers)
    told(base, "clinic", "2", "张小美", birthDate=birth, gender=sex, phone=PHONE, extension=mothers)
    assert persons(base) == one
