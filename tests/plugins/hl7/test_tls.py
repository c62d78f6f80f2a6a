"""MLLP over TLS: who may come in, for whom they may speak, and what is said of certificates that cannot be used."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import uvloop
from pydantic import ValidationError

from hub import ConfigError
from hub.cli.check import checked
from hub.loader import load_plugins
from plugins.hl7.settings import HL7Settings
from plugins.hl7.tls import TlsSettings, server_context
from tests.plugins.hl7.door import door, message

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tests.plugins.hl7.door import Door

    Run = Callable[[Coroutine[Any, Any, None]], None]


class County:
    """A CA with the hub's certificate, and what senders need to come in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.ca_file))
        self.write(self.ca.issue_cert("localhost"))

    def write(self, issued: trustme.LeafCert) -> None:
        """The hub's certificate and key."""
        pem = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        (self.folder / "hub.pem").write_bytes(pem)
        (self.folder / "hub.key").write_bytes(issued.private_key_pem.bytes())
        (self.folder / "hub.key").chmod(0o600)

    def settings(self, **more: Any) -> dict[str, Any]:
        return {"certificate": str(self.folder / "hub.pem"), "key": str(self.folder / "hub.key"), **more}

    def mutual(self, **more: Any) -> dict[str, Any]:
        return self.settings(client_ca=str(self.ca_file), **more)

    def sender(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.ca.configure_trust(context)
        if certificate is not None:
            certificate.configure_cert(context)
        return context

    def faults(self, **more: Any) -> dict[str, str]:
        return {key: str(text) for key, text in TlsSettings(**self.settings(**more)).faults()}

    def doubts(self, **more: Any) -> dict[str, str]:
        return {key: str(text) for key, text in TlsSettings(**self.settings(**more)).doubts()}


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path)


