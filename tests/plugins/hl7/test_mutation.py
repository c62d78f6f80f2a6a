"""Whatever is made of a sound message of any kind: no crash, the same bytes back, the same meaning twice."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from hub.database import open_database
from hub.journal import Arrival, Journal
from hub.migrations import prepare
from plugins.hl7.events import EVENTS
from tests.fuzz.promises import FEED, of_everything, of_the_door, of_the_lexer
from tests.plugins.hl7.mutation import SOUND, messages

EXAMPLES = int(os.environ.get("HUB_MUTATIONS", "400"))
"""`make nightly` asks for many more."""
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
REPEATED = (
    ("segments", "\rOBX|{at}|NM|X{at}^X^L||{at}|g/L|||||F"),
    ("unknown segments", "\rZZ{at}|a^b&c"),
    ("numbers", "~M{at}^^^HOSP^MR"),
)


def test_there_is_a_sound_message_of_every_kind() -> None:
    assert len(SOUND) > len(EVENTS)


@pytest.mark.parametrize("lines", SOUND, ids=[f"{at} {lines[0][40:80]}" for at, lines in enumerate(SOUND)])
def test_every_sound_message_keeps_every_promise(lines: list[str]) -> None:
    of_everything(("\r".join(lines) + "\r").encode())


@MANY
@given(messages())
def test_no_change_breaks_a_promise(body: bytes) -> None:
    of_everything(body)


@MANY
@given(messages())
def test_what_is_taken_apart_comes_together_again(body: bytes) -> None:
    of_the_lexer(body.decode("utf-8", "replace"))


def test_the_journal_gives_the_same_bytes_back(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    prepare(database)
    journal = Journal(database)

    @settings(max_examples=max(EXAMPLES // 8, 25), deadline=None, suppress_health_check=list(HealthCheck))
    @given(messages())
    def keeps(body: bytes) -> None:
        [receipt] = journal.append([Arrival(FEED.feed, of_the_door(body))])
        if not receipt.resent:
            kept = journal.message(receipt.message_id)
            assert kept is not None
            assert kept.body == body

    keeps()
    database.close()


@pytest.mark.parametrize(("what", "text"), REPEATED, ids=[what for what, _ in REPEATED])
def test_twice_as_much_takes_about_twice_as_long(what: str, text: str) -> None:
    """The best of several turns; a quadratic reader would need four times as long, and then four times again."""
    del what

    def message(count: int) -> bytes:
        header = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ORU^R01|K1|P|2.5.1||||||UNICODE UTF-8"
        repeated = "".join(text.format(at=at) for at in range(count))
        inside, behind = (repeated, "") if text[0] == "~" else ("", repeated)
        return f"{header}\rPID|1||M1^^^HOSP^MR{inside}\rOBR|1||F1|X^X^L{behind}\r".encode()

    small, large = message(250), message(2_000)
    assert _best(lambda: of_everything(large)) < 8 * 2.6 * _best(lambda: of_everything(small))


def _best(work: Callable[[], None]) -> float:
    return min(_timed(work) for _ in range(3))


def _timed(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
