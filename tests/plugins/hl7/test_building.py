"""Values as HL7 v2 lines, in any delimiters, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.hl7.building import Field, Verbatim, codec_for, components, location, segment
from plugins.hl7.delimiters import Delimiters
from plugins.hl7.head import Head
from plugins.hl7.lexer import lex

USUAL = Delimiters()
OWN = Delimiters("$", "%", "*", "!", "#")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({3: "M1"}, "PID|||M1\r"),
        ({3: ["M1", ("C9", "", "", ("CLINIC", "2.999.3", "ISO"))]}, "PID|||M1~C9^^^CLINIC&2.999.3&ISO\r"),
        ({5: ["", ("", "", "S")], 9: ""}, "PID|||||~^^S\r"),
        ({5: "a|b^c~d&e\\f\ng"}, "PID|||||a\\F\\b\\S\\c\\R\\d\\T\\e\\E\\f\\.br\\g\r"),
        ({5: Verbatim("张^三~李^四")}, "PID|||||张^三~李^四\r"),
        ({}, "PID\r"),
    ],
)
def test_a_segment_is_written(fields: dict[int, Field], line: str) -> None:
    assert segment("PID", fields, USUAL) == line


def test_delimiters_are_the_readers_own() -> None:
    line = segment("PID", {3: [("M1", ("HOSP", "1.2")), "$%*!#"]}, OWN)

    assert line == "PID$$$M1%HOSP#1.2*!F!!S!!R!!E!!T!\r"


def test_without_a_delimiter_only_the_first_part_can_be_said() -> None:
    assert segment("PID", {3: [("M1", "x"), "M2"]}, Delimiters("|", "^", "", "", "")) == "PID|||M1^x\r"


@given(
    st.lists(st.text("aé张|^~\\&#$ ", min_size=1, max_size=6), min_size=1, max_size=4), st.sampled_from([USUAL, OWN])
)
def test_what_is_written_is_read_again(parts: list[str], delimiters: Delimiters) -> None:
    head = f"MSH{''.join(delimiters[:5])}{delimiters.field}A\r"
    (read,) = lex(head + segment("ZZZ", {1: tuple(parts)}, delimiters)).all("ZZZ")

    assert [read.get(1, at) for at in range(1, len(parts) + 1)] == parts


def test_components_stand_where_they_belong() -> None:
    assert components({4: ("HOSP", "1.2"), 1: "M1", 6: ""}) == ("M1", "", "", ("HOSP", "1.2"))


@pytest.mark.parametrize(
    ("place", "told"),
    [("PID-3[2].4", ("PID", "1", "3", "2", "4")), ("OBX[3]-5", ("OBX", "3", "5", "", "")), ("?", ("", "", "", "", ""))],
)
def test_a_place_is_told_as_erl(place: str, told: tuple[str, ...]) -> None:
    assert location(place) == told


@pytest.mark.parametrize(
    ("charset", "text", "codec"),
    [
        ("GB 18030-2000", "张", "gb18030"),
        ("8859/1", "é", "iso-8859-1"),
        ("8859/1", "张", "utf-8"),
        ("ASCII", "张", "utf-8"),
    ],
)
def test_no_character_is_lost_to_the_readers_charset(charset: str, text: str, codec: str) -> None:
    head = Head.read(rf"MSH|^~\&|||||||ACK|1|P|2.5||||||{charset}".encode())

    assert codec_for(head, text) == codec
