"""Decides which encoding a message is in, and decodes all of it strictly: nothing is ever replaced.

Tried in this order; what was used is noted, and so is what differs from the declaration:

1. The feed's setting. It is the last word: what it does not decode is refused.
2. MSH-18 (the first, when it repeats). ``UNICODE`` means UTF-8, every GB name means GB18030. Two declarations are not
   believed against the bytes: GB18030 when all of the message is UTF-8 with at least three Chinese characters (read as
   GB18030 they are nonsense; fewer are noted as ambiguous), and 8859/1 when bytes above ASCII stand side by side
   (letters with accents hardly do).
3. UTF-8, then GB18030: when nothing known is declared, or the declaration does not decode the bytes.

GB18030 nobody declared must be plausible, because it decodes much that it should not: no control or private-use
characters, at least one Chinese one, and not a quarter of it Chinese in UTF-8 (a damaged UTF-8 message is refused, not
turned into other Chinese).

UTF-8 nobody declared, with characters above ASCII but none from U+0800, is ambiguous: 史一 in GB18030 is two letters in
UTF-8. Where one of them is beyond Latin-1 (U+0100) and GB18030 is plausible, it is GB18030, else UTF-8; both are noted
as ambiguous, and the feed's setting is the cure.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterator

UTF8, GB18030, LATIN1, ASCII = "utf-8", "gb18030", "iso-8859-1", "ascii"
AUTO = "auto"

_NAMES = {
    "UNICODE UTF-8": UTF8,
    "UTF-8": UTF8,
    "UTF8": UTF8,
    "UNICODE": UTF8,
    "GB 18030-2000": GB18030,
    "GB 18030-2005": GB18030,
    "GB 18030-2022": GB18030,
    "GB18030-2000": GB18030,
    "GB18030": GB18030,
    "GB 18030": GB18030,
    "GBK": GB18030,
    "GB2312": GB18030,
    "GB 2312-1980": GB18030,
    "CP936": GB18030,
    "ASCII": ASCII,
    "8859/1": LATIN1,
    "ISO IR100": LATIN1,
    "ISO-8859-1": LATIN1,
}
"""MSH-18 (table 0211, and what is written instead) to codecs. GB2312 and GBK are subsets of GB18030."""

# GB 18030-2022 gave these 18 their place in Unicode; the codec still has private-use characters for them.
_SINCE_2022 = dict(
    zip(
        (*range(0xE78D, 0xE797), 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
        (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A), *range(0x9FB4, 0x9FBC)),
        strict=True,
    )
)
_BEFORE_2022 = {new: old for old, new in _SINCE_2022.items()}
_MAPPED_SINCE = re.compile(f"[{''.join(map(chr, _SINCE_2022))}]")

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_IMPLAUSIBLE = re.compile("[\x80-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BEYOND_LATIN1 = re.compile("[\u0100-\U0010ffff]")
_THREE_BYTES_UP = re.compile("[\u0800-\U0010ffff]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_ENOUGH_CHINESE = 3
_NO_FRAMES = bytes.maketrans(b"\x0b\x1c", b"  ")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A message's text, the codec that gave it, and what is worth noting about that."""

    text: str
    codec: str
    declared: str = ""
    """MSH-18 as written."""
    faults: tuple[str, ...] = ()
    """``bom``, ``declared_unknown``, ``declared_wrong``, ``ambiguous``."""

    @property
    def notes(self) -> dict[str, str]:
        notes = {"encoding": self.codec}
        if self.faults:
            notes["encoding_faults"] = " ".join(self.faults)
            notes["encoding_declared"] = "".join(char for char in self.declared if char.isprintable())[:50]
        return notes


def decode(body: bytes, setting: str = AUTO) -> Decoded:
    """The text of a message; ``ParseError`` with the first place that cannot be decoded."""
    faults: tuple[str, ...] = ("bom",) if body.startswith(BOM_UTF8) else ()
    body = body.removeprefix(BOM_UTF8)
    declared = declaration(body)
    known = _NAMES.get(declared.upper(), "")
    if setting != AUTO:
        differs = ("declared_wrong",) if known and known not in (setting, ASCII) else ()
        return Decoded(_setting(body, setting), setting, declared, faults + differs)
    if declared and not known:
        faults += ("declared_unknown",)
    if body.isascii():
        return Decoded(body.decode(ASCII), known or UTF8, declared, faults)
    if known and (text := _believed(body, known)) is not None:
        doubt = ("ambiguous",) if known == GB18030 and _chinese_in_utf8(body) else ()
        return Decoded(text, known, declared, faults + doubt)
    if known:
        faults += ("declared_wrong",)
    return _guessed(body, known, declared, faults)


def decode_as(body: bytes, codec: str) -> str:
    """The text of a message whose codec is known; ``UnicodeDecodeError`` when it is not that."""
    text = body.removeprefix(BOM_UTF8).decode(codec)
    return text.translate(_SINCE_2022) if codec == GB18030 and _MAPPED_SINCE.search(text) else text


