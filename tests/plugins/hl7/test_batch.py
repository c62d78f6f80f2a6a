"""Files of many messages, however they are written, cut and damaged; and batches in one frame."""

from __future__ import annotations

import asyncio
import io
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from hub import Payload
from plugins.hl7.batch import split
from plugins.hl7.framing import KEPT
from plugins.hl7.settings import HL7Settings
from tests.plugins.hl7.door import door, frame, message

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = HL7Settings(listen="127.0.0.1:0")
FHS = rb"FHS|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||||F1" + b"\r"
BHS = rb"BHS|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||||B1" + b"\r"
BTS, FTS = b"BTS|%d\r", b"FTS|%d\r"
A, B, C = message("A"), message("B"), message("C")
CHINESE = A.replace(b"UNICODE UTF-8", b"GB 18030-2000").decode().encode("gb18030")


def found(data: bytes, settings: HL7Settings = SETTINGS) -> list[tuple[str, str]]:
    return [_told(payload) for piece in split(io.BytesIO(data), settings) for payload in piece.payloads]


def _told(payload: Payload) -> tuple[str, str]:
    return payload.key, payload.refusal.code if payload.refusal else ""


ALL = [("A", ""), ("B", ""), ("C", "")]


@pytest.mark.parametrize(
    "data",
    [
        FHS + BHS + A + B + C + BTS % 3 + FTS % 1,
        FHS + BHS + A + B + BTS % 2 + BHS + C + BTS % 1 + FTS % 2,
        FHS + BHS + A + B + BHS + C + FTS % 2,
        FHS + A + B + C + FTS % 1,
        BHS + A + B + C + BTS % 3,
        A + B + C,
        A + B + C[:-1],
        A + b"\r\n\r\n" + B + b"\n" + C + BTS % 3 + FTS % 1,
        b"\xef\xbb\xbf" + BHS + A + B + C + b"BTS",
        (BHS + A + B + C + BTS % 3).replace(b"\r", b"\n"),
        (BHS + A + B + C + BTS % 3).replace(b"\r", b"\r\n"),
        frame(A, B, C),
        frame(A) + b"\n" + frame(B) + b"\r\n\n" + frame(C) + b"\n",
        frame(A, FHS + B + C + FTS % 1),
        BHS + frame(A, B, C) + BTS % 3,
        BHS + A + B + C + b"BTS|003|the comment\r",
    ],
)
def test_messages_are_found_in_whatever_envelopes_there_are(data: bytes) -> None:
    assert found(data) == ALL


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (FHS + BHS + A + B + C + BTS % 4 + FTS % 1, ("B1", "batch_count")),
        (FHS + BHS + A + B + C + BTS % 3 + FTS % 7, ("", "batch_count")),
        (BHS + A + B + C + b"BTS|many\r", ("B1", "batch_count")),
        (BHS + A + B + C, ("B1", "batch_open")),
        (FHS + BHS + A + B + C + BTS % 3, ("F1", "batch_open")),
        (BHS + A + B + C + BTS % 3 + b"and so on", ("", "no_header")),
        (b"from: HIS\r" + A + B + C, ("", "no_header")),
        (FHS + b"PID|1\r" + A + B + C + FTS % 1, ("", "no_header")),
        (frame(A, B) + b"noise" + frame(C), ("", "no_header")),
    ],
)
def test_what_does_not_agree_is_kept_and_said_and_costs_no_message(data: bytes, fault: tuple[str, str]) -> None:
    told = found(data)
    assert [each for each in told if not each[1]] == ALL
    assert [each for each in told if each[1]] == [fault]


def test_a_file_that_is_cut_off_says_so_and_does_not_apply_half_a_message() -> None:
    assert found(BHS + A + B[:-9]) == [("A", ""), ("B", "incomplete"), ("B1", "batch_open")]
    assert found(frame(A) + frame(B)[:-9] + frame(C)) == [("A", ""), ("B", "incomplete"), ("C", "")]


