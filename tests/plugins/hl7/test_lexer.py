"""The lexer loses nothing, invents nothing, and takes time in proportion to what it is given."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import ParseError
from plugins.hl7.lexer import NULL, Delimiters, escape, lex, unescape

if TYPE_CHECKING:
    from collections.abc import Callable

MSH = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A04^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8"
STANDARD = Delimiters()
ODD = Delimiters("*", ":", "!", "/", "%")


def hazards() -> list[str]:
    """The characters between U+4E00 and U+9FA5 whose second byte in GB18030 is a delimiter."""
    return [char for char in map(chr, range(0x4E00, 0x9FA6)) if char.encode("gb18030")[1:] in (b"|", b"^", b"~", b"\\")]


def test_fields_of_the_header_are_counted_from_the_separator() -> None:
    header = lex(MSH).header
    assert header.get(1) == "|"
    assert header.get(2) == r"^~\&"
    assert header.get(3) == "HIS"
    assert (header.get(9), header.get(9, 2), header.get(9, 3)) == ("ADT", "A04", "ADT_A01")
    assert header.get(10) == "C1"
    assert header.get(18) == "UNICODE UTF-8"


def test_the_delimiters_of_the_header_are_never_split() -> None:
    header = lex(MSH).header
    assert [found.get() for found in header.repetitions(2)] == [r"^~\&"]
    assert header.repetitions(2)[0].components() == [r"^~\&"]
    assert (header.get(2, 2), header.get(2, repetition=2), header.repetitions(2)[0].get(2)) == ("", "", "")


def test_a_leaf_is_found_by_field_component_subcomponent_and_repetition() -> None:
    pid = lex(MSH + "\rPID|1||A^^^H&1.2.3&ISO^MR~B^^^X\r").first("PID")
    assert pid is not None
    assert pid.get(3) == "A"
    assert pid.get(3, 4) == "H"
    assert pid.get(3, 4, 2) == "1.2.3"
    assert pid.get(3, 5) == "MR"
    assert pid.get(3, repetition=2) == "B"
    assert pid.get(3, 4, repetition=2) == "X"
    assert pid.get(3, 5, repetition=2) == pid.get(3, repetition=3) == pid.get(3, 4, 4) == pid.get(9) == ""


def test_asking_for_a_part_of_a_value_without_parts_gives_the_whole_or_nothing() -> None:
    pid = lex(MSH + "\rPID|X|-\r").first("PID")
    assert pid is not None
    for field, whole in ((1, "X"), (2, "-")):
        assert pid.get(field) == whole
        assert pid.get(field, 2) == pid.get(field, 1, 2) == pid.get(field, repetition=2) == ""


def test_repetitions_leave_out_empty_ones() -> None:
    pid = lex(MSH + "\rPID|||A~~B^C&D\r").first("PID")
    assert pid is not None
    assert [found.raw for found in pid.repetitions(3)] == ["A", "B^C&D"]
    assert pid.repetitions(3)[1].components() == ["B", "C&D"]
    assert pid.repetitions(3)[1].get(2, 2) == "D"
    assert pid.repetitions(2) == pid.repetitions(30) == []


def test_a_deleted_value_is_told_from_an_empty_and_an_absent_one() -> None:
    pid = lex(MSH + '\rPID|""||\r').first("PID")
    assert pid is not None
    assert pid.get(1) == NULL
    assert pid.get(2) == ""
    assert pid.fields == 3
    assert pid.raw(4) == ""


def test_segments_know_their_place() -> None:
    lexed = lex(MSH + "\rPID|1\rOBX|1|a\rNTE|1\rOBX|2|b")
    assert [(one.name, one.position, one.occurrence) for one in lexed.segments] == [
        ("MSH", 0, 1),
        ("PID", 1, 1),
        ("OBX", 2, 1),
        ("NTE", 3, 1),
        ("OBX", 4, 2),
    ]
    assert [(one.position, one.occurrence, one.get(2)) for one in lexed.all("OBX")] == [(2, 1, "a"), (4, 2, "b")]


def test_first_and_all_say_the_same_before_and_after_all_segments_are_split() -> None:
    lexed = lex(MSH + "\rPID|1\rZPI\rOBX|1\rOBX|2\rOB")
    fresh = lex(lexed.text)
    assert lexed.segments
    for name in ("MSH", "PID", "ZPI", "OBX", "OB", "O", "NK1"):
        one, other = lexed.first(name), fresh.first(name)
        assert (one and one.raws) == (other and other.raws)
        assert [found.raws for found in lexed.all(name)] == [found.raws for found in fresh.all(name)]
    assert lexed.first("O") is None
    assert [found.name for found in lexed.all("ZPI")] == ["ZPI"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_end_with_cr_lf_or_both(end: str) -> None:
    text = end.join([MSH, "PID|1", "", "PV1|1|I", ""])
    lexed = lex(text)
    assert [one.name for one in lexed.segments] == ["MSH", "PID", "PV1"]
    assert lexed.encode() == text


def test_mixed_line_ends_and_blank_lines_are_kept_as_they_came() -> None:
    text = "\r\n" + MSH + "\r\r\nPID|1\n\nPV1|1\r\nZZZ|9\r"
    lexed = lex(text)
    assert [one.name for one in lexed.segments] == ["MSH", "PID", "PV1", "ZZZ"]
    assert lexed.encode() == text


def test_a_line_feed_within_a_value_belongs_to_it() -> None:
    text = MSH + "\rNTE|1||first line\nsecond line\nMSH text\rNTE|2||x\n"
    lexed = lex(text)
    assert [one.name for one in lexed.segments] == ["MSH", "NTE", "NTE"]
    assert lexed.segments[1].get(3) == "first line\nsecond line\nMSH text"
    assert lexed.encode() == text


def test_only_cr_and_lf_end_lines() -> None:
    value = "a\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029b"
    assert lex(f"{MSH}\rNTE|1||{value}\r").segments[1].get(3) == value


@pytest.mark.parametrize(
    ("written", "declared"),
    [
        (r"MSH|^~\&|A", Delimiters()),
        (r"MSH|^~\&#|A", Delimiters(truncation="#")),
        (r"MSH|^~\|A", Delimiters(subcomponent="")),
        ("MSH|^~|A", Delimiters(escape="", subcomponent="")),
        ("MSH|^|A", Delimiters(repetition="", escape="", subcomponent="")),
        ("MSH*:!/%*A", ODD),
        ("MSH§¤~\\&§A", Delimiters("§", "¤")),
        ("MSH|^~\\&", Delimiters()),
    ],
)
def test_delimiters_are_those_declared_and_none_is_made_up(written: str, declared: Delimiters) -> None:
    lexed = lex(written)
    assert lexed.delimiters == declared
    assert lexed.encode() == written


def test_a_delimiter_that_is_not_declared_does_not_split() -> None:
    pid = lex("MSH|^|A\rPID|a&b~c\\T\\d^e").first("PID")
    assert pid is not None
    assert pid.get(1) == "a&b~c\\T\\d"
    assert pid.get(1, 2) == "e"
    assert pid.repetitions(1)[0].components() == ["a&b~c\\T\\d", "e"]


def test_a_message_with_delimiters_of_its_own_reads_the_same() -> None:
    text = MSH + "\rPID|1||A^^^H&I~B||张^三\\T\\四"
    other = lex(text.translate(str.maketrans("|^~\\&", "*:!/%")))
    for segment, twin in zip(lex(text).segments, other.segments, strict=True):
        for field in range(3, segment.fields + 1):
            read, twins = (
                [[part.get(n) for n in (1, 2, 4)] for part in one.repetitions(field)] for one in (segment, twin)
            )
            assert [[leaf.replace("&", "%") for leaf in leaves] for leaves in read] == twins


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "MSH"),
        ("PID|1", "MSH"),
        ("msh|^~\\&|", "MSH"),
        ("hello", "MSH"),
        ("FHS|^~\\&|", "MSH"),
        ("MSH", "MSH-1"),
        ("MSHA^~\\&A", "MSH-1"),
        ("MSH\r^~", "MSH-1"),
        ("MSH|", "MSH-2"),
        ("MSH||A", "MSH-2"),
        ("MSH|^~\\&#!|A", "MSH-2"),
        ("MSH|^^\\&|A", "MSH-2"),
        ("MSH|^~AB|", "MSH-2"),
        ("MSH|^~\\ |", "MSH-2"),
        ("MSH|\rPID|1", "MSH-2"),
    ],
)
def test_what_is_no_message_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ParseError) as caught:
        lex(text)
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
        (r"\E\R\ ", "\\R\\ "),
        (r"one\.br\two\.sp\three\.sp2\four", "one\ntwo\nthree\n\nfour"),
        (r"\H\bold\N\ ", "bold "),
        (r"\X0D\ ", "\r "),
        (r"\X7C\ ", "| "),
        (r"\XE5BCA0\ ", "张 "),
        (r"\XZZ\ \X4\ \X\ ", r"\XZZ\ \X4\ \X\ "),
        (r"\Zxy\ \C2842\ \.unknown\ ", r"\Zxy\ \C2842\ \.unknown\ "),
        (r"not ended \F", r"not ended \F"),
        ("\\", "\\"),
        (r"\\", r"\\"),
        (r"C:\dir\name", r"C:\dir\name"),
        (r"\P\ ", r"\P\ "),
    ],
)
def test_escapes_are_decoded_and_what_is_unknown_stays(written: str, read: str) -> None:
    assert unescape(written, STANDARD) == read


def test_a_decoded_delimiter_does_not_split_again() -> None:
    nte = lex(MSH + r"\rNTE|a\S\b\X5E\c\T\d^e".replace(r"\r", "\r")).first("NTE")
    assert nte is not None
    assert nte.get(1) == "a^b^c&d"
    assert nte.get(1, 2) == "e"


def test_escaped_bytes_are_in_the_charset_of_the_message() -> None:
    assert unescape(r"\XD5C5\ ", STANDARD, "gb18030") == "张 "
    assert unescape(r"\XD5C5\ ", STANDARD, "utf-8") == r"\XD5C5\ "
    nte = lex(MSH + "\rNTE|\\XD5C5\\", charset="gb18030").first("NTE")
    assert nte is not None
    assert nte.get(1) == "张"


def test_the_truncation_character_is_escaped_only_where_it_is_declared() -> None:
    declared = Delimiters(truncation="#")
    assert unescape(r"\P\ ", declared) == "# "
    assert escape("a#b", declared) == r"a\P\b"
    assert escape("a#b", STANDARD) == "a#b"


def test_without_an_escape_character_delimiters_become_blanks() -> None:
    assert escape("a|b^c&d\r", Delimiters(escape="", subcomponent="")) == "a b c&d "


def test_every_hazardous_character_survives_decoding_and_splitting() -> None:
    found = hazards()
    assert len(found) == 464
    assert {*"珅玕瑋昞"} <= {*found}
    for char in found:
        body = f"{MSH}\rPID|1||1||{char}^{char}~{char}\r".encode("gb18030")
        pid = lex(body.decode("gb18030")).first("PID")
        assert pid is not None
        assert [pid.get(5), pid.get(5, 2), pid.get(5, repetition=2), pid.fields] == [char, char, char, 5]


marks = st.sampled_from("|^~\\&\r\n")
texts = st.text(st.one_of(marks, st.characters(codec="utf-8")), max_size=60)
declarations = st.sampled_from([STANDARD, ODD, Delimiters(truncation="#"), Delimiters("\x7b", "}", "`", "@", "$")])


@given(texts)
def test_any_message_comes_back_as_it_was(rest: str) -> None:
    text = MSH + rest
    assert lex(text).encode() == text


@given(texts, declarations)
def test_escaping_round_trips(text: str, delimiters: Delimiters) -> None:
    written = escape(text, delimiters)
    assert unescape(written, delimiters) == text
    assert not {*written} & {
        delimiters.field,
        delimiters.component,
        delimiters.repetition,
        delimiters.subcomponent,
        "\r",
    }


@given(texts)
def test_any_text_is_unescaped_or_left_alone_but_never_fails(text: str) -> None:
    assert isinstance(unescape(text, STANDARD), str)


@given(texts)
def test_anything_is_a_message_or_refused_with_a_reason(text: str) -> None:
    with suppress(ParseError):
        assert lex(text).header.name == "MSH"


def test_the_limits_are_what_they_say() -> None:
    segments = MSH + "\rNTE|1" * 4
    assert len(lex(segments, segments=4).segments) == 5
    with pytest.raises(ParseError, match="segments"):
        lex(segments, segments=3)
    with pytest.raises(ParseError, match="segments"):
        lex(segments.replace("\r", "\r\n"), segments=3)
    assert lex(MSH + "\r\n" * 2_000_000, segments=2_000_000)
    repeated = MSH + "\rPID|" + "~".join("abc")
    assert lex(repeated, repetitions=3)
    with pytest.raises(ParseError, match="repetitions"):
        lex(repeated, repetitions=2)


@pytest.mark.parametrize(
    "text",
    [
        MSH + "\rNTE|1||x" * 20_001,
        MSH + "\n" * 25_000_000,
        MSH + "\r\n" * 12_000_000,
        MSH + "\rPID|" + "~" * 25_000_000,
    ],
    ids=["segments", "blank lines", "blank lines of two", "repetitions"],
)
def test_what_is_beyond_the_limits_is_refused_at_once(text: str) -> None:
    with pytest.raises(ParseError, match="limit"):
        lex(text)
    assert best(lambda: refusing(text)) < 1  # taking it apart would cost many times that


def refusing(text: str) -> None:
    with pytest.raises(ParseError):
        lex(text)


def best(work: Callable[[], object]) -> float:
    """The least of three times: the machine may be busy with something else."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def every_leaf(text: str) -> int:
    return sum(
        len(repetition.components())
        for segment in lex(text).segments
        for field in range(1, segment.fields + 1)
        for repetition in segment.repetitions(field)
    )


