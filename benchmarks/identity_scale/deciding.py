"""One decision: a claim that comes, described, looked for, judged and applied, as the hub's transaction does it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from benchmarks.identity_scale.asked import message
from benchmarks.people.said import Said
from benchmarks.timing import percentile
from hub import schema
from hub.adapter import Message
from hub.app.running import COLLECT
from hub.database import Connection, Database, Statement, any_of
from hub.identity.acting import Act
from hub.identity.candidates import Candidates
from hub.identity.merges import merge_persons
from hub.identity.normalise import describe
from hub.identity.rules import Rules
from hub.identity.scoring import judge
from hub.identity.undoing import undo
from hub.model import RecordUpdate
from hub.records.applying import Application

_Clocks = tuple[float, float]
_LAST = Statement(select(func.max(schema.likeness.c.number)))
_CLAIMS = Statement(select(schema.likeness.c.claim).where(any_of(schema.likeness.c.number, "numbers")))


WARMING = 5
"""One claim of so many comes before anything is measured."""


class Spent(NamedTuple):
    """Milliseconds by the clock, and those this process computed: other programs share the machine."""

    ms: float
    cpu_ms: float


def decided_ms(database: Database, said: Iterable[Said]) -> tuple[list[Spent], list[Spent]]:
    """Each in a transaction of its own, until it is about to be committed, and with the commit.

    None is taken back to be measured: psycopg forgets its prepared statements with every ROLLBACK, and a hub commits.
    """
    decided, committed, rules = [], [], Rules()
    for one in said:
        arrived, update = message(one)
        begin = _clocks()

        def work(
            connection: Connection, arrived: Message = arrived, update: RecordUpdate = update, begin: _Clocks = begin
        ) -> Spent:
            application = Application(connection, rules)
            application.take(arrived, [update])
            application.flush()
            return _since(begin)

        decided.append(database.serially(work))
        committed.append(_since(begin))
    return decided, committed


def looked_ms(database: Database, said: Iterable[Said]) -> tuple[list[Spent], list[int], dict[str, int]]:
    """Describing, looking and judging alone, without the transaction; how many candidates; and the verdicts."""
    spent, candidates, verdicts, model = [], [], dict[str, int](), Rules().model
    for one in said:
        patient = one.claim().patient
        with database.read() as connection:
            begin = _clocks()
            description = describe(patient, one.feed)
            found = Candidates(connection).search(description).candidates
            verdict = judge(description, found, model).verdict
            spent.append(_since(begin))
        candidates.append(len(found))
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return spent, candidates, verdicts


def merged_ms(database: Database, pairs: int) -> tuple[list[Spent], list[Spent]]:
    """Two persons drawn at random become one and are two again: each committed."""
    claims = drawn(database, pairs * 2)
    merges, undos, rules = [], [], Rules()
    for one, other in zip(claims[::2], claims[1::2], strict=False):
        done: list[int] = []

        def merge(connection: Connection, one: str = one, other: str = other, done: list[int] = done) -> None:
            act = Act(connection, "benchmark", "to see how long it takes", rules)
            done[:] = [merge_persons(act, one, other, overrule=True).decision]

        def unmerge(connection: Connection, done: list[int] = done) -> None:
            undo(Act(connection, "benchmark", "to see how long it takes", rules), done[0])

        merges.append(_ms(database, merge))
        undos.append(_ms(database, unmerge))
    return merges, undos


def drawn(database: Database, count: int) -> list[str]:
    with database.read() as connection:
        last = connection.rows(_LAST)[0][0]
        numbers = Random(1).sample(range(1, last + 1), min(count, last))
        return [claim for (claim,) in connection.rows(_CLAIMS, numbers=numbers)]


def _ms(database: Database, work: Callable[[Connection], None]) -> Spent:
    begin = _clocks()
    database.serially(work)
    return _since(begin)


def _clocks() -> _Clocks:
    return time.perf_counter(), time.thread_time()


def _since(begin: _Clocks) -> Spent:
    clock, computed = _clocks()
    return Spent((clock - begin[0]) * 1e3, (computed - begin[1]) * 1e3)


def spread(name: str, values: Sequence[Spent]) -> dict[str, float]:
    clock, computed = [one.ms for one in values], [one.cpu_ms for one in values]
    return {
        f"{name}_p50_ms": median(clock),
        f"{name}_p99_ms": percentile(clock, 0.99),
        f"{name}_p99_cpu_ms": percentile(computed, 0.99),
    }


def measured(database: Database, asked: Mapping[str, Sequence[Said]], pairs: int) -> dict[str, Any]:
    """Every figure of one back end."""
    warm = [one for said in asked.values() for one in said[::WARMING]]
    measured = {kind: [one for at, one in enumerate(said) if at % WARMING] for kind, said in asked.items()}
    decided_ms(database, warm)
    merged_ms(database, max(1, pairs // WARMING))
    gc.freeze()
    gc.set_threshold(*COLLECT)
    figures: dict[str, Any] = {}
    before = rss_mib()
    everyone = [one for said in measured.values() for one in said]
    looked, candidates, verdicts = looked_ms(database, everyone)
    by_kind = {kind: decided_ms(database, said) for kind, said in measured.items()}
    figures |= spread("decision", [value for decided, _ in by_kind.values() for value in decided])
    for kind, (decided, _) in by_kind.items():
        figures |= spread(kind, decided)
    figures |= spread("committed", [value for _, committed in by_kind.values() for value in committed])
    figures |= spread("looking", looked)
    figures |= {"candidates_mean": mean(candidates), "candidates_p99": percentile(list(map(float, candidates)), 0.99)}
    figures |= {f"verdict_{name}": number for name, number in sorted(verdicts.items())}
    merges, undos = merged_ms(database, pairs)
    figures |= spread("merge", merges) | spread("unmerge", undos)
    return figures | {"rss_before_mib": before, "rss_after_mib": rss_mib(), "database_mib": size_mib(database)}


def rss_mib() -> float:
    status = Path("/proc/self/status")
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def size_mib(database: Database) -> float:
    if database.dialect == "sqlite":
        return Path(database.url.removeprefix("sqlite:///")).stat().st_size / 2**20
    with database.read() as connection:
        size = connection.rows(Statement(text("SELECT pg_database_size(current_database())")))[0][0]
        return int(size) / 2**20
