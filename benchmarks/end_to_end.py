"""How fast messages become records that can be queried: sent, acknowledged, applied and indexed.

``--minutes 5`` sends at a steady rate instead and says what was applied in the worst of its windows of ten seconds.
"""

from __future__ import annotations

import argparse
from statistics import median

from benchmarks.receiver import bare_receiver
from benchmarks.running import memory, prepared_hub
from benchmarks.sustained import Sustained
from benchmarks.timing import tell
from benchmarks.traffic import CONNECTIONS, mix, send

LIMIT_PER_S = 600.0
"""What a district of a million people needs at its busiest, on two cores."""


GOAL_PER_S = 1_200.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="end within 50 seconds on two cores")
    parser.add_argument("--minutes", type=float, default=0.0, help="send steadily for so long")
    parser.add_argument(
        "--rate", type=float, default=GOAL_PER_S, help="messages a second with --minutes (default 1200)"
    )
    asked = parser.parse_args()
    if asked.minutes:
        sustained(asked.minutes * 60, asked.rate)
    else:
        in_bursts(*((3, 2_500) if asked.small else (5, 10_000)))


def sustained(seconds: float, rate: float) -> None:
    with prepared_hub() as hub:
        hub.start()
        send(hub.mllp, mix(200, "warm"))
        hub.drain()
        run = Sustained(hub, rate, seconds)
        run.run()
        figures, peak = run.figures(), hub.peak_rss_mib()
        hub.assert_nothing_lost()
    tell(
        connections=CONNECTIONS,
        offered_per_s=rate,
        **figures,
        ratio_to_limit=figures["lowest_per_s"] / LIMIT_PER_S,
        **memory(peak_rss_mib=peak),
    )


def in_bursts(rounds: int, count: int) -> None:
    """The clock runs from the first byte sent until the metrics say that nothing waits."""
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
