"""What other settings would make of the same messages: parsed by both, side by side. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.adapter import Adapter, Message
from hub.language import ENGLISH
from hub.model import Json, RecordUpdate
from hub.pipeline.verdicts import of_parsing, sound
from hub.records.differing import ABSENT, differences


class Kind(NamedTuple):
    """One kind of change: what happens to what, and where in it."""

    change: str
    """outcome, added, removed or changed"""
    what: str
    """The type of a resource, ``person``, ``event`` or ``unmapped``; of an outcome, the one there was."""
    path: str = ""
    """Of an outcome, the one there would be."""


class Meaning(NamedTuple):
    outcome: str
    things: Mapping[tuple[str, str], Json]
    """By type and the sender's key."""


def compare(
    messages: Iterable[Message],
    now: Adapter[Any],
    then: Adapter[Any],
    *,
    values: bool = False,
    language: str = ENGLISH,
) -> Json:
    """Changes grouped by kind, the most frequent first; with ``values`` of the first message of each."""
    kinds: dict[Kind, Json] = {}
    count = changed = 0
    for message in messages:
        count += 1
        found = dict(_compared(_meaning(now, message, language), _meaning(then, message, language)))
        changed += bool(found)
        for kind, (before, after) in found.items():
            known = kinds.setdefault(kind, kind._asdict() | {"messages": 0, "example": message.id})
            known["messages"] += 1
            if values and known["messages"] == 1:
                known |= {"before": _plain(before), "after": _plain(after)}
    rows = sorted(kinds.values(), key=lambda row: (row["change"] != "outcome", -row["messages"]))
    return {"messages": count, "changed": changed, "changes": rows}


def _meaning(adapter: Adapter[Any], message: Message, language: str) -> Meaning:
    payload = adapter.admit(message.body)
    if (refusal := payload.refusal) is not None:
        return Meaning(f"refused: {refusal.text.render(language)}", {})
    message = dataclasses.replace(message, notes=payload.notes)
    try:
        return Meaning("applied", dict(_things(sound(adapter.parse(message)))))
    except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything; the worker would park it
        outcome = of_parsing(error)
        reason = outcome.reason.render(language) if outcome.reason else outcome.code
        return Meaning(f"{outcome.status}: {reason}", {})


def _things(updates: Iterable[RecordUpdate]) -> Iterator[tuple[tuple[str, str], Json]]:
    for at, update in enumerate(updates):
        if update.claim is not None:
            yield ("person", update.claim.source_id or f"#{at}"), update.claim.patient
        for one in update.resources:
            yield (one.body["resourceType"], one.source_id), one.body
        for number, event in enumerate(update.events):
            name = type(event).__name__
            yield ("event", f"{at}.{number}.{name}"), {name: dataclasses.asdict(event)}
        for gap in update.unmapped:
            yield ("unmapped", f"{gap.map}|{gap.system}|{gap.code}"), {gap.map: gap.code}


def _compared(now: Meaning, then: Meaning) -> Iterator[tuple[Kind, tuple[Any, Any]]]:
    if now.outcome != then.outcome:
        yield Kind("outcome", now.outcome, then.outcome), (None, None)
        return
    for key in dict.fromkeys((*now.things, *then.things)):
        before, after = now.things.get(key, ABSENT), then.things.get(key, ABSENT)
        if before is ABSENT or after is ABSENT:
            yield Kind("added" if before is ABSENT else "removed", key[0]), (before, after)
            continue
        for one in differences(before, after):
            yield Kind(one.kind, key[0], one.pattern), (one.before, one.after)


def _plain(value: Any) -> Any:
    return None if value is ABSENT else value
