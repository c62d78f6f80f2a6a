"""Whatever is sent: the expected answer and place, the bytes kept, no crash, and the next good message is applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hub import Payload, Receipt, RecordUpdate, Settled, Text
from hub.database import Database, open_database
from hub.journal import Arrival, Journal
from hub.migrations import prepare
from hub.pipeline import Pipeline
from hub.settlement import MessageState, Settlements
from plugins.hl7 import ack
from plugins.hl7.door import admit
from tests.fuzz.promises import FEED, SETTINGS, answered, of_the_door, of_the_meaning
from tests.plugins.hl7.bad_input.cases import Case, cases
from tests.plugins.hl7.mapping import every_text

SYNTAX, SEMANTIC, ENCODING = cases("syntax.toml"), cases("semantic.toml"), cases("encoding.toml")
CASES = [*SYNTAX, *SEMANTIC, *ENCODING]
AT = datetime(2024, 3, 1, tzinfo=UTC)
_NO_FRAMES = str.maketrans("\x0b\x1c", "  ")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_PATH = re.compile(r"([A-Za-z]+(?:\.[A-Za-z_0-9]+)*)=(.*)", re.DOTALL)
_TELLING = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]|[0-9]{5}")


@dataclass(frozen=True)
class Fate:
    """What a hub made of a case, and of the good message behind it."""

    kept: bytes
    state: MessageState
    next: MessageState


@pytest.fixture(scope="module")
def fates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Fate]]:
    """All cases through one hub, each followed by a good message of the same patient."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('hub') / 'hub.db'}")
    prepare(database)
    numbers = [receipt.message_id for receipt in _journalled(database)]
    pipeline = Pipeline(database, {FEED.feed: FEED})
    while pipeline.step(FEED.feed):
        pass
    settled, journal = Settlements(database), Journal(database)
    states = {state.id: state for state in settled.messages()}
    found = {}
    for at, case in enumerate(CASES):
        number, after = numbers[2 * at : 2 * at + 2]
        kept = journal.message(number)
        assert kept is not None
        found[case.key] = Fate(kept.body, states[number], states[after])
    yield found
    database.close()


def _journalled(database: Database) -> list[Receipt]:
    sent = [payload for case in CASES for payload in (admit(case.sent, SETTINGS).payload, good(case))]
    return Journal(database).append([Arrival(FEED.feed, payload) for payload in sent])


def good(case: Case) -> Payload:
    header = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A31^ADT_A05"
    return admit(f"{header}|OK-{case.key}|P|2.5.1\rPID|1||{case.patient}^^^HOSP^MR\r".encode(), SETTINGS).payload


def names(of: list[Case]) -> list[str]:
    return [f"{case.family}: {case.name}" for case in of]


def test_there_are_as_many_as_we_say_and_none_twice() -> None:
    assert min(len(SYNTAX) - 300, len(SEMANTIC) - 250, len(ENCODING) - 200) >= 0
    assert len(set(names(CASES))) == len(CASES)
    apart = {case.sent.replace(case.key.encode(), b"KEY").replace(case.patient.encode(), b"PAT") for case in CASES}
    assert len(apart) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_bad_input(case: Case, fates: dict[str, Fate]) -> None:
    payload = of_the_door(case.sent)
    _check_answer(case, payload)
    fate = fates[case.key]
    assert fate.kept == case.sent
    assert fate.next.status == "applied"
    _check_fate(case, fate.state)
    if payload.refusal is None:
        _check_found(case.found, payload, of_the_meaning(payload))
    else:
        assert not [one for one in case.found if not one.startswith("notes.")]


def _check_answer(case: Case, payload: Payload) -> None:
    """The one of original mode, when the message is on disk."""
    head = admit(case.sent, SETTINGS).head
    refusal = payload.refusal
    answer = answered(payload, head)
    mark = head.delimiters.field  # taken apart by hand, since the sender's delimiters may be none
    heard = answer.decode(head.codec, "surrogateescape").split("\rMSA" + mark)[1].split("\r")[0].split(mark)
    assert (heard[0], refusal.code if refusal else case.code) == (case.answer, case.code)
    assert heard[1] == head.control_id.translate(_NO_FRAMES)
    if refusal:
        assert refusal.place == case.place
        _check_words(case, refusal.text)


def _check_fate(case: Case, state: MessageState) -> None:
    assert state.code not in {"adapter_crashed", "apply_failed", "rejected"}, state.reason
    if case.is_refused:
        assert (state.status, state.code, state.place) == ("refused", case.code, case.place)
        return
    assert (state.status, state.place) == (case.code, case.place), state.reason
    if state.status != "applied":
        assert state.reason is not None
        _check_words(case, state.reason)
    assert state.status in {"applied", "skipped", "parked"}
    head = admit(case.sent, SETTINGS).head
    settled = Settled(state.status, state.code, state.reason, state.place)
    answer = ack.decide(head, settled, Receipt(7, AT))
    assert answer.split(b"\rMSA" + head.delimiters.field.encode(head.codec))[1][:2] in (
        (b"AE", b"AR") if state.status == "parked" else (b"AA",)
    )


def _check_words(case: Case, text: Text) -> None:
    """In both languages, and nothing of what only the sender may know."""
    chinese, english = text.render("zh_CN"), text.render("en")
    assert _CHINESE.search(chinese)
    assert not _CHINESE.search(english)
    body = case.sent.partition(b"\r")[2].decode("utf-8", "replace")
    private = [word for word in re.split(r"[|^~\\&\r\n]", body) if len(word) > 1 and _TELLING.search(word)] + [
        case.patient,
        "珅",
    ]
    assert not [word for word in private if word in chinese or word in english]


def _check_found(expected: tuple[str, ...], payload: Payload, updates: tuple[RecordUpdate, ...]) -> None:
    bodies: list[Any] = [update.claim.patient for update in updates if update.claim]
    bodies += [one.body for update in updates for one in update.resources]
    bodies = msgspec.json.decode(msgspec.json.encode(bodies))
    texts = "\n".join(every_text(bodies))
    asked = {(code.map, code.code) for update in updates for code in update.unmapped}
    for one in expected:
        path = _PATH.fullmatch(one)
        if path is None:
            assert (one[1:] not in texts) if one.startswith("!") else (one in texts), one
            continue
        kind, _, rest = path[1].partition(".")
        if kind == "notes":
            assert payload.notes.get(rest, "") == path[2], payload.notes
        elif kind == "asked":
            assert (rest, path[2]) in asked, asked
        else:
            values = _values([body for body in bodies if body["resourceType"] == kind], rest.split("."))
            assert path[2] in values if path[2] else not values, (one, values)


def _values(found: Any, path: list[str]) -> list[str]:
    """What stands at a path, in every element of every list on the way."""
    if isinstance(found, list):
        return [value for one in found for value in _values(one, path)]
    if not path:
        return [] if found is None else [str(found)]
    return _values(found[path[0]], path[1:]) if isinstance(found, dict) and path[0] in found else []
