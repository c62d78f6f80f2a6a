"""Two numbers that their sender calls one person while both stay in use (ADT A24), and its taking that back (A37)."""

from __future__ import annotations

from hub.database import Connection
from hub.errors import Rejected
from hub.identity.claims import Known
from hub.identity.graph import BY_RULE, Decision, apart, component, decide
from hub.identity.persons import Persons
from hub.identity.resolving import Resolver, Sent
from hub.identity.settled import LINK_BLOCKED, UNLINK_BLOCKED
from hub.identity.undoing import take_place
from hub.identity.words import Words

LINKED, UNLINKED = "the sender linked them", "the sender unlinked them"


def link(connection: Connection, resolver: Resolver, persons: Persons, known: Known, sent: Sent) -> str:
    """The claim that the sender calls the same person; neither number is retired.

    Said again it changes nothing. It takes back the sender's own earlier "not the same"; against anybody else's it is a
    review.
    """
    other = _named(resolver, sent)
    words = Words(connection, known, other, sent)
    if other.id == known.id or words.outdated:
        return other.id
    taken = words.take_back("not_same", LINKED)
    if apart(component(connection, known.id), component(connection, other.id)):
        words.ask(LINK_BLOCKED, "it was decided that they are not the same")
    elif not any(found.kind == "same" for found in words.own):
        take_place(connection, decide(connection, "same", known.id, other.id, words.ruling(LINKED)), taken)
    for claim in words.pair:
        persons.refresh(claim, sent.cause)
    return other.id


def unlink(connection: Connection, resolver: Resolver, persons: Persons, known: Known, sent: Sent) -> str:
    """The claim that the sender calls another person, whatever it or a rule said before.

    The two stay apart for every rule until the sender links them again. Where somebody else holds them together it is
    a review.
    """
    other = _named(resolver, sent)
    words = Words(connection, known, other, sent)
    if other.id == known.id or words.outdated:
        return other.id
    withdrew = words.take_back("same", UNLINKED)
    withdrew += _part_rules(connection, words)
    ends = {*words.pair, *(end for found in withdrew for end in (found.one, found.other))}
    if not any(found.kind == "not_same" for found in words.all):
        ruling = words.ruling(UNLINKED, withdrew=[found.id for found in withdrew])
        take_place(connection, decide(connection, "not_same", known.id, other.id, ruling), withdrew)
    if other.id in component(connection, known.id).claims:
        words.ask(UNLINK_BLOCKED, "other decisions hold them together")
    for claim in sorted(ends):
        persons.refresh(claim, sent.cause)
    return other.id


def _part_rules(connection: Connection, words: Words) -> list[Decision]:
    """Rules take back what connects the two by way of either."""
    taken: list[Decision] = []
    for claim, from_ in (words.pair, words.pair[::-1]):
        mine = component(connection, claim)
        ties = [
            found for found in mine.decisions if found.of_rule and _ties(found, claim, mine.beyond(found, claim), from_)
        ]
        words.withdraw(ties, BY_RULE, UNLINKED)
        taken += ties
    return taken


def _ties(found: Decision, claim: str, beyond: frozenset[str], from_: str) -> bool:
    return claim in (found.one, found.other) and from_ in beyond


def _named(resolver: Resolver, sent: Sent) -> Known:
    if not sent.claim.source_id:
        raise Rejected("a link must name both numbers")
    return resolver.resolve(sent)
