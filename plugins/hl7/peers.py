"""Who a sender is by its certificate, and for which sending applications it may speak."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from hub import Refusal, Text

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    from hub import Payload

WRONG_SENDER = Refusal(
    "wrong_sender", Text("the certificate of this connection does not speak for this sending application"), "MSH-3"
)
ANYBODY = "*"


class Speaker:
    """The sending applications one connection may speak for."""

    def __init__(self, senders: Mapping[str, tuple[str, ...]], certificate: ssl.SSLObject) -> None:
        names = set(_names(certificate))
        self._applications = {
            application.strip() for name, given in senders.items() if _key(name) in names for application in given
        }

    def may_send(self, payload: Payload) -> bool:
        """Whether MSH-3, or MSH-3 with MSH-4, is one of those; what has no header is refused for that."""
        if payload.refusal is not None or ANYBODY in self._applications:
            return True
        application, _, facility = payload.sender.partition("|")
        name = application.partition("^")[0]
        return bool(name) and not self._applications.isdisjoint((name, f"{name}|{facility.partition('^')[0]}"))


def _key(name: str) -> str:
    """Names as they compare; a fingerprint with or without colons and ``sha256:``."""
    plain = name.strip().casefold()
    digits = plain.removeprefix("sha256:").replace(":", "")
    return f"sha256:{digits}" if len(digits) == 64 and not digits.strip("0123456789abcdef") else plain


def _names(certificate: ssl.SSLObject) -> Iterator[str]:
    shown: Mapping[str, Any] = certificate.getpeercert() or {}
    yield "sha256:" + hashlib.sha256(certificate.getpeercert(binary_form=True) or b"").hexdigest()
    for part in shown.get("subject", ()):
        yield from (value.casefold() for name, value in part if name == "commonName")
    yield from (str(value).casefold() for _, value in shown.get("subjectAltName", ()))
