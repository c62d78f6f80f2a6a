"""The door over real sockets: frames however they are cut, answers in order, nothing that blocks the next sender."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import ConfigError, JournalFailed, Payload, Receipt, Settled, Unavailable
from plugins.hl7 import ack, arrivals
from plugins.hl7.adapter import HL7
from plugins.hl7.connection import MOST_PENDING
from plugins.hl7.door import Admission, admit
from plugins.hl7.framing import KEPT, Frame, Framer
from plugins.hl7.head import Head
from plugins.hl7.mllp import MllpListener
from plugins.hl7.settings import HL7Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

AT = datetime(2024, 3, 1, tzinfo=UTC)


def message(key: str, text: str = "王^珅") -> bytes:
    header = rf"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A04^ADT_A01|{key}|P|2.5.1||||||UNICODE UTF-8"
    return f"{header}\rPID|1||M1^^^HOSP^MR||{text}\r".encode()


def frame(body: bytes) -> bytes:
    return b"\x0b" + body + b"\x1c\r"


class Journal:
    """Keeps payloads in memory; answers when it is told to, or at once."""

    def __init__(self) -> None:
        self.kept: list[Payload] = []
        self.waiting: list[tuple[asyncio.Future[Receipt], Payload]] = []
        self.patient = False
        self.fails: Exception | None = None
        self.refuses_at_once = False

    def __call__(self, payload: Payload) -> Receipt:
        self.kept.append(payload)
        return Receipt(len(self.kept), AT, refusal=payload.refusal)

    def soon(self, payload: Payload) -> Awaitable[Receipt]:
        if self.refuses_at_once:
            raise Unavailable("the disk is full")
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self.waiting.append((future, payload))
        if not self.patient:
            self.commit()
        return future

    def settled(self, receipt: Receipt) -> Awaitable[Settled]:
        raise AssertionError(f"nobody here waits for message {receipt.message_id}")

    @property
    def hub(self) -> None:
        return None

    def commit(self, order: int = 1) -> None:
        waiting, self.waiting = self.waiting[::order], []
        for future, payload in waiting:
            if self.fails:
                future.set_exception(self.fails)
            else:
                future.set_result(self(payload))

    @property
    def keys(self) -> list[str]:
        return [payload.key for payload in self.kept]

    @property
    def refusals(self) -> list[str]:
        return [payload.refusal.code for payload in self.kept if payload.refusal]


class Sender:
    """One hospital's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *parts: bytes) -> None:
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def answer(self) -> str:
        """The next MSA, without its name."""
        async with asyncio.timeout(5):
            answer = await self.reader.readuntil(b"\x1c\r")
        assert answer.startswith(b"\x0bMSH|")
        return next(line for line in answer.decode().split("\r") if line.startswith("MSA")).removeprefix("MSA|")

    async def is_closed(self, within: float = 5) -> bool:
        try:
            async with asyncio.timeout(within):
                return await self.reader.read(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    async def is_silent(self) -> bool:
        try:
            async with asyncio.timeout(0.1):
                await self.reader.read(1)
        except TimeoutError:
            return True
        return False


class Door:
    """A listener, its journal, and whoever has come."""

    def __init__(self, listener: MllpListener, journal: Journal) -> None:
        self.listener, self.journal = listener, journal
        self.senders: list[Sender] = []

    @property
    def counters(self) -> Counter[str]:
        return self.listener.counters

    async def enter(self, host: str = "127.0.0.1") -> Sender:
        port = int(self.listener.address.rpartition(":")[2])
        sender = Sender(*await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0)))
        self.senders.append(sender)
        return sender

    async def close(self) -> None:
        await self.listener.stop()
        for sender in self.senders:
            sender.writer.close()
            with_errors = await asyncio.gather(sender.writer.wait_closed(), return_exceptions=True)
            assert all(error is None or isinstance(error, OSError) for error in with_errors)


@asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[Door]:
    journal = Journal()
    listener = HL7("ward", HL7Settings(listen="127.0.0.1:0", **settings)).listen(journal)
    assert isinstance(listener, MllpListener)
    await listener.start()
    door = Door(listener, journal)
    try:
        yield door
    finally:
        await door.close()


