"""Workers that bring the same unknown residents at the same time."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

import pytest

from hub.adapter import Adapter, Message, Payload, Settings
from hub.database import Connection, Database, open_database
from hub.identity.rules import Rules
from hub.journal import Arrival, Journal
from hub.model import Claim, RecordUpdate
from hub.pipeline import Pipeline
from hub.records.applying import Application
from hub.records.ids import claim_id
from tests.hub.feeding import Feeding, person, visit
from tests.hub.id_numbers import id_number

RESIDENTS = 40
FEEDS = 32
MANY = int(os.environ.get("HUITONG_RACE", "8"))
"""Residents whom 32 feeds bring: 400 for the whole race, which takes its time on PostgreSQL."""
AT_ONCE = 4
WAITING, STEP, WORKERS = max(MANY, 40), 20, 4
"""Messages that wait in each feed, how many a step takes, and threads that step."""
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "志强秀兰建国淑芬晓明海燕文博雨桐子涵俊杰"


def at_once(works: list[Callable[[threading.Barrier], None]]) -> None:
    """Runs them side by side; what goes wrong in one ends all."""
    start = threading.Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[threading.Barrier], None]) -> None:
        try:
            work(start)
        except BaseException as error:  # noqa: BLE001 - shown by the test itself
            failures.append(error)
            start.abort()

    workers = [threading.Thread(target=run, args=(work,)) for work in works]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []


def test_residents_whom_two_workers_bring_at_once_are_one_person_each(base: Feeding) -> None:
    def bring(feed: str, first_entry: int, start: threading.Barrier) -> None:
        own = Feeding(base.database, entries=first_entry)
        for number in range(RESIDENTS):
            start.wait()
            own.tell(feed, person(str(number), f"张{number}", id_number(number)), visit(f"V{number}", str(number)))

    at_once([partial(bring, feed, 1_000 * place) for place, feed in enumerate("ab")])
    persons = base.persons()
    assert len(persons) == 2 * RESIDENTS
    assert len(set(persons.values())) == RESIDENTS
    for number in range(RESIDENTS):
        assert persons[claim_id("a", str(number))] == persons[claim_id("b", str(number))]
    subjects = base.sql("SELECT count(DISTINCT person) FROM resource WHERE type = 'Encounter'")
    assert subjects == [(RESIDENTS,)]


def resident(number: int) -> Claim:
    """Every other one without any number: known by name, birth date and phone alone."""
    name = SURNAMES[number % 20] + GIVEN[number * 7 % 20] + GIVEN[(number * 3 + number // 20) % 20]
    elements: dict[str, Any] = {
        "birthDate": f"{1950 + number % 60}-{1 + number % 12:02}-{2 + number * 5 % 27:02}",
        "gender": ("female", "male")[number % 2],
        "telecom": [{"system": "phone", "value": f"13{(number + 1) * 7_919_317 % 10**9:09}"}],
    }
    return person(str(number), name, id_number(number) if number % 2 else "", **elements)


@pytest.mark.parametrize("in_one_transaction", [1, AT_ONCE])
def test_residents_whom_thirty_two_feeds_bring_at_once_are_one_person_each(
    base: Feeding, in_one_transaction: int
) -> None:
    """Half of them without a number; message by message, and many in one transaction."""

    def bring(place: int, start: threading.Barrier) -> None:
        own = Feeding(base.database, entries=1_000_000 * place)
        start.wait()
        for first in range(0, MANY, in_one_transaction):
            numbers = range(first, min(first + in_one_transaction, MANY))
            own.tell_all([own.message(f"feed-{place}", resident(number)) for number in numbers])

    at_once([partial(bring, place) for place in range(FEEDS)])
    persons = base.persons()
    assert len(persons) == FEEDS * MANY
    assert len(set(persons.values())) == MANY
    assert base.reviews() == []
    for number in range(MANY):
        assert len({persons[claim_id(f"feed-{place}", str(number))] for place in range(FEEDS)}) == 1


class Plain(Adapter[Settings]):
    """A patient in each message."""

    name = "plain"

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        yield RecordUpdate(Claim(message.key, json.loads(message.body)))


class Counted(Application):
    """Remembers how many messages each transaction was to apply."""

    sizes: list[int]

    def expect(self, batch: Iterable[tuple[Message, Sequence[RecordUpdate]]]) -> None:
        batch = list(batch)
        self.sizes.append(len(batch))
        super().expect(batch)


def counted(sizes: list[int], connection: Connection, rules: Rules) -> Counted:
    application = Counted(connection, rules)
    application.sizes = sizes
    return application


def test_residents_who_wait_in_thirty_two_feeds_are_one_person_each(base: Feeding) -> None:
    """As a hub meets them: through the journal, by workers of two processes where the database takes two."""
    feeds = [f"feed-{place}" for place in range(FEEDS)]
    journal, sizes = Journal(base.database), list[int]()
    for feed in feeds:
        residents = [resident(number) for number in range(WAITING)]
        bodies = [Payload(json.dumps(one.patient).encode(), one.source_id) for one in residents]
        journal.append([Arrival(feed, body) for body in bodies])

    def work(pipeline: Pipeline, mine: Sequence[str], start: threading.Barrier) -> None:
        start.wait()
        waiting = list(mine)
        while waiting:  # a step of each in turn, so that all bring the same residents at the same time
            waiting = [feed for feed in waiting if pipeline.step(feed, STEP)]

    def pipeline(database: Database) -> Pipeline:
        return Pipeline(
            database, {feed: Plain(feed, Settings()) for feed in feeds}, application=partial(counted, sizes)
        )

    with ExitStack() as stack:
        databases = [base.database]
        if base.database.dialect == "postgresql":
            databases.append(stack.enter_context(closing(open_database(base.database.url))))
        pipelines = [pipeline(databases[number % len(databases)]) for number in range(WORKERS)]
        at_once([partial(work, one, feeds[number::WORKERS]) for number, one in enumerate(pipelines)])

    persons = base.persons()
    assert len(persons) == FEEDS * WAITING
    assert len(set(persons.values())) == WAITING
    assert base.reviews() == []
    assert set(sizes) == {STEP}, "a step that fails is taken again message by message"
