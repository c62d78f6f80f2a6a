"""How well the hub finds out who claims are about, on invented people whose truth is known, and beside splink.

Claims go through the hub's own ``Application`` on a SQLite file, the register first. What is counted and how, and by
which errors: docs/reference/identity.md.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.linking import febrl, peer
from benchmarks.linking.applying import Base
from benchmarks.linking.counting import Outcome, found_again, pairs, table, truth_of
from benchmarks.linking.settings import SETTINGS
from benchmarks.people import Said, feeds, register
from benchmarks.timing import percentile, tell
from hub.identity.normalise import describe

FULL, SMALL = 200_000, 1_500
WORKERS = 2
REGISTER_FILE = "register.db"
BY_CLASS = {
    "twins_wrong_share": ("TWIN", "wrong_share"),
    "relatives_id_wrong_share": ("I_KIN", "wrong_share"),
    "newborn_recall": ("N_BABY", "recall"),
    "new_arrivals_recall": ("NEWBORN", "recall"),
    "homophone_recall": ("N_HOMO", "recall"),
    "no_id_number_recall": ("I_MISS", "recall"),
}


def main() -> None:
    given = _given()
    residents = given.residents or (SMALL if given.small else FULL)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="hub-identity-") as folder:
        figures = _measured(Path(folder), residents, small=given.small)
    tell(**figures, seconds=time.perf_counter() - begin)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="end within 50 seconds on two cores")
    parser.add_argument("--residents", type=int, help=f"in the register; {FULL:,} where nothing is said")
    return parser.parse_args()


def _measured(folder: Path, residents: int, *, small: bool) -> dict[str, Any]:
    """What is timed first and alone, then the others two at a time."""
    figures, known = _ordinary(folder, residents)
    others = [_dirty, _alone, _splink] if small else [_dirty, _alone, _splink, _unseen]
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        waiting = [*(pool.submit(other, folder, residents) for other in others), pool.submit(_febrl)]
        for one in waiting:
            figures |= one.result()
    if theirs := figures.get("splink_f1"):
        figures["ratio_to_splink"] = figures["f1"] / theirs
        figures["wrong_joins_ratio_to_splink"] = figures["wrong_joins"] / max(1, figures["splink_wrong_joins"])
    return figures | {"peak_mib": known}


def _ordinary(folder: Path, residents: int) -> tuple[dict[str, Any], float]:
    setting = SETTINGS["ordinary"]
    people = setting.world(residents)
    known = Base(folder / REGISTER_FILE)
    known.tell(register(people))
    known.close()
    base = Base.copied(folder / "ordinary.db", known.path, register(people))
    outcome = _told(base, feeds(people, setting.profile))
    _show("ordinary", outcome)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return _quality(outcome) | _by_class(outcome) | _speed(known, base), peak


def _dirty(folder: Path, residents: int) -> dict[str, Any]:
    setting = SETTINGS["dirty"]
    people = setting.world(residents)
    base = Base.copied(folder / "dirty.db", folder / REGISTER_FILE, register(people))
    outcome = _told(base, feeds(people, setting.profile))
    _show("dirty", outcome)
    return _quality(outcome, "dirty_") | _by_class(outcome, "dirty_")


def _alone(folder: Path, residents: int) -> dict[str, Any]:
    """Feeds among themselves. One claim left out of three costs two pairs of three; ``claim_recall`` counts it once."""
    setting = SETTINGS["ordinary"]
    outcome = _told(Base(folder / "alone.db"), feeds(setting.world(residents), setting.profile))
    found = pairs(outcome.told, outcome.person_of)
    again, of = found_again(outcome.told, outcome.person_of)
    return {
        "among_precision": found.precision,
        "among_recall": found.recall,
        "among_claim_precision": outcome.all.precision,
        "among_claim_recall": again / of,
        "among_review_share": outcome.all.review_share,
    }


def _unseen(folder: Path, residents: int) -> dict[str, Any]:
    """A world that no weight or threshold was chosen by."""
    setting = SETTINGS["unseen"]
    people = setting.world(residents)
    base = Base(folder / "unseen.db")
    outcome = _told(base, chain(register(people), feeds(people, setting.profile)))
    _show("unseen", outcome)
    return _quality(outcome, "unseen_") | _by_class(outcome, "unseen_")


def _splink(_: Path, residents: int) -> dict[str, Any]:
    """The claims of the ordinary run, as we normalise them."""
    setting = SETTINGS["ordinary"]
    people = setting.world(residents)
    told = chain(register(people), feeds(people, setting.profile))
    try:
        theirs = peer.splink_links([(truth_of(said), describe(said.claim().patient, said.feed)) for said in told])
    except peer.Missing as missing:
        return _left_out(missing)
    return {
        "splink_precision": theirs.precision,
        "splink_recall": theirs.recall,
        "splink_f1": theirs.f1,
        "splink_wrong_joins": theirs.wrong,
        "splink_seconds": theirs.seconds,
    }


def _febrl() -> dict[str, Any]:
    try:
        return {f"febrl{number}_f1": febrl.febrl(number).f1 for number in (3, 4)}
    except febrl.Missing as missing:
        return _left_out(missing)


def _told(base: Base, all_said: Iterable[Said]) -> Outcome:
    base.tell(all_said)
    outcome = base.outcome()
    base.close()
    return outcome


def _quality(outcome: Outcome, prefix: str = "") -> dict[str, Any]:
    one = outcome.all
    found = {
        "precision": one.precision,
        "recall": one.recall,
        "f1": one.f1,
        "review_share": one.review_share,
        "recall_or_asked": (one.found + one.asked_of_due) / one.due,
        "wrong_joins": one.wrong,
        "joins": one.joined,
        "asked_though_joined_share": outcome.asked_though_joined / one.claims,
        "register_joined": outcome.register_joined,
    }
    return {prefix + name: value for name, value in found.items()}


def _by_class(outcome: Outcome, prefix: str = "") -> dict[str, Any]:
    return {prefix + name: getattr(outcome.by_class[of], figure) for name, (of, figure) in BY_CLASS.items()}


def _speed(known: Base, ordinary: Base) -> dict[str, Any]:
    return {
        "register_claims_per_s": len(known.taken_ms) / known.seconds,
        "claims_per_s": len(ordinary.taken_ms) / ordinary.seconds,
        "decision_p50_ms": percentile(ordinary.taken_ms, 0.5),
        "decision_p99_ms": percentile(ordinary.taken_ms, 0.99),
    }


def _left_out(missing: Exception) -> dict[str, Any]:
    sys.stderr.write(f"left out: {missing}\n")
    return {}


def _show(name: str, outcome: Outcome) -> None:
    sys.stdout.write(f"{name}\n\n{table(outcome)}\n\n")


if __name__ == "__main__":
    main()
