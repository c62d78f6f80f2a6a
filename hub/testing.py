"""A test kit for plugin authors: what the hub relies on in every adapter, as tests to inherit.

A plugin's whole test file may be::

    class TestCountyVaccination(AdapterContract):
        adapter = CountyVaccination
        settings = {"delimiter": ";"}
        samples = Path(__file__).parent / "samples"
"""

from __future__ import annotations

import builtins
import io
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn
from unittest.mock import patch

from hub.adapter import Adapter, Message, Payload
from hub.errors import ParseError, UnsupportedMessage
from hub.model import RecordUpdate

__all__ = ["AdapterContract", "message"]

RECEIVED = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
PLACES = 100
"""So many times a sample is spoiled, at places spread evenly over it."""
GARBAGE = (b"", b"\x00", b"\xff\xfe\xfd", b"\r\n\r\n", b"{", b"<a>", b"MSH", "无".encode(), bytes(range(256)))


def message(adapter: Adapter[Any], body: bytes, number: int = 1) -> Message:
    """The message that these bytes would be in the journal; ``AssertionError`` when the door refuses them."""
    payload = adapter.admit(body)
    assert payload.refusal is None, f"refused: {payload.refusal.text}"
    return _journalled(adapter, payload, number)


class AdapterContract:
    """Inherit in a class named ``Test…`` and fill in the three attributes; pytest does the rest."""

    adapter: ClassVar[type[Adapter[Any]]]
    settings: ClassVar[Mapping[str, Any]] = {}
    """As a feed file would write them under ``[settings]``."""
    samples: ClassVar[Path]
    """A folder; each file in it is one sound message."""
    anonymous: ClassVar[bool] = False
    """Whether the source is known to send people without any number of theirs."""

    def test_there_are_samples(self) -> None:
        assert self._bodies(), f"no files in {self.samples}"

    def test_every_sample_is_admitted_with_a_key_that_stays(self) -> None:
        for name, body in self._bodies().items():
            first, again = self._new().admit(body), self._new().admit(body)
            assert first.refusal is None, f"{name} is refused: {first.refusal.text}"
            assert first.key, f"{name} has no key, so a resend would be applied twice"
            assert (first.sender, first.key, first.fingerprint) == (again.sender, again.key, again.fingerprint), name
            assert first.lanes == again.lanes, f"{name} would change its lane"

    def test_every_sample_says_something(self) -> None:
        for name, updates in self._meanings().items():
            assert updates, f"{name} says nothing: raise UnsupportedMessage if that is meant"
            for update in updates:
                assert isinstance(update, RecordUpdate), f"{name}: parse gave {type(update).__name__}"

    def test_the_same_message_always_means_the_same(self) -> None:
        first, again = self._meanings(), self._meanings()
        for name in first:
            assert first[name] == again[name], f"{name} was understood differently the second time"

    def test_every_person_can_be_identified(self) -> None:
        for name, updates in self._meanings().items():
            for claim in (update.claim for update in updates if update.claim):
                known = claim.source_id or claim.identifiers or self.anonymous
                assert known, f"{name}: a claim without source_id and identifiers; set anonymous if that is meant"

    def test_resources_are_as_the_record_expects_them(self) -> None:
        for name, updates in self._meanings().items():
            for update in updates:
                _assert_sound(update, name)

    def test_a_damaged_message_is_rejected_or_understood_but_never_crashes(self) -> None:
        for name, body in self._bodies().items():
            for place, damaged in _damages(body):
                self._survives(damaged, f"{name}, damaged at byte {place}")

    def test_garbage_is_rejected_and_never_crashes(self) -> None:
        for body in GARBAGE:
            self._survives(body, repr(body))

    def test_a_rejection_names_no_person(self) -> None:
        for name, body in self._bodies().items():
            private = _private(self._parsed(body))
            for place, damaged in _damages(body):
                said = self._objection(damaged)
                assert not [word for word in private if word in said], f"{name}, damaged at byte {place}: {said}"

    def test_parsing_touches_no_file_and_no_network(self) -> None:
        for body in self._bodies().values():
            self._parsed(body)  # tables may be read once
            with _shut_in():
                self._parsed(body)

    def test_every_explanation_gives_a_reason(self) -> None:
        for name, body in self._bodies().items():
            adapter = self._new()
            for fate in adapter.explain(message(adapter, body)):
                assert fate.place, f"{name}: a field without a place"
                assert fate.fate in {"mapped", "kept", "ignored"}, f"{name}, {fate.place}: {fate.fate}"
                assert fate.detail, f"{name}, {fate.place}: {fate.fate}, but not where to or why"

    def _new(self) -> Adapter[Any]:
        return self.adapter("contract", self.adapter.Settings.model_validate(dict(self.settings)))

    def _bodies(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.samples.iterdir()) if path.is_file()}

    def _parsed(self, body: bytes) -> list[RecordUpdate]:
        adapter = self._new()
        return list(adapter.parse(message(adapter, body)))

    def _meanings(self) -> dict[str, list[RecordUpdate]]:
        return {name: self._parsed(body) for name, body in self._bodies().items()}

    def _survives(self, body: bytes, what: str) -> None:
        """Only the two errors of the contract may come out; anything else is a fault of the plugin."""
        try:
            self._objection(body)
        except Exception as error:  # whatever it is, the contract names it and the place
            raise AssertionError(f"{what}: {error!r}") from error

    def _objection(self, body: bytes) -> str:
        """What the adapter says against these bytes; empty when it takes them."""
        adapter = self._new()
        payload = adapter.admit(body)
        if payload.refusal:
            return str(payload.refusal.text)
        try:
            list(adapter.parse(_journalled(adapter, payload, 1)))
        except (ParseError, UnsupportedMessage) as objection:
            return str(objection)
        return ""


