"""One decision: a claim that comes, described, looked for, judged and applied, as the hub's transaction does it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from benchmarks.identity_scale.asked import message
from benchmarks.people.said import Said
from benchmarks.timing import percentile
from hub import schema
from hub.app.running import COLLECT
from hub.database import Connection, Database, Statement, any_of
from hub.identity.acting import Act
from hub.identity.candidates import Candidates
from hub.identity.merges import merge_persons
from hub.identity.normalise import describe
from hub.identity.rules import Rules
from hub.identity.scoring import judge
from hub.identity.undoing import undo
from hub.records.applying import Application

_LAST = Statement(select(func.max(schema.likeness.c.number)))
_CLAIMS = Statement(select(schema.likeness.c.claim).where(any_of(schema.likeness.c.number, "numbers")))


class _TakenBack(Exception):
    """Ends a transaction without a trace."""


class Spent(NamedTuple):
    """Milliseconds by the clock, and those this process computed: other programs share the machine."""

    ms: float
    cpu_ms: float


def decided_ms(database: Database, said: Iterable[Said], *, keep: bool) -> list[Spent]:
    """Each in a transaction of its own: taken back, or committed."""
    rules = Rules()

    def once(one: Said) -> Callable[[Connection], None]:
        arrived, update = message(one)

        def work(connection: Connection) -> None:
            application = Application(connection, rules)
            application.take(arrived, [update])
            application.flush()
            if not keep:
                raise _TakenBack

        return work

    return [_ms(database, once(one)) for one in said]


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
    with suppress(_TakenBack):
        database.serially(work)
    return _since(begin)


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def _since(begin: tuple[float, float]) -> Spent:
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
    everyone = [one for kind in asked.values() for one in kind]
    Random(1).shuffle(everyone)
    warm, half = everyone[: len(everyone) // 2], everyone[len(everyone) // 2 :]
    decided_ms(database, warm, keep=False)
    gc.freeze()
    gc.set_threshold(*COLLECT)
    figures: dict[str, Any] = {}
    before = rss_mib()
    by_kind = {kind: decided_ms(database, said, keep=False) for kind, said in asked.items()}
    figures |= spread("decision", [value for values in by_kind.values() for value in values])
    for kind, values in by_kind.items():
        figures |= spread(kind, values)
    looked, candidates, verdicts = looked_ms(database, everyone)
    figures |= spread("looking", looked)
    figures |= {"candidates_mean": mean(candidates), "candidates_p99": percentile(list(map(float, candidates)), 0.99)}
    figures |= {f"verdict_{name}": number for name, number in sorted(verdicts.items())}
    figures |= spread("committed", decided_ms(database, half, keep=True))
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
