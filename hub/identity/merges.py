"""Two persons who are one: a sender gave up one of its numbers (ADT A40), or somebody looked at both."""

from __future__ import annotations

from hub.database import Connection
from hub.errors import Refused, Rejected
from hub.identity.acting import MERGE, Act, Done
from hub.identity.claims import Known
from hub.identity.graph import apart, between, component, decide, withdraw
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.identity.settled import MERGE_BLOCKED
from hub.identity.undoing import take_place
from hub.identity.words import Words

MERGED, BY_HAND = "the sender merged them", "merged by hand"


def merge(connection: Connection, resolver: Resolver, persons: Persons, survivor: Known, retired: Sent) -> str:
    """The sender gave up one of its numbers for the survivor's (ADT A40); the id of the claim it retired.

    Said again it changes nothing; the inverse, said later, wins. It takes back the sender's own earlier "not the
    same"; what a person has taken apart stays apart, with a review.
    """
    if not retired.claim.source_id:
        raise Rejected("a merge must name the number that it retires")
    other = resolver.find(retired) or resolver.introduce(retired)
    words = Words(connection, survivor, other, retired)
    if other.id == survivor.id or words.outdated or _said_last(words, survivor):
        return other.id
    taken = words.take_back("not_same", MERGED)
    if apart(component(connection, survivor.id), component(connection, other.id)):
        words.ask(MERGE_BLOCKED, "a person decided that they are not the same")
    else:
        ruling = words.ruling(MERGED, retires=True)
        take_place(connection, decide(connection, "same", survivor.id, other.id, ruling), taken)
    persons.refresh(survivor.id, retired.cause)
    persons.refresh(other.id, retired.cause)
    return other.id


def merge_persons(act: Act, survivor: str, other: str, *, overrule: bool = False) -> Done:
    """A person finds that two are one: any Patient ids of theirs; the other's lead to the survivor's from now on.

    What rules and senders said to the contrary is overruled; what a person said only with ``overrule``. Undone, all of
    it stands again. Raises ``NotFound``, and ``Refused`` with the decisions that are in the way.
    """
    one, two = act.known(survivor), act.known(other)
    mine, theirs = act.around(one), act.around(two)
    if two.id in mine.claims:
        raise Refused("Patient/{one} and Patient/{other} are one person already", one=one.id, other=two.id)
    against = between(mine, theirs)
    theirs_say = [found.id for found in against if found.of_person]
    if theirs_say and not overrule:
        raise Refused(
            "a person decided that they are not the same (decision {decisions}); say that it is to be overruled",
            decisions=", ".join(map(str, theirs_say)),
        )
    overruled = [found.id for found in against]
    ruling = act.ruling(BY_HAND, retires=True, overruled=overruled)
    decision = decide(act.connection, "same", one.id, two.id, ruling)
    for number in overruled:
        withdraw(act.connection, number, act.by, act.at, act.why, decision)
    return act.done(MERGE, decision, [one.id, two.id], overruled)


def _said_last(words: Words, survivor: Known) -> bool:
    """The newest merge of these two said the same."""
    merges = [found for found in words.all if found.retires]
    return bool(merges) and max(merges).one == survivor.id
