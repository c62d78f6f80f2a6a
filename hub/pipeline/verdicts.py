"""What a message's fate is when it cannot be applied, in words that hold no personal data."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from typing import Any

from hub.errors import AdapterCrashed, ParseError, Rejected, UnsupportedMessage
from hub.model import Claim, Merge, RecordUpdate, Resource
from hub.settlement import Outcome


def of_parsing(error: BaseException) -> Outcome:
    """Skipped when of no use to us, parked otherwise."""
    if isinstance(error, UnsupportedMessage):
        return Outcome("skipped", "unsupported", error.text)
    if isinstance(error, ParseError):
        return Outcome("parked", "parse_error", error.text, error.place)
    if isinstance(error, AdapterCrashed):
        return Outcome("parked", "adapter_crashed", error.text)
    if isinstance(error, Rejected):
        return Outcome("parked", "rejected", error.text)
    crash = AdapterCrashed("the adapter failed with {error} at {place}", error=type(error).__name__, place=where(error))
    return Outcome("parked", "adapter_crashed", crash.text)


def of_applying(error: Exception) -> Outcome:
    if isinstance(error, Rejected):
        return Outcome("parked", "rejected", error.text)
    failed = Rejected("applying failed with {error} at {place}", error=type(error).__name__, place=where(error))
    return Outcome("parked", "apply_failed", failed.text)


def where(error: BaseException) -> str:
    """``module.py:12``: the message of a foreign error may name a patient, its place does not."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"


def sound(updates: Iterable[RecordUpdate]) -> tuple[RecordUpdate, ...]:
    """The updates an adapter gave, consumed; raises ``AdapterCrashed`` when they are not what was agreed."""
    if not isinstance(updates, Iterable):
        raise AdapterCrashed("the adapter gave {what} instead of updates", what=type(updates).__name__)
    given = tuple(updates)
    for update in given:
        _check_update(update)
    return given


def _check_update(update: Any) -> None:
    _must(isinstance(update, RecordUpdate), "RecordUpdate")
    if update.claim is not None:
        _check_claim(update.claim)
    for resource in update.resources:
        _check_resource(resource)
    for event in update.events:
        _must(isinstance(event, Merge), "Merge")
        _check_claim(event.retired)
    at = update.recorded_at
    _must(at is None or at.utcoffset() is not None, "recorded_at")


def _check_claim(claim: Any) -> None:
    _must(isinstance(claim, Claim), "Claim")
    _must(isinstance(claim.source_id, str) and isinstance(claim.patient, dict), "Claim")


def _check_resource(resource: Any) -> None:
    _must(isinstance(resource, Resource), "Resource")
    _must(isinstance(resource.source_id, str) and bool(resource.source_id), "Resource.source_id")
    _must(isinstance(resource.body, dict), "Resource.body")
    kind = resource.body.get("resourceType")
    _must(isinstance(kind, str) and kind.isalnum(), "resourceType")


def _must(held: bool, what: str) -> None:
    if not held:
        raise AdapterCrashed("the adapter gave an update whose {what} is not what was agreed", what=what)
