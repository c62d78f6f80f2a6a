"""Nothing is decoded as something else in silence."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import ParseError
from plugins.hl7.charset import declaration, decode, decode_as, encode
from plugins.hl7.lexer import lex

HAZARDS = [char for char in map(chr, range(0x4E00, 0x9FA6)) if char.encode("gb18030")[1:] in (b"|", b"^", b"~", b"\\")]


def message(name: str = "王^娴芳", charset: str = "", facility: str = "HOSP") -> str:
    return (
        rf"MSH|^~\&|HIS|{facility}|HUB|COUNTY|20240301080000||ADT^A04^ADT_A01|C1|P|2.5.1||||||{charset}"
        f"\rPID|1||1^^^H||{name}||19900101|F\r"
    )


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("UNICODE", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("GB18030", "gb18030"),
        ("GBK", "gb18030"),
        ("gb2312", "gb18030"),
        ("GB 18030-2000~UNICODE UTF-8", "gb18030"),
    ],
)
def test_a_declaration_is_followed(declared: str, codec: str) -> None:
    text = message(charset=declared)
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.codec, decoded.faults) == (text, codec, ())
    assert decoded.notes == {"encoding": codec}


@pytest.mark.parametrize("declared", ["", "CHN", "KLINGON-8"])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_without_a_known_declaration_the_bytes_decide(declared: str, codec: str) -> None:
    text = message(charset=declared)
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.codec) == (text, codec)
    assert decoded.faults == (("declared_unknown",) if declared else ())


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UNICODE UTF-8", "gb18030"),
        ("GB 18030-2000", "utf-8"),
        ("ASCII", "utf-8"),
        ("ASCII", "gb18030"),
        ("8859/1", "utf-8"),
        ("8859/1", "gb18030"),
    ],
)
def test_a_false_declaration_loses_nothing_and_is_noted(declared: str, codec: str) -> None:
    text = message(charset=declared)
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.codec, decoded.faults) == (text, codec, ("declared_wrong",))
    assert decoded.notes == {"encoding": codec, "encoding_faults": "declared_wrong", "encoding_declared": declared}


def test_too_little_evidence_against_a_declaration_is_flagged() -> None:
    body = message("张三", "GB 18030-2000").encode()
    decoded = decode(body)
    assert (decoded.text, decoded.faults) == (body.decode("gb18030"), ("ambiguous",))


def test_letters_with_accents_are_latin_1_where_that_is_declared() -> None:
    text = message("Müller^José", "8859/1")
    assert decode(text.encode("iso-8859-1")).text == text


@pytest.mark.parametrize(
    "body",
    [
        message("@").encode().replace(b"@", b"\xff\xfe\xfa\x81"),
        message("王@明^小红", "UNICODE UTF-8").encode().replace(b"@", b"\xff\xfe\xfa\x81"),
        message("王小明^小红@", "UNICODE UTF-8").encode().replace(b"@", "中".encode()[:2]),
        message("王小明^小红@").encode().replace(b"@", "中".encode()[:2]),
        message("王小明^@").encode().replace(b"@", "张三丰".encode("gb18030")),
    ],
    ids=["no encoding", "no UTF-8", "declared UTF-8, cut", "UTF-8, cut", "both in one message"],
)
def test_damaged_bytes_are_refused_and_their_place_is_told(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        decode(body)
    assert caught.value.place == "PID-5"


def test_the_bytes_of_no_encoding_are_none_in_gb18030_either() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff\xfe\xfa\x81".decode("gb18030")


def test_the_setting_is_the_last_word() -> None:
    text = message(charset="GB 18030-2000")
    decoded = decode(text.encode("utf-8"), "utf-8")
    assert (decoded.text, decoded.faults) == (text, ("declared_wrong",))
    with pytest.raises(ParseError, match="utf-8"):
        decode(text.encode("gb18030"), "utf-8")


def test_a_byte_order_mark_is_taken_off_and_noted() -> None:
    text = message(charset="UNICODE UTF-8")
    decoded = decode(b"\xef\xbb\xbf" + text.encode())
    assert (decoded.text, decoded.faults) == (text, ("bom",))
    assert decode_as(b"\xef\xbb\xbf" + text.encode(), "utf-8") == text


def test_gb18030_that_is_also_utf_8_is_read_as_chinese_and_flagged() -> None:
    text = message("史一")
    body = text.encode("gb18030")
    assert body.decode("utf-8") != text
    decoded = decode(body)
    assert (decoded.text, decoded.codec, decoded.faults) == (text, "gb18030", ("ambiguous",))


def test_utf_8_with_only_latin_1_letters_is_read_as_such_and_flagged() -> None:
    text = message("37.2°C ± 0.1 ·")
    decoded = decode(text.encode())
    assert (decoded.text, decoded.codec, decoded.faults) == (text, "utf-8", ("ambiguous",))


def test_plain_ascii_is_in_the_encoding_it_declares() -> None:
    assert decode(message("A^B", "GBK").encode()).codec == "gb18030"
    assert decode(message("A^B").encode()).codec == "utf-8"
    assert decode(message("A^B", "ASCII").encode()).notes == {"encoding": "ascii"}


def test_the_declaration_is_found_behind_names_that_hold_delimiter_bytes() -> None:
    for char in HAZARDS:
        text = message(charset="GB 18030-2000", facility=f"{char}医院{char}")
        body = text.encode("gb18030")
        assert declaration(body) == "GB 18030-2000"
        assert decode(body).text == text


@pytest.mark.parametrize("name", ["珅", "玕", "瑋", "昞", "䶮", "𠮷", "郑谢肖", "王·麦麦提", "〇"])
@pytest.mark.parametrize("charset", ["GB 18030-2000", ""])
def test_rare_names_survive(name: str, charset: str) -> None:
    text = message(f"王^{name}", charset)
    pid = lex(decode(text.encode("gb18030")).text).first("PID")
    assert pid is not None
    assert (pid.get(5), pid.get(5, 2), pid.get(8)) == ("王", name, "F")


def test_the_18_characters_that_gb18030_moved_in_2022_are_where_they_are_now() -> None:
    double = ["A6D9", "A6DA", "A6DB", "A6DC", "A6DD", "A6DE", "A6DF", "A6EC", "A6ED", "A6F3"]
    double += ["FE59", "FE61", "FE66", "FE67", "FE6D", "FE7E", "FE90", "FEA0"]
    moved = "︐︒︑︓︔︕︖︗︘︙龴龵龶龷龸龹龺龻"
    body = bytes.fromhex("".join(double))
    assert decode_as(body, "gb18030") == moved
    assert encode(moved, "gb18030") == body


def test_what_did_not_decode_is_answered_with_the_bytes_it_was() -> None:
    for codec in ("utf-8", "gb18030"):
        body = b"A\xff\xfe"
        assert encode(body.decode(codec, "surrogateescape"), codec) == body


@given(st.binary(max_size=80))
def test_any_bytes_are_decoded_or_refused(rest: bytes) -> None:
    body = message(charset="GB 18030-2000").encode("gb18030") + rest
    with suppress(ParseError):
        decoded = decode(body)
        assert decode_as(body, decoded.codec) == decoded.text


@given(st.text(st.characters(codec="gb18030", exclude_characters="\r\n", exclude_categories=("Co", "Cc")), max_size=20))
def test_declared_text_comes_back(name: str) -> None:
    text = message(name, "UNICODE UTF-8")
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "iso-8859-1", "ascii"])
def test_what_is_sent_holds_nothing_that_begins_or_ends_a_frame(codec: str) -> None:
    assert encode("MSA|AE|K\x0b1\x1c\r", codec) == b"MSA|AE|K 1 \r"