def test_each_message_is_in_its_own_encoding() -> None:
    data = BHS + CHINESE + B + BTS % 2
    payloads = [payload for piece in split(io.BytesIO(data), SETTINGS) for payload in piece.payloads]
    assert [(each.body, each.notes["encoding"]) for each in payloads] == [(CHINESE, "gb18030"), (B, "utf-8")]


def test_no_byte_of_a_message_is_changed_and_it_knows_its_batch() -> None:
    bodies = [A, B.replace(b"\r", b"\r\n"), C + b"\r"]
    payloads = [p for piece in split(io.BytesIO(BHS + b"".join(bodies)), SETTINGS) for p in piece.payloads][:3]
    assert [each.body for each in payloads] == bodies
    assert {each.notes["batch"] for each in payloads} == {"B1"}


def test_an_empty_file_is_refused_and_an_empty_batch_is_not() -> None:
    assert found(b"") == [("", "empty")]
    assert found(FHS + BHS + BTS % 0 + FTS % 1) == []


def test_a_message_that_is_too_large_is_refused_and_the_next_is_found() -> None:
    large = A + b"NTE|1||" + b"x" * 3_000_000 + b"\r"
    settings = HL7Settings(listen="127.0.0.1:0", frame_bytes=1_200_000)
    pieces = list(split(io.BytesIO(large + B + large + C), settings))
    payloads = [payload for piece in pieces for payload in piece.payloads]
    assert [_told(each) for each in payloads] == [("A", "too_large"), ("B", ""), ("A", "too_large"), ("C", "")]
    assert len(payloads[0].body) == KEPT
    assert pieces[-1].end == len(large + B + large + C)


@pytest.mark.parametrize("size", [11, 60, 500, 5_000, 400_000])
def test_in_pages_of_any_size_the_same_is_found(size: int) -> None:
    settings = HL7Settings(listen="127.0.0.1:0", frame_bytes=3_000)
    large = C + b"NTE|1||" + b"x" * 9_000 + b"\r"
    data = b"\xef\xbb\xbf" + FHS + BHS + A + large + B + b"BTS|9\r" + b"stray\r" + frame(A, B) + b"\r\nFTS|1\r" + A[:-4]
    assert list(in_pages(data, settings, size)) == found(data, settings)


def in_pages(data: bytes, settings: HL7Settings, size: int) -> Iterator[tuple[str, str]]:
    at, mark, wanted, more = 0, "", size, True
    while more:
        page, more = data[at : at + wanted], at + wanted < len(data)
        end = 0
        for piece in split(io.BytesIO(page), settings, mark, more=more):
            end, mark = piece.end, piece.mark
            yield from map(_told, piece.payloads)
        at, wanted = at + end, size if end else 2 * wanted


class Endless(io.RawIOBase):
    """So many messages of 100,000 bytes, made as they are read."""

    def __init__(self, count: int) -> None:
        self._left = count

    def read(self, size: int = -1) -> bytes:
        del size
        self._left -= 1
        return A + b"NTE|1||" + b"x" * 100_000 + b"\r" if self._left >= 0 else b""


def peak_of(count: int) -> int:
    tracemalloc.reset_peak()
    for _ in split(Endless(count), SETTINGS):  # type: ignore[arg-type] # it reads, which is all that is asked of it
        pass
    return tracemalloc.get_traced_memory()[1]


def test_a_long_file_is_read_in_no_more_memory_than_a_short_one() -> None:
    tracemalloc.start()
    try:
        assert peak_of(400) < 1.5 * peak_of(10)
    finally:
        tracemalloc.stop()


# --- in one frame -----------------------------------------------------------------------------------------------------


async def answer_to(body: bytes, **settings: Any) -> tuple[list[str], list[str]]:
    """The lines of the one answer, and the keys of what was kept."""
    async with door(**settings) as opened:
        sender = await opened.enter()
        await sender.send(body)
        async with asyncio.timeout(5):
            answer = await sender.reader.readuntil(b"\x1c\r")
        return answer[1:-2].decode().split("\r")[:-1], opened.journal.keys


