"""How long a merge, its undo and a split take: persons of three claims with thirty resources between them, on disk."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.timing import percentile, small_wanted, tell
from hub.adapter import Message
from hub.database import Connection, Database, open_database
from hub.identity.acting import Act, Done
from hub.identity.merges import merge_persons
from hub.identity.rules import Rules
from hub.identity.splitting import split
from hub.identity.undoing import undo
from hub.migrations import prepare
from hub.model import Claim, Link, RecordUpdate, Resource
from hub.records.applying import Application
from hub.records.ids import claim_id

CLAIMS, RESOURCES = 3, 10
LIMIT_MS = 5.0
START = datetime(2024, 5, 1, 8, tzinfo=UTC)
RULES = Rules()


def main() -> None:
    pairs = 100 if small_wanted(__doc__) else 1_000
    with tempfile.TemporaryDirectory() as folder:
        database = open_database("sqlite:///hub.db", base=Path(folder))
        prepare(database)
        for number in range(2 * pairs):
            _bring(database, number)
        spent = _rounds(database, pairs)
        database.close()
    figures = {
        f"{name}_p{share}_ms": percentile(times, share / 100) for name, times in spent.items() for share in (50, 99)
    }
    slowest = max(figures[f"{name}_p99_ms"] for name in ("merge", "undo"))
    tell(persons=2 * pairs, resources_each=CLAIMS * RESOURCES, **figures, ratio_to_limit=slowest / LIMIT_MS)


def _rounds(database: Database, pairs: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {"merge": [], "undo": [], "split": [], "undo_split": []}
    for number in range(pairs):
        one, other = _claim(2 * number, 0), _claim(2 * number + 1, 0)
        done = _timed(database, spent["merge"], partial(merge_persons, survivor=one, other=other))
        _timed(database, spent["undo"], partial(undo, decision=done.decision))
        parted = _timed(database, spent["split"], partial(split, claims=[one]))
        _timed(database, spent["undo_split"], partial(undo, decision=parted.decision))
    return spent


def _timed(database: Database, spent: list[float], work: Callable[[Act], Done]) -> Done:
    begin = time.perf_counter()
    done = database.serially(lambda connection: work(Act(connection, "benchmark", "to see how long it takes", RULES)))
    spent.append((time.perf_counter() - begin) * 1e3)
    return done


def _bring(database: Database, number: int) -> None:
    """A person of several claims that their sender links, each with its resources."""

    def work(connection: Connection) -> None:
        application = Application(connection, RULES)
        for place in range(CLAIMS):
            entry = number * CLAIMS + place + 1
            at = START + timedelta(seconds=entry)
            update = RecordUpdate(_told(number, place), tuple(_results(number, place)), _links(number, place), at)
            application.take(Message(entry, "ward", str(entry), b"%d" % entry, at), [update])
        application.flush()

    database.serially(work)


def _links(number: int, place: int) -> tuple[Link, ...]:
    return (Link(_told(number, 0)),) if place else ()


def _told(number: int, place: int) -> Claim:
    name = f"赵{chr(0x4E00 + number)}{chr(0x5E00 + number)}"
    return Claim(f"{number}.{place}", {"resourceType": "Patient", "name": [{"text": name}]})


def _claim(number: int, place: int) -> str:
    return claim_id("ward", f"{number}.{place}")


def _results(number: int, place: int) -> list[Resource]:
    subject = {"reference": f"Patient/{number}.{place}"}
    return [Resource(f"{number}.{place}.{one}", _observation(subject, one)) for one in range(RESOURCES)]


def _observation(subject: dict[str, str], one: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": f"718-{one}"}], "text": "血红蛋白"},
        "subject": subject,
        "effectiveDateTime": f"2024-05-{one + 1:02}T08:30:00+08:00",
        "valueQuantity": {"value": 130 + one, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"},
    }


if __name__ == "__main__":
    main()