def _journalled(adapter: Adapter[Any], payload: Payload, number: int) -> Message:
    return Message(number, adapter.feed, payload.key, payload.body, RECEIVED, payload.sender, payload.notes)


def _assert_sound(update: RecordUpdate, name: str) -> None:
    keys = [(resource.type, resource.source_id) for resource in update.resources]
    assert all(source_id for _, source_id in keys), f"{name}: a resource without source_id in {keys}"
    assert len(keys) == len(set(keys)), f"{name}: a resource twice in {keys}"
    for resource in update.resources:
        assert not {"id", "meta"} & resource.body.keys(), f"{name}: id and meta of a {resource.type} are the hub's"
    if update.claim:
        assert not {"id", "meta"} & update.claim.patient.keys(), f"{name}: id and meta of a Patient are the hub's"
    if update.recorded_at:
        assert update.recorded_at.tzinfo, f"{name}: recorded_at has no zone"


def _damages(body: bytes) -> Iterator[tuple[int, bytes]]:
    """One byte spoiled, in turn by one no text encoding has, by a letter, and by the end of the message."""
    for place in range(0, len(body), max(1, len(body) // PLACES)):
        begin, end = body[:place], body[place + 1 :]
        yield place, (begin + b"\xff" + end, begin + b"X" + end, begin)[place % 3]


def _private(updates: list[RecordUpdate]) -> list[str]:
    """Names and numbers that must stay out of logs; short ones would be found by chance."""
    claims = [update.claim for update in updates if update.claim]
    words = [found.value for claim in claims for found in claim.identifiers]
    return [word for word in (*words, *(name.text for claim in claims for name in claim.names)) if len(word) > 1]


@contextmanager
def _shut_in() -> Iterator[None]:
    """Nothing may be opened here."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("parse opened a file or a socket")

    with ExitStack() as walls:
        for owner, name in ((builtins, "open"), (io, "open"), (os, "open"), (socket, "socket")):
            walls.enter_context(patch.object(owner, name, refuse))
        yield
