"""MLLP over TLS: settings, the context they make, and what is wrong with the certificates they name."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from hub import ConfigError, LocalFile, Secret, Settings, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOON = timedelta(days=30)
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""With forward secrecy and authenticated, for TLS 1.2; those of TLS 1.3 all are."""
_MINIMUM = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
_NOT_YET, _EXPIRED, _PURPOSE = 9, 10, 26
_VERDICTS = {
    _NOT_YET: Text("is not valid yet; look at the clock, or at the certificate"),
    _EXPIRED: Text("has expired; ask who issued it for a new one"),
    _PURPOSE: Text("is not meant for a server"),
}
"""OpenSSL's numbers (X509_V_ERR_…)."""


class TlsSettings(Settings):
    """MLLP over TLS. New connections use what the files hold then."""

    certificate: LocalFile
    """The hub's own certificate, PEM, followed by those between it and the root."""
    key: LocalFile
    """Its private key, PEM."""
    password: Secret | None = None
    """Of the key, if it has one."""
    client_ca: LocalFile | None = None
    """What senders' certificates are issued by, PEM. With it each sender must show one (mutual TLS)."""
    minimum: Literal["TLS 1.2", "TLS 1.3"] = "TLS 1.2"
    """The oldest version that is spoken."""
    senders: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Which sending applications a certificate may speak for: its name (CN or SAN) or SHA-256 fingerprint, and a list
    of MSH-3 or "MSH-3|MSH-4". Without any, every certificate may speak for all."""

    @model_validator(mode="after")
    def _knows_its_senders(self) -> TlsSettings:
        if self.senders and self.client_ca is None:
            raise ValueError(Text("senders show no certificate unless client_ca says who issues them"), "senders")
        return self

    def faults(self) -> Iterator[tuple[str, Text]]:
        unreadable = list(self._unreadable())
        yield from unreadable
        if not unreadable:
            yield from self._unusable()

    @property
    def ends(self) -> datetime:
        """Until when the hub's certificate is good. Raises ``ssl.SSLError`` for one that no sender would take."""
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(_looked_at(self)["notAfter"]), UTC)

    def doubts(self) -> Iterator[tuple[str, Text]]:
        if list(self.faults()):
            return
        if self.key.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield "key", Text("every account of this machine may read it: chmod 600")
        ends = self.ends
        if ends - datetime.now(UTC) < SOON:
            yield "certificate", Text("expires on {day}", {"day": f"{ends:%Y-%m-%d}"})
        if self.client_ca and any(_is_past(issuer) for issuer in _issuers(self.client_ca)):
            yield "client_ca", Text("one of its certificates has expired")

    def _unreadable(self) -> Iterator[tuple[str, Text]]:
        named = {"certificate": self.certificate, "key": self.key, "client_ca": self.client_ca}
        for name, file in named.items():
            try:
                if file is not None:
                    file.read_bytes()
            except OSError as error:
                yield name, Text("cannot be read: {reason}", {"reason": Text(error.strerror or str(error))})

    def _unusable(self) -> Iterator[tuple[str, Text]]:
        for name, file in {"certificate": self.certificate, "client_ca": self.client_ca}.items():
            if file is not None and not _holds_certificates(file):
                yield name, Text("holds no certificate (PEM) that can be used")
                return
        try:
            _bare_context(self)
        except ConfigError as error:
            yield "key", error.text
            return
        try:
            _looked_at(self)
        except ssl.SSLCertVerificationError as error:
            yield "certificate", _VERDICTS.get(error.verify_code, Text("{reason}", {"reason": error.verify_message}))


def server_context(settings: TlsSettings) -> ssl.SSLContext:
    """Raises ``ConfigError`` or ``OSError`` when its files cannot be used."""
    context = _bare_context(settings)
    if settings.client_ca is not None:
        context.load_verify_locations(settings.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(settings: TlsSettings) -> ssl.SSLContext:
    """For a connection back to a sender: trusts ``client_ca``, else what the machine trusts; shows our certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _harden(context, settings)
    if settings.client_ca is not None:
        context.load_verify_locations(settings.client_ca)
    else:
        context.load_default_certs()
    return context


def _bare_context(settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    _harden(context, settings)
    return context


def _harden(context: ssl.SSLContext, settings: TlsSettings) -> None:
    context.minimum_version = _MINIMUM[settings.minimum]
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(CIPHERS)
    asked: list[bool] = []

    def password() -> str:
        asked.append(True)  # without this OpenSSL would ask whoever sits at the terminal
        return settings.password.reveal() if settings.password else ""

    try:
        context.load_cert_chain(settings.certificate, settings.key, password)
    except ssl.SSLError as error:
        if asked:
            raise ConfigError("its password is missing or wrong; name it in password") from None
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ConfigError("does not belong to the certificate") from None
        raise ConfigError("holds no private key (PEM) that can be used: {reason}", reason=str(error.reason)) from None


def _holds_certificates(file: Path) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        return False
    return True


def _issuers(file: Path) -> list[dict[str, Any]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    return context.get_ca_certs()


def _is_past(certificate: dict[str, Any]) -> bool:
    return ssl.cert_time_to_seconds(certificate["notAfter"]) < datetime.now(UTC).timestamp()


def _looked_at(settings: TlsSettings) -> dict[str, Any]:
    """The hub's certificate as a sender sees it who trusts nothing but that certificate.

    Raises ``ssl.SSLCertVerificationError`` for what every sender would refuse. A handshake in memory, because Python
    reads a certificate only when somebody shows it.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    trusting.load_verify_locations(settings.certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there)
    server = _bare_context(settings).wrap_bio(there, back, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    seen = client.getpeercert()
    assert seen is not None  # noqa: S101 - the handshake is over
    return seen