async def eventually(condition: Callable[[], object], within: float = 5) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 -- what is waited for has no event of its own
            await asyncio.sleep(0.005)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


# --- frames ----------------------------------------------------------------------------------------------------------


def frames(*chunks: bytes, limit: int = 1_000_000) -> tuple[list[Frame], Counter[str]]:
    counts: Counter[str] = Counter()
    framer = Framer(limit, counts)
    return [found for chunk in chunks for found in framer.feed(chunk)], +counts


bodies = st.lists(st.binary(max_size=30).filter(lambda body: b"\x1c\r" not in body and b"\x0b" not in body), max_size=5)


@given(bodies, st.lists(st.integers(0, 200), max_size=10))
def test_any_cutting_gives_the_same_frames(contents: list[bytes], cuts: list[int]) -> None:
    stream = b"\r\n".join(frame(body) for body in contents)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[begin:end] for begin, end in pairwise(places)]
    one_by_one = [bytes([byte]) for byte in stream]
    for way in (chunks, one_by_one, [stream]):
        found, counts = frames(*way)
        assert found == [Frame(body) for body in contents]
        assert counts == ({"garbage_bytes": 2 * (len(contents) - 1)} if len(contents) > 1 else {})


@given(st.lists(st.binary(max_size=20), max_size=10))
def test_no_bytes_upset_the_framer(chunks: list[bytes]) -> None:
    for found in frames(*chunks, limit=16)[0]:
        assert len(found.body) <= 16 or found.fault


def test_the_end_may_come_apart_and_half_an_end_is_content() -> None:
    assert frames(b"\x0babc\x1c", b"\r")[0] == [Frame(b"abc")]
    assert frames(b"\x0babc\x1c", b"def\x1c", b"\x1c", b"\r")[0] == [Frame(b"abc\x1cdef\x1c")]
    assert frames(b"\x0babc\r\x1c\r")[0] == [Frame(b"abc\r")]


def test_a_start_within_a_frame_gives_up_what_came_before() -> None:
    found, counts = frames(b"\x0bMSH|half" + frame(b"MSH|whole"))
    assert found == [Frame(b"MSH|half", "incomplete"), Frame(b"MSH|whole")]
    assert counts == {"incomplete": 1}


def test_a_doubled_start_is_no_message() -> None:
    assert frames(b"\x0b" + frame(b"MSH|whole") + b"\x1c\r")[0] == [Frame(b"MSH|whole")]


def test_a_vertical_tab_in_a_text_is_text() -> None:
    assert frames(frame(b"MSH|one\x0btwo"))[0] == [Frame(b"MSH|one\x0btwo")]


@pytest.mark.parametrize("cut", [1, 7, 5_000])
def test_the_limit_is_what_it_says(cut: int) -> None:
    for size, fault in ((999, ""), (1_000, ""), (1_001, "too_large"), (4_000, "too_large")):
        stream = frame(b"x" * size) + frame(b"next")
        chunks = [stream[begin : begin + cut] for begin in range(0, len(stream), cut)]
        first, second = frames(*chunks, limit=1_000)[0]
        assert first.fault == fault
        assert second == Frame(b"next")


def test_of_a_frame_that_is_too_large_only_the_beginning_is_kept() -> None:
    chunks = [b"\x0b" + b"A" * 300_000, *[b"B" * 300_000] * 20, b"\x1c", b"\r"]
    (found,), counts = frames(*chunks, limit=2_000_000)
    assert found.fault == "too_large"
    assert len(found.body) == KEPT
    assert counts == {"too_large": 1}


