"""Starts one server for the tests, prints its address, and ends it when told to or when the tests are gone."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.demo.ports import free_port

HOST = "127.0.0.1"
START_S = 90.0
VHOSTS = 24
Start = Callable[[Path, "Children"], str]


class Missing(Exception):
    """The programs are not installed, or did not start."""


class Children:
    """Processes of the server; run as a user of their own when the tests run as root, as the servers insist on."""

    def __init__(self, folder: Path, account: str) -> None:
        self.folder = folder
        self._account = account if os.geteuid() == 0 else None
        self._running: list[subprocess.Popen[bytes]] = []
        if self._account:
            user = pwd.getpwnam(self._account)
            os.chown(folder, user.pw_uid, user.pw_gid)

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self.folder, user=self._account, env=self._environment({}), capture_output=True, check=False
        )
        if done.returncode:
            raise Missing(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")

    def start(self, *command: str, **environment: str) -> None:
        with (self.folder / f"{Path(command[0]).name}.out").open("wb") as log:
            child = subprocess.Popen(
                command,
                cwd=self.folder,
                user=self._account,
                env=self._environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(child)

    def alive(self) -> bool:
        return all(child.poll() is None for child in self._running)

    def said(self) -> str:
        return " | ".join(log.read_text(errors="replace")[-400:] for log in self.folder.glob("*.out"))

    def end(self) -> None:
        """Asks the newest first, since it may lean on the older ones."""
        for child in reversed(self._running):
            child.send_signal(signal.SIGINT if "postgres" in str(child.args[0]) else signal.SIGTERM)  # type: ignore[index]  # args is the tuple given to start
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "LC_ALL": "C", **more}


def postgresql(folder: Path, children: Children) -> str:
    initdb, server = _program("initdb", "/usr/lib/postgresql/*/bin"), _program("postgres", "/usr/lib/postgresql/*/bin")
    port, data = free_port(), str(folder / "data")
    children.run(initdb, "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--no-sync")
    children.start(
        *(server, "-D", data, "-p", str(port), "-k", str(folder)),
        *("-c", f"listen_addresses={HOST}", "-c", "max_connections=200", "-c", "shared_buffers=32MB"),
    )
    _wait(children, lambda: "ready to accept connections" in children.said())
    return f"postgresql+psycopg://hub@{HOST}:{port}/postgres"


def rabbitmq(folder: Path, children: Children) -> str:
    server = _program("rabbitmq-server", "/usr/lib/rabbitmq/bin", "/usr/local/sbin", "/opt/homebrew/sbin", first=True)
    epmd = _program("epmd", "/usr/lib/erlang/erts-*/bin")
    port, epmd_port = free_port(), free_port()
    (folder / "plugins").write_text("[].")
    (folder / "definitions.json").write_text(json.dumps(_definitions()))
    (folder / "rabbit.conf").write_text(
        f"listeners.tcp.local = {HOST}:{port}\nload_definitions = {folder}/definitions.json\nlog.console = true\n"
        "log.file = false\ndisk_free_limit.absolute = 1MB\n"
    )
    epmd_at = {"ERL_EPMD_ADDRESS": HOST, "ERL_EPMD_PORT": str(epmd_port)}
    children.start(epmd, "-address", HOST, "-port", str(epmd_port), **epmd_at)
    children.start(
        server,
        RABBITMQ_NODENAME=f"hub{secrets.token_hex(4)}@localhost",
        RABBITMQ_DIST_PORT=str(free_port()),
        RABBITMQ_MNESIA_BASE=str(folder / "mnesia"),
        RABBITMQ_LOG_BASE=str(folder),
        RABBITMQ_PID_FILE=str(folder / "pid"),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(folder / "plugins"),
        RABBITMQ_CONFIG_FILE=str(folder / "rabbit.conf"),
        RABBITMQ_CONF_ENV_FILE=str(folder / "none"),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=f"-kernel inet_dist_use_interface {{{HOST.replace('.', ',')}}}",
        **epmd_at,
    )
    _wait(children, lambda: _answers(port) and "Server startup complete" in children.said())
    return f"amqp://hub:hub@{HOST}:{port}/"


def _definitions() -> dict[str, object]:
    """Users and virtual hosts made at start: making one later takes the command line tool seconds."""
    names = ["/", *(f"test-{number}" for number in range(VHOSTS))]
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [{"name": "hub", "password": "hub", "tags": ["administrator"]}],
        "vhosts": [{"name": name} for name in names],
        "permissions": [{"user": "hub", "vhost": name, **everything} for name in names],
    }


def _program(name: str, *places: str, first: bool = False) -> str:
    """A program from the usual places or the path; ``first`` when what the path has is only a wrapper."""
    found = sorted(str(path) for place in places for path in Path("/").glob(f"{place[1:]}/{name}"))
    on_path = shutil.which(name)
    ordered = [*found[::-1], on_path] if first else [on_path, *found[::-1]]
    for program in ordered:
        if program:
            return program
    raise Missing(f"{name} is not installed")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _wait(children: Children, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + START_S
    while not ready():
        if not children.alive() or time.monotonic() > end:
            raise Missing(f"the server did not start: {children.said()}")
        time.sleep(0.05)


def _serve(start: Start, account: str, owner: int) -> None:
    """Prints ``{"url"}`` or ``{"missing"}`` as JSON, then stays until SIGTERM or until the owner is gone."""
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    folder = Path(tempfile.mkdtemp(prefix="hub-server-"))
    try:
        children = Children(folder, account)
        try:
            _say({"url": start(folder, children)})
            while not told.wait(0.5) and _lives(owner):
                pass
        finally:
            children.end()
    except (Missing, KeyError) as error:
        _say({"missing": str(error)})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(answer: Mapping[str, str]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    sys.stdout.close()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    kinds: dict[str, tuple[Start, str]] = {"postgresql": (postgresql, "postgres"), "rabbitmq": (rabbitmq, "rabbitmq")}
    chosen, user = kinds[sys.argv[1]]
    _serve(chosen, user, int(sys.argv[2]))
