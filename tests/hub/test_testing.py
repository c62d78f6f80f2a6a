"""The contract for adapters finds the faults it is there to find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from hub import Adapter, Claim, FieldFate, Message, ParseError, Payload, RecordUpdate, Refusal, Resource, Settings, Text
from hub.testing import AdapterContract, message

SAMPLE = b"P1,\xe6\xb5\x8b\xe8\xaf\x95\xe7\x94\xb2,718-7\n"
Updates = Iterable[RecordUpdate]


class Sound(Adapter[Settings]):
    """One line: number, name, code."""

    name = "sound"

    def parse(self, message: Message) -> Updates:
        try:
            number, name, code = message.body.decode().removesuffix("\n").split(",")
        except ValueError:
            raise ParseError("not three columns") from None
        return [self.update(number, name, code)]

    def update(self, number: str, name: str, code: str) -> RecordUpdate:
        patient = {"identifier": [{"system": "urn:x", "value": number}], "name": [{"text": name}]}
        observation = {"resourceType": "Observation", "code": {"text": code}}
        return RecordUpdate(Claim(number, patient), (Resource("O1", observation),))


class Silent(Sound):
    def parse(self, message: Message) -> Updates:
        return list(super().parse(message))[:0]


class Crashing(Sound):
    def parse(self, message: Message) -> Updates:
        message.body.decode()
        return super().parse(message)


class Fickle(Sound):
    turns = count()

    def update(self, number: str, name: str, code: str) -> RecordUpdate:
        return super().update(number, name, f"{code}{next(self.turns)}")


class Reading(Sound):
    def parse(self, message: Message) -> Updates:
        Path(__file__).read_text()
        return super().parse(message)


class Talkative(Sound):
    def parse(self, message: Message) -> Updates:
        try:
            return list(super().parse(message))
        except ParseError:
            raise ParseError("not three columns: {line}", line=message.body.decode(errors="replace")) from None


class Anonymous(Sound):
    def update(self, number: str, name: str, code: str) -> RecordUpdate:  # noqa: ARG002  # that is its fault
        return RecordUpdate(Claim("", {"name": [{"text": name}]}))


class Forward(Sound):
    def update(self, number: str, name: str, code: str) -> RecordUpdate:
        update = super().update(number, name, code)
        return RecordUpdate(update.claim, (Resource("O1", {"resourceType": "Observation", "id": "mine"}),))


class Keyless(Sound):
    def admit(self, body: bytes) -> Payload:
        return Payload(body, "")


class Unreasoned(Sound):
    def explain(self, message: Message) -> Iterable[FieldFate]:  # noqa: ARG002  # says the same of every message
        return [FieldFate("1", "number", "P1", "ignored", "")]


class Refusing(Sound):
    def admit(self, body: bytes) -> Payload:
        return Payload(body, "K", refusal=Refusal("no", Text("not today")))


FAULTS: list[tuple[type[Sound], Callable[[AdapterContract], None]]] = [
    (Silent, AdapterContract.test_every_sample_says_something),
    (Crashing, AdapterContract.test_a_damaged_message_is_rejected_or_understood_but_never_crashes),
    (Crashing, AdapterContract.test_garbage_is_rejected_and_never_crashes),
    (Fickle, AdapterContract.test_the_same_message_always_means_the_same),
    (Reading, AdapterContract.test_parsing_touches_no_file_and_no_network),
    (Talkative, AdapterContract.test_a_rejection_names_no_person),
    (Anonymous, AdapterContract.test_every_person_can_be_identified),
    (Forward, AdapterContract.test_resources_are_as_the_record_expects_them),
    (Keyless, AdapterContract.test_every_sample_is_admitted_with_a_key_that_stays),
    (Refusing, AdapterContract.test_every_sample_is_admitted_with_a_key_that_stays),
    (Unreasoned, AdapterContract.test_every_explanation_gives_a_reason),
]


@pytest.mark.parametrize(("faulty", "rule"), FAULTS, ids=lambda it: it.__name__)
def test_a_fault_is_found(faulty: type[Sound], rule: Callable[[AdapterContract], None], tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        rule(_contract(faulty, tmp_path))


@pytest.mark.parametrize("rule", [name for name in vars(AdapterContract) if name.startswith("test_")])
def test_a_sound_adapter_passes(rule: str, tmp_path: Path) -> None:
    getattr(_contract(Sound, tmp_path), rule)()


def test_an_adapter_without_samples_is_not_tested_at_all(tmp_path: Path) -> None:
    contract = _contract(Sound, tmp_path)
    (tmp_path / "sample.csv").unlink()
    with pytest.raises(AssertionError, match="no files"):
        contract.test_there_are_samples()


def test_a_message_is_made_as_the_journal_would() -> None:
    made = message(Sound("clinic", Settings()), SAMPLE, number=7)
    assert (made.id, made.feed, made.body) == (7, "clinic", SAMPLE)


def _contract(kind: type[Adapter[Any]], samples: Path) -> AdapterContract:
    (samples / "sample.csv").write_bytes(SAMPLE)
    contract: AdapterContract = type("TestIt", (AdapterContract,), {"adapter": kind, "samples": samples})()
    return contract
