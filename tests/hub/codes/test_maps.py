"""Code maps are files that people write: every mistake has its line, and what one says another cannot bend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.check import checked
from hub.cli.init import write
from hub.codes import Entry, codes_for, read_map, write_map
from hub.codes.concept_map import from_concept_map, to_concept_map
from hub.codes.files import RELATIONS, parse_map, written_map
from hub.config import Mistakes
from hub.errors import Refused
from hub.loader import load_plugins
from hub.model import Code
from hub.records.json import encode

FEED = 'adapter = "hl7"\n[settings]\nlisten = "127.0.0.1:{port}"\n'
STARTER = Path(__file__).parents[3] / "config" / "codes"

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=8)
words = texts.filter(bool)
entries = st.lists(
    st.one_of(
        st.builds(Entry, words, texts, texts, words, texts, texts, st.sampled_from(("", *RELATIONS[1:])), texts),
        st.builds(Entry, words, texts, texts, note=words),
    ),
    unique_by=lambda entry: entry.key,
    max_size=6,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "codes" / "north").mkdir(parents=True)
    (tmp_path / "hub.toml").write_text("")
    for port, feed in enumerate(("north", "south"), 2575):
        (tmp_path / "feeds" / f"{feed}.toml").write_text(FEED.format(port=port))
    return tmp_path


def mistakes(directory: Path) -> list[str]:
    found, _warnings, _feeds = checked(directory, load_plugins())
    return [
        f"{Path(each['file']).relative_to(directory)}:{each['line']} {each['text'].split(': ', 1)[1]}" for each in found
    ]


@given(entries)
def test_a_map_is_the_same_as_csv_and_as_a_concept_map_and_back(rows: list[Entry]) -> None:
    again = parse_map(written_map(rows), Path("a.csv"))
    assert again == rows
    there = to_concept_map("a", "north", rows)
    assert from_concept_map(json.loads(encode(there))) == rows
    assert to_concept_map("a", "north", from_concept_map(there)) == there


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_come_from_excel(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "sex.csv"
    path.write_bytes("Code,display,standard_code\r\n1,男,male\r\n,,\r\n".encode(codec))
    assert read_map(path) == [Entry("1", display="男", standard_code="male")]
    write_map(path, read_map(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "1: the first line must name the columns"),
        (b"code,name\n", "1: the column standard_code is missing"),
        (b"code,standard_code,code\n", "1: the column code is there twice"),
        (b"code,standard_code\n1,male\n\n1,female\n", "4: 1 stands in line 2 already"),
        (b"code,standard_code\n1,\n", "2: standard_code: is missing; to keep"),
        (b"code,standard_code\n,male\n", "2: code: is missing"),
        (b"code,standard_code\n1,male,x\n", "2: there are more cells than columns"),
        (b'code,standard_code\n1,"male\n', "2: is no sound CSV here"),
        (b"code,standard_code,relation\n1,male,same\n", "2: relation: same is not known; write one of"),
        (b"code,standard_code\n1,\xff\xff\n", "2: is neither UTF-8 nor GB18030 here"),
    ],
)
def test_each_mistake_has_its_line(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "sex.csv").write_bytes(content)
    with pytest.raises(Mistakes) as raised:
        read_map(tmp_path / "sex.csv")
    assert f"sex.csv:{reason}" in raised.value.mistakes[0].render()


def test_check_finds_what_a_map_cannot_mean(directory: Path) -> None:
    (directory / "codes" / "sex.csv").write_text("code,standard_code\n7,male\n8,man\n")
    with (directory / "feeds" / "south.toml").open("a") as file:
        file.write('[[settings.fields]]\nfield = "PID-10"\ncodes = "nation_his"\n')
    misled, unnamed = mistakes(directory)
    assert misled == "codes/sex.csv:3 standard_code: man is not known; write one of female, male, other, unknown"
    assert unnamed.startswith("feeds/south.toml:6 settings.fields.0.codes: there is no code map nation_his; write ")
    assert unnamed.endswith("codes/south/nation_his.csv")
    (directory / "codes" / "west").mkdir()
    (directory / "codes" / "west" / "Sex 2.csv").write_text("code,standard_code\n")
    assert [found.split(":0 ", 1)[1] for found in mistakes(directory)] == [
        "a code map is named in a-z, 0-9, _ and -; rename the file",
        "there is no feed west; the feeds are north, south",
    ]


def test_a_feeds_rows_come_before_those_for_all(directory: Path) -> None:
    (directory / "codes" / "sex.csv").write_text("code,standard_code\n1,male\n2,female\n")
    (directory / "codes" / "north" / "sex.csv").write_text("code,standard_code,system\n7,other,\n1,female,OLD\n")
    assert codes_for(directory, "north")["sex"] == {
        "1": Code("", "male"), "2": Code("", "female"), "7": Code("", "other"), "OLD|1": Code("", "female")
    }  # fmt: skip
    assert "7" not in codes_for(directory, "south")["sex"]


def test_a_feeds_map_that_contradicts_stands_alone(directory: Path) -> None:
    """Of two coding systems with the same digits, a code of the one says nothing in the other (RH, education)."""
    (directory / "codes" / "rh.csv").write_text("code,standard_code\n1,neg\n2,pos\n3,unknown\n")
    (directory / "codes" / "north" / "rh.csv").write_text("code,standard_code\n1,pos\n")
    assert codes_for(directory, "north")["rh"] == {"1": Code("", "pos")}


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"code": "1", "target": [{"code": "a", "equivalence": "equal"}] * 2}, "leads to 2 codes"),
        ({"code": "1"}, "leads to 0 codes"),
        ({"code": "1", "target": [{"code": "a", "equivalence": "disjoint"}]}, "disjoint is not known"),
    ],
)
def test_a_concept_map_that_is_not_one_to_one_is_refused(element: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        from_concept_map({"resourceType": "ConceptMap", "group": [{"element": [element]}]})


def test_a_concept_map_that_guesses_is_refused() -> None:
    with pytest.raises(Refused, match="guesses"):
        from_concept_map({"resourceType": "ConceptMap", "group": [{"unmapped": {"mode": "fixed", "code": "M"}}]})


def test_a_new_site_has_the_national_tables(tmp_path: Path) -> None:
    written = write(tmp_path / "site")
    assert {path.name for path in written} >= {path.name for path in STARTER.glob("*.csv")}
    assert checked(tmp_path / "site", load_plugins())[0] == []
    codes = codes_for(tmp_path / "site", "central-hospital")
    assert [codes["sex"][code].code for code in "0129"] == ["unknown", "male", "female", "unknown"]
    assert codes["nation"]["56"] == Code("urn:oid:2.16.156.10011.2.3.3.3", "56", "基诺族")
    assert (codes["marital"]["30"].code, codes["relationship"]["52"].code) == ("W", "MTH")
    assert (codes["rh_form"]["1"].display, codes["education_form"]["9"].code) == ("Rh阴性", "90")