def encode(text: str, codec: str) -> bytes:
    """The inverse, for what is sent: what could not be decoded (surrogates) becomes the bytes it was.

    What a frame begins and ends with becomes a blank, or what a sender wrote could end the frame that repeats it.
    """
    if codec == GB18030:
        text = text.translate(_BEFORE_2022)
    return text.encode(codec, "surrogateescape").translate(_NO_FRAMES)


def codec_of(declared: str) -> str:
    """The codec a declaration means; UTF-8 when it means none."""
    return _NAMES.get(declared.upper(), UTF8)


def declaration(body: bytes) -> str:
    """MSH-18, the first repetition.

    Names in MSH-3 to 6 may be Chinese, and their second byte in GB18030 a delimiter: then the header is read in each
    encoding, and the one it itself declares is believed.
    """
    header = _header(body)
    if header.isascii():
        return _eighteenth(header.decode(ASCII))
    readings = list(_readings(header))
    agreeing = (declared for codec, declared in readings if _NAMES.get(declared.upper()) == codec)
    return next(agreeing, readings[0][1])


def _header(body: bytes) -> bytes:
    end = re.search(rb"[\r\n]", body)
    return body[: end.start()] if end else body


def _readings(header: bytes) -> Iterator[tuple[str, str]]:
    for codec in (UTF8, GB18030, LATIN1):
        try:
            yield codec, _eighteenth(header.decode(codec))
        except UnicodeDecodeError:
            continue


def _eighteenth(header: str) -> str:
    fields = header.split(header[3], 18) if len(header) > 3 else []
    if len(fields) < 18:
        return ""
    repetition = fields[1][1:2]
    return (fields[17].partition(repetition)[0] if repetition else fields[17]).strip()


def _setting(body: bytes, setting: str) -> str:
    try:
        return decode_as(body, setting)
    except UnicodeDecodeError as error:
        raise _undecodable(body, error.start, setting) from None


def _believed(body: bytes, codec: str) -> str | None:
    """The text in the declared codec, unless it does not decode or the bytes clearly say otherwise."""
    try:
        text = decode_as(body, codec)
    except UnicodeDecodeError:
        return None
    if codec == LATIN1 and any(len(run) > 1 for run in _HIGH_BYTES.findall(body)):
        return None
    if codec == GB18030 and _chinese_in_utf8(body) >= _ENOUGH_CHINESE:
        return None
    return text


def _chinese_in_utf8(body: bytes) -> int:
    """How many Chinese characters there are if all of it is UTF-8."""
    try:
        return len(_CHINESE.findall(body.decode(UTF8)))
    except UnicodeDecodeError:
        return 0


def _guessed(body: bytes, known: str, declared: str, faults: tuple[str, ...]) -> Decoded:
    try:
        text = body.decode(UTF8)
    except UnicodeDecodeError as error:
        if (chinese := _plausible_gb18030(body)) is not None:
            return Decoded(chinese, GB18030, declared, faults)
        if known == LATIN1:
            return Decoded(body.decode(LATIN1), LATIN1, declared, faults)
        raise _undecodable(body, error.start, known) from None
    if _THREE_BYTES_UP.search(text):
        return Decoded(text, UTF8, declared, faults)
    faults += ("ambiguous",)
    if _BEYOND_LATIN1.search(text) and (chinese := _plausible_gb18030(body)) is not None:
        return Decoded(chinese, GB18030, declared, faults)
    return Decoded(text, UTF8, declared, faults)


def _plausible_gb18030(body: bytes) -> str | None:
    try:
        text = decode_as(body, GB18030)
    except UnicodeDecodeError:
        return None
    if _IMPLAUSIBLE.search(text) or not _CHINESE.search(text):
        return None
    return None if _is_partly_utf8(body) else text


def _is_partly_utf8(body: bytes) -> bool:
    """Whether at least a quarter of the bytes above ASCII stand in stretches that are Chinese in UTF-8."""
    runs = _HIGH_BYTES.findall(body)
    return 4 * sum(len(run) for run in runs if _is_utf8(run)) >= sum(map(len, runs))


def _is_utf8(run: bytes) -> bool:
    try:
        return _CHINESE.search(run.decode(UTF8)) is not None
    except UnicodeDecodeError:
        return False


def _undecodable(body: bytes, offset: int, codec: str) -> ParseError:
    """Says which field holds the first byte that is wrong."""
    begin = max(body.rfind(b"\r", 0, offset), body.rfind(b"\n", 0, offset)) + 1
    line = body[begin:offset]
    name = line[:3].decode(ASCII, "replace") if line[:3].isalnum() else ""
    field = line.count(body[3:4]) + (name == "MSH")
    place = f"{name}-{field}" if name and field else name
    if codec:
        return ParseError("the message cannot be decoded as {encoding}", place=place, encoding=codec)
    return ParseError("the message can be decoded neither as UTF-8 nor as GB18030", place=place)
