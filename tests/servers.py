"""PostgreSQL and RabbitMQ for the tests: named by the environment, else started once a session, else missing."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SHARED = "HUB_TEST_SHARED"
NAMED_BY = {"postgresql": "HUB_TEST_POSTGRES", "rabbitmq": "HUB_TEST_RABBITMQ"}
STOP_S = 30.0


class Missing(Exception):
    """There is no such server; the sentence says what would help."""


def url(kind: str) -> str:
    """Address of the server, with the rights to create databases; started at the first call of the session."""
    if named := os.environ.get(NAMED_BY[kind]):
        return named
    answer = _kept(kind)
    if "missing" in answer:
        raise Missing(f"{answer['missing']}; or name one in {NAMED_BY[kind]}")
    return str(answer["url"])


def open_session() -> None:
    """Makes the folder in which all test processes of one session find each other's servers."""
    os.environ[SHARED] = tempfile.mkdtemp(prefix="hub-tests-")


def close_session() -> None:
    """Ends the keepers, each of which ends its own servers."""
    folder = Path(os.environ.pop(SHARED))
    for note in folder.glob("*.json"):
        keeper = json.loads(note.read_text()).get("keeper")
        if keeper:
            _end(keeper)
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()


def next_number(name: str) -> int:
    """0, 1, 2 … over all processes of the session."""
    place = Path(os.environ[SHARED]) / f"{name}.number"
    with _alone(name):
        number = int(place.read_text()) if place.exists() else 0
        place.write_text(str(number + 1))
    return number


def _kept(kind: str) -> dict[str, object]:
    note = Path(os.environ[SHARED]) / f"{kind}.json"
    with _alone(kind):
        if not note.exists():
            note.write_text(json.dumps(_start_keeper(kind)))
    answer: dict[str, object] = json.loads(note.read_text())
    return answer


def _start_keeper(kind: str) -> dict[str, object]:
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    keeper = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("keeper.py")), kind, str(owner)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert keeper.stdout is not None
    with keeper.stdout as says:
        line = says.readline()
    answer: dict[str, object] = json.loads(line or b'{"missing": "the keeper of the server ended"}')
    keeper.returncode = 0  # it outlives this process; ended by close_session, or by itself
    return answer | {"keeper": keeper.pid} if "url" in answer else answer


def _end(keeper: int) -> None:
    end = time.monotonic() + STOP_S
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(keeper, signal.SIGTERM)
        while time.monotonic() < end:
            with suppress(ChildProcessError):
                os.waitpid(keeper, os.WNOHANG)
            os.kill(keeper, 0)
            time.sleep(0.02)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    with (Path(os.environ[SHARED]) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
