"""PostgreSQL: one database, three schemas; the record is written SERIALIZABLE, with another turn on collision."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import IsolationLevel, errors

from hub.database.connection import Connection, Database, T
from hub.database.statement import POSTGRESQL
from hub.errors import Collision, ConfigError, Unavailable

TURNS = 50
APPEND_LOCK, TURN_LOCK, RECORD_LOCK = 0x6875_6201, 0x6875_6202, 0x6875_6203
COLLISIONS = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
BESIDE, ALONE = "SELECT pg_advisory_lock_shared(%s)", "SELECT pg_advisory_lock(%s)"
"""How a writer of the record takes its place among the others: whoever waits longest is next."""
STEPS = 5
"""In a crowd each transaction in vain is followed by up to 2 to this power alone."""

Driver = psycopg.Connection[tuple[Any, ...]]


class PostgresConnection(Connection):
    dialect = POSTGRESQL

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.remembered = {}

    def _execute(self, sql: str, parameters: Sequence[Any]) -> Any:
        return self.driver.execute(sql, parameters)

    def _execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.driver.cursor() as cursor:
            cursor.executemany(sql, rows)

    def _list(self, values: Sequence[Any]) -> list[Any]:
        return list(values)

    def together(self) -> AbstractContextManager[object]:
        return self.driver.pipeline()


class Crowd:
    """How many of this process's next transactions go alone, for they would collide.

    Where many bring the same or new residents each collides with all, and one in vain costs as much as one alone; where
    residents are known few do, and going beside each other is worth some in vain. Each collision sends one transaction
    alone, and twice as many if collisions go on; more than two that go well for each collision bring that back to one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._alone = self._step = 0

    def goes_alone(self) -> bool:
        with self._lock:
            alone = self._alone > 0
            self._alone -= alone
            return alone

    def collided(self) -> None:
        with self._lock:
            self._alone += 2**self._step - 1  # itself goes alone anyway
            self._step = min(self._step + 2, STEPS)

    def went_well(self) -> None:
        with self._lock:
            self._step = max(self._step - 1, 0)


class Pool:
    """Connections of one kind, opened when needed, thrown away when broken."""

    def __init__(self, url: str, isolation: IsolationLevel, *, read_only: bool, index_only: bool) -> None:
        self._url = url
        self._isolation = isolation
        self._read_only = read_only
        self._index_only = index_only
        self._idle: list[PostgresConnection] = []
        self._closed = False

    @contextmanager
    def transaction(self, place: str = "") -> Iterator[PostgresConnection]:
        """``place`` is a statement that is run before BEGIN: what the transaction sees is of a time after it."""
        connection, ending = self._begun(place)
        try:
            with ending:
                yield connection
        except psycopg.OperationalError:
            if connection.driver.broken:
                connection.driver.close()
            raise
        finally:
            connection.remembered.clear()
            if connection.driver.closed or self._closed:
                connection.driver.close()
            else:
                self._idle.append(connection)

    def _begun(self, place: str) -> tuple[PostgresConnection, ExitStack]:
        """A connection after its BEGIN, and what ends the transaction.

        A server that was restarted took all idle connections with it. A BEGIN that fails on one of them has done
        nothing yet, so a new connection may stand in; later nobody knows what was done, and nothing is tried again.
        """
        try:
            connection = self._idle.pop()
        except IndexError:
            return _begin(self._opened(), place)
        try:
            return _begin(connection, place)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._drop_idle()
        return _begin(self._opened(), place)

    def _opened(self) -> PostgresConnection:
        driver = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
        driver.isolation_level, driver.read_only = self._isolation, self._read_only
        if self._index_only:
            # Every statement of a writer goes by key, whatever the key: it is planned once, when it first comes, not
            # each time. A plan made while a table was empty would scan it for ever.
            driver.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
            driver.prepare_threshold = 0
        return PostgresConnection(driver)

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().driver.close()


def _begin(connection: PostgresConnection, place: str) -> tuple[PostgresConnection, ExitStack]:
    """Closes the connection when it takes no BEGIN."""
    ending = ExitStack()
    try:
        if place:
            connection.driver.execute(place, (RECORD_LOCK,))
            ending.callback(_leave, connection)
        ending.enter_context(connection.driver.transaction())
    except BaseException:  # whatever it was, nothing stays open
        connection.driver.close()
        raise
    return connection, ending


def _leave(connection: PostgresConnection) -> None:
    """After the commit: a connection that is gone has left its place."""
    with suppress(psycopg.OperationalError):
        connection.driver.execute("SELECT pg_advisory_unlock_all()")


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except COLLISIONS as error:
        raise Collision("another worker was first") from error
    except psycopg.OperationalError as error:
        raise Unavailable("the database does not answer; look at the PostgreSQL server") from error


class PostgresDatabase(Database):
    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        self.url = url
        address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._readers = Pool(address, IsolationLevel.REPEATABLE_READ, read_only=True, index_only=False)
        self._records = Pool(address, IsolationLevel.SERIALIZABLE, read_only=False, index_only=True)
        self._plain = Pool(address, IsolationLevel.READ_COMMITTED, read_only=False, index_only=True)
        self._crowd = Crowd()
        with self._plain_transaction() as connection:
            _assert_durable(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _in_our_words(), self._readers.transaction() as connection:
            yield connection

    def serially(self, work: Callable[[Connection], T]) -> T:
        """Beside others where that goes well; who collides takes the next turn alone, so that none is in vain.

        In a small table all keys lie on a few pages, and whoever reads one collides with all that write there.
        """
        alone = self._crowd.goes_alone()
        for _turn in range(TURNS - 1):
            try:
                result = self._in_place(work, ALONE if alone else BESIDE)
            except Collision:
                if not alone:
                    self._crowd.collided()
                alone = True
            else:
                if not alone:
                    self._crowd.went_well()
                return result
        return self._in_place(work, ALONE)

    def _in_place(self, work: Callable[[Connection], T], place: str) -> T:
        with _in_our_words(), self._records.transaction(place) as connection:
            return work(connection)

    def plainly(self, work: Callable[[Connection], T]) -> T:
        with self._plain_transaction() as connection:
            return work(connection)

    def append(self, work: Callable[[Connection], T]) -> T:
        with self._plain_transaction() as connection:
            # Ids must become visible in their order, or a reader that has come as far as 8 would never see 7.
            connection.driver.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
            return work(connection)

    def note(self, work: Callable[[Connection], T]) -> T:
        with self._plain_transaction() as connection:
            return work(connection)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        with self._plain_transaction() as connection:
            key = (TURN_LOCK, zlib.crc32(name.encode()) - 2**31)
            row = connection.driver.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", key).fetchone()
            yield bool(row and row[0])

    @contextmanager
    def _plain_transaction(self) -> Iterator[PostgresConnection]:
        with _in_our_words(), self._plain.transaction() as connection:
            yield connection

    def close(self) -> None:
        for pool in (self._readers, self._records, self._plain):
            pool.close()


def _assert_durable(connection: PostgresConnection) -> None:
    for name in ("synchronous_commit", "fsync"):
        row = connection.driver.execute("SELECT current_setting(%s)", (name,)).fetchone()
        if row is None or row[0] == "off":
            raise ConfigError("the PostgreSQL server may lose commits: {name} is off; switch it on", name=name)
