"""Bytes on the wire of one real door: what is answered, what is kept, and who is let go on.

A case is a name, the pieces that are written, the answers (MSA-1 and MSA-2) in order, what the journal then holds
(control ids, or why something was refused), and whether the connection stays open. ``⟪A⟫`` is a sound message of the
control id A; ``PAUSE`` lets what was written arrive by itself, ``SLOW`` waits for the door's patience to end, ``EOF``
and ``RESET`` end the connection. The rest of the notation is that of cases.py.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.plugins.hl7.bad_input.cases import HERE, as_bytes
from tests.plugins.hl7.door import Door, Sender, door, frame, message

_SOUND = re.compile(r"⟪([A-Z])⟫")
_TEXT = r"MSH|^~\&|HIS|HOSP|HUB|C|20240301||ADT^A08|N-{}|P|2.5␍PID|1||M1^^^HOSP␍"


@dataclass(frozen=True)
class Case:
    number: int
    name: str
    pieces: list[str]
    answers: list[str]
    kept: list[str]
    ends: str

    def written(self, piece: str) -> bytes:
        text = _SOUND.sub(lambda found: _TEXT.format(found[1]), piece)
        return as_bytes(text.replace("N-", f"F{self.number}-") + "∎")


def cases() -> list[Case]:
    families = tomllib.loads((HERE / "framing.toml").read_text(encoding="utf-8"))["family"]
    told = [(f"{family['about']}: {name}", *rest) for family in families for name, *rest in family["cases"]]
    return [Case(number, *one) for number, one in enumerate(told, 1)]


CASES = cases()


def test_there_are_as_many_as_we_say() -> None:
    assert len(CASES) >= 60
    assert max(Counter(case.name for case in CASES).values()) == 1


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_framing(case: Case) -> None:
    asyncio.run(_play(case))


async def _play(case: Case) -> None:
    patience = 0.3 if "SLOW" in case.pieces else 30.0
    async with door(frame_bytes=2_000, frame_seconds=patience) as opened:
        sender = await opened.enter()
        for piece in case.pieces:
            await _write(sender, case, piece)
        own = f"F{case.number}-"
        heard = (
            [] if "RESET" in case.pieces else [msa.replace(own, "") for msa in await sender.answers(len(case.answers))]
        )
        assert [said.replace("|", " ").partition("  ")[0].strip() for said in heard] == [
            one.strip() for one in case.answers
        ]
        if case.ends == "open":
            await _is_served(sender)
        elif "RESET" not in case.pieces:
            assert await sender.is_closed()
        await _until_kept(opened, len(case.kept))
        found = [one.refusal.code if one.refusal else one.key.replace(own, "") for one in opened.journal.kept]
        assert [one for one in found if one != "NEXT"] == case.kept
        await _is_served(await opened.enter(), "AGAIN")


async def _write(sender: Sender, case: Case, piece: str) -> None:
    if piece == "PAUSE":
        await asyncio.sleep(0.01)
    elif piece == "EOF":
        sender.writer.write_eof()
    elif piece == "RESET":
        sender.vanish()
    elif piece != "SLOW":
        sender.writer.write(case.written(piece))
        await sender.writer.drain()


async def _is_served(sender: Sender, key: str = "NEXT") -> None:
    sender.writer.write(frame(message(key)))
    assert await sender.answers(1) == [f"AA|{key}"]


async def _until_kept(opened: Door, count: int) -> None:
    """What never was a message is kept when its connection has ended."""
    async with asyncio.timeout(5):
        while len([key for key in opened.journal.keys if key != "NEXT"]) < count:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.002)
