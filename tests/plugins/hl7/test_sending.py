"""The sending side over real sockets: what cannot have arrived, what may have, and what never will."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub import Declined, Delivery, Message, ParseError, RetryLater, Uncertain
from plugins.hl7.adapter import HL7
from plugins.hl7.sending import client
from plugins.hl7.sending.answers import read
from plugins.hl7.sending.sender import HL7Sender
from plugins.hl7.sending.settings import DestinationTls, HL7Destination, HL7Route
from plugins.hl7.settings import HL7Settings
from tests.plugins.hl7.receiver import (
    Receiver,
    Step,
    ack,
    answers_then_hangs_up,
    answers_with,
    cuts,
    hangs_up,
    is_silent,
    receiving,
    says,
)

AT = datetime(2024, 5, 1, 8, tzinfo=UTC)


def body(key: str, extra: str = "", charset: str = "UNICODE UTF-8", event: str = "ADT^A01^ADT_A01") -> bytes:
    header = rf"MSH|^~\&|HIS|HOSP|HUB|CITY|20240501080000+0800||{event}|{key}|P|2.5.1|||||CHN|{charset}"
    segments = [
        header,
        "EVN||20240501080000+0800",
        "PID|1||M1^^^HOSP^MR~X2^^^CITY^PI||张^三||19900101|F",
        "PV1|1|I|W1^^^HOSP",
    ]
    codec = "gb18030" if charset.startswith("GB") else "utf-8"
    return "".join(f"{line}\r" for line in [*segments, *([extra] if extra else [])]).encode(codec)


def delivery(raw: bytes, **notes: str) -> Delivery:
    return Delivery(1, Message(7, "north", "M1", raw, AT, notes=notes), 0)


_OPEN: list[HL7Sender] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def opened(settings: HL7Destination) -> HL7Sender:
    _OPEN.append(HL7Sender("lab", settings))
    return _OPEN[-1]


def sender(receiver: Receiver, **settings: Any) -> HL7Sender:
    return opened(HL7Destination.model_validate({"connect": receiver.address, "ack_seconds": 2, **settings}))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_message_arrives_with_the_bytes_it_came_with(receiver: Receiver) -> None:
    sending = sender(receiver)
    chinese = body("K1", charset="GB18030")
    assert b"\xd5\xc5" in chinese
    answer = sending.send(delivery(chinese, encoding="gb18030"))
    assert receiver.heard == [chinese]
    assert b"MSA|AA|K1" in answer


def test_one_connection_serves_many_messages(receiver: Receiver) -> None:
    sending = sender(receiver)
    for number in range(20):
        sending.send(delivery(body(f"K{number}")))
    assert receiver.connections == 1
    assert receiver.keys == [f"K{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("step", "settings", "error"),
    [
        (says("AE"), {}, Declined),
        (says("AR"), {}, Declined),
        (says("CR"), {}, Declined),
        (says("CE"), {}, RetryLater),
        (says("AE"), {"on_error": "retry"}, RetryLater),
        (says("AE"), {"on_reject": "retry"}, Declined),
        (says("AR"), {"on_reject": "retry"}, RetryLater),
        (says("AE", b"ERR|||207^Application internal error^HL70357|E|unavailable"), {}, RetryLater),
        (answers_with(b"\x0b\x15\x1c\r"), {}, RetryLater),
        (is_silent, {"ack_seconds": 0.2}, Uncertain),
        (hangs_up, {}, Uncertain),
        (cuts, {}, Uncertain),
        (answers_with(ack("AA", b"another")), {}, Uncertain),
        (answers_with(ack("AA", b"")), {}, Uncertain),
        (answers_with(ack("ZZ", b"K1")), {}, Uncertain),
        (answers_with(b"\x0bMSH|^~\\&|half"), {"ack_seconds": 0.2}, Uncertain),
        (answers_with(b"\x0bno hl7\x1c\r"), {}, Uncertain),
        (answers_with(b"SSH-2.0-OpenSSH_9.6\r\n"), {}, Uncertain),
    ],
)
def test_what_an_answer_means_for_the_message(step: Step, settings: dict[str, Any], error: type[Exception]) -> None:
    with receiving(step) as receiver:
        sending = sender(receiver, **settings)
        with pytest.raises(error) as raised:
            sending.send(delivery(body("K1")))
        assert type(raised.value) is error
        sending.send(delivery(body("K2")))  # and the next one is served
        assert receiver.keys == ["K1", "K2"]


def test_a_refusal_keeps_the_answer_and_names_the_place_without_its_words() -> None:
    err = "ERR||PID^1^3|101^Required field missing^HL70357|E||||张三 has no number".encode()
    with receiving(says("AE", err)) as receiver, pytest.raises(Declined) as raised:
        sender(receiver).send(delivery(body("K1")))
    assert err in raised.value.answer
    assert raised.value.place == "PID-3"
    assert str(raised.value) == "the receiver answered AE (error 101)"


def test_an_older_receiver_names_the_place_in_err_1() -> None:
    answer = read(b"MSH|^~\\&|L|L\rMSA|AE|K1\rERR|PID^1^3^101&missing&HL70357\r")
    assert answer is not None
    assert (answer.place, answer.error) == ("PID-3", "101")


def test_nobody_there_is_no_doubt(receiver: Receiver) -> None:
    receiver.close()
    with pytest.raises(RetryLater, match="cannot be reached"):
        sender(receiver).connect()


def test_a_connection_closed_meanwhile_is_noticed_before_the_next_message() -> None:
    with receiving(answers_then_hangs_up) as receiver:
        sending = sender(receiver)
        sending.send(delivery(body("K1")))
        assert receiver.hung_up.wait(5)
        sending.send(delivery(body("K2")))
        assert receiver.keys == ["K1", "K2"]
        assert sending.counters["closed_by_peer"] == 1


def test_what_was_cut_before_its_end_cannot_have_arrived() -> None:
    def resets(connection: socket.socket) -> socket.socket:
        connection.recv(1)
        cuts(cutting, connection, b"")
        return connection

    cutting = Receiver()
    cutting.open(resets)
    try:
        with pytest.raises(RetryLater, match="before all was sent"):
            sender(cutting).send(delivery(body("K1", extra="OBX|1|TX|||" + "x" * 20_000_000)))
    finally:
        cutting.close()


def test_a_slow_answer_is_waited_for_as_long_as_the_setting_says() -> None:
    def one_by_one(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
        for byte in ack("AA", b"K1"):
            connection.sendall(bytes([byte]))

    with receiving(one_by_one) as receiver:
        assert b"MSA|AA|K1" in sender(receiver).send(delivery(body("K1")))


def test_the_applications_late_answer_is_not_taken_for_the_next_one() -> None:
    def both(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
        connection.sendall(ack("CA", b"K1"))

    def late(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
        connection.sendall(ack("AE", b"K1") + ack("CA", b"K2"))

    with receiving(both, late) as receiver:
        sending = sender(receiver)
        sending.send(delivery(body("K1")))
        assert b"MSA|CA|K2" in sending.send(delivery(body("K2")))
        assert sending.counters["late_refusals"] == 1


def test_two_answers_in_one_go_are_both_seen() -> None:
    with receiving(answers_with(ack("CA", b"K1") + ack("AE", b"K1"))) as receiver:
        sending = sender(receiver)
        assert b"MSA|CA|K1" in sending.send(delivery(body("K1")))
        assert sending.counters["late_refusals"] == 1


def test_control_ids_are_remembered_up_to_a_number(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_REMEMBERED", 3)
    sending = sender(receiver)
    for number in [*range(5), 0]:
        sending.send(delivery(body(f"K{number}")))
    assert receiver.connections == 1
    sending.send(delivery(body("K3")))
    assert receiver.connections == 2


def test_a_control_id_used_again_gets_a_connection_of_its_own(receiver: Receiver) -> None:
    sending = sender(receiver)
    sending.send(delivery(body("K1")))
    sending.send(delivery(body("K1")))
    assert receiver.connections == 2


def test_a_message_that_asks_for_no_answer_is_not_waited_for() -> None:
    with receiving(is_silent) as receiver:
        silent = body("K1").replace(b"2.5.1|||||", b"2.5.1|||NE|NE|")
        assert sender(receiver, ack_seconds=30).send(delivery(silent)) == b""
        receiver.hears(1)


def test_what_is_said_of_a_message_that_asked_for_answers_to_errors_only_is_not_taken_for_the_next_ones() -> None:
    def late(_receiver: Receiver, connection: socket.socket, _body: bytes) -> None:
        connection.sendall(ack("CE", b"K1") + ack("AA", b"K2"))

    with receiving(is_silent, late) as receiver:
        sending = sender(receiver)
        assert sending.send(delivery(body("K1").replace(b"2.5.1|||||", b"2.5.1|||ER|NE|"))) == b""
        assert b"MSA|AA|K2" in sending.send(delivery(body("K2")))
        assert sending.counters["late_refusals"] == 1


@pytest.mark.parametrize(
    ("route", "wanted"),
    [
        ({}, True),
        ({"events": ["ADT^A01"]}, True),
        ({"events": ["ADT^*"]}, True),
        ({"events": ["ADT"]}, True),
        ({"events": ["ADT^A04", "ORU^R01"]}, False),
        ({"where": {"PV1-2": "I"}}, True),
        ({"where": {"PV1-2": ["O", "E"]}}, False),
        ({"where": {"PID-3.4": "CITY"}}, True),
        ({"where": {"PID-3.4": "CITY", "PV1-2": "O"}}, False),
        ({"where": {"PV1-19": "*"}}, False),
        ({"where": {"PID-5.1": "张"}}, True),
        ({"unless": {"PV1-2": "I"}}, False),
        ({"events": ["ADT^*"], "unless": {"PV1-2": "O"}}, True),
    ],
)
def test_a_route_decides_by_event_and_content(route: dict[str, Any], wanted: bool) -> None:
    sending = HL7Sender(
        "lab", HL7Destination(connect="127.0.0.1:1"), [HL7Route(events=["ORU^R30"]), HL7Route.model_validate(route)]
    )
    assert sending.wants(delivery(body("K1"), type="ADT^A01").message) is wanted
    assert sending.wants(delivery(body("K1")).message) is wanted


def wants(message: Message, *routes: dict[str, Any]) -> bool:
    connect = HL7Destination(connect="127.0.0.1:1")
    return HL7Sender("lab", connect, [HL7Route.model_validate(route) for route in routes]).wants(message)


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff\xfe"])
def test_what_is_no_hl7_is_for_no_destination(raw: bytes) -> None:
    assert not wants(delivery(raw).message, {"where": {"PV1-2": "I"}})


@pytest.mark.parametrize("raw", [b"MSH", b"MSH|^~\\&|\xff\xff\xff"])
def test_what_a_route_cannot_read_is_not_left_out_in_silence(raw: bytes) -> None:
    with pytest.raises(ParseError):
        wants(delivery(raw).message, {"where": {"PV1-2": "I"}})


def test_a_message_as_large_as_its_feed_allows_is_routed_and_sent(receiver: Receiver) -> None:
    large = delivery(body("K1") + b"NTE|1\r" * 20_001 + b"NTE|2||" + b"~" * 100_001 + b"\r")
    assert wants(large.message, {"where": {"PV1-2": "I"}})
    sender(receiver).send(large)
    assert receiver.keys == ["K1"]


@pytest.mark.parametrize(
    ("event", "evn", "asked", "wanted"),
    [
        ("ADT", "A08", "ADT^A08", True),
        ("ADT", "A08", "ADT^A01", False),
        ("ORM", "", "ORM^O01", True),
        ("ADT^Z01", "", "ADT^A08", True),
        ("ADT^Z01", "", "ADT^Z01", True),
        ("ADT^A08 ", "", "ADT^A08", True),
        ("adt^a08", "", "ADT^A08", True),
        ("ADT^A08", "A01", "ADT^A01", False),
    ],
)
def test_a_route_knows_the_event_that_the_feed_takes_it_for(event: str, evn: str, asked: str, *, wanted: bool) -> None:
    raw = body("K1", event=event).replace(b"EVN||", f"EVN|{evn}|".encode())
    feed = HL7Settings(listen="127.0.0.1:1", events={"ADT^Z01": "ADT^A08"})
    payload = HL7("north", feed).admit(raw)
    assert wants(delivery(raw, **payload.notes).message, {"events": [asked]}) is wanted


@pytest.mark.parametrize("event", ["ACK^A08^ACK", "ACK", "MCF", "QBP^Q22^QBP_Q21", "QRY^A19"])
def test_questions_and_acknowledgements_go_only_where_a_route_names_them(event: str) -> None:
    kind = event.partition("^")[0]
    message = delivery(body("K1", event=event), type=event.rpartition("^")[0] or event).message
    assert not wants(message)
    assert not wants(message, {"where": {"PV1-2": "I"}})
    assert wants(message, {"events": [kind], "where": {"PV1-2": "I"}})


REBUILT = {"sending_application": "HUB", "receiving_facility": "LAB", "charset": "gb18030", "delimiters": "|$~\\&"}


def test_a_rebuilt_message_has_other_names_encoding_and_delimiters_and_the_same_content(receiver: Receiver) -> None:
    sending = sender(receiver, mode="rebuilt", rebuilt=REBUILT)
    sending.send(delivery(body("K1", extra="NTE|1||a$b\\S\\c\\.br\\d"), encoding="utf-8"))
    (heard,) = receiver.heard
    lines = heard.decode("gb18030").split("\r")
    assert lines[0] == (
        r"MSH|$~\&|HUB|HOSP|HUB|LAB|20240501080000+0800||ADT$A01$ADT_A01|K1|P|2.5.1|||||CHN|GB 18030-2000"
    )
    assert lines[2] == "PID|1||M1$$$HOSP$MR~X2$$$CITY$PI||张$三||19900101|F"
    assert lines[4] == r"NTE|1||a\S\b^c\.br\d"


def test_a_control_id_that_holds_a_new_delimiter_is_waited_for_as_it_was_sent(receiver: Receiver) -> None:
    sending = sender(receiver, mode="rebuilt", rebuilt={"delimiters": "|#~\\&"})
    assert b"MSA|AA|A\\S\\1" in sending.send(delivery(body("A#1"), encoding="utf-8"))


def test_what_does_not_fit_the_standard_is_declined_with_its_place_and_not_sent(receiver: Receiver) -> None:
    sending = sender(receiver, mode="rebuilt", rebuilt={"sending_application": "HUB"})
    with pytest.raises(Declined, match="does not fit the standard") as raised:
        sending.send(delivery(body("K1").replace(b"PV1|1|I|", b"PV1|1||")))
    assert raised.value.place == "PV1-2"
    assert receiver.heard == []


def test_what_the_receivers_encoding_lacks_is_declined_with_its_place(receiver: Receiver) -> None:
    sending = sender(receiver, mode="rebuilt", rebuilt={"charset": "iso-8859-1"})
    with pytest.raises(Declined) as raised:
        sending.send(delivery(body("K1")))
    assert raised.value.place == "PID-5"
    assert "张" not in str(raised.value)


def test_rebuilding_keeps_z_segments(receiver: Receiver) -> None:
    sending = sender(receiver, mode="rebuilt")
    sending.send(delivery(body("K1", extra="ZPI|1|local^value"), encoding="utf-8"))
    assert receiver.heard[0].decode().endswith("\rZPI|1|local^value\r")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"connect": "lab"}, "a host and a port are needed"),
        ({"connect": "192.0.2.7:2575"}, "would cross the network unencrypted"),
        ({"connect": "127.0.0.1:1", "tls": {"certificate": "one.pem"}}, "belong together"),
        ({"connect": "127.0.0.1:1", "rebuilt": {"charset": "utf-8"}}, "no effect"),
        ({"connect": "127.0.0.1:1", "mode": "rebuilt", "rebuilt": {"delimiters": "||~\\&"}}, "five different signs"),
    ],
)
def test_settings_that_cannot_be_meant_are_mistakes(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HL7Destination.model_validate(settings)


@pytest.mark.parametrize("route", [{"events": ["A01"]}, {"where": {"PV1": "I"}}, {"unless": {"pv1-2": "I"}}])
def test_a_route_that_names_nothing_is_a_mistake(route: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HL7Route.model_validate(route)


@pytest.mark.parametrize("value", [1, True, ["I", 2], {"a": "b"}])
def test_a_value_that_is_no_text_is_one_mistake_at_its_field(value: Any) -> None:
    with pytest.raises(ValidationError, match="must be text in quotes, or a list of such") as raised:
        HL7Route.model_validate({"where": {"PV1-2": value}})
    (found,) = raised.value.errors()
    assert found["loc"] == ("where",)
    assert found["ctx"]["error"].args[1] == "PV1-2"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and one certificate it has signed for localhost."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    subject = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(*new, "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
    openssl(*new, "-keyout", "key.pem", "-out", "one.csr", "-subj", "/CN=localhost", "-addext", subject)
    signing = ("x509", "-req", "-in", "one.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2")
    openssl(*signing, "-copy_extensions", "copy", "-out", "one.pem")
    return folder


def test_tls_with_both_certificates_and_an_idle_disconnect(certificates: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates / "one.pem", certificates / "key.pem")
    server.load_verify_locations(certificates / "ca.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    receiver = Receiver(answers_then_hangs_up)
    receiver.open(lambda plain: server.wrap_socket(plain, server_side=True))
    names = {"ca": "ca.pem", "certificate": "one.pem", "key": "key.pem"}
    try:
        settings = HL7Destination.model_validate(
            {"connect": receiver.address, "tls": names}, context={"directory": certificates}
        )
        sending = opened(settings)
        assert all(finding.ok for finding in sending.check())
        sending.send(delivery(body("K1")))
        assert receiver.hung_up.wait(5)
        sending.send(delivery(body("K2")))
        assert receiver.keys == ["K1", "K2"]
        sending.close()
        stranger = settings.model_copy(update={"tls": settings.tls.model_copy(update={"ca": None})})  # type: ignore[union-attr] # it has one
        with pytest.raises(RetryLater, match="certificate"):
            opened(stranger).connect()
    finally:
        receiver.close()


def refuses_late(server: ssl.SSLContext, plain: socket.socket) -> socket.socket:
    """Looks at the other side's certificate only when a message has been written behind it."""
    arriving, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    inside = server.wrap_bio(arriving, leaving, server_side=True)
    arriving.write(plain.recv(65_536))
    with suppress(ssl.SSLWantReadError):
        inside.do_handshake()
    plain.sendall(leaving.read())
    plain.recv(2_000, socket.MSG_PEEK | socket.MSG_WAITALL)
    arriving.write(plain.recv(65_536))
    with suppress(ssl.SSLError):
        inside.do_handshake()
    plain.sendall(leaving.read())
    return plain


