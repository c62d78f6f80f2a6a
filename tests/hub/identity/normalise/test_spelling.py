"""Text in one spelling, whoever wrote it; tables of cases stand beside this file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.normalise import Address, Description, Name, describe, fold, ways_to_write
from hub.identity.normalise.addresses import chinese
from hub.identity.normalise.names import spoken_text
from hub.identity.normalise.phones import several
from hub.identity.normalise.sounds import reading, sound

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[4]
NATIONAL = "urn:oid:2.16.156.10011.1."
TEXT = st.text() | st.text(
    st.sampled_from("张王李芳之子女大小双婴䶮𠮷龑·•?□ 　省市县区镇村路号幢组十一0123456789-A先生()（）")
)


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["written"] or "empty")
        for case in json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", cases("names"))
def test_a_name_has_one_spelling(case: Any) -> None:
    assert spoken_text(case["written"]).names == tuple(Name(*one) for one in case["names"])


@pytest.mark.parametrize("case", cases("newborns"))
def test_a_newborn_without_a_name_is_its_mothers(case: Any) -> None:
    told = spoken_text(case["written"])

    assert (told.names, told.nameless) == ((), True)
    assert [name.text for name in told.mothers] == case["mother"]
    assert (told.order, told.multiple, told.child) == (case["order"], case["multiple"], case["child"])


@pytest.mark.parametrize("case", cases("addresses"))
def test_an_address_is_known_down_to_the_door(case: Any) -> None:
    assert [[list(one.units), one.village, list(one.numbers)] for one in chinese(case["written"])] == case["places"]


@pytest.mark.parametrize("case", cases("phones"))
def test_a_phone_is_what_one_dials(case: Any) -> None:
    assert list(several(case["written"])) == case["numbers"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("龔龑", "龚䶮"), ("𠮷", "吉"), ("昇", "升"), ("甯", "宁"), ("閆", "阎"), ("傅", "付"), ("蕭", "肖"), ("黃", "黄"),
     ("Ｚｈａｎｇ", "ZHANG"), ("É", "e"), ("・", "·"), ("羣", "群"), ("德", "悳"), ("張偉", "张 伟")],
)  # fmt: skip
def test_variants_of_a_character_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("character", "乾著芸予余弁后里郁")
def test_a_simplified_character_is_no_other_ones_variant(character: str) -> None:
    assert fold(character) == character


@pytest.mark.parametrize(("one", "other"), [("婷", "停"), ("伟", "玮"), ("王", "黄"), ("翀", "冲"), ("丘", "邱")])
def test_who_only_looks_or_sounds_alike_stays_another(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_rare_characters_have_readings() -> None:
    assert [reading(fold(one)) for one in "䶮珅玕𠮷喆翀堃犇"] == [
        "yan",
        "shen",
        "gan",
        "ji",
        "zhe",
        "chong",
        "kun",
        "ben",
    ]


def test_a_character_that_nobody_reads_stays_in_the_sound() -> None:
    assert sound("张\U0003134f") == "zhang \U0003134f"


def test_a_name_is_also_asked_for_by_pinyin_and_initials() -> None:
    assert ways_to_write({"text": "龚䶮"}) == ("gongyan", "gy")
    assert ways_to_write({"family": "欧阳", "given": ["珅"]}) == ("ouyangshen", "oys")
    assert ways_to_write({"text": "阿依•古丽"}) == ("ayiguli", "aygl", "阿依古丽", "古丽", "guli", "gl")
    assert ways_to_write({"text": "Jane Doe"}) == ways_to_write({}) == ways_to_write({"text": "张三之子"}) == ()


def test_an_english_address_is_streets_without_their_kind() -> None:
    written = {"line": ["012 Smith St.", "Rosetta Village"], "city": "NORTH Ryde", "state": "nsw", "postalCode": "2113"}

    assert describe({"address": [written]}).addresses == (
        Address(("nsw", "north ryde", "2113"), "smith", ("12",)),
        Address(("nsw", "north ryde", "2113"), "rosetta village", ("12",)),
    )


def test_the_parts_of_a_structured_address_are_read_as_one() -> None:
    written = {"state": "江苏省", "city": "无锡市", "district": "梁溪区", "line": ["扬名街道", "锦绣花园3幢502室"]}

    assert describe({"address": [written]}).addresses == (
        Address(("江苏", "无锡", "梁溪", "扬名"), "锦绣", ("3", "502")),
    )


@given(TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXT)
def test_a_name_that_was_spelled_stays_as_it_is(text: str) -> None:
    told = spoken_text(text)
    assert all(fold(name.text) == name.text != "" for name in (*told.names, *told.mothers))


@given(TEXT)
def test_a_phone_of_a_phone_is_itself(text: str) -> None:
    for number in several(text):
        assert several(number) in ((number,), ())


PARTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "name": {"text": TEXT, "family": TEXT, "given": st.lists(TEXT)},
    "identifier": {"system": st.sampled_from((f"{NATIONAL}3", f"{NATIONAL}2")), "value": TEXT},
    "telecom": {"value": TEXT},
    "address": {"text": TEXT, "line": st.lists(TEXT), "city": TEXT},
}
ELEMENTS: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.lists(st.fixed_dictionaries({}, optional=part), max_size=3) for name, part in PARTS.items()},
    "birthDate": TEXT,
    "gender": TEXT,
}


@given(st.fixed_dictionaries({}, optional=ELEMENTS))
def test_nothing_that_is_written_breaks_it(patient: Any) -> None:
    assert isinstance(describe(patient, "feed"), Description)


def test_the_tables_of_characters_are_what_their_sources_say(tmp_path: Path) -> None:
    """With two libraries that only writing the tables needs."""
    subprocess.run([sys.executable, ".ci/characters.py", str(tmp_path)], cwd=ROOT, check=True, timeout=60)

    for name in ("folded.txt", "readings.txt"):
        kept = ROOT / "hub" / "identity" / "normalise" / "characters" / name
        assert (tmp_path / name).read_bytes() == kept.read_bytes(), "python .ci/characters.py writes it anew"
