"""Two descriptions beside each other: each field has a level, and what nobody has said says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.normalise import Address, Description, Mother, Name
from hub.identity.scoring import DEFAULT, Comparison, compare
from tests.hub.identity.scoring.people import HOME, OTHER_PHONE, PHONE, id_number, mother, name, person


def compared(one: Description, other: Description) -> Comparison:
    return compare(one, other, DEFAULT)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("张小伟", "张小伟", "exact"),
        ("张小伟", "张小玮", "same_sound"),
        ("张静", "章静", "same_sound"),
        ("张小静", "张小锦", "fuzzy_sound"),
        ("张小伟", "张伟小", "reordered"),
        ("王小伟", "黄小伟", "dialect"),
        ("孔沐冉", "孔沭冉", "look_alike"),
        ("王未", "王末", "look_alike_short"),
        ("张小伟", "张小强", "one_differs"),
        ("张小伟", "张伟", "subset"),
        ("张小伟", "李小伟", "surname_differs"),
        ("张小伟", "张国强", "surname_only"),
        ("季云", "何云", "short_given_only"),
        ("张小伟", "李国强", "none"),
        ("王海盛", "小盛", "nickname"),
        ("黄玉秀", "黄老三", "nickname"),
        ("欧阳娜娜", "欧阳那那", "same_sound"),
        ("张小伟", "zhang xiaowei", "pinyin"),
        ("张小伟", "xiaowei zhang", "pinyin"),
        ("张小伟", "li qiang", "none"),
        ("阿依古丽买买提", "阿依古丽", "subset"),
        ("sarah miller", "miller sarah", "words_same"),
        ("sarah miller", "sara miller", "word_misspelt"),
        ("sarah miller", "sara milller", "words_misspelt"),
        ("sarah miller", "sarah brown", "word_same"),
        ("sarah miller", "miller", "subset_of_words"),
        ("sarah miller", "tom brown", "no_word"),
    ],
)
def test_what_is_made_of_a_name_has_a_level(one: str, other: str, level: str) -> None:
    assert compared(person(one), person(other)).level("name") == level


def test_a_character_no_font_had_stands_for_any() -> None:
    masked = Description(names=(Name("蒋子□", "jiang zi"),))
    assert compared(masked, Description(names=(name("蒋子琀"),))).level("name") == "masked"
    assert compared(Description(names=(Name("孙□", "sun"),)), person("孙鑢")).level("name") == "surname_masked"
    assert compared(masked, Description(names=(name("蒋小琀"),))).level("name") == "none"


def test_a_common_name_is_worth_less_than_a_rare_one() -> None:
    common, rare = person("王伟"), person("龚䶮")
    assert compared(common, common).bits < compared(rare, rare).bits


def test_of_several_names_the_best_pair_counts() -> None:
    renamed = Description(names=(name("张小伟"), name("李国强")))
    assert compared(renamed, person("李国强")).level("name") == "exact"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1980-05-06", "1980-05-06", "exact"),
        ("1980-05-06", "1980-06-05", "swapped"),
        ("1980-05-06", "1981-05-06", "year_off"),
        ("1980-05-06", "1980-01-01", "first_of_january"),
        ("1980-05-06", "1980-05-07", "day_off"),
        ("1980-05-06", "1980-05-16", "days_off"),
        ("1985-05-06", "1995-05-06", "one_edit"),
        ("1972-02-17", "1972-03-11", "lunar"),
        ("1980-05-06", "1980-06-12", "lunar"),
        ("1980-05-06", "1990-05-06", "one_edit"),
        ("1980-05-06", "1980-05", "same_month"),
        ("1980-05-06", "1980", "same_year"),
        ("1980-05-06", "1981-05", "other"),
        ("1980-05-06", "1962-11-23", "other"),
    ],
)
def test_what_is_made_of_a_birth_date_has_a_level(one: str, other: str, level: str) -> None:
    assert compared(person(birth=one), person(birth=other)).level("birth") == level


def test_an_id_number_tells_the_birth_date_that_nobody_wrote() -> None:
    told = person(birth="", id_numbers=(id_number("1980-05-06"),))
    assert compared(told, person()).level("birth") == "exact"
    assert compared(told, person(birth="", id_numbers=(id_number("1962-11-23"),))).level("birth") == ""


def test_a_birth_date_filled_in_from_a_mistyped_number_does_not_contradict() -> None:
    right = id_number("1980-05-06")
    wrong = f"{right[:6]}2{right[7:]}"
    mistyped = person(birth="2980-05-06", doubtful=(wrong,))
    assert compared(mistyped, person(id_numbers=(right,))).level("id_number") == "one_edit"
    filled_in = person(birth="1908-05-06", doubtful=("990101190805060128",))
    assert compared(filled_in, person(id_numbers=("990101198005060128",))).level("birth") in {
        "told_by_number",
        "one_edit",
    }


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (id_number(), "equal"),
        (id_number(sequence=13), "one_edit_valid"),
        (id_number("1962-11-23", 345), "other"),
    ],
)
def test_two_sound_numbers_are_two_people_but_for_a_digit(number: str, level: str) -> None:
    assert compared(person(id_numbers=(id_number(),)), person(id_numbers=(number,))).level("id_number") == level


@pytest.mark.parametrize(
    ("spoil", "level"),
    [
        (lambda number: number[:17] + ("0" if number[17] != "0" else "1"), "one_edit"),
        (lambda number: number[:14] + number[15] + number[14] + number[16:], "transposed"),
        (lambda number: number[:15] + "99" + number[17:], "two_edits"),
        (lambda number: number[:14], "cut"),
        (lambda _: "990101196211233450", "other_invalid"),
    ],
)
def test_a_faulty_number_is_near_or_not(spoil: object, level: str) -> None:
    doubtful = person(doubtful=(spoil(id_number()),))  # type: ignore[operator]
    assert compared(doubtful, person(id_numbers=(id_number(),))).level("id_number") == level


def test_what_a_household_shares_counts_once() -> None:
    one = person(phones=(PHONE,), addresses=(HOME,), mother=mother("990101195001010011"))
    comparison = compared(one, one)
    home = sum(
        found.bits
        for found in comparison.findings
        if found.field in {"phone", "address", "area", "mother", "household"}
    )
    assert home <= DEFAULT.thresholds.household + max(DEFAULT.weights["area"].values())


def test_a_household_alone_never_reaches_what_is_joined() -> None:
    father = person("张国强", birth="1950-01-02", phones=(PHONE,), addresses=(HOME,))
    son = person("张小伟", phones=(PHONE,), addresses=(HOME,))
    assert compared(father, son).bits < DEFAULT.thresholds.ask


@pytest.mark.parametrize(
    ("door", "level"),
    [
        (HOME, "door"),
        (Address(HOME.units, "何家湾", ("3",)), "door"),
        (Address(HOME.units, "何家湾", ("7", "8")), "village"),
        (Address(HOME.units, "何家湾里", ("7", "8")), "alike"),
        (Address(HOME.units, "梅园", ("7", "8")), "other"),
    ],
)
def test_an_address_agrees_as_far_as_it_goes(door: Address, level: str) -> None:
    assert compared(person(addresses=(HOME,)), person(addresses=(door,))).level("address") == level


def test_phones_agree_but_for_a_digit() -> None:
    assert compared(person(phones=(PHONE,)), person(phones=(OTHER_PHONE,))).level("phone") == "one_edit"
    assert compared(person(phones=(PHONE,)), person(phones=("16222222222",))).level("phone") == "other"


def test_twins_are_not_one() -> None:
    one = person("张子涵", birth="2019-03-04", phones=(PHONE,), id_numbers=())
    assert "twin" in compared(one, person("张子轩", birth="2019-03-04", phones=(PHONE,))).vetoes


def test_a_boy_and_a_girl_of_one_mother_may_have_names_that_sound_alike() -> None:
    one = person("张子轩", birth="2019-03-04", sex="male", mother=mother("990101199001010020"))
    girl = person("张紫萱", birth="2019-03-04", sex="female", mother=mother("990101199001010020"))
    assert "twin" in compared(one, girl).vetoes
    assert "twin" not in compared(one, person("张梓轩", birth="2019-03-04", sex="male", mother=one.mother)).vetoes


def test_two_sound_numbers_two_orders_two_certificates_forbid() -> None:
    one = person(id_numbers=(id_number(),), order=1, papers=(("birth_certificate", "Z990000001"),))
    other = person(id_numbers=(id_number(sequence=346),), order=2, papers=(("birth_certificate", "Z990000002"),))
    assert {"two_id_numbers", "birth_order", "birth_certificates"} <= set(compared(one, other).vetoes)


def test_a_nameless_newborn_of_the_other_sex_is_another() -> None:
    boy = person("", birth="2026-01-02", nameless=True, mother=mother("990101199001010020"))
    girl = person("李一诺", birth="2026-01-02", sex="female", mother=mother("990101199001010020"))
    assert "sex_of_newborn" in compared(boy, girl).vetoes


def test_an_empty_description_agrees_with_nobody() -> None:
    assert compared(Description(), person(id_numbers=(id_number(),))).findings == ()
    assert compared(Description(), Description()).bits == DEFAULT.prior


NAMES = st.sampled_from(
    [
        "张小伟",
        "张伟",
        "王芳",
        "欧阳娜娜",
        "阿依古丽买买提",
        "蒋子□",
        "小盛",
        "老三",
        "sarah miller",
        "zhang wei",
        "□",
        "?",
    ]
)
DATES = st.sampled_from(["", "1980", "1980-05", "1980-05-06", "1980-06-05", "1980-02-30", "1980-01-01"])
NUMBERS = st.sampled_from([id_number(), id_number(sequence=13), id_number("1962-11-23")])
DESCRIPTIONS = st.builds(
    Description,
    id_numbers=st.lists(NUMBERS, max_size=2, unique=True).map(tuple),
    doubtful=st.lists(st.text("0123456789X", max_size=19), max_size=2).map(tuple),
    papers=st.lists(
        st.tuples(st.sampled_from(["card", "birth_certificate"]), st.sampled_from(["1", "2"])), max_size=2
    ).map(tuple),
    names=st.lists(
        st.one_of(NAMES.map(name), st.builds(Name, st.text(max_size=4), st.text(max_size=9))), max_size=2
    ).map(tuple),
    birth=DATES,
    born_at=st.sampled_from(["", "01:02", "03:04"]),
    sex=st.sampled_from(["", "male", "female"]),
    phones=st.lists(st.sampled_from([PHONE, OTHER_PHONE, "1"]), max_size=2).map(tuple),
    addresses=st.lists(
        st.builds(
            Address,
            st.lists(st.sampled_from(["汇川", "青店", "nsw"]), max_size=2).map(tuple),
            st.sampled_from(["", "何家湾", "梅园", "high street"]),
            st.lists(st.sampled_from(["1", "2"]), max_size=3).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    mother=st.one_of(
        st.none(),
        st.builds(
            Mother,
            st.lists(st.tuples(st.just("urn:hub:mother"), NUMBERS), max_size=1).map(tuple),
            st.lists(NAMES.map(name), max_size=1).map(tuple),
        ),
    ),
    order=st.integers(0, 3),
    multiple=st.booleans(),
    nameless=st.booleans(),
)


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_it_is_the_same_whichever_comes_first(one: Description, other: Description) -> None:
    assert compared(one, other) == compared(other, one)


def test_twins_of_one_mother_may_have_two_surnames() -> None:
    one = person("王诺玥", birth="2019-03-04", mother=mother("990101199001010020"))
    assert "twin" in compared(one, person("周欣梓", birth="2019-03-04", mother=one.mother)).vetoes


def test_the_first_of_january_is_a_day_where_the_number_of_both_tells_it() -> None:
    jan = person(birth="1980-01-01")
    assert compared(jan, jan).level("birth") == "same_year"
    numbered = person(birth="1980-01-01", id_numbers=(id_number("1980-01-01"),))
    assert compared(numbered, numbered).level("birth") == "exact"