@pytest.fixture(params=["the hub's own loop", "the standard loop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both event loops there are: their TLS is not the same code."""
    factory = uvloop.new_event_loop if "own" in request.param else asyncio.new_event_loop

    def run(work: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(work)

    return run


async def turned_away(opened: Door, tls: ssl.SSLContext) -> None:
    """The handshake fails, or, since TLS 1.3, what is first read after it."""
    try:
        sender = await opened.enter(tls)
        await sender.send(message("1"))
        await sender.hear()
    except (OSError, asyncio.IncompleteReadError):
        return
    raise AssertionError("nobody should have let it in")


# --- who comes in ----------------------------------------------------------------------------------------------------


def test_messages_come_encrypted_and_are_answered_in_order(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings()) as opened:
            sender = await opened.enter(county.sender())
            await sender.send(*(message(str(number)) for number in range(500)))
            assert await sender.answers(500) == [f"AA|{number}" for number in range(500)]

    run(work())


def test_a_large_message_comes_whole_in_whatever_records_it_was_cut(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings()) as opened:
            sender = await opened.enter(county.sender())
            large = message("1") + b"NTE|1||" + b"x" * 2_000_000 + b"\r"
            await sender.send(large)
            assert await sender.answers(1) == ["AA|1"]
            assert opened.journal.kept[0].body == large

    run(work())


def test_a_sender_without_a_certificate_is_shown_the_door_where_one_is_needed(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.mutual()) as opened:
            await turned_away(opened, county.sender())
            await opened.until("tls_no_certificate")
            known = await opened.enter(county.sender(county.ca.issue_cert("his.example.org")))
            await known.send(message("2"))
            assert await known.answers(1) == ["AA|2"]
            assert opened.journal.keys == ["2"]

    run(work())


def test_a_certificate_of_a_stranger_or_of_yesterday_is_not_accepted(county: County, run: Run) -> None:
    past = datetime.now(UTC) - timedelta(days=1)

    async def work() -> None:
        async with door(tls=county.mutual()) as opened:
            for bad in (
                trustme.CA().issue_cert("his.example.org"),
                county.ca.issue_cert("his.example.org", not_after=past),
            ):
                await turned_away(opened, county.sender(bad))
            await opened.until("tls_bad_certificate", 2)
            assert opened.journal.keys == []

    run(work())


def test_an_old_version_of_tls_is_not_spoken(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings(minimum="TLS 1.3")) as opened:
            old = county.sender()
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            await turned_away(opened, old)
            await opened.until("tls_failed")

    run(work())


def test_plain_messages_to_a_tls_door_are_counted_and_others_served(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings()) as opened:
            plain = await opened.enter()
            await plain.send(message("1"))
            while await plain.reader.read(100):  # an alert, which MLLP does not know
                pass
            await opened.until("plain_on_tls")
            sender = await opened.enter(county.sender())
            await sender.send(message("2"))
            assert await sender.answers(1) == ["AA|2"]
            assert opened.journal.keys == ["2"]

    run(work())


def test_a_tls_client_at_a_plain_door_is_counted_and_others_served(county: County, run: Run) -> None:
    async def work() -> None:
        async with door() as opened:
            await turned_away(opened, county.sender())
            await opened.until("tls_on_plain")
            sender = await opened.enter()
            await sender.send(message("1"))
            assert await sender.answers(1) == ["AA|1"]

    run(work())


def test_who_never_shakes_hands_holds_no_place_for_long(
    county: County, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.hl7.threshold.HANDSHAKE_S", 0.1)

    async def work() -> None:
        async with door(tls=county.settings()) as opened:
            silent = await opened.enter()
            assert await silent.is_closed()
            assert opened.listener.counters["tls_failed"] == 1

    run(work())


def test_a_door_that_closes_does_not_wait_for_a_handshake(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings()) as opened:
            silent = await opened.enter()
            async with asyncio.timeout(2):
                await opened.listener.stop()
                assert await silent.is_closed()

    run(work())


# --- for whom they speak ---------------------------------------------------------------------------------------------


def by_name(issued: trustme.LeafCert) -> str:
    del issued
    return "his.example.org"


def by_common_name(issued: trustme.LeafCert) -> str:
    del issued
    return "Central HIS"


def by_fingerprint(issued: trustme.LeafCert) -> str:
    der = ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode())
    digits = hashlib.sha256(der).hexdigest().upper()
    return "sha256:" + ":".join(digits[at : at + 2] for at in range(0, 64, 2))


@pytest.mark.parametrize("named", [by_name, by_common_name, by_fingerprint])
def test_a_certificate_speaks_only_for_the_applications_it_is_bound_to(county: County, run: Run, named: Any) -> None:
    issued = county.ca.issue_cert("his.example.org", common_name="Central HIS")

    async def work() -> None:
        async with door(tls=county.mutual(senders={named(issued): ["HIS", "LIS|HOSP"]})) as opened:
            sender = await opened.enter(county.sender(issued))
            await sender.send(
                message("1"),
                message("2", sender="LIS|HOSP"),
                message("3", sender="LIS|OTHER"),
                message("4", sender="PACS|HOSP"),
                message("5", sender="|"),
                message("6", sender="HIS^1.2^ISO|ELSEWHERE"),
            )
            said = [await sender.hear() for _ in range(6)]
            given = [one.split("MSA|")[1].split("\r")[0] for one in said]
            assert given == ["AA|1", "AA|2", "AR|3", "AR|4", "AR|5", "AA|6"]
            assert "ERR||MSH^1^3|204^Unknown key identifier^HL70357|E|wrong_sender" in said[3]
            refusals = [payload.refusal.code for payload in opened.journal.kept if payload.refusal]
            assert refusals == ["wrong_sender"] * 3
            assert opened.journal.kept[3].body == message("4", sender="PACS|HOSP")
            assert opened.listener.counters["wrong_sender"] == 3

    run(work())


def test_a_certificate_that_is_bound_to_nothing_speaks_for_nobody(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.mutual(senders={"his.example.org": ["*"]})) as opened:
            other = await opened.enter(county.sender(county.ca.issue_cert("other.example.org")))
            await other.send(message("1"))
            assert await other.answers(1) == ["AR|1"]
            his = await opened.enter(county.sender(county.ca.issue_cert("HIS.example.org")))
            await his.send(message("2", sender="ANY|THING"))
            assert await his.answers(1) == ["AA|2"]

    run(work())


# --- new certificates ------------------------------------------------------------------------------------------------


def test_a_new_certificate_is_shown_to_new_connections_and_old_ones_stay(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings(), idle_seconds=0.5) as opened:
            first = await opened.enter(county.sender())
            county.write(county.ca.issue_cert("localhost", "new.example.org"))
            await opened.until("certificate_renewed")
            second = await opened.enter(county.sender())
            shown = second.writer.get_extra_info("peercert")
            assert ("DNS", "new.example.org") in shown["subjectAltName"]
            await first.send(message("1"))
            assert await first.answers(1) == ["AA|1"]

    run(work())


def test_a_new_certificate_that_cannot_be_used_leaves_the_old_one(county: County, run: Run) -> None:
    async def work() -> None:
        async with door(tls=county.settings(), idle_seconds=0.5) as opened:
            (county.folder / "hub.pem").write_text("not a certificate")
            await opened.until("certificate_not_renewed")
            sender = await opened.enter(county.sender())
            await sender.send(message("1"))
            assert await sender.answers(1) == ["AA|1"]

    run(work())


# --- settings --------------------------------------------------------------------------------------------------------


def test_sound_certificates_are_neither_a_fault_nor_a_doubt(county: County) -> None:
    assert county.faults(client_ca=str(county.ca_file)) == {}
    assert county.doubts(client_ca=str(county.ca_file)) == {}


def test_a_certificate_that_has_expired_is_a_fault(county: County) -> None:
    county.write(county.ca.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1)))
    assert county.faults() == {"certificate": "has expired; ask who issued it for a new one"}
    assert county.doubts() == {}


def test_a_certificate_that_is_not_valid_yet_is_a_fault(county: County) -> None:
    soon, later = (datetime.now(UTC) + timedelta(days=days) for days in (1, 2))
    county.write(county.ca.issue_cert("localhost", not_before=soon, not_after=later))
    assert "not valid yet" in county.faults()["certificate"]


def test_a_key_of_another_certificate_is_a_fault(county: County) -> None:
    (county.folder / "hub.key").write_bytes(county.ca.issue_cert("other").private_key_pem.bytes())
    assert county.faults() == {"key": "does not belong to the certificate"}


@pytest.mark.parametrize("name", ["certificate", "key", "client_ca"])
def test_a_file_that_is_not_there_is_a_fault_of_its_key(county: County, name: str) -> None:
    assert county.faults(**{name: str(county.folder / "gone.pem")}) == {
        name: "cannot be read: No such file or directory"
    }


@pytest.mark.parametrize("name", ["certificate", "client_ca"])
def test_a_file_without_a_certificate_is_a_fault_of_its_key(county: County, name: str) -> None:
    (county.folder / "bad.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert county.faults(**{name: str(county.folder / "bad.pem")}) == {
        name: "holds no certificate (PEM) that can be used"
    }


def test_a_file_without_a_key_is_a_fault(county: County) -> None:
    assert "holds no private key" in county.faults(key=str(county.ca_file))["key"]


def test_a_key_others_may_read_is_a_doubt_and_so_is_a_certificate_near_its_end(county: County) -> None:
    county.write(county.ca.issue_cert("localhost", not_after=datetime.now(UTC) + timedelta(days=9)))
    (county.folder / "hub.key").chmod(0o644)
    doubts = county.doubts()
    assert doubts["key"] == "every account of this machine may read it: chmod 600"
    assert doubts["certificate"].startswith("expires on 20")


def test_senders_cannot_be_told_apart_without_their_issuer(county: County) -> None:
    with pytest.raises(ValidationError, match="client_ca"):
        TlsSettings(**county.settings(senders={"his": ["HIS"]}))


def test_files_are_looked_for_in_the_folder_of_the_configuration(county: County) -> None:
    given = {"certificate": "hub.pem", "key": "hub.key"}
    settings = TlsSettings.model_validate(given, context={"directory": county.folder})
    assert settings.certificate == county.folder / "hub.pem"
    assert list(settings.faults()) == []


def test_an_encrypted_door_may_be_open_to_the_network_a_plain_one_may_not(county: County) -> None:
    HL7Settings(listen="0.0.0.0:2575", tls=TlsSettings(**county.settings()))
    with pytest.raises(ValidationError, match="unencrypted"):
        HL7Settings(listen="0.0.0.0:2575")
    with pytest.raises(ValidationError, match="unencrypted"):
        HL7Settings(listen="127.0.0.1:2575", application_acks="10.1.2.3:2576")


def test_a_door_does_not_open_with_a_key_it_cannot_use(county: County) -> None:
    (county.folder / "hub.key").write_text("nonsense")
    with pytest.raises(ConfigError, match="no private key"):
        server_context(TlsSettings(**county.settings()))


def test_hub_check_names_file_line_and_key_of_a_certificate_that_cannot_be_used(county: County) -> None:
    folder = county.folder
    county.write(county.ca.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1)))
    (folder / "hub.toml").write_text("")
    (folder / "feeds").mkdir()
    settings = ['listen = "127.0.0.1:2575"', "[settings.tls]", 'certificate = "hub.pem"', 'key = "hub.key"']
    (folder / "feeds" / "central.toml").write_text("\n".join(['adapter = "hl7"', "[settings]", *settings]))
    mistakes, _, _ = checked(folder, load_plugins())
    assert [(line["line"], line["key"]) for line in mistakes] == [(5, "settings.tls.certificate")]
