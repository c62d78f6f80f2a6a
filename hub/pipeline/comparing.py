"""What other settings would make of the same messages: parsed by both, side by side. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from hub.adapter import Adapter, Message
from hub.language import ENGLISH
from hub.model import Json, RecordUpdate
from hub.pipeline.verdicts import of_parsing, sound
from hub.records.differing import ABSENT, differences

KEY = "(key)"
"""In place of a path: the sender's key of a resource is another, so it would become another resource."""
UNPAIRED = ("event", "unmapped")
"""Another one of these is another thing."""
Key = tuple[str, str]
"""The type and the sender's key."""


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
    things: Mapping[Key, Json]


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


def _things(updates: Iterable[RecordUpdate]) -> Iterator[tuple[Key, Json]]:
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
    for was, is_ in _paired(now.things, then.things):
        what = (was or is_ or ("", ""))[0]
        before, after = now.things.get(was, ABSENT) if was else ABSENT, then.things.get(is_, ABSENT) if is_ else ABSENT
        if was is None or is_ is None:
            yield Kind("added" if was is None else "removed", what), (before, after)
            continue
        if was != is_:
            yield Kind("changed", what, KEY), (was[1], is_[1])
        for one in differences(before, after):
            yield Kind(one.kind, what, one.pattern), (one.before, one.after)


def _paired(now: Mapping[Key, Json], then: Mapping[Key, Json]) -> Iterator[tuple[Key | None, Key | None]]:
    """The same thing by both. What is known by another key now is paired with what stood in its place."""
    gone: dict[str, list[Key]] = {}
    new: dict[str, list[Key]] = {}
    for things, others, kept in ((now, then, gone), (then, now, new)):
        for key in things:
            if key not in others:
                kept.setdefault(key[0], []).append(key)
    yield from ((key, key) for key in now if key in then)
    for what in dict.fromkeys((*gone, *new)):
        if what in UNPAIRED:
            yield from ((key, None) for key in gone.get(what, ()))
            yield from ((None, key) for key in new.get(what, ()))
        else:
            yield from zip_longest(gone.get(what, ()), new.get(what, ()))


def _plain(value: Any) -> Any:
    return None if value is ABSENT else value
