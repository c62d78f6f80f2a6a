"""The least any durable receiver must do: frame, commit the bytes to SQLite in groups (WAL, FULL), acknowledge."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.running import HOST
from benchmarks.traffic import BEGIN, END


@contextmanager
def bare_receiver() -> Iterator[int]:
    """Runs one in a process of its own; its port."""
    with tempfile.TemporaryDirectory(prefix="hub-benchmark-") as folder:
        command = [sys.executable, "-m", "benchmarks.receiver", str(Path(folder) / "bare.db")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


class Receiver:
    """What arrives while a commit is under way shares the next one."""

    def __init__(self, file: str) -> None:
        self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()

    async def run(self) -> None:
        server = await asyncio.start_server(self._serve, HOST, 0)
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            group, self._waiting = self._waiting, []
            await asyncio.to_thread(self._commit, [(body,) for body, _ in group])
            for _, committed in group:
                committed.set_result(None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while frame := await self._frame(reader):
            body = frame.removeprefix(BEGIN).removesuffix(END)
            committed = asyncio.get_running_loop().create_future()
            self._waiting.append((body, committed))
            self._arrived.set()
            await committed
            writer.write(BEGIN + b"MSH|^~\\&|BARE\rMSA|AA|" + body.split(b"|", 10)[9] + b"\r" + END)
        writer.close()

    @staticmethod
    async def _frame(reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(END)
        except asyncio.IncompleteReadError:
            return b""

    def _commit(self, rows: list[tuple[bytes]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany("INSERT INTO message (body) VALUES (?)", rows)
        self._database.execute("COMMIT")


async def _main(file: str) -> None:
    await Receiver(file).run()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
