"""How fast messages are acknowledged while others are being applied, beside a receiver that does nothing else."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.receiver import bare_receiver
from benchmarks.running import memory, prepared_hub
from benchmarks.timing import small_wanted, tell
from benchmarks.traffic import CONNECTIONS, mix, send

BACKLOG = 100_000


def main() -> None:
    """Rounds of the hub and of the bare receiver alternate, with the same messages."""
    small = small_wanted(__doc__)
    figures = _rounds(3, 1_500) if small else _rounds(5, 10_000) | _backlog()
    tell(connections=CONNECTIONS, **figures)


def _rounds(rounds: int, count: int) -> dict[str, Any]:
    hub_sent, bare_sent = [], []
    with prepared_hub() as hub, bare_receiver() as bare:
        hub.start()
        send(hub.mllp, mix(200, "warm"))
        for number in range(rounds):
            messages = mix(count, f"r{number}")
            bare_sent.append(send(bare, messages))
            hub_sent.append(send(hub.mllp, messages))
            hub.drain()
        peak = hub.peak_rss_mib()
    messages_per_s, bare_per_s = (median(round_.per_s for round_ in sent) for sent in (hub_sent, bare_sent))
    return {
        "messages_per_s": messages_per_s,
        "ack_p50_ms": median(sent.ack_ms(0.5) for sent in hub_sent),
        "ack_p99_ms": median(sent.ack_ms(0.99) for sent in hub_sent),
        "bare_receiver_messages_per_s": bare_per_s,
        "bare_receiver_ack_p99_ms": median(sent.ack_ms(0.99) for sent in bare_sent),
        "ratio_to_bare_receiver": messages_per_s / bare_per_s,
        **memory(peak_rss_mib=peak),
    }


def _backlog() -> dict[str, Any]:
    """Memory while so many messages wait: first of the doors alone, then of a whole hub that begins to apply them."""
    with prepared_hub() as hub:
        hub.start("listen")
        for part in range(10):
            send(hub.mllp, mix(BACKLOG // 10, f"b{part}"))
        doors = hub.peak_rss_mib()
        hub.stop()
        waiting = hub.count("waiting")
        ready = hub.start()
        hub.drain()
        whole = hub.peak_rss_mib()
    return {
        "backlog_messages": waiting,
        "backlog_ready_s": ready,
        **memory(backlog_listen_peak_rss_mib=doors, backlog_peak_rss_mib=whole),
    }


if __name__ == "__main__":
    main()
