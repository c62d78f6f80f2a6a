"""Sound messages of every kind, and what a bad day makes of them: strategies that know how HL7 v2 is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from plugins.hl7.events import EVENTS
from plugins.hl7.guide.samples import sample
from tests.fuzz.promises import SETTINGS

HERE = Path(__file__).parent
HOSTILE = (
    *("\u3000", "-"),
    *("", '""', '"', " ", "^^^", "~~~", "&&&", "~", "\\", "\\\\", "\\F\\", "\\X", "\\XZZ\\", "\\X00\\", "\\E\\R\\"),
    *("0", "-1", "1e999", "NaN", "9" * 400, "１２３", "0x1F", "1_0", "<5", "阴性", "999999999"),
    *("00000000", "20230230", "99991231", "20240301250000", "20240301080000+2500", "2024年3月1日", "45352", "0001"),
    *(
        "王",
        "珅",
        "𠮷",
        "古丽·阿不都",
        "null",
        "<script>",
        "' OR 1=1",
        "a\nb",
        "a\nMSH|",
        "\0",
        "\x1b[31m",
        "\u202e",
        "\ufffd",
    ),
    *("x" * 5_000, "a^b&c~d", "&x^&y~&z", "^" * 300, "x&y^" * 100, "~" * 300),
    *("M", "F", "Y", "N", "D", "CA", "IP", "MAD", "MDL", "I", "ED", "NM", "RP", "CWE", "SN", "XX"),
)
MARKS = "|^~\\&#$*@!%;:,?§、"
ENCODINGS = (
    ("utf-8", "UNICODE UTF-8"),
    ("gb18030", "GB 18030-2000"),
    ("gb18030", ""),
    ("utf-8", "GBK"),
    ("utf-8", "8859/1"),
)


def sound() -> list[list[str]]:
    """One of each event the hub understands, and the samples of the tests, as segments."""
    written = [sample(kind, trigger, SETTINGS, f"K{at}") for at, (kind, trigger) in enumerate(EVENTS)]
    files = [*sorted((HERE / "samples").glob("*.hl7")), *sorted((HERE / "contract").glob("*utf-8*.hl7"))]
    texts = [*written, *(file.read_text(encoding="utf-8").replace("\n", "\r") for file in files)]
    return [[line for line in text.split("\r") if line] for text in texts]


SOUND = sound()


@st.composite
def messages(draw: Any) -> bytes:
    """A sound message after up to eight changes, in one encoding or another."""
    lines = list(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(0, 8))):
        lines = draw(st.sampled_from(_CHANGES))(draw, lines)
    text = draw(st.sampled_from(["\r", "\r", "\r", "\n", "\r\n"])).join(lines)
    text = draw(st.sampled_from([text, text, text, _in_other_marks(draw, text)]))
    codec, declared = draw(st.sampled_from(ENCODINGS))
    text = text.replace("UNICODE UTF-8", declared)
    body: bytes = text.encode(codec, "replace")
    cut = draw(st.sampled_from([None, None, None, None, len(body) // 2, len(body) - 1]))
    return body[:cut]


def _place(draw: Any, lines: list[str], first: int = 1) -> int:
    return int(draw(st.integers(min(first, len(lines) - 1), len(lines) - 1)))


def _drop(draw: Any, lines: list[str]) -> list[str]:
    at = _place(draw, lines)
    return [*lines[:at], *lines[at + 1 :]] if at else lines


def _double(draw: Any, lines: list[str]) -> list[str]:
    at, to = _place(draw, lines), _place(draw, lines)
    return [*lines[:to], lines[at], *lines[to:]] if to and at else lines


def _swap(draw: Any, lines: list[str]) -> list[str]:
    at, to = _place(draw, lines), _place(draw, lines)
    found = list(lines)
    found[at], found[to] = found[to], found[at]
    return found if at and to else lines


def _borrow(draw: Any, lines: list[str]) -> list[str]:
    """A segment of another message."""
    other = draw(st.sampled_from(SOUND))
    at = _place(draw, lines)
    return [*lines[: at + 1], other[_place(draw, other)], *lines[at + 1 :]]


def _field(draw: Any, lines: list[str]) -> list[str]:
    """One field dropped, doubled, exchanged with its neighbour, or replaced."""
    at = _place(draw, lines, 0)
    fields = lines[at].split("|")
    which = draw(st.integers(1, max(len(fields) - 1, 1)))
    if which >= len(fields) or (at == 0 and which < 2):
        return lines
    how = draw(st.integers(0, 3))
    if how == 0:
        del fields[which]
    elif how == 1:
        fields.insert(which, fields[which])
    elif how == 2:
        fields[which - 1 : which + 1] = fields[which - 1 : which + 1][:: 1 if which < 2 + 2 * (at == 0) else -1]
    else:
        fields[which] = draw(st.sampled_from(HOSTILE))
    return [*lines[:at], "|".join(fields), *lines[at + 1 :]]


def _leaf(draw: Any, lines: list[str]) -> list[str]:
    """One component dropped, doubled or replaced."""
    at = _place(draw, lines)
    fields = lines[at].split("|")
    which = draw(st.integers(0, len(fields) - 1))
    if not (at and which):
        return lines
    parts = fields[which].split("^")
    part = draw(st.integers(0, len(parts) - 1))
    parts[part : part + 1] = draw(st.sampled_from([[], [parts[part]] * 2, [draw(st.sampled_from(HOSTILE))]]))
    fields[which] = "^".join(parts)
    return [*lines[:at], "|".join(fields), *lines[at + 1 :]]


def _add(draw: Any, lines: list[str]) -> list[str]:
    """A field behind the last one that is written."""
    at = _place(draw, lines)
    blanks = "|" * draw(st.integers(1, 30))
    return [*lines[:at], lines[at] + blanks + draw(st.sampled_from(HOSTILE)), *lines[at + 1 :]] if at else lines


def _kind(draw: Any, lines: list[str]) -> list[str]:
    """The header of another kind of message."""
    fields = lines[0].split("|")
    if len(fields) > 8:
        fields[8] = "^".join(draw(st.sampled_from(sorted(EVENTS))))
    return ["|".join(fields), *lines[1:]]


_CHANGES = [_drop, _double, _swap, _borrow, _field, _field, _field, _leaf, _leaf, _leaf, _add, _kind]


def _in_other_marks(draw: Any, text: str) -> str:
    marks = draw(st.permutations(MARKS))[:5]
    return text.translate(str.maketrans("|^~\\&", "".join(marks)))