@pytest.mark.parametrize(
    "grow",
    [
        lambda size: MSH + "\rPID|1||" + "~".join(f"{n}^^^H" for n in range(size)),
        lambda size: MSH + "".join(f"\rOBX|{n}|NM|718-7^血红蛋白^LN||{n}" for n in range(size // 5)),
        lambda size: MSH + "\rOBX|1|ED|||^^^Base64^" + "QUJD" * (size * 25),
        lambda size: MSH + "\rNTE|1||" + "\\" * size,
        lambda size: MSH + "\rNTE|1||" + "line\n" * (size // 5),
        lambda size: MSH + "\rNTE|1||" + "^" * size,
    ],
    ids=["repetitions", "segments", "one field of 5 MB", "escape characters", "line feeds", "components"],
)
def test_time_grows_with_the_message_and_no_faster(grow: Callable[[int], str]) -> None:
    small, large = grow(25_000), grow(50_000)
    assert every_leaf(large) > 0
    assert best(lambda: every_leaf(large)) < 3.5 * best(lambda: every_leaf(small)) + 0.01


@pytest.mark.parametrize("line", ["FHS", "MSH", "BHS|", "FHS|^~\\&"])
def test_a_header_without_anything_behind_its_name_is_given_back_as_it_came(line: str) -> None:
    text = f"MSH|^~\\&|HIS\r{line}\rPID|1"

    assert lex(text).encode() == text
