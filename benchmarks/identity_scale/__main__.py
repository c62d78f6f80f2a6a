"""One decision among five million people, merging, and loading, on both back ends; 50,000 people with ``--small``.

``--people N``, ``--only sqlite``, and ``--folder DIR`` to keep the bases for another run. PostgreSQL is the server that
``HUB_TEST_POSTGRES`` names; without it that half is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.identity_scale.asked import incoming
from benchmarks.identity_scale.building import Parts, build
from benchmarks.identity_scale.deciding import measured
from benchmarks.identity_scale.loading import loaded
from benchmarks.people.said import Said
from benchmarks.timing import tell
from hub.database import open_database

LIMITS_MS = {"sqlite": 5.0, "postgresql": 10.0}
"""Of one decision, 99 of 100, among five million; merging and unmerging in five on both."""
SERVER = "HUB_TEST_POSTGRES"


def main() -> None:
    asked = _asked()
    people, each, pairs = (50_000, 150, 100) if asked.small else (asked.people, 1_000, 1_000)
    with _folder(asked.folder) as folder:
        if asked.only == "loading":
            tell(**loaded(5_000 if asked.small else 200_000))
            return
        parts = Parts(folder / f"parts-{people}", people)
        described_s = parts.make()
        coming = incoming(parts.count, parts.size, each)
        figures: dict[str, Any] = {"people": parts.count * parts.size, "described_s": described_s}
        for kind in ("sqlite", "postgresql"):
            if kind == "postgresql" and SERVER not in os.environ:
                sys.stderr.write(f"left out: {kind}; name a server in {SERVER}\n")
            elif asked.only in {"", kind}:
                figures |= {f"{kind}_{name}": value for name, value in _back_end(kind, folder, parts, coming, pairs)}
    if not asked.only:
        figures |= loaded(5_000 if asked.small else 200_000)
    tell(**figures)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="end within 50 seconds on two cores")
    parser.add_argument("--people", type=int, default=5_000_000)
    parser.add_argument("--only", default="", choices=("sqlite", "postgresql", "loading"))
    parser.add_argument("--folder", type=Path, default=None, help="where the bases are kept for another run")
    return parser.parse_args()


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="hub-benchmark-") as folder:
        yield Path(folder)


def _back_end(
    kind: str, folder: Path, parts: Parts, coming: dict[str, list[Said]], pairs: int
) -> Iterator[tuple[str, Any]]:
    built = _is_built(folder, kind, parts)
    url = f"sqlite:///{folder / f'base-{parts.people}.db'}"
    if kind == "postgresql":
        url = _server(f"hub_scale_{parts.people}", kept=built)
    if not built:
        yield "build_s", build(url, parts)
        (folder / f"{kind}-{parts.people}.built").touch()
    _read(url)
    with closing(open_database(url)) as database:
        figures = measured(database, coming, pairs)
    yield from figures.items()
    yield "ratio_to_limit", figures["decision_p99_ms"] / LIMITS_MS[kind]


def _is_built(folder: Path, kind: str, parts: Parts) -> bool:
    return (folder / f"{kind}-{parts.people}.built").exists()


def _server(name: str, *, kept: bool) -> str:
    """A database of that name: the one of an earlier run, or an empty one."""
    server = os.environ[SERVER].replace("+psycopg", "").rstrip("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as administrator:
        if not kept:
            administrator.execute(f'DROP DATABASE IF EXISTS "{name}"')
            administrator.execute(f'CREATE DATABASE "{name}"')
    return f"{server.replace('postgresql://', 'postgresql+psycopg://')}/{name}"


def _read(url: str) -> None:
    """Into the operating system's memory: what is measured is a base that has been in use."""
    if url.startswith("sqlite"):
        with Path(url.removeprefix("sqlite:///")).open("rb") as file:
            while file.read(1 << 24):
                pass
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as driver:
        try:
            driver.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        except psycopg.Error as error:
            sys.stderr.write(f"the base is not read before it is measured: {error}\n")
        else:
            driver.execute("SELECT sum(pg_prewarm(oid, 'read')) FROM pg_class WHERE relkind IN ('r', 't', 'i')")


if __name__ == "__main__":
    main()
