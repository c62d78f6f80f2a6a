"""How fast messages become records that can be queried: sent, acknowledged, applied and indexed."""

from __future__ import annotations

from statistics import median

from benchmarks.receiver import bare_receiver
from benchmarks.running import memory, prepared_hub
from benchmarks.timing import small_wanted, tell
from benchmarks.traffic import CONNECTIONS, mix, send

LIMIT_PER_S = 600.0
"""What a district of a million people needs at its busiest, on two cores."""


def main() -> None:
    """The clock runs from the first byte sent until the metrics say that nothing waits."""
    rounds, count = (3, 2_500) if small_wanted(__doc__) else (5, 10_000)
    per_s, ratios, p99 = [], [], []
    with prepared_hub() as hub, bare_receiver() as bare:
        hub.start()
        send(hub.mllp, mix(200, "warm"))
        hub.drain()
        for number in range(rounds):
            messages = mix(count, f"r{number}")
            bare_per_s = send(bare, messages).per_s
            sent = send(hub.mllp, messages)
            per_s.append(count / (hub.drain() - sent.begin))
            ratios.append(per_s[-1] / bare_per_s)
            p99.append(sent.ack_ms(0.99))
        peak = hub.peak_rss_mib()
    tell(
        connections=CONNECTIONS,
        messages_per_s=median(per_s),
        ack_p99_ms=median(p99),
        ratio_to_limit=median(per_s) / LIMIT_PER_S,
        ratio_to_bare_receiver=median(ratios),
        **memory(peak_rss_mib=peak),
    )


if __name__ == "__main__":
    main()
