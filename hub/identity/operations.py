"""What people ask of the hub about persons: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from hub.config import HubConfig
from hub.database import Connection, Database
from hub.errors import Refused
from hub.identity.acting import Act, Done
from hub.identity.correcting import correct
from hub.identity.merges import merge_persons
from hub.identity.rules import rules_of
from hub.identity.splitting import split
from hub.identity.undoing import restore, undo
from hub.model import CORRECTIONS, Correct, Json
from hub.outbox import due_changes, queue


class _Previewed(Exception):
    """Takes the transaction back."""

    def __init__(self, done: Done) -> None:
        self.done = done


class Identity:
    """Each says why, and can be undone by the ``decision`` in its answer. ``by`` is whoever asked."""

    def __init__(self, database: Database, config: Callable[[], HubConfig]) -> None:
        self._database = database
        self._config = config

    @property
    def operations(self) -> dict[str, Callable[..., Any]]:
        return {
            "merge": self.merge,
            "split": self.split,
            "correct": self.correct,
            "undo": self.undo,
            "restore": self.restore,
        }

    def merge(  # noqa: PLR0913 - what is asked, and how
        self, by: str, one: str, other: str, why: str, *, overrule: bool = False, preview: bool = False
    ) -> Json:
        """Two persons, by any of their Patient ids, are one: ``other`` leads to ``one`` from now on.

        ``overrule``: also against what a person decided. ``preview``: says what would happen, and does nothing.
        """
        return self._do(by, why, lambda act: merge_persons(act, one, other, overrule=overrule), preview=preview)

    def split(self, by: str, claims: Sequence[str], why: str, *, preview: bool = False) -> Json:
        """These claims of a person are somebody else's."""
        return self._do(by, why, lambda act: split(act, claims), preview=preview)

    def correct(  # noqa: PLR0913 - what is put right, and how
        self,
        by: str,
        claim: str,
        kind: Literal["wrong", "reissued", "name"],
        why: str,
        *,
        new: str = "",
        old: str = "",
        system: str = "",
        preview: bool = False,
    ) -> Json:
        """A number or name of a claim is another one, whatever its sender goes on to say.

        ``kind``: ``wrong`` (it was this person's alone), ``reissued`` (it is somebody else's) or ``name``. Without
        ``old`` the only one is meant; without ``system`` the resident's ID number.
        """
        if kind not in set(CORRECTIONS.values()):
            raise Refused("{kind} is no kind of correction", kind=kind)
        correction = Correct(kind, old.strip(), new.strip(), system)
        return self._do(by, why, lambda act: correct(act, claim, correction), preview=preview)

    def undo(self, by: str, decision: int, why: str, *, preview: bool = False) -> Json:
        """Withdraws a decision about who is who; an automatic rule will not make it again."""
        return self._do(by, why, lambda act: undo(act, decision), preview=preview) | {"active": preview}

    def restore(self, by: str, decision: int, why: str, *, preview: bool = False) -> Json:
        """Takes back an undo."""
        return self._do(by, why, lambda act: restore(act, decision), preview=preview)

    def _do(self, by: str, why: str, work: Callable[[Act], Done], *, preview: bool) -> Json:
        config = self._config()
        rules = rules_of(config)
        hearing = [told.name for told in config.destinations.values() if told.persons]

        def transaction(connection: Connection) -> Done:
            done = work(Act(connection, by, why, rules))
            if preview:
                raise _Previewed(done)
            queue(connection, due_changes(hearing, [done.change] if done.change else []))
            return done

        try:
            return answer(self._database.serially(transaction), preview=False)
        except _Previewed as previewed:
            return answer(previewed.done, preview=True)


def answer(done: Done, *, preview: bool) -> Json:
    """``persons`` holds each claim that moved with its person before and after; ``undone`` what was taken back.

    ``instead`` is the decision that an undo left in its place.
    """
    persons = {claim: {"before": before, "after": after} for claim, (before, after) in sorted(done.persons.items())}
    return {
        "decision": None if preview else done.decision,
        "change": None if preview else done.change,
        "claims": list(done.claims),
        "persons": persons,
        "overruled": list(done.overruled),
        "resources": done.resources,
        "undone": done.undone,
        "instead": None if preview else done.instead,
        "preview": preview,
    }
