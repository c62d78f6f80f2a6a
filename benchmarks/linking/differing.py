"""Where the hub decides otherwise than the scoring room alone: what it asked instead, with examples.

python -m benchmarks.linking.differing 3000 --setting dirty
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from benchmarks.linking.applying import NOT_WHO, Base
from benchmarks.linking.scoring import Room
from benchmarks.linking.settings import SETTINGS
from benchmarks.people import feeds, register
from hub.review import Review


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("residents", type=int, nargs="?", default=3_000)
    parser.add_argument("--setting", choices=SETTINGS, default="ordinary")
    given = parser.parse_args()
    setting = SETTINGS[given.setting]
    people, room = setting.world(given.residents), Room()
    told = [*register(people), *feeds(people, setting.profile)]
    room.tell(told)
    with tempfile.TemporaryDirectory(prefix="hub-identity-") as folder:
        base = Base(Path(folder) / "hub.db")
        base.tell(told)
        _show(base, room)


def _show(base: Base, room: Room) -> None:
    persons, asked = base.outcome().person_of, _asked(base.reviews())
    registered = {one.person: one.claim for one in base.told if one.registered}
    whys, examples = Counter[str](), defaultdict[str, list[str]](list)
    for one in base.told:
        right = registered.get(one.person)
        if one.registered or right is None or (persons[one.claim] == right) == (room.person_of[one.claim] == right):
            continue
        hub = "; ".join(sorted(asked[one.claim])) or "nothing asked"
        found = "found by the hub alone" if persons[one.claim] == right else "found by scoring alone"
        why = f"{found} ({room.judged[one.claim].verdict} {room.judged[one.claim].why}), the hub: {hub}"
        whys[why] += 1
        examples[why].append(
            f"{sorted(one.classes)}\n    {room.descriptions[one.claim]}\n    {room.descriptions[right]}"
        )
    for why, many in whys.most_common():
        sys.stdout.write("\n  ".join([f"{many} {why}", *examples[why][:2]]) + "\n")


def _asked(reviews: Iterable[Review]) -> dict[str, set[str]]:
    asked = defaultdict[str, set[str]](set)
    for review in reviews:
        if review.kind not in NOT_WHO:
            said = (review.kind, review.detail.get("why", ""), *review.detail.get("contradicted", ()))
            for claim in review.claims:
                asked[claim].add(" ".join(filter(None, said)))
    return asked


if __name__ == "__main__":
    main()
