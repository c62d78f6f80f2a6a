"""What a message's fate is when it cannot be applied, in words that hold no personal data."""

from __future__ import annotations

import math
import re
import traceback
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from hub.errors import AdapterCrashed, ParseError, Rejected, UnsupportedMessage
from hub.model import (
    CORRECTIONS,
    Claim,
    Correct,
    Document,
    Link,
    Merge,
    Move,
    RecordUpdate,
    Replace,
    Resource,
    Unlink,
    Unmapped,
)
from hub.settlement import Outcome

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no FHIR string may hold."""
_PLAIN = frozenset({int, bool, type(None)})
_NAMES: set[str] = set()
"""Of elements, that were found to be sound: FHIR has a few hundred, and every message has them all again."""
MOST_NAMES = 4_096


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
        _check_event(event)
        _must(update.claim is not None or isinstance(event, Replace), "claim")
    for document in update.documents:
        _check_document(document)
    for code in update.unmapped:
        _check_unmapped(code)
    at = update.recorded_at
    _must(at is None or at.utcoffset() is not None, "recorded_at")


def _check_event(event: Any) -> None:
    match event:
        case Merge(retired=claim) | Link(other=claim) | Unlink(other=claim):
            _check_claim(claim)
        case Move():
            _must(isinstance(event.key, tuple) and len(event.key) == 2 and all(map(_is_word, event.key)), "Move.key")
            if event.since is not None:
                _check_claim(event.since)
        case Replace():
            _must(all(map(_is_word, (event.type, event.old, event.new))), "Replace")
            _must(event.type != "Patient", "Replace.type")
        case Correct():
            _must(event.kind in set(CORRECTIONS.values()) and _is_word(event.old), "Correct")
            _must(isinstance(event.new, str) and isinstance(event.system, str), "Correct")
        case _:
            _must(False, "event")


def _check_document(document: Any) -> None:
    _must(isinstance(document, Document), "Document")
    _must(_is_word(document.media_type) and isinstance(document.body, bytes), "Document")
    _must(isinstance(document.source_id, str), "Document.source_id")


def _check_unmapped(code: Any) -> None:
    _must(isinstance(code, Unmapped), "Unmapped")
    _must(_is_word(code.map) and _is_word(code.code), "Unmapped")
    _must(all(isinstance(word, str) for word in (code.system, code.display, code.place)), "Unmapped")


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _check_claim(claim: Any) -> None:
    _must(isinstance(claim, Claim), "Claim")
    _must(isinstance(claim.source_id, str) and isinstance(claim.patient, dict), "Claim")
    _check_values("Patient", claim.patient)


def _check_resource(resource: Any) -> None:
    _must(isinstance(resource, Resource), "Resource")
    source_id, body = resource.source_id, resource.body
    _must(isinstance(source_id, str) and source_id != "", "Resource.source_id")
    _must(isinstance(body, dict), "Resource.body")
    kind = body.get("resourceType")
    _must(isinstance(kind, str) and kind.isalnum(), "resourceType")
    _check_values(kind, body)


def _check_values(kind: str, body: dict[Any, Any]) -> None:
    if not _is_plain(body) and (flaw := _flaw(body)):
        raise AdapterCrashed("the adapter gave a {type} that holds {what}, which FHIR cannot", type=kind, what=flaw)


def _is_plain(value: Any) -> bool:
    """Whether FHIR's JSON can say it, at a glance: every value of every message passes here."""
    kind = type(value)
    if kind is dict:
        for name, inner in value.items():
            if type(inner) is str:
                if not inner.isprintable():
                    return False
            elif not _is_plain(inner):
                return False
            if name not in _NAMES and not _is_name(name):
                return False
        return True
    if kind is list:
        return all(map(_is_plain, value))
    if kind is str:
        return bool(value.isprintable())
    return kind in _PLAIN or (kind is Decimal and value.is_finite())


def _is_name(name: Any) -> bool:
    if type(name) is not str or not name.isprintable():
        return False
    if len(_NAMES) < MOST_NAMES:
        _NAMES.add(name)
    return True


def _flaw(value: Any) -> str:
    """The first thing within that FHIR's JSON cannot say, as a type, a code point or a word; empty without any."""
    if isinstance(value, dict):
        return next(filter(None, (_flaw_of_name(name) or _flaw(inner) for name, inner in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, map(_flaw, value)), "")
    if isinstance(value, str):
        found = _FORBIDDEN.search(value)
        return f"U+{ord(found[0]):04X}" if found else ""
    if isinstance(value, float | Decimal):
        return "" if math.isfinite(value) else f"{value:f}"
    return "" if type(value) in _PLAIN else type(value).__name__


def _flaw_of_name(name: Any) -> str:
    return _flaw(name) if isinstance(name, str) else type(name).__name__


def _must(held: bool, what: str) -> None:
    if not held:
        raise AdapterCrashed("the adapter gave an update whose {what} is not what was agreed", what=what)
