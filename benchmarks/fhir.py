"""How fast FHIR questions are answered, with the audit log on, one process beside the load generator."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from statistics import median
from urllib.request import Request, urlopen

from benchmarks.running import HOST, RunningHub, memory, prepared_hub
from benchmarks.timing import percentile, small_wanted, tell
from benchmarks.traffic import mix, send

READERS, ASKERS = 16, 4
READS_LIMIT_PER_S, EVERYTHING_LIMIT_MS = 2_000.0, 80.0


def main() -> None:
    """Reads of persons by id, then everything about each; medians over rounds."""
    rounds, seconds, messages = (3, 4.0, 2_000) if small_wanted(__doc__) else (5, 10.0, 20_000)
    with prepared_hub() as hub:
        hub.start()
        send(hub.mllp, mix(messages, "record"))
        hub.drain()
        token = hub.say("token", "benchmark", "--scope", "system/*.rs").split()[-1]
        ids = _ids(hub, token)
        reads = [_ask(hub, token, [f"/fhir/Patient/{id_}" for id_ in ids], READERS, seconds) for _ in range(rounds)]
        paths = [f"/fhir/Patient/{id_}/$everything" for id_ in ids]
        everything = [_ask(hub, token, paths, ASKERS, seconds) for _ in range(rounds)]
        peak = hub.peak_rss_mib()
    reads_per_s = median(len(times) / seconds for times in reads)
    everything_p95_ms = median(percentile(times, 0.95) for times in everything) * 1e3
    tell(
        persons=len(ids),
        reads_per_s=reads_per_s,
        read_p95_ms=median(percentile(times, 0.95) for times in reads) * 1e3,
        everything_per_s=median(len(times) / seconds for times in everything),
        everything_p95_ms=everything_p95_ms,
        ratio_to_limit=reads_per_s / READS_LIMIT_PER_S,
        everything_ratio_to_limit=EVERYTHING_LIMIT_MS / everything_p95_ms,
        **memory(peak_rss_mib=peak),
    )


def _ids(hub: RunningHub, token: str) -> list[str]:
    request = Request(
        f"http://{HOST}:{hub.web}/fhir/Patient?_count=200&_elements=id", headers={"Authorization": f"Bearer {token}"}
    )
    with urlopen(request) as answer:
        return [entry["resource"]["id"] for entry in json.load(answer)["entry"]]


def _ask(hub: RunningHub, token: str, paths: Sequence[str], connections: int, seconds: float) -> list[float]:
    """Seconds of each answer, over connections that are kept alive."""
    return asyncio.run(_asked(hub.web, token, paths, connections, time.perf_counter() + seconds))


async def _asked(port: int, token: str, paths: Sequence[str], connections: int, end: float) -> list[float]:
    requests = [f"GET {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n\r\n".encode() for path in paths]
    times: list[float] = []

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        while (begin := time.perf_counter()) < end:
            writer.write(requests[number % len(requests)])
            await _answer(reader)
            times.append(time.perf_counter() - begin)
            number += connections
        writer.close()

    async with asyncio.TaskGroup() as clients:
        for number in range(connections):
            clients.create_task(client(number))
    return times


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"not answered: {head!r}")
    length = head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
    return await reader.readexactly(int(length))


if __name__ == "__main__":
    main()
