"""One attempt, and what its outcome means for the delivery."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from hub.adapter import Delivery, IdentityChange, Sender
from hub.errors import Declined, Rejected, RetryLater, Uncertain
from hub.language import Text
from hub.outbox import Ended, Entry

log = logging.getLogger("hub.deliver")


def told(sender: Sender[Any], what: Delivery | IdentityChange, entry: Entry) -> Ended:
    try:
        return Ended(entry, "sent", answer=_said(sender, what))
    except RetryLater as error:
        return Ended(entry, "waiting", "busy", error.text)
    except Uncertain as error:
        return _uncertain(entry, "uncertain", error.text, error.answer, resend=sender.deduplicates)
    except Declined as error:
        return Ended(entry, "failed", "declined", error.text, error.place, error.answer or None)
    except Rejected as error:
        return Ended(entry, "failed", "rejected", error.text, getattr(error, "place", ""))
    except Exception as error:  # noqa: BLE001 - whatever a stranger's sender raises, bytes may have left
        kind, place = type(error).__name__, _where(error)
        log.error("destination %s: the sender failed: %s at %s", sender.destination, kind, place)  # noqa: TRY400 - a traceback may show a patient's data
        sender.close()
        reason = Text("the sender failed with {error} at {place}", {"error": kind, "place": place})
        return _uncertain(entry, "sender_failed", reason, b"", resend=sender.deduplicates)


def _said(sender: Sender[Any], what: Delivery | IdentityChange) -> bytes:
    return sender.tell(what) if isinstance(what, IdentityChange) else sender.send(what)


def interrupted(entry: Entry, *, resend: bool) -> Ended:
    """Of a delivery that was being sent when its process ended."""
    reason = Text("the hub ended while the message was being sent")
    return _uncertain(entry, "interrupted", reason, b"", resend=resend)


def _uncertain(entry: Entry, code: str, reason: Text, answer: bytes, *, resend: bool) -> Ended:
    """Sent again only where the other side drops what it has already; else set aside for a person."""
    return Ended(entry, "waiting" if resend else "unknown", code, reason, answer=answer or None)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
