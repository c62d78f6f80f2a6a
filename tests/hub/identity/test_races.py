"""Two workers that bring the same unknown residents at the same time."""

from __future__ import annotations

import threading

from hub.records.ids import claim_id
from tests.hub.feeding import Feeding, person, visit
from tests.hub.id_numbers import id_number

RESIDENTS = 40


def test_residents_whom_two_workers_bring_at_once_are_one_person_each(base: Feeding) -> None:
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def bring(feed: str, first_entry: int) -> None:
        own = Feeding(base.database, entries=first_entry)
        try:
            for number in range(RESIDENTS):
                start.wait()
                own.tell(feed, person(str(number), f"张{number}", id_number(number)), visit(f"V{number}", str(number)))
        except BaseException as error:  # noqa: BLE001 - shown by the test itself
            failures.append(error)
            start.abort()

    workers = [threading.Thread(target=bring, args=(feed, 1_000 * place)) for place, feed in enumerate("ab")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    persons = base.persons()
    assert len(persons) == 2 * RESIDENTS
    assert len(set(persons.values())) == RESIDENTS
    for number in range(RESIDENTS):
        assert persons[claim_id("a", str(number))] == persons[claim_id("b", str(number))]
    subjects = base.sql("SELECT count(DISTINCT person) FROM resource WHERE type = 'Encounter'")
    assert subjects == [(RESIDENTS,)]