@pytest.mark.parametrize(
    ("garbage", "hopeless"),
    [
        (b"\r\n\r\n\n", False),
        (b"noise\x00\xff\x1c", False),
        (b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n", True),
        (b"\x16\x03\x01\x02\x00", True),
        (b"SSH-2.0-OpenSSH_9\r\n", True),
        (b"\0" * 10_000, True),
    ],
)
def test_other_protocols_are_recognised(garbage: bytes, hopeless: bool) -> None:
    counts: Counter[str] = Counter()
    framer = Framer(1_000, counts)
    for byte in garbage:
        assert framer.feed(bytes([byte])) == []
    assert framer.hopeless is hopeless
    assert counts["garbage_bytes"] == len(garbage)


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_message_is_answered_once_it_is_kept() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            assert await sender.is_silent()
            assert door.journal.kept == []
            door.journal.commit()
            assert await sender.answer() == "AA|C1"
            assert door.journal.kept[0].body == message("C1")

    run(story())


def test_pipelined_messages_are_answered_in_order_whichever_is_kept_first() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(b"".join(frame(message(f"C{number}")) for number in range(20)))
            await eventually(lambda: len(door.journal.waiting) == 20)
            door.journal.commit(order=-1)
            assert [await sender.answer() for _ in range(20)] == [f"AA|C{number}" for number in range(20)]
            assert door.journal.keys == [f"C{number}" for number in reversed(range(20))]

    run(story())


def test_a_message_may_come_byte_by_byte() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            await sender.send(*(bytes([byte]) for byte in frame(message("C1"))))
            assert await sender.answer() == "AA|C1"

    run(story())


def test_a_negative_answer_does_not_end_the_connection() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            bad = message("C1").replace("王".encode(), b"\xff\xfe\xfa\x81")
            await sender.send(frame(bad) + frame(message("C2")))
            assert [await sender.answer(), await sender.answer()] == ["AE|C1", "AA|C2"]
            assert door.journal.refusals == ["encoding"]
            assert door.journal.kept[0].body == bad

    run(story())


@pytest.mark.parametrize("body", [b"", b"hello, is anybody there?", b"MSH|"])
def test_what_is_no_message_is_never_answered_positively(body: bytes) -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            await sender.send(frame(body))
            assert (await sender.answer())[:2] in {"AE", "AR"}

    run(story())


def test_a_message_that_is_too_large_is_refused_and_the_next_one_served() -> None:
    async def story() -> None:
        async with opened(frame_bytes=10_000) as door:
            sender = await door.enter()
            await sender.send(frame(message("C1", "x" * 3_000_000)) + frame(message("C2")))
            assert [await sender.answer(), await sender.answer()] == ["AE|C1", "AA|C2"]
            assert door.journal.refusals == ["too_large"]
            assert len(door.journal.kept[0].body) <= KEPT

    run(story())


def test_the_fault_of_an_empty_frame_is_its_senders() -> None:
    refusal = admit(b"", HL7Settings(listen="127.0.0.1:0")).payload.refusal
    assert refusal
    assert b"100^Segment sequence error" in ack.refuse(Head.read(b""), refusal, Receipt(1, AT))


def test_a_large_message_is_looked_at_while_other_senders_are_answered_and_in_its_own_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(body: bytes, settings: HL7Settings) -> Admission:
        began.set()
        assert go_on.wait(10)
        return admit(body, settings)

    monkeypatch.setattr(arrivals, "admit", slow)

    async def story() -> None:
        async with opened() as door:
            sender, other = await door.enter(), await door.enter()
            large = message("C2", "x" * arrivals.LARGE)
            await sender.send(b"".join(map(frame, (message("C1"), large, message("C3"), large.replace(b"C2", b"C4")))))
            await asyncio.to_thread(began.wait, 10)
            await other.send(frame(message("D1")))
            assert await other.answer() == "AA|D1"
            go_on.set()
            await sender.send(frame(message("C5")))
            assert [await sender.answer() for _ in range(5)] == [f"AA|C{number}" for number in range(1, 6)]
            assert [key for key in door.journal.keys if key != "D1"] == ["C1", "C2", "C3", "C4", "C5"]

    run(story())


def test_a_sender_that_has_said_all_with_a_large_message_hears_of_it() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            await sender.send(frame(message("C1", "x" * arrivals.LARGE)) + frame(message("C2")))
            sender.writer.write_eof()
            assert [await sender.answer(), await sender.answer()] == ["AA|C1", "AA|C2"]
            assert await sender.is_closed()

    run(story())


def test_a_large_batch_is_answered_in_order() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            texts = "".join(message(key, "x" * 100_000).decode() for key in "abc")
            await sender.send(frame(f"BHS|^~\\&|HIS\r{texts}BTS|3\r".encode()))
            await sender.send(frame(message("last")))
            answer = await sender.reader.readuntil(b"\x1c\r")
            assert [line for line in answer.decode().split("\r") if line.startswith("MSA")] == [
                "MSA|AA|a", "MSA|AA|b", "MSA|AA|c",
            ]  # fmt: skip
            assert await sender.answer() == "AA|last"

    run(story())


def test_what_could_not_be_kept_is_answered_with_an_error() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.fails = Unavailable("the disk is full")
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            assert await sender.answer() == "AE|C1"
            door.journal.fails = None
            await sender.send(frame(message("C1")))
            assert await sender.answer() == "AA|C1"

    run(story())


def test_a_door_that_is_refused_at_once_answers_all_the_same() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.refuses_at_once = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            assert await sender.answer() == "AE|C1"

    run(story())


@pytest.mark.parametrize("error", [JournalFailed("a commit failed"), RuntimeError("a fault of ours")])
def test_where_nothing_true_can_be_said_the_connection_closes_without_an_answer(error: Exception) -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")) + frame(message("C2")))
            await eventually(lambda: len(door.journal.waiting) == 2)
            door.journal.fails = error
            door.journal.commit()
            assert await sender.is_closed()

    run(story())


def test_a_sender_that_has_said_all_still_gets_its_answer() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            sender.writer.write_eof()
            await eventually(lambda: door.journal.waiting)
            door.journal.commit()
            assert await sender.answer() == "AA|C1"
            assert await sender.is_closed()

    run(story())


def test_a_sender_that_leaves_before_the_answer_loses_only_the_answer() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            await eventually(lambda: door.journal.waiting)
            connected = sender.writer.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sender.writer.transport.abort()
            await eventually(lambda: door.counters["unanswered"] == 1)
            door.journal.commit()
            await asyncio.sleep(0)
            assert door.journal.keys == ["C1"]

    run(story())


# --- senders that misbehave ------------------------------------------------------------------------------------------


def test_what_never_was_complete_is_kept_and_not_answered() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            await sender.send(frame(message("C1"))[:60] + frame(message("C2")))
            assert await sender.answer() == "AA|C2"
            await sender.send(frame(message("C3"))[:70])
            sender.writer.write_eof()
            assert await sender.is_closed()
            await eventually(lambda: len(door.journal.kept) == 3)
            assert door.journal.refusals == ["incomplete"] * 2
            assert door.counters["incomplete"] == 2

    run(story())


def test_a_frame_that_dribbles_is_refused_when_its_time_is_up() -> None:
    async def story() -> None:
        async with opened(frame_seconds=0.3) as door:
            slow, good = await door.enter(), await door.enter()
            body = frame(message("C1"))
            await slow.send(body[:-1])
            for _ in range(3):
                await asyncio.sleep(0.05)
                await slow.send(b"x")
            await good.send(frame(message("C2")))
            assert await good.answer() == "AA|C2"
            assert await slow.answer() == "AE|C1"
            assert await slow.is_closed()
            assert door.journal.refusals == ["too_slow"]

    run(story())


def test_a_slow_sender_has_the_time_anew_for_each_frame() -> None:
    async def story() -> None:
        async with opened(frame_seconds=0.4) as door:
            sender = await door.enter()
            stream = frame(message("C1")) + frame(message("C2"))[:9]
            for number in range(4):
                await sender.send(stream if number == 0 else frame(message("C2"))[9:] + frame(message("C2"))[:9])
                assert (await sender.answer())[:2] == "AA"
                await asyncio.sleep(0.2)
            assert door.counters["too_slow"] == 0

    run(story())


def test_a_connection_that_says_nothing_is_ended() -> None:
    async def story() -> None:
        async with opened(idle_seconds=0.2) as door:
            sender = await door.enter()
            assert not await sender.is_closed(within=0.1)
            assert await sender.is_closed()
            assert door.counters["idle"] == 1

    run(story())


def test_a_sender_that_waits_for_the_journal_is_not_idle() -> None:
    async def story() -> None:
        async with opened(idle_seconds=0.1) as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            await asyncio.sleep(0.3)
            door.journal.commit()
            assert await sender.answer() == "AA|C1"

    run(story())


def test_another_protocol_is_shown_the_door() -> None:
    async def story() -> None:
        async with opened() as door:
            sender = await door.enter()
            await sender.send(b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n")
            assert await sender.is_closed()
            assert door.counters["garbage_bytes"] == 29
            assert door.journal.kept == []

    run(story())


def test_one_address_cannot_take_all_places() -> None:
    async def story() -> None:
        async with opened(connections_per_address=3) as door:
            crowd = [await door.enter("127.0.0.2") for _ in range(5)]
            assert [await sender.is_closed(0.2) for sender in crowd] == [False, False, False, True, True]
            good = await door.enter()
            await good.send(frame(message("C1")))
            assert await good.answer() == "AA|C1"
            crowd[0].writer.close()
            await asyncio.sleep(0.05)
            assert not await (await door.enter("127.0.0.2")).is_closed(0.1)

    run(story())


def test_when_all_places_are_taken_the_one_idle_longest_makes_room() -> None:
    async def story() -> None:
        async with opened(connections=2) as door:
            door.journal.patient = True
            busy = await door.enter()
            await busy.send(frame(message("C1")))
            await eventually(lambda: door.journal.waiting)
            idle = await door.enter()
            newcomer = await door.enter()
            assert await idle.is_closed()
            await newcomer.send(frame(message("C2")))
            await eventually(lambda: len(door.journal.waiting) == 2)
            assert await (await door.enter()).is_closed()
            door.journal.commit()
            assert [await busy.answer(), await newcomer.answer()] == ["AA|C1", "AA|C2"]

    run(story())


def test_five_hundred_idle_connections_keep_nobody_waiting() -> None:
    async def story() -> None:
        async with opened() as door:
            for _ in range(500):
                await door.enter("127.0.0.2")
            good = await door.enter()
            await good.send(frame(message("C1")))
            assert await good.answer() == "AA|C1"

    run(story())


def test_a_sender_is_read_no_faster_than_the_journal_keeps() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            many = 3_000
            for number in range(many):
                sender.writer.write(frame(message(f"C{number}", "x" * 4_000)))
            await eventually(lambda: len(door.journal.waiting) >= MOST_PENDING)
            await asyncio.sleep(0.1)
            assert len(door.journal.waiting) < 1_000
            door.journal.patient = False
            door.journal.commit()
            for number in range(many):
                assert await sender.answer() == f"AA|C{number}"

    run(story())


def test_a_sender_that_does_not_read_its_answers_is_not_read_either() -> None:
    async def story() -> None:
        async with opened(idle_seconds=0.5) as door:
            sender = await door.enter()
            cast("asyncio.Transport", sender.writer.transport).pause_reading()
            sender.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            flood = asyncio.create_task(sender.send(*[frame(message("C1")) * 1_000] * 1_000))
            await eventually(lambda: door.counters["idle"] == 1, within=20)
            with pytest.raises(ConnectionError):
                await flood

    run(story())


# --- opening and closing ---------------------------------------------------------------------------------------------


def test_an_address_that_is_taken_is_a_mistake_in_the_configuration() -> None:
    async def story() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings = HL7Settings(listen=f"127.0.0.1:{taken.getsockname()[1]}")
            with pytest.raises(ConfigError, match="cannot listen"):
                await HL7("ward", settings).listen(Journal()).start()

    run(story())


def test_a_closing_door_answers_what_is_under_way_and_takes_nothing_new() -> None:
    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            busy, idle = await door.enter(), await door.enter()
            await busy.send(frame(message("C1")))
            await eventually(lambda: door.journal.waiting)
            stopping = asyncio.create_task(door.listener.stop())
            assert await idle.is_closed()
            await busy.send(frame(message("C2")))
            await asyncio.sleep(0.05)
            door.journal.commit()
            assert await busy.answer() == "AA|C1"
            assert await busy.is_closed()
            await stopping
            assert door.journal.keys == ["C1"]
            with pytest.raises(ConnectionError):
                await door.enter()

    run(story())


def test_a_closing_door_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.hl7.mllp.LAST_ANSWERS_SECONDS", 0.1)

    async def story() -> None:
        async with opened() as door:
            door.journal.patient = True
            sender = await door.enter()
            await sender.send(frame(message("C1")))
            await eventually(lambda: door.journal.waiting)
            await door.listener.stop()
            assert await sender.is_closed()

    run(story())