@pytest.mark.parametrize("late", [False, True])
def test_a_receiver_that_misses_our_certificate_has_heard_nothing(
    certificates: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    monkeypatch.setattr(client, "WELCOMED_S", 0 if late else 5)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates / "one.pem", certificates / "key.pem")
    server.load_verify_locations(certificates / "ca.pem")
    server.verify_mode = ssl.CERT_REQUIRED
    receiver = Receiver()
    receiver.open(partial(refuses_late, server) if late else partial(server.wrap_socket, server_side=True))
    try:
        settings = HL7Destination.model_validate(
            {"connect": receiver.address, "tls": {"ca": "ca.pem"}}, context={"directory": certificates}
        )
        sending = opened(settings)
        with pytest.raises(RetryLater, match="certificate required"):
            sending.send(delivery(body("K1", extra="NTE|1||" + "x" * 2_000)))
        if not late:
            assert [finding.ok for finding in sending.check()] == [True, False]
    finally:
        receiver.close()


@pytest.mark.parametrize(
    ("tls", "fault"),
    [
        ({"ca": "no-such.pem"}, "ca"),
        ({"ca": "key.pem"}, "ca"),
        ({"certificate": "one.pem", "key": "ca.key"}, "key"),
        ({"ca": "ca.pem", "certificate": "one.pem", "key": "key.pem"}, None),
    ],
)
def test_files_that_cannot_be_used_are_faults_of_their_key(
    certificates: Path, tls: dict[str, str], fault: str | None
) -> None:
    settings = DestinationTls.model_validate(tls, context={"directory": certificates})
    assert next((key for key, _ in settings.faults()), None) == fault


def test_a_connection_is_checked_step_by_step(receiver: Receiver) -> None:
    sending = sender(receiver)
    assert [str(finding.step) for finding in sending.check_answer()] == [
        f"connecting to {receiver.address}",
        "a test message is answered",
    ]
    assert receiver.keys[0].startswith("HUBTEST")
    receiver.close()
    (finding,) = sending.check_answer()
    assert not finding.ok
