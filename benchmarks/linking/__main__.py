"""The quick loop of whoever tunes: the scoring room alone, a table by class, and on request what went wrong.

python -m benchmarks.linking 20000 --setting dirty --wrong 20
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.linking.counting import Outcome, found_again, pairs, table
from benchmarks.linking.scoring import Room
from benchmarks.linking.settings import SETTINGS
from benchmarks.people import Said, feeds, register
from hub.records.ids import claim_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("residents", type=int, nargs="?", default=10_000)
    parser.add_argument("--setting", choices=SETTINGS, default="ordinary")
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong joins, with what spoke for them")
    parser.add_argument("--missed", type=int, default=0, help="show so many that were not found")
    parser.add_argument("--alone", action="store_true", help="the feeds among themselves, without the register")
    given = parser.parse_args()
    setting = SETTINGS[given.setting]
    world, room = setting.world(given.residents), Room()
    if not given.alone:
        room.tell(register(world))
    told = list(feeds(world, setting.profile))
    room.tell(told)
    outcome = room.outcome()
    _say(table(outcome))
    _examples(room, {room.told[-len(told) + at].claim: one for at, one in enumerate(told)}, given.wrong, given.missed)
    among = pairs(room.told, room.person_of)
    again, of = found_again(room.told, room.person_of)
    _say(f"pairs: precision {among.precision:.5f} recall {among.recall:.4f}; found again {again / of:.4f} of {of}")
    _say(_summary(outcome) + f" {len(told) / room.seconds:,.0f} a second")


def _summary(outcome: Outcome) -> str:
    one = outcome.all
    missed = f"missed {one.due - one.found}, of them asked {one.asked_of_due}"
    return (
        f"precision {one.precision:.5f} recall {one.recall:.4f} F1 {one.f1:.4f} "
        f"to people {100 * one.review_share:.2f} % wrong {one.wrong} of {one.joined}, {missed};"
    )


def _examples(room: Room, said: dict[str, Said], wrong: int, missed: int) -> None:
    """These people do not exist: what they are called may be shown."""
    truth = {one.claim: one.person for one in room.told}
    registered = {one.person: one.claim for one in room.told if one.registered}
    for claim, one in said.items():
        owner, right = room.person_of[claim], registered.get(one.person)
        if truth[owner] != one.person and (wrong := wrong - 1) >= 0:
            _show(room, "WRONG", one, owner)
        elif right is not None and owner != right and truth[owner] == one.person and (missed := missed - 1) >= 0:
            _show(room, "MISSED", one, right)


def _show(room: Room, what: str, said: Said, other: str) -> None:
    claim = claim_id(said.feed, said.number)
    judgement = room.judged[claim]
    _say(f"{what} {sorted(said.classes)} {judgement.verdict} {judgement.why}")
    _say(f"  {room.descriptions[claim]}")
    _say(f"  {room.descriptions[other]}")
    for candidate, comparison in judgement.compared[:2]:
        found = " ".join(f"{one.field}={one.level}:{one.bits:.1f}" for one in comparison.findings)
        _say(f"  {'*' if candidate.claim == other else ' '} {comparison.bits:.1f} {comparison.vetoes} {found}")


def _say(row: str) -> None:
    sys.stdout.write(row + "\n")


if __name__ == "__main__":
    main()
