"""Which acknowledgement is given when: original and enhanced mode, at once or when a message is applied."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from hl7apy.parser import parse_message

from hub import HubError, Message, Settled, Text, UnsupportedMessage
from plugins.hl7 import connection, returns
from plugins.hl7.adapter import HL7
from plugins.hl7.pending import said
from plugins.hl7.settings import HL7Settings
from tests.plugins.hl7.door import AT, Sender, door, frame, message, msa

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from plugins.hl7.answering import Question

PARKED = Settled("parked", "parse_error", Text("there is no such day"), "PID-7")
WISHES = ("AL", "NE", "ER", "SU")


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


# --- what AA says ----------------------------------------------------------------------------------------------------


def test_a_site_may_insist_that_aa_says_applied() -> None:
    async def work() -> None:
        async with door(acknowledge="applied") as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1"))
            await opened.journal.until_waiting(1)
            assert await sender.is_silent()
            opened.journal.settle("1")
            assert await sender.answers(1) == ["AA|1"]

    run(work())


def test_a_parked_message_is_answered_with_its_place_and_reason() -> None:
    async def work() -> None:
        async with door(acknowledge="applied") as opened:
            opened.journal.fates = {
                "1": PARKED,
                "2": Settled("skipped", "unsupported", Text("of no use")),
                "3": Settled("parked", "parse_error", Text("there is no such type"), "MSH-9"),
                "4": Settled("parked", "parse_error", Text("about nobody"), "PID"),
                "5": Settled("parked", "apply_failed", Text("applying failed")),
            }
            sender = await opened.enter()
            await sender.send(*(message(key) for key in "12345"))
            said = [await sender.hear() for _ in "12345"]
        assert [msa(one) for one in said] == ["AE|1", "AA|2", "AR|3", "AE|4", "AE|5"]
        assert "ERR||PID^1^7|102^Data type error^HL70357|E|parse_error||there is no such day" in said[0]
        codes = [one.split("ERR|")[1].split("|")[2][:3] for one in said if "ERR|" in one]
        assert codes == ["102", "200", "100", "207"]

    run(work())


def test_a_resend_hears_the_same_of_a_message_that_was_settled_long_ago() -> None:
    async def work() -> None:
        async with door(acknowledge="applied") as opened:
            opened.journal.fates = {"1": PARKED}
            first, second = await opened.enter(), await opened.enter()
            await first.send(message("1"))
            heard = await first.hear()
            await second.send(message("1"))
            assert await second.hear() == heard
            assert opened.journal.keys == ["1"]

    run(work())


def test_when_nobody_knows_in_time_nothing_is_said_and_the_resend_hears_it() -> None:
    async def work() -> None:
        async with door(acknowledge="applied", applied_seconds=0.05) as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1"), message("2"))
            assert await sender.is_closed()
            assert opened.listener.counters["undecided"] >= 1
            opened.journal.slow = False
            again = await opened.enter()
            await again.send(message("1"))
            assert await again.answers(1) == ["AA|1"]
            assert opened.journal.keys == ["1", "2"]

    run(work())


def test_what_is_refused_need_not_be_applied_to_be_answered() -> None:
    async def work() -> None:
        async with door(acknowledge="applied") as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message(""))
            assert await sender.answers(1) == ["AE|"]

    run(work())


# --- enhanced mode ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("accept", "application"), list(product(WISHES, WISHES)))
def test_each_acknowledgement_is_given_when_the_sender_wants_it(accept: str, application: str) -> None:
    """One message that is applied, one that is parked, one that is refused; then one that shows nothing more came."""

    def heard(wish: str, *, good: bool) -> bool:
        return wish in ("AL", "SU" if good else "ER")

    async def work() -> None:
        wants = f"{accept}|{application}"
        refused = frame(message("", wants=wants))
        expected_now = [
            *(["CA|good", "CA|parked"] if heard(accept, good=True) else []),
            *(["CE|"] if heard(accept, good=False) else []),
        ]
        expected_later = [
            *(["AA|good"] if heard(application, good=True) else []),
            *(["AE|parked"] if heard(application, good=False) else []),
            *(["AE|"] if heard(application, good=False) and not heard(accept, good=False) else []),
        ]
        async with door() as opened:
            opened.journal.fates = {"parked": PARKED}
            sender = await opened.enter()
            await sender.send(message("good", wants=wants), message("parked", wants=wants))
            sender.writer.write(refused)
            given = await sender.answers(len(expected_now) + len(expected_later))
            assert [one for one in given if one.startswith("C")] == expected_now
            assert [one for one in given if one.startswith("A")] == expected_later
            await sender.send(message("last"))
            assert await sender.answers(1) == ["AA|last"]

    run(work())


def test_an_accept_acknowledgement_comes_at_once_and_the_other_when_the_message_is_applied() -> None:
    async def work() -> None:
        async with door() as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"), message("2", wants="AL|AL"), message("3"))
            assert await sender.answers(3) == ["CA|1", "CA|2", "AA|3"]
            assert await sender.is_silent()
            opened.journal.settle("2", "1")
            assert await sender.answers(2) == ["AA|1", "AA|2"]

    run(work())


def test_neither_acknowledgement_of_enhanced_mode_wants_one_itself() -> None:
    async def work() -> None:
        async with door() as opened:
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"))
            headers = [(await sender.hear()).split("\r")[0].split("|") for _ in "12"]
        assert [header[14:16] for header in headers] == [["NE", "NE"], ["NE", "NE"]]
        assert [header[8] for header in headers] == ["ACK^A04^ACK", "ACK^A04^ACK"]
        assert [header[17] for header in headers] == ["UNICODE UTF-8", "UNICODE UTF-8"]
        assert headers[0][9] != headers[1][9]

    run(work())


def test_one_filled_field_is_enhanced_mode_and_an_unknown_word_means_always() -> None:
    async def work() -> None:
        async with door() as opened:
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|"), message("2", wants="|al"), message("3", wants="X|"))
            assert sorted(await sender.answers(3)) == ["AA|2", "CA|1", "CA|3"]
            await sender.send(message("4"))
            assert await sender.answers(1) == ["AA|4"]

    run(work())


def test_an_acknowledgement_is_kept_and_never_acknowledged() -> None:
    async def work() -> None:
        async with door() as opened:
            sender = await opened.enter()
            ack = message("ack", "ACK^A04^ACK").replace(b"\rPID", b"\rMSA|AA|7\rPID")
            await sender.send(ack, ack.replace(b"|||||UNI", b"|||AL|AL||UNI"), message("last"))
            assert await sender.answers(1) == ["AA|last"]
            assert "ack" in opened.journal.keys

    run(work())


def test_an_acknowledgement_is_skipped_not_applied() -> None:
    body = message("ack", "ACK^A04^ACK").partition(b"\rPID")[0] + b"\rMSA|AA|7\r"
    adapter = HL7("central", HL7Settings(listen="127.0.0.1:0"))
    with pytest.raises(UnsupportedMessage):
        list(adapter.parse(Message(1, "central", "ack", body, AT)))


def test_an_acknowledgement_whose_connection_is_gone_is_counted() -> None:
    async def work() -> None:
        async with door() as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"))
            assert await sender.answers(1) == ["CA|1"]
            sender.vanish()
            await opened.until("acks_undelivered")
            opened.journal.settle("1")
            again = await opened.enter()
            opened.journal.slow = False
            await again.send(message("1", wants="AL|AL"))
            assert await again.answers(2) == ["CA|1", "AA|1"]
            assert opened.journal.keys == ["1"]

    run(work())


def test_a_sender_that_has_said_all_still_hears_what_became_of_it() -> None:
    async def work() -> None:
        async with door() as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"))
            sender.writer.write_eof()
            assert await sender.answers(1) == ["CA|1"]
            opened.journal.settle("1")
            assert await sender.answers(1) == ["AA|1"]
            assert await sender.is_closed()

    run(work())


# --- on another connection -------------------------------------------------------------------------------------------


class Hospital:
    """The other side of ``application_acks``. ``patience``: how many it hears before it hangs up, by connection."""

    def __init__(self, *patience: int, tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[str] = []
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []
        self._patience = patience
        self._tls = tls
        self.more = asyncio.Event()
        self.server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        self.server = await asyncio.start_server(self._listen, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self.server is not None
        self.server.close()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self.more.clear()
                await self.more.wait()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.connections += 1
        patience = self._patience[self.connections - 1] if self.connections <= len(self._patience) else 1_000_000
        try:
            for _ in range(patience):
                self.heard.append(msa((await reader.readuntil(b"\x1c\r"))[1:-2].decode()))
                self.more.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


@pytest.mark.parametrize("patience", [(1, 1, 0, 1, 10), (0, 0), (3, 2)])
def test_what_the_other_side_did_not_hear_before_it_hung_up_is_told_again(
    patience: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns, "KEPT_S", 0.5)
    monkeypatch.setattr(returns, "FIRST_PAUSE_S", 0.02)
    keys = [str(number) for number in range(50)]

    async def work() -> None:
        hospital = Hospital(*patience)
        await hospital.open()
        async with door(application_acks=f"127.0.0.1:{hospital.port}") as opened:
            sender = await opened.enter()
            await sender.send(*(message(key, wants="NE|AL") for key in keys))
            async with asyncio.timeout(10):
                while {f"AA|{key}" for key in keys} - {*hospital.heard}:
                    hospital.more.clear()
                    await hospital.more.wait()
            assert list(dict.fromkeys(hospital.heard)) == [f"AA|{key}" for key in keys]
            assert opened.listener.counters["acks_returned"] < 50
            await opened.until("acks_returned", 50)
        assert opened.listener.counters["acks_returned"] == 50
        assert opened.listener.counters["acks_undelivered"] == 0
        await hospital.close()

    run(work())


def test_a_certificate_that_was_renewed_is_shown_by_the_next_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returns, "FIRST_PAUSE_S", 0.02)
    county = trustme.CA()
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    county.issue_cert("127.0.0.1").configure_cert(theirs)
    county.configure_trust(theirs)
    theirs.verify_mode = ssl.CERT_REQUIRED

    def renew(name: str) -> None:
        issued = county.issue_cert(name)
        (tmp_path / "hub.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        (tmp_path / "hub.key").write_bytes(issued.private_key_pem.bytes())

    def shown(writer: asyncio.StreamWriter) -> str:
        return str(writer.get_extra_info("peercert")["subjectAltName"][0][1])

    async def work() -> None:
        hospital = Hospital(1, tls=theirs)
        await hospital.open()
        renew("old.example")
        county.cert_pem.write_to_path(tmp_path / "ca.pem")
        tls = {"certificate": tmp_path / "hub.pem", "key": tmp_path / "hub.key", "client_ca": tmp_path / "ca.pem"}
        feed = HL7Settings.model_validate(
            {"listen": "127.0.0.1:0", "tls": tls, "application_acks": f"127.0.0.1:{hospital.port}"}
        )
        told = returns.Returns("central", feed, Counter())
        told.promises.add(said(frame(b"MSH|\rMSA|AA|1\r")[1:-2]))
        await hospital.until(1)
        renew("new.example")
        told.promises.add(said(frame(b"MSH|\rMSA|AA|2\r")[1:-2]))
        async with asyncio.timeout(5):
            while "AA|2" not in hospital.heard:
                hospital.more.clear()
                await hospital.more.wait()
        assert (shown(hospital.writers[0]), shown(hospital.writers[-1])) == ("old.example", "new.example")
        await told.stop()
        await hospital.close()

    run(work())


def test_while_too_much_waits_to_be_told_elsewhere_no_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_ELSEWHERE", 10)
    hundred = [str(number) for number in range(100)]

    async def work() -> None:
        hospital = Hospital()
        await hospital.open()
        async with door(application_acks=f"127.0.0.1:{hospital.port}", frame_seconds=0.4) as opened:
            opened.journal.slow = True
            first, second = await opened.enter(), await opened.enter()
            await first.send(*(message(key, wants="AL|AL") for key in hundred))
            assert len(await first.answers(100)) == 100  # they came together
            await first.send(message("more", wants="AL|AL"))
            await second.send(message("of another kind"))
            assert await second.answers(1) == ["AA|of another kind"]
            assert "more" not in opened.journal.keys
            opened.journal.slow = False
            opened.journal.settle(*hundred)
            assert await first.answers(1) == ["CA|more"]
            await hospital.until(101)
        await hospital.close()

    run(work())


def test_application_acknowledgements_may_come_over_a_connection_of_their_own() -> None:
    async def work() -> None:
        hospital = Hospital()
        await hospital.open()
        async with door(application_acks=f"127.0.0.1:{hospital.port}") as opened:
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"), message("2", wants="AL|AL"), message("3"))
            assert await sender.answers(3) == ["CA|1", "CA|2", "AA|3"]
            await hospital.until(2)
            assert hospital.heard == ["AA|1", "AA|2"]
            assert await sender.is_silent()
        await hospital.close()

    run(work())


def test_they_wait_for_a_sender_that_cannot_be_reached_although_its_connection_is_gone() -> None:
    async def work() -> None:
        hospital = Hospital()
        await hospital.open()
        await hospital.close()
        async with door(application_acks=f"127.0.0.1:{hospital.port}") as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1", wants="NE|AL"))
            await opened.journal.until_waiting(1)
            sender.vanish()
            opened.journal.settle("1")
            await hospital.open()
            await hospital.until(1)
            assert hospital.heard == ["AA|1"]
            assert opened.listener.counters["acks_undelivered"] == 0
        await hospital.close()

    run(work())


def test_what_could_not_be_told_before_the_end_is_counted() -> None:
    async def work() -> None:
        async with door(application_acks="127.0.0.1:9") as opened:
            opened.journal.slow = True
            sender = await opened.enter()
            await sender.send(message("1", wants="AL|AL"))
            assert await sender.answers(1) == ["CA|1"]
        assert opened.listener.counters["acks_undelivered"] == 1

    run(work())


# --- order -----------------------------------------------------------------------------------------------------------


def test_500_messages_in_one_segment_get_500_answers_in_order() -> None:
    async def work() -> None:
        async with door() as opened:
            sender = await opened.enter()
            await sender.send(*(message(str(number)) for number in range(500)))
            assert await sender.answers(500) == [f"AA|{number}" for number in range(500)]

    run(work())


def test_500_messages_of_all_modes_get_their_answers_in_order() -> None:
    """Of each kind in the order of the messages, and no application acknowledgement before its accept one."""
    wishes = ["|", "AL|AL", "AL|NE", "NE|AL", "NE|NE", "SU|SU", "ER|AL"]

    async def work() -> None:
        sent = [(str(number), wishes[number % len(wishes)]) for number in range(500)]
        turns = [("C" if wants[0] in "AS" else "A", key) for key, wants in sent if wants[0] in "AS|"]
        later = [key for key, wants in sent if wants in ("AL|AL", "NE|AL", "SU|SU", "ER|AL")]
        async with door() as opened:
            sender = await opened.enter()
            await sender.send(*(message(key, wants=wants) for key, wants in sent))
            given = await sender.answers(len(turns) + len(later))
        original = {key for key, wants in sent if wants == "|"}
        in_turn = [(one[0], one[3:]) for one in given if one[0] == "C" or one[3:] in original]
        assert in_turn == turns
        assert [one[3:] for one in given if one[0] == "A" and one[3:] not in original] == later
        for key in (key for key, wants in sent if wants == "AL|AL"):
            assert given.index(f"CA|{key}") < given.index(f"AA|{key}")

    run(work())


@pytest.mark.parametrize("acknowledge", ["stored", "applied"])
def test_two_senders_that_use_the_same_control_ids_never_mix(acknowledge: str) -> None:
    async def work() -> None:
        async with door(acknowledge=acknowledge) as opened:
            opened.journal.fates = {}
            north, south = await opened.enter(), await opened.enter()
            keys = [str(number) for number in range(100)]

            async def talk(sender: Sender, name: str) -> None:
                await sender.send(*(message(key, sender=f"{name}|HOSP") for key in keys))
                for key in keys:
                    answer = await sender.hear()
                    assert msa(answer) == f"AA|{key}"
                    assert answer.split("|")[4] == name

            await asyncio.gather(talk(north, "NORTH"), talk(south, "SOUTH"))
            assert len(opened.journal.kept) == 200

    run(work())


# --- replies to orders -----------------------------------------------------------------------------------------------

ORDERS = {
    "ORM^O01^ORM_O01": "ORR^O02^ORR_O02",
    "OML^O21^OML_O21": "ORL^O22^ORL_O22",
    "OMG^O19^OMG_O19": "ORG^O20^ORG_O20",
    "OMP^O09^OMP_O09": "ORP^O10^ORP_O10",
    "RDE^O11^RDE_O11": "RRE^O12^RRE_O12",
    "RDE^O25^RDE_O11": "RRE^O26^RRE_O12",
    "RDS^O13^RDS_O13": "RRD^O14^RRD_O14",
    "RAS^O17^RAS_O17": "RRA^O18^RRA_O18",
    "ORM": "ORR^O02^ORR_O02",
    "SIU^S12^SIU_S12": "ACK^S12^ACK",
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("fate", [Settled("applied"), PARKED])
def test_an_order_gets_the_reply_of_its_own_type(order: str, fate: Settled) -> None:
    async def work() -> None:
        async with door(order_replies=True, acknowledge="applied") as opened:
            opened.journal.fates = {"1": fate}
            sender = await opened.enter()
            await sender.send(message("1", order))
            reply = await sender.hear()
        assert reply.split("|")[8] == ORDERS[order]
        assert msa(reply) == ("AA|1" if fate.status == "applied" else "AE|1")
        assert parse_message(reply, find_groups=False).validate()

    run(work())


def test_the_reply_to_an_order_follows_a_plain_accept_acknowledgement() -> None:
    async def work() -> None:
        async with door(order_replies=True) as opened:
            sender = await opened.enter()
            await sender.send(message("1", "OML^O21^OML_O21", wants="AL|AL"))
            kinds = [(await sender.hear()).split("|")[8] for _ in "12"]
        assert kinds == ["ACK^O21^ACK", "ORL^O22^ORL_O22"]

    run(work())


def test_an_order_is_acknowledged_like_anything_else_unless_the_feed_says_so() -> None:
    async def work() -> None:
        async with door() as opened:
            sender = await opened.enter()
            await sender.send(message("1", "OML^O21^OML_O21"))
            assert (await sender.hear()).split("|")[8] == "ACK^O21^ACK"

    run(work())


# --- queries ---------------------------------------------------------------------------------------------------------


class Oracle:
    async def answer(self, question: Question) -> bytes:
        if question.payload.key == "bad":
            raise HubError("not today")
        if question.payload.key == "worse":
            raise ZeroDivisionError("王珅")
        header = r"MSH|^~\&|HUB||HIS||2024||RSP^K22|9|P|2.5.1"
        return f"{header}\rMSA|AA|{question.head.control_id}\r".encode()


def test_a_query_is_answered_in_its_turn_once_it_is_on_disk() -> None:
    async def work() -> None:
        async with door(Oracle()) as opened:
            sender = await opened.enter()
            await sender.send(message("1"), message("2", "VXQ^V01^VXQ_V01"), message("3"))
            said = [await sender.hear() for _ in "123"]
            assert [msa(one) for one in said] == ["AA|1", "AA|2", "AA|3"]
            assert "RSP^K22" in said[1]
            assert opened.journal.keys == ["1", "2", "3"]

    run(work())


def test_a_query_in_enhanced_mode_is_accepted_first() -> None:
    async def work() -> None:
        question = message("1", "QBP^Q22^QBP_Q21", wants="AL|").partition(b"\rPID")[0]
        question += b"\rQPD|Q22^Find Candidates^HL7|T1|@PID.3.1^M1\rRCP|I\r"
        async with door(Oracle(), queries={"allow": ["Q22"]}) as opened:
            sender = await opened.enter()
            await sender.send(question)
            assert await sender.answers(2) == ["CA|1", "AA|1"]

    run(work())


def test_a_query_that_cannot_be_answered_says_so_without_naming_anybody(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        async with door(Oracle()) as opened:
            sender = await opened.enter()
            await sender.send(message("bad", "VXQ^V01"), message("worse", "VXQ^V01"), message("3"))
            said = [await sender.hear() for _ in "123"]
        assert [msa(one) for one in said] == ["AE|bad", "AE|worse", "AA|3"]
        assert "not today" in said[0]
        assert "王珅" not in said[1] + caplog.text

    run(work())


# --- questions that are wrong in themselves --------------------------------------------------------------------------


def test_a_question_that_is_refused_is_answered_as_wanted_and_always_noted() -> None:
    asked: list[str] = []

    class Refusing:
        async def answer(self, question: Question) -> bytes:
            asked.append(question.payload.key)
            answer = "AR" if question.payload.refusal else "AA"
            header = r"MSH|^~\&|HUB||HIS||2024||RSP^K22|9|P|2.5.1"
            return f"{header}\rMSA|{answer}|{question.head.control_id}\r".encode()

    def question(key: str, wants: str, kind: str = "QBP^Q23^QBP_Q21") -> bytes:
        return message(key, kind, wants=wants).partition(b"\rPID")[0] + b"\rQPD|x|T1|@PID.3.1^M1\r"

    async def work() -> None:
        async with door(Refusing(), queries={"allow": ["Q22"]}) as opened:
            sender = await opened.enter()
            for key, wants, said in (
                ("1", "AL|AL", ["CA|1", "AR|1"]),
                ("2", "NE|AL", ["AR|2"]),
                ("3", "AL|", ["CA|3", "AR|3"]),
                ("4", "|", ["AR|4"]),
                ("5", "AL|NE", ["CR|5"]),
                ("6", "AL|SU", ["CR|6"]),
                ("7", "NE|NE", []),
            ):
                await sender.send(question(key, wants))
                assert await sender.answers(len(said)) == said
            for key, wants in (("8", "NE|ER"), ("9", "NE|SU")):
                await sender.send(question(key, wants, "QBP^Q22^QBP_Q21"))
            assert await sender.answers(1) == ["AA|9"]
            assert asked == list("123456789")

    run(work())