def names(lines: list[str]) -> str:
    return " ".join(line.partition("|")[0] for line in lines)


def test_a_batch_in_one_frame_is_answered_by_one_batch_with_an_answer_for_each_in_order() -> None:
    bad = B.replace(b"|B|", b"||")
    lines, kept = asyncio.run(answer_to(FHS + BHS + A + bad + C + BTS % 3 + FTS % 1))

    assert names(lines) == "FHS BHS MSH MSA MSH MSA ERR MSH MSA BTS FTS"
    assert [line.split("|")[1:3] for line in lines if line.startswith("MSA")] == [["AA", "A"], ["AE", ""], ["AA", "C"]]
    assert (lines[0].split("|")[11], lines[1].split("|")[11]) == ("F1", "B1")
    assert lines[-2:] == ["BTS|3", "FTS|1"]
    assert kept == ["A", "", "C"]


def test_a_batch_whose_count_does_not_agree_is_told_so_and_its_messages_are_received() -> None:
    lines, kept = asyncio.run(answer_to(BHS + A + BTS % 2))

    assert [line.split("|")[1:3] for line in lines if line.startswith("MSA")] == [["AA", "A"], ["AE", "B1"]]
    assert kept == ["A", "B1"]


@pytest.mark.parametrize(
    ("body", "trailers"),
    [
        (FHS + BHS + A + BTS % 3 + FTS % 1, ["BTS|2", "FTS|1"]),
        (FHS + BHS + A + BTS % 1 + FTS % 2, ["BTS|2", "FTS|1"]),
        (FHS + BHS + BTS % 3 + FTS % 1, ["BTS|1", "FTS|1"]),
        (FHS + BHS + A + BTS % 2 + BHS.replace(b"B1", b"B2") + B + BTS % 1 + FTS % 2, ["BTS|2", "BTS|1", "FTS|2"]),
    ],
)
def test_what_is_wrong_with_a_batch_is_told_within_its_own_envelope(body: bytes, trailers: list[str]) -> None:
    lines, _ = asyncio.run(answer_to(body))

    assert [line for line in lines if line.startswith(("BTS", "FTS"))] == trailers
    assert [line.split("|")[11] for line in lines if line.startswith("BHS")] == ["B1", "B2"][: len(trailers) - 1]
    assert "102^Data type error" in "".join(lines)


def test_what_is_wrong_with_a_batch_of_several_names_the_one_that_is_meant() -> None:
    lines, _ = asyncio.run(answer_to(FHS + BHS + A + BTS % 2 + BHS.replace(b"B1", b"B2") + B + BTS % 5 + FTS % 2))

    said = [line.split("|")[1:3] for line in lines if line.startswith("MSA")]
    assert said == [["AA", "A"], ["AE", "B1"], ["AA", "B"], ["AE", "B2"]]


def test_a_question_in_a_batch_is_refused_and_the_rest_is_received() -> None:
    question = message("Q", "QBP^Q22^QBP_Q21").replace(b"PID|1||M1^^^HOSP^MR||", b"QPD|Q22|1|")
    lines, _ = asyncio.run(answer_to(BHS + A + question + BTS % 2))

    assert [line.split("|")[1:3] for line in lines if line.startswith("MSA")] == [["AA", "A"], ["AR", "Q"]]


def test_an_empty_batch_is_answered_by_an_empty_one() -> None:
    lines, kept = asyncio.run(answer_to(BHS + BTS % 0))
    assert (names(lines), kept) == ("BHS BTS", [])


def test_a_feed_that_says_what_became_of_messages_says_so_of_each_in_a_batch() -> None:
    lines, _ = asyncio.run(answer_to(BHS + A + B + BTS % 2, acknowledge="applied"))
    assert [line.split("|")[1:3] for line in lines if line.startswith("MSA")] == [["AA", "A"], ["AA", "B"]]
